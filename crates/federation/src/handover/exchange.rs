//! Messages out of the outbox into a feed, and out of a mirrored feed into what is kept: each in one transaction with
//! what follows from it.

use base::{EntryId, Problem, Result};
use ledger::{Actor, Fact, Header};
use store::Tx;
use tlog::leaf_hash;

use super::act::{Deed, Said};
use super::message::{Carried, FILE, MESSAGE, Message};
use super::outbox::{Waiting, WaitingKind, sent};
use super::pair::feed_name;
use super::seal::Secrets;
use super::store::{self as db, Kept};
use super::voice::{Heard, Lie, Origin, Voice, case_of};
use crate::did::Did;
use crate::form::{Hash, Key};
use crate::mirror::Entry;

/// A partner with the key that is sealed for.
#[derive(Clone, Copy, Debug)]
pub struct Partner<'a> {
    /// Who.
    pub did: &'a Did,
    /// Its key.
    pub sealing: &'a Key,
    /// Whether what people say may go there now.
    pub gets: bool,
    /// Whether what people say may come from there now.
    pub gives: bool,
    /// Whether cases may be offered from there now.
    pub offers: bool,
}

/// What became of an entry of a partner's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Somebody else took it in meanwhile.
    Before,
    /// It changes no handover.
    Nothing,
    /// An act was taken in.
    Heard(Box<Heard>),
    /// Its writer lied; it is passed over.
    Lie(Lie),
}

/// What is in an entry of a feed that a partner writes for us.
///
/// # Errors
/// `sealed` when it was not sealed for us by the partner, `input` when it is no message.
pub fn open_message(secrets: &Secrets, partner: &Partner<'_>, epoch: u32, sealed: &[u8]) -> Result<Message> {
    let feed = feed_name(secrets.did(), epoch);
    let text = secrets.open((partner.did, partner.sealing), (&feed, MESSAGE), sealed)?;
    Message::read(&text).map_err(|flaw| Problem::peer("handover-message", flaw.to_string()))
}

/// The file that came sealed in an entry, when it is the one with this hash.
///
/// # Errors
/// `sealed` when it was not sealed for us, or is another file.
pub fn open_file(
    secrets: &Secrets,
    partner: &Partner<'_>,
    epoch: u32,
    (sealed, hash): (&[u8], Hash),
) -> Result<Vec<u8>> {
    let feed = feed_name(secrets.did(), epoch);
    let file = secrets.open((partner.did, partner.sealing), (&feed, FILE), sealed)?;
    let is_it = Hash::of_bytes(&file) == hash;
    is_it.then_some(file).ok_or_else(|| Problem::peer("sealed", "a file is not the one that was announced"))
}

impl Voice<'_> {
    /// Writes what waits into the feed for a partner, with these files; `false` when somebody else did.
    ///
    /// # Errors
    /// What the database says.
    pub fn publish(
        &self,
        tx: &mut Tx<'_>,
        partner: &Partner<'_>,
        waiting: &Waiting,
        files: &[(Hash, Vec<u8>)],
    ) -> Result<bool> {
        if !sent(tx, partner.did, waiting)? {
            return Ok(false);
        }
        let epoch = self.ready(tx, partner.did)?.epoch;
        let feed = feed_name(partner.did, epoch);
        let message = match &waiting.kind {
            WaitingKind::Life(left) => (Message::Life { left: left.clone() }, None),
            WaitingKind::Receipt(lines) => (Message::Receipt(lines.clone()), None),
            WaitingKind::Act(id, hash) | WaitingKind::Back(id, hash) => {
                let acts = db::acts(tx, *id)?;
                let Some(kept) = acts.into_iter().find(|kept| kept.said.hash() == *hash) else {
                    return Ok(true);
                };
                let carried = self.carry(tx, partner, &feed, &kept, files)?;
                let message = match waiting.kind {
                    WaitingKind::Act(..) => Message::Act(carried),
                    _ => Message::Back(carried),
                };
                (message, Some((*id, *hash)))
            }
        };
        let (message, act) = message;
        let text = message.write();
        let text =
            text.map_err(|flaw| Problem::internal("handover", "a message cannot be written").because(flaw))?;
        let case = match &waiting.kind {
            WaitingKind::Act(id, _) | WaitingKind::Back(id, _) => Some(case_of(*id)),
            _ => None,
        };
        let entry = self.append(tx, partner, (&feed, MESSAGE), (&text, case))?;
        if let Some((id, hash)) = act {
            db::written(tx, id, hash, entry)?;
        }
        Ok(true)
    }

    /// An act for the way, its files written before it.
    fn carry(
        &self,
        tx: &mut Tx<'_>,
        partner: &Partner<'_>,
        feed: &str,
        kept: &Kept,
        files: &[(Hash, Vec<u8>)],
    ) -> Result<Carried> {
        let (act, mut carried) = (kept.said.act(), Vec::new());
        // After an erasure, and when no agreement lets it, the act goes without what is said with it.
        let content = kept.content.clone().filter(|_| partner.gets);
        if content.is_some() {
            for (hash, file) in files.iter().filter(|(hash, _)| act.files.contains(hash)) {
                let entry = self.append(tx, partner, (feed, FILE), (file, Some(case_of(act.handover))))?;
                carried.push((*hash, entry));
            }
        }
        Ok(Carried { act: kept.said.text().to_owned(), mark: kept.said.mark(), content, files: carried })
    }

    fn append(
        &self,
        tx: &mut Tx<'_>,
        partner: &Partner<'_>,
        (feed, kind): (&str, &str),
        (text, case): (&[u8], Option<base::CaseId>),
    ) -> Result<EntryId> {
        let sealed = self.secrets.seal((partner.did, partner.sealing), (feed, kind), text, self.entropy)?;
        let fact = Fact { feed, kind, actor: Actor::Node, case, subject: None, payload: Some(&sealed) };
        self.ledger.append(tx, &fact)
    }

    /// Takes in the entry of a partner's feed that comes next. The place in the feed moves with it.
    ///
    /// # Errors
    /// What the database says.
    pub fn take(&self, tx: &mut Tx<'_>, partner: &Partner<'_>, epoch: u32, entry: &Entry) -> Result<Taken> {
        if !db::applied(tx, partner.did, epoch, entry.seq)? {
            return Ok(Taken::Before);
        }
        let header: Option<Header> = serde_json::from_slice(&entry.header).ok();
        let is_message = header.is_some_and(|header| header.kind == MESSAGE);
        let Some(sealed) = entry.content.as_deref().filter(|_| is_message) else { return Ok(Taken::Nothing) };
        let message = match open_message(self.secrets, partner, epoch, sealed) {
            Ok(message) => message,
            Err(problem) => return Ok(Taken::Lie(Lie::Malformed(problem.detail))),
        };
        let origin = Origin { epoch, seq: entry.seq, leaf: Hash::from_bytes(leaf_hash(&entry.header)) };
        let heard = match &message {
            Message::Act(carried) => {
                let is_offer = message.said().is_some_and(|said| said.act().deed == Deed::Offer);
                let with_content = if is_offer { partner.offers } else { partner.gives };
                self.hear(tx, partner.did, origin, (carried, false, with_content))?
            }
            // What is brought back is our own.
            Message::Back(carried) => self.hear(tx, partner.did, origin, (carried, true, true))?,
            Message::Life { left } => {
                self.hear_life(tx, partner.did, left)?;
                return Ok(Taken::Nothing);
            }
            Message::Receipt(lines) => {
                self.hear_receipt(tx, partner.did, lines)?;
                return Ok(Taken::Nothing);
            }
        };
        Ok(heard.map_or_else(Taken::Lie, |heard| Taken::Heard(Box::new(heard))))
    }
}

impl Message {
    /// The act and its files, when it carries an offer with files.
    #[must_use]
    pub fn offer(&self) -> Option<&Carried> {
        let (Self::Act(carried) | Self::Back(carried)) = self else { return None };
        let is_offer = self.said().is_some_and(|said| said.act().deed == Deed::Offer);
        (is_offer && !carried.files.is_empty()).then_some(carried)
    }

    fn said(&self) -> Option<Said> {
        let (Self::Act(carried) | Self::Back(carried)) = self else { return None };
        Said::read(carried.act.clone(), carried.mark).ok()
    }
}

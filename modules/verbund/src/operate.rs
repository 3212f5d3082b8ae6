//! What whoever runs the node does at its machine: the same as the pages do, without somebody who signs in. The audit
//! says that the node did it.

use std::sync::Arc;

use base::{Problem, Result, Time};
use federation::agreement::Deed;
use federation::papers::{self, Delivery, Paper, Papers};
use federation::peers::{self, KnownKey, Peer};
use federation::{Did, Hash, Identity};
use web::Member;

use crate::model::{Standing, State, deed_name, kind_name, refusal_name};
use crate::own;
use crate::sign::{self, By};

pub use crate::own::{address, fingerprint};

/// Asks who is at an address, when it is somebody else than we.
///
/// # Errors
/// `url-wrong`, `url-private`, `own-member`, `identity`, or a problem with a peer when nobody answers.
pub async fn ask(member: &Member, url: &str) -> Result<Identity> {
    own::ask_other(member, url).await
}

/// Takes the member at an address in, when it has the keys that somebody compared; a known one gets its new keys.
/// `stolen` says that others may have got hold of its old ones.
///
/// # Errors
/// As [`ask`], and `key-differs`.
pub async fn add(member: &Arc<Member>, url: &str, fingerprint: Hash, stolen: bool) -> Result<Identity> {
    let identity = own::compared(member, url, fingerprint).await?;
    let (own, url, found) = (Arc::clone(member), url.to_owned(), identity.clone());
    let write =
        move |tx: &mut store::Tx<'_>| sign::confirm(By::Operator(&own), tx, (&url, &identity), stolen);
    member.db.write("verbund.add", write).await?;
    Ok(found)
}

/// Asks a known member who it is now; whether it has other keys than those that were confirmed.
///
/// # Errors
/// `unknown-member`, or as [`ask`].
pub async fn refresh(member: &Member, did: &Did) -> Result<bool> {
    let (peer, _) = peer(member, did).await?;
    own::ask_known(member, peer).await?;
    Ok(self::peer(member, did).await?.0.found.is_some())
}

/// A known member with every key for agreements that was ever confirmed to be its.
///
/// # Errors
/// `unknown-member`.
pub async fn peer(member: &Member, did: &Did) -> Result<(Peer, Vec<KnownKey>)> {
    let did = did.clone();
    let read = move |tx: &mut store::Tx<'_>| {
        let peer = peers::one(tx, &did)?.ok_or_else(|| unknown(&did))?;
        Ok((peer, peers::keys_of(tx, &did)?))
    };
    member.db.read("verbund.peer", read).await
}

fn unknown(did: &Did) -> Problem {
    Problem::not_found("unknown-member", format!("no member {} is known here", did.host()))
        .hint("raum peer list names those who are")
}

/// Forgets a member with whom nothing is in force: nothing is sent to it any more, none of its requests is answered as a
/// member's, and nothing new that it signs is taken. What it signed stays.
///
/// # Errors
/// `unknown-member`, or `agreement-state` while something binds both.
pub async fn forget(member: &Arc<Member>, did: &Did) -> Result<()> {
    let (own, did) = (Arc::clone(member), did.clone());
    let write = move |tx: &mut store::Tx<'_>| {
        if let Some(bond) = all(tx, &own)?.iter().find(|one| one.binds() && one.parties.contains(&did)) {
            let why = format!("'{}' still binds both ({})", bond.title, bond.state);
            return Err(
                Problem::conflict("agreement-state", why).hint(format!("raum agreement end {}", bond.hash))
            );
        }
        if !peers::forget(tx, &did, own.clock.now())? {
            return Err(unknown(&did));
        }
        web::feeds::forget(tx, &own, &did.host())?;
        let about = serde_json::json!({ "member": did });
        By::Operator(&own).audit(tx, "member.forgotten", &about)
    };
    member.db.write("verbund.forget", write).await
}

/// An agreement or proposal that concerns the member.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The hash of its text.
    pub hash: Hash,
    /// Its name for people.
    pub title: String,
    /// What it is: `topic`, `reuse`, ….
    pub kind: &'static str,
    /// How it stands for the member: `asked`, `in-force`, `ended`, ….
    pub state: &'static str,
    /// Its parties.
    pub parties: Vec<Did>,
}

impl Listed {
    fn of(paper: &Paper, state: State) -> Self {
        let terms = paper.document.terms();
        let parties = terms.parties.iter().map(|party| party.did.clone()).collect();
        let (title, kind) = (terms.title.clone(), kind_name(terms.kind));
        Self { hash: paper.document.hash(), title, kind, state: state.name(), parties }
    }

    fn binds(&self) -> bool {
        [State::Agreed, State::InForce, State::Ending].iter().any(|state| state.name() == self.state)
    }
}

/// Everything that was agreed, proposed or ended, by its hash.
///
/// # Errors
/// What the database says.
pub async fn agreements(member: &Arc<Member>) -> Result<Vec<Listed>> {
    let own = Arc::clone(member);
    member.db.read("verbund.list", move |tx| all(tx, &own)).await
}

fn all(tx: &mut store::Tx<'_>, member: &Member) -> Result<Vec<Listed>> {
    let (keys, now) = (member.node_keys()?, member.clock.now());
    let (kept, keyring) = (Papers::load(tx)?, own::keyring(tx, &keys)?);
    let strangers = papers::unchecked(tx)?;
    let mut all: Vec<_> = strangers.iter().map(|paper| Listed::of(paper, State::Unchecked)).collect();
    let book = kept.book(&keyring, now);
    for agreement in book.agreements() {
        let document = agreement.document();
        if document.terms().party(keys.did()).is_some() {
            let acts = kept.acts_of(document.hash());
            let state = Standing::within(&book, agreement, &acts, keys.did(), now).state;
            let paper = Paper { document: document.clone(), checked: true, received: now };
            all.push(Listed::of(&paper, state));
        }
    }
    all.sort_by_key(|one| one.hash);
    Ok(all)
}

/// An agreement with everything that was done about it.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is and how it stands.
    pub listed: Listed,
    /// The text.
    pub paper: Paper,
    /// What was done about it.
    pub done: Vec<Done>,
    /// Whom we could not tell all we know.
    pub untold: Vec<Delivery>,
}

/// Something that a party did.
#[derive(Clone, Debug)]
pub struct Done {
    /// When.
    pub at: Time,
    /// Who.
    pub who: Did,
    /// What: `accept`, `refuse`, `end`, ….
    pub what: &'static str,
    /// Why, if it says so.
    pub why: String,
    /// Why it has no effect, if it has none.
    pub refused: Option<&'static str>,
}

/// One agreement, by the beginning of its hash.
///
/// # Errors
/// `agreement` when none, or more than one, begins like that.
pub async fn agreement(member: &Arc<Member>, start: &str) -> Result<Found> {
    let (own, start) = (Arc::clone(member), start.to_owned());
    member.db.read("verbund.find", move |tx| find(tx, &own, &start)).await
}

fn find(tx: &mut store::Tx<'_>, member: &Member, start: &str) -> Result<Found> {
    let mut fitting = all(tx, member)?.into_iter().filter(|one| one.hash.to_string().starts_with(start));
    let listed = match (fitting.next(), fitting.next()) {
        (Some(one), None) => one,
        (None, _) => {
            let why = format!("no agreement's hash begins with '{start}'");
            return Err(Problem::not_found("agreement", why).hint("raum agreement list names all"));
        }
        _ => {
            let why = format!("more than one agreement's hash begins with '{start}'");
            return Err(Problem::input("agreement", why).hint("write more of it"));
        }
    };
    let paper = papers::document(tx, listed.hash)?
        .ok_or_else(|| Problem::internal("agreement", "it was there a moment ago"))?;
    let (kept, keyring) = (Papers::load(tx)?, own::keyring(tx, &member.node_keys()?)?);
    let book = kept.book(&keyring, member.clock.now());
    let agreement = book.agreements().iter().find(|agreement| agreement.document().hash() == listed.hash);
    let refused = agreement.map(|agreement| agreement.refused()).unwrap_or_default();
    let acts = papers::acts_of(tx, listed.hash)?;
    let done = acts.iter().map(|act| {
        let (what, why) = deed_name(act.deed());
        let refused = refused.iter().find(|refused| refused.act == act.hash());
        let refused = refused.map(|refused| refusal_name(refused.why));
        Done { at: act.at(), who: act.party().clone(), what, why: why.to_owned(), refused }
    });
    let done = done.collect();
    let untold = papers::deliveries(tx, listed.hash)?
        .into_iter()
        .filter(|delivery| !delivery.is_done() || delivery.error.is_some())
        .collect();
    Ok(Found { listed, paper, done, untold })
}

/// Ends an agreement that binds the member, or takes back what it only proposed, and sees to it that all parties are told.
///
/// # Errors
/// As [`agreement`], `agreement-state` when there is nothing to end, and when the reason is none.
pub async fn end(member: &Arc<Member>, start: &str, reason: &str) -> Result<Listed> {
    let (own, start, reason) = (Arc::clone(member), start.to_owned(), reason.to_owned());
    let write = move |tx: &mut store::Tx<'_>| {
        let found = find(tx, &own, &start)?.listed;
        let reason = reason.clone();
        let deed = match found.state == State::Offered.name() {
            true => Deed::Withdraw { reason },
            false => Deed::End { reason },
        };
        sign::act(By::Operator(&own), tx, found.hash, deed)?;
        Ok(find(tx, &own, &found.hash.to_string())?.listed)
    };
    member.db.write("verbund.end", write).await
}

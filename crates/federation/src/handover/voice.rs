//! What is done with acts, in the transaction that does it: said here, heard from others, brought back.

use base::{CaseId, Entropy, HandoverId, Problem, Result, Time};
use data_encoding::HEXLOWER;
use ledger::{Actor, Ledger};
use serde_json::{Map, Value};
use store::Tx;

use super::act::{Act, Deed, Said, Side};
use super::course::{Course, Phase, fits, stays};
use super::message::{Carried, Line};
use super::outbox::{push_act, push_life, push_receipt};
use super::pair::{Seen, feed_name, is_lost, next_life};
use super::seal::Secrets;
use super::store::{self as db, Handover, Kept, Pair};
use crate::did::Did;
use crate::form::{At, Hash};

/// A member that hands over: its secrets, its record, and when.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    /// Its secrets.
    pub secrets: &'a Secrets,
    /// Its record.
    pub ledger: &'a Ledger,
    /// Where salts come from.
    pub entropy: &'a Entropy,
    /// Now.
    pub now: Time,
}

/// Where a message was found: the epoch of the feed, the place in it and the entry's leaf hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The feed's epoch.
    pub epoch: u32,
    /// The place in it.
    pub seq: u64,
    /// The leaf hash.
    pub leaf: Hash,
}

/// What an act changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The handover, as it is now.
    pub handover: Handover,
    /// Where it was.
    pub before: Option<Course>,
    /// Where it is.
    pub after: Option<Course>,
    /// What is new, in the order in which it is to be understood: nothing as long as the offer is missing, and then
    /// everything.
    pub fresh: Vec<Kept>,
}

/// Why a message is not taken in: its writer lied, or is out of order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// It has not the form it must have.
    #[error("malformed: {0}")]
    Malformed(String),
    /// It is about a handover between others.
    #[error("about a handover with somebody else")]
    OtherHandover,
    /// It is not an act of the side its writer is on.
    #[error("an act of the other side")]
    OtherSide,
    /// It claims that we wrote it, and we did not.
    #[error("brought back as ours, but we never wrote it")]
    NotOurs,
    /// What is said with it is not what the act names.
    #[error("the content is not the one the act names")]
    OtherContent,
}

impl Voice<'_> {
    /// Offers a case to a partner. Whether that may be, and may be now, must have been asked: by
    /// [`super::may_hand_over`], and that no other handover of the case is live.
    ///
    /// # Errors
    /// `handover-live` when the case is on its way already; what the database says.
    pub fn offer(
        &self,
        tx: &mut Tx<'_>,
        partner: &Did,
        (id, case): (HandoverId, CaseId),
        (content, files): (&Value, Vec<Hash>),
    ) -> Result<Heard> {
        if db::by_case(tx, case)?.iter().any(|handover| handover.phase.is_live()) {
            return Err(Problem::conflict("handover-live", "the case is handed over already"));
        }
        let handover = Handover {
            id,
            did: partner.clone(),
            side: Side::Sender,
            case,
            phase: Phase::Offered,
            updated: self.now,
        };
        self.write(tx, &handover, Deed::Offer, (Some(content), files), Vec::new())
    }

    /// Does something about a handover, if it can be done as things stand.
    ///
    /// # Errors
    /// `handover-state` when it cannot; what the database says.
    pub fn say(
        &self,
        tx: &mut Tx<'_>,
        handover: &Handover,
        deed: Deed,
        content: Option<&Value>,
    ) -> Result<Heard> {
        if deed.side() != handover.side {
            return Err(Problem::internal("handover", "an act of the other side was to be written"));
        }
        let acts = db::acts(tx, handover.id)?;
        Course::allow(Course::of(acts.iter().map(|kept| &kept.said)).as_ref(), deed)?;
        self.write(tx, handover, deed, (content, Vec::new()), acts)
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        handover: &Handover,
        deed: Deed,
        (content, files): (Option<&Value>, Vec<Hash>),
        acts: Vec<Kept>,
    ) -> Result<Heard> {
        let pair = self.ready(tx, &handover.did)?;
        let own = acts.iter().filter(|kept| kept.own).map(|kept| kept.said.act());
        let number = own.filter(|act| act.epoch == pair.epoch).map(|act| act.number).max().unwrap_or(0) + 1;
        let content = content.map(|content| self.salted(content)).transpose()?;
        let act = Act {
            handover: handover.id,
            deed,
            epoch: pair.epoch,
            number,
            at: At::new(self.now),
            content: content.as_deref().map(Hash::of),
            files,
        };
        let said = Said::write(&act, &handover.did, self.secrets);
        let said =
            said.map_err(|flaw| Problem::internal("handover", "an act cannot be written").because(flaw))?;
        let kept = Kept { said, own: true, content, files: vec![], origin: None, entry: None, receipt: None };
        let hash = kept.said.hash();
        let (heard, _) = self.add(tx, handover.clone(), acts, kept)?;
        push_act(tx, &handover.did, "act", handover.id, hash)?;
        Ok(heard)
    }

    /// A text nobody can guess from its hash.
    fn salted(&self, content: &Value) -> Result<String> {
        let salt = HEXLOWER.encode(&self.entropy.bytes::<16>());
        let mut map = content.as_object().cloned().unwrap_or_else(Map::new);
        map.insert("salt".into(), Value::String(salt));
        db::json(&map)
    }

    /// Takes in an act that a partner wrote, or brings back; `with_content` says whether what is said with it may be
    /// kept. Hearing it again changes nothing.
    ///
    /// # Errors
    /// What the database says; the inner error when the partner lied.
    pub fn hear(
        &self,
        tx: &mut Tx<'_>,
        partner: &Did,
        origin: Origin,
        (carried, is_back, with_content): (&Carried, bool, bool),
    ) -> Result<Result<Heard, Lie>> {
        let said = match self.read(partner, carried, is_back) {
            Ok(said) => said,
            Err(lie) => return Ok(Err(lie)),
        };
        let (act, content) = (said.act().clone(), carried.content.clone().filter(|_| with_content));
        let author = act.side();
        let side = if is_back { author } else { author.other() };
        let known = db::by_id(tx, act.handover)?;
        match &known {
            Some(known) if known.did != *partner => return Ok(Err(Lie::OtherHandover)),
            Some(known) if !fits(&act, if is_back { known.side } else { known.side.other() }) => {
                return Ok(Err(Lie::OtherSide));
            }
            _ => {}
        }
        let fresh = || Handover {
            id: act.handover,
            did: partner.clone(),
            side,
            case: case_of(act.handover),
            phase: Phase::Offered,
            updated: self.now,
        };
        let mut handover = known.unwrap_or_else(fresh);
        if is_back
            && act.deed == Deed::Offer
            && let Some(case) = content.as_deref().and_then(case_in)
        {
            handover.case = case;
        }
        let (files, hash) = (carried.files.clone(), said.hash());
        let kept = Kept {
            said,
            own: is_back,
            content,
            files,
            origin: (!is_back).then_some((origin.epoch, origin.seq)),
            entry: None,
            receipt: None,
        };
        self.ready(tx, partner)?;
        let acts = db::acts(tx, handover.id)?;
        let (heard, is_new) = self.add(tx, handover, acts, kept)?;
        let Origin { epoch, seq, leaf } = origin;
        push_receipt(tx, partner, &Line { handover: act.handover, act: hash, epoch, seq, leaf })?;
        if is_back && is_new {
            // Every act of ours stands in a feed of ours again.
            push_act(tx, partner, "act", act.handover, hash)?;
        }
        Ok(Ok(heard))
    }

    fn read(&self, partner: &Did, carried: &Carried, is_back: bool) -> Result<Said, Lie> {
        let said = Said::read(carried.act.clone(), carried.mark);
        let said = said.map_err(|flaw| Lie::Malformed(flaw.to_string()))?;
        if is_back && !said.is_by(partner, self.secrets) {
            return Err(Lie::NotOurs);
        }
        let is_named = |content: &String| said.act().content == Some(Hash::of(content));
        if carried.content.as_ref().is_some_and(|content| !is_named(content)) {
            return Err(Lie::OtherContent);
        }
        if carried.files.iter().any(|(hash, _)| !said.act().files.contains(hash)) {
            return Err(Lie::OtherContent);
        }
        Ok(said)
    }

    /// Puts an act to those that are here, and says what changed by it.
    fn add(
        &self,
        tx: &mut Tx<'_>,
        mut handover: Handover,
        mut acts: Vec<Kept>,
        mut kept: Kept,
    ) -> Result<(Heard, bool)> {
        let before = Course::of(acts.iter().map(|kept| &kept.said));
        if acts.iter().any(|old| old.said.hash() == kept.said.hash()) {
            return Ok((Heard { handover, after: before.clone(), before, fresh: Vec::new() }, false));
        }
        if before.as_ref().is_some_and(|before| before.erase.is_some())
            && kept.said.act().side() == Side::Sender
        {
            (kept.content, kept.files) = (None, Vec::new());
        }
        db::add_act(tx, &handover.did, &kept, self.now)?;
        acts.push(kept.clone());
        let after = Course::of(acts.iter().map(|kept| &kept.said));
        handover.phase = after.as_ref().map_or(Phase::Offered, |after| after.phase);
        handover.updated = self.now;
        db::keep(tx, &handover)?;
        let fresh = match (&before, &after) {
            (_, None) => Vec::new(),
            (None, Some(_)) => in_order(acts),
            (Some(_), Some(_)) => vec![kept],
        };
        Ok((Heard { handover, before, after, fresh }, true))
    }

    /// Takes back what was begun twice for one case because the first was forgotten, and gives what that changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_doubles(&self, tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Heard>> {
        let own = db::by_case(tx, case)?.into_iter().filter(|handover| handover.side == Side::Sender);
        let live: Vec<_> = own.filter(|handover| handover.phase.is_live()).collect();
        let ids: Vec<_> = live.iter().map(|handover| handover.id).collect();
        let keep = stays(&ids);
        let doubles = live.iter().filter(|handover| Some(handover.id) != keep);
        doubles
            .map(|handover| {
                let acts = db::acts(tx, handover.id)?;
                self.write(tx, handover, Deed::Withdraw, (None, Vec::new()), acts)
            })
            .collect()
    }

    /// Forgets what was said in a handover by its sender: here, and in the feeds others read. What the other side has
    /// not taken in yet goes to it without.
    ///
    /// # Errors
    /// What the database says.
    pub fn forget(&self, tx: &mut Tx<'_>, handover: &Handover) -> Result<()> {
        db::drop_contents(tx, handover.id, handover.side == Side::Sender)?;
        let pair = db::add_pair(tx, &handover.did)?;
        for epoch in 1..=pair.epoch {
            let feed = feed_name(&handover.did, epoch);
            self.ledger.erase_case(tx, &feed, case_of(handover.id), Actor::Node)?;
        }
        for kept in db::acts(tx, handover.id)? {
            let (own, hash) = (kept.own, kept.said.hash());
            if kept.receipt.is_some() {
                continue;
            }
            if own {
                push_act(tx, &handover.did, "act", handover.id, hash)?;
            } else if kept.entry.is_some() {
                // It is on its way back.
                push_act(tx, &handover.did, "back", handover.id, hash)?;
            }
        }
        Ok(())
    }

    /// Takes a receipt: what the other side says it took in.
    ///
    /// # Errors
    /// What the database says.
    pub fn hear_receipt(&self, tx: &mut Tx<'_>, partner: &Did, lines: &[Line]) -> Result<()> {
        for line in lines {
            if db::by_id(tx, line.handover)?.is_some_and(|handover| handover.did == *partner) {
                db::receipt(tx, line)?;
            }
        }
        Ok(())
    }

    /// What a partner says it has of our feeds: when it is more than can be, we were restored from an older copy, and a new
    /// life begins, `true` then; when it is less than it had confirmed, the partner was.
    ///
    /// # Errors
    /// What the database says.
    pub fn hear_seen(&self, tx: &mut Tx<'_>, partner: &Did, seen: &[Seen]) -> Result<bool> {
        let pair = self.ready(tx, partner)?;
        for epoch in 1..=pair.epoch {
            let seen = seen.iter().find(|seen| seen.epoch == epoch);
            let taken = seen.map_or(0, |seen| seen.taken.unwrap_or(seen.size));
            self.hear_lost(tx, partner, (epoch, taken))?;
        }
        let feed = feed_name(partner, pair.epoch);
        let size = self.ledger.checkpoint(tx, &feed)?.map_or(0, |(size, _)| size);
        let newest = seen.iter().filter(|seen| seen.epoch == pair.epoch).max_by_key(|seen| seen.size);
        let at = newest.map_or(0, |newest| newest.size.min(size));
        let root = if at > 0 { Some(Hash::from_bytes(self.ledger.root(tx, &feed, at)?)) } else { None };
        let Some(next) = next_life((pair.epoch, size), seen, |asked| root.filter(|_| asked == at)) else {
            return Ok(false);
        };
        db::raise(tx, partner, next)?;
        self.ready(tx, partner).map(|_| true)
    }

    /// A partner has taken in only so much of a feed of ours: what it had confirmed from behind that, it has lost and will
    /// read again. What was erased since cannot be read there any more, and goes to it once more without what was said.
    fn hear_lost(&self, tx: &mut Tx<'_>, partner: &Did, (epoch, taken): (u32, u64)) -> Result<()> {
        for case in self.ledger.cases_since(tx, &feed_name(partner, epoch), taken)? {
            let Some(id) = HandoverId::from_bytes(case.as_bytes()) else { continue };
            let acts = db::acts(tx, id)?;
            let is_erased =
                Course::of(acts.iter().map(|kept| &kept.said)).is_some_and(|course| course.erase.is_some());
            let is_lost = |line: &Line| line.epoch == epoch && line.seq >= taken;
            for kept in acts.iter().filter(|kept| kept.receipt.as_ref().is_some_and(is_lost)) {
                db::unconfirm(tx, id, kept.said.hash())?;
                if is_erased {
                    push_act(tx, partner, if kept.own { "act" } else { "back" }, id, kept.said.hash())?;
                }
            }
        }
        Ok(())
    }

    /// The pair, with what a new life begins with: it says what is left of the old ones, and what of ours the other side
    /// did not confirm goes to it once more.
    ///
    /// # Errors
    /// What the database says.
    pub fn ready(&self, tx: &mut Tx<'_>, partner: &Did) -> Result<Pair> {
        let pair = db::add_pair(tx, partner)?;
        if pair.announced == pair.epoch {
            return Ok(pair);
        }
        let left = db::left(tx, self.ledger, &pair)?;
        push_life(tx, partner, &left)?;
        for kept in db::acts_with(tx, partner, true)?.iter().filter(|kept| kept.receipt.is_none()) {
            push_act(tx, partner, "act", kept.said.act().handover, kept.said.hash())?;
        }
        let back = |kept: &&Kept| kept.entry.is_some() && kept.receipt.is_none();
        for kept in db::acts_with(tx, partner, false)?.iter().filter(back) {
            push_act(tx, partner, "back", kept.said.act().handover, kept.said.hash())?;
        }
        db::announced(tx, partner, pair.epoch)?;
        Ok(Pair { announced: pair.epoch, ..pair })
    }

    /// A partner begins a new life and says what is left of its feeds: what else it ever wrote here is brought back.
    ///
    /// # Errors
    /// What the database says.
    pub fn hear_life(&self, tx: &mut Tx<'_>, partner: &Did, said: &[(u32, u64, Hash)]) -> Result<()> {
        self.ready(tx, partner)?;
        let mut left = Vec::new();
        for feed in said {
            left.push((feed.0, db::still_has(tx, self.secrets.did(), partner, *feed)?));
        }
        for kept in db::acts_with(tx, partner, false)? {
            if kept.origin.is_some_and(|origin| is_lost(&left, origin)) {
                let (id, hash) = (kept.said.act().handover, kept.said.hash());
                db::again(tx, id, hash)?;
                push_act(tx, partner, "back", id, hash)?;
            }
        }
        Ok(())
    }
}

/// The case at whoever gets it has the handover's id: so it is the same case again when it is taken in again.
#[must_use]
pub fn case_of(id: HandoverId) -> CaseId {
    CaseId::from_bytes(id.as_bytes()).unwrap_or_else(|| unreachable!("both have 16 bytes"))
}

/// The sender's case, as the content of an offer names it.
fn case_in(content: &str) -> Option<CaseId> {
    serde_json::from_str::<Value>(content).ok()?.get("case")?.as_str()?.parse().ok()
}

/// The offer first, then everything in the order of its time.
fn in_order(mut acts: Vec<Kept>) -> Vec<Kept> {
    acts.sort_by_key(|kept| {
        let act = kept.said.act();
        (act.deed != Deed::Offer, act.at, act.place(), kept.said.hash())
    });
    acts
}

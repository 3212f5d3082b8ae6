use std::collections::BTreeMap;

use base::Time;

use super::act::{Act, Deed};
use super::book::Received;
use super::document::Document;
use super::terms::{Owed, Party};
use super::trust::Trust;
use crate::did::Did;
use crate::form::{Day, Hash};

/// What follows from a document and the acts upon it, as far as they were done by a moment. The same acts give the
/// same, in whatever order and however often they are told.
#[derive(Clone, Debug)]
pub struct Agreement<'a> {
    document: &'a Document,
    consents: BTreeMap<Did, Consent>,
    received: Vec<Received>,
    refused: Vec<Refused>,
}

/// From when to when a party agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// When it signed.
    pub since: Time,
    /// When it signed the ending.
    pub closed: Option<Time>,
}

/// What binds two parties. Both signed, and each interval lies within what each of them signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bond {
    /// From when to when data flows and one acts for the other; the end is not part of it.
    pub flows: Option<(Time, Option<Time>)>,
    /// From which day to which money and work are owed; the end is not part of it.
    pub duties: Option<(Day, Option<Day>)>,
}

/// An act that has not the effect it was meant to have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// The hash of the act's text.
    pub act: Hash,
    /// Whose act it claims to be.
    pub party: Did,
    /// Why.
    pub why: Refusal,
}

/// Why an act has not the effect it was meant to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// It is about another document.
    #[error("it is about another document")]
    OtherDocument,
    /// Who acts is no party of the document.
    #[error("who acts is no party")]
    NotAParty,
    /// The document pins a key for the party that is not the party's.
    #[error("the document names a key that is not the party's")]
    StrangeKey,
    /// The key that the document pins for the party did not sign it.
    #[error("it is not signed by the party's key")]
    Unsigned,
    /// It carries such a signature, which does not fit its text.
    #[error("the signature does not fit the text")]
    BadSignature,
    /// It is dated later than now.
    #[error("it is from the future")]
    FromTheFuture,
    /// It is dated before the document was proposed.
    #[error("it is older than the proposal")]
    BeforeProposal,
    /// The time to accept was over (§ 148 BGB).
    #[error("the time to accept was over")]
    TooLate,
    /// The proposal had been taken back.
    #[error("the proposal had been taken back")]
    Withdrawn,
    /// The party had refused or ended it before: to agree again needs a new document.
    #[error("the party had refused or ended it before")]
    Closed,
    /// The party had done the same before.
    #[error("the party had done so before")]
    Again,
    /// There was nothing to end. It still stands in the way of accepting later.
    #[error("the party had not agreed")]
    NothingToEnd,
    /// Only the proposer takes a proposal back.
    #[error("only the proposer can take it back")]
    NotTheProposer,
    /// Money is received only by who is owed it under the document.
    #[error("the party is not owed money by this duty")]
    NotTheCreditor,
}

impl<'a> Agreement<'a> {
    /// What follows from `document` and `acts` at `now`, for somebody who trusts these keys.
    #[must_use]
    pub fn of<'b>(
        document: &'a Document,
        acts: impl IntoIterator<Item = &'b Act>,
        trust: &dyn Trust,
        now: Time,
    ) -> Self {
        let mut agreement =
            Self { document, consents: BTreeMap::new(), received: Vec::new(), refused: Vec::new() };
        let mut valid = BTreeMap::new();
        for act in acts {
            match prove(document, act, trust, now) {
                Ok(()) => drop(valid.insert((act.at(), act.hash()), act)),
                Err(why) => agreement.refuse(act, why),
            }
        }
        let mut by_party = BTreeMap::<&Did, Vec<&Act>>::new();
        valid.values().for_each(|act| by_party.entry(act.party()).or_default().push(act));
        let terms = document.terms();
        let proposer = terms.party(&terms.proposer);
        let is_proposed = proposer.is_some_and(|party| trust.knows(&party.did, &party.keys.agreements))
            && terms.proposed.time() <= now;
        let withdrawn = by_party.get(&terms.proposer).and_then(|own| first(own, is_withdrawal));
        for party in &terms.parties {
            let own = by_party.get(&party.did).map_or(&[][..], Vec::as_slice);
            let proposed = (party.did == terms.proposer && is_proposed).then(|| terms.proposed.time());
            agreement.settle(&party.did, own, proposed, withdrawn);
        }
        agreement.refused.sort();
        agreement.refused.dedup();
        agreement
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &'a Document {
        self.document
    }

    /// Every party that has agreed, whether or not it has ended it since.
    #[must_use]
    pub fn consents(&self) -> &BTreeMap<Did, Consent> {
        &self.consents
    }

    /// The acts without the effect they were meant to have.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// What creditors say they received.
    #[must_use]
    pub fn received(&self) -> &[Received] {
        &self.received
    }

    /// What binds two parties under this document alone. A newer version may have taken its place: [`super::Book`]
    /// knows.
    #[must_use]
    pub fn bond(&self, one: &Did, other: &Did) -> Option<Bond> {
        let (one, other) = (self.consents.get(one)?, self.consents.get(other)?);
        let since = one.since.max(other.since);
        let closed = one.closed.into_iter().chain(other.closed).min();
        // Whoever had ended it before the other agreed is not bound by that.
        if closed.is_some_and(|closed| closed <= since) {
            return None;
        }
        let terms = self.document.terms();
        let after = terms.until.map(|until| until.plus_days(1));
        let flows = (since.max(terms.from.begins()), earlier(closed, after.map(Day::begins)));
        let notice = closed.map(|closed| Day::of(closed).plus_days(terms.notice_days));
        let duties = (Day::of(since).max(terms.from), earlier(notice, after));
        Bond { flows: Some(flows), duties: Some(duties) }.if_any()
    }

    /// Works out one party's acts, which come sorted by time.
    fn settle(&mut self, party: &Did, own: &[&Act], proposed: Option<Time>, withdrawn: Option<Time>) {
        let is_proposer = *party == self.document.terms().proposer;
        let closed = first(own, |deed| is_closing(deed) && (is_proposer || !is_withdrawal(deed)));
        let mut since = proposed.filter(|at| closed.is_none_or(|closed| *at < closed));
        let mut is_closed = false;
        for act in own {
            let why = match act.deed() {
                Deed::Received { duty, cents } => self.receive(act, *duty, (*cents).into()),
                Deed::Accept => {
                    self.late(act, withdrawn, closed).or(since.is_some().then_some(Refusal::Again))
                }
                Deed::Withdraw { .. } if !is_proposer => Some(Refusal::NotTheProposer),
                _ if is_closed => Some(Refusal::Again),
                Deed::End { .. } if since.is_none() => Some(Refusal::NothingToEnd),
                _ => None,
            };
            match why {
                Some(why) => self.refuse(act, why),
                None if *act.deed() == Deed::Accept => since = Some(act.at()),
                None => {}
            }
            is_closed |= Some(act.at()) == closed && is_closing(act.deed());
        }
        if let Some(since) = since {
            self.consents.insert(party.clone(), Consent { since, closed });
        }
    }

    /// Why an acceptance comes too late, if it does. What is dated alike counts as closed: nobody is bound in doubt.
    fn late(&self, act: &Act, withdrawn: Option<Time>, closed: Option<Time>) -> Option<Refusal> {
        let is_after = |moment: Option<Time>| moment.is_some_and(|moment| moment <= act.at());
        if is_after(closed) {
            Some(Refusal::Closed)
        } else if is_after(withdrawn) {
            Some(Refusal::Withdrawn)
        } else {
            let is_late = Day::of(act.at()) > self.document.terms().accept_by;
            is_late.then_some(Refusal::TooLate)
        }
    }

    fn receive(&mut self, act: &Act, index: usize, cents: i64) -> Option<Refusal> {
        let document = self.document;
        let duty = document.terms().duties.get(index).filter(|duty| duty.to == *act.party());
        match duty.filter(|duty| matches!(duty.owed, Owed::Money { .. })) {
            None => Some(Refusal::NotTheCreditor),
            Some(duty) => {
                self.received.push(Received {
                    document: document.hash(),
                    duty: index,
                    debtor: duty.from.clone(),
                    creditor: duty.to.clone(),
                    at: act.at(),
                    cents,
                });
                None
            }
        }
    }

    fn refuse(&mut self, act: &Act, why: Refusal) {
        self.refused.push(Refused { act: act.hash(), party: act.party().clone(), why });
    }
}

impl Bond {
    /// Whether data flows at a moment.
    #[must_use]
    pub fn lets_flow(&self, at: Time) -> bool {
        self.flows.is_some_and(|(since, end)| since <= at && end.is_none_or(|end| at < end))
    }

    /// Whether money and work are owed on a day.
    #[must_use]
    pub fn is_owed(&self, day: Day) -> bool {
        self.duties.is_some_and(|(first, end)| first <= day && end.is_none_or(|end| day < end))
    }

    /// What remains of it when a newer version binds the same two.
    pub(super) fn until(self, newer: &Self) -> Option<Self> {
        let flows = self.flows.map(|(since, end)| (since, earlier(end, newer.flows.map(|(since, _)| since))));
        let duties =
            self.duties.map(|(first, end)| (first, earlier(end, newer.duties.map(|(first, _)| first))));
        Self { flows, duties }.if_any()
    }

    /// Without what would end before it begins.
    fn if_any(self) -> Option<Self> {
        let flows = self.flows.filter(|(since, end)| end.is_none_or(|end| *since < end));
        let duties = self.duties.filter(|(first, end)| end.is_none_or(|end| *first < end));
        (flows.is_some() || duties.is_some()).then_some(Self { flows, duties })
    }
}

/// Whether an act counts at all: about this document, by a party, signed by its key, and dated sensibly.
fn prove(document: &Document, act: &Act, trust: &dyn Trust, now: Time) -> Result<(), Refusal> {
    let party = party_of(document, act)?;
    if !trust.knows(&party.did, &party.keys.agreements) {
        return Err(Refusal::StrangeKey);
    }
    document.check_act(act, trust)?;
    if act.at() > now {
        return Err(Refusal::FromTheFuture);
    }
    if act.at() < document.terms().proposed.time() { Err(Refusal::BeforeProposal) } else { Ok(()) }
}

/// The party of the document that acts.
fn party_of<'a>(document: &'a Document, act: &Act) -> Result<&'a Party, Refusal> {
    if act.document() != document.hash() {
        return Err(Refusal::OtherDocument);
    }
    document.terms().party(act.party()).ok_or(Refusal::NotAParty)
}

impl Document {
    /// Whether an act is about this document and signed by the key it names for the party; by another key that is
    /// trusted to be the party's only if it agrees to nothing. Whether the named key really is the party's, and what the
    /// act changes, [`Agreement::of`] says.
    ///
    /// # Errors
    /// Why it is not.
    pub fn check_act(&self, act: &Act, trust: &dyn Trust) -> Result<(), Refusal> {
        let why = match party_of(self, act)?.keys.agreements.0.verify(act.note()) {
            Ok(_) => return Ok(()),
            Err(tlog::Error::BadSignature(_)) => Refusal::BadSignature,
            Err(_) => Refusal::Unsigned,
        };
        let is_by_another = *act.deed() != Deed::Accept
            && trust.keys(act.party()).iter().any(|key| key.0.verify(act.note()).is_ok());
        if is_by_another { Ok(()) } else { Err(why) }
    }
}

fn first(own: &[&Act], is_meant: impl Fn(&Deed) -> bool) -> Option<Time> {
    own.iter().filter(|act| is_meant(act.deed())).map(|act| act.at()).min()
}

fn is_withdrawal(deed: &Deed) -> bool {
    matches!(deed, Deed::Withdraw { .. })
}

fn is_closing(deed: &Deed) -> bool {
    matches!(deed, Deed::Refuse { .. } | Deed::Withdraw { .. } | Deed::End { .. })
}

/// The earlier of two ends, where none means never.
fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

use base::Time;

use super::act::{Act, Deed};
use super::book::Book;
use super::standing::{Agreement, Consent};
use super::terms::Owed;
use crate::did::Did;
use crate::form::{Day, Hash};
use crate::papers::Papers;
use crate::peers::Keyring;

/// How a document stands for one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Proposed by somebody whose key nobody here has confirmed.
    Unchecked,
    /// The member is asked.
    Asked,
    /// The member has agreed, and nobody else yet.
    Offered,
    /// Agreed, and not begun.
    Agreed,
    /// Binds the member now.
    InForce,
    /// Ended; what was owed until the notice has passed still is.
    Ending,
    /// Bound the member once.
    Ended,
    /// Never bound the member and cannot any more.
    Lapsed,
}

impl State {
    /// The word in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Asked => "asked",
            Self::Offered => "offered",
            Self::Agreed => "agreed",
            Self::InForce => "in-force",
            Self::Ending => "ending",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
        }
    }
}

/// How a document stands for one member, and what the member can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    consent: Option<Consent>,
    is_proposer: bool,
    /// Whether it ever bound the member to somebody: then it is no mere proposal.
    was_bound: bool,
}

impl Standing {
    /// How a stranger's document stands.
    pub const UNCHECKED: Self =
        Self { state: State::Unchecked, consent: None, is_proposer: false, was_bound: false };

    /// How the document with this hash stands; `None` when it is not there or does not concern the member.
    #[must_use]
    pub fn of(papers: &Papers, keys: &Keyring, own: &Did, hash: Hash, now: Time) -> Option<Self> {
        let book = papers.book(keys, now);
        let agreement = book.agreements().iter().find(|agreement| agreement.document().hash() == hash)?;
        agreement.document().terms().party(own)?;
        Some(Self::within(&book, agreement, &papers.acts_of(hash), own, now))
    }

    /// The same for an agreement of a book, with the acts upon it.
    #[must_use]
    pub fn within(book: &Book<'_>, agreement: &Agreement<'_>, acts: &[&Act], own: &Did, now: Time) -> Self {
        let terms = agreement.document().terms();
        let consent = agreement.consents().get(own).copied();
        let others = || terms.parties.iter().map(|party| &party.did).filter(|did| *did != own);
        let was_bound = others().any(|other| agreement.bond(own, other).is_some());
        let bonds: Vec<_> = others().filter_map(|other| book.bond(agreement, own, other)).collect();
        let today = Day::of(now);
        let is_owing = terms.duties.iter().any(|duty| {
            let bond = (duty.from == *own || duty.to == *own)
                .then(|| book.bond(agreement, &duty.from, &duty.to))
                .flatten();
            !matches!(duty.owed, Owed::Data { .. }) && bond.is_some_and(|bond| bond.is_owed(today))
        });
        let did = |party: &Did, is_meant: fn(&Deed) -> bool| {
            acts.iter().any(|act| act.party() == party && act.at() <= now && is_meant(act.deed()))
        };
        let is_closed = did(own, |deed| matches!(deed, Deed::Refuse { .. } | Deed::End { .. }))
            || did(&terms.proposer, |deed| matches!(deed, Deed::Withdraw { .. }));
        let is_open = !is_closed && terms.accept_by >= today;
        let begins_later = bonds.iter().any(|bond| bond.flows.is_some_and(|(since, _)| since > now));
        let state = if bonds.iter().any(|bond| bond.lets_flow(now)) {
            State::InForce
        } else if begins_later {
            State::Agreed
        } else if is_owing {
            State::Ending
        } else if was_bound {
            State::Ended
        } else {
            match (is_open, consent) {
                (true, None) => State::Asked,
                (true, Some(Consent { closed: None, .. })) => State::Offered,
                _ => State::Lapsed,
            }
        };
        Self { state, consent, is_proposer: terms.proposer == *own, was_bound }
    }

    /// Whether everybody may see it: what bound the member is public, what was only proposed is not.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.was_bound
    }

    /// Whether the member can take its proposal back.
    #[must_use]
    pub fn may_withdraw(&self) -> bool {
        self.is_proposer && self.state == State::Offered
    }

    /// Whether the member can end it.
    #[must_use]
    pub fn may_end(&self) -> bool {
        let is_open = self.consent.is_some_and(|consent| consent.closed.is_none());
        is_open && matches!(self.state, State::InForce | State::Agreed)
    }

    /// Whether the member can propose a version that takes its place.
    #[must_use]
    pub fn may_be_replaced(&self) -> bool {
        self.may_end()
    }

    /// Whether the member can say that it received money under it.
    #[must_use]
    pub fn may_receive(&self) -> bool {
        self.was_bound
    }
}

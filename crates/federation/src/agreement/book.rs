use std::collections::BTreeMap;

use base::{AgreementId, Time};

use super::act::Act;
use super::document::Document;
use super::standing::{Agreement, Bond, Refusal, Refused};
use super::terms::{Authority, Duty, Flow, Owed, Rhythm, Source};
use super::trust::Trust;
use crate::did::Did;
use crate::form::{Day, Hash};

/// All documents and acts that somebody knows, and what follows from them together.
///
/// A new version binds whoever signs it: between two that both did, it takes the place of every older one from when
/// it begins. Between all others the old one goes on.
#[derive(Debug)]
pub struct Book<'a> {
    agreements: Vec<Agreement<'a>>,
    versions: BTreeMap<AgreementId, Vec<usize>>,
    strays: Vec<Refused>,
}

/// Money that is owed for one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Under which document.
    pub document: Hash,
    /// By which of its duties.
    pub duty: usize,
    /// Who owes.
    pub debtor: Did,
    /// Who is owed.
    pub creditor: Did,
    /// For which period, counted from zero.
    pub period: u32,
    /// Since when.
    pub due: Day,
    /// How much.
    pub cents: i64,
}

/// Money that a creditor says it received.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Received {
    /// Under which document.
    pub document: Hash,
    /// By which of its duties.
    pub duty: usize,
    /// Who paid.
    pub debtor: Did,
    /// Who got it, and says so.
    pub creditor: Did,
    /// When it said so.
    pub at: Time,
    /// How much.
    pub cents: i64,
}

impl<'a> Book<'a> {
    /// What follows from all of these at `now`, for somebody who trusts these keys.
    #[must_use]
    pub fn of(documents: &'a [Document], acts: &[Act], trust: &dyn Trust, now: Time) -> Self {
        let documents: BTreeMap<Hash, &Document> =
            documents.iter().map(|document| (document.hash(), document)).collect();
        let mut by_document = BTreeMap::<Hash, Vec<&Act>>::new();
        acts.iter().for_each(|act| by_document.entry(act.document()).or_default().push(act));
        let mut book = Self { agreements: Vec::new(), versions: BTreeMap::new(), strays: Vec::new() };
        for (hash, document) in documents {
            let acts = by_document.remove(&hash).unwrap_or_default();
            book.versions.entry(document.terms().id).or_default().push(book.agreements.len());
            book.agreements.push(Agreement::of(document, acts, trust, now));
        }
        let stray =
            |act: &Act| Refused { act: act.hash(), party: act.party().clone(), why: Refusal::OtherDocument };
        book.strays = by_document.into_values().flatten().map(stray).collect();
        book.strays.sort();
        book.strays.dedup();
        book
    }

    /// Each document with what follows from it alone.
    #[must_use]
    pub fn agreements(&self) -> &[Agreement<'a>] {
        &self.agreements
    }

    /// The acts upon documents that are not here.
    #[must_use]
    pub fn strays(&self) -> &[Refused] {
        &self.strays
    }

    /// What binds two parties under an agreement of this book, after all its newer versions.
    #[must_use]
    pub fn bond(&self, agreement: &Agreement<'_>, one: &Did, other: &Did) -> Option<Bond> {
        let terms = agreement.document().terms();
        let versions = self.versions.get(&terms.id).into_iter().flatten();
        let newer = versions
            .filter_map(|at| self.agreements.get(*at))
            .filter(|other| other.document().terms().version > terms.version)
            .filter_map(|newer| newer.bond(one, other));
        let own = agreement.bond(one, other);
        newer.fold(own, |bond, newer| bond.and_then(|bond| bond.until(&newer)))
    }

    /// The flow under which one member may have another's data at a moment, if any does.
    #[must_use]
    pub fn flow(
        &self,
        from: &Did,
        to: &Did,
        source: &Source,
        at: Time,
    ) -> Option<(&Agreement<'a>, &'a Flow)> {
        let is_it = |flow: &&Flow| flow.from == *from && flow.to == *to && flow.source == *source;
        self.agreements
            .iter()
            .filter_map(|agreement| Some((agreement, agreement.document().terms().flows.iter().find(is_it)?)))
            .find(|(agreement, _)| self.bond(agreement, from, to).is_some_and(|bond| bond.lets_flow(at)))
    }

    /// Under what somebody may act for another at a moment.
    pub fn authorities<'b>(
        &'b self,
        competent: &'b Did,
        acting: &'b Did,
        at: Time,
    ) -> impl Iterator<Item = (&'b Agreement<'a>, &'a Authority)> {
        let bound = self.agreements.iter().filter(move |agreement| {
            self.bond(agreement, competent, acting).is_some_and(|bond| bond.lets_flow(at))
        });
        let all = bound.flat_map(|agreement| {
            let authorities = agreement.document().terms().authorities.iter();
            authorities.map(move |authority| (agreement, authority))
        });
        all.filter(move |(_, authority)| authority.competent == *competent && authority.acting == *acting)
    }

    /// The duties that exist at a moment, each with its place in its document.
    pub fn duties(&self, at: Time) -> impl Iterator<Item = (&Agreement<'a>, usize, &'a Duty)> {
        self.all_duties().filter_map(move |(agreement, index, duty)| {
            let bond = self.bond(agreement, &duty.from, &duty.to)?;
            let exists = match duty.owed {
                Owed::Money { .. } | Owed::Work { .. } => bond.is_owed(Day::of(at)),
                Owed::Data { .. } => bond.lets_flow(at),
            };
            exists.then_some((agreement, index, duty))
        })
    }

    /// All money that is owed for what has passed by the beginning of a day, whether or not it was paid since.
    #[must_use]
    pub fn claims(&self, today: Day) -> Vec<Claim> {
        let of_duty = |(agreement, index, duty): (&Agreement<'a>, usize, &'a Duty)| {
            let Owed::Money { cents, rhythm, .. } = duty.owed else { return Vec::new() };
            let bond = self.bond(agreement, &duty.from, &duty.to).and_then(|bond| bond.duties);
            let Some((first, end)) = bond else { return Vec::new() };
            let claim = |(period, due)| Claim {
                document: agreement.document().hash(),
                duty: index,
                debtor: duty.from.clone(),
                creditor: duty.to.clone(),
                period,
                due,
                cents: cents.into(),
            };
            rhythm.passed(first, end, today).into_iter().map(claim).collect()
        };
        self.all_duties().flat_map(of_duty).collect()
    }

    /// What creditors say they received, under all documents.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.agreements.iter().flat_map(|agreement| agreement.received().iter().cloned()).collect()
    }

    fn all_duties(&self) -> impl Iterator<Item = (&Agreement<'a>, usize, &'a Duty)> {
        self.agreements.iter().flat_map(|agreement| {
            let duties = agreement.document().terms().duties.iter().enumerate();
            duties.map(move |(index, duty)| (agreement, index, duty))
        })
    }
}

impl Rhythm {
    /// The periods that have wholly passed by `today` within a bond, each with the day since which it is owed.
    fn passed(self, first: Day, end: Option<Day>, today: Day) -> Vec<(u32, Day)> {
        let months = match self {
            Self::Once if first <= today => return vec![(0, first)],
            Self::Once => return Vec::new(),
            Self::Monthly => 1,
            Self::Yearly => 12,
        };
        // Counted from the first day each time: the end of a short month does not move those that follow.
        (0..)
            .map(|period: u32| (period, first.plus_months((period + 1) * months)))
            .take_while(|(_, over)| *over < Day::LAST && *over <= today && end.is_none_or(|end| *over <= end))
            .collect()
    }
}

//! Taking part is an agreement of kind [`Kind::Trial`] between who leads a trial and who joins it. It names the trial in
//! the data that flows, obliges nobody to anything, and either side ends it by its own act.

use std::collections::BTreeMap;

use base::{AgreementId, Time, TrialId};
use federation::agreement::{Book, Flow, Kind, Party, Source, Terms};
use federation::papers::Papers;
use federation::peers::Keyring;
use federation::{At, Day, Did, Hash};
use ledger::PUBLIC;

use crate::model::{Participant, Plan};
pub(crate) use federation::agreement::{Standing, State as Stands};

/// Days in which somebody can accept, at most.
const DAYS_TO_ACCEPT: u16 = 60;
/// Days after the last one for which it goes on, so that results can follow.
const DAYS_AFTER: u16 = 366;
/// What lets municipalities try something out together, in every state.
const LEGAL_BASIS: &str =
    "Art. 28 Abs. 2 GG. Ausgetauscht werden nur Zahlen und Texte ohne Personenbezug, die öffentlich sind.";

/// What the text calls the trial, for programs.
fn subject(id: TrialId) -> String {
    format!("trial/{id}")
}

/// The trial an agreement is about, if it is about one.
pub(crate) fn trial_of(terms: &Terms) -> Option<TrialId> {
    let names = (terms.kind == Kind::Trial).then(|| terms.flows.iter().flat_map(|flow| &flow.data))?;
    names.filter_map(|name| name.strip_prefix("trial/")).find_map(|id| id.parse().ok())
}

/// The terms under which one more member takes part in a trial; `indicators` are their names.
pub(crate) fn terms(
    id: AgreementId,
    (trial, plan, indicators): (TrialId, &Plan, &[String]),
    (proposer, other): (Party, Party),
    now: Time,
) -> Terms {
    let today = Day::of(now);
    let last = plan.period.last;
    let flow = |from: &Party, to: &Party| Flow {
        from: from.did.clone(),
        to: to.did.clone(),
        source: Source::Feed(PUBLIC.into()),
        data: vec![subject(trial)],
        retention_days: None,
    };
    Terms {
        id,
        version: 1,
        replaces: None,
        kind: Kind::Trial,
        title: format!("Erprobung: {}", plan.title),
        purpose: purpose(trial, plan, indicators),
        legal_basis: LEGAL_BASIS.into(),
        proposer: proposer.did.clone(),
        proposed: At::new(now),
        accept_by: today.plus_days(DAYS_TO_ACCEPT).min(last.max(today)),
        flows: vec![flow(&proposer, &other), flow(&other, &proposer)],
        parties: vec![proposer, other],
        duties: Vec::new(),
        authorities: Vec::new(),
        from: today,
        until: Some(last.max(today).plus_days(DAYS_AFTER)),
        notice_days: 0,
    }
}

/// What is signed must be readable without the trial's page.
fn purpose(trial: TrialId, plan: &Plan, indicators: &[String]) -> String {
    let days = |span: &crate::model::Span| format!("{} bis {}", span.first, span.last);
    [
        format!("Frage: {}", plan.question),
        format!("Was erprobt wird: {}", plan.tried),
        format!("Erprobt wird vom {}; verglichen wird mit {}.", days(&plan.period), days(&plan.baseline)),
        format!("Gemessen wird: {}.", indicators.join("; ")),
        "Jedes Mitglied misst in seinen eigenen Daten und veröffentlicht Zahlen, Kosten und Erkenntnisse in seinem \
         öffentlichen Protokoll. Niemand ist zu etwas verpflichtet; jede Seite kann jederzeit ausscheiden."
            .to_owned(),
        format!("Kennung der Erprobung: {trial}"),
    ]
    .join("\n\n")
}

/// Everybody who takes part or took part, beside who leads it: bound with the leader by an agreement about this trial.
pub(crate) fn participants(book: &Book<'_>, trial: TrialId, leader: &Did) -> Vec<Participant> {
    let mut found = BTreeMap::<Did, Participant>::new();
    for agreement in book.agreements() {
        let terms = agreement.document().terms();
        if trial_of(terms) != Some(trial) {
            continue;
        }
        for party in terms.parties.iter().filter(|party| party.did != *leader) {
            let Some(bond) = book.bond(agreement, leader, &party.did) else { continue };
            let Some((since, _)) = bond.flows else { continue };
            let closed = [leader, &party.did].map(|did| agreement.consents().get(did));
            let until = closed.into_iter().flatten().filter_map(|consent| consent.closed).min();
            let (since, until) = (Day::of(since), until.map(Day::of));
            let (member, name) = (party.did.clone(), party.name.clone());
            let own = Participant { member: member.clone(), name, since, until };
            // Who left and came back takes part since the first time, and until it leaves for good.
            found
                .entry(member)
                .and_modify(|kept| {
                    kept.since = kept.since.min(own.since);
                    kept.until = kept.until.zip(own.until).map(|(one, other)| one.max(other));
                })
                .or_insert(own);
        }
    }
    found.into_values().collect()
}

/// An agreement about a trial that this member is asked for, or asks others for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) hash: Hash,
    pub(crate) trial: TrialId,
    /// What the text calls it.
    pub(crate) title: String,
    pub(crate) stands: Stands,
    /// Whether this member can end it.
    pub(crate) may_end: bool,
    /// The other parties.
    pub(crate) others: Vec<(Did, String)>,
}

/// How those agreements about a trial stand that are not over.
pub(crate) fn open(papers: &[Paper], trial: TrialId) -> impl Iterator<Item = Stands> {
    let about = papers.iter().filter(move |paper| paper.trial == trial).map(|paper| paper.stands);
    about.filter(|stands| !matches!(stands, Stands::Lapsed | Stands::Ended))
}

/// All agreements about trials that this member is party to.
pub(crate) fn papers(papers: &Papers, keyring: &Keyring, own: &Did, now: Time) -> Vec<Paper> {
    let book = papers.book(keyring, now);
    let paper = |agreement: &federation::agreement::Agreement<'_>| {
        let document = agreement.document();
        let terms = document.terms();
        terms.party(own)?;
        let standing = Standing::within(&book, agreement, &papers.acts_of(document.hash()), own, now);
        let others = terms.parties.iter().filter(|party| party.did != *own);
        Some(Paper {
            hash: document.hash(),
            trial: trial_of(terms)?,
            title: terms.title.clone(),
            stands: standing.state,
            may_end: standing.may_end(),
            others: others.map(|party| (party.did.clone(), party.name.clone())).collect(),
        })
    };
    book.agreements().iter().filter_map(paper).collect()
}

#[cfg(test)]
mod tests;

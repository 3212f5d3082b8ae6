//! Trials of a demonstration: one that has ended, with what came of it told from what the members' tables really hold,
//! and one that two members carry on.

use std::sync::Arc;

use base::{AgreementId, Clock, Entropy, Problem, Result, Time, TrialId};
use federation::agreement::{Act, Deed, Document};
use federation::{Day, Flaw, NodeKeys, papers};
use store::Tx;
use web::{Better, Indicator, Member, Members, Unit};

use crate::agree;
use crate::measure::{measure, offered};
use crate::model::{Cost, Figure, Measure, Outcome, Plan, Span, State, Trial};
use crate::{store as db, work};

const A_DAY: i64 = 24 * 3600;

/// One trial: what it says, from when to when before today, and who takes part in it, the leader first.
struct Script {
    title: &'static str,
    question: &'static str,
    tried: &'static str,
    indicators: &'static [&'static str],
    baseline: (i64, i64),
    period: (i64, i64),
    members: &'static [usize],
    costs: &'static [(&'static str, i64)],
    lessons: &'static str,
}

const FINISHED: Script = Script {
    title: "Hinweis auf ähnliche Anliegen vor dem Absenden",
    question: "Gehen weniger gleiche Anliegen ein und wird schneller geantwortet, wenn Meldende vor dem Absenden \
               sehen, was in der Nähe schon gemeldet ist?",
    tried: "Vor dem letzten Schritt zeigt das Formular ähnliche Anliegen in der Nähe. Wer sich anschließt, meldet \
            nicht noch einmal.",
    indicators: &[
        "report.opened",
        "report.answered-in-time",
        "report.first-answer",
        "report.done",
        "report.photo",
    ],
    baseline: (420, 241),
    period: (210, 31),
    members: &[1, 0],
    costs: &[("Arbeitszeit für Einrichtung und Auswertung", 480_000), ("Schulung der Ämter", 125_000)],
    lessons: "Die Zahlen zweier halber Jahre schwanken auch ohne jede Änderung. Wer es nachmacht, sollte länger und in \
              der gleichen Jahreszeit messen, die Kennzahlen vorher festlegen und auch aufschreiben, wenn sich nichts \
              zeigt. Der Hinweis selbst hat niemanden gestört.",
};

const RUNNING: Script = Script {
    title: "Erste Antwort noch am selben Werktag",
    question: "Lässt sich die erste Antwort auf ein Anliegen so weit vorziehen, dass sie noch am selben Werktag \
               kommt, ohne dass die Bearbeitung länger dauert?",
    tried: "Jedes Amt sieht vor Dienstschluss die neuen Anliegen durch und antwortet mit einem ersten Satz, wann es \
            weitergeht.",
    indicators: &["report.first-answer", "report.answered-in-time", "report.done", "report.reopened"],
    baseline: (200, 61),
    period: (60, -90),
    members: &[1, 2],
    costs: &[],
    lessons: "",
};

/// Gives the members of one process trials, unless they have some.
///
/// # Errors
/// What the databases say.
pub async fn try_out(members: &Members) -> Result<()> {
    let all: Vec<_> = members.all().cloned().collect();
    let mut is_there = false;
    for member in &all {
        is_there |= !member.db.read("trial.demo", db::every).await?.is_empty();
    }
    if is_there {
        return Ok(());
    }
    for (number, script, state) in [(1, &FINISHED, State::Finished), (2, &RUNNING, State::Running)] {
        let taking: Vec<_> = script.members.iter().filter_map(|at| all.get(*at)).collect();
        let Some(leader) = taking.first().or(all.first().as_ref()).copied() else { continue };
        let id = TrialId::new(&Clock::fixed(days_ago(leader, script.period.0)), &Entropy::seeded(number));
        let plan = plan(leader, script);
        for other in taking.iter().skip(1) {
            let notes = sign(leader, other, (id, &plan), number)?;
            for member in [leader, other] {
                keep(member, notes.clone()).await?;
            }
        }
        let parts = if taking.is_empty() { vec![leader] } else { taking };
        // Who leads it comes last, so that it tells of all the others.
        for member in parts.into_iter().rev() {
            part(member, leader, (id, &plan), (script, state)).await?;
        }
    }
    Ok(())
}

fn days_ago(member: &Member, days: i64) -> Time {
    member.clock.now().plus_seconds(-days * A_DAY)
}

fn plan(member: &Member, script: &Script) -> Plan {
    let span = |(first, last): (i64, i64)| {
        let [first, last] = [first, last].map(|days| Day::of(days_ago(member, days)));
        Span { first, last }
    };
    let known = offered(member).filter(|own| script.indicators.contains(&own.key));
    let measure = |own: &Indicator| Measure { key: own.key.to_owned(), unit: own.unit, better: own.better };
    Plan {
        title: script.title.into(),
        question: script.question.into(),
        tried: script.tried.into(),
        baseline: span(script.baseline),
        period: span(script.period),
        indicators: known.map(measure).collect(),
    }
}

/// A signed document and the act upon it.
type Notes = (Document, Act);

/// The agreement of two members, really signed with their keys on the day before it began.
fn sign(leader: &Member, other: &Member, (id, plan): (TrialId, &Plan), number: u64) -> Result<Notes> {
    let flawed = |flaw: Flaw| Problem::internal("demo", "an agreement of the demonstration").because(flaw);
    let at = plan.period.first.begins().plus_seconds(-A_DAY);
    let agreement = AgreementId::new(&Clock::fixed(at), &Entropy::seeded(number));
    let text = |measure: &Measure| {
        let key = Indicator::message(&measure.key);
        leader.texts.get(base::Lang::De, &key, &[])
    };
    let names: Vec<_> = plan.indicators.iter().map(text).collect();
    let parties = (web::sign::party(leader)?, web::sign::party(other)?);
    let terms = agree::terms(agreement, (id, plan, &names), parties, at);
    let [leads, joins]: [NodeKeys; 2] = [leader.node_keys()?, other.node_keys()?];
    let document = Document::propose(&terms, leads.agreements()).and_then(|note| Document::parse(&note));
    let document = document.map_err(flawed)?;
    let moment = at.plus_seconds(3600);
    let note = Act::sign(document.hash(), joins.did().clone(), moment, Deed::Accept, joins.agreements());
    let act = note.and_then(|note| Act::parse(&note)).map_err(flawed)?;
    Ok((document, act))
}

async fn keep(member: &Arc<Member>, (document, act): Notes) -> Result<()> {
    let now = member.clock.now();
    let write = move |tx: &mut Tx<'_>| {
        papers::add_document(tx, &document, true, now)?;
        papers::add_act(tx, &act, now).map(drop)
    };
    member.db.write("trial.demo_keep", write).await
}

/// One member's part, measured in its tables and published.
async fn part(
    member: &Arc<Member>,
    leader: &Member,
    (id, plan): (TrialId, &Plan),
    (script, state): (&'static Script, State),
) -> Result<()> {
    let now = member.clock.now();
    let figures = measure(member, plan, now).await?;
    let (leads, plan) = (leader.node_keys()?.did().clone(), plan.clone());
    let outcome = match state {
        State::Finished => Outcome {
            results: results(member, &plan, &figures),
            lessons: script.lessons.into(),
            costs: script
                .costs
                .iter()
                .map(|(subject, cents)| Cost { subject: (*subject).into(), cents: *cents })
                .collect(),
        },
        _ => Outcome::default(),
    };
    let begun = days_ago(member, script.period.0);
    let trial = Trial {
        id,
        leader: leads,
        state,
        plan,
        outcome,
        reason: String::new(),
        figures,
        created: begun,
        updated: now,
        measured: Some(now),
        published: Some(begun),
    };
    let own = member.clone();
    let write = move |tx: &mut Tx<'_>| {
        db::put(tx, &trial)?;
        work::tell(tx, &own, &trial, now)
    };
    member.db.write("trial.demo_part", write).await
}

/// What the figures say, in sentences; invented is only that somebody tried something.
fn results(member: &Member, plan: &Plan, figures: &[Figure]) -> String {
    let line = |(measure, figure): (&Measure, &Figure)| {
        let name = member.texts.get(base::Lang::De, &Indicator::message(&measure.key), &[]);
        let number = |value: f64| match measure.unit {
            Unit::Count => measure.unit.number(value, base::Lang::De),
            Unit::Percent => format!("{} %", measure.unit.number(value, base::Lang::De)),
            Unit::Days => format!("{} Tage", measure.unit.number(value, base::Lang::De)),
        };
        match (figure.baseline, figure.period) {
            (Some(before), Some(during)) => {
                let is_better = match measure.better {
                    Better::More => Some(during > before),
                    Better::Less => Some(during < before),
                    Better::Neither => None,
                };
                let is_clear = (during - before).abs() >= before.abs() * 0.1;
                let word = match (is_better, is_clear) {
                    (None, _) => "",
                    (_, false) => " Das ist kein deutlicher Unterschied.",
                    (Some(true), true) => " Das ist besser als vorher.",
                    (Some(false), true) => " Das ist schlechter als vorher.",
                };
                format!("{name}: vorher {}, in der Erprobung {}.{word}", number(before), number(during))
            }
            _ => format!("{name}: Dazu gibt es keine Daten."),
        }
    };
    plan.indicators.iter().zip(figures).map(line).collect::<Vec<_>>().join("\n")
}

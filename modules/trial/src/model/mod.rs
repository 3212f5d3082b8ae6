//! What a trial is, and what can be done with it: pure.

mod published;

use base::{Time, TrialId};
use federation::{Day, Did};
use serde::{Deserialize, Serialize};
use web::{Better, Unit};

pub(crate) use published::{Figure, Participant, Published};

/// Characters of a title, of the other texts, and of what a cost is for.
pub(crate) const LONGEST_TITLE: usize = 120;
pub(crate) const LONGEST_TEXT: usize = 3000;
pub(crate) const LONGEST_SUBJECT: usize = 200;
/// Indicators of a trial, and lines of what it cost.
pub(crate) const MOST_INDICATORS: usize = 20;
pub(crate) const MOST_COSTS: usize = 30;
/// What a line of the costs may come to: a thousand million euros.
pub(crate) const MOST_CENTS: i64 = 100_000_000_000;

/// Where a member's part in a trial is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Nobody but those who work on it knows of it.
    Draft,
    /// Everybody can read what is tried out.
    Running,
    /// What came of it is published.
    Finished,
    /// It was given up, or the member has left it.
    Abandoned,
}

impl State {
    pub(crate) const ALL: [Self; 4] = [Self::Draft, Self::Running, Self::Finished, Self::Abandoned];

    /// The name as stored and in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Abandoned => "abandoned",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether everybody may read of it.
    pub(crate) fn is_public(self) -> bool {
        self != Self::Draft
    }
}

/// Days from the first to the last, both part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) first: Day,
    pub(crate) last: Day,
}

impl Span {
    /// From when to when it is measured by `now`, the end not included; `None` while it has not begun.
    pub(crate) fn until(&self, now: Time) -> Option<(Time, Time)> {
        let (from, to) = (self.first.begins(), self.last.plus_days(1).begins().min(now));
        (from < to).then_some((from, to))
    }

    /// Whether all its days have passed.
    pub(crate) fn is_over(&self, today: Day) -> bool {
        self.last < today
    }
}

/// What is measured: one of the indicators that modules offer, by its name, with what its numbers are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Measure {
    pub(crate) key: String,
    pub(crate) unit: Unit,
    pub(crate) better: Better,
}

/// What is tried out, and how it will be told whether it was any good. Fixed before it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) title: String,
    /// The question it is to answer.
    pub(crate) question: String,
    /// What is done otherwise than before.
    pub(crate) tried: String,
    /// The days it is compared with.
    pub(crate) baseline: Span,
    /// The days on which it is tried out.
    pub(crate) period: Span,
    pub(crate) indicators: Vec<Measure>,
}

/// Something it cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) subject: String,
    pub(crate) cents: i64,
}

/// What came of it at one member, in words and costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) results: String,
    pub(crate) lessons: String,
    pub(crate) costs: Vec<Cost>,
}

/// A member's part in a trial, as it is kept here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trial {
    pub(crate) id: TrialId,
    /// Who started it.
    pub(crate) leader: Did,
    pub(crate) state: State,
    pub(crate) plan: Plan,
    pub(crate) outcome: Outcome,
    /// Why it was given up or left.
    pub(crate) reason: String,
    /// One for each indicator of the plan, in its order.
    pub(crate) figures: Vec<Figure>,
    pub(crate) created: Time,
    pub(crate) updated: Time,
    pub(crate) measured: Option<Time>,
    /// Since when everybody can read of it.
    pub(crate) published: Option<Time>,
}

impl Trial {
    /// Whether this member took part in a trial of another and does so no more.
    pub(crate) fn is_left_by(&self, own: &Did) -> bool {
        self.state == State::Abandoned && self.leader != *own
    }
}

/// What somebody wants to do with a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Change the plan.
    Plan,
    /// Throw the draft away.
    Discard,
    /// Tell everybody and begin.
    Begin,
    /// Write down costs, results and lessons.
    Record,
    /// Ask another member to take part, or let one that asked.
    Invite,
    /// Publish what came of it.
    Finish,
    /// Give it up.
    Abandon,
    /// Take part no more in what another member leads.
    Leave,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not as things stand.
    State,
    /// Only who leads it, or only who does not.
    Leader,
    /// Its last day has not passed.
    NotOver,
    /// Its last day has passed.
    Over,
    /// Nothing is written about what came of it.
    NoOutcome,
}

impl Refusal {
    /// The word in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Leader => "leader",
            Self::NotOver => "not-over",
            Self::Over => "over",
            Self::NoOutcome => "no-outcome",
        }
    }
}

/// The table: from which states a step leads to which, and whose it is.
const STEPS: &[(Step, &[State], State, Whose)] = {
    use State::{Abandoned, Draft, Finished, Running};
    &[
        (Step::Plan, &[Draft], Draft, Whose::Leaders),
        (Step::Discard, &[Draft], Draft, Whose::Leaders),
        (Step::Begin, &[Draft], Running, Whose::Leaders),
        (Step::Invite, &[Running], Running, Whose::Leaders),
        (Step::Record, &[Running], Running, Whose::Everybodys),
        (Step::Record, &[Finished], Finished, Whose::Everybodys),
        (Step::Finish, &[Running], Finished, Whose::Everybodys),
        (Step::Abandon, &[Running], Abandoned, Whose::Leaders),
        (Step::Leave, &[Running], Abandoned, Whose::Others),
    ]
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Leaders,
    Others,
    Everybodys,
}

/// The state after a step, when it can be taken today.
pub(crate) fn decide(trial: &Trial, is_leader: bool, step: Step, today: Day) -> Result<State, Refusal> {
    let rows = || STEPS.iter().filter(|(own, ..)| *own == step);
    let is_whose = |whose: Whose| match whose {
        Whose::Leaders => is_leader,
        Whose::Others => !is_leader,
        Whose::Everybodys => true,
    };
    if !rows().any(|(.., whose)| is_whose(*whose)) {
        return Err(Refusal::Leader);
    }
    let row = rows().find(|(_, from, ..)| from.contains(&trial.state));
    let (_, _, to, _) = row.ok_or(Refusal::State)?;
    let is_over = trial.plan.period.is_over(today);
    match step {
        Step::Finish if !is_over => Err(Refusal::NotOver),
        Step::Finish if trial.outcome.results.is_empty() || trial.outcome.lessons.is_empty() => {
            Err(Refusal::NoOutcome)
        }
        Step::Invite if is_over => Err(Refusal::Over),
        _ => Ok(*to),
    }
}

#[cfg(test)]
mod tests;

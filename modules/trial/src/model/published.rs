//! What a member publishes of its part in a trial: the payload of `trial.published` in its public feed
//! (docs/protocol.md). Whoever reads one believes nothing but that its publisher said so.

use base::{Time, TrialId};
use federation::{At, Day, Did};
use serde::{Deserialize, Serialize};

use super::{
    Cost, LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_TITLE, MOST_CENTS, MOST_COSTS, MOST_INDICATORS, Measure,
    Outcome, Plan, Span, State, Trial,
};

/// Bytes of a publication that are read.
pub(crate) const LARGEST: usize = 128 << 10;
/// Members that take part in one trial.
const MOST_PARTICIPANTS: usize = 256;
/// Characters of a name.
const LONGEST_NAME: usize = 200;

/// What was measured, in both times; what there was nothing to tell from is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) period: Option<f64>,
}

/// A member that takes part, as who leads the trial says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Participant {
    pub(crate) member: Did,
    pub(crate) name: String,
    pub(crate) since: Day,
    /// The day it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Day>,
}

/// What one member says of its part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Published {
    pub(crate) v: u32,
    pub(crate) trial: TrialId,
    pub(crate) leader: Did,
    /// Who says it.
    pub(crate) member: Did,
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) plan: Plan,
    /// Said by who leads it alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) participants: Vec<Participant>,
    #[serde(default)]
    pub(crate) figures: Vec<Figure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) measured: Option<At>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) costs: Vec<Cost>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) results: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) lessons: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) reason: String,
}

impl Published {
    /// What the member says of its own part.
    pub(crate) fn of(trial: &Trial, (member, name): (&Did, &str), participants: Vec<Participant>) -> Self {
        let is_ended = trial.state == State::Finished;
        // What is still being written is nobody else's yet.
        let outcome = if is_ended { trial.outcome.clone() } else { Outcome::default() };
        Self {
            v: 1,
            trial: trial.id,
            leader: trial.leader.clone(),
            member: member.clone(),
            name: name.to_owned(),
            state: trial.state,
            plan: trial.plan.clone(),
            participants: if trial.leader == *member { participants } else { Vec::new() },
            figures: trial.figures.clone(),
            measured: trial.measured.map(At::new),
            costs: outcome.costs,
            results: outcome.results,
            lessons: outcome.lessons,
            reason: trial.reason.clone(),
        }
    }

    /// Reads what a member published; `None` when it is no such thing, says that somebody else says it, or holds more
    /// than it may.
    pub(crate) fn read(content: &[u8], publisher: &Did) -> Option<Self> {
        if content.len() > LARGEST {
            return None;
        }
        let published: Self = serde_json::from_slice(content).ok()?;
        (published.member == *publisher && published.is_sound()).then_some(published)
    }

    /// When it was measured.
    pub(crate) fn measured(&self) -> Option<Time> {
        self.measured.map(At::time)
    }

    /// What was measured of an indicator, as its own unit allows it.
    pub(crate) fn figure(&self, key: &str) -> (Option<f64>, Option<f64>) {
        let figure = self.figures.iter().find(|figure| figure.key == key);
        figure.map_or((None, None), |figure| (figure.baseline, figure.period))
    }

    fn is_sound(&self) -> bool {
        let is_text = |text: &str, longest: usize| text.chars().count() <= longest;
        let is_name = |text: &str, longest: usize| is_text(text, longest) && !text.trim().is_empty();
        let texts = [&self.plan.question, &self.plan.tried, &self.results, &self.lessons, &self.reason];
        self.v == 1
            && self.state.is_public()
            && is_name(&self.name, LONGEST_NAME)
            && is_name(&self.plan.title, LONGEST_TITLE)
            && texts.iter().all(|text| is_text(text, LONGEST_TEXT))
            && is_ordered(&self.plan.baseline)
            && is_ordered(&self.plan.period)
            && self.plan.indicators.len() <= MOST_INDICATORS
            && self.plan.indicators.iter().all(is_measure)
            && self.figures.len() <= MOST_INDICATORS
            && self.figures.iter().all(is_figure)
            && self.costs.len() <= MOST_COSTS
            && self
                .costs
                .iter()
                .all(|cost| is_name(&cost.subject, LONGEST_SUBJECT) && (0..=MOST_CENTS).contains(&cost.cents))
            && self.participants.len() <= MOST_PARTICIPANTS
            && self.participants.iter().all(|participant| is_name(&participant.name, LONGEST_NAME))
            && (self.member == self.leader || self.participants.is_empty())
    }
}

fn is_ordered(span: &Span) -> bool {
    span.first <= span.last
}

fn is_measure(measure: &Measure) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=60).contains(&measure.key.len()) && measure.key.bytes().all(is_letter)
}

/// What a number can be: nothing that is measured here is negative, or larger than this.
fn is_figure(figure: &Figure) -> bool {
    let is_number = |value: Option<f64>| value.is_none_or(|value| (0.0..=1e12).contains(&value));
    is_number(figure.baseline) && is_number(figure.period)
}

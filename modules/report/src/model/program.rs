use std::str::FromStr;

use base::{PersonId, Problem, Time, WebhookId};
use place::Bounds;

use super::Report;

/// A key a program was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The program's id in the record; that of no person.
    pub(crate) id: PersonId,
    pub(crate) name: String,
    /// Who answers for the program.
    pub(crate) contact: String,
    pub(crate) scopes: Vec<Scope>,
    /// Requests with it in an hour, at most.
    pub(crate) per_hour: u32,
    pub(crate) created: Time,
    /// When it was last used, to the hour.
    pub(crate) used: Option<Time>,
    pub(crate) revoked: Option<Time>,
}

impl Key {
    /// Requests in an hour, for pages.
    pub(crate) fn limit(&self) -> i64 {
        self.per_hour.into()
    }
}

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Send reports.
    Report,
    /// Answer reports and change their state.
    Update,
    /// Read reports that are not public.
    ReadPrivate,
}

impl Scope {
    pub(crate) const ALL: [Self; 3] = [Self::Report, Self::Update, Self::ReadPrivate];

    /// The name as stored and in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Update => "update",
            Self::ReadPrivate => "read_private",
        }
    }
}

impl FromStr for Scope {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("scope", format!("there is no scope '{name}'"));
        Self::ALL.into_iter().find(|each| each.name() == name).ok_or_else(unknown)
    }
}

/// What happened to a report, as a webhook tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum News {
    Opened,
    State,
    Answer,
    Moved,
    Merged,
    Split,
    Changed,
    Received,
    Returned,
}

impl News {
    pub(crate) const ALL: [Self; 9] = [
        Self::Opened,
        Self::State,
        Self::Answer,
        Self::Moved,
        Self::Merged,
        Self::Split,
        Self::Changed,
        Self::Received,
        Self::Returned,
    ];

    /// Whether it is worth a mail: more than a word put right.
    pub(crate) fn is_mailed(self) -> bool {
        self != Self::Changed
    }

    /// The name of the event on the timeline, as stored and in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::State => "state",
            Self::Answer => "answer",
            Self::Moved => "moved",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Changed => "changed",
            Self::Received => "received",
            Self::Returned => "returned",
        }
    }
}

impl FromStr for News {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("news", format!("there is no news '{name}'"));
        Self::ALL.into_iter().find(|each| each.name() == name).ok_or_else(unknown)
    }
}

/// An address that is told what happens to reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: WebhookId,
    pub(crate) url: String,
    pub(crate) events: Vec<News>,
    /// Only of these categories; of all when empty.
    pub(crate) categories: Vec<String>,
    /// Only in this box.
    pub(crate) bounds: Option<Bounds>,
    pub(crate) created: Time,
    /// Since when nothing arrived.
    pub(crate) failing_since: Option<Time>,
    /// When it is tried again, so that an address that is down does not hold up other work.
    pub(crate) retry_at: Option<Time>,
    pub(crate) last_error: Option<String>,
    /// When something last arrived.
    pub(crate) delivered: Option<Time>,
    /// Since when it is no longer tried.
    pub(crate) disabled: Option<Time>,
}

impl Webhook {
    /// Whether it wants to know this of a report.
    pub(crate) fn wants(&self, news: News, at: Time, report: &Report) -> bool {
        let in_box = |bounds: Bounds| report.place.is_some_and(|place| bounds.contains(place));
        at >= self.created
            && self.events.contains(&news)
            && (self.categories.is_empty() || self.categories.contains(&report.category))
            && self.bounds.is_none_or(in_box)
    }
}

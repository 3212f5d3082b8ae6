//! What a case is, and the pure decisions about it.

mod decide;
mod filter;
mod undo;

use std::str::FromStr;

use base::{CaseId, OfficeId, PersonId, Problem, Time};

pub use decide::{Change, Refusal, Step, decide, echo, merge, said, split, told};
pub use filter::{Assignee, Cursor, Inbox, Key, Sort, SortBy, Stage};
pub use undo::{Taken, undo};

/// Where a case is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Received; nobody has begun.
    Open,
    /// Somebody works on it.
    InProgress,
    /// Ended with what was asked for.
    Done,
    /// Ended without it, with the reason in the answer.
    Declined,
}

/// Which state may follow which. An ended case can be taken up again.
const FOLLOWS: &[(State, &[State])] = &[
    (State::Open, &[State::InProgress, State::Done, State::Declined]),
    (State::InProgress, &[State::Open, State::Done, State::Declined]),
    (State::Done, &[State::InProgress]),
    (State::Declined, &[State::InProgress]),
];

impl State {
    /// Every state, on the usual way.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::Done, Self::Declined];

    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Done => "done",
            Self::Declined => "declined",
        }
    }

    /// Whether nothing more is to be done.
    #[must_use]
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Declined)
    }

    /// The states that may follow.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        FOLLOWS.iter().find(|(state, _)| *state == self).map_or(&[], |(_, next)| next)
    }
}

impl FromStr for State {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("state", format!("there is no state '{name}'"));
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or_else(unknown)
    }
}

/// A case, as everybody who may read it sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The module that knows its details.
    pub module: String,
    /// The number people call it by, such as `4711-2026`.
    pub number: String,
    /// What it is about, in a few words without personal data.
    pub title: String,
    /// Where it is on its way.
    pub state: State,
    /// The office that works on it.
    pub office: OfficeId,
    /// Who in that office.
    pub assignee: Option<PersonId>,
    /// Who started it, when they said.
    pub owner: Option<PersonId>,
    /// Since when.
    pub opened: Time,
    /// When something last happened.
    pub updated: Time,
    /// When it ended.
    pub closed: Option<Time>,
    /// When the office promised to be done.
    pub due: Option<Time>,
    /// Whether somebody must look at it before the public may.
    pub review: bool,
    /// The case it is followed up with, because both mean the same thing.
    pub merged_into: Option<CaseId>,
    /// The state it had on its own, to go back to when it is split off again.
    pub merged_state: Option<State>,
    /// The other member it is handed over to or came from.
    pub partner: Option<String>,
    /// Whether that one has it now: then there is nothing to do here.
    pub away: bool,
}

/// What a step can change about a case; what an undo brings back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Where it is on its way.
    pub state: State,
    /// The office that works on it.
    pub office: OfficeId,
    /// Who in that office.
    pub assignee: Option<PersonId>,
    /// When the office promised to be done.
    pub due: Option<Time>,
    /// Whether somebody must look at it before the public may.
    pub review: bool,
    /// The case it is followed up with.
    pub merged_into: Option<CaseId>,
    /// The state it had before that.
    pub merged_state: Option<State>,
}

impl Case {
    /// What a step can change, as it is now.
    #[must_use]
    pub fn fields(&self) -> Fields {
        Fields {
            state: self.state,
            office: self.office,
            assignee: self.assignee,
            due: self.due,
            review: self.review,
            merged_into: self.merged_into,
            merged_state: self.merged_state,
        }
    }

    /// Whether the promised time has passed and the case has not ended.
    #[must_use]
    pub fn is_overdue(&self, now: Time) -> bool {
        !self.state.is_closed() && self.due.is_some_and(|due| due < now)
    }
}

/// What kind of thing happened to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// It began.
    Opened,
    /// It got another state; the text is the state's name.
    State,
    /// The office wrote to whoever started it.
    Answer,
    /// The office noted something for itself.
    Note,
    /// It was given to a person.
    Assigned,
    /// It was given to another office.
    Moved,
    /// It is to be done by another time; the text says by when and why.
    Due,
    /// The step before was taken back; the text names it.
    Undone,
    /// It is followed up with another case; the text is that one's number.
    Merged,
    /// It is followed up on its own again; the text is the other one's number.
    Split,
    /// The public may see it now.
    Published,
    /// It stays with the office.
    Hidden,
    /// Something its module knows was put right; the text says what: `category`, `place`, `text`, `photo`.
    Changed,
    /// Whoever started it said that it is not done yet, and why.
    Reopened,
    /// Another member was asked to take it; the text names it.
    Handed,
    /// Another member took it; the text names it.
    Received,
    /// Another member did not take it, or gave it back; the text names it.
    Returned,
    /// It stays where it is after all; the text names the other member.
    Withdrawn,
    /// It came from another member; the text names it, and the number there.
    Arrived,
    /// A crew was there; the text begins with `done`, `impossible`, `later`, `before` or `after`.
    Visit,
}

impl EventKind {
    const ALL: [Self; 20] = [
        Self::Opened,
        Self::State,
        Self::Answer,
        Self::Note,
        Self::Assigned,
        Self::Moved,
        Self::Due,
        Self::Undone,
        Self::Merged,
        Self::Split,
        Self::Published,
        Self::Hidden,
        Self::Changed,
        Self::Reopened,
        Self::Handed,
        Self::Received,
        Self::Returned,
        Self::Withdrawn,
        Self::Arrived,
        Self::Visit,
    ];

    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::State => "state",
            Self::Answer => "answer",
            Self::Note => "note",
            Self::Assigned => "assigned",
            Self::Moved => "moved",
            Self::Due => "due",
            Self::Undone => "undone",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Published => "published",
            Self::Hidden => "hidden",
            Self::Changed => "changed",
            Self::Reopened => "reopened",
            Self::Handed => "handed",
            Self::Received => "received",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Arrived => "arrived",
            Self::Visit => "visit",
        }
    }

    /// Whether everybody who may see the case may see it.
    #[must_use]
    pub fn is_public(self) -> bool {
        matches!(
            self,
            Self::Opened
                | Self::State
                | Self::Answer
                | Self::Moved
                | Self::Merged
                | Self::Split
                | Self::Changed
                | Self::Handed
                | Self::Received
                | Self::Returned
                | Self::Withdrawn
                | Self::Arrived
        )
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Time,
    /// What kind.
    pub kind: EventKind,
    /// Who, if it was a person that is known.
    pub actor: Option<PersonId>,
    /// In words; for a change of state the state's name.
    pub text: String,
}

#[cfg(test)]
pub(crate) mod testing {
    use base::{Clock, Entropy};

    use super::*;

    /// A case in this state; another number makes another case.
    pub(crate) fn case(number: u64, state: State) -> Case {
        let (clock, entropy) = (Clock::fixed(Time(0)), Entropy::seeded(number));
        Case {
            id: CaseId::new(&clock, &entropy),
            module: "report".into(),
            number: format!("{number}-2026"),
            title: "Lampe".into(),
            state,
            office: OfficeId::new(&clock, &Entropy::seeded(1)),
            assignee: None,
            owner: None,
            opened: Time(0),
            updated: Time(0),
            closed: None,
            due: None,
            review: false,
            merged_into: None,
            merged_state: None,
            partner: None,
            away: false,
        }
    }

    /// The same case after a change.
    pub(crate) fn after(case: &Case, change: &Change) -> Case {
        let Fields { state, office, assignee, due, review, merged_into, merged_state } = change.to;
        Case { state, office, assignee, due, review, merged_into, merged_state, ..case.clone() }
    }
}

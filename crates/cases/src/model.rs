use std::str::FromStr;

use base::{CaseId, OfficeId, PersonId, Problem, Time};

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
    /// Whoever started it said that it is not done yet, and why.
    Reopened,
}

impl EventKind {
    const ALL: [Self; 7] =
        [Self::Opened, Self::State, Self::Answer, Self::Note, Self::Assigned, Self::Moved, Self::Reopened];

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
            Self::Reopened => "reopened",
        }
    }

    /// Whether everybody who may see the case may see it.
    #[must_use]
    pub fn is_public(self) -> bool {
        matches!(self, Self::Opened | Self::State | Self::Answer | Self::Moved)
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

/// What somebody in the office wants to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Tell whoever started it, and perhaps change the state with it.
    Answer(String, Option<State>),
    /// Note something nobody outside sees.
    Note(String),
    /// Change the state.
    State(State),
    /// Give it to a colleague, or back to all.
    Assign(Option<PersonId>),
    /// Give it to another office.
    Move(OfficeId, String),
    /// Say that it is not done yet, and why: the step of whoever started it, once it has ended.
    Reopen(String),
}

/// Why it cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A text must say something.
    Empty,
    /// A text has at most 4,000 characters.
    TooLong,
    /// That state cannot follow this one.
    WrongState,
    /// Nothing would change.
    Nothing,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Empty => "text-missing",
            Refusal::TooLong => "text-too-long",
            Refusal::WrongState => return Self::conflict("wrong-state", "that state cannot follow this one"),
            Refusal::Nothing => return Self::conflict("nothing-new", "nothing would change"),
        };
        Self::faults(vec![base::Fault::new("text", code)])
    }
}

/// What a step makes of a case: its new fields, and the lines for the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state after it.
    pub state: State,
    /// The office after it.
    pub office: OfficeId,
    /// The assignee after it.
    pub assignee: Option<PersonId>,
    /// What happened, in order.
    pub lines: Vec<(EventKind, String)>,
}

/// Characters in a text, at most.
const LONGEST: usize = 4_000;

/// What a step makes of a case.
///
/// # Errors
/// A [`Refusal`] when it makes no sense.
pub fn decide(case: &Case, step: &Step) -> Result<Change, Refusal> {
    let mut change =
        Change { state: case.state, office: case.office, assignee: case.assignee, lines: Vec::new() };
    match step {
        Step::Answer(text, state) => {
            change.lines.push((EventKind::Answer, said(text)?));
            if let Some(state) = state.filter(|state| *state != case.state) {
                change.enter(case, state)?;
            }
        }
        Step::Note(text) => change.lines.push((EventKind::Note, said(text)?)),
        Step::State(state) => change.enter(case, *state)?,
        Step::Assign(person) if *person == case.assignee => return Err(Refusal::Nothing),
        Step::Assign(person) => {
            change.assignee = *person;
            change.lines.push((EventKind::Assigned, person.map(|id| id.to_string()).unwrap_or_default()));
        }
        Step::Move(office, _) if *office == case.office => return Err(Refusal::Nothing),
        Step::Move(office, name) => {
            change.office = *office;
            change.assignee = None;
            change.lines.push((EventKind::Moved, name.clone()));
        }
        Step::Reopen(_) if !case.state.is_closed() => return Err(Refusal::WrongState),
        Step::Reopen(reason) => {
            change.state = State::Open;
            change.lines.push((EventKind::Reopened, said(reason)?));
            change.lines.push((EventKind::State, State::Open.name().to_owned()));
        }
    }
    Ok(change)
}

impl Change {
    fn enter(&mut self, case: &Case, state: State) -> Result<(), Refusal> {
        if !case.state.next().contains(&state) {
            return Err(Refusal::WrongState);
        }
        self.state = state;
        self.lines.push((EventKind::State, state.name().to_owned()));
        Ok(())
    }
}

fn said(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::Empty),
        length if length > LONGEST => Err(Refusal::TooLong),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use base::{Clock, Entropy};

    use super::*;

    fn case(state: State) -> Case {
        let (clock, entropy) = (Clock::fixed(Time(0)), Entropy::seeded(1));
        Case {
            id: CaseId::new(&clock, &entropy),
            module: "report".into(),
            number: "1-2026".into(),
            title: "Lampe".into(),
            state,
            office: OfficeId::new(&clock, &entropy),
            assignee: None,
            owner: None,
            opened: Time(0),
            updated: Time(0),
            closed: None,
        }
    }

    #[test]
    fn an_answer_can_end_a_case_and_an_ended_case_can_be_taken_up_again() {
        let change =
            decide(&case(State::Open), &Step::Answer(" Erledigt. ".into(), Some(State::Done))).unwrap();
        assert_eq!(change.state, State::Done);
        assert_eq!(
            change.lines,
            [(EventKind::Answer, "Erledigt.".into()), (EventKind::State, "done".into())]
        );
        assert!(decide(&case(State::Done), &Step::State(State::InProgress)).is_ok());
        assert_eq!(decide(&case(State::Done), &Step::State(State::Declined)), Err(Refusal::WrongState));
    }

    #[test]
    fn what_says_or_changes_nothing_is_refused() {
        let open = case(State::Open);
        assert_eq!(decide(&open, &Step::Note("  ".into())), Err(Refusal::Empty));
        assert_eq!(decide(&open, &Step::Note("ä".repeat(4001))), Err(Refusal::TooLong));
        assert!(decide(&open, &Step::Note("ä".repeat(4000))).is_ok());
        assert_eq!(decide(&open, &Step::Assign(None)), Err(Refusal::Nothing));
        assert_eq!(decide(&open, &Step::Move(open.office, String::new())), Err(Refusal::Nothing));
    }

    #[test]
    fn only_an_ended_case_is_reopened_and_only_with_a_reason() {
        let reopen = |state, reason: &str| decide(&case(state), &Step::Reopen(reason.into()));
        for state in State::ALL {
            let change = reopen(state, "Sie ist wieder dunkel.");
            match change {
                Ok(change) => assert_eq!((state.is_closed(), change.state), (true, State::Open)),
                Err(refusal) => assert_eq!((state.is_closed(), refusal), (false, Refusal::WrongState)),
            }
        }
        assert_eq!(reopen(State::Done, " "), Err(Refusal::Empty));
        let change = reopen(State::Declined, "Doch.").unwrap();
        let public: Vec<_> = change.lines.iter().filter(|(kind, _)| kind.is_public()).collect();
        assert_eq!(public, [&(EventKind::State, "open".to_owned())], "the reason is for the office");
    }

    #[test]
    fn another_office_begins_without_an_assignee() {
        let assigned = Case { assignee: Some("0".repeat(32).parse().unwrap()), ..case(State::Open) };
        let office = "1".repeat(32).parse().unwrap();
        let change = decide(&assigned, &Step::Move(office, "Grünflächenamt".into())).unwrap();
        assert_eq!((change.office, change.assignee), (office, None));
    }
}

use base::{OfficeId, PersonId, Problem, Time};

use super::{Case, EventKind, Fields, State};

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
    /// Promise another time, or none, with the reason.
    Due(Option<Time>, String),
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
    /// It is followed up with another case, where this must be done.
    Merged,
    /// Another member has it, where this must be done.
    Away,
    /// Others are followed up with it, so it cannot be followed up with another.
    HasMerged,
    /// Something happened since, so it cannot be taken back.
    Since,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = |code| Self::faults(vec![base::Fault::new("text", code)]);
        match refusal {
            Refusal::Empty => text("text-missing"),
            Refusal::TooLong => text("text-too-long"),
            Refusal::WrongState => Self::conflict("wrong-state", "that state cannot follow this one"),
            Refusal::Nothing => Self::conflict("nothing-new", "nothing would change"),
            Refusal::Merged => Self::conflict("case-merged", "the case is followed up with another"),
            Refusal::Away => Self::conflict("case-away", "another member has the case"),
            Refusal::HasMerged => {
                Self::conflict("case-has-merged", "other cases are followed up with this one")
            }
            Refusal::Since => Self::conflict("case-since", "something happened to the case since"),
        }
    }
}

/// What a step makes of a case: its new fields, and the lines for the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The fields after it.
    pub to: Fields,
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
    let alone = matches!(step, Step::Note(_) | Step::Assign(_));
    if case.merged_into.is_some() && !alone {
        return Err(Refusal::Merged);
    }
    // What whoever started it says is passed on; whatever else is said or decided, whoever has it does.
    if case.away && !alone && !matches!(step, Step::Reopen(_)) {
        return Err(Refusal::Away);
    }
    let mut change = Change::of(case);
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
            change.to.assignee = *person;
            change.lines.push((EventKind::Assigned, person.map(|id| id.to_string()).unwrap_or_default()));
        }
        Step::Move(office, _) if *office == case.office => return Err(Refusal::Nothing),
        Step::Move(office, name) => {
            change.to.office = *office;
            change.to.assignee = None;
            change.lines.push((EventKind::Moved, name.clone()));
        }
        Step::Due(due, _) if *due == case.due => return Err(Refusal::Nothing),
        Step::Due(due, reason) => {
            change.to.due = *due;
            change.lines.push((EventKind::Due, format!("{}: {}", day(*due), said(reason)?)));
        }
        Step::Reopen(_) if !case.state.is_closed() => return Err(Refusal::WrongState),
        Step::Reopen(reason) => {
            change.lines.push((EventKind::Reopened, said(reason)?));
            change.follow(case, State::Open);
        }
    }
    Ok(change)
}

/// Follows a case up with another: that one's state and answers are this one's from now on. One level only: neither
/// chains nor circles can come about.
///
/// # Errors
/// A [`Refusal`] when either is part of another pair already, or both are one.
pub fn merge(case: &Case, into: &Case, has_merged: bool) -> Result<Change, Refusal> {
    if case.id == into.id || case.merged_into == Some(into.id) || case.module != into.module {
        return Err(Refusal::Nothing);
    }
    if case.merged_into.is_some() || into.merged_into.is_some() {
        return Err(Refusal::Merged);
    }
    if has_merged {
        return Err(Refusal::HasMerged);
    }
    let mut change = Change::of(case);
    change.to.merged_into = Some(into.id);
    change.to.merged_state = Some(case.state);
    change.lines.push((EventKind::Merged, into.number.clone()));
    change.follow(case, into.state);
    Ok(change)
}

/// Follows a case up on its own again, in the state it had before; `number` is the other one's.
///
/// # Errors
/// [`Refusal::Nothing`] when it is not merged.
pub fn split(case: &Case, number: &str) -> Result<Change, Refusal> {
    if case.merged_into.is_none() {
        return Err(Refusal::Nothing);
    }
    let mut change = Change::of(case);
    change.to.merged_into = None;
    change.to.merged_state = None;
    change.lines.push((EventKind::Split, number.to_owned()));
    change.follow(case, case.merged_state.unwrap_or(case.state));
    Ok(change)
}

/// What a change means for a case that is followed up with the changed one: its answers and its state, nothing else.
#[must_use]
pub fn echo(merged: &Case, change: &Change) -> Option<Change> {
    let mut echo = Change::of(merged);
    let answers = change.lines.iter().filter(|(kind, _)| *kind == EventKind::Answer);
    echo.lines.extend(answers.cloned());
    echo.follow(merged, change.to.state);
    Some(echo).filter(|echo| !echo.lines.is_empty())
}

/// What the other member that has a case told of it: an answer, and the state it has there.
#[must_use]
pub fn told(case: &Case, answer: &str, state: Option<State>) -> Change {
    let mut change = Change::of(case);
    if !answer.trim().is_empty() {
        change.lines.push((EventKind::Answer, answer.trim().chars().take(LONGEST).collect()));
    }
    change.follow(case, state.unwrap_or(case.state));
    change
}

impl Change {
    /// No change yet.
    #[must_use]
    pub fn of(case: &Case) -> Self {
        Self { to: case.fields(), lines: Vec::new() }
    }

    /// The change with one more line for the timeline.
    #[must_use]
    pub fn line(mut self, kind: EventKind, text: impl Into<String>) -> Self {
        self.lines.push((kind, text.into()));
        self
    }

    /// The change with one more line before the others.
    #[must_use]
    pub fn first(mut self, kind: EventKind, text: impl Into<String>) -> Self {
        self.lines.insert(0, (kind, text.into()));
        self
    }

    fn enter(&mut self, case: &Case, state: State) -> Result<(), Refusal> {
        if !case.state.next().contains(&state) {
            return Err(Refusal::WrongState);
        }
        self.follow(case, state);
        Ok(())
    }

    /// Takes a state over, whatever the order: as of the case it belongs to, or as it was before.
    pub(super) fn follow(&mut self, case: &Case, state: State) {
        if case.state != state {
            self.to.state = state;
            self.lines.push((EventKind::State, state.name().to_owned()));
        }
    }
}

/// A day as people in the office write it.
fn day(time: Option<Time>) -> String {
    let Some(at) = time.map(Time::in_germany) else { return "–".into() };
    format!("{}.{}.{}", at.day(), at.month(), at.year())
}

/// What somebody says about a case, without blanks around it.
///
/// # Errors
/// [`Refusal::Empty`] and [`Refusal::TooLong`].
pub fn said(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Refusal::Empty),
        length if length > LONGEST => Err(Refusal::TooLong),
        _ => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{after, case};
    use super::*;

    #[test]
    fn an_answer_can_end_a_case_and_an_ended_case_can_be_taken_up_again() {
        let change =
            decide(&case(1, State::Open), &Step::Answer(" Erledigt. ".into(), Some(State::Done))).unwrap();
        assert_eq!(change.to.state, State::Done);
        assert_eq!(
            change.lines,
            [(EventKind::Answer, "Erledigt.".into()), (EventKind::State, "done".into())]
        );
        assert!(decide(&case(1, State::Done), &Step::State(State::InProgress)).is_ok());
        assert_eq!(decide(&case(1, State::Done), &Step::State(State::Declined)), Err(Refusal::WrongState));
    }

    #[test]
    fn what_says_or_changes_nothing_is_refused() {
        let open = case(1, State::Open);
        assert_eq!(decide(&open, &Step::Note("  ".into())), Err(Refusal::Empty));
        assert_eq!(decide(&open, &Step::Note("ä".repeat(4001))), Err(Refusal::TooLong));
        assert!(decide(&open, &Step::Note("ä".repeat(4000))).is_ok());
        assert_eq!(decide(&open, &Step::Assign(None)), Err(Refusal::Nothing));
        assert_eq!(decide(&open, &Step::Move(open.office, String::new())), Err(Refusal::Nothing));
        assert_eq!(decide(&open, &Step::Due(None, "Regen".into())), Err(Refusal::Nothing));
    }

    #[test]
    fn another_office_begins_without_an_assignee() {
        let assigned = Case { assignee: Some("0".repeat(32).parse().unwrap()), ..case(1, State::Open) };
        let office = "1".repeat(32).parse().unwrap();
        let change = decide(&assigned, &Step::Move(office, "Grünflächenamt".into())).unwrap();
        assert_eq!((change.to.office, change.to.assignee), (office, None));
    }

    #[test]
    fn another_time_needs_a_reason_that_stands_in_the_timeline() {
        let due = Some(Time(1_700_000_000_000_000));
        let open = case(1, State::Open);
        assert_eq!(decide(&open, &Step::Due(due, " ".into())), Err(Refusal::Empty));
        let change = decide(&open, &Step::Due(due, "Ersatzteil fehlt".into())).unwrap();
        assert_eq!(change.to.due, due);
        assert_eq!(change.lines, [(EventKind::Due, "14.11.2023: Ersatzteil fehlt".into())]);
    }

    #[test]
    fn a_merged_case_follows_the_other_and_is_worked_on_there() {
        let (twin, main) = (case(1, State::Open), case(2, State::InProgress));
        let change = merge(&twin, &main, false).unwrap();
        let merged = after(&twin, &change);
        assert_eq!((merged.state, merged.merged_into), (State::InProgress, Some(main.id)));
        let done = Step::Answer("Ersetzt.".into(), Some(State::Done));
        assert_eq!(decide(&merged, &done), Err(Refusal::Merged));
        let told = echo(&merged, &decide(&main, &done).unwrap()).unwrap();
        assert_eq!(told.lines, [(EventKind::Answer, "Ersetzt.".into()), (EventKind::State, "done".into())]);
        let noted = decide(&main, &Step::Note("nur für uns".into())).unwrap();
        assert_eq!(echo(&merged, &noted), None, "a note stays with its case");
        assert_eq!(split(&after(&merged, &told), &main.number).unwrap().to, twin.fields());
    }

    #[test]
    fn what_another_member_has_is_worked_on_there() {
        let away = Case { away: true, ..case(1, State::Done) };
        for step in [
            Step::Answer("Ersetzt.".into(), None),
            Step::State(State::InProgress),
            Step::Due(Some(Time(1)), "später".into()),
        ] {
            assert_eq!(decide(&away, &step), Err(Refusal::Away));
        }
        assert!(decide(&away, &Step::Note("nur für uns".into())).is_ok());
        assert!(decide(&away, &Step::Reopen("Immer noch dunkel.".into())).is_ok(), "that is passed on");
    }

    #[test]
    fn neither_chains_nor_circles_come_about() {
        let (a, b, c) = (case(1, State::Open), case(2, State::Open), case(3, State::Open));
        let merged = after(&a, &merge(&a, &b, false).unwrap());
        assert_eq!(merge(&a, &a, false), Err(Refusal::Nothing));
        assert_eq!(merge(&b, &merged, true), Err(Refusal::Merged));
        assert_eq!(merge(&b, &c, true), Err(Refusal::HasMerged));
        assert_eq!(merge(&merged, &c, false), Err(Refusal::Merged));
    }

    #[test]
    fn only_an_ended_case_is_reopened_and_only_with_a_reason() {
        let reopen = |state, reason: &str| decide(&case(1, state), &Step::Reopen(reason.into()));
        for state in State::ALL {
            let change = reopen(state, "Sie ist wieder dunkel.");
            match change {
                Ok(change) => assert_eq!((state.is_closed(), change.to.state), (true, State::Open)),
                Err(refusal) => assert_eq!((state.is_closed(), refusal), (false, Refusal::WrongState)),
            }
        }
        assert_eq!(reopen(State::Done, " "), Err(Refusal::Empty));
        let change = reopen(State::Declined, "Doch.").unwrap();
        let public: Vec<_> = change.lines.iter().filter(|(kind, _)| kind.is_public()).collect();
        assert_eq!(public, [&(EventKind::State, "open".to_owned())], "the reason is for the office");
    }
}

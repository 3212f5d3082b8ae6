use base::{CaseId, FormId, PersonId, Time};

use super::{Case, Change, EventKind, Fields, Refusal};

/// A step that was taken, with everything that is needed to take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The form it was sent with; steps with many cases share it.
    pub action: FormId,
    /// The case.
    pub case_id: CaseId,
    /// The place of its last line in the timeline.
    pub place: i64,
    /// Who took it.
    pub person: PersonId,
    /// When.
    pub at: Time,
    /// Its name, as in the form.
    pub what: String,
    /// The case before it.
    pub before: Fields,
    /// What its module knew before it, in the module's own words; empty when the module changed nothing.
    pub module_state: String,
}

/// Takes a step back: the fields are what they were, and that is one more line of the timeline. What was said stays
/// said. `last` is the place of the last line; `office` names the office it goes back to.
///
/// # Errors
/// [`Refusal::Since`] when something happened after the step, [`Refusal::Nothing`] when it changed nothing that could
/// be brought back.
pub fn undo(case: &Case, taken: &Taken, last: i64, office: &str) -> Result<Change, Refusal> {
    if taken.place != last {
        return Err(Refusal::Since);
    }
    if taken.before == case.fields() && taken.module_state.is_empty() {
        return Err(Refusal::Nothing);
    }
    let mut change = Change::of(case).line(EventKind::Undone, taken.what.as_str());
    change.follow(case, taken.before.state);
    if taken.before.office != case.office {
        change.lines.push((EventKind::Moved, office.to_owned()));
    }
    change.to = taken.before;
    Ok(change)
}

#[cfg(test)]
mod tests {
    use base::{Clock, Entropy, OfficeId};
    use proptest::prelude::*;

    use super::super::testing::{after, case};
    use super::super::{State, Step, decide, merge};
    use super::*;

    fn id(number: u64) -> FormId {
        FormId::new(&Clock::fixed(Time(0)), &Entropy::seeded(number))
    }

    fn taken(before: &Case, place: i64) -> Taken {
        let person = PersonId::from_bytes(&[1; 16]).unwrap();
        let (what, module_state) = ("status".into(), String::new());
        let before_fields = before.fields();
        Taken {
            action: id(1),
            case_id: before.id,
            place,
            person,
            at: Time(0),
            what,
            before: before_fields,
            module_state,
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        let state = (0..4_usize).prop_map(|index| State::ALL[index]);
        prop_oneof![
            ("[a-z]{1,9}", proptest::option::of(state.clone())).prop_map(|(text, to)| Step::Answer(text, to)),
            state.prop_map(Step::State),
            proptest::option::of(1..4_u8).prop_map(|person| {
                Step::Assign(person.map(|byte| PersonId::from_bytes(&[byte; 16]).unwrap()))
            }),
            (1..4_u8).prop_map(|byte| Step::Move(OfficeId::from_bytes(&[byte; 16]).unwrap(), "Amt".into())),
            (proptest::option::of(0..9_i64), "[a-z]{1,9}")
                .prop_map(|(due, why)| Step::Due(due.map(Time), why)),
        ]
    }

    proptest! {
        #[test]
        fn taking_any_step_back_restores_every_field(steps in proptest::collection::vec(step(), 1..8)) {
            let mut now = case(1, State::Open);
            for step in steps {
                let Ok(change) = decide(&now, &step) else { continue };
                let then = after(&now, &change);
                match undo(&then, &taken(&now, 7), 7, "Amt") {
                    Ok(back) => prop_assert_eq!(after(&then, &back), now.clone()),
                    Err(refusal) => {
                        prop_assert_eq!(refusal, Refusal::Nothing);
                        prop_assert_eq!(then.fields(), now.fields());
                    }
                }
                now = then;
            }
        }
    }

    #[test]
    fn nothing_is_taken_back_once_something_else_happened() {
        let before = case(1, State::Open);
        let then = after(&before, &decide(&before, &Step::State(State::Done)).unwrap());
        assert_eq!(undo(&then, &taken(&before, 7), 8, ""), Err(Refusal::Since));
    }

    #[test]
    fn a_merge_taken_back_is_as_if_it_had_not_been() {
        let (twin, main) = (case(1, State::Open), case(2, State::Done));
        let merged = after(&twin, &merge(&twin, &main, false).unwrap());
        let back = undo(&merged, &taken(&twin, 3), 3, "").unwrap();
        assert_eq!(after(&merged, &back), twin);
    }
}

use base::{Clock, Entropy};
use proptest::prelude::*;

use super::published::LARGEST;
use super::*;

const STEPS: [Step; 8] = [
    Step::Plan,
    Step::Discard,
    Step::Begin,
    Step::Record,
    Step::Invite,
    Step::Finish,
    Step::Abandon,
    Step::Leave,
];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn did(host: &str) -> Did {
    Did::of_host(host).unwrap()
}

fn trial(state: State) -> Trial {
    let id = TrialId::new(&Clock::fixed(Time(0)), &Entropy::seeded(1));
    Trial {
        id,
        leader: did("koeln.example"),
        state,
        plan: Plan {
            title: "Abends antworten".into(),
            question: "Wird schneller geantwortet?".into(),
            tried: "Zwei Stunden länger.".into(),
            baseline: Span { first: day("2026-01-01"), last: day("2026-03-31") },
            period: Span { first: day("2026-04-01"), last: day("2026-06-30") },
            indicators: vec![Measure {
                key: "report.opened".into(),
                unit: Unit::Count,
                better: Better::Neither,
            }],
        },
        outcome: Outcome::default(),
        reason: String::new(),
        figures: vec![Figure { key: "report.opened".into(), baseline: Some(12.0), period: None }],
        created: Time(0),
        updated: Time(0),
        measured: None,
        published: None,
    }
}

fn a_state() -> impl Strategy<Value = State> {
    proptest::sample::select(State::ALL.to_vec())
}

fn a_step() -> impl Strategy<Value = Step> {
    proptest::sample::select(STEPS.to_vec())
}

/// What is measured, to the eighth.
fn a_number() -> impl Strategy<Value = f64> {
    (0_u32..8_000_000).prop_map(|number| f64::from(number) / 8.0)
}

proptest! {
    /// Whatever is done in whatever order: what is public never becomes a draft again, what has ended stays ended, and
    /// nothing is called finished before its last day has passed and something is written about it.
    #[test]
    fn a_trial_goes_one_way(steps in proptest::collection::vec((a_step(), 0_u16..300, any::<bool>()), 0..40), is_leader: bool) {
        let mut own = trial(State::Draft);
        for (step, days, writes) in steps {
            let today = day("2026-01-01").plus_days(days);
            if writes && decide(&own, is_leader, Step::Record, today).is_ok() {
                own.outcome.results = "Ja.".into();
                own.outcome.lessons = "Früher anfangen.".into();
            }
            let before = own.state;
            if let Ok(after) = decide(&own, is_leader, step, today) {
                prop_assert!(before <= after);
                prop_assert!(before < State::Finished || before == after);
                if before != State::Finished && after == State::Finished {
                    prop_assert!(own.plan.period.last < today && !own.outcome.results.is_empty());
                }
                own.state = after;
            }
        }
        prop_assert!(is_leader || own.state == State::Draft, "only who leads it begins it");
    }

    /// What belongs to who leads a trial nobody else can do, and nobody leaves what it leads.
    #[test]
    fn nobody_does_what_is_somebody_elses(state in a_state(), step in a_step(), days in 0_u16..300) {
        let (own, today) = (trial(state), day("2026-01-01").plus_days(days));
        let (leads, joins) = (decide(&own, true, step, today), decide(&own, false, step, today));
        match step {
            Step::Record | Step::Finish => prop_assert_eq!(leads, joins),
            Step::Leave => prop_assert_eq!(leads, Err(Refusal::Leader)),
            _ => prop_assert_eq!(joins, Err(Refusal::Leader)),
        }
    }

    #[test]
    fn what_is_published_is_read_as_it_was_written(
        baseline in proptest::option::of(a_number()),
        period in proptest::option::of(a_number()),
        state in a_state(),
    ) {
        let mut own = trial(state);
        own.figures = vec![Figure { key: "report.opened".into(), baseline, period }];
        let koeln = did("koeln.example");
        let said = Published::of(&own, (&koeln, "Stadt Köln"), vec![]);
        let text = serde_json::to_vec(&said).unwrap();
        let read = Published::read(&text, &koeln);
        prop_assert_eq!(read, state.is_public().then_some(said));
        prop_assert_eq!(Published::read(&text, &did("bonn.example")), None, "nobody speaks for another");
    }
}

#[test]
fn a_draft_and_what_is_being_written_are_told_to_nobody() {
    let koeln = did("koeln.example");
    let mut own = trial(State::Running);
    own.outcome.results = "Noch nicht fertig".into();
    own.outcome.costs = vec![Cost { subject: "Personal".into(), cents: 100 }];
    let text = serde_json::to_string(&Published::of(&own, (&koeln, "Stadt Köln"), vec![])).unwrap();
    assert!(!text.contains("Noch nicht fertig") && !text.contains("Personal"), "{text}");
    own.state = State::Finished;
    let text = serde_json::to_string(&Published::of(&own, (&koeln, "Stadt Köln"), vec![])).unwrap();
    assert!(text.contains("Noch nicht fertig") && text.contains("Personal"), "{text}");
}

#[test]
fn what_could_not_be_measured_is_absent_and_never_nought() {
    let koeln = did("koeln.example");
    let said = Published::of(&trial(State::Running), (&koeln, "Stadt Köln"), vec![]);
    let text = serde_json::to_string(&said).unwrap();
    assert!(text.contains(r#"{"key":"report.opened","baseline":12.0}"#), "{text}");
    assert_eq!(said.figure("report.opened"), (Some(12.0), None));
    assert_eq!(said.figure("report.else"), (None, None));
}

#[test]
fn nonsense_of_another_member_is_not_taken() {
    let koeln = did("koeln.example");
    let mut own = trial(State::Finished);
    own.outcome.costs = vec![Cost { subject: "Personal".into(), cents: 5 }];
    own.outcome.results = "Es half.".into();
    let good = serde_json::to_value(Published::of(&own, (&koeln, "Stadt Köln"), vec![])).unwrap();
    let read = |value: &serde_json::Value| Published::read(value.to_string().as_bytes(), &koeln);
    assert!(read(&good).is_some());
    let mut later = good.clone();
    later["something"] = "new".into();
    assert!(read(&later).is_some(), "what is not known yet is passed over");
    for (path, value) in [
        ("/v", 2.into()),
        ("/state", "draft".into()),
        ("/name", " ".into()),
        ("/plan/title", "x".repeat(121).into()),
        ("/plan/period/last", "2026-03-01".into()),
        ("/plan/indicators/0/key", "Report Opened".into()),
        ("/figures/0/baseline", (-1).into()),
        ("/figures/0/baseline", 1e300.into()),
        ("/costs/0/cents", (-5).into()),
        ("/costs/0/cents", i64::MAX.into()),
        ("/results", "x".repeat(3001).into()),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        assert_eq!(read(&bad), None, "{path}");
    }
    assert_eq!(Published::read(&vec![b' '; LARGEST + 1], &koeln), None);
    assert_eq!(Published::read(b"[]", &koeln), None);
}

#[test]
fn a_time_is_measured_as_far_as_it_has_passed() {
    let span = Span { first: day("2026-03-01"), last: day("2026-03-31") };
    let at = |text: &str| Time::parse_civil(text).unwrap();
    assert_eq!(span.until(at("2026-02-28T12:00")), None);
    assert_eq!(span.until(at("2026-03-01")), None);
    assert_eq!(span.until(at("2026-03-05T12:00")), Some((at("2026-03-01"), at("2026-03-05T12:00"))));
    assert_eq!(span.until(at("2027-01-01")), Some((at("2026-03-01"), at("2026-04-01"))));
    assert!(!span.is_over(day("2026-03-31")) && span.is_over(day("2026-04-01")));
}

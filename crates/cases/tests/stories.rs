//! What an office can rely on with its cases, told on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use access::{Action, Ask, Grant, Permit, Role, Scope, Who};
use base::{CaseId, Clock, Entropy, FormId, OfficeId, PersonId, Time};
use cases::errands::Errand;
use cases::filters::Filter;
use cases::templates::Template;
use cases::{Assignee, Case, Inbox, NewCase, Sort, Stage, State, Step};
use store::{Db, Tx};
use testkit::Fresh;

const START: Time = Time(1_700_000_000_000_000);
const MODULES: [&str; 2] = ["budget", "report"];
const OFFICES: u8 = 12;

fn open(fresh: &Fresh) -> Db {
    fresh.open(&[store::MIGRATIONS, cases::MIGRATIONS].concat(), None).unwrap()
}

fn office(number: u8) -> OfficeId {
    OfficeId::from_bytes(&[number; 16]).unwrap()
}

fn person(number: u8) -> PersonId {
    PersonId::from_bytes(&[number; 16]).unwrap()
}

fn form(number: u8) -> FormId {
    FormId::from_bytes(&[number; 16]).unwrap()
}

fn permit() -> Permit {
    let grant = Grant { role: Role::Lead, office: None, module: None };
    let who = Who::Person { id: person(9), strong: true, grants: vec![grant] };
    access::decide(&who, &Ask { action: Action::WorkOnCase, module: None, office: None }).unwrap()
}

async fn write<T: Send + 'static>(
    db: &Db,
    work: impl FnMut(&mut Tx<'_>) -> base::Result<T> + Send + 'static,
) -> T {
    db.write("test", work).await.unwrap()
}

fn add(tx: &mut Tx<'_>, of: OfficeId, at: Time, review: bool) -> base::Result<Case> {
    let id = CaseId::new(&Clock::fixed(at), &Entropy::system());
    let new = NewCase {
        id,
        module: "report",
        title: "Lampe",
        office: of,
        owner: None,
        secret_hash: None,
        at,
        review,
    };
    cases::open(tx, &new)?;
    Ok(cases::by_id(tx, id)?.unwrap())
}

fn step(tx: &mut Tx<'_>, id: CaseId, step: &Step, action: FormId, now: Time) -> base::Result<Case> {
    let case = cases::by_id(tx, id)?.unwrap();
    let change = cases::decide(&case, step).map_err(base::Problem::from)?;
    cases::record_step(tx, &permit(), &case, &change, (action, "status", ""), now)?;
    Ok(cases::by_id(tx, id)?.unwrap())
}

/// Two hundred cases that differ in everything the inbox asks for.
fn many(tx: &mut Tx<'_>) -> base::Result<Vec<Case>> {
    let mut all: Vec<Case> = Vec::new();
    for number in 0..200_u8 {
        let at = START.plus_seconds(i64::from(number / 4));
        let case = add(tx, office(number % 3), at, number % 7 == 0)?;
        let mut change = cases::Change::of(&case);
        change.to.state = State::ALL[usize::from(number % 4)];
        change.to.assignee = (number % 5 > 1).then(|| person(number % 5));
        change.to.due = (number % 6 > 2).then(|| at.plus_seconds(i64::from(number % 11) * 3600));
        change.to.merged_into = all.first().filter(|_| number % 13 == 12).map(|first| first.id);
        cases::record(tx, &permit(), &case, &change, at.plus_seconds(i64::from(number % 17)))?;
        all.push(cases::by_id(tx, case.id)?.unwrap());
    }
    Ok(all)
}

fn everywhere() -> Vec<Scope> {
    vec![Scope { office: None, module: None }]
}

fn filters() -> Vec<Inbox> {
    let all = Inbox { scopes: everywhere(), with_merged: true, ..Inbox::default() };
    let of = |number| Scope { office: Some(office(number)), module: None };
    vec![
        Inbox::default(),
        all.clone(),
        Inbox { scopes: vec![of(1), of(2)], ..Inbox::default() },
        Inbox { scopes: vec![of(1), of(2)], office: Some(office(2)), with_merged: true, ..Inbox::default() },
        Inbox { office: Some(office(1)), stage: Stage::Todo, ..all.clone() },
        Inbox { stage: Stage::Ended, with_merged: false, ..all.clone() },
        Inbox { stage: Stage::In(State::InProgress), assignee: Assignee::Nobody, ..all.clone() },
        Inbox { assignee: Assignee::Person(person(3)), ..all.clone() },
        Inbox { due_before: Some(START.plus_seconds(5 * 3600)), ..all.clone() },
        Inbox { review: true, module: Some("report".into()), ..all.clone() },
        Inbox { module: Some("budget".into()), ..all },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_of_every_filter_pages_through_each_wanted_case_once() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let all = write(&db, many).await;
        for wanted in filters() {
            for (name, sort) in Sort::ALL {
                let mut expected: Vec<Case> = all.iter().filter(|case| wanted.wants(case)).cloned().collect();
                sort.order(&mut expected);
                let (mut found, mut after): (Vec<Case>, _) = (Vec::new(), None);
                loop {
                    let asked = wanted.clone();
                    let page = write(&db, move |tx| cases::inbox(tx, &asked, sort, after, 7)).await;
                    let Some(last) = page.last() else { break };
                    after = Some(sort.place(last));
                    found.extend(page);
                }
                assert_eq!(found, expected, "{name} {wanted:?}");
            }
        }
        let counted =
            write(&db, |tx| cases::tally(tx, &everywhere(), Some(person(3)), START.plus_seconds(3600))).await;
        let todo: Vec<_> =
            all.iter().filter(|case| !case.state.is_closed() && case.merged_into.is_none()).collect();
        let count = |test: &dyn Fn(&Case) -> bool| todo.iter().filter(|case| test(case)).count() as i64;
        assert_eq!(counted.todo, todo.len() as i64);
        assert_eq!(counted.mine, count(&|case| case.assignee == Some(person(3))));
        assert_eq!(counted.nobodys, count(&|case| case.assignee.is_none()));
        assert_eq!(counted.overdue, count(&|case| case.is_overdue(START.plus_seconds(3600))));
        assert_eq!(counted.review, count(&|case| case.review));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_taken_back_while_it_is_the_last_thing_that_happened() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let before = write(&db, |tx| add(tx, office(1), START, true)).await;
        let id = before.id;
        let done = Step::State(State::Done);
        let ended = write(&db, move |tx| step(tx, id, &done, form(1), START.plus_seconds(60))).await;
        assert!(ended.closed.is_some());
        let back = write(&db, move |tx| {
            let case = cases::by_id(tx, id)?.unwrap();
            let (taken, last) = cases::last_taken(tx, id)?.unwrap();
            assert_eq!(cases::undoable(tx, &case)?.as_ref(), Some(&taken));
            assert_eq!(cases::taken_in(tx, form(1))?, std::slice::from_ref(&taken));
            let change = cases::undo(&case, &taken, last, "").map_err(base::Problem::from)?;
            cases::record(tx, &permit(), &case, &change, START.plus_seconds(120))?;
            Ok(cases::by_id(tx, id)?.unwrap())
        });
        let back = back.await;
        assert_eq!((back.fields(), back.closed), (before.fields(), None));
        let (events, again) = write(&db, move |tx| {
            let case = cases::by_id(tx, id)?.unwrap();
            Ok((cases::events(tx, id, false)?, cases::undoable(tx, &case)?))
        })
        .await;
        let kinds: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
        assert_eq!(kinds, ["opened", "state", "undone", "state"], "nothing is deleted from the history");
        assert_eq!(again, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_merged_is_found_with_the_other_and_has_left_the_inbox() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let (twin, main) =
            write(&db, |tx| Ok((add(tx, office(1), START, false)?, add(tx, office(1), START, false)?))).await;
        let (a, b) = (twin.clone(), main.clone());
        write(&db, move |tx| {
            let change = cases::merge(&a, &b, false).map_err(base::Problem::from)?;
            cases::record(tx, &permit(), &a, &change, START)
        })
        .await;
        let (with, listed) = write(&db, move |tx| {
            let wanted = Inbox { scopes: everywhere(), ..Inbox::default() };
            Ok((cases::merged_with(tx, main.id)?, cases::inbox(tx, &wanted, Sort::default(), None, 9)?))
        })
        .await;
        assert_eq!(with.iter().map(|case| case.id).collect::<Vec<_>>(), [twin.id]);
        assert_eq!(listed.iter().map(|case| case.id).collect::<Vec<_>>(), [main.id]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_personal_and_one_of_them_opens_the_inbox() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let kept = write(&db, |tx| {
            for (number, name) in [(1, "eilig"), (2, "meine"), (3, "eilig")] {
                let query = format!("n={number}");
                let filter = Filter { id: form(number), name: name.into(), query, is_default: number > 1 };
                cases::filters::put(tx, person(1), &filter)?;
            }
            assert!(cases::filters::of(tx, person(2))?.is_empty());
            cases::filters::remove(tx, person(2), form(2))?;
            cases::filters::of(tx, person(1))
        });
        let kept: Vec<_> =
            kept.await.into_iter().map(|each| (each.name, each.query, each.is_default)).collect();
        assert_eq!(kept, [("eilig".into(), "n=3".into(), true), ("meine".into(), "n=2".into(), false)]);
        let unnamed = Filter { id: form(4), name: String::new(), query: String::new(), is_default: false };
        let refused = db.write("test", move |tx| cases::filters::put(tx, person(1), &unnamed)).await;
        assert_eq!(refused.unwrap_err().faults[0].field, "name");
        write(&db, |tx| cases::erase_owner(tx, person(1))).await;
        assert!(write(&db, |tx| cases::filters::of(tx, person(1))).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_for_its_kind_of_case_and_an_errand_is_done_once() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let names = write(&db, |tx| {
            for (number, category) in [(1, None), (2, Some("laterne")), (3, Some("muell"))] {
                let template = Template {
                    id: form(number),
                    module: "report".into(),
                    category: category.map(str::to_owned),
                    state: Some(State::Done),
                    name: format!("{number}"),
                    text: "{number}".into(),
                };
                cases::templates::put(tx, &template)?;
            }
            assert_eq!(cases::templates::of_module(tx, "report")?.len(), 3);
            cases::templates::fitting(tx, "report", "laterne")
        });
        assert_eq!(names.await.iter().map(|each| each.name.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        let twice = write(&db, |tx| {
            let case_id = add(tx, office(1), START, false)?.id;
            let errand =
                Errand { id: form(1), case_id, person: person(1), outcome: "later".into(), at: START };
            let first = cases::errands::add(tx, &errand)?;
            assert_eq!(cases::errands::put_off(tx, person(1), START)?, [case_id]);
            Ok((first, cases::errands::add(tx, &errand)?))
        });
        assert_eq!(twice.await, (true, false));
    }
}

fn clerk(grants: Vec<(Option<u8>, Option<&str>)>) -> Who {
    let grant = |(number, module): (Option<u8>, Option<&str>)| Grant {
        role: Role::Clerk,
        office: number.map(|number| office(number + 1)),
        module: module.map(Into::into),
    };
    Who::Person { id: person(99), strong: true, grants: grants.into_iter().map(grant).collect() }
}

/// Three cases of every office in every module; two at a time changed at the same moment.
fn fill(tx: &mut Tx<'_>) -> base::Result<()> {
    let (clock, entropy) = (Clock::fixed(START), Entropy::seeded(1));
    for number in 0..3 * OFFICES {
        for module in MODULES {
            let at = START.plus_seconds(i64::from(number));
            let (id, office) = (CaseId::new(&clock, &entropy), office(1 + number % OFFICES));
            let new = NewCase {
                id,
                module,
                title: "Lampe",
                office,
                owner: None,
                secret_hash: None,
                at,
                review: false,
            };
            cases::open(tx, &new)?;
        }
    }
    Ok(())
}

/// Reads the whole inbox in small pages.
async fn pages(db: &Db, who: &Who, stage: Stage) -> Vec<Case> {
    let wanted = Inbox { scopes: who.scopes(Action::ReadCase, &MODULES), stage, ..Inbox::default() };
    let (mut all, mut after): (Vec<Case>, _) = (Vec::new(), None);
    loop {
        let asked = wanted.clone();
        let page = write(db, move |tx| cases::inbox(tx, &asked, Sort::default(), after, 5)).await;
        let Some(last) = page.last() else { return all };
        after = Some(Sort::default().place(last));
        all.extend(page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_holds_what_the_decision_permits_whatever_was_granted() {
    let many = (0..OFFICES - 2).map(|number| (Some(number), None)).collect::<Vec<_>>();
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        write(&db, fill).await;
        for (who, expected) in [
            (clerk(many.clone()), 60),
            (clerk([many.clone(), vec![(None, Some("budget"))]].concat()), 66),
            (clerk(vec![(Some(1), Some("report")), (Some(2), None)]), 9),
            (clerk(vec![(None, Some("report"))]), 36),
            (clerk(vec![(None, None), (Some(1), Some("report"))]), 72),
            (clerk(vec![]), 0),
        ] {
            let found = pages(&db, &who, Stage::Any).await;
            assert_eq!(found.len(), expected, "{who:?}");
            let place = |case: &Case| std::cmp::Reverse((case.updated, case.id));
            assert!(found.is_sorted_by_key(place), "the newest first, nothing twice");
            let permitted = |case: &Case| {
                let (module, office) = (Some(case.module.as_str()), Some(case.office));
                access::decide(&who, &Ask { action: Action::ReadCase, module, office }).is_ok()
            };
            assert!(found.iter().all(permitted));
            for stage in [Stage::In(State::Open), Stage::Todo] {
                assert_eq!(pages(&db, &who, stage).await, found);
            }
            assert!(pages(&db, &who, Stage::In(State::Done)).await.is_empty());
            let scopes = who.scopes(Action::ReadCase, &MODULES);
            let tally = write(&db, move |tx| cases::tally(tx, &scopes, None, START)).await;
            assert_eq!(tally.todo, i64::try_from(expected).unwrap());
        }
    }
}

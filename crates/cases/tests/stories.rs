//! What staff can rely on in their inbox, told on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use access::{Action, Grant, Role, Who};
use base::{CaseId, Clock, Entropy, OfficeId, PersonId, Time};
use cases::{Case, Inbox, NewCase, State};
use store::{Db, Tx};
use testkit::Fresh;

const MODULES: [&str; 2] = ["budget", "report"];
const OFFICES: u64 = 12;
const START: Time = Time(1_700_000_000_000_000);

fn office(number: u64) -> OfficeId {
    OfficeId::new(&Clock::fixed(Time(0)), &Entropy::seeded(number))
}

fn clerk(grants: Vec<(Option<u64>, Option<&str>)>) -> Who {
    let grant = |(number, module): (Option<u64>, Option<&str>)| Grant {
        role: Role::Clerk,
        office: number.map(office),
        module: module.map(Into::into),
    };
    let id = PersonId::new(&Clock::fixed(Time(0)), &Entropy::seeded(99));
    Who::Person { id, strong: true, grants: grants.into_iter().map(grant).collect() }
}

/// Three cases of every office in every module; two at a time changed at the same moment.
fn fill(tx: &mut Tx<'_>) -> base::Result<()> {
    let (clock, entropy) = (Clock::fixed(START), Entropy::seeded(1));
    for number in 0..3 * OFFICES {
        for module in MODULES {
            let at = START.plus_seconds(i64::try_from(number).unwrap());
            let (id, office) = (CaseId::new(&clock, &entropy), office(number % OFFICES));
            let new = NewCase { id, module, title: "Lampe", office, owner: None, secret_hash: None, at };
            cases::open(tx, &new)?;
        }
    }
    Ok(())
}

/// Reads the whole inbox in small pages.
async fn pages(db: &Db, who: &Who, state: Option<State>) -> Vec<Case> {
    let mut wanted = Inbox { scopes: who.scopes(Action::ReadCase, &MODULES), state, ..Inbox::default() };
    let mut all: Vec<Case> = Vec::new();
    loop {
        let asked = wanted.clone();
        let page = db.read("inbox", move |tx| cases::inbox(tx, &asked, 5)).await.unwrap();
        let Some(last) = page.last() else { return all };
        wanted.before = Some((last.updated, last.id));
        all.extend(page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_holds_what_the_decision_permits_whatever_was_granted() {
    let many = (0..OFFICES - 2).map(|number| (Some(number), None)).collect::<Vec<_>>();
    for fresh in Fresh::everywhere() {
        let db = fresh.open(&[store::MIGRATIONS, cases::MIGRATIONS].concat(), None).unwrap();
        db.write("fill", fill).await.unwrap();
        for (who, expected) in [
            (clerk(many.clone()), 60),
            (clerk([many.clone(), vec![(None, Some("budget"))]].concat()), 66),
            (clerk(vec![(Some(1), Some("report")), (Some(2), None)]), 9),
            (clerk(vec![(None, Some("report"))]), 36),
            (clerk(vec![(None, None), (Some(1), Some("report"))]), 72),
            (clerk(vec![]), 0),
        ] {
            let found = pages(&db, &who, None).await;
            assert_eq!(found.len(), expected, "{who:?}");
            let place = |case: &Case| std::cmp::Reverse((case.updated, case.id));
            assert!(found.is_sorted_by_key(place), "the newest first, nothing twice");
            let permitted = |case: &Case| {
                let (module, office) = (Some(case.module.as_str()), Some(case.office));
                access::decide(&who, &access::Ask { action: Action::ReadCase, module, office }).is_ok()
            };
            assert!(found.iter().all(permitted));
            assert_eq!(pages(&db, &who, Some(State::Open)).await, found);
            assert!(pages(&db, &who, Some(State::Done)).await.is_empty());
            let scopes = who.scopes(Action::ReadCase, &MODULES);
            let counts = db.read("counts", move |tx| cases::counts(tx, &scopes)).await.unwrap();
            let count = |state| counts.iter().find(|(own, _)| *own == state).map(|(_, count)| *count);
            assert_eq!(count(State::Open), Some(i64::try_from(expected).unwrap()));
            assert_eq!(count(State::Done), Some(0));
        }
    }
}

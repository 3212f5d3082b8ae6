//! Every statement of the program, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{Problem, Result};
use store::{Db, Sql, Tx};
use testkit::Fresh;

const PLAN_OK: &[&str] = &[
    // Whole small tables, by intention.
    "report.categories",
    "federation.peers",
    "federation.keys",
    // Everything members agreed: what follows from it is worked out from all of it together.
    "federation.documents",
    "federation.acts",
    // A hundred at most, from an index that holds no others.
    "federation.count_unchecked",
    "federation.unchecked",
    // Every member handed over to, once after a restore.
    "handover.pair.raise_all",
    // The trials of a member, a few in a year, and what is known of those of others.
    "trial.every",
    "trial.everything_told",
    "report.questions",
    "report.choices",
    // What others call their categories, and how many lies were found: a few for each member.
    "report.peer_categories",
    "peer.lies",
    "report.keys",
    "report.webhooks",
    // Making the derived copy anew; everybody who follows, once in a walk over what changed.
    "report.empty_figures",
    "report.confirmed_follows",
    "area.load",
    "district.load",
    "report.rules",
    "service.hours",
    "ledger.feeds",
    "peer.states",
    "office.all",
    "person.staff",
    "grant.all",
    // What is open, counted in an index that holds nothing else.
    "report.peer_open",
    "report.region_open",
    // A limited part of the index on places, counted.
    "report.in_cells_count",
    // The first row of a list that is to go; it ends there.
    "street.oldest",
    "report.pace",
    // Whole-table work that only commands do.
    "ledger.verify.payloads",
    "file.names",
    // Counters of the home page; a covering index follows with statistics.
    "report.open_count",
    "report.closed_count",
    // Answered from the index on what is due.
    "job.waiting",
    "job.set_aside",
];

fn open(fresh: &Fresh) -> Db {
    fresh.open(&node::migrations(), None).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_is_understood_by_both_engines() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        for sql in node::statements() {
            let prepared = db.read("prepare", move |tx| tx.prepare(&sql).map_err(Problem::from)).await;
            if let Err(problem) = prepared {
                panic!("{db:?}: {}: {}\n{problem:?}", sql.name, sql.text);
            }
        }
    }
}

#[test]
fn every_statement_has_a_name_of_its_own() {
    let mut names: Vec<_> = node::statements().iter().map(|sql| sql.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count > 60, "{count} statements are registered");
}

/// A statement that reads a whole table gets slow when a member grows; the few that may are listed with the reason.
#[tokio::test]
async fn no_statement_scans_a_table_that_grows() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    let mut scans = Vec::new();
    for sql in node::statements() {
        let plan = db.read("plan", move |tx| plan(tx, sql)).await.unwrap();
        if plan.iter().any(|step| {
            step.starts_with("SCAN") && !step.contains("USING INDEX") && !step.contains("CONSTANT")
        }) {
            scans.push((sql.name, plan));
        }
    }
    scans.retain(|(name, _)| !PLAN_OK.contains(name));
    assert!(scans.is_empty(), "{scans:#?}");
}

fn plan(tx: &mut Tx<'_>, sql: Sql) -> Result<Vec<String>> {
    let marks = (1..=40).rev().find(|number| sql.text.contains(&format!("?{number}"))).unwrap_or(0);
    let explain =
        Sql { name: "plan", text: Box::leak(format!("explain query plan {}", sql.text).into_boxed_str()) };
    let nothing: Vec<store::Value<'_>> = vec![store::Value::Null; marks];
    Ok(tx.all(&explain, &nothing, |row| row.get::<String>(3))?)
}

//! What the public record says of reports: always what everybody may see, and nothing else.

use std::sync::Arc;

use base::CaseId;
use cases::{State, Step};
use federation::{Batch, Entry, FeedName};
use ledger::{Header, PUBLIC};
use testkit::Fresh;

use super::super::peers;
use super::super::town::Town;
use crate::model::{Regional, Sought, Visibility};

/// What the public record says of a report now.
async fn said(town: &Town, id: CaseId) -> Option<serde_json::Value> {
    let ledger = town.member.ledger.clone();
    let said = town.db().read("said", move |tx| ledger.said_of_case(tx, PUBLIC, id)).await.unwrap();
    said.map(|content| serde_json::from_slice(&content).unwrap())
}

async fn say_anew(town: &Town, id: CaseId) {
    let own = town.member.clone();
    let say = move |tx: &mut store::Tx<'_>| {
        let case = cases::by_id(tx, id)?.unwrap();
        web::desk::say_anew(&own, tx, &case)
    };
    town.db().write("say", say).await.unwrap();
}

async fn entries(town: &Town) -> u64 {
    town.db().sequence().await.unwrap();
    let ledger = town.member.ledger.clone();
    let found = town.db().read("size", move |tx| ledger.checkpoint(tx, PUBLIC)).await.unwrap();
    found.map_or(0, |(size, _)| size)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_what_can_be_seen_from_the_first_moment_on() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let id = town.report("laterne", (50.05, 7.05), "dunkel").await;
        let told = said(&town, id).await.unwrap();
        assert_eq!((&told["status"], &told["service_code"]), (&"open".into(), &"laterne".into()));
        assert_eq!(told["url"], "https://stadt.example/anliegen/1-2026");
        // What is told when a report is taken is what is told when it is read.
        say_anew(&town, id).await;
        assert_eq!(entries(&town).await, 1, "nothing is said twice");
        town.step(id, Step::Note("intern".into())).await;
        assert_eq!(entries(&town).await, 1, "and nothing of what the office does for itself");
        town.step(id, Step::Answer("Kommt.".into(), Some(State::Done))).await;
        let told = said(&town, id).await.unwrap();
        assert_eq!((&told["status"], &told["detailed_status"]), (&"closed".into(), &"PROCESSED".into()));
        assert_eq!(entries(&town).await, 2);
        assert!(told.get("duplicate").is_none());
        let main = town.report("laterne", (50.05, 7.05), "auch dunkel").await;
        let twin = town.report("laterne", (50.05, 7.05), "immer noch dunkel").await;
        town.merge(twin, main).await;
        assert_eq!(said(&town, twin).await.unwrap()["duplicate"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_erased_are_gone_from_the_record() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let id = town.report("laterne", (50.05, 7.05), "Herr Geheim").await;
        let erase = move |tx: &mut store::Tx<'_>| super::super::erase_case(tx, id, true);
        town.db().write("erase", erase).await.unwrap();
        say_anew(&town, id).await;
        let told = said(&town, id).await.unwrap();
        assert_eq!((&told["description"], &told["address"]), (&"".into(), &"".into()));
        assert_eq!(entries(&town).await, 2);
        let ledger = town.member.ledger.clone();
        let first = town.db().read("first", move |tx| ledger.disclose(tx, PUBLIC, 0)).await.unwrap();
        assert_eq!(first, ledger::Disclosure::Erased(Some(1)));
        let hide = move |tx: &mut store::Tx<'_>| super::super::set_visibility(tx, id, Visibility::Private);
        town.db().write("hide", hide).await.unwrap();
        say_anew(&town, id).await;
        assert_eq!(said(&town, id).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_from_before_the_record_told_so_much_are_told_once() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let id = town.report("laterne", (50.05, 7.05), "dunkel").await;
        let own = town.member.clone();
        let erase = move |tx: &mut store::Tx<'_>| {
            own.ledger.erase_case(tx, PUBLIC, id, ledger::Actor::Node).map(drop)
        };
        town.db().write("erase", erase).await.unwrap();
        assert_eq!(said(&town, id).await, None);
        town.member.clock.advance(60);
        for _ in 0..2 {
            crate::peers::tell_all(&town.member).await.unwrap();
            assert_eq!(entries(&town).await, 3);
        }
        assert_eq!(said(&town, id).await.unwrap()["description"], "dunkel");
    }
}

fn header(id: CaseId) -> Header {
    Header {
        v: 1,
        id: id.to_string().parse().unwrap(),
        feed: PUBLIC.into(),
        kind: "report.opened".into(),
        at: "2026-06-01T10:00:00Z".into(),
        actor: "anonymous".into(),
        case: Some(id),
        commitment: None,
        erases: vec![],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_reports_of_others_are_counted_by_cells_and_found_by_place() {
    for fresh in Fresh::everywhere() {
        let town = Town::on(fresh).await;
        let name = FeedName { peer: "bonn.example".into(), feed: PUBLIC.into() };
        let told = |number: u32| {
            let id = CaseId::new(&town.member.clock, &town.member.entropy);
            let (lat, long) = (50.0 + f64::from(number) * 0.0001, 7.0 + f64::from(number % 100) * 0.001);
            let closed = number.is_multiple_of(4);
            let content = serde_json::json!({
                "service_request_id": format!("{number}-2026"), "status": if closed { "closed" } else { "open" },
                "detailed_status": if closed { "PROCESSED" } else { "IN_PROCESS" }, "service_code": "laterne",
                "service_name": "Laterne", "group": "Licht", "description": "dunkel", "address": "Weg",
                "lat": lat, "long": long, "requested_datetime": "2026-05-20T10:00:00Z",
                "updated_datetime": "2026-05-22T10:00:00Z", "media_url": null,
                "url": format!("https://bonn.example/anliegen/{number}-2026"),
            });
            let content = Some(content.to_string().into_bytes());
            (
                Entry { seq: number.into(), header: vec![], content, erased: false, erased_by: None },
                Some(header(id)),
            )
        };
        let entries: Arc<[_]> = (0..1000).map(told).collect();
        let (own, all) = (name.clone(), Arc::clone(&entries));
        let apply = move |tx: &mut store::Tx<'_>| {
            let batch = Batch { name: &own, entries: &all, erased: &[] };
            (crate::peers::UNDERSTANDS.apply)(tx, &batch)
        };
        town.db().write("apply", apply.clone()).await.unwrap();
        town.db().write("apply", apply).await.unwrap();
        let everything = Sought { ended: Some(false), ..Sought::default() };
        let box_ = place::Bounds {
            min: place::Point::from_degrees(49.9, 6.9).unwrap(),
            max: place::Point::from_degrees(50.2, 7.2).unwrap(),
        };
        let asked = everything.clone();
        let clusters =
            town.db().read("count", move |tx| peers::clusters(tx, &asked, &box_, 21)).await.unwrap();
        assert_eq!(clusters.iter().map(|cluster| cluster.count).sum::<i64>(), 750);
        let asked = everything.clone();
        let (mut met, mut after) = (Vec::new(), None);
        loop {
            let (asked, from) = (asked.clone(), after);
            let page: Vec<Regional> =
                town.db().read("page", move |tx| peers::newest(tx, &asked, from.as_ref(), 70)).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.opened, last.case_id));
            met.extend(page.into_iter().map(|report| report.number));
        }
        assert_eq!(met.len(), 750);
        let open = town.db().read("open", peers::open).await.unwrap();
        assert_eq!(open, [("bonn.example".to_owned(), 750)]);
        let hours = town.db().read("hours", |tx| peers::hours(tx, base::Time(0))).await.unwrap();
        assert_eq!(hours, [("bonn.example".to_owned(), 48, 250)]);
        // The first thirty are erased.
        let gone = move |tx: &mut store::Tx<'_>| {
            let erased: Vec<u64> = (0..30).collect();
            (crate::peers::UNDERSTANDS.apply)(tx, &Batch { name: &name, entries: &[], erased: &erased })
        };
        town.db().write("erase", gone).await.unwrap();
        let words = Sought { words: "dunkel".into(), ..Sought::default() };
        let found = town.db().read("words", move |tx| peers::with_words(tx, &words, 5000)).await.unwrap();
        assert_eq!(found.len(), 970, "what was erased is not found by its words either");
    }
}

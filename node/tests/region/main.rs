//! The region as every member's portal shows it: filled from the feeds of the others, honest about its age, unharmed by
//! one that is down or lies.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod land;
#[path = "../verbund/town.rs"]
#[expect(dead_code, reason = "shared with the tests about agreements")]
mod town;

use access::Role;
use axum::http::StatusCode;
use federation::{Conflict, FeedName, Lie};
use land::{Land, clock, region};
use testkit::Fresh;
use town::{Town, engines};

const FEEDS: &str = "/arbeitsplatz/verbund/protokolle";

#[tokio::test(flavor = "multi_thread")]
async fn the_region_shows_what_every_member_published() {
    for fresh in engines() {
        let clock = clock();
        let land = Land::new(fresh, &clock).await;
        let [koeln, bonn, kreis] = &land.towns;
        land.report(koeln, "laterne", "Domplatte ganz dunkel").await;
        land.report(bonn, "laterne", "Rheinaue ganz dunkel").await;
        let done = land.report(kreis, "muell", "Sofa im Wald").await;
        land.step(kreis, &done, &[("schritt", "antwort"), ("text", "Abgeholt."), ("status", "done")]).await;
        land.round().await;

        let page = region(koeln, "").await;
        for text in ["Domplatte", "Rheinaue", "Sofa"] {
            assert!(!page.contains(text), "lists show where, not what people wrote");
        }
        assert_eq!(land::rows(&page), ["Stadt bonn 1-2026", "Stadt koeln 1-2026"], "what is open");
        assert_eq!(page.matches("aktuell</span>").count(), 2, "both others are fresh");
        assert_eq!(land::rows(&region(koeln, "status=beendet").await), ["Stadt kreis 1-2026"]);
        assert_eq!(land::rows(&region(koeln, "status=alle&kategorie=muell").await), ["Stadt kreis 1-2026"]);
        assert_eq!(land::rows(&region(koeln, "status=alle&q=dunkel").await).len(), 2, "one search for all");
        assert_eq!(land::rows(&region(koeln, "status=alle&q=rheinaue").await), ["Stadt bonn 1-2026"]);
        let only = format!("mitglied={}", bonn.did().host());
        assert_eq!(land::rows(&region(koeln, &only).await), ["Stadt bonn 1-2026"]);
        let unknown = koeln.public("/region?mitglied=nirgends.example").await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);

        let all = koeln.public("/region/daten.json?status=alle").await.json();
        let all = all.as_array().unwrap();
        assert_eq!(all.len(), 3);
        let sofa = all.iter().find(|each| each["status"] == "closed").unwrap();
        assert_eq!(
            (&sofa["detailed_status"], &sofa["description"]),
            (&"PROCESSED".into(), &"Sofa im Wald".into())
        );
        assert_eq!(sofa["url"], format!("{}/anliegen/1-2026", kreis.url()));
        assert_eq!(sofa["requested_datetime"].as_str().unwrap().get(17..), Some("00Z"), "to the minute");
        let csv = koeln.public("/region/daten.csv?status=alle").await.body;
        assert_eq!(csv.lines().count(), 4);
        let map = koeln.public("/region/karte.json?bbox=6,50,8,52&status=alle").await.json();
        assert_eq!(map["features"].as_array().unwrap().len(), 3);
        let figures = koeln.public("/region/statistik.csv").await.body;
        assert!(figures.contains(&format!("{},Stadt kreis,", kreis.did().host())), "{figures}");
        assert!(
            figures.lines().any(|line| line.contains("Stadt kreis") && line.ends_with(",0,1,0,0")),
            "{figures}"
        );
        // No node is special: each of them shows the same.
        assert_eq!(region(bonn, "").await.matches("raum-list__item").count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_is_down_is_shown_stale_and_never_empty_and_comes_back() {
    for fresh in engines() {
        let clock = clock();
        let mut land = Land::new(fresh, &clock).await;
        land.report(&land.towns[1], "laterne", "dunkel").await;
        land.round().await;
        land.towns[1].stop().await;
        for _ in 0..60 {
            land.round().await;
        }
        let host = land.towns[1].did().host();
        let states = land.towns[0].member.db.read("test", federation::states).await.unwrap();
        let failures = states.iter().find(|state| state.name.peer == host).unwrap().failures;
        assert!((5..25).contains(&failures), "{failures} attempts in half an hour: ever more seldom");
        clock.advance(3 * 3600);
        land.round().await;
        let page = region(&land.towns[0], "").await;
        assert_eq!(land::rows(&page), ["Stadt bonn 1-2026"], "what it last told stays");
        assert!(page.contains("zurzeit nicht erreichbar") && page.contains("vor 3 Stunden"), "{page}");
        let told = land.towns[0].public("/region/daten.json").await.json();
        assert_eq!(told[0]["freshness"], "stale");
        land.towns[0].sign_in().await;
        let desk = land.towns[0].page(FEEDS).await;
        assert!(desk.contains("Vergeblich seit") && desk.contains("fetch: "), "{desk}");

        land.towns[1].start().await;
        land.report(&land.towns[1], "muell", "neu").await;
        clock.advance(3600);
        land.round().await;
        let page = region(&land.towns[0], "").await;
        assert_eq!(land::rows(&page).len(), 2);
        assert!(!page.contains("zurzeit nicht erreichbar"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_changed_or_waiting_is_gone_at_the_neighbours_too() {
    for fresh in engines() {
        let clock = clock();
        let land = Land::new(fresh, &clock).await;
        let [koeln, bonn, _] = &land.towns;
        let hidden = land.report(bonn, "laterne", "Herr Geheim steht dort").await;
        let changed = land.report(bonn, "laterne", "Frau Geheim wohnt dort").await;
        let waiting = land.report(bonn, "graffiti", "noch geheim").await;
        land.round().await;
        let known = || async { koeln.public("/region/daten.json?status=alle").await.body };
        let before = known().await;
        assert!(before.contains("Herr Geheim") && before.contains("Frau Geheim"));
        assert!(!before.contains("noch geheim"), "nothing before it is published");

        land.step(bonn, &hidden, &[("schritt", "zurueckhalten")]).await;
        land.step(
            bonn,
            &changed,
            &[("schritt", "text"), ("description", "Jemand wohnt dort"), ("remove", "1")],
        )
        .await;
        land.step(bonn, &waiting, &[("schritt", "veroeffentlichen")]).await;
        land.round().await;
        let after = known().await;
        assert!(!after.contains("Herr Geheim") && !after.contains("Frau Geheim"), "{after}");
        assert!(after.contains("Jemand wohnt dort") && after.contains("noch geheim"));
        for word in ["Herr", "Frau"] {
            assert_eq!(
                land::rows(&region(koeln, &format!("status=alle&q={word}")).await),
                Vec::<String>::new()
            );
        }
        let left = koeln.count("select count(*) from peer_entry where content is not null").await;
        assert_eq!(left, 2, "in the mirror, too");
        // Taking the publication back takes it back everywhere.
        land.step(bonn, &waiting, &[("schritt", "zurueckhalten")]).await;
        land.round().await;
        assert!(!known().await.contains("noch geheim"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_liar_is_named_with_evidence_and_the_honest_go_on() {
    for fresh in engines() {
        let clock = clock();
        let mut land = Land::new(fresh, &clock).await;
        land.report(&land.towns[2], "laterne", "vor der Lüge").await;
        land.round().await;
        let liar = land.replace_kreis(fresh, &clock, &["laterne", "muell", "muell"]).await;
        land.report(&land.towns[1], "laterne", "ehrlich").await;
        land.round().await;
        let koeln = &land.towns[0];
        let page = region(koeln, "").await;
        assert_eq!(land::rows(&page), ["Stadt bonn 1-2026", "Stadt kreis 1-2026"], "the lie gets nothing in");
        assert!(page.contains("angehalten</span>"), "{page}");
        let desk = koeln.page(FEEDS).await;
        assert!(desk.contains("Widersprüche") && desk.contains("wurden geändert"), "{desk}");
        let path = format!("{FEEDS}/{liar}/belege/1");
        let evidence = koeln.page(&path).await;
        let evidence: serde_json::Value = serde_json::from_str(&evidence).unwrap();
        let key = tlog::Verifier::parse(evidence["key"].as_str().unwrap()).unwrap();
        let conflict = Conflict::from_json(&evidence).unwrap();
        assert_eq!(conflict.lie, Lie::Rewritten);
        assert!(conflict.evidence.verify(&key).is_ok(), "anybody can check it with the key alone");
        assert_eq!(koeln.page_as(Role::Clerk, FEEDS).await.status, StatusCode::FORBIDDEN);
        let metrics = land::metrics(koeln).await;
        let of =
            |host: String, name: &str| format!("{name}{{member=\"koeln\",peer=\"{host}\",feed=\"public\"}}");
        assert!(metrics.contains(&format!("{} 1", of(liar.clone(), "raum_feed_lies"))), "{metrics}");
        assert!(metrics.contains(&format!("{} 1", of(liar.clone(), "raum_feed_paused"))));
        assert!(metrics.contains(&format!("{} 0", of(land.towns[1].did().host(), "raum_feed_lies"))));

        // Whoever lets it go on hears the lie again.
        let refused = koeln.post_as(Role::Lead, &format!("{FEEDS}/{liar}"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(koeln.post(&format!("{FEEDS}/{liar}"), &[]).await.status, StatusCode::SEE_OTHER);
        land.round().await;
        assert!(region(&land.towns[0], "").await.contains("angehalten</span>"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_were_shown_two_histories_find_out() {
    for fresh in engines() {
        let clock = clock();
        let mut land = Land::new(fresh, &clock).await;
        land.report(&land.towns[1], "laterne", "ehrlich").await;
        land.report(&land.towns[2], "laterne", "für Bonn").await;
        web::feeds::pull(&land.towns[1].member).await.unwrap();
        land.replace_kreis(fresh, &clock, &["muell", "laterne", "laterne"]).await;
        web::feeds::pull(&land.towns[0].member).await.unwrap();
        let koeln = &land.towns[0];
        assert_eq!(land::rows(&region(koeln, "").await).len(), 4, "nobody can see it alone");
        for _ in 0..2 {
            web::feeds::compare(&koeln.member).await.unwrap();
        }
        assert!(koeln.page(FEEDS).await.contains("eine andere Geschichte"));
        assert!(region(koeln, "").await.contains("angehalten</span>"));
        assert!(koeln.page(FEEDS).await.contains("in Ordnung</span>"), "the honest one is not blamed");
        let lies = koeln.member.db.read("test", federation::lies).await.unwrap();
        assert_eq!(lies.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_of_a_feed_is_made_anew_from_the_mirror_and_the_mirror_is_verified() {
    for fresh in engines() {
        let clock = clock();
        let land = Land::new(fresh, &clock).await;
        let [koeln, bonn, _] = &land.towns;
        for number in 0..5 {
            let case = land.report(bonn, "laterne", &format!("Lampe {number}")).await;
            if number % 2 == 0 {
                land.step(bonn, &case, &[("schritt", "status"), ("status", "in_progress")]).await;
            }
        }
        land.round().await;
        let before = koeln.public("/region/daten.csv").await.body;
        let without_age = |csv: &str| csv.replace("fresh", "");
        let name = FeedName { peer: bonn.did().host(), feed: "public".into() };
        koeln.member.db.write("test", clear).await.unwrap();
        assert_eq!(koeln.public("/region/daten.csv").await.body.lines().count(), 1);
        web::feeds::make_anew(&koeln.member, &name).await.unwrap();
        assert_eq!(without_age(&koeln.public("/region/daten.csv").await.body), without_age(&before));
        assert_eq!(land::rows(&region(koeln, "q=lampe").await).len(), 5, "found by its words again");

        let keys = (
            bonn.member.ledger.keys().log_verifier("public"),
            koeln.member.ledger.keys().witness().verifier(),
        );
        let verify = |name: FeedName, (log, witness): (tlog::Verifier, tlog::Verifier)| {
            koeln.member.db.read("test", move |tx| federation::verify(tx, &name, &log, &witness))
        };
        let findings = verify(name.clone(), keys.clone()).await.unwrap();
        assert_eq!((findings.faults, findings.entries), (vec![], 8));
        assert!(findings.checkpoints > 0);
        let strange = (keys.0.clone(), bonn.member.ledger.keys().witness().verifier());
        let findings = verify(name.clone(), strange).await.unwrap();
        assert!(findings.faults[0].contains("cosignature"), "{findings:?}");
        koeln.member.db.write("test", alter).await.unwrap();
        let findings = verify(name, keys).await.unwrap();
        assert!(findings.faults.iter().any(|fault| fault.contains("signed root")), "{findings:?}");
    }
}

fn clear(tx: &mut store::Tx<'_>) -> base::Result<()> {
    const CLEAR: store::Sql = store::Sql { name: "test.clear", text: "delete from report_peer" };
    Ok(tx.exec(&CLEAR, &[]).map(drop)?)
}

fn alter(tx: &mut store::Tx<'_>) -> base::Result<()> {
    const ALTER: store::Sql =
        store::Sql { name: "test.alter", text: "update peer_entry set header = ?1 where seq = 3" };
    Ok(tx.exec(&ALTER, store::params![b"{}".as_slice()]).map(drop)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_inside_the_own_network_is_asked_only_where_the_settings_allow_it() {
    let clock = clock();
    let mut land = Land::new(Fresh::sqlite, &clock).await;
    land.report(&land.towns[1], "laterne", "dunkel").await;
    let strict = Town::strict(Fresh::sqlite(), "streng", 7, &clock).await;
    land.introduce(&strict).await;
    web::feeds::pull(&strict.member).await.unwrap();
    assert_eq!(strict.count("select count(*) from peer_entry").await, 0);
    assert!(region(&strict, "").await.contains("noch nichts empfangen"));
    land.towns[1].stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_in_the_region_no_more_and_comes_back_whole() {
    for fresh in engines() {
        let clock = clock();
        let land = Land::new(fresh, &clock).await;
        let [koeln, bonn, _] = &land.towns;
        land.report(bonn, "laterne", "dunkel").await;
        land.round().await;
        verbund::operate::forget(&koeln.member, bonn.did()).await.unwrap();
        let page = region(koeln, "q=dunkel").await;
        assert!(land::rows(&page).is_empty() && !page.contains("Stadt bonn"), "{page}");
        assert_eq!(koeln.count("select count(*) from peer_entry where content is not null").await, 0);
        koeln.meet(bonn).await;
        land.round().await;
        assert_eq!(land::rows(&region(koeln, "q=dunkel").await), ["Stadt bonn 1-2026"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_across_the_border_come_from_the_mirror_even_while_the_neighbour_is_down() {
    let clock = clock();
    let mut land = Land::new(Fresh::sqlite, &clock).await;
    land.report(&land.towns[1], "laterne", "gleich hinter der Grenze").await;
    land.round().await;
    land.towns[1].stop().await;
    let found = land.near(&land.towns[0], "laterne").await;
    assert!(found.contains("gleich hinter der Grenze") && found.contains("Stadt bonn"), "{found}");
}

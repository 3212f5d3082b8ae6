//! What is not to go from one member to another, and who is not to read it.

use access::Role;
use axum::http::StatusCode;
use federation::agreement::Deed;
use federation::handover::{self as deeds, Phase, Side};
use serde_json::{Value, json};

use crate::handover::{Pair, act, agreed, all, case, keep, lie_of, offer, report, reports, trouble};
use crate::town::{Town, engines};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_without_an_agreement_and_nothing_more_after_its_end() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let first = report(koeln, "").await;
        offer(koeln, &first, bonn).await;
        pair.meet().await;
        let number = report(koeln, "").await;
        offer(koeln, &number, bonn).await;
        // Köln does not know yet that Bonn has ended it.
        let end = bonn.act(&pair.note, Deed::End { reason: "nicht mehr nötig".into() });
        keep(bonn, &pair.note, std::slice::from_ref(&end)).await;
        pair.clock.advance(60);
        pair.meet().await;
        pair.meet().await;
        assert_eq!(reports(bonn).await, 1, "it is not taken in");
        assert_eq!(
            bonn.count("select count(*) from federation_handover_act where content like '%Laterne%'").await,
            1
        );
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Offered, 1), (Phase::Declined, 2)]);
        let page = koeln.page_as(Role::Clerk, &format!("/arbeitsplatz/fall/{number}")).await.body;
        assert!(page.contains("Es gilt keine Vereinbarung mehr"), "{page}");

        // What is answered goes without words now.
        act(bonn, "1-2026", &[("schritt", "antwort"), ("text", "Geheim."), ("status", "done")]).await;
        pair.meet().await;
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Accepted, 3), (Phase::Declined, 2)]);
        assert_eq!(koeln.count("select count(*) from case_event where text like '%Geheim%'").await, 0);
        assert_eq!(case(&koeln.member, &first).await.state, cases::State::Done);

        keep(koeln, &pair.note, &[end]).await;
        let did = bonn.did().to_string();
        let path = format!("/arbeitsplatz/fall/{number}/weitergeben");
        let sent = koeln.post_as(Role::Clerk, &path, &[("partner", &did)]).await;
        assert_eq!(sent.status, StatusCode::OK, "nobody can be asked: {}", sent.body);
        assert!(sent.body.contains("Keine geltende Vereinbarung"), "{}", sent.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_read_by_the_one_it_is_for_and_nobody_learns_that_there_is_one() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let mut trudy = Town::new(fresh(), "trudy", 7, &pair.clock).await;
        trudy.start().await;
        koeln.meet(&trudy).await;
        trudy.meet(koeln).await;
        let number = report(koeln, "").await;
        offer(koeln, &number, bonn).await;
        pair.meet().await;
        let feed = deeds::feed_name(bonn.did(), 1);
        let url = format!("{}/log/{feed}/checkpoint", koeln.url());
        for path in [
            format!("/log/{feed}/checkpoint"),
            "/log/to_nobody_1/checkpoint".into(),
            format!("/log/{feed}/payload/0"),
        ] {
            let answer = koeln.public(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let ask = |town: &Town| {
            let (member, url) = (town.member.clone(), url.clone());
            async move {
                let request = axum::http::Request::get(url).body(bytes::Bytes::new()).unwrap();
                member.send_signed(request, 1 << 20).await.unwrap().status()
            }
        };
        assert_eq!(ask(&trudy).await, StatusCode::NOT_FOUND, "another member, known and signed");
        assert_eq!(ask(bonn).await, StatusCode::OK);
        // Trudy has no agreement: she learns nothing and leaves nothing.
        web::handover::meet(&trudy.member, koeln.did()).await.unwrap();
        let why = trouble(&trudy, koeln).await.unwrap_or_default();
        assert!(why.contains("no agreement in force"), "{why}");
        assert!(all(koeln, &trudy).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lies_is_named_and_changes_nothing() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let number = report(koeln, "").await;
        offer(koeln, &number, bonn).await;
        pair.meet().await;
        let id = {
            let did = bonn.did().clone();
            let found =
                koeln.member.db.read("test.id", move |tx| deeds::of_partner(tx, &did, 1)).await.unwrap();
            found[0].id
        };
        // Köln claims that Bonn had accepted, and brings that "back"; and acts as if it were the receiver.
        for (deed, is_back) in [("accept", true), ("accept", false), ("decline", true)] {
            let act = json!({ "handover": id, "deed": deed, "epoch": 1, "number": 9, "at": "2026-11-25T10:00:00Z" });
            lie(koeln, bonn, &act, is_back).await;
            pair.meet().await;
            let why = lie_of(bonn, koeln).await;
            assert!(why.contains("never wrote it") || why.contains("other side"), "{why}");
            assert_eq!(all(bonn, koeln).await, [(Side::Receiver, Phase::Offered, 1)], "{deed} {is_back}");
        }
        // What was not sealed by Köln for Bonn is none of Köln's messages.
        let (feed, own) = (deeds::feed_name(bonn.did(), 1), koeln.member.clone());
        let write = koeln.member.db.write("test.garbage", move |tx| {
            let fact = ledger::Fact {
                feed: &feed,
                kind: deeds::MESSAGE,
                actor: ledger::Actor::Node,
                case: None,
                subject: None,
                payload: Some(&[7; 100]),
            };
            own.ledger.append(tx, &fact).map(drop)
        });
        write.await.unwrap();
        koeln.member.db.sequence().await.unwrap();
        pair.meet().await;
        assert!(lie_of(bonn, koeln).await.contains("not sealed for us"));
        act(bonn, "1-2026", &[("schritt", "annehmen")]).await;
        pair.meet().await;
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Accepted, 2)], "and it goes on");
    }
}

/// Writes a message into a member's feed that an honest one would not.
async fn lie(liar: &Town, to: &Town, act: &Value, is_back: bool) {
    let (own, did, key) = (liar.member.clone(), to.did().clone(), to.keys.public().sealing);
    let kind = if is_back { "back" } else { "act" };
    let message = json!({ kind: { "act": act.to_string(), "mark": "0".repeat(64) } }).to_string();
    let liar_did = liar.did().clone();
    let write = liar.member.db.write("test.lie", move |tx| {
        let secrets = deeds::Secrets::new(liar_did.clone(), own.ledger.keys());
        let feed = deeds::feed_name(&did, deeds::pair(tx, &did)?.unwrap().epoch);
        let sealed = secrets.seal((&did, &key), (&feed, deeds::MESSAGE), message.as_bytes(), &own.entropy)?;
        let fact = ledger::Fact {
            feed: &feed,
            kind: deeds::MESSAGE,
            actor: ledger::Actor::Node,
            case: None,
            subject: None,
            payload: Some(&sealed),
        };
        own.ledger.append(tx, &fact).map(drop)
    });
    write.await.unwrap();
    liar.member.db.sequence().await.unwrap();
}

//! Requests between members: who signed them, and what is refused.

use axum::http::{HeaderValue, StatusCode};
use federation::agreement::Deed;

use crate::town::{Town, engines};
use crate::{clock, two};

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_request_is_taken_once_while_it_is_fresh_and_as_it_was_sent() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let document = koeln.sign(&koeln.terms(&[&bonn]));
        let sent = koeln.request(&bonn, &document, &[]);
        assert_eq!(bonn.answer(&sent).await.status, StatusCode::OK);
        let again = bonn.answer(&sent).await;
        assert_eq!((again.status, &again.json()["code"]), (StatusCode::UNAUTHORIZED, &"replayed".into()));

        let mut changed = koeln.request(&bonn, &document, &[]);
        *changed.body_mut() = changed.body().iter().map(u8::to_ascii_lowercase).collect();
        let elsewhere = koeln.request(&koeln, &document, &[]);
        let mut moved = koeln.request(&bonn, &document, &[]);
        *moved.uri_mut() = format!("{}/verbund/annahme?x=1", bonn.url()).parse().unwrap();
        let mut misnamed = koeln.request(&bonn, &document, &[]);
        misnamed.headers_mut().insert("content-type", HeaderValue::from_static("application/json; x=1"));
        let mut half = koeln.request(&bonn, &document, &[]);
        half.headers_mut().remove("signature");
        let mut redirected = elsewhere;
        *redirected.uri_mut() = changed.uri().clone();
        redirected.headers_mut().insert("host", changed.headers()["host"].clone());
        for (request, why) in [
            (&changed, "the content differs from its digest"),
            (&moved, "the signature does not fit the message"),
            (&misnamed, "the signature does not fit the message"),
            (&redirected, "the signature does not fit the message"),
            (&half, "the field signature is missing"),
        ] {
            let answer = bonn.answer(request).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}: {}", answer.body);
            assert!(answer.body.contains(why), "{why}: {}", answer.body);
        }

        // Clocks may differ by some minutes; a clock that is wrong by days is named.
        let early = koeln.request(&bonn, &document, &[]);
        clock.advance(200);
        assert_eq!(bonn.answer(&early).await.status, StatusCode::OK);
        assert_eq!(bonn.answer(&early).await.json()["code"], "replayed");
        let old = koeln.request(&bonn, &document, &[]);
        clock.advance(2 * crate::DAY);
        let answer = bonn.answer(&old).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        assert!(answer.body.contains("too old: here it is 2026-11-27"), "{}", answer.body);
        let ahead = koeln.request(&bonn, &document, &[]);
        clock.advance(-2 * crate::DAY);
        let answer = bonn.answer(&ahead).await;
        assert!(answer.body.contains("from the future: here it is 2026-11-25"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_party_that_signs_its_request_hears_what_others_did() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let mut kreis = Town::new(fresh(), "kreis", 3, &clock).await;
        kreis.start().await;
        bonn.meet(&kreis).await;
        let document = koeln.sign(&koeln.terms(&[&bonn]));
        let ended = koeln.act(&document, Deed::End { reason: "nicht mehr nötig".into() });
        assert_eq!(bonn.bring(&document, std::slice::from_ref(&ended)).await.status, StatusCode::OK);
        let told = async |request| bonn.answer(&request).await.json()["acts"].clone();
        assert_eq!(told(koeln.request(&bonn, &document, &[])).await, serde_json::json!([ended]));
        assert_eq!(bonn.bring(&document, &[]).await.json()["acts"], serde_json::json!([]), "nobody");
        assert_eq!(told(kreis.request(&bonn, &document, &[])).await, serde_json::json!([]), "no party");
        let stranger = Town::at(fresh(), "koeln", 66, &clock, koeln.port()).await;
        assert_eq!(
            told(stranger.request(&bonn, &document, &[])).await,
            serde_json::json!([]),
            "a strange key"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_of_requests_is_forgotten_when_they_have_expired() {
    let clock = clock();
    let [koeln, bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let document = koeln.sign(&koeln.terms(&[&bonn]));
    for _ in 0..3 {
        assert_eq!(bonn.answer(&koeln.request(&bonn, &document, &[])).await.status, StatusCode::OK);
    }
    let count = "select count(*) from federation_nonce";
    assert_eq!(bonn.count(count).await, 3);
    for (seconds, left) in [(300, 3), (100, 0)] {
        clock.advance(seconds);
        let now = clock.now();
        bonn.member.db.write("test.sweep", move |tx| federation::requests::sweep(tx, now)).await.unwrap();
        assert_eq!(bonn.count(count).await, left);
    }
}

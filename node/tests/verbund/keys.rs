//! A member that has other keys than those that were compared.

use axum::http::StatusCode;
use federation::agreement::{Act, Deed};

use crate::town::{HERE, Town, agreement, engines};
use crate::{clock, two};

/// What the form is sent with that takes another in.
async fn pin(by: &Town, other: &Town, further: &[(&str, &str)]) {
    let key = other.keys.public().fingerprint().to_string();
    let fields = [&[("adresse", other.url()), ("schluessel", &key)], further].concat();
    let taken = by.post(&format!("{HERE}/mitglieder"), &fields).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_its_key_gets_out_of_its_agreements_with_the_next_one_and_the_lost_one_signs_nothing() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let hash = koeln.propose(&[&bonn]).await;
        koeln.work().await;
        clock.advance(60);
        bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await;
        bonn.work().await;
        let lost = bonn.keys.clone();
        let bonn = bonn.rekeyed(66).await;
        assert_eq!(bonn.standing(hash).await, "in Kraft", "what it signed before is its own");

        clock.advance(60);
        let ended =
            bonn.post(&agreement(hash), &[("schritt", "beenden"), ("grund", "Schlüssel verloren.")]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
        bonn.work().await;
        assert_eq!(bonn.standing(hash).await, "beendet");
        assert_eq!(koeln.standing(hash).await, "in Kraft", "nobody there has compared the new key");
        assert!(
            bonn.page(&agreement(hash)).await.contains("nobody here has compared"),
            "the refusal says why"
        );

        let page = format!("{HERE}/mitglieder/{}", bonn.did().host());
        assert_eq!(koeln.post(&page, &[]).await.status, StatusCode::SEE_OTHER);
        let asked = koeln.post(&format!("{HERE}/mitglieder/neu"), &[("adresse", bonn.url())]).await;
        assert!(asked.body.contains("in fremde Hände geraten"), "{}", asked.body);
        pin(&koeln, &bonn, &[("gestohlen", "1")]).await;
        let shown = koeln.page(&page).await;
        assert!(shown.contains("Frühere Schlüssel") && shown.contains("in fremden Händen"), "{shown}");
        assert_eq!(koeln.standing(hash).await, "in Kraft", "what was signed with the old key stays valid");
        koeln.work().await;
        assert_eq!(koeln.standing(hash).await, "beendet", "it asked what it had not taken");
        assert!(!bonn.page(&agreement(hash)).await.contains("nobody here has compared"));

        // Whoever has the lost key now.
        let mut terms = koeln.terms(&[&bonn]);
        terms.parties[1].keys = lost.public().clone();
        let document = koeln.sign(&terms);
        let other = federation::agreement::Document::parse(&document).unwrap().hash();
        assert_eq!(koeln.bring(&document, &[]).await.status, StatusCode::OK);
        let act = Act::sign(other, lost.did().clone(), clock.now(), Deed::Accept, lost.agreements()).unwrap();
        let answer = koeln.bring(&document, &[act]).await;
        assert_eq!(answer.json()["refused"][0]["why"], "the party has given up the key that signed it");
        let mut terms = bonn.terms(&[&koeln]);
        terms.parties[0].keys = lost.public().clone();
        let stolen = federation::agreement::Document::propose(&terms, lost.agreements()).unwrap();
        let answer = koeln.bring(&stolen, &[]).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::BAD_REQUEST, &"ended-key".into()));
        assert!(answer.body.contains("has given up the key that signed it"), "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_old_key_signed_in_its_time_may_arrive_later() {
    let clock = clock();
    let [koeln, bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let document = koeln.sign(&koeln.terms(&[&bonn]));
    assert_eq!(koeln.bring(&document, &[]).await.status, StatusCode::OK);
    clock.advance(60);
    let [early, late] = [0, 7200].map(|later| {
        clock.advance(later);
        let act = bonn.act(&document, Deed::End { reason: format!("nach {later}") });
        clock.advance(-later);
        act
    });
    let bonn = bonn.rekeyed(66).await;
    clock.advance(3600);
    pin(&koeln, &bonn, &[]).await;
    clock.advance(7200);
    let answer = koeln.bring(&document, &[early, late]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let refused = answer.json()["refused"].clone();
    assert_eq!(refused.as_array().unwrap().len(), 1);
    assert_eq!(refused[0]["why"], "the party has given up the key that signed it");
    assert_eq!(koeln.acts().await, 1);
}

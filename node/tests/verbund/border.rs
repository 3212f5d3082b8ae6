//! A place across the border, and one right beside it: who is asked.

use axum::http::StatusCode;
use federation::handover::{self as deeds, Phase};
use testkit::Fresh;

use crate::clock;
use crate::handover::{KEY, act, agree, case, meet, set_up, tracking};
use crate::town::Town;

/// Köln and Bonn side by side, the border at 7.1 degrees east.
async fn neighbours() -> [Town; 2] {
    let clock = clock();
    let mut koeln = Town::in_area(Fresh::sqlite(), "koeln", 1, &clock, "05315").await;
    let mut bonn = Town::in_area(Fresh::sqlite(), "bonn", 2, &clock, "05314").await;
    for town in [&mut koeln, &mut bonn] {
        town.start().await;
        town.areas(&[("053150000000", 7.0), ("053140000000", 7.1)]).await;
        set_up(town).await;
    }
    koeln.meet(&bonn).await;
    bonn.meet(&koeln).await;
    [koeln, bonn]
}

async fn at(town: &Town, long: &str) -> (StatusCode, String) {
    let body = format!("api_key={KEY}&service_code=laterne&lat=50.05&long={long}&description=dunkel");
    let answer = town.program("/open311/v2/requests.json", &body).await;
    (answer.status, answer.body)
}

async fn asked(town: &Town, number: &str) -> Vec<Phase> {
    let id = case(&town.member, number).await.id;
    let found = town.member.db.read("test.asked", move |tx| deeds::by_case(tx, id)).await.unwrap();
    found.into_iter().map(|handover| handover.phase).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_across_the_border_goes_there_as_soon_as_both_have_agreed() {
    let [koeln, bonn] = neighbours().await;
    let form = "/anliegen/neu?lat=50.05&long=7.15";
    assert_eq!(at(&koeln, "7.15").await.0, StatusCode::BAD_REQUEST, "without an agreement it is not taken");
    assert!(!koeln.public(form).await.body.contains("Dieser Ort gehört zu Stadt bonn"));
    agree(&[&koeln, &bonn]).await;
    koeln.member.clock.advance(60);
    let page = koeln.public(form).await.body;
    assert!(page.contains("Dieser Ort gehört zu Stadt bonn"), "{page}");
    let (status, body) = at(&koeln, "7.15").await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(asked(&koeln, "1-2026").await, [Phase::Offered]);
    meet(&koeln, &bonn).await;
    act(&bonn, "1-2026", &[("schritt", "annehmen")]).await;
    meet(&bonn, &koeln).await;
    let page = koeln.public(&tracking(&koeln, "1-2026").await).await.body;
    assert!(page.contains("Stadt bonn 1-2026"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_the_border_both_are_asked_and_whoever_begins_has_it() {
    let [koeln, bonn] = neighbours().await;
    agree(&[&koeln, &bonn]).await;
    koeln.member.clock.advance(60);
    assert!(
        koeln
            .public("/anliegen/neu?lat=50.05&long=7.0998")
            .await
            .body
            .contains("an der Grenze zu Stadt bonn")
    );
    for number in ["1-2026", "2-2026"] {
        assert_eq!(at(&koeln, "7.0998").await.0, StatusCode::OK);
        assert_eq!(asked(&koeln, number).await, [Phase::Offered], "fourteen metres from the border");
    }
    assert_eq!(at(&koeln, "7.09").await.0, StatusCode::OK);
    assert_eq!(asked(&koeln, "3-2026").await, [], "seven hundred metres");
    meet(&koeln, &bonn).await;
    act(&bonn, "1-2026", &[("schritt", "status"), ("status", "in_progress")]).await;
    act(&koeln, "2-2026", &[("schritt", "status"), ("status", "in_progress")]).await;
    meet(&bonn, &koeln).await;
    meet(&koeln, &bonn).await;
    assert_eq!(asked(&koeln, "1-2026").await, [Phase::Accepted]);
    assert_eq!(asked(&koeln, "2-2026").await, [Phase::Withdrawn]);
    assert_eq!(
        case(&bonn.member, "2-2026").await.state,
        cases::State::Declined,
        "there is nothing to do there"
    );
    assert!(case(&koeln.member, "1-2026").await.away);
}

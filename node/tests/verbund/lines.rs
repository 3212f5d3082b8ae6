//! What can be agreed line by line: money, work, acting for somebody; later versions; what was paid.

use axum::http::StatusCode;
use federation::papers;

use crate::town::{HERE, agreement};
use crate::{DAY, clock, two};

#[tokio::test(flavor = "multi_thread")]
async fn every_sort_of_duty_is_proposed_read_accepted_and_listed_by_who_gives_and_gets() {
    let clock = clock();
    let [mut koeln, mut bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let (here, there) = (koeln.did().to_string(), bonn.did().to_string());
    let lines = [
        ("art", "acting"),
        ("betrag-0", "1.200,50"),
        ("rhythmus-0", "monthly"),
        ("schuldner-0", &*there),
        ("glaeubiger-0", &*here),
        ("wofuer-0", "Betrieb"),
        ("betrag-1", "99"),
        ("rhythmus-1", "once"),
        ("schuldner-1", &*here),
        ("glaeubiger-1", &*there),
        ("wofuer-1", "Einrichtung"),
        ("leistung-0", "Zwei Tage Schulung"),
        ("leistender-0", &*here),
        ("empfaenger-0", &*there),
        ("aufgabe-0", "Kfz-Zulassung"),
        ("zustaendig-0", &*there),
        ("handelnd-0", &*here),
        ("uebertragung-0", "delegierend"),
    ];
    let hash = koeln.propose_with(&[&bonn], &lines).await;
    koeln.work().await;
    let said = [
        "Stadt bonn zahlt an Stadt koeln monatlich 1.200,50 €: Betrieb.",
        "Stadt koeln zahlt an Stadt bonn einmalig 99,00 €: Einrichtung.",
        "Stadt koeln leistet für Stadt bonn: Zwei Tage Schulung.",
        "Stadt koeln handelt für Stadt bonn (delegierend): Kfz-Zulassung.",
    ];
    let page = bonn.page(&agreement(hash)).await;
    for line in said {
        assert_eq!(page.matches(line).count(), 1, "{line}: {page}");
    }
    clock.advance(60);
    assert_eq!(bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await.status, StatusCode::SEE_OTHER);
    bonn.work().await;
    for (member, gives) in [(&koeln, [false, true, true, true]), (&bonn, [true, false, false, false])] {
        assert_eq!(
            member.page(&agreement(hash)).await.matches(said[3]).count(),
            2,
            "agreed, and binding now"
        );
        let page = member.page(HERE).await;
        let (given, got) = page.split_once("Was wir bekommen").unwrap();
        for (line, gives) in said.iter().zip(gives) {
            assert_eq!((given.contains(line), got.contains(line)), (gives, !gives), "{line}: {page}");
        }
        assert!(page.contains("Eine Vereinbarung in Kraft"), "{page}");
    }

    // After two months: what is owed, and what of it was paid.
    clock.advance(62 * DAY);
    koeln.sign_in().await;
    bonn.sign_in().await;
    let page = koeln.page(HERE).await;
    assert!(page.contains("2.401,00 €"), "{page}");
    let received = |duty, amount| [("schritt", "erhalten"), ("pflicht", duty), ("betrag", amount)];
    for (fields, why) in [
        (received("1", "5"), StatusCode::CONFLICT),
        (received("9", "5"), StatusCode::CONFLICT),
        (received("0", "x"), StatusCode::OK),
        (received("", "5"), StatusCode::OK),
    ] {
        assert_eq!(koeln.post(&agreement(hash), &fields).await.status, why, "{fields:?}");
    }
    let paid = koeln.post(&agreement(hash), &received("0", "2.401,00")).await;
    assert_eq!(paid.status, StatusCode::SEE_OTHER, "{}", paid.body);
    koeln.work().await;
    let page = bonn.page(HERE).await;
    let row = page.split("Fällig gewordene Beträge").nth(1).unwrap();
    assert!(row.contains("2.401,00 €</td><td class=\"kern-table__cell\">2.401,00 €</td><td class=\"kern-table__cell\">0,00 €"), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_line_is_said_at_its_field_and_a_line_more_signs_nothing() {
    let clock = clock();
    let [koeln, bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let (here, there) = (koeln.did().to_string(), bonn.did().to_string());
    let path = format!("{HERE}/vorschlagen");
    let wrong = [
        ("partei", &*there),
        ("betrag-0", "zwölf"),
        ("schuldner-0", &*here),
        ("glaeubiger-0", &*here),
        ("leistung-1", "Schulung"),
        ("handelnd-0", &*here),
    ];
    let page = koeln.post(&path, &wrong).await;
    assert_eq!(page.status, StatusCode::OK);
    for (field, why) in [
        ("betrag-0", "Bitte geben Sie einen Betrag an"),
        ("glaeubiger-0", "zwei verschiedene Mitglieder"),
        ("leistender-1", "Bitte wählen Sie ein Mitglied, das beteiligt ist"),
        ("aufgabe-0", "Bitte"),
    ] {
        let found = page.body.split(&format!("id=\"{field}-fehler\"")).nth(1).unwrap_or_default();
        assert!(found.split("</p>").next().unwrap().contains(why), "{field}: {}", page.body);
    }
    let page = koeln.post(&path, &[&wrong[..], &[("mehr", "zahlung")]].concat()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("id=\"betrag-1\"") && page.body.contains("value=\"zwölf\""), "{}", page.body);
    assert!(!page.body.contains("-fehler\""), "nothing is wrong before it is sent");
    assert_eq!(koeln.count("select count(*) from federation_document").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_takes_the_place_of_the_old_one_when_both_have_signed_it() {
    let clock = clock();
    let [koeln, bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let (here, there) = (koeln.did().to_string(), bonn.did().to_string());
    let money = [
        ("betrag-0", "10"),
        ("rhythmus-0", "yearly"),
        ("schuldner-0", &*there),
        ("glaeubiger-0", &*here),
        ("wofuer-0", "Karte"),
    ];
    let first = koeln.propose_with(&[&bonn], &money).await;
    koeln.work().await;
    let form = format!("{HERE}/vorschlagen?ersetzt={first}");
    assert_eq!(
        bonn.page_as(access::Role::Representative, &form).await.status,
        StatusCode::CONFLICT,
        "not in force"
    );
    clock.advance(60);
    bonn.post(&agreement(first), &[("schritt", "annehmen")]).await;
    bonn.work().await;

    assert!(bonn.page(&agreement(first)).await.contains(&format!("vorschlagen?ersetzt={first}")));
    let page = bonn.page(&form).await;
    for part in ["Neue Fassung vorschlagen", "value=\"10,00 €\"", "value=\"Karte\"", "Anliegen an der Grenze"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let hash = first.to_string();
    let changed: Vec<_> =
        [("ersetzt", &*hash), ("betrag-0", "20,00 €")].into_iter().chain(money[1..].to_vec()).collect();
    let second = bonn.propose_with(&[&koeln], &changed).await;
    bonn.work().await;
    let paper =
        koeln.member.db.read("test.paper", move |tx| papers::document(tx, second)).await.unwrap().unwrap();
    assert_eq!((paper.document.terms().version, paper.document.terms().replaces), (2, Some(first)));
    assert_eq!(koeln.standing(first).await, "in Kraft", "until both have signed");
    clock.advance(60);
    let accepted = koeln.post(&agreement(second), &[("schritt", "annehmen")]).await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
    koeln.work().await;
    for member in [&koeln, &bonn] {
        assert_eq!(member.standing(second).await, "in Kraft");
        assert_eq!(member.standing(first).await, "beendet");
        let page = member.page(HERE).await;
        assert!(page.contains("jährlich 20,00 €") && !page.contains("jährlich 10,00 €"), "{page}");
    }
}

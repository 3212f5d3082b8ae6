//! Members agree with each other through their own pages and addresses, on both engines: told as they happen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod border;
mod handover;
mod keys;
mod lines;
mod refused;
mod regions;
mod signed;
#[expect(dead_code, reason = "shared with the tests of the region")]
mod town;
mod trials;

use access::Role;
use axum::http::StatusCode;
use base::{Clock, Entropy, FormId, Time};
use federation::agreement::{Deed, Document};
use town::{HERE, Town, agreement, engines, free_port};

pub(crate) const DAY: i64 = 24 * 3600;

pub(crate) fn clock() -> Clock {
    Clock::fixed(Time::parse_rfc3339("2026-11-25T09:00:00Z").unwrap())
}

/// Two members that know each other and answer.
pub(crate) async fn two(fresh: fn() -> testkit::Fresh, clock: &Clock) -> [Town; 2] {
    let mut koeln = Town::new(fresh(), "koeln", 1, clock).await;
    let mut bonn = Town::new(fresh(), "bonn", 2, clock).await;
    koeln.start().await;
    bonn.start().await;
    koeln.meet(&bonn).await;
    bonn.meet(&koeln).await;
    [koeln, bonn]
}

fn reason() -> Deed {
    Deed::End { reason: "nicht mehr nötig".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_proposes_and_the_other_accepts_holds_at_both_until_one_ends_it() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let hash = koeln.propose(&[&bonn]).await;
        assert_eq!(koeln.standing(hash).await, "wartet auf andere");
        koeln.work().await;
        assert_eq!(bonn.standing(hash).await, "wartet auf uns");
        let page = bonn.page(&agreement(hash)).await;
        assert!(page.contains("Zurzeit folgt daraus nichts"), "{page}");
        assert!(
            !bonn.public("/verbund").await.body.contains("Anliegen an der Grenze"),
            "proposals are not public"
        );
        assert_eq!(
            bonn.public(&format!("/verbund/vereinbarungen/{hash}")).await.status,
            StatusCode::NOT_FOUND
        );

        clock.advance(60);
        let accepted = bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
        bonn.work().await;
        koeln.work().await;
        for member in [&koeln, &bonn] {
            assert_eq!(member.standing(hash).await, "in Kraft");
            assert!(member.public("/verbund").await.body.contains("Anliegen an der Grenze"));
            let page = member.public(&format!("/verbund/vereinbarungen/{hash}")).await;
            assert!(page.body.contains("lässt diese Mitglieder") || page.body.contains("lets these members"));
        }
        let bundle = bonn.public(&format!("/verbund/vereinbarungen/{hash}/signiert.json")).await.json();
        assert_eq!(Document::parse(bundle["document"].as_str().unwrap()).unwrap().hash(), hash);
        assert_eq!(bundle["acts"].as_array().unwrap().len(), 1);
        let text = bonn.public(&format!("/verbund/vereinbarungen/{hash}/texte/vorschlag.txt")).await;
        assert_eq!(text.body, bundle["document"]);

        clock.advance(60);
        let refused = koeln.post(&agreement(hash), &[("schritt", "beenden"), ("grund", "")]).await;
        assert!(refused.body.contains("Bitte nennen Sie den Grund"), "{}", refused.body);
        let ended = koeln.post(&agreement(hash), &[("schritt", "beenden"), ("grund", "Es reicht.")]).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER);
        koeln.work().await;
        for member in [&koeln, &bonn] {
            assert_eq!(member.standing(hash).await, "beendet");
            assert!(!member.public("/verbund").await.body.contains("Anliegen an der Grenze"));
        }
        let again = bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_signs_once_and_leaves_one_line_in_each_record() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let hash = koeln.propose(&[&bonn]).await;
        koeln.work().await;
        let (acts, entries) = (
            "select count(*) from federation_act",
            "select count(*) from ledger_entry where feed = 'public'",
        );
        let before = bonn.count(entries).await;
        let form = FormId::new(&Clock::system(), &Entropy::system()).to_string();
        for _ in 0..2 {
            let fields = [("schritt", "annehmen"), ("_form", form.as_str())];
            let sent = bonn.send_form(Role::Representative, &agreement(hash), &fields).await;
            assert_eq!((sent.status, sent.location), (StatusCode::SEE_OTHER, agreement(hash)));
        }
        assert_eq!(bonn.count(acts).await, 1);
        assert_eq!(bonn.count(entries).await, before + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_representation_signs_and_clerks_see_nothing_of_it() {
    let clock = clock();
    let [koeln, bonn] = two(testkit::Fresh::sqlite, &clock).await;
    let hash = koeln.propose(&[&bonn]).await;
    koeln.work().await;
    assert_eq!(bonn.page_as(Role::Lead, &agreement(hash)).await.status, StatusCode::OK);
    assert_eq!(bonn.page_as(Role::Clerk, &agreement(hash)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(bonn.page_as(Role::Clerk, HERE).await.status, StatusCode::FORBIDDEN);
    for path in [
        agreement(hash),
        format!("{HERE}/vorschlagen"),
        format!("{HERE}/mitglieder"),
        format!("{HERE}/mitglieder/neu"),
    ] {
        let sent = bonn.post_as(Role::Lead, &path, &[("schritt", "annehmen")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(bonn.standing(hash).await, "wartet auf uns");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lie_is_refused_with_its_reason_and_changes_nothing() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let document = koeln.sign(&koeln.terms(&[&bonn]));
        let acceptance = bonn.act(&document, Deed::Accept);
        let forged = acceptance.replace(&bonn.did().to_string(), &koeln.did().to_string());
        let borrowed = bonn.act(&document, reason()).replace("nicht mehr", "niemals");
        let other = koeln.sign(&koeln.terms(&[&bonn]));
        let mut strange = koeln.terms(&[&bonn]);
        strange.parties[1].keys.agreements = federation::Vkey(
            tlog::Signer::new(format!("{}/agreements", bonn.did().host()), &[77; 32]).verifier(),
        );
        let mut without = koeln.terms(&[&bonn]);
        let third = Town::new(testkit::Fresh::sqlite(), "siegburg", 3, &clock).await;
        without.parties[1] = third.party();
        let cases = [
            (document.replace("Prüfen.", "Prüfen!"), vec![], "signature"),
            (document.replace("Prüfen.", ""), vec![], "purpose"),
            ("unsinn".to_owned(), vec![], "note"),
            (document.clone(), vec![forged], "not signed by the party's key"),
            (document.clone(), vec![borrowed], "the signature does not fit the text"),
            (document.clone(), vec![bonn.act(&other, Deed::Accept)], "about another document"),
            (document.clone(), vec![third.act(&document, Deed::Accept)], "who acts is no party"),
            (koeln.sign(&strange), vec![], "names a key that is not"),
            (koeln.sign(&without), vec![], "is no party of it"),
        ];
        for (document, acts, why) in cases {
            let answer = bonn.bring(&document, &acts).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{why}: {}", answer.body);
            assert!(answer.body.contains(why), "{why}: {}", answer.body);
        }
        let answer = bonn.bring_raw("text/plain", "{}".into()).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let answer = bonn.bring_raw("application/json", "x".repeat(2 << 20)).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
        assert!(answer.body.contains("larger than may be sent here"), "{}", answer.body);
        let answer = bonn.bring_raw("application/json", "{\"document\":1}".into()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(bonn.count("select count(*) from federation_document").await, 0);
        assert_eq!(bonn.acts().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_again_changes_nothing_and_nobody_acts_into_the_past() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let document = koeln.sign(&koeln.terms(&[&bonn]));
        let early = koeln.act(&document, reason());
        for _ in 0..3 {
            let answer = bonn.bring(&document, &[]).await;
            assert_eq!(answer.json(), serde_json::json!({ "acts": [], "refused": [] }));
        }
        clock.advance(32 * DAY);
        // Signed long ago, it says, and first heard of today.
        let answer = bonn.bring(&document, &[early]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["refused"][0]["why"], "its time is too far from now");
        let late = koeln.act(&document, reason());
        for _ in 0..3 {
            let answer = bonn.bring(&document, std::slice::from_ref(&late)).await;
            assert_eq!(answer.json(), serde_json::json!({ "acts": [late], "refused": [] }));
        }
        // What is known already is no news, however old it has become.
        clock.advance(90 * DAY);
        assert_eq!(bonn.bring(&document, &[late]).await.json()["refused"], serde_json::json!([]));
        assert_eq!(bonn.acts().await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_proposal_waits_until_the_stranger_is_known() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, bonn] = two(fresh, &clock).await;
        let mut stranger = Town::new(fresh(), "neuss", 9, &clock).await;
        stranger.start().await;
        let terms = stranger.terms(&[&bonn, &koeln]);
        let document = stranger.sign(&terms);
        let hash = Document::parse(&document).unwrap().hash();
        assert_eq!(bonn.bring(&document, &[]).await.status, StatusCode::OK);
        assert_eq!(bonn.standing(hash).await, "noch nicht geprüft");
        let tried = bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await;
        assert_eq!(tried.status, StatusCode::CONFLICT, "{}", tried.body);
        // What another party said is not told to somebody nobody knows.
        let acceptance = koeln.act(&document, Deed::Accept);
        assert_eq!(
            bonn.bring(&document, std::slice::from_ref(&acceptance)).await.json()["acts"][0],
            acceptance
        );
        assert_eq!(bonn.bring(&document, &[]).await.json()["acts"], serde_json::json!([]));
        bonn.work().await;
        assert_eq!(koeln.count("select count(*) from federation_document").await, 0, "and is not passed on");

        bonn.meet(&stranger).await;
        assert_eq!(bonn.standing(hash).await, "wartet auf uns");
        clock.advance(60);
        let accepted = bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
        assert_eq!(bonn.standing(hash).await, "in Kraft");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_fill_the_desk_and_their_proposals_can_be_thrown_away() {
    let clock = clock();
    let bonn = Town::new(testkit::Fresh::sqlite(), "bonn", 2, &clock).await;
    let stranger = Town::new(testkit::Fresh::sqlite(), "neuss", 9, &clock).await;
    let documents: Vec<_> = (0..101).map(|_| stranger.sign(&stranger.terms(&[&bonn]))).collect();
    for document in &documents[..100] {
        assert_eq!(bonn.bring(document, &[]).await.status, StatusCode::OK);
    }
    let full = bonn.bring(&documents[100], &[]).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(full.json()["code"], "strangers-full");
    let first = Document::parse(&documents[0]).unwrap().hash();
    let gone = bonn.post(&agreement(first), &[("schritt", "verwerfen")]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    assert_eq!(bonn.page_as(Role::Representative, &agreement(first)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bonn.bring(&documents[100], &[]).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_down_for_days_is_told_afterwards() {
    for fresh in engines() {
        let clock = clock();
        let [mut koeln, mut bonn] = two(fresh, &clock).await;
        bonn.stop().await;
        let hash = koeln.propose(&[&bonn]).await;
        for _ in 0..60 {
            koeln.work().await;
            clock.advance(3600);
        }
        koeln.sign_in().await;
        bonn.sign_in().await;
        assert!(koeln.page(&agreement(hash)).await.contains("nicht erreichbar seit"));
        assert_eq!(bonn.count("select count(*) from federation_document").await, 0);
        bonn.start().await;
        clock.advance(3600);
        koeln.work().await;
        assert_eq!(bonn.standing(hash).await, "wartet auf uns");
        assert!(!koeln.page(&agreement(hash)).await.contains("nicht erreichbar seit"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_have_the_same_in_the_end_whoever_told_whom() {
    for fresh in engines() {
        let clock = clock();
        let [mut koeln, bonn] = two(fresh, &clock).await;
        let mut kreis = Town::new(fresh(), "kreis", 3, &clock).await;
        kreis.start().await;
        for (one, other) in [(&koeln, &kreis), (&kreis, &koeln), (&bonn, &kreis), (&kreis, &bonn)] {
            one.meet(other).await;
        }
        kreis.stop().await;
        let hash = koeln.propose(&[&bonn, &kreis]).await;
        koeln.work().await;
        // The proposer goes, the third comes, and learns of it from the second.
        koeln.stop().await;
        kreis.start().await;
        clock.advance(60);
        assert_eq!(
            bonn.post(&agreement(hash), &[("schritt", "annehmen")]).await.status,
            StatusCode::SEE_OTHER
        );
        bonn.work().await;
        assert_eq!(kreis.standing(hash).await, "wartet auf uns");
        clock.advance(60);
        let refused = [("schritt", "ablehnen"), ("grund", "Kein Bedarf.")];
        assert_eq!(kreis.post(&agreement(hash), &refused).await.status, StatusCode::SEE_OTHER);
        koeln.start().await;
        for _ in 0..4 {
            clock.advance(3600);
            for member in [&koeln, &bonn, &kreis] {
                member.work().await;
            }
        }
        for member in [&koeln, &bonn, &kreis] {
            assert_eq!(member.acts().await, 2, "{}", member.did());
        }
        assert_eq!(koeln.standing(hash).await, "in Kraft");
        assert_eq!(bonn.standing(hash).await, "in Kraft");
        assert_eq!(kreis.standing(hash).await, "nicht zustande gekommen");
        let page = koeln.public(&format!("/verbund/vereinbarungen/{hash}")).await.body;
        assert!(!page.contains("Kein Bedarf"), "what somebody says who never agreed is not published");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_key_is_shown_and_never_taken_by_itself() {
    for fresh in engines() {
        let clock = clock();
        let [koeln, mut bonn] = two(fresh, &clock).await;
        let page = format!("{HERE}/mitglieder/{}", bonn.did().host());
        assert!(!koeln.page(&page).await.contains("Schlüssel hat sich geändert"));
        bonn.stop().await;
        let mut thief = Town::at(fresh(), "bonn", 66, &clock, bonn.port()).await;
        thief.start().await;
        let asked = koeln.post(&page, &[]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        assert!(koeln.page(&page).await.contains("Schlüssel hat sich geändert"));
        assert!(koeln.page(HERE).await.contains("Schlüssel hat sich geändert"));
        let document = thief.sign(&thief.terms(&[&koeln]));
        assert_eq!(koeln.bring(&document, &[]).await.status, StatusCode::OK);
        let hash = Document::parse(&document).unwrap().hash();
        assert_eq!(koeln.standing(hash).await, "noch nicht geprüft");
        // Nor is a key taken that was not the one compared.
        let old = bonn.keys.public().fingerprint().to_string();
        let fields = [("adresse", bonn.url()), ("schluessel", &old)];
        let taken = koeln.post(&format!("{HERE}/mitglieder"), &fields).await;
        assert!(taken.body.contains("einen anderen Schlüssel als den"), "{}", taken.body);
        assert_eq!(
            koeln.count("select count(*) from federation_key where did like 'did:web:bonn%'").await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_answer_as_a_member_is_not_taken_in() {
    let clock = clock();
    let koeln = Town::new(testkit::Fresh::sqlite(), "koeln", 1, &clock).await;
    let nobody = format!("http://nobody.localhost:{}", free_port());
    for (address, why) in [
        ("", "keine Adresse eines Mitglieds"),
        ("http://bonn.example", "keine Adresse eines Mitglieds"),
        ("https://a@bonn.example", "keine Adresse eines Mitglieds"),
        ("https://bonn.example/pfad", "keine Adresse eines Mitglieds"),
        (&nobody, "antwortet zurzeit kein Mitglied"),
    ] {
        let asked = koeln.post(&format!("{HERE}/mitglieder/neu"), &[("adresse", address)]).await;
        assert!(asked.body.contains(why), "{address}: {}", asked.body);
    }
    let own = koeln.public("/.well-known/did.json").await;
    assert_eq!(own.json()["id"], koeln.did().to_string());
}

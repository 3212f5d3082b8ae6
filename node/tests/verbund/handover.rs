//! Cases that go from one member to another: through the pages of both offices, over real connections, on both engines.

use std::sync::Arc;

use access::Role;
use axum::http::StatusCode;
use base::Clock;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use federation::agreement::{Act, Deed, Document, Flow, Source};
use federation::handover::{self as deeds, Phase, Side};
use federation::papers;
use testkit::{Fault, Fresh, Wire};
use web::Member;

use crate::clock;
use crate::town::{Town, engines, free_port};

pub(crate) const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A green square of two by two pixels.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR42mNQaHAAIgYIBQAYDgOBD/R0VAAAAABJRU5ErkJggg==";

/// Offices, categories and a key for programs.
pub(crate) async fn set_up(town: &Town) {
    let own = town.member.clone();
    let set_up = town.member.db.write("test.set_up", move |tx| {
        let at = (&own.clock, &own.entropy);
        let office = identity::add_office(tx, at, "Tiefbauamt", "amt@stadt.example")?;
        (own.modules[0].set_up)(tx, office)?;
        report::add_api_key(tx, at, KEY, "Test")
    });
    set_up.await.unwrap();
}

/// Lets all hand cases over to each other, as signed by all; gives the text.
pub(crate) async fn agree(towns: &[&Town]) -> String {
    let (first, others) = towns.split_first().unwrap();
    let mut terms = first.terms(others);
    for from in towns {
        for to in towns.iter().filter(|to| to.did() != from.did()) {
            terms.flows.push(Flow {
                from: from.did().clone(),
                to: to.did().clone(),
                source: Source::Service("handover".into()),
                data: vec!["report".into()],
                retention_days: None,
            });
        }
    }
    let note = first.sign(&terms);
    let acts: Vec<_> = others.iter().map(|other| other.act(&note, Deed::Accept)).collect();
    for town in towns {
        keep(town, &note, &acts).await;
    }
    note
}

/// Puts signed texts into a member's papers.
pub(crate) async fn keep(town: &Town, note: &str, acts: &[String]) {
    let (note, acts, now) = (note.to_owned(), acts.to_vec(), town.member.clock.now());
    let write = town.member.db.write("test.agree", move |tx| {
        papers::add_document(tx, &Document::parse(&note).unwrap(), true, now)?;
        acts.iter().try_for_each(|act| papers::add_act(tx, &Act::parse(act).unwrap(), now).map(drop))
    });
    write.await.unwrap();
}

/// Two members that know each other, have offices and an agreement; each is heard through a wire that can fail.
pub(crate) struct Pair {
    pub(crate) koeln: Town,
    pub(crate) bonn: Town,
    pub(crate) wires: [Wire; 2],
    pub(crate) inner: [u16; 2],
    pub(crate) note: String,
    pub(crate) clock: Clock,
    pub(crate) fresh: fn() -> Fresh,
}

impl Pair {
    pub(crate) async fn new(fresh: fn() -> Fresh) -> Self {
        let clock = clock();
        let inner = [free_port(), free_port()];
        let wires = [
            Wire::to(([127, 0, 0, 1], inner[0]).into()).await,
            Wire::to(([127, 0, 0, 1], inner[1]).into()).await,
        ];
        let mut koeln = Town::at(fresh(), "koeln", 1, &clock, wires[0].address.port()).await;
        let mut bonn = Town::at(fresh(), "bonn", 2, &clock, wires[1].address.port()).await;
        koeln.start_at(inner[0]).await;
        bonn.start_at(inner[1]).await;
        koeln.meet(&bonn).await;
        bonn.meet(&koeln).await;
        set_up(&koeln).await;
        set_up(&bonn).await;
        let note = agree(&[&koeln, &bonn]).await;
        clock.advance(60);
        Self { koeln, bonn, wires, inner, note, clock, fresh }
    }

    pub(crate) async fn meet(&self) {
        meet(&self.koeln, &self.bonn).await;
        meet(&self.bonn, &self.koeln).await;
    }

    /// Köln as it was, through the same wire.
    async fn restore(mut self, who: usize, copy: &crate::town::Copy, knows: bool) -> Self {
        let (town, seed) = if who == 0 { (&mut self.koeln, 1) } else { (&mut self.bonn, 2) };
        let spare = Town::at((self.fresh)(), "leer", 9, &self.clock, free_port()).await;
        let mut old = std::mem::replace(town, spare);
        old.stop().await;
        let mut restored = old.restored((self.fresh)(), seed, copy, knows, self.inner[who]).await;
        restored.sign_in().await;
        *town = restored;
        self
    }
}

/// One meets the other, and both do what is due.
pub(crate) async fn meet(one: &Town, other: &Town) {
    one.work().await;
    web::handover::meet(&one.member, other.did()).await.unwrap();
    other.work().await;
    one.work().await;
}

/// Sends a report by program and gives its number.
pub(crate) async fn report(town: &Town, more: &str) -> String {
    let body = format!(
        "api_key={KEY}&service_code=laterne&lat=50.94&long=6.96&description=Die+Laterne+ist+dunkel&email=eva@example.org{more}"
    );
    let answer = town.program("/open311/v2/requests.json", &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()[0]["service_request_id"].as_str().unwrap().to_owned()
}

fn picture() -> String {
    serde_urlencoded::to_string([("media", PICTURE)]).unwrap()
}

pub(crate) async fn case(member: &Arc<Member>, number: &str) -> cases::Case {
    let number = number.to_owned();
    member.db.read("test.case", move |tx| cases::by_number(tx, &number)).await.unwrap().unwrap()
}

/// The page of whoever sent a report.
pub(crate) async fn tracking(town: &Town, number: &str) -> String {
    let case = case(&town.member, number).await;
    let secret = town.member.ledger.keys().derive(&format!("report/tracking/{}", case.id));
    format!("/anliegen/v/{}", URL_SAFE_NO_PAD.encode(secret.as_slice()))
}

async fn seen(town: &Town, path: &str) -> String {
    let answer = town.public(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

pub(crate) async fn offer(from: &Town, number: &str, to: &Town) {
    let did = to.did().to_string();
    let fields = [("partner", did.as_str()), ("text", "Steht auf Ihrer Seite.")];
    let sent = from.post_as(Role::Clerk, &format!("/arbeitsplatz/fall/{number}/weitergeben"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

pub(crate) async fn act(town: &Town, number: &str, fields: &[(&str, &str)]) {
    let sent = town.post_as(Role::Clerk, &format!("/arbeitsplatz/fall/{number}"), fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
}

/// The handovers with a member: side, phase, and how many acts are known.
pub(crate) async fn all(town: &Town, other: &Town) -> Vec<(Side, Phase, usize)> {
    let did = other.did().clone();
    let found = town.member.db.read("test.handovers", move |tx| {
        let mut found = Vec::new();
        for handover in deeds::of_partner(tx, &did, 100)? {
            found.push((handover.side, handover.phase, deeds::acts(tx, handover.id)?.len()));
        }
        Ok(found)
    });
    found.await.unwrap()
}

/// What both say must be the same.
pub(crate) async fn agreed(one: &Town, other: &Town) -> Vec<(Phase, usize)> {
    let sorted = |list: Vec<(Side, Phase, usize)>| {
        let mut list: Vec<_> = list.into_iter().map(|(_, phase, acts)| (phase, acts)).collect();
        list.sort();
        list
    };
    let (here, there) = (sorted(all(one, other).await), sorted(all(other, one).await));
    assert_eq!(here, there, "both sides agree");
    here
}

pub(crate) async fn reports(town: &Town) -> i64 {
    town.count("select count(*) from report").await
}

pub(crate) async fn lie_of(town: &Town, other: &Town) -> String {
    let did = other.did().clone();
    let pair = town.member.db.read("test.pair", move |tx| deeds::pair(tx, &did)).await.unwrap();
    pair.and_then(|pair| pair.lie).unwrap_or_default()
}

pub(crate) async fn trouble(town: &Town, other: &Town) -> Option<String> {
    let did = other.did().clone();
    let pair = town.member.db.read("test.pair", move |tx| deeds::pair(tx, &did)).await.unwrap();
    pair.and_then(|pair| pair.trouble)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_over_with_its_photo_and_its_answer_stands_behind_the_first_link() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let number = report(koeln, &format!("&{}", picture())).await;
        let link = tracking(koeln, &number).await;
        offer(koeln, &number, bonn).await;
        assert!(seen(koeln, &link).await.contains("Zuständige Stelle gefragt"));
        pair.meet().await;
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Offered, 1)]);
        assert_eq!(reports(bonn).await, 1);

        let there = "1-2026";
        let page = bonn.page_as(Role::Clerk, &format!("/arbeitsplatz/fall/{there}")).await.body;
        for words in
            ["Die Laterne ist dunkel", "Stadt koeln", "Steht auf Ihrer Seite.", "Annehmen", "/dateien/"]
        {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("eva@example.org"), "who sent it is not Bonn's business");
        assert_eq!(bonn.public(&format!("/anliegen/{there}")).await.status, StatusCode::NOT_FOUND);

        act(bonn, there, &[("schritt", "annehmen")]).await;
        pair.meet().await;
        assert!(seen(bonn, &format!("/anliegen/{there}")).await.contains("Die Laterne ist dunkel"));
        let page = seen(koeln, &link).await;
        assert!(page.contains("Angenommen von") && page.contains("Stadt bonn 1-2026"), "{page}");
        let inbox = koeln.page_as(Role::Clerk, "/arbeitsplatz").await.body;
        assert!(!inbox.contains(&format!("/arbeitsplatz/fall/{number}")), "nothing is to be done here");

        let answer = [("schritt", "antwort"), ("text", "Die Lampe ist ersetzt."), ("status", "done")];
        act(bonn, there, &answer).await;
        pair.meet().await;
        let page = seen(koeln, &link).await;
        assert!(page.contains("Die Lampe ist ersetzt.") && page.contains("erledigt"), "{page}");
        let told = koeln.public(&format!("/open311/v2/requests/{number}.json")).await.json();
        assert_eq!(told[0]["status_notes"], "Die Lampe ist ersetzt.");
        assert_eq!(told[0]["agency_responsible"], "Stadt bonn");
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Accepted, 3)]);
        assert_eq!((trouble(koeln, bonn).await, trouble(bonn, koeln).await), (None, None));
        let open = "select count(*) from federation_handover_act where own = 1 and receipt is null";
        assert_eq!((koeln.count(open).await, bonn.count(open).await), (0, 0), "everything was confirmed");
        let checked = koeln.member.ledger.clone();
        let findings = koeln.member.db.scan("verify", move |tx| ledger::verify(tx, &checked)).await.unwrap();
        assert_eq!(findings.faults, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_for_a_day_gets_everything_once() {
    for fresh in engines() {
        let mut pair = Pair::new(fresh).await;
        pair.bonn.stop().await;
        let number = report(&pair.koeln, "").await;
        offer(&pair.koeln, &number, &pair.bonn).await;
        pair.koeln.work().await;
        web::handover::meet(&pair.koeln.member, pair.bonn.did()).await.unwrap();
        assert!(trouble(&pair.koeln, &pair.bonn).await.is_some(), "somebody can see why");
        pair.clock.advance(24 * 3600);
        pair.bonn.start_at(pair.inner[1]).await;
        pair.bonn.sign_in().await;
        for _ in 0..3 {
            pair.meet().await;
        }
        assert_eq!(agreed(&pair.koeln, &pair.bonn).await, [(Phase::Offered, 1)]);
        assert_eq!(reports(&pair.bonn).await, 1);
        assert_eq!(trouble(&pair.koeln, &pair.bonn).await, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_connection_is_cut_it_arrives_once() {
    let pair = Pair::new(Fresh::sqlite).await;
    let Pair { koeln, bonn, wires, .. } = &pair;
    let faults = [Fault::Refuse, Fault::Cut(0), Fault::Cut(200), Fault::Flip(40), Fault::Twice];
    let mut expected = 0;
    for fault in faults {
        for at in 0..6 {
            let number = report(koeln, &format!("&{}", picture())).await;
            offer(koeln, &number, bonn).await;
            expected += 1;
            for wire in wires {
                wire.plan((0..at).map(|_| Fault::None).chain([fault]));
            }
            pair.meet().await;
            wires.iter().for_each(|wire| wire.plan([]));
            pair.meet().await;
            assert_eq!(reports(bonn).await, expected, "{fault:?} {at}");
            assert_eq!(bonn.count("select count(*) from file_use").await, expected, "each with its photo");
        }
    }
    assert!(agreed(koeln, bonn).await.iter().all(|each| *each == (Phase::Offered, 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_accepted_comes_back_with_the_reason() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let number = report(koeln, "").await;
        let link = tracking(koeln, &number).await;
        offer(koeln, &number, bonn).await;
        pair.meet().await;
        let empty = bonn.post_as(Role::Clerk, "/arbeitsplatz/fall/1-2026/ablehnen", &[("text", " ")]).await;
        assert_eq!(empty.status, StatusCode::OK, "a reason is asked for");
        let fields = [("text", "Die Straße gehört zu Köln.")];
        let sent = bonn.post_as(Role::Clerk, "/arbeitsplatz/fall/1-2026/ablehnen", &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        pair.meet().await;
        let page = koeln.page_as(Role::Clerk, &format!("/arbeitsplatz/fall/{number}")).await.body;
        assert!(
            page.contains("Die Straße gehört zu Köln.") && page.contains("An zuständige Stelle abgeben"),
            "{page}"
        );
        let inbox = koeln.page_as(Role::Clerk, "/arbeitsplatz").await.body;
        assert!(inbox.contains(&format!("/arbeitsplatz/fall/{number}")), "it is to be done here again");
        let page = seen(koeln, &link).await;
        assert!(page.contains("Nicht angenommen") && !page.contains("Die Straße gehört"), "{page}");
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Declined, 2)]);
        offer(koeln, &number, bonn).await;
        pair.meet().await;
        assert_eq!(agreed(koeln, bonn).await, [(Phase::Offered, 1), (Phase::Declined, 2)]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_restored_from_yesterday_gets_the_case_and_its_link_back() {
    for fresh in engines() {
        for knows in [true, false] {
            let pair = Pair::new(fresh).await;
            let first = report(&pair.koeln, "").await;
            offer(&pair.koeln, &first, &pair.bonn).await;
            pair.meet().await;
            let copy = pair.koeln.copy().await;

            let second = report(&pair.koeln, &format!("&{}", picture())).await;
            let links = [tracking(&pair.koeln, &first).await, tracking(&pair.koeln, &second).await];
            offer(&pair.koeln, &second, &pair.bonn).await;
            pair.meet().await;
            act(&pair.bonn, "1-2026", &[("schritt", "annehmen")]).await;
            act(
                &pair.bonn,
                "2-2026",
                &[("schritt", "antwort"), ("text", "Wird ersetzt."), ("status", "in_progress")],
            )
            .await;
            pair.meet().await;
            assert_eq!(agreed(&pair.koeln, &pair.bonn).await, [(Phase::Accepted, 2), (Phase::Accepted, 3)]);

            let pair = pair.restore(0, &copy, knows).await;
            assert_eq!(pair.koeln.public(&links[1]).await.status, StatusCode::NOT_FOUND, "it is lost");
            // Before anybody was asked, somebody reports something else under the same number.
            let third = report(&pair.koeln, "").await;
            assert_eq!(third, second);
            for _ in 0..3 {
                pair.meet().await;
            }
            assert_eq!(agreed(&pair.koeln, &pair.bonn).await, [(Phase::Accepted, 2), (Phase::Accepted, 3)]);
            assert_eq!((reports(&pair.koeln).await, reports(&pair.bonn).await), (3, 2));
            assert!(seen(&pair.koeln, &links[0]).await.contains("Angenommen von"));
            let page = seen(&pair.koeln, &links[1]).await;
            for words in ["Die Laterne ist dunkel", "Wird ersetzt.", "/foto/1"] {
                assert!(page.contains(words), "{words}: {page}");
            }
            let email = "select count(*) from report where contact_email = 'eva@example.org'";
            assert_eq!(pair.koeln.count(email).await, 3, "who sent it is known here again");
            assert_eq!(pair.bonn.count(email).await, 0);

            act(
                &pair.bonn,
                "2-2026",
                &[("schritt", "antwort"), ("text", "Ist ersetzt."), ("status", "done")],
            )
            .await;
            pair.meet().await;
            assert!(seen(&pair.koeln, &links[1]).await.contains("Ist ersetzt."), "it goes on");
            assert_eq!(
                (trouble(&pair.koeln, &pair.bonn).await, trouble(&pair.bonn, &pair.koeln).await),
                (None, None)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_restored_from_yesterday_knows_again_what_it_said() {
    for fresh in engines() {
        for knows in [true, false] {
            let pair = Pair::new(fresh).await;
            let first = report(&pair.koeln, "").await;
            let link = tracking(&pair.koeln, &first).await;
            offer(&pair.koeln, &first, &pair.bonn).await;
            pair.meet().await;
            let copy = pair.bonn.copy().await;
            act(&pair.bonn, "1-2026", &[("schritt", "annehmen")]).await;
            act(
                &pair.bonn,
                "1-2026",
                &[("schritt", "antwort"), ("text", "Wird ersetzt."), ("status", "in_progress")],
            )
            .await;
            let second = report(&pair.koeln, &format!("&{}", picture())).await;
            offer(&pair.koeln, &second, &pair.bonn).await;
            pair.meet().await;
            pair.meet().await;
            act(&pair.bonn, "2-2026", &[("schritt", "annehmen")]).await;
            pair.meet().await;

            let pair = pair.restore(1, &copy, knows).await;
            for _ in 0..3 {
                pair.meet().await;
            }
            assert_eq!(agreed(&pair.koeln, &pair.bonn).await, [(Phase::Accepted, 2), (Phase::Accepted, 3)]);
            assert_eq!((reports(&pair.koeln).await, reports(&pair.bonn).await), (2, 2));
            let page = pair.bonn.page_as(Role::Clerk, "/arbeitsplatz/fall/1-2026").await.body;
            assert!(page.contains("Wird ersetzt."), "its own answer is there again: {page}");
            assert_eq!(page.matches("Wird ersetzt.").count(), 1);
            assert_eq!(seen(&pair.koeln, &link).await.matches("Wird ersetzt.").count(), 1, "told once");
            act(
                &pair.bonn,
                "1-2026",
                &[("schritt", "antwort"), ("text", "Ist ersetzt."), ("status", "done")],
            )
            .await;
            pair.meet().await;
            assert!(seen(&pair.koeln, &link).await.contains("Ist ersetzt."), "it goes on");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wants_to_be_forgotten_is_forgotten_on_both_sides() {
    for fresh in engines() {
        let pair = Pair::new(fresh).await;
        let Pair { koeln, bonn, .. } = &pair;
        let number = report(koeln, &format!("&{}", picture())).await;
        let link = tracking(koeln, &number).await;
        offer(koeln, &number, bonn).await;
        pair.meet().await;
        act(bonn, "1-2026", &[("schritt", "annehmen")]).await;
        pair.meet().await;
        let fields = [("umfang", "alles"), ("sicher", "ja")];
        let sent = koeln.post_as(Role::Clerk, &format!("{link}/loeschen"), &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        pair.meet().await;
        pair.meet().await;
        for town in [koeln, bonn] {
            let words = "select count(*) from report where text <> ''";
            let said = "select count(*) from federation_handover_act where content like '%Laterne%'";
            let files = "select count(*) from file_use";
            let mirrored = "select count(*) from peer_entry where header like '%handover%' and content is not null and erased = 1";
            for left in [words, said, files, mirrored] {
                assert_eq!(town.count(left).await, 0, "{} {left}", town.member.slug);
            }
        }
        let page = koeln.page_as(Role::Clerk, &format!("/arbeitsplatz/fall/{number}")).await.body;
        assert!(page.contains("wurden auch hier gelöscht"), "Bonn says so: {page}");
        let erased = bonn.count("select count(*) from peer_entry where erased = 1").await;
        assert!(erased > 0, "what was sealed for Bonn is gone there too");
    }
}

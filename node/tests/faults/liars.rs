//! Every kind of lie once against a process: it is named where staff look, it changes nothing, and the honest ones go
//! on with each other as if nothing were.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::Request;
use base::{AgreementId, Clock, Entropy};
use bytes::Bytes;
use federation::agreement::{Act, Deed, Document, Flow, Kind, Party, Source, Terms};
use federation::{At, Day, Identity};
use fetch::Fetch;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::desk::Desk;
use crate::liar::{Liar, Liars, Manner};
use crate::region::{Region, place, until};

const HERE: &str = "/arbeitsplatz/verbund";
const NAMES: [&str; 7] = ["umschreiber", "zweizunge", "faelscher", "riese", "endlos", "tropfen", "saeumig"];
/// The mark of a feed that is in order.
const FINE: &str = "kern-badge--success";
/// Kilobytes by which a process may grow while all of them lie to it at once.
const GROWTH: u64 = 96 << 10;
/// How long a page of an honest member may take meanwhile.
const PROMPT: Duration = Duration::from_secs(3);

struct Scene {
    region: Region,
    liars: Liars,
    koeln: Desk,
    bonn: Desk,
}

impl Scene {
    async fn new() -> Self {
        let region = Region::new(&["koeln", "bonn"]).await;
        let liars = Liars::new(&NAMES, region.network.address.port()).await;
        NAMES.iter().for_each(|name| region.network.lead(&format!("{name}.localhost"), liars.address));
        region.start().await;
        let koeln = Desk::sign_in(region.node("koeln"), "vertretung").await;
        let bonn = Desk::sign_in(region.node("bonn"), "vertretung").await;
        Self { region, liars, koeln, bonn }
    }

    /// The address of a member for others.
    fn url(&self, name: &str) -> String {
        format!("http://{}", self.region.known_host(name))
    }

    /// A member takes a liar in, by the pages.
    async fn meet(&self, desk: &Desk, name: &str) {
        let url = self.url(name);
        let key = self.liars.named(name).keys.public().fingerprint().to_string();
        let fields = [("adresse", url.as_str()), ("schluessel", key.as_str())];
        let taken = desk.post(&format!("{HERE}/mitglieder"), &fields).await.unwrap();
        assert_eq!(taken.status, 303, "{name}: {}", taken.body);
    }

    /// What the page about feeds says of one.
    async fn feed(&self, desk: &Desk, name: &str) -> String {
        let page = desk.page(&format!("{HERE}/protokolle")).await;
        let sections = page.split("<section");
        let host = format!("{name}.localhost:");
        sections.into_iter().find(|section| section.contains(&host)).unwrap_or_default().to_owned()
    }

    /// Waits until the page about feeds says this of one.
    async fn named(&self, desk: &Desk, name: &str, words: &str) {
        let is_said = || async { self.feed(desk, name).await.contains(words) };
        let start = Instant::now();
        until(&format!("{} says of {name}: {words}", desk.slug), 60, is_said).await;
        println!("{} says of {name} after {:.1} s: {words}", desk.slug, start.elapsed().as_secs_f64());
    }

    /// Who a member says it is.
    async fn identity(&self, slug: &str) -> Identity {
        let public = Desk::public(self.region.node(slug));
        let document = public.get("/.well-known/did.json").await.unwrap();
        Identity::parse(&self.region.known_host(slug), &document.body).unwrap()
    }

    /// Sends a request to a member through the network; status and problem.
    async fn send(&self, request: Request<Bytes>) -> (u16, Value) {
        let answer = Fetch::new(Duration::from_secs(10)).unwrap().send(request, 1 << 20).await.unwrap();
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// Sends it as a member that is known would, and gives the code of the refusal.
    async fn code(&self, liar: &Liar, path: &str, body: &Value) -> String {
        let url = format!("{}{path}", self.url("koeln"));
        let (_, problem) = self.send(liar.request(&liar.keyid(), &url, &body.to_string())).await;
        problem["code"].as_str().unwrap_or_default().to_owned()
    }

    async fn metrics(&self) -> String {
        self.koeln.page("/metrics").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lie_is_named_and_the_honest_go_on() {
    let scene = Scene::new().await;
    let Scene { region, liars, koeln, bonn } = &scene;
    let node = region.node("koeln");
    drop(koeln.page("/").await);
    let before = node.peak();
    scene.meet(koeln, "umschreiber").await;
    two_histories(&scene).await;
    scene.named(koeln, "umschreiber", FINE).await;
    liars.named("umschreiber").rewrite(1, 3);
    for (name, manner) in [
        ("faelscher", Manner::Forged),
        ("riese", Manner::Oversized),
        ("endlos", Manner::Endless),
        ("tropfen", Manner::Dripping),
    ] {
        liars.named(name).answer_in(manner);
        scene.meet(koeln, name).await;
    }
    requests(&scene).await;
    agreements(&scene).await;
    slow_partner(&scene).await;

    scene.named(koeln, "faelscher", "feed-signature: not a checkpoint this log signed").await;
    scene.named(koeln, "riese", "the answer broke off or is too large").await;
    scene.named(koeln, "endlos", "the answer broke off or is too large").await;
    scene.named(koeln, "tropfen", "did not end in time").await;
    scene.named(koeln, "zweizunge", "wurden zwei verschiedene Stände unterschrieben").await;
    scene.named(koeln, "umschreiber", "Einträge, die schon unterschrieben waren, wurden geändert").await;
    let evidence = format!("{HERE}/protokolle/{}/belege/1", liars.named("umschreiber").host());
    let evidence = koeln.get(&evidence).await.unwrap().json();
    assert_eq!(evidence["lie"], "rewritten");
    let metrics = scene.metrics().await;
    for name in ["umschreiber", "zweizunge"] {
        let lies = format!("raum_feed_lies{{member=\"koeln\",peer=\"{}\"", liars.named(name).host());
        assert!(metrics.lines().any(|line| line.starts_with(&lies) && line.ends_with(" 1")), "{metrics}");
    }

    let grown = node.peak().saturating_sub(before);
    println!("Köln grew by {grown} kB, from {before} kB");
    assert!(grown < GROWTH, "{grown} kB");
    assert!(scene.feed(koeln, "bonn").await.contains(FINE), "the honest feed is read");
    assert!(scene.feed(bonn, "koeln").await.contains(FINE));
}

/// One shows Köln one history and Bonn another. They find out by asking each other.
async fn two_histories(scene: &Scene) {
    let Scene { region, liars, koeln, bonn } = scene;
    scene.meet(koeln, "zweizunge").await;
    scene.named(koeln, "zweizunge", FINE).await;
    liars.named("zweizunge").rewrite(2, 0);
    scene.meet(bonn, "zweizunge").await;
    scene.named(bonn, "zweizunge", FINE).await;
    // Whoever begins to run asks somebody else at once, and every two minutes from then on.
    region.node("bonn").kill();
    region.node("bonn").start().await;
    scene.named(bonn, "zweizunge", "Anderen wurde eine andere Geschichte gezeigt als uns").await;
}

/// Requests that are not what they claim to be.
async fn requests(scene: &Scene) {
    let Scene { region, liars, koeln, .. } = scene;
    let (liar, bonn) = (liars.named("faelscher"), scene.identity("bonn").await);
    let url = format!("{}/verbund/handover", scene.url("koeln"));
    let report = json!({ "written": [], "seen": [] }).to_string();

    // Bonn's own words, sent once more.
    let desk = Desk::public(region.node("bonn"));
    desk.report(place("koeln"), "Gehört nach Köln", None).await.unwrap();
    until("Bonn asked Köln", 30, || async { !region.network.kept("koeln.localhost").is_empty() }).await;
    until("Köln has it", 30, || async {
        let books = region.books();
        books.iter().any(|book| book.slug == "koeln" && book.about("Gehört nach Köln").next().is_some())
    })
    .await;
    let again = region.network.kept("koeln.localhost").swap_remove(0);
    let again = raw(region.node("koeln").address, &again).await;
    assert!(again.starts_with("HTTP/1.1 401") && again.contains("\"replayed\""), "{again}");

    // A request in Bonn's name, signed with another key.
    let (status, problem) = scene.send(liar.request(&bonn.request_key_id(), &url, &report)).await;
    assert_eq!((status, &problem["code"]), (401, &json!("signature")), "{problem}");
    // One that was changed after it was signed, one for somebody else, and one nobody signed.
    let mut changed = liar.request(&liar.keyid(), &url, &report);
    *changed.body_mut() = Bytes::from(report.replace("[]", "[ ]"));
    let (status, problem) = scene.send(changed).await;
    assert_eq!((status, &problem["code"]), (401, &json!("signature")), "{problem}");
    let mut unsigned = liar.request(&liar.keyid(), &url, &report);
    unsigned.headers_mut().remove("signature");
    unsigned.headers_mut().remove("signature-input");
    assert_eq!(scene.send(unsigned).await.1["code"], "unsigned");
    let (_, problem) = scene.send(liar.request(&format!("{}#x", liar.keys.did()), &url, &report)).await;
    assert_eq!(problem["code"], "unknown-key");

    // All of that is told: to whoever looks at the member in whose name it came, and to whoever watches the process.
    let host = region.known_host("bonn");
    let page = koeln.page(&format!("{HERE}/mitglieder/{host}")).await;
    for words in ["Abgewiesene Anfragen", "this very request was taken before", "the signature does not fit"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let metrics = scene.metrics().await;
    for (peer, code) in [
        (host.as_str(), "replayed"),
        (&host, "signature"),
        (&liar.host(), "signature"),
        ("", "unsigned"),
        ("", "unknown-key"),
    ] {
        let line = format!("raum_peer_refusals_total{{member=\"koeln\",peer=\"{peer}\",code=\"{code}\"}}");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
}

/// Sends bytes as they are and gives the answer.
async fn raw(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let line = bytes.windows(2).position(|end| end == b"\r\n").unwrap() + 2;
    let (first, rest) = bytes.split_at(line);
    stream.write_all(&[first, b"connection: close\r\n", rest].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn party(identity: &Identity) -> Party {
    let Identity { did, name, ars, keys, .. } = identity.clone();
    Party { did, name, ars, keys }
}

/// An agreement by which cases go both ways between its first two parties.
fn terms(parties: Vec<Party>) -> Terms {
    let (clock, now) = (Clock::system(), Clock::system().now());
    let flow = |from: usize, to: usize| Flow {
        from: parties[from].did.clone(),
        to: parties[to].did.clone(),
        source: Source::Service("handover".into()),
        data: vec!["report".into()],
        retention_days: None,
    };
    Terms {
        id: AgreementId::new(&clock, &Entropy::system()),
        version: 1,
        replaces: None,
        kind: Kind::Exchange,
        title: "Anliegen übergeben".into(),
        purpose: "Prüfen.".into(),
        legal_basis: "keine".into(),
        proposer: parties[0].did.clone(),
        proposed: At::new(now.plus_seconds(-60)),
        accept_by: Day::of(now).plus_days(30),
        flows: vec![flow(0, 1), flow(1, 0)],
        parties,
        duties: vec![],
        authorities: vec![],
        from: Day::of(now),
        until: None,
        notice_days: 0,
    }
}

/// Texts that bind nobody: of others, without a signature that counts, or forged.
async fn agreements(scene: &Scene) {
    let (liar, other) = (scene.liars.named("faelscher"), scene.liars.named("riese"));
    let (koeln, bonn) = (scene.identity("koeln").await, scene.identity("bonn").await);
    let who = |liar: &Liar| Identity {
        did: liar.keys.did().clone(),
        name: "Lüge".into(),
        keys: liar.keys.public().clone(),
        ..koeln.clone()
    };
    let nobody = json!({ "written": [], "seen": [] });
    let sent = |document: &str, acts: &[String]| json!({ "document": document, "acts": acts });
    assert_eq!(scene.code(liar, "/verbund/handover", &nobody).await, "handover-no-agreement");
    // A life of Köln's so late that it would be busy with its own lives for ever.
    let late = json!({ "epoch": u32::MAX, "size": 1, "root": federation::Hash::of("late").to_string() });
    let report = json!({ "written": [], "seen": [late] });
    assert_eq!(scene.code(liar, "/verbund/handover", &report).await, "body");

    // One of others, to which Köln is no party.
    let others = terms(vec![party(&who(liar)), party(&who(other))]);
    let note = Document::propose(&others, liar.keys.agreements()).unwrap();
    assert_eq!(scene.code(liar, "/verbund/annahme", &sent(&note, &[])).await, "not-a-party");
    // One in Bonn's name: Bonn's key did not sign it.
    let own = terms(vec![party(&who(liar)), party(&koeln)]);
    let note = Document::propose(&own, liar.keys.agreements()).unwrap();
    let forged = note.replace(&liar.keys.did().to_string(), &bonn.did.to_string());
    assert_eq!(scene.code(liar, "/verbund/annahme", &sent(&forged, &[])).await, "signed-text");
    // One that Köln would have accepted, as the liar says.
    let hash = Document::parse(&note).unwrap().hash();
    let now = Clock::system().now();
    let accept = Act::sign(hash, koeln.did.clone(), now, Deed::Accept, liar.keys.agreements()).unwrap();
    assert_eq!(scene.code(liar, "/verbund/annahme", &sent(&note, &[accept])).await, "act-refused");
    // One that it did propose, and that nobody here has signed: it binds nobody yet.
    assert_eq!(scene.code(liar, "/verbund/annahme", &sent(&note, &[])).await, "");
    assert_eq!(scene.code(liar, "/verbund/handover", &nobody).await, "handover-no-agreement");
    let page = scene.koeln.page(&format!("{HERE}/mitglieder/{}", liar.host())).await;
    for code in ["handover-no-agreement", "not-a-party", "signed-text", "act-refused"] {
        assert!(page.contains(code), "{code}: {page}");
    }
}

/// A partner that Köln did sign with, and that takes ages for every answer, holds up nobody else.
async fn slow_partner(scene: &Scene) {
    let Scene { region, liars, koeln, .. } = scene;
    let liar = liars.named("saeumig");
    scene.meet(koeln, "saeumig").await;
    let identity = scene.identity("koeln").await;
    let own = Identity {
        did: liar.keys.did().clone(),
        name: "Stadt Säumig".into(),
        keys: liar.keys.public().clone(),
        ..identity.clone()
    };
    let terms = terms(vec![party(&own), party(&identity)]);
    let note = Document::propose(&terms, liar.keys.agreements()).unwrap();
    let sent = json!({ "document": note, "acts": [] });
    assert_eq!(scene.code(liar, "/verbund/annahme", &sent).await, "");
    let hash = Document::parse(&note).unwrap().hash();
    let accept = [("schritt", "annehmen")];
    let accepted = koeln.post(&format!("{HERE}/vereinbarungen/{hash}"), &accept).await.unwrap();
    assert_eq!(accepted.status, 303, "{}", accepted.body);
    liar.answer_in(Manner::Dripping);

    let lead = Desk::sign_in(region.node("koeln"), "leitung").await;
    let citizen = Desk::public(region.node("koeln"));
    let number = citizen.report(place("koeln"), "Für den Säumigen", None).await.unwrap();
    let did = liar.keys.did().to_string();
    let path = format!("/arbeitsplatz/fall/{number}/weitergeben");
    let offered = lead.post(&path, &[("partner", did.as_str())]).await.unwrap();
    assert_eq!(offered.status, 303, "{}", offered.body);
    let start = Instant::now();
    citizen.report(place("bonn"), "Gehört nach Bonn", None).await.unwrap();
    let slowest = std::cell::Cell::new(Duration::ZERO);
    until("Bonn gets its case while another partner is slow", 30, || async {
        let asked = Instant::now();
        drop(citizen.page("/").await);
        slowest.set(slowest.get().max(asked.elapsed()));
        let books = region.books();
        books.iter().any(|book| book.slug == "bonn" && book.about("Gehört nach Bonn").next().is_some())
    })
    .await;
    println!("Bonn got its case after {:.1} s", start.elapsed().as_secs_f64());
    assert!(slowest.get() < PROMPT, "a page took {:?}", slowest.get());
    let page = format!("{HERE}/mitglieder/{}", liar.host());
    let is_said = || async { koeln.page(&page).await.contains("did not end in time") };
    until("Köln says why nothing gets to the slow partner", 40, is_said).await;
}

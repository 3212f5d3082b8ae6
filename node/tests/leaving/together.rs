//! A member goes on elsewhere in the middle of what it does with another: cases on their way between both, and the feeds
//! each reads of the other.

use std::path::Path;
use std::sync::Arc;

use access::{Grant, Role};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use base::{Clock, Entropy, FormId};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cases::Case;
use federation::Progress;
use federation::handover::{self as deeds, Phase};
use federation::peers;
use identity::Session;
use ledger::Findings;
use node::Config;
use node::leaving::{Arriving, export, import};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use web::{Member, Members, Programs, Settings};

use crate::engines;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A green square of two by two pixels.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGNQWOAARAwQCgAbjgQBYGw5mAAAAABJRU5ErkJggg==";

/// An installation with one member, which answers at its address.
struct House {
    data: TempDir,
    member: Arc<Member>,
    router: Router,
    /// A clerk's session.
    cookie: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl House {
    /// A member that begins.
    async fn new(slug: &str, ars: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = settings(slug, ars, port);
        let member = node::create_member(data.path(), &Config::default(), slug, &settings).await.unwrap();
        let cookie = set_up(&member).await;
        Self::open(data, member, cookie).await
    }

    /// The member as another installation wrote it down; whoever was signed in there is here, too.
    async fn arrive(export: &Path, slug: &str, database: Option<String>, cookie: String) -> Self {
        let (data, config) = (tempfile::tempdir().unwrap(), Config::default());
        import(data.path(), &config, &Arriving { slug, source: export, database }).await.unwrap();
        let member = node::open_member(data.path(), &config, slug).await.unwrap();
        Self::open(data, member, cookie).await
    }

    async fn open(data: TempDir, member: Arc<Member>, cookie: String) -> Self {
        let members = Members::new([member.clone()]);
        let router = web::app::router(members, node::MODULES, web::app::Options::default());
        let port = member.settings.url.rsplit(':').next().unwrap().parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = web::server::serve(listener, router.clone(), async move { drop(stopped.await) });
        Self { data, member, router, cookie, stop, serving: tokio::spawn(serving) }
    }

    /// Answers no more, for ever. What is in its folder stays.
    async fn stop(self) -> TempDir {
        drop(self.stop);
        self.serving.await.unwrap();
        self.data
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap();
        (head.status, String::from_utf8_lossy(&body).into_owned())
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("host", &self.member.settings.host)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a report as a program does, with a photo.
    async fn report(&self, text: &str) -> Case {
        let fields = [
            ("api_key", KEY),
            ("service_code", "laterne"),
            ("lat", "50.94"),
            ("long", "6.96"),
            ("description", text),
            ("email", "eva@example.org"),
            ("media", PICTURE),
        ];
        let (status, body) = self.post("/open311/v2/requests.json", &fields).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let number = serde_json::from_str::<Value>(&body).unwrap()[0]["service_request_id"].clone();
        let number = number.as_str().unwrap().to_owned();
        self.member.db.read("test.case", move |tx| cases::by_number(tx, &number)).await.unwrap().unwrap()
    }

    /// A case of ours as another has it, to whom we handed it over.
    async fn over(&self, case: &Case, other: &Self) -> Case {
        let id = case.id;
        let handed = self.member.db.read("test.handed", move |tx| deeds::by_case(tx, id)).await.unwrap();
        let id = deeds::case_of(handed.last().unwrap().id);
        other.member.db.read("test.case", move |tx| cases::by_id(tx, id)).await.unwrap().unwrap()
    }

    /// Takes a step with a case.
    async fn act(&self, case: &Case, page: &str, fields: &[(&str, &str)]) {
        let form = FormId::new(&Clock::system(), &Entropy::system()).to_string();
        let fields = [fields, &[("_form", form.as_str())]].concat();
        let (status, body) = self.post(&format!("/arbeitsplatz/fall/{}{page}", case.number), &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{body}");
    }

    async fn offer(&self, case: &Case, to: &Self) {
        let did = to.member.node_keys().unwrap().did().to_string();
        self.act(case, "/weitergeben", &[("partner", &did), ("text", "Liegt bei Ihnen.")]).await;
    }

    async fn accept(&self, case: &Case) {
        self.act(case, "", &[("schritt", "annehmen")]).await;
    }

    /// The page of whoever sent a report, behind the link that was given out first.
    async fn seen(&self, case: &Case) -> String {
        let secret = self.member.ledger.keys().derive(&format!("report/tracking/{}", case.id));
        let path = format!("/anliegen/v/{}", URL_SAFE_NO_PAD.encode(secret.as_slice()));
        let request = Request::get(&path).header("host", &self.member.settings.host);
        let (status, body) =
            self.send(request.header("accept-language", "de").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// Every handover with another: how far it is, and how many acts are known.
    async fn handovers(&self, other: &Self) -> Vec<(Phase, usize)> {
        let did = other.member.node_keys().unwrap().did().clone();
        let read = self.member.db.read("test.handovers", move |tx| {
            let mut found = Vec::new();
            for handover in deeds::of_partner(tx, &did, 100)? {
                found.push((handover.phase, deeds::acts(tx, handover.id)?.len()));
            }
            found.sort();
            Ok(found)
        });
        read.await.unwrap()
    }

    /// What does not go on with another, and what it was caught at.
    async fn blamed(&self, other: &Self) -> (Option<String>, Option<String>) {
        let did = other.member.node_keys().unwrap().did().clone();
        let pair = self.member.db.read("test.pair", move |tx| deeds::pair(tx, &did)).await.unwrap().unwrap();
        (pair.trouble, pair.lie)
    }

    /// Reads the public feed of another on, as the round does, and finds nothing wrong with it.
    async fn pull(&self, other: &Self) -> Progress {
        let did = other.member.node_keys().unwrap().did().clone();
        let peer = self.member.db.read("test.peer", move |tx| peers::one(tx, &did)).await.unwrap().unwrap();
        let source = web::feeds::Source::of(peer);
        let pulled = web::feeds::pull_one(&self.member, &source).await.unwrap();
        assert!(pulled.is_complete(), "{pulled:?}");
        let state = self.member.db.read("test.state", move |tx| federation::state(tx, &source.name));
        let state = state.await.unwrap().unwrap();
        assert_eq!((state.trouble, state.paused), (None, None));
        pulled
    }

    async fn verify(&self) -> Findings {
        let ledger = self.member.ledger.clone();
        self.member.db.scan("test.verify", move |tx| ledger::verify(tx, &ledger)).await.unwrap()
    }

    async fn work(&self) {
        while web::server::work_once(&self.member).await.unwrap() {}
    }
}

fn settings(slug: &str, ars: &str, port: u16) -> Settings {
    let host = format!("{slug}.localhost");
    let url = format!("http://{host}:{port}");
    let programs = Programs { private_webhooks: true, ..Programs::default() };
    let (name, at, email) = (format!("Stadt {slug}"), (&*host, &*url), format!("amt@{slug}.example"));
    Settings { programs, ..Settings::new(&name, ars.parse().unwrap(), at, &email) }
}

/// Somebody who works, and a program that reports. Gives the session of the former.
async fn set_up(member: &Arc<Member>) -> String {
    let own = member.clone();
    let session = member.db.write("test.set_up", move |tx| {
        let at = (&own.clock, &own.entropy);
        report::add_api_key(tx, at, KEY, "Test")?;
        let person = identity::citizen(tx, at, "clerk@test.example")?;
        identity::grant(tx, person, &Grant { role: Role::Clerk, office: None, module: None })?;
        let session = Session { person, strong: true };
        let secret = identity::start_session(tx, &own.entropy, own.clock.now(), &session)?;
        Ok(secret.reveal().to_owned())
    });
    format!("raum_session={}", session.await.unwrap())
}

/// Both tell and hear, and do what is due.
async fn meet(one: &House, other: &House) {
    for (from, to) in [(one, other), (other, one)] {
        from.work().await;
        let did = to.member.node_keys().unwrap().did().clone();
        web::handover::meet(&from.member, &did).await.unwrap();
        to.work().await;
        from.work().await;
    }
}

/// Köln leaves with cases on their way to Bonn, with an answer still to come, and with something its old installation said
/// after it had left. The new one goes on, and is told what it does not know.
async fn move_on(koeln: House, bonn: &House, (slug, database): (&str, Option<String>)) -> House {
    let accepted = koeln.report("Die Laterne ist dunkel").await;
    let waiting = koeln.report("Die Laterne flackert").await;
    let late = koeln.report("Die Laterne fehlt").await;
    koeln.offer(&accepted, bonn).await;
    koeln.offer(&waiting, bonn).await;
    meet(&koeln, bonn).await;
    let [accepted_there, waiting_there] =
        [koeln.over(&accepted, bonn).await, koeln.over(&waiting, bonn).await];
    bonn.accept(&accepted_there).await;
    meet(&koeln, bonn).await;
    let (of_koeln, of_bonn) = (bonn.pull(&koeln).await, koeln.pull(bonn).await);
    assert!(of_koeln.size > 3 && of_bonn.size > 0);
    let before = koeln.handovers(bonn).await;

    let target = koeln.data.path().join("export");
    let old = koeln.member.slug.clone();
    let summary = export(koeln.data.path(), &Config::default(), &old, &target, true).await.unwrap();
    assert!(summary.files > 0, "photos go along");
    // What it tells others from now on is not in the export.
    koeln.offer(&late, bonn).await;
    meet(&koeln, bonn).await;
    assert_eq!(bonn.handovers(&koeln).await.len(), before.len() + 1);
    let (cookie, keys) = (koeln.cookie.clone(), koeln.member.node_keys().unwrap());
    let _folder = koeln.stop().await;
    // While nobody answers, work goes on.
    bonn.accept(&waiting_there).await;
    let answer = [("schritt", "antwort"), ("text", "Die Lampe ist ersetzt."), ("status", "done")];
    bonn.act(&accepted_there, "", &answer).await;

    let koeln = House::arrive(&target, slug, database, cookie).await;
    assert_eq!(koeln.member.node_keys().unwrap().public(), keys.public(), "the same keys");
    assert_eq!(koeln.handovers(bonn).await, before, "what was begun came along");
    for _ in 0..3 {
        meet(&koeln, bonn).await;
    }
    let both = koeln.handovers(bonn).await;
    assert_eq!(both, bonn.handovers(&koeln).await, "both sides agree");
    assert_eq!(both.len(), before.len() + 1, "what came after the export was brought back");
    assert_eq!((koeln.blamed(bonn).await, bonn.blamed(&koeln).await), ((None, None), (None, None)));
    let page = koeln.seen(&accepted).await;
    for words in ["Die Lampe ist ersetzt.", "erledigt", "/foto/1"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(koeln.seen(&waiting).await.contains("Angenommen von"), "what waited has its answer");
    assert!(
        koeln.seen(&late).await.contains("Zuständige Stelle gefragt"),
        "and what came last is on its way"
    );
    // And on: the next step, from either side.
    bonn.accept(&koeln.over(&late, bonn).await).await;
    let next = koeln.report("Die Laterne steht schief").await;
    koeln.offer(&next, bonn).await;
    meet(&koeln, bonn).await;
    assert!(koeln.seen(&late).await.contains("Angenommen von"));
    assert_eq!(koeln.handovers(bonn).await, bonn.handovers(&koeln).await);
    assert_eq!(bonn.handovers(&koeln).await.len(), both.len() + 1);

    let pulled = bonn.pull(&koeln).await;
    assert_eq!(pulled.from, of_koeln.size, "read on where the old one ended");
    assert!(pulled.size > pulled.from, "what is new is there: {pulled:?}");
    let pulled = koeln.pull(bonn).await;
    assert!(
        pulled.from >= of_bonn.size && pulled.size >= pulled.from,
        "its own mirrors came along: {pulled:?}"
    );
    for house in [&koeln, bonn] {
        assert_eq!(house.verify().await.faults, Vec::<String>::new());
    }
    koeln
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_with_another_member_goes_on_in_the_new_installation() {
    let mut koeln = House::new("koeln", "05315").await;
    let bonn = House::new("bonn", "05314").await;
    verbund::demo::introduce(&Members::new([koeln.member.clone(), bonn.member.clone()])).await.unwrap();
    for (slug, database) in engines("koeln") {
        koeln = move_on(koeln, &bonn, (&slug, database)).await;
    }
    koeln.stop().await;
    bonn.stop().await;
}

//! Members on this machine, each with its database, its address and somebody who signs for it.

use std::sync::Arc;
use std::time::Duration;

use access::{Grant, Role};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use base::{AgreementId, Clock, Entropy, FormId};
use federation::agreement::{Act, Deed, Document, Kind, Party, Terms};
use federation::{At, Day, Did, Hash, NodeKeys};
use fetch::Fetch;
use identity::{Passwords, Session};
use ledger::{Keys, Ledger};
use serde_json::{Value, json};
use store::{Files, Sql};
use testkit::Fresh;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::ServiceExt as _;
use web::mail::Mailer;
use web::{Member, Members, Parts, Programs, Settings, Texts};

pub(crate) const HERE: &str = "/arbeitsplatz/verbund";

/// A way to make fresh databases on each engine there is.
pub(crate) fn engines() -> Vec<fn() -> Fresh> {
    let mut engines: Vec<fn() -> Fresh> = vec![Fresh::sqlite];
    if Fresh::postgres().is_some() {
        engines.push(|| Fresh::postgres().unwrap());
    }
    engines
}

/// The official key of a town; of one that is invented, Köln's.
fn ars(slug: &str) -> &'static str {
    match slug {
        "bonn" => "05314",
        "mannheim" => "08222",
        "heidelberg" => "08221",
        _ => "05315",
    }
}

/// A port nobody listens at.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) struct Town {
    pub(crate) member: Arc<Member>,
    pub(crate) keys: NodeKeys,
    port: u16,
    router: Router,
    cookies: Vec<(Role, String)>,
    stop: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
    _fresh: Fresh,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Town {
    pub(crate) async fn new(fresh: Fresh, slug: &str, seed: u8, clock: &Clock) -> Self {
        Self::at(fresh, slug, seed, clock, free_port()).await
    }

    pub(crate) async fn at(fresh: Fresh, slug: &str, seed: u8, clock: &Clock, port: u16) -> Self {
        Self::from(fresh, slug, (seed, true), (clock, port, ars(slug)), None).await
    }

    /// As [`Town::new`], but it asks nobody inside its own network.
    pub(crate) async fn strict(fresh: Fresh, slug: &str, seed: u8, clock: &Clock) -> Self {
        Self::from(fresh, slug, (seed, false), (clock, free_port(), ars(slug)), None).await
    }

    /// A member with another official key.
    pub(crate) async fn in_area(fresh: Fresh, slug: &str, seed: u8, clock: &Clock, ars: &str) -> Self {
        Self::from(fresh, slug, (seed, true), (clock, free_port(), ars), None).await
    }

    /// Knows these areas: squares of a tenth of a degree that begin at 50 degrees north.
    pub(crate) async fn areas(&self, areas: &[(&str, f64)]) {
        let square = |(ars, west): &(&str, f64)| {
            let (east, south, north) = (west + 0.1, 50.0, 50.1);
            format!(
                r#"{{"type":"Feature","properties":{{"ars":"{ars}","name":"{ars}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
            )
        };
        let squares: Vec<_> = areas.iter().map(square).collect();
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, squares.join(","));
        let planned = self.member.plan_areas(text.as_bytes(), true);
        assert_eq!(planned.faults, []);
        self.member.import_areas(planned.items, web::imports::nothing_besides()).await.unwrap();
    }

    /// As [`Town::at`], with what a copy of its database holds.
    async fn from(
        fresh: Fresh,
        slug: &str,
        (seed, private_webhooks): (u8, bool),
        (clock, port, ars): (&Clock, u16, &str),
        copy: Option<&Copy>,
    ) -> Self {
        let (host, entropy) = (format!("{slug}.localhost"), Entropy::system());
        let ledger = Ledger::new(Keys::new(host.clone(), [seed; 32]), clock.clone(), entropy.clone());
        let db = fresh.open(&node::migrations(), Some(ledger.sequencer())).unwrap();
        if let Some(copy) = copy {
            store::copy_all(&copy.db, &db, &node::migrations()).await.unwrap();
        }
        let (name, url) = (format!("Stadt {slug}"), format!("http://{host}:{port}"));
        let email = format!("amt@{slug}.example");
        let programs = Programs { private_webhooks, ..Programs::default() };
        let settings =
            Settings { programs, ..Settings::new(&name, ars.parse().unwrap(), (&host, &url), &email) };
        let files = Files::in_folder(&fresh.folder.path().join("files")).unwrap();
        let mailer = Mailer::Folder(fresh.folder.path().join("mail"));
        let clock = clock.clone();
        let parts = Parts { slug: slug.into(), settings, db, files, ledger, mailer, clock, entropy };
        let texts = Arc::new(Texts::new(node::texts()).unwrap());
        let fetch = Fetch::new(Duration::from_secs(5)).unwrap();
        let member = Member::open(parts, texts, node::MODULES, Passwords::new(1), fetch).await.unwrap();
        let router =
            web::app::router(Members::new([member.clone()]), node::MODULES, web::app::Options::default());
        let keys = NodeKeys::new(&member.settings.url, member.ledger.keys()).unwrap();
        let mut town = Self { member, keys, port, router, cookies: vec![], stop: None, _fresh: fresh };
        town.sign_in().await;
        town
    }

    /// What a backup keeps.
    pub(crate) async fn copy(&self) -> Copy {
        let fresh = Fresh::sqlite();
        let db = fresh.open(&node::migrations(), None).unwrap();
        store::copy_all(&self.member.db, &db, &node::migrations()).await.unwrap();
        let files = fresh.folder.path().join("files");
        copy_files(&self._fresh.folder.path().join("files"), &files);
        Copy { db, files, _fresh: fresh }
    }

    /// The member as it was when the copy was made. Whether it `knows` that, as after `raum restore`, or not, as after
    /// somebody put an old image of the machine back.
    pub(crate) async fn restored(
        mut self,
        fresh: Fresh,
        seed: u8,
        copy: &Copy,
        knows: bool,
        inner: u16,
    ) -> Self {
        self.stop().await;
        let (slug, clock, port) = (self.member.slug.clone(), self.member.clock.clone(), self.port);
        copy_files(&copy.files, &fresh.folder.path().join("files"));
        let mut town = Self::from(fresh, &slug, (seed, true), (&clock, port, ars(&slug)), Some(copy)).await;
        if knows {
            town.member.db.write("test.restore", federation::handover::raise_all).await.unwrap();
        }
        town.start_at(inner).await;
        town
    }

    /// The same member with the same data, after it lost its keys: it has others now.
    pub(crate) async fn rekeyed(mut self, seed: u8) -> Self {
        self.stop().await;
        let Self { member, router, port, _fresh: fresh, .. } = self;
        let (slug, clock) = (member.slug.clone(), member.clock.clone());
        drop((router, member));
        let mut town = Self::at(fresh, &slug, seed, &clock, port).await;
        town.start().await;
        town
    }

    /// Lets everybody sign in, again when their sessions have ended.
    pub(crate) async fn sign_in(&mut self) {
        self.cookies.clear();
        for role in [Role::Representative, Role::Lead, Role::Clerk] {
            self.cookies.push((role, sign_in(&self.member, role).await));
        }
    }

    /// Answers at its address from now on.
    pub(crate) async fn start(&mut self) {
        self.start_at(self.port).await;
    }

    /// Answers at another port: something stands before it.
    pub(crate) async fn start_at(&mut self, port: u16) {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (sender, stopped) = oneshot::channel();
        let router = self.router.clone();
        let serving = web::server::serve(listener, router, async move { drop(stopped.await) });
        self.stop = Some((sender, tokio::spawn(serving)));
    }

    /// Answers no more.
    pub(crate) async fn stop(&mut self) {
        if let Some((sender, serving)) = self.stop.take() {
            drop(sender);
            serving.await.unwrap();
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn did(&self) -> &Did {
        self.keys.did()
    }

    pub(crate) fn url(&self) -> &str {
        &self.member.settings.url
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 16 << 20).await.unwrap();
        let location = head.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: head.status, location: location.unwrap_or_default(), body }
    }

    fn cookie(&self, role: Role) -> &str {
        &self.cookies.iter().find(|(own, _)| *own == role).unwrap().1
    }

    /// A page as somebody with this role sees it, in German.
    pub(crate) async fn page_as(&self, role: Role, path: &str) -> Answer {
        let request = Request::get(path).header("host", &self.member.settings.host);
        let request = request.header("accept", "text/html").header("accept-language", "de");
        self.send(request.header("cookie", self.cookie(role)).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.page_as(Role::Representative, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    /// What somebody who is not signed in gets.
    pub(crate) async fn public(&self, path: &str) -> Answer {
        let request = Request::get(path).header("host", &self.member.settings.host);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as somebody with this role.
    pub(crate) async fn post_as(&self, role: Role, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = FormId::new(&Clock::system(), &Entropy::system()).to_string();
        let fields: Vec<_> = fields.iter().copied().chain([("_form", form.as_str())]).collect();
        self.send_form(role, path, &fields).await
    }

    pub(crate) async fn send_form(&self, role: Role, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header("host", &self.member.settings.host)
            .header("accept-language", "de")
            .header("sec-fetch-site", "same-origin")
            .header("cookie", self.cookie(role))
            .header("content-type", "application/x-www-form-urlencoded");
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(Role::Representative, path, fields).await
    }

    /// Brings signed texts, as another node does.
    pub(crate) async fn bring(&self, document: &str, acts: &[String]) -> Answer {
        self.bring_raw("application/json", json!({ "document": document, "acts": acts }).to_string()).await
    }

    /// Sends a form as a program does.
    pub(crate) async fn program(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path).header("host", &self.member.settings.host);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(crate) async fn bring_raw(&self, media_type: &str, body: String) -> Answer {
        let request = Request::post("/verbund/annahme").header("host", &self.member.settings.host);
        self.send(request.header("content-type", media_type).body(Body::from(body)).unwrap()).await
    }

    /// A request with signed texts to another, signed with this member's key for requests.
    pub(crate) fn request(&self, to: &Self, document: &str, acts: &[String]) -> Request<Bytes> {
        let body = json!({ "document": document, "acts": acts }).to_string();
        let request = Request::post(format!("{}/verbund/annahme", to.url()));
        let request =
            request.header("content-type", "application/json").header("host", &to.member.settings.host);
        let mut request = request.body(Bytes::from(body)).unwrap();
        self.member.sign(&mut request).unwrap();
        request
    }

    /// What this member answers to a request, as it arrives.
    pub(crate) async fn answer(&self, request: &Request<Bytes>) -> Answer {
        self.send(request.clone().map(Body::from)).await
    }

    /// Takes the other in, by the two steps of the pages.
    pub(crate) async fn meet(&self, other: &Self) {
        let asked = self.post(&format!("{HERE}/mitglieder/neu"), &[("adresse", other.url())]).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        assert!(asked.body.contains(&other.member.settings.name), "{}", asked.body);
        let key = other.keys.public().fingerprint().to_string();
        let fields = [("adresse", other.url()), ("schluessel", &key)];
        let taken = self.post(&format!("{HERE}/mitglieder"), &fields).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }

    /// Does the work that is due.
    pub(crate) async fn work(&self) {
        while web::server::work_once(&self.member).await.unwrap() {}
    }

    /// How an agreement stands, as its page says.
    pub(crate) async fn standing(&self, hash: Hash) -> String {
        let page = self.page(&agreement(hash)).await;
        let status = page.split("Status</dt>").nth(1).unwrap();
        let label = status.split("<span class=\"kern-label\">").nth(1).unwrap();
        label.split("</span>").next().unwrap().to_owned()
    }

    /// Proposes something to others by the form and gives its hash.
    pub(crate) async fn propose(&self, others: &[&Self]) -> Hash {
        self.propose_with(others, &[]).await
    }

    /// The same, with further fields.
    pub(crate) async fn propose_with(&self, others: &[&Self], further: &[(&str, &str)]) -> Hash {
        let today = Day::of(self.member.clock.now());
        let (from, by) = (today.to_string(), today.plus_days(30).to_string());
        let dids: Vec<_> = others.iter().map(|other| other.did().to_string()).collect();
        let mut fields = vec![
            ("art", "topic"),
            ("titel", "Anliegen an der Grenze"),
            ("zweck", "Anliegen dorthin geben, wohin sie gehören."),
            ("grundlage", "§ 3 Abs. 1 GkG NRW"),
            ("ab", &from),
            ("annahme", &by),
            ("frist", "0"),
            ("austausch", "1"),
        ];
        fields.extend(dids.iter().map(|did| ("partei[]", did.as_str())));
        fields.retain(|(name, _)| !further.iter().any(|(own, _)| own == name));
        fields.extend(further);
        let sent = self.post(&format!("{HERE}/vorschlagen"), &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        sent.location.rsplit('/').next().unwrap().parse().unwrap()
    }

    pub(crate) fn party(&self) -> Party {
        let settings = &self.member.settings;
        let (name, ars) = (settings.name.clone(), settings.ars.clone());
        Party { did: self.did().clone(), name, ars, keys: self.keys.public().clone() }
    }

    /// Terms this member proposes to others, to be signed by whoever wants to lie.
    pub(crate) fn terms(&self, others: &[&Self]) -> Terms {
        let now = self.member.clock.now();
        Terms {
            id: AgreementId::new(&self.member.clock, &self.member.entropy),
            version: 1,
            replaces: None,
            kind: Kind::Topic,
            title: "Von Hand".into(),
            purpose: "Prüfen.".into(),
            legal_basis: "keine".into(),
            proposer: self.did().clone(),
            proposed: At::new(now),
            accept_by: Day::of(now).plus_days(30),
            parties: std::iter::once(self).chain(others.iter().copied()).map(Self::party).collect(),
            flows: vec![],
            duties: vec![],
            authorities: vec![],
            from: Day::of(now),
            until: None,
            notice_days: 0,
        }
    }

    /// What it signs.
    pub(crate) fn sign(&self, terms: &Terms) -> String {
        Document::propose(terms, self.keys.agreements()).unwrap()
    }

    pub(crate) fn act(&self, document: &str, deed: Deed) -> String {
        let hash = Document::parse(document).unwrap().hash();
        let (did, now) = (self.did().clone(), self.member.clock.now());
        Act::sign(hash, did, now, deed, self.keys.agreements()).unwrap()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, text: &'static str) -> i64 {
        // Statements are prepared once for each name.
        let sql = Sql { name: text, text };
        self.member.db.read("test.count", move |tx| Ok(tx.get(&sql, &[])?)).await.unwrap().unwrap()
    }

    pub(crate) async fn acts(&self) -> i64 {
        self.count("select count(*) from federation_act").await
    }
}

/// A copy of a member's database and files.
pub(crate) struct Copy {
    db: store::Db,
    files: std::path::PathBuf,
    _fresh: Fresh,
}

fn copy_files(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_files(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// The page of an agreement.
pub(crate) fn agreement(hash: Hash) -> String {
    format!("{HERE}/vereinbarungen/{hash}")
}

async fn sign_in(member: &Arc<Member>, role: Role) -> String {
    let own = member.clone();
    let session = member.db.write("test.sign_in", move |tx| {
        let email = format!("{}@test.example", role.name());
        let person = identity::citizen(tx, (&own.clock, &own.entropy), &email)?;
        identity::grant(tx, person, &Grant { role, office: None, module: None })?;
        let session = Session { person, strong: true };
        let secret = identity::start_session(tx, &own.entropy, own.clock.now(), &session)?;
        Ok(secret.reveal().to_owned())
    });
    format!("raum_session={}", session.await.unwrap())
}

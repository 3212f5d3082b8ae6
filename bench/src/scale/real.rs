//! What everything takes, from real bytes: a real member answers a real client over loopback, and what both send is
//! counted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request as Asking, State};
use axum::http::{HeaderValue, Request};
use axum::middleware::{Next, from_fn_with_state};
use base::{AgreementId, CaseId, Clock, Entropy, Time};
use federation::agreement::{Act, Deed, Document, Flow, Kind, Party, Source, Terms};
use federation::{At, Did, NodeKeys};
use fetch::Fetch;
use httpsig::Message;
use identity::Passwords;
use ledger::{Actor, Fact, Keys, Ledger, PUBLIC};
use serde_json::json;
use store::{Files, Tx};
use testkit::Fresh;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use web::mail::Mailer;
use web::{Member, Members, Parts, Programs, Settings, Texts};

use super::day::{Asked, REPORT, is_opened};

/// When the members of a measurement begin.
pub(crate) const BEGIN: &str = "2026-11-25T09:00:00Z";

/// What things take in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    /// A GET without its path.
    pub(crate) get: u64,
    /// A signed POST without its path and content.
    pub(crate) post: u64,
    /// An answer without its content: of a checkpoint, of entries, of a content, of another member's document.
    pub(crate) heads: [u64; 4],
    /// A checkpoint without the digits of its size.
    pub(crate) checkpoint: u64,
    /// An entry that opens a report, and one that takes the place of that.
    pub(crate) entry: [u64; 2],
    /// A content as it is sent, and as it is kept.
    pub(crate) payload: [u64; 2],
    /// Who a member is.
    pub(crate) identity: u64,
    /// A cosigned checkpoint.
    pub(crate) cosigned: u64,
    /// That a witness saw nothing of a log, head and content.
    pub(crate) unseen: u64,
    /// Question and answer of two that hand cases over and have nothing new, both whole and signed.
    pub(crate) meeting: [u64; 2],
}

/// What came to a member over the wire, and what it answered.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    requests: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
}

impl Traffic {
    /// Requests, their bytes, and the bytes of the answers so far.
    pub(crate) fn so_far(&self) -> [u64; 3] {
        [&self.requests, &self.up, &self.down].map(|counter| counter.load(Ordering::SeqCst))
    }
}

/// A member of its own, with a log of so many reports, that answers.
pub(crate) struct Served {
    pub(crate) member: Arc<Member>,
    pub(crate) port: u16,
    pub(crate) traffic: Arc<Traffic>,
    /// Entries so far, and the report the last of them is about.
    written: Mutex<(u64, CaseId)>,
    _fresh: Fresh,
}

impl Served {
    pub(crate) async fn new(number: usize, clock: &Clock, reports: u64) -> Self {
        let fresh = Fresh::sqlite();
        let [outer, inner] = [TcpListener::bind("127.0.0.1:0").await, TcpListener::bind("127.0.0.1:0").await];
        let (outer, inner, traffic) = (outer.unwrap(), inner.unwrap(), Arc::<Traffic>::default());
        let port = outer.local_addr().unwrap().port();
        let member = member(&fresh, number, clock, port).await;
        let router =
            web::app::router(Members::new([member.clone()]), node::MODULES, web::app::Options::default());
        let router = router.layer(from_fn_with_state(traffic.clone(), counted));
        tokio::spawn(count_all(outer, inner.local_addr().unwrap().port(), traffic.clone()));
        tokio::spawn(web::server::serve(inner, router, std::future::pending()));
        let written = Mutex::new((0, CaseId::new(&member.clock, &member.entropy)));
        let served = Self { member, port, traffic, written, _fresh: fresh };
        served.append(reports * REPORT).await;
        served
    }

    /// Appends entries as reports cause them: one is opened, and others take its place.
    pub(crate) async fn append(&self, entries: u64) {
        let member = self.member.clone();
        let mut cases = Vec::new();
        for _ in 0..entries {
            let mut written = self.written.lock().unwrap();
            if is_opened(written.0) {
                written.1 = CaseId::new(&member.clock, &member.entropy);
            }
            cases.push((written.1, is_opened(written.0)));
            written.0 += 1;
        }
        let work = move |tx: &mut Tx<'_>| {
            let content = content();
            for (case, is_opened) in &cases {
                let kind = if *is_opened { "report.opened" } else { "report.in-progress" };
                let (case, payload) = (Some(*case), Some(content.as_bytes()));
                let fact = Fact { feed: PUBLIC, kind, actor: Actor::Node, case, subject: None, payload };
                member.ledger.supersede(tx, &fact)?;
            }
            Ok(())
        };
        self.member.db.write("bench.append", work).await.unwrap();
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    #[cfg(test)]
    pub(crate) fn base(&self) -> String {
        format!("{}/log/{PUBLIC}", self.member.settings.url)
    }

    /// Length of the head, and the content of the answer.
    async fn get(&self, path: &str) -> (u64, Vec<u8>) {
        let (head, body) = self.answer(path).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
        (head.len() as u64, body)
    }

    /// Head and content of the answer to a plain GET, over a connection that stays open.
    pub(crate) async fn answer(&self, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (host, port) = (&self.member.settings.host, self.port);
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let head = head(&mut stream).await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.trim().parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        (head, body)
    }
}

/// Counts the requests that reach a member.
async fn counted(
    State(traffic): State<Arc<Traffic>>,
    request: Asking,
    next: Next,
) -> axum::response::Response {
    traffic.requests.fetch_add(1, Ordering::SeqCst);
    next.run(request).await
}

/// Stands before a member and counts what goes through.
async fn count_all(outer: TcpListener, inner: u16, traffic: Arc<Traffic>) {
    while let Ok((client, _)) = outer.accept().await {
        let traffic = traffic.clone();
        tokio::spawn(async move {
            let server = TcpStream::connect(("127.0.0.1", inner)).await.unwrap();
            let ((asked, answering), (answered, asking)) = (client.into_split(), server.into_split());
            tokio::join!(carry(asked, asking, &traffic.up), carry(answered, answering, &traffic.down));
        });
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, counter: &AtomicU64) {
    let mut held = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut held).await {
        counter.fetch_add(read as u64, Ordering::SeqCst);
        if to.write_all(&held[..read]).await.is_err() {
            break;
        }
    }
    drop(to.shutdown().await);
}

/// What the public record says of a report, as long as a usual one (docs/protocol.md).
fn content() -> String {
    json!({
        "service_request_id": "1234-2026", "url": "https://m00001.example/anliegen/1234-2026", "status": "open",
        "detailed_status": "IN_PROCESS", "service_code": "strasse-schaden", "service_name": "Straßenschaden",
        "group": "Straßen und Wege", "address": "Domkloster 4, 50667 Köln", "lat": 50.941_278, "long": 6.958_281,
        "description": "Vor dem Haus ist ein tiefes Loch in der Fahrbahn, Radfahrer weichen auf den Gehweg aus.",
        "requested_datetime": "2026-11-28T08:15:00Z", "updated_datetime": "2026-11-28T09:40:00Z",
        "media_url": format!("https://m00001.example/dateien/{}", "0".repeat(64)),
    })
    .to_string()
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn member(fresh: &Fresh, number: usize, clock: &Clock, port: u16) -> Arc<Member> {
    let host = format!("m{number:05}.localhost");
    let (clock, entropy) = (clock.clone(), Entropy::system());
    let ledger = Ledger::new(Keys::new(&host, seed(number)), clock.clone(), entropy.clone());
    let db = fresh.open(&node::migrations(), Some(ledger.sequencer())).unwrap();
    let (ars, url) = ("053150000000".parse().unwrap(), format!("http://{host}:{port}"));
    let programs = Programs { private_webhooks: true, ..Programs::default() };
    let settings = Settings {
        programs,
        ..Settings::new("Stadt Musterstadt", ars, (&host, &url), "verbund@musterstadt.example")
    };
    let files = Files::in_folder(&fresh.folder.path().join("files")).unwrap();
    let mailer = Mailer::Folder(fresh.folder.path().join("mail"));
    let parts = Parts { slug: format!("m{number:05}"), settings, db, files, ledger, mailer, clock, entropy };
    let texts = Arc::new(Texts::new(node::texts()).unwrap());
    let fetch = Fetch::new(Duration::from_secs(5)).unwrap();
    Member::open(parts, texts, node::MODULES, Passwords::new(1), fetch).await.unwrap()
}

/// What the keys of a member are derived from.
fn seed(number: usize) -> [u8; 32] {
    [u8::try_from(number % 251).unwrap() + 1; 32]
}

impl Sizes {
    /// Measures them; `meeting` is what one between two members took.
    pub(crate) async fn measured(meeting: [u64; 2]) -> Self {
        let served = Served::new(1, &Clock::fixed(Time::parse_rfc3339(BEGIN).unwrap()), 200).await;
        let path = |asked: &Asked| format!("/log/{PUBLIC}/{}", asked.path());
        let (checkpoint_head, checkpoint) = served.get(&path(&Asked::Checkpoint)).await;
        let (tile_head, bundle) = served.get(&path(&Asked::entries(0, 600))).await;
        let (payload_head, payload) = served.get(&path(&Asked::Payload(599))).await;
        let (identity_head, identity) = served.get("/.well-known/did.json").await;
        let entries = tlog::unbundle(&bundle).unwrap();
        let log = served.member.ledger.keys().log_verifier(PUBLIC);
        let checkpoint = String::from_utf8(checkpoint).unwrap();
        let (_, mut note) = tlog::Checkpoint::open(&checkpoint, &log).unwrap();
        note.signatures.push(tlog::cosign(&served.member.ledger.keys().witness(), &note.text, 1_790_000_000));
        let (unseen_head, unseen) = served.answer(&format!("/witness/{}/checkpoint", "0".repeat(64))).await;
        Self {
            get: sent("GET", "").await,
            post: sent("POST", "x").await,
            heads: [checkpoint_head, tile_head, payload_head, identity_head],
            checkpoint: checkpoint.len() as u64 - 3,
            entry: [entries[0].len() as u64, entries[1].len() as u64],
            payload: [payload.len() as u64, content().len() as u64],
            identity: identity.len() as u64,
            cosigned: note.to_string().len() as u64,
            unseen: unseen_head.len() as u64 + unseen.len() as u64,
            meeting,
        }
    }
}

/// The bytes a real client sends, without its path and content: a plain GET, as feeds are read, or a signed POST.
async fn sent(method: &str, body: &'static str) -> u64 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://m00002.localhost:{}/p", listener.local_addr().unwrap().port());
    let taken = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        head
    });
    let request = Request::builder().method(method).uri(url);
    let mut request = request.body(bytes::Bytes::from_static(body.as_bytes())).unwrap();
    if !body.is_empty() {
        request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        let keys = Keys::new("m00001.localhost", [1; 32]);
        let own = NodeKeys::new("http://m00001.localhost:8115", &keys).unwrap();
        let now = Time(1_790_000_000_000_000);
        let fields = own.requests().sign(&Message::request(&request), now, [7; 16]).unwrap();
        request.headers_mut().extend(fields);
    }
    Fetch::new(Duration::from_secs(5)).unwrap().send(request, 100).await.unwrap();
    taken.await.unwrap().len() as u64 - 2
}

/// A real agreement of so many members to exchange what is public and to hand cases over, accepted by all: the document and
/// each act.
pub(crate) fn agreement(parties: usize) -> (Document, Vec<Act>) {
    let keys = |number: usize| {
        let keys = Keys::new(format!("m{number:05}.example"), seed(number));
        NodeKeys::new(&format!("https://m{number:05}.example"), &keys).unwrap()
    };
    agreed(&(0..parties).map(keys).collect::<Vec<_>>(), 1)
}

/// The same by members with these keys.
pub(crate) fn agreed(members: &[NodeKeys], number: u64) -> (Document, Vec<Act>) {
    let at = |text| Time::parse_rfc3339(text).unwrap();
    let did = |member: &NodeKeys| -> Did { member.did().clone() };
    let party = |member: &NodeKeys| Party {
        did: did(member),
        name: "Stadt Musterstadt".into(),
        ars: "053150000000".parse().unwrap(),
        keys: member.public().clone(),
    };
    // In a group everybody exchanges with who acts for all; two exchange both ways.
    let flows = members.iter().skip(1).flat_map(|member| {
        let flow = |from: &NodeKeys, to: &NodeKeys, source: Source| Flow {
            from: did(from),
            to: did(to),
            source,
            data: vec!["report".into()],
            retention_days: None,
        };
        [(&members[0], member), (member, &members[0])].into_iter().flat_map(move |(from, to)| {
            let sources = [Source::Feed(PUBLIC.into()), Source::Service("handover".into())];
            sources.map(|source| flow(from, to, source))
        })
    });
    let terms = Terms {
        id: AgreementId::new(&Clock::fixed(at("2026-01-01T00:00:00Z")), &Entropy::seeded(number)),
        version: 1,
        replaces: None,
        kind: if members.len() == 2 { Kind::Exchange } else { Kind::Topic },
        title: "Anliegen an der Grenze".into(),
        purpose: "Anliegen dorthin geben, wohin sie gehören, und sie über die Grenze zeigen.".into(),
        legal_basis: "§ 3 Abs. 1 GkG NRW".into(),
        proposer: did(&members[0]),
        proposed: At::new(at("2026-01-02T09:00:00Z")),
        accept_by: "2026-06-30".parse().unwrap(),
        parties: members.iter().map(party).collect(),
        flows: flows.collect(),
        duties: Vec::new(),
        authorities: Vec::new(),
        from: "2026-02-01".parse().unwrap(),
        until: None,
        notice_days: 30,
    };
    let note = Document::propose(&terms, members[0].agreements()).unwrap();
    let document = Document::parse(&note).unwrap();
    let accept = |member: &NodeKeys| {
        let at = at("2026-01-20T10:00:00Z");
        let note = Act::sign(document.hash(), did(member), at, Deed::Accept, member.agreements());
        Act::parse(&note.unwrap()).unwrap()
    };
    let acts = members.iter().skip(1).map(accept).collect();
    (document, acts)
}

/// What telling somebody of an agreement takes: the content of the request, and that of the answer, which says all acts that
/// are known there.
pub(crate) fn told(parties: usize) -> [u64; 2] {
    let (document, acts) = agreement(parties);
    let acts: Vec<_> = acts.iter().map(|act| act.note().to_string()).collect();
    let sent = json!({ "document": document.note().to_string(), "acts": acts }).to_string();
    let answer = json!({ "acts": acts, "refused": [] }).to_string();
    [sent.len() as u64, answer.len() as u64]
}

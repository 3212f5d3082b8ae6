//! Members that lie: servers with keys of their own that know the protocol and do not keep to it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base::{Clock, Entropy, EntryId};
use federation::{Identity, NodeKeys};
use futures_util::stream;
use httpsig::Message;
use ledger::{Header, Keys, PUBLIC};
use tlog::{Checkpoint, Leaves, Nodes as _, Signer, Tile, leaf_hash};

/// How a liar answers when it is asked for its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should.
    Honest,
    /// With a checkpoint that another key signed under its name.
    Forged,
    /// With entries that are far too many bytes, and says so.
    Oversized,
    /// With bytes that never end.
    Endless,
    /// Byte after byte, with pauses.
    Dripping,
}

/// One member that lies.
pub(crate) struct Liar {
    pub(crate) keys: NodeKeys,
    log: Signer,
    seed: [u8; 32],
    entries: Mutex<Vec<Vec<u8>>>,
    manner: Mutex<Manner>,
}

impl Liar {
    fn new(name: &str, port: u16, number: u8) -> Self {
        let (host, seed) = (format!("{name}.localhost"), [number; 32]);
        let keys = Keys::new(host.clone(), seed);
        let node = NodeKeys::new(&format!("http://{host}:{port}"), &keys).unwrap();
        let (log, entries) = (keys.log_signer(PUBLIC), (0..5).map(entry).collect());
        Self { keys: node, log, seed, entries: Mutex::new(entries), manner: Mutex::new(Manner::Honest) }
    }

    pub(crate) fn host(&self) -> String {
        self.keys.did().host()
    }

    pub(crate) fn answer_in(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Tells another history from an entry on, with so many entries more.
    pub(crate) fn rewrite(&self, from: usize, more: usize) {
        let mut entries = self.entries.lock().unwrap();
        let end = entries.len() + more;
        entries.truncate(from);
        entries.extend((from..end).map(|seq| entry(seq + 1000)));
    }

    /// A request signed in somebody's name, with whatever key belongs to the liar.
    pub(crate) fn request(&self, keyid: &str, url: &str, body: &str) -> axum::http::Request<Bytes> {
        let request = axum::http::Request::post(url).header("content-type", "application/json");
        let mut request = request.body(Bytes::from(body.to_owned())).unwrap();
        let signer = match keyid == self.keys.public().request_key_id(self.keys.did()) {
            true => self.keys.requests().clone(),
            false => httpsig::Signer::new(keyid, &self.seed).unwrap(),
        };
        let now = Clock::system().now();
        let fields = signer.sign(&Message::request(&request), now, Entropy::system().bytes()).unwrap();
        request.headers_mut().extend(fields);
        request
    }

    /// Its own name for the key it signs requests with.
    pub(crate) fn keyid(&self) -> String {
        self.keys.public().request_key_id(self.keys.did())
    }

    fn identity(&self) -> String {
        let identity = Identity {
            did: self.keys.did().clone(),
            name: format!("Stadt {}", self.host().split('.').next().unwrap_or_default()),
            ars: "05162".parse().unwrap(),
            contact: "amt@luege.example".into(),
            keys: self.keys.public().clone(),
            services: BTreeMap::new(),
        };
        identity.publish().unwrap()
    }

    fn answer(&self, path: &str) -> Response {
        let manner = *self.manner.lock().unwrap();
        if path == "/.well-known/did.json" {
            return self.identity().into_response();
        }
        match manner {
            Manner::Endless => return endless().into_response(),
            Manner::Dripping => return dripping().into_response(),
            _ => {}
        }
        let Some(path) = path.strip_prefix("/log/public/") else {
            return StatusCode::NOT_FOUND.into_response();
        };
        match manner {
            Manner::Oversized if path.starts_with("tile/entries/") => {
                return vec![0; 96 << 20].into_response();
            }
            _ => {}
        }
        match self.log_answer(path, manner == Manner::Forged) {
            Some(bytes) => bytes.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn log_answer(&self, path: &str, is_forged: bool) -> Option<Vec<u8>> {
        let entries = self.entries.lock().unwrap();
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        if path == "checkpoint" {
            let Ok(root) = tlog::root(leaves.len() as u64, &mut Leaves(&leaves));
            let origin = self.log.verifier().name().to_owned();
            let forger = Signer::new(origin.clone(), &[99; 32]);
            let checkpoint = Checkpoint { origin, size: leaves.len() as u64, root };
            let signer = if is_forged { &forger } else { &self.log };
            return Some(checkpoint.sign(signer).to_string().into_bytes());
        }
        let (tile, is_entries) = Tile::parse(path.strip_prefix("tile/")?).ok()?;
        if !tile.is_in(leaves.len() as u64) {
            return None;
        }
        let range = tile.index * 256..tile.index * 256 + tile.width;
        if is_entries {
            let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
            return tlog::bundle(entries.get(range)?).ok();
        }
        let node = |index| {
            let Ok(hash) = Leaves(&leaves).node(tile.level * 8, index);
            hash
        };
        Some(range.flat_map(node).collect())
    }
}

/// An entry that says nothing to anybody.
fn entry(number: usize) -> Vec<u8> {
    let header = Header {
        v: 1,
        id: EntryId::new(&Clock::fixed(base::Time(0)), &Entropy::seeded(number as u64)),
        feed: PUBLIC.into(),
        kind: "test.noted".into(),
        at: "2026-11-23T08:15:00Z".into(),
        actor: "node".into(),
        case: None,
        commitment: None,
        erases: vec![],
    };
    serde_json::to_vec(&header).unwrap()
}

fn endless() -> Body {
    let zeros = Bytes::from(vec![0; 64 << 10]);
    Body::from_stream(stream::repeat_with(move || Ok::<_, Infallible>(zeros.clone())))
}

fn dripping() -> Body {
    Body::from_stream(stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b"x")), ()))
    }))
}

/// All liars, behind one address.
pub(crate) struct Liars {
    pub(crate) address: SocketAddr,
    pub(crate) all: Arc<BTreeMap<String, Liar>>,
}

impl Liars {
    /// Liars of these names, who are found at `port` of the network.
    pub(crate) async fn new(names: &[&str], port: u16) -> Self {
        let numbered = (50..).zip(names);
        let all = numbered.map(|(number, name)| ((*name).to_owned(), Liar::new(name, port, number)));
        let all: Arc<BTreeMap<_, _>> = Arc::new(all.collect());
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&all));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, all }
    }

    pub(crate) fn named(&self, name: &str) -> &Liar {
        &self.all[name]
    }
}

async fn answer(State(liars): State<Arc<BTreeMap<String, Liar>>>, request: Request) -> Response {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let liar = liars.get(host.split('.').next().unwrap_or_default());
    let path = request.uri().path().to_owned();
    liar.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |liar| liar.answer(&path))
}

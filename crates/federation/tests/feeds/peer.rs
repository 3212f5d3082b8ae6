//! A log that serves what a test makes of it, and a mirror of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use base::{Clock, Entropy, EntryId, Problem, Time};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use federation::{Apply, Entry, FeedName, Interest, Limits, Mirror, Progress, Remote};
use fetch::Fetch;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ledger::{ERASED, Header};
use sha2::Sha256;
use store::{Db, Sql, params};
use testkit::{Fresh, Wire};
use tlog::{Checkpoint, Hash, Leaves, Nodes as _, Signer, Tile, Verifier, leaf_hash};

pub(crate) const ORIGIN: &str = "koeln.example/log/public";
const KEY: [u8; 32] = [9; 32];
/// A module's own table, to see that effects are part of the transaction.
const APPLY: Sql = Sql { name: "test.apply", text: "insert into applied (seq) values (?1)" };
const APPLIED: Sql = Sql { name: "test.applied", text: "select count(*) from applied" };
const TABLE: store::Migration = store::Migration {
    module: "test",
    version: 1,
    sql: "create table applied (\n    seq integer primary key\n);",
};

/// An answer that is not the true one.
pub(crate) type Instead = (StatusCode, Vec<u8>);

/// A log as its owner wants it to look.
pub(crate) struct Log {
    pub(crate) signer: Signer,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) contents: BTreeMap<u64, Vec<u8>>,
    pub(crate) erased: BTreeMap<u64, u64>,
    /// How many entries it admits.
    pub(crate) shown: Option<usize>,
    pub(crate) instead: BTreeMap<String, Instead>,
    entropy: Entropy,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            signer: Signer::new(ORIGIN, &[1; 32]),
            entries: vec![],
            contents: BTreeMap::new(),
            erased: BTreeMap::new(),
            shown: None,
            instead: BTreeMap::new(),
            entropy: Entropy::seeded(4),
        }
    }

    fn header(&self, kind: &str, content: Option<&[u8]>, erases: Vec<EntryId>) -> Header {
        Header {
            v: 1,
            id: EntryId::new(&Clock::fixed(Time(0)), &self.entropy),
            feed: "public".into(),
            kind: kind.into(),
            at: "2026-11-23T08:15:00Z".into(),
            actor: "node".into(),
            case: None,
            commitment: content.map(|content| STANDARD.encode(hmac(content))),
            erases,
        }
    }

    /// Appends so many entries, each with a content of its own.
    pub(crate) fn append(&mut self, count: usize) {
        for _ in 0..count {
            let content = format!("content {}", self.entries.len()).into_bytes();
            let header = self.header("test.noted", Some(&content), vec![]);
            self.contents.insert(self.entries.len() as u64, content);
            self.entries.push(serde_json::to_vec(&header).unwrap());
        }
    }

    /// Appends so many entries without a content.
    pub(crate) fn append_bare(&mut self, count: usize) {
        for _ in 0..count {
            self.entries.push(serde_json::to_vec(&self.header("test.bare", None, vec![])).unwrap());
        }
    }

    /// Erases the content of an entry and says so.
    pub(crate) fn erase(&mut self, seq: u64) {
        let header: Header = serde_json::from_slice(&self.entries[usize::try_from(seq).unwrap()]).unwrap();
        self.contents.remove(&seq);
        self.erased.insert(seq, self.entries.len() as u64);
        let eraser = self.header(ERASED, None, vec![header.id]);
        self.entries.push(serde_json::to_vec(&eraser).unwrap());
    }

    pub(crate) fn size(&self) -> usize {
        self.shown.unwrap_or(self.entries.len())
    }

    fn leaves(&self) -> Vec<Hash> {
        self.entries[..self.size()].iter().map(|entry| leaf_hash(entry)).collect()
    }

    pub(crate) fn root(&self) -> Hash {
        let leaves = self.leaves();
        let Ok(root) = tlog::root(leaves.len() as u64, &mut Leaves(&leaves));
        root
    }

    pub(crate) fn checkpoint(&self) -> String {
        let origin = self.signer.verifier().name().to_owned();
        Checkpoint { origin, size: self.size() as u64, root: self.root() }.sign(&self.signer).to_string()
    }

    /// The true answer, or the one a test wants.
    pub(crate) fn answer(&self, path: &str) -> Instead {
        let nothing = (StatusCode::NOT_FOUND, Vec::new());
        if let Some(instead) = self.instead.get(path) {
            return instead.clone();
        }
        if path == "checkpoint" {
            return (StatusCode::OK, self.checkpoint().into_bytes());
        }
        if let Some(seq) = path.strip_prefix("payload/").and_then(|seq| seq.parse().ok()) {
            return self.payload(seq);
        }
        let Some(Ok((tile, is_entries))) = path.strip_prefix("tile/").map(Tile::parse) else {
            return nothing;
        };
        if !tile.is_in(self.size() as u64) {
            return nothing;
        }
        let range = tile.index * 256..tile.index * 256 + tile.width;
        let bytes = if is_entries {
            tlog::bundle(range.map(|seq| &self.entries[usize::try_from(seq).unwrap()])).unwrap()
        } else {
            let leaves = self.leaves();
            let node = |index| {
                let Ok(hash) = Leaves(&leaves).node(tile.level * 8, index);
                hash
            };
            range.flat_map(node).collect()
        };
        (StatusCode::OK, bytes)
    }

    fn payload(&self, seq: u64) -> Instead {
        match (self.contents.get(&seq), self.erased.get(&seq)) {
            (Some(content), _) => (StatusCode::OK, disclosed(content)),
            (None, Some(by)) => (StatusCode::GONE, format!("{{\"erased_by\":{by}}}").into_bytes()),
            _ => (StatusCode::NOT_FOUND, Vec::new()),
        }
    }
}

/// A content as it is served.
pub(crate) fn disclosed(content: &[u8]) -> Vec<u8> {
    let (content, key) = (STANDARD.encode(content), STANDARD.encode(KEY));
    serde_json::json!({ "content": content, "commitment_key": key }).to_string().into_bytes()
}

fn hmac(content: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..32].copy_from_slice(&KEY);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(content);
    mac.finalize().into_bytes().into()
}

/// A log that is served, the way to it, and a mirror.
pub(crate) struct Scene {
    pub(crate) log: Arc<Mutex<Log>>,
    pub(crate) wire: Wire,
    pub(crate) mirror: Mirror,
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) name: FeedName,
    pub(crate) key: Verifier,
    _fresh: Fresh,
}

impl Scene {
    pub(crate) async fn new(fresh: Fresh) -> Self {
        let log = Arc::new(Mutex::new(Log::new()));
        let address = serve(Arc::clone(&log)).await;
        let migrations = [store::MIGRATIONS, federation::MIGRATIONS, &[TABLE]].concat();
        let db = fresh.open(&migrations, None).unwrap();
        let clock = Clock::fixed(Time(1_800_000_000_000_000));
        let witness = Signer::new("bonn.example/witness", &[2; 32]);
        let mirror = Mirror::new(db.clone(), clock.clone(), witness);
        let mirror = mirror.limited(Limits { entries: 512, ..Limits::default() });
        let name = FeedName { peer: "koeln.example".into(), feed: "public".into() };
        let key = Signer::new(ORIGIN, &[1; 32]).verifier();
        Self { log, wire: Wire::to(address).await, mirror, db, clock, name, key, _fresh: fresh }
    }

    /// The log behind the wire.
    pub(crate) fn remote(&self) -> Remote {
        let fetch = Fetch::new(Duration::from_millis(700)).unwrap();
        Remote::new(format!("http://{}", self.wire.address), fetch)
    }

    /// Everything is wanted, and each entry leaves a row.
    pub(crate) fn interest() -> Interest {
        let apply: Apply = Arc::new(|tx, batch| {
            for (entry, _) in batch.entries {
                tx.exec(&APPLY, params![i64::try_from(entry.seq).unwrap()])?;
            }
            Ok(())
        });
        Interest { wants: Arc::new(|_| true), apply }
    }

    pub(crate) async fn pull(&self) -> base::Result<Progress> {
        self.mirror.pull(&self.name, &self.key, &self.remote(), &Self::interest()).await
    }

    /// The code of the problem a pull ends with.
    pub(crate) async fn refused(&self) -> &'static str {
        self.pull().await.map_err(|problem: Problem| problem.code).unwrap_err()
    }

    /// Pulls until nothing is left.
    pub(crate) async fn pull_all(&self) -> Progress {
        let interest = Self::interest();
        self.mirror.pull_all(&self.name, &self.key, &self.remote(), &interest, 100).await.unwrap()
    }

    pub(crate) fn edit(&self, work: impl FnOnce(&mut Log)) {
        work(&mut self.log.lock().unwrap());
    }

    pub(crate) async fn state(&self) -> Option<federation::State> {
        let name = self.name.clone();
        self.db.read("state", move |tx| federation::state(tx, &name)).await.unwrap()
    }

    pub(crate) async fn conflicts(&self) -> Vec<federation::Conflict> {
        let name = self.name.clone();
        self.db.read("conflicts", move |tx| federation::conflicts(tx, &name)).await.unwrap()
    }

    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let name = self.name.clone();
        self.db.read("entries", move |tx| federation::entries(tx, &name, 0, u32::MAX)).await.unwrap()
    }

    /// Checks that what is mirrored is a beginning of the log, with the contents the log still has, that its root is the
    /// tree's, and that its effects are there once. Gives the size.
    pub(crate) async fn check(&self) -> usize {
        let entries = self.entries().await;
        let applied = self.db.read("applied", |tx| Ok(tx.get::<i64>(&APPLIED, &[])?)).await.unwrap();
        assert_eq!(applied, Some(i64::try_from(entries.len()).unwrap()));
        let state = self.state().await;
        let log = self.log.lock().unwrap();
        for (seq, entry) in (0_u64..).zip(&entries) {
            assert_eq!((entry.seq, &entry.header), (seq, &log.entries[usize::try_from(seq).unwrap()]));
            if !entry.erased && !log.erased.contains_key(&seq) {
                assert_eq!(entry.content.as_ref(), log.contents.get(&seq), "content of {seq}");
            }
        }
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(&entry.header)).collect();
        let Ok(root) = tlog::root(leaves.len() as u64, &mut Leaves(&leaves));
        let frontier = state.map(|state| state.frontier).unwrap_or_default();
        assert_eq!((frontier.size(), frontier.root()), (leaves.len() as u64, root));
        leaves.len()
    }
}

async fn serve(log: Arc<Mutex<Log>>) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = |State(log): State<Arc<Mutex<Log>>>, Path(path): Path<String>| async move {
        log.lock().unwrap().answer(&path)
    };
    let router = Router::new().route("/{*path}", get(answer)).with_state(log);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

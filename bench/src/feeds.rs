//! What it costs to verify the feed of another member, beside the bare hashes and signatures it consists of.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use base::{CaseId, Clock, Entropy, EntryId, Time};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use federation::{FeedName, Interest, Limits, Mirror, Remote, Taken};
use fetch::Fetch;
use ledger::Header;
use sha2::{Digest as _, Sha256};
use testkit::Fresh;
use tlog::{Checkpoint, Frontier, Signer, TILE_WIDTH, Tile, Verifier, leaf_hash};

use crate::{ROUNDS, compare, cpu, median, precise};

/// Entries of the log; no multiple of a bundle's.
const ENTRIES: u64 = 100_100;

/// How often they are verified in one measurement: the processor's time is told in hundredths of a second.
const TIMES: u64 = 5;

/// A log as its server has it: files by their path.
struct Log {
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<Vec<u8>>,
    verifier: Verifier,
    checkpoint: Checkpoint,
}

impl Log {
    fn new() -> Self {
        let signer = Signer::new("bench.example/log/public", &[1; 32]);
        let entropy = Entropy::seeded(1);
        let entries: Vec<_> = (0..ENTRIES).map(|number| entry(number, &entropy)).collect();
        let mut files = BTreeMap::new();
        let mut level: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut frontier = Frontier::default();
        frontier.extend(level.iter().copied());
        for (bundle, index) in entries.chunks(256).zip(0..) {
            let tile = Tile::widest(0, index, ENTRIES);
            files.insert(format!("tile/{}", tile.entries_path()), tlog::bundle(bundle).unwrap());
        }
        for number in 0.. {
            let tiles = level.chunks(256).zip(0..).map(|(hashes, index)| {
                (format!("tile/{}", Tile::widest(number, index, ENTRIES).path()), hashes.concat())
            });
            files.extend(tiles);
            level = level.as_chunks::<256>().0.iter().filter_map(|tile| tlog::tile_root(tile)).collect();
            if level.is_empty() {
                break;
            }
        }
        let verifier = signer.verifier();
        let root = frontier.root();
        let checkpoint = Checkpoint { origin: verifier.name().to_owned(), size: ENTRIES, root };
        files.insert("checkpoint".into(), checkpoint.sign(&signer).to_string().into_bytes());
        Self { files, entries, verifier, checkpoint }
    }

    fn bundle(&self, index: u64) -> (&[u8], Tile) {
        let tile = Tile::widest(0, index, ENTRIES);
        let found = self.files.get(&format!("tile/{}", tile.entries_path()));
        (found.unwrap().as_slice(), tile)
    }
}

/// An entry as members write them.
fn entry(number: u64, entropy: &Entropy) -> Vec<u8> {
    let clock = Clock::fixed(Time(1_700_000_000_000_000).plus_seconds(i64::try_from(number).unwrap()));
    let header = Header {
        v: 1,
        id: EntryId::new(&clock, entropy),
        feed: "public".into(),
        kind: "report.opened".into(),
        at: clock.now().rfc3339(),
        actor: "0123456789abcdef0123".into(),
        case: Some(CaseId::new(&clock, entropy)),
        commitment: Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()),
        erases: Vec::new(),
    };
    serde_json::to_vec(&header).unwrap()
}

/// Entries verified, and entries pulled, per second of processor time.
pub(crate) async fn feeds() {
    let log = Arc::new(Log::new());
    let (mut ours, mut bare) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        ours.push(rate(ENTRIES * TIMES, || (0..TIMES).for_each(|_| verify(&log))));
        bare.push(rate(ENTRIES * TIMES, || (0..TIMES).for_each(|_| hash(&log))));
    }
    compare(
        "feeds, entries verified per second of processor time, beside bare SHA-256 and Ed25519",
        "/s",
        ours,
        bare,
    );
    let mut pulled = vec![];
    for _ in 0..ROUNDS {
        let before = cpu();
        pull(&log).await;
        pulled.push(precise(ENTRIES) / (cpu() - before).as_secs_f64());
    }
    println!(
        "| feeds, entries pulled over HTTP, verified and stored per second of processor time of both sides | {:.0} /s | | |",
        median(pulled)
    );
}

fn rate(count: u64, work: impl FnOnce()) -> f64 {
    let before = cpu();
    work();
    precise(count) / (cpu() - before).as_secs_f64()
}

/// As a round of pulling does it: a signed checkpoint, bundles, the root over all.
fn verify(log: &Log) {
    let step = Limits::default().entries;
    let mut known = Frontier::default();
    while known.size() < ENTRIES {
        let note = std::str::from_utf8(log.files.get("checkpoint").unwrap()).unwrap();
        let (checkpoint, _) = Checkpoint::open(note, &log.verifier).unwrap();
        let mut taken = Taken::after(known.clone());
        let end = (known.size() + step).min(ENTRIES);
        for index in known.size() / TILE_WIDTH..end.div_ceil(TILE_WIDTH) {
            let (bundle, tile) = log.bundle(index);
            taken.add(bundle, index * TILE_WIDTH, tile.width).unwrap();
        }
        known = taken.frontier().clone();
        assert!(known.size() < ENTRIES || known.root() == checkpoint.root);
    }
}

/// The peer: every entry and every inner node hashed once, and as many signatures checked.
fn hash(log: &Log) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let text = log.checkpoint.to_string();
    let signature = key.sign(text.as_bytes());
    let key = VerifyingKey::from(&key);
    for _ in 0..ENTRIES.div_ceil(Limits::default().entries) {
        key.verify_strict(text.as_bytes(), &signature).unwrap();
    }
    let mut node = [1; 65];
    for entry in &log.entries {
        let leaf = Sha256::new().chain_update([0]).chain_update(entry).finalize();
        for (to, from) in node.iter_mut().skip(1).zip(leaf) {
            *to = from;
        }
        black_box(Sha256::digest(black_box(node)));
    }
}

/// Pulls everything over HTTP into a fresh database.
async fn pull(log: &Arc<Log>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/{*path}", get(serve)).with_state(Arc::clone(log));
    let server = tokio::spawn(web::server::serve(listener, router, std::future::pending()));
    let fresh = Fresh::sqlite();
    let db = fresh.open(&[store::MIGRATIONS, federation::MIGRATIONS].concat(), None).unwrap();
    let mirror = Mirror::new(db, Clock::system(), Signer::new("bench.example/witness", &[2; 32]));
    let name = FeedName { peer: "bench.example".into(), feed: "public".into() };
    let remote = Remote::new(base, Fetch::new(Duration::from_secs(10)).unwrap());
    let rounds = u32::try_from(ENTRIES / 256).unwrap();
    let progress =
        mirror.pull_all(&name, &log.verifier, &remote, &Interest::in_nothing(), rounds).await.unwrap();
    assert_eq!(progress.size, ENTRIES);
    server.abort();
}

async fn serve(State(log): State<Arc<Log>>, Path(path): Path<String>) -> Result<Vec<u8>, StatusCode> {
    log.files.get(&path).cloned().ok_or(StatusCode::NOT_FOUND)
}

//! A member leaves one installation with everything and goes on in another, on either engine; whoever mirrored it, signed
//! with it or reported to it notices nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod together;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use base::{CaseId, Clock, Entropy};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use federation::papers::Papers;
use federation::{FeedName, Interest, Mirror, NodeKeys, Progress, Remote, peers};
use fetch::Fetch;
use ledger::{Actor, Fact, Keys, PUBLIC};
use node::Config;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use testkit::Fresh;
use tlog::Verifier;

const RAUM: &str = env!("CARGO_BIN_EXE_raum");

/// Runs the program; gives what it says, when it does what it should.
fn raum(data: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = Command::new(RAUM);
    let output = command.arg("--data").arg(data).args(args).env("RAUM_LOG", "error").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(data: &Path) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut serve = Command::new(RAUM);
        serve.arg("--data").arg(data).arg("serve");
        let child = serve.env("RAUM_LISTEN", address.to_string()).env("RAUM_LOG", "error").spawn().unwrap();
        let serving = Self { child, address };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "the process does not serve");
            std::thread::sleep(Duration::from_millis(20));
        }
        serving
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: bonn.localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What an export holds.
struct Export {
    path: PathBuf,
    manifest: Value,
}

impl Export {
    fn new(data: &Path, slug: &str, path: PathBuf) -> Self {
        let said = raum(data, &["export", "--member", slug, path.to_str().unwrap()]).unwrap();
        assert!(said.contains("Whoever has them can speak as the member"), "{said}");
        let manifest = serde_json::from_slice(&fs::read(path.join("manifest.json")).unwrap()).unwrap();
        Self { path, manifest }
    }

    fn rows(&self, table: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path.join(format!("tables/{table}.jsonl"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What is in it in whatever order rows come: each table's rows and hash of all, and each file's.
    fn content(&self) -> BTreeMap<String, (u64, String)> {
        let mut content = BTreeMap::new();
        for file in self.manifest["files"].as_array().unwrap() {
            let path = file["path"].as_str().unwrap();
            let hash = match file["role"].as_str().unwrap() {
                "table" => {
                    let text = fs::read_to_string(self.path.join(path)).unwrap();
                    let mut lines: Vec<_> = text.lines().collect();
                    lines.sort_unstable();
                    format!("{:x?}", Sha256::digest(lines.concat()))
                }
                "file" | "schema" | "settings" => file["sha256"].as_str().unwrap().to_owned(),
                _ => continue,
            };
            content.insert(path.to_owned(), (file["rows"].as_u64().unwrap_or(0), hash));
        }
        content
    }
}

/// Somebody elsewhere who mirrors the member.
struct Peer {
    mirror: Mirror,
    name: FeedName,
    log: Verifier,
    _fresh: Fresh,
}

impl Peer {
    fn new(log: Verifier) -> Self {
        let fresh = Fresh::sqlite();
        let db = fresh.open(&[store::MIGRATIONS, federation::MIGRATIONS].concat(), None).unwrap();
        let mirror = Mirror::new(db, Clock::system(), tlog::Signer::new("c/witness", &[3; 32]));
        Self {
            mirror,
            name: FeedName { peer: "bonn.localhost".into(), feed: PUBLIC.into() },
            log,
            _fresh: fresh,
        }
    }

    async fn pull(&self, serving: &Serving) -> Progress {
        let base = format!("http://bonn.localhost:{}/log/{PUBLIC}", serving.address.port());
        let remote = Remote::new(base, Fetch::new(Duration::from_secs(10)).unwrap());
        self.mirror.pull_all(&self.name, &self.log, &remote, &Interest::in_nothing(), 100).await.unwrap()
    }
}

/// A link with which a citizen follows a report that nobody else sees it by: only whoever has the member's keys knows it.
fn tracking(export: &Export, keys: &Keys) -> (String, String) {
    let case = export.rows("case_file").into_iter().find(|row| !row["secret_hash"].is_null()).unwrap();
    let id = case["id"].as_str().unwrap();
    let bytes: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap()).collect();
    let id = CaseId::from_bytes(&bytes).unwrap();
    let secret = URL_SAFE_NO_PAD.encode(keys.derive(&format!("report/tracking/{id}")).as_slice());
    (format!("/anliegen/v/{secret}"), case["number"].as_str().unwrap().to_owned())
}

/// Where a member goes to, one after the other: onto SQLite, onto PostgreSQL where there is a server, and back. Each has a
/// short name that nobody used there.
fn engines(name: &str) -> Vec<(String, Option<String>)> {
    let mut engines = vec![None];
    engines.extend(std::env::var("RAUM_TEST_POSTGRES").ok().map(Some));
    engines.push(None);
    let unique: String = Entropy::system().bytes::<6>().iter().map(|byte| format!("{byte:02x}")).collect();
    (0..).zip(engines).map(|(number, database)| (format!("{name}-{number}-{unique}"), database)).collect()
}

fn arrive(data: &Path, slug: &str, export: &Export, database: Option<&str>) {
    let mut args = vec!["member", "import", slug, export.path.to_str().unwrap()];
    args.extend(database.into_iter().flat_map(|url| ["--database", url]));
    let said = raum(data, &args).unwrap();
    assert!(said.contains(&format!("'{slug}' is here")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_goes_on_elsewhere_and_nobody_notices() {
    let old = tempfile::tempdir().unwrap();
    let demo = ["demo", "--no-serve", "--cases", "40", "--dir", old.path().to_str().unwrap()];
    raum(old.path(), &demo).unwrap();
    let seed: [u8; 32] = fs::read(old.path().join("members/bonn/key")).unwrap().try_into().unwrap();
    let keys = Keys::new("bonn.localhost", seed);
    let peer = Peer::new(keys.log_verifier(PUBLIC));
    let (verified, left) = {
        let serving = Serving::start(old.path());
        let pulled = peer.pull(&serving).await;
        assert!(pulled.is_complete() && pulled.size > 40);
        let left = Export::new(old.path(), "bonn", old.path().join("while-serving"));
        let (link, number) = tracking(&left, &keys);
        assert!(serving.get(&link).contains(&number), "the link is right where the member was");
        drop(serving);
        (raum(old.path(), &["verify", "--member", "bonn"]).unwrap(), left)
    };
    assert!(left.rows("federation_document").len() > 1, "agreements go along");
    let agreements = left.rows("federation_document").len();

    // Each installation is told to be the only one; here they follow one another, and each writes on.
    let (mut before, mut kept) = (left, Vec::new());
    for (number, (slug, database)) in engines("bonn").into_iter().enumerate() {
        let new = tempfile::tempdir().unwrap();
        arrive(new.path(), &slug, &before, database.as_deref());
        if number == 0 {
            assert_eq!(raum(new.path(), &["verify", "--member", &slug]).unwrap(), verified);
        } else {
            assert!(raum(new.path(), &["verify", "--member", &slug]).unwrap().starts_with("ok"));
        }
        let again = Export::new(new.path(), &slug, new.path().join("again"));
        assert_eq!(again.content(), before.content(), "the same rows and files");
        let twice = raum(new.path(), &["member", "import", "other", before.path.to_str().unwrap()]);
        assert!(twice.unwrap_err().contains("answers at bonn.localhost already"));

        append(&new, &slug).await;
        {
            let serving = Serving::start(new.path());
            let pulled = peer.pull(&serving).await;
            assert_eq!(
                (pulled.size, pulled.is_complete()),
                (pulled.from + 1, true),
                "it goes on where it was"
            );
            let (link, case) = tracking(&again, &keys);
            assert!(serving.get(&link).contains(&case), "a citizen's link leads to the same");
        }
        assert_eq!(papers(&new, &slug).await, agreements, "what was signed is still signed");
        before = Export::new(new.path(), &slug, new.path().join("and-on"));
        // The next one comes from here.
        kept.push(new);
    }
}

async fn append(data: &TempDir, slug: &str) {
    let member = node::open_member(data.path(), &Config::default(), slug).await.unwrap();
    let own = member.clone();
    let add = move |tx: &mut store::Tx<'_>| {
        let fact = Fact {
            feed: PUBLIC,
            kind: "test.noted",
            actor: Actor::Node,
            case: None,
            subject: None,
            payload: None,
        };
        own.ledger.append(tx, &fact)
    };
    member.db.write("test.append", add).await.unwrap();
    member.db.sequence().await.unwrap();
}

/// How many documents verify, each with the acts upon it, for the keys that are the member's here.
async fn papers(data: &TempDir, slug: &str) -> usize {
    let member = node::open_member(data.path(), &Config::default(), slug).await.unwrap();
    let own = NodeKeys::new(&member.settings.url, member.ledger.keys()).unwrap();
    let read = member.db.read("papers", |tx| Ok((Papers::load(tx)?, peers::keyring(tx)?)));
    let (papers, keyring) = read.await.unwrap();
    let keyring = keyring.with(own.did(), &own.public().agreements);
    for document in &papers.documents {
        assert!(document.terms().party(own.did()).is_some_and(|party| party.keys == *own.public()));
        let mut acts = papers.acts_of(document.hash()).into_iter();
        assert!(acts.all(|act| document.check_act(act, &keyring).is_ok()));
    }
    papers.documents.len()
}

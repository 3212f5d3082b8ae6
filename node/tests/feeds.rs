//! Feeds as members pull them from each other: real routers over loopback, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;
use std::time::Duration;

use base::{CaseId, Clock, Entropy, Kind, Problem, Result};
use federation::{Apply, Batch, FeedName, Interest, Limits, Mirror, OriginHash, Progress, Remote, View};
use fetch::Fetch;
use identity::Passwords;
use ledger::{AUDIT, Actor, Fact, Header, Keys, Ledger, PUBLIC};
use store::{Db, Files, Migration, Tx, params, statements};
use testkit::Fresh;
use tlog::{Leaves, Note, Verifier, leaf_hash, verify_cosignature};
use tokio::net::TcpListener;
use web::mail::Mailer;
use web::{Member, Members, Parts, Settings, Texts};

/// What somebody makes of entries; each at most once.
const EFFECTS: Migration = Migration {
    module: "effects",
    version: 1,
    sql: "create table effect (\n    seq integer primary key,\n    content text\n);",
};

statements! {
    ADD = "effect.add": "insert into effect (seq, content) values (?1, ?2)";
    ERASE = "effect.erase": "update effect set content = null where seq = ?1";
    COUNT = "effect.count": "select count(*), count(content) from effect";
}

/// Two members of one process, which answers on a port of this machine.
struct Region {
    koeln: Arc<Member>,
    bonn: Arc<Member>,
    port: u16,
    fetch: Fetch,
    _fresh: [Fresh; 2],
}

impl Region {
    /// One of them on each engine there is, in turn.
    async fn everywhere() -> Vec<Self> {
        let mut regions = Vec::new();
        for (one, other) in Fresh::everywhere().into_iter().zip(Fresh::everywhere()) {
            regions.push(Self::new(one, other).await);
        }
        regions
    }

    async fn new(one: Fresh, other: Fresh) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (koeln, bonn) = (member(&one, "koeln", 1).await, member(&other, "bonn", 2).await);
        let members = Members::new([koeln.clone(), bonn.clone()]);
        let router = web::app::router(members, node::MODULES, web::app::Options::default());
        tokio::spawn(web::server::serve(listener, router, std::future::pending()));
        let fetch = Fetch::new(Duration::from_secs(10)).unwrap();
        Self { koeln, bonn, port, fetch, _fresh: [one, other] }
    }

    fn remote(&self, host: &str, path: &str) -> Remote {
        Remote::new(format!("http://{host}.localhost:{}{path}", self.port), self.fetch.clone())
    }

    /// Bonn pulls Köln's public feed until nothing is left.
    async fn pull(&self, feed: &str, interest: &Interest) -> Result<Progress> {
        let log = self.koeln.ledger.keys().log_verifier(feed);
        let remote = self.remote("koeln", &format!("/log/{feed}"));
        let mirror = mirror(&self.bonn).limited(Limits { entries: 256, ..Limits::default() });
        mirror.pull_all(&name(feed), &log, &remote, interest, 100).await
    }

    async fn get(&self, path: &str) -> String {
        let url = format!("http://{path}").replace(".localhost", &format!(".localhost:{}", self.port));
        String::from_utf8(self.fetch.get(&url, 1 << 20).await.unwrap().to_vec()).unwrap()
    }
}

async fn member(fresh: &Fresh, slug: &str, seed: u8) -> Arc<Member> {
    let host = format!("{slug}.localhost");
    let (clock, entropy) = (Clock::system(), Entropy::system());
    let ledger = Ledger::new(Keys::new(&host, [seed; 32]), clock.clone(), entropy.clone());
    let migrations = [node::migrations(), vec![EFFECTS]].concat();
    let db = fresh.open(&migrations, Some(ledger.sequencer())).unwrap();
    let settings =
        Settings::new(slug, "05315".parse().unwrap(), (&host, &format!("http://{host}")), "amt@town.example");
    let files = Files::in_folder(&fresh.folder.path().join("files")).unwrap();
    let mailer = Mailer::Folder(fresh.folder.path().join("mail"));
    let parts = Parts { slug: slug.into(), settings, db, files, ledger, mailer, clock, entropy };
    let texts = Arc::new(Texts::new(node::texts()).unwrap());
    let fetch = Fetch::new(Duration::from_secs(2)).unwrap();
    Member::open(parts, texts, node::MODULES, Passwords::new(1), fetch).await.unwrap()
}

fn mirror(member: &Member) -> Mirror {
    Mirror::new(member.db.clone(), member.clock.clone(), member.ledger.keys().witness())
}

fn name(feed: &str) -> FeedName {
    FeedName { peer: "koeln.localhost".into(), feed: feed.into() }
}

/// Appends so many entries with a content and as many without one, all about one case.
async fn append(member: &Arc<Member>, feed: &'static str, count: u32) -> CaseId {
    let case = CaseId::new(&member.clock, &member.entropy);
    let own = member.clone();
    let work = move |tx: &mut Tx<'_>| {
        for number in 0..count {
            let content = format!("{{\"number\":\"{number}\"}}");
            for payload in [Some(content.as_bytes()), None] {
                let (kind, actor, case) = ("test.noted", Actor::Node, Some(case));
                own.ledger.append(tx, &Fact { feed, kind, actor, case, subject: None, payload })?;
            }
        }
        Ok(())
    };
    member.db.write("test.append", work).await.unwrap();
    member.db.sequence().await.unwrap();
    case
}

/// Wants every content and makes an effect of every entry.
fn everything() -> Interest {
    let apply: Apply = Arc::new(|tx: &mut Tx<'_>, batch: &Batch<'_>| {
        for (entry, _) in batch.entries {
            let content = entry.content.as_ref().map(|content| String::from_utf8_lossy(content).into_owned());
            tx.exec(&ADD, params![i64::try_from(entry.seq).unwrap(), content.as_deref()])?;
        }
        for seq in batch.erased {
            tx.exec(&ERASE, params![i64::try_from(*seq).unwrap()])?;
        }
        Ok(())
    });
    Interest { wants: Arc::new(|_: &Header| true), apply }
}

/// Effects, and those with a content.
async fn effects(db: &Db) -> (i64, i64) {
    let counted = db.read("test.count", |tx| Ok(tx.one(&COUNT, &[], |row| Ok((row.get(0)?, row.get(1)?)))?));
    counted.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_mirrors_another_and_says_what_it_saw() {
    for region in Region::everywhere().await {
        append(&region.koeln, PUBLIC, 400).await;
        let progress = region.pull(PUBLIC, &everything()).await.unwrap();
        assert_eq!((progress.from, progress.size, progress.target), (0, 800, 800));
        assert_eq!(effects(&region.bonn.db).await, (800, 400));
        let again = region.pull(PUBLIC, &everything()).await.unwrap();
        assert_eq!((again.from, again.size), (800, 800), "nothing happens twice");
        append(&region.koeln, PUBLIC, 1).await;
        assert_eq!(region.pull(PUBLIC, &everything()).await.unwrap().size, 802);
        assert_eq!(effects(&region.bonn.db).await, (802, 401));

        let found = region.bonn.db.read("test", move |tx| federation::entries(tx, &name(PUBLIC), 0, 2000));
        let leaves: Vec<_> = found.await.unwrap().iter().map(|entry| leaf_hash(&entry.header)).collect();
        let Ok(root) = tlog::root(802, &mut Leaves(&leaves));
        let log = region.koeln.ledger.keys().log_verifier(PUBLIC);
        let hash = OriginHash::of(log.name());
        let note = region.get(&format!("bonn.localhost/witness/{hash}/checkpoint")).await;
        let (checkpoint, note) = tlog::Checkpoint::open(&note, &log).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (802, root));
        let key = region.get("bonn.localhost/witness/key").await;
        let witness = Verifier::parse_witness(key.trim()).unwrap();
        assert!(verify_cosignature(&witness, &note).unwrap() > 1_700_000_000);
        let altered = Note { text: note.text.replace("802", "803"), ..note };
        assert!(verify_cosignature(&witness, &altered).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_erases_is_gone_where_it_was_mirrored() {
    for region in Region::everywhere().await {
        let case = append(&region.koeln, PUBLIC, 300).await;
        append(&region.koeln, PUBLIC, 2).await;
        region.pull(PUBLIC, &everything()).await.unwrap();
        assert_eq!(effects(&region.bonn.db).await, (604, 302));
        let koeln = region.koeln.clone();
        let erase = move |tx: &mut Tx<'_>| koeln.ledger.erase_case(tx, PUBLIC, case, Actor::Node);
        assert_eq!(region.koeln.db.write("test.erase", erase).await.unwrap(), 300);
        region.koeln.db.sequence().await.unwrap();
        region.pull(PUBLIC, &everything()).await.unwrap();
        assert_eq!(effects(&region.bonn.db).await, (607, 2), "three entries name the 300");
        let found = region.bonn.db.read("test", move |tx| federation::entries(tx, &name(PUBLIC), 0, 2000));
        let found = found.await.unwrap();
        let erased: Vec<_> = found.iter().filter(|entry| entry.erased).collect();
        assert_eq!(erased.len(), 300);
        assert!(erased.iter().all(|entry| entry.content.is_none() && entry.erased_by >= Some(604)));

        // Whoever comes later learns it from the answer for the content.
        let late = Fresh::sqlite();
        let db = late.open(&[federation::MIGRATIONS, &[EFFECTS]].concat(), None).unwrap();
        let mirror = Mirror::new(db.clone(), Clock::system(), region.bonn.ledger.keys().witness());
        let log = region.koeln.ledger.keys().log_verifier(PUBLIC);
        let remote = region.remote("koeln", "/log/public");
        let small = mirror.limited(Limits { entries: 256, ..Limits::default() });
        small.pull_all(&name(PUBLIC), &log, &remote, &everything(), 10).await.unwrap();
        assert_eq!(effects(&db).await, (607, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_public_feed_is_there_for_strangers() {
    let region = Region::new(Fresh::sqlite(), Fresh::sqlite()).await;
    append(&region.koeln, AUDIT, 2).await;
    append(&region.koeln, PUBLIC, 2).await;
    let refused = region.pull(AUDIT, &everything()).await.unwrap_err();
    assert_eq!((refused.kind, refused.code), (Kind::Peer, "feed-answer"), "{refused}");
    assert_eq!(effects(&region.bonn.db).await, (0, 0));
    region.pull(PUBLIC, &everything()).await.unwrap();
    let entries = format!("http://koeln.localhost:{}/log/audit/tile/entries/000.p/4", region.port);
    assert!(region.fetch.get(&entries, 1 << 20).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn effects_that_fail_leave_nothing_and_are_tried_again() {
    for region in Region::everywhere().await {
        append(&region.koeln, PUBLIC, 200).await;
        let whole = everything();
        let apply = Arc::clone(&whole.apply);
        let failing: Apply = Arc::new(move |tx: &mut Tx<'_>, batch: &Batch<'_>| {
            apply(tx, batch)?;
            if batch.entries.iter().any(|(entry, _)| entry.seq == 300) {
                return Err(Problem::busy("test", "not now"));
            }
            Ok(())
        });
        let failing = Interest { apply: failing, ..whole.clone() };
        assert_eq!(region.pull(PUBLIC, &failing).await.unwrap_err().code, "test");
        assert_eq!(effects(&region.bonn.db).await, (256, 128));
        assert_eq!(region.pull(PUBLIC, &whole).await.unwrap().from, 256);
        assert_eq!(effects(&region.bonn.db).await, (400, 200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_shows_two_histories_is_found_by_asking_a_witness() {
    for region in Region::everywhere().await {
        append(&region.koeln, PUBLIC, 20).await;
        region.pull(PUBLIC, &Interest::in_nothing()).await.unwrap();
        // A second log under the same key and name, as a member that lies has one.
        let other = Fresh::sqlite();
        let liar = member(&other, "koeln", 1).await;
        append(&liar, PUBLIC, 30).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://koeln.localhost:{}/log/public", listener.local_addr().unwrap().port());
        let router = web::app::router(Members::new([liar]), node::MODULES, web::app::Options::default());
        tokio::spawn(web::server::serve(listener, router, std::future::pending()));
        let deceived = Fresh::sqlite();
        let db = deceived.open(&[federation::MIGRATIONS, &[EFFECTS]].concat(), None).unwrap();
        let third = Mirror::new(db.clone(), Clock::system(), tlog::Signer::new("c/witness", &[3; 32]));
        let log = region.koeln.ledger.keys().log_verifier(PUBLIC);
        let remote = Remote::new(url, region.fetch.clone());
        third.pull(&name(PUBLIC), &log, &remote, &Interest::in_nothing()).await.unwrap();
        let witness = region.remote("bonn", "/witness");
        let view = third.cross_check(&name(PUBLIC), &log, &witness).await.unwrap();
        let View::Other(evidence) = view else { panic!("{view:?}") };
        let (older, newer) = evidence.verify(&log).unwrap();
        assert_eq!((older.size, newer.size), (40, 60));
        let paused = third.pull(&name(PUBLIC), &log, &remote, &Interest::in_nothing()).await.unwrap_err();
        assert_eq!(paused.code, "feed-paused");
        assert_eq!(region.pull(PUBLIC, &Interest::in_nothing()).await.unwrap().size, 40, "others go on");
        let kept = db.read("test", move |tx| federation::conflicts(tx, &name(PUBLIC))).await.unwrap();
        assert_eq!(kept.first().map(|conflict| conflict.evidence.verify(&log).is_ok()), Some(true));
    }
}

//! Killed at any instant: what was acknowledged is there, and nothing is half there.
//!
//! The test starts itself again as a child that writes under load and tells what was acknowledged; the child is
//! killed, and the database is opened and checked. `RAUM_CRASH_ROUNDS` sets how often, 200 unless told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use base::{Clock, Entropy};
use ledger::{Actor, Fact, Keys, Ledger, PUBLIC};
use store::{Db, Migration, Options, Place, params, statements};
use testkit::Fresh;

const CHILD: &str = "RAUM_CRASH_CHILD";
const WRITERS: i64 = 32;
/// Kills on one database; then a fresh one, so that checking does not grow with the rounds.
const KILLS: usize = 20;

/// Two tables that must always agree: a row in one without its twin is a torn write.
const TWINS: Migration = Migration {
    module: "twins",
    version: 1,
    sql: "create table left_twin (\n    id integer primary key\n);\ncreate table right_twin (\n    id integer primary key\n);",
};

statements! {
    LEFT = "twins.left": "insert into left_twin (id) values (?1)";
    RIGHT = "twins.right": "insert into right_twin (id) values (?1)";
    NEXT = "twins.next": "select coalesce(max(id), 0) + 1 from left_twin where id >= ?1 and id < ?2";
    ALL_LEFT = "twins.all_left": "select id from left_twin order by id";
    ALL_RIGHT = "twins.all_right": "select id from right_twin order by id";
}

fn ledger() -> Ledger {
    Ledger::new(Keys::new("crash.example", [7; 32]), Clock::system(), Entropy::system())
}

fn open(place: Place, ledger: &Ledger) -> Db {
    let migrations = [store::MIGRATIONS, ledger::MIGRATIONS, &[TWINS]].concat();
    let hook = Some(ledger.sequencer());
    Db::open(&Options { place, migrations: &migrations, before_commit: hook, connections: 8 }).unwrap()
}

fn place_text(place: &Place) -> String {
    match place {
        Place::Sqlite(path) => path.to_str().unwrap().to_owned(),
        Place::Postgres { url, schema } => format!("{url} {schema}"),
    }
}

fn place_from(text: &str) -> Place {
    match text.split_once(' ') {
        Some((url, schema)) => Place::Postgres { url: url.into(), schema: schema.into() },
        None => Place::Sqlite(text.into()),
    }
}

/// The child: writes until it is killed, and tells each acknowledged number on a line of its own.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let ledger = ledger();
    let db = open(place_from(&place), &ledger);
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(db.clone(), ledger.clone(), writer))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write(db: Db, ledger: Ledger, writer: i64) {
    let (first, end) = (writer * 1_000_000_000, (writer + 1) * 1_000_000_000);
    let next = db.read("next", move |tx| Ok(tx.get::<i64>(&NEXT, params![first, end])?)).await.unwrap();
    for number in next.unwrap().max(first + 1).. {
        let ledger = ledger.clone();
        let done = db.write("twin", move |tx| {
            tx.exec(&LEFT, params![number])?;
            let content = number.to_string();
            let payload = Some(content.as_bytes());
            let fact = Fact {
                feed: PUBLIC,
                kind: "twin.born",
                actor: Actor::Node,
                case: None,
                subject: None,
                payload,
            };
            ledger.append(tx, &fact)?;
            tx.exec(&RIGHT, params![number])?;
            Ok(())
        });
        if done.await.is_ok() {
            // One write call for a whole line, so that a kill never leaves half a number.
            std::io::stdout().lock().write_all(format!("ack {number}\n").as_bytes()).unwrap();
        }
    }
}

/// Lets a child write for a moment, kills it, and gives the numbers it told.
fn kill_a_writer(place: &Place, moment: Duration) -> Vec<i64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, place_text(place))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let numbers = lines.lines().map_while(Result::ok);
        numbers.filter_map(|line| line.strip_prefix("ack ")?.parse().ok()).collect::<Vec<i64>>()
    });
    std::thread::sleep(moment);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// Opens the database and holds it against everything that was ever acknowledged on it.
async fn check(place: &Place, acknowledged: &BTreeSet<i64>) -> usize {
    let ledger = ledger();
    let db = open(place.clone(), &ledger);
    let (left, right, findings) = loop {
        let (all, ledger) = (db.clone(), ledger.clone());
        all.sequence().await.unwrap();
        let found = all.scan("check", move |tx| {
            let ids = |tx: &mut store::Tx<'_>, sql| {
                Ok::<_, base::Problem>(tx.all(sql, &[], |row| row.get::<i64>(0))?)
            };
            Ok((ids(tx, &ALL_LEFT)?, ids(tx, &ALL_RIGHT)?, ledger::verify(tx, &ledger)?))
        });
        let found = found.await.unwrap();
        // PostgreSQL ends commits that the killed child had sent, even after we have opened the database.
        if found.2.waiting == 0 {
            break found;
        }
    };
    assert_eq!(left, right, "a torn write");
    assert_eq!(findings.faults, Vec::<String>::new());
    assert_eq!(
        (findings.entries, findings.payloads),
        (left.len() as u64, left.len() as u64),
        "an entry for each row"
    );
    let there: BTreeSet<_> = left.iter().copied().collect();
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    left.len()
}

async fn rounds(fresh: impl Fn() -> Fresh) {
    let rounds = std::env::var("RAUM_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let (mut total, mut kept) = (0, 0);
    let entropy = Entropy::system();
    for first in (0..rounds).step_by(KILLS) {
        let fresh = fresh();
        drop(open(fresh.place.clone(), &ledger()));
        let mut acknowledged = BTreeSet::new();
        let mut rows = 0;
        for _ in first..rounds.min(first + KILLS) {
            let [byte] = entropy.bytes::<1>();
            let moment = Duration::from_millis(60 + u64::from(byte) / 2);
            acknowledged.extend(kill_a_writer(&fresh.place, moment));
            rows = check(&fresh.place, &acknowledged).await;
        }
        total += acknowledged.len();
        kept += rows;
    }
    println!("{rounds} kills: {total} acknowledged, {kept} kept");
    assert!(total > rounds, "the children were killed under load: {total}");
    assert!(kept >= total);
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_what_was_acknowledged() {
    if std::env::var_os(CHILD).is_none() {
        rounds(Fresh::sqlite).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_what_was_acknowledged() {
    if std::env::var_os(CHILD).is_none() && std::env::var_os("RAUM_TEST_POSTGRES").is_some() {
        rounds(|| Fresh::postgres().unwrap_or_else(|| panic!("the server went away"))).await;
    }
}

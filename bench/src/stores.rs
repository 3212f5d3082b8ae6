use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use base::{Clock, Entropy};
use ledger::{Actor, Fact, Keys, Ledger, PUBLIC};
use store::{Db, Migration, params, statements};
use testkit::Fresh;
use tokio::sync::oneshot;

use crate::{ROUNDS, compare, cpu, median, per_second, precise};

const TABLE: Migration = Migration {
    module: "bench",
    version: 1,
    sql: "create table item (\n    id integer primary key,\n    body text not null,\n    hash blob not null\n);\ncreate index item_hash on item (hash);",
};
const PLAIN: &str = "create table item (id integer primary key, body text not null, hash blob not null) strict; \
    create index item_hash on item (hash)";
const INSERT: &str = "insert into item (id, body, hash) values (?1, ?2, ?3)";

statements! {
    ADD = "bench.add": "insert into item (id, body, hash) values (?1, ?2, ?3)";
    GET = "bench.get": "select body from item where id = ?1";
}

fn body() -> String {
    "x".repeat(300)
}

fn hash(id: i64) -> [u8; 32] {
    let mut hash = [0; 32];
    for (byte, number) in hash.iter_mut().zip(0_u32..) {
        *byte =
            id.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).rotate_left(number * 7).to_le_bytes()[0];
    }
    hash
}

fn open(fresh: &Fresh) -> Db {
    fresh.open(&[store::MIGRATIONS, &[TABLE]].concat(), None).unwrap()
}

/// Durable single-row transactions by 1, 64 and 256 clients, on each engine.
pub(crate) async fn writes() {
    for clients in [1_i64, 64, 256] {
        let each = if clients == 1 { 400 } else { 40_000 / clients };
        let (mut ours, mut raw) = (vec![], vec![]);
        for _ in 0..ROUNDS {
            let fresh = Fresh::sqlite();
            ours.push(through_store(&open(&fresh), clients, each).await);
            raw.push(raw_sqlite(&tempfile::tempdir().unwrap().path().join("raw.db"), clients, each).await);
        }
        compare(&format!("SQLite, durable writes, {clients} clients"), "/s", ours, raw);
    }
    for clients in [1_i64, 64, 256] {
        let each = if clients == 1 { 400 } else { 12_800 / clients };
        let connections = usize::try_from(clients.min(64)).unwrap();
        let (mut ours, mut raw) = (vec![], vec![]);
        for _ in 0..ROUNDS {
            let Some(fresh) = Fresh::postgres() else { return };
            let options = store::Options {
                place: fresh.place.clone(),
                migrations: &[store::MIGRATIONS, &[TABLE]].concat(),
                before_commit: None,
                connections,
            };
            ours.push(through_store(&Db::open(&options).unwrap(), clients, each).await);
            raw.push(raw_postgres(clients * each, connections));
        }
        compare(&format!("PostgreSQL, durable writes, {clients} clients"), "/s", ours, raw);
    }
}

async fn through_store(db: &Db, clients: i64, each: i64) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let db = db.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    let id = client * each + number;
                    let (body, hash) = (body(), hash(id));
                    let work = move |tx: &mut store::Tx<'_>| Ok(tx.exec(&ADD, params![id, &body, &hash])?);
                    db.write("bench.add", work).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    per_second(u64::try_from(clients * each).unwrap(), start)
}

/// The peer: one thread with a queue, the same pragmas, the same statement, one commit for all that waits.
pub(crate) async fn raw_sqlite(path: &Path, clients: i64, each: i64) -> f64 {
    type Item = (i64, String, [u8; 32], oneshot::Sender<()>);
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8192;")
        .unwrap();
    connection.execute_batch(PLAIN).unwrap();
    let (queue, items) = mpsc::channel::<Item>();
    let writer = std::thread::spawn(move || {
        while let Ok(first) = items.recv() {
            connection.execute_batch("begin immediate").unwrap();
            let mut group = vec![first];
            let mut next = 0;
            while let Some((id, body, hash, _)) = group.get(next) {
                let mut statement = connection.prepare_cached(INSERT).unwrap();
                statement.execute((id, body, hash.as_slice())).unwrap();
                next += 1;
                if group.len() < 1024
                    && let Ok(item) = items.try_recv()
                {
                    group.push(item);
                }
            }
            connection.execute_batch("commit").unwrap();
            group.into_iter().for_each(|(.., done)| done.send(()).unwrap());
        }
    });
    let start = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for number in 0..each {
                    let id = client * each + number;
                    let (done, answer) = oneshot::channel();
                    queue.send((id, body(), hash(id), done)).unwrap();
                    answer.await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let rate = per_second(u64::try_from(clients * each).unwrap(), start);
    drop(queue);
    writer.join().unwrap();
    rate
}

/// The peer: as many connections, each with its own thread and a serializable transaction for each row.
fn raw_postgres(total: i64, connections: usize) -> f64 {
    let fresh = Fresh::postgres().unwrap();
    let store::Place::Postgres { url, schema } = &fresh.place else { return 0.0 };
    let connect = || {
        let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
        client
            .batch_execute(&format!("create schema if not exists {schema}; set search_path to {schema}"))
            .unwrap();
        client
    };
    let threads = i64::try_from(connections).unwrap();
    std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let text = "create table item (id bigint primary key, body text not null, hash bytea not null); \
                            create index item_hash on item (hash)";
                connect().batch_execute(text).unwrap();
            })
            .join()
            .unwrap();
        let barrier = std::sync::Arc::new(std::sync::Barrier::new(connections + 1));
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let barrier = barrier.clone();
                scope.spawn(move || {
                    let mut client = connect();
                    let insert =
                        client.prepare("insert into item (id, body, hash) values ($1, $2, $3)").unwrap();
                    barrier.wait();
                    for id in (worker..total).step_by(connections) {
                        let level = postgres::IsolationLevel::Serializable;
                        let mut tx = client.build_transaction().isolation_level(level).start().unwrap();
                        tx.execute(&insert, &[&id, &body(), &hash(id).as_slice()]).unwrap();
                        tx.commit().unwrap();
                    }
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        per_second(u64::try_from(total).unwrap(), start)
    })
}

/// Point reads by one client out of 100,000 rows.
pub(crate) async fn reads() {
    const ROWS: i64 = 100_000;
    const READS: i64 = 100_000;
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    for first in (0..ROWS).step_by(1000) {
        db.write("fill", move |tx| {
            for id in first..first + 1000 {
                tx.exec(&ADD, params![id, &body(), &hash(id)])?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }
    let raw = rusqlite::Connection::open(fresh.folder.path().join("raum.db")).unwrap();
    let pick = |number: i64| number.wrapping_mul(7919).rem_euclid(ROWS);
    let (mut ours, mut peer) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for number in 0..READS {
            let id = pick(number);
            let found = db.read("bench.get", move |tx| Ok(tx.get::<String>(&GET, params![id])?)).await;
            assert_eq!(found.unwrap().map(|body| body.len()), Some(300));
        }
        ours.push(per_second(u64::try_from(READS).unwrap(), start));
        let start = Instant::now();
        for number in 0..READS {
            let mut statement = raw.prepare_cached(GET.text).unwrap();
            let body: String = statement.query_row([pick(number)], |row| row.get(0)).unwrap();
            assert_eq!(body.len(), 300);
        }
        peer.push(per_second(u64::try_from(READS).unwrap(), start));
    }
    compare("SQLite, point reads, one client", "/s", ours, peer);
}

/// What an entry costs in processor time, beyond the row it tells about.
pub(crate) async fn ledger() {
    const ENTRIES: i64 = 40_000;
    let mut costs = Vec::new();
    for _ in 0..ROUNDS {
        let mut spent = Vec::new();
        for with_entry in [false, true] {
            let fresh = Fresh::sqlite();
            let ledger = Ledger::new(Keys::new("bench.example", [1; 32]), Clock::system(), Entropy::system());
            let migrations = [store::MIGRATIONS, ledger::MIGRATIONS, &[TABLE]].concat();
            let db = fresh.open(&migrations, Some(ledger.sequencer())).unwrap();
            let before = cpu();
            let tasks: Vec<_> = (0..64)
                .map(|client| {
                    let (db, ledger) = (db.clone(), ledger.clone());
                    tokio::spawn(append(db, ledger, client * (ENTRIES / 64), ENTRIES / 64, with_entry))
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            spent.push((cpu() - before).as_secs_f64() * 1e6 / precise(u64::try_from(ENTRIES).unwrap()));
        }
        costs.extend(spent.last().zip(spent.first()).map(|(with, without)| with - without));
    }
    println!(
        "| ledger, processor time for an entry with a sealed payload | {:.1} µs | 15 µs | |",
        median(costs)
    );
}

async fn append(db: Db, ledger: Ledger, first: i64, count: i64, with_entry: bool) {
    for id in first..first + count {
        let ledger = ledger.clone();
        db.write("bench.append", move |tx| {
            tx.exec(&ADD, params![id, &body(), &hash(id)])?;
            if with_entry {
                let payload = Some(b"{\"number\":\"4711-2026\",\"category\":\"lamp\"}".as_slice());
                let fact = Fact {
                    feed: PUBLIC,
                    kind: "bench.added",
                    actor: Actor::Node,
                    case: None,
                    subject: None,
                    payload,
                };
                ledger.append(tx, &fact)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }
}

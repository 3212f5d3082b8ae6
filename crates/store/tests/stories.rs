//! What the store promises, told on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::{Kind, Problem, Time};
use store::search::{self, Audience, Doc};
use store::{BeforeCommit, Db, Error, MIGRATIONS, Migration, Tx, copy_all, params, statements};
use testkit::Fresh;

const TALLY: Migration = Migration {
    module: "tally",
    version: 1,
    sql: "create table tally (\n    name text primary key,\n    count integer not null,\n    note blob,\n    weight real\n);",
};

statements! {
    ADD = "tally.add": "insert into tally (name, count) values (?1, ?2)";
    GET = "tally.get": "select count from tally where name = ?1";
    SET = "tally.set": "update tally set count = ?2 where name = ?1";
    ENDLESS = "tally.endless":
        "with recursive n (i) as (select 1 union all select i + 1 from n)
         insert into tally (name, count) select 'row ' || i, 0 from n";
    COUNT = "tally.count": "select count(*) from tally";
    DROP = "tally.drop": "delete from tally where name = ?1";
    FULL = "tally.full": "insert into tally (name, count, note, weight) values (?1, ?2, ?3, ?4)";
    ROWS = "tally.rows": "select name, count, note, weight from tally order by name";
}

fn migrations() -> Vec<Migration> {
    [MIGRATIONS, &[TALLY]].concat()
}

fn open(fresh: &Fresh) -> Db {
    fresh.open(&migrations(), None).unwrap()
}

async fn count(db: &Db, name: &'static str) -> Option<i64> {
    db.read("get", move |tx| Ok(tx.get(&GET, params![name])?)).await.unwrap()
}

async fn add(db: &Db, name: &'static str, number: i64) -> base::Result<()> {
    db.write("add", move |tx| Ok(tx.exec(&ADD, params![name, number]).map(drop)?)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_reopening() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        add(&db, "kept", 7).await.unwrap();
        drop(db);
        assert_eq!(count(&open(&fresh), "kept").await, Some(7));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transaction_changes_nothing_and_disturbs_no_other() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let tasks: Vec<_> = (0..40_i64)
            .map(|number| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write("half", move |tx| {
                        let name = format!("row {number}");
                        tx.exec(&ADD, params![name.as_str(), number])?;
                        if number % 4 == 0 { Err(Problem::input("refused", "on purpose")) } else { Ok(()) }
                    })
                    .await
                })
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.await.unwrap().is_err(), number % 4 == 0);
        }
        let rows = db.read("count", |tx| Ok(tx.get::<i64>(&COUNT, &[])?)).await.unwrap();
        assert_eq!(rows, Some(30));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_update_is_lost() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        add(&db, "sum", 0).await.unwrap();
        let tasks: Vec<_> = (0..60)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write("increment", |tx| {
                        let sum = tx.get::<i64>(&GET, params!["sum"])?.unwrap_or(0);
                        tx.exec(&SET, params!["sum", sum + 1])?;
                        Ok(())
                    })
                    .await
                })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += i64::from(task.await.unwrap().is_ok());
        }
        assert_eq!(count(&db, "sum").await, Some(done), "{db:?}");
        assert!(done > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_closure_is_that_closures_problem_alone() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let problem = db.write("panic", |_| -> base::Result<()> { panic!("on purpose") }).await.unwrap_err();
        assert_eq!(problem.kind, Kind::Internal);
        add(&db, "after", 1).await.unwrap();
        assert_eq!(count(&db, "after").await, Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_handle_may_go_with_a_closure_of_the_writer_itself() {
    static JOINED: AtomicUsize = AtomicUsize::new(0);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        JOINED.fetch_add(info.to_string().contains("failed to join").into(), Ordering::SeqCst);
        before(info);
    }));
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (own, wait) = (db.clone(), std::sync::Mutex::new(wait));
    let (started, begun) = tokio::sync::oneshot::channel();
    let started = std::sync::Mutex::new(Some(started));
    let write = tokio::spawn(async move {
        let held = own.clone();
        let closure = move |_: &mut store::Tx<'_>| -> base::Result<()> {
            let _ = &held;
            if let Some(started) = started.lock().unwrap().take() {
                started.send(()).unwrap();
            }
            let _ = wait.lock().unwrap().recv();
            Ok(())
        };
        own.write("hold", closure).await
    });
    begun.await.unwrap();
    // Whoever asked has gone, and the writer holds the last handle.
    write.abort();
    assert!(write.await.unwrap_err().is_cancelled());
    drop(db);
    drop(go);
    let reopened = async {
        loop {
            match fresh.open(&migrations(), None) {
                Ok(db) => return db,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let reopened = tokio::time::timeout(Duration::from_secs(10), reopened).await.unwrap();
    add(&reopened, "after", 1).await.unwrap();
    assert_eq!(JOINED.load(Ordering::SeqCst), 0, "the writer waited for itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_swallows_its_interruption_leaves_nothing_behind() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    let swallowed = db.write("endless", |tx| {
        tx.exec(&ADD, params!["before", 1])?;
        drop(tx.exec(&ENDLESS, &[]));
        drop(tx.exec(&ADD, params!["after", 1]));
        Ok(())
    });
    assert_eq!(swallowed.await.unwrap_err().kind, Kind::Busy);
    assert_eq!((count(&db, "before").await, count(&db, "after").await), (None, None));
    add(&db, "next", 1).await.unwrap();
    assert_eq!(count(&db, "next").await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fails_after_writing_spoils_nothing_for_those_who_are_flushed_together_with_it() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let own = db.clone();
    // While this one is at work the others gather behind it.
    let first = tokio::spawn(async move {
        own.write("first", move |_| {
            let _ = wait.lock().unwrap().recv();
            Ok(())
        })
        .await
    });
    let runs: Arc<[AtomicUsize; 5]> = Arc::default();
    let mut gathered = Vec::new();
    for number in 0..5 {
        let (own, runs) = (db.clone(), runs.clone());
        gathered.push(tokio::spawn(async move {
            let name = ["good", "refused", "spoilt", "too", "spoilt too"][number];
            let work = move |tx: &mut Tx<'_>| {
                runs[number].fetch_add(1, Ordering::SeqCst);
                let refused = || Problem::input("wrong", "this is refused");
                if name == "refused" {
                    return Err(refused());
                }
                tx.exec(&ADD, params![name, 1])?;
                if name.starts_with("spoilt") { Err(refused()) } else { Ok(()) }
            };
            own.write(name, work).await.map_err(|problem| problem.code)
        }));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(go);
    first.await.unwrap().unwrap();
    let mut said = Vec::new();
    for one in gathered {
        said.push(one.await.unwrap());
    }
    assert_eq!(said, [Ok(()), Err("wrong"), Err("wrong"), Ok(()), Err("wrong")]);
    assert_eq!((count(&db, "good").await, count(&db, "too").await), (Some(1), Some(1)));
    assert_eq!((count(&db, "spoilt").await, count(&db, "spoilt too").await), (None, None));
    let runs = runs.each_ref().map(|runs| runs.load(Ordering::SeqCst));
    assert_eq!(runs, [2, 1, 1, 1, 1], "who was refused is not asked again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_holder_of_a_unique_thing_is_a_conflict() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        add(&db, "K-RR 2012", 1).await.unwrap();
        assert_eq!(add(&db, "K-RR 2012", 2).await.unwrap_err().kind, Kind::Conflict);
        assert_eq!(count(&db, "K-RR 2012").await, Some(1));
    }
}

struct Refuses;

impl BeforeCommit for Refuses {
    fn before_commit(&self, _: &mut Tx<'_>) -> base::Result<()> {
        Err(Problem::internal("full", "the disk is full, say"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_commit_fails_nothing_is_acknowledged() {
    let fresh = Fresh::sqlite();
    let db = fresh.open(&migrations(), Some(Arc::new(Refuses))).unwrap();
    let refused = db
        .write("add", |tx| {
            tx.exec(&ADD, params!["lost", 1])?;
            tx.sequence();
            Ok(())
        })
        .await;
    assert_eq!(refused.unwrap_err().kind, Kind::Busy);
    assert_eq!(count(&db, "lost").await, None);
    add(&db, "kept", 1).await.unwrap();
    assert_eq!(count(&db, "kept").await, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused_with_its_version() {
    for fresh in Fresh::everywhere() {
        drop(open(&fresh));
        match fresh.open(MIGRATIONS, None) {
            Err(Error::NewerSchema { module, version, newest }) => {
                assert_eq!((module.as_str(), version, newest), ("tally", 1, 0));
            }
            other => panic!("{other:?}"),
        }
        let reworded = Migration { sql: "create table tally (\n    name text\n);", ..TALLY };
        let error = fresh.open(&[MIGRATIONS, &[reworded]].concat(), None).unwrap_err();
        assert!(matches!(error, Error::ChangedMigration(..)), "{error}");
    }
}

#[test]
fn one_folder_has_one_writer_and_a_damaged_file_is_named() {
    let fresh = Fresh::sqlite();
    let _db = open(&fresh);
    assert!(matches!(fresh.open(&migrations(), None), Err(Error::Locked(_))));

    let fresh = Fresh::sqlite();
    std::fs::write(fresh.folder.path().join("raum.db"), [b"no database".as_slice(), &[7; 5000]].concat())
        .unwrap();
    let error = fresh.open(&migrations(), None).unwrap_err();
    assert!(matches!(&error, Error::Damaged(path, _) if path.ends_with("raum.db")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_moves_between_the_engines_and_back() {
    let all = Fresh::everywhere();
    for from in &all {
        for to in Fresh::everywhere() {
            let (from, to) = (from.open(&migrations(), None).unwrap(), open(&to));
            from.write("fill", |tx| {
                if tx.get::<i64>(&COUNT, &[])? != Some(0) {
                    return Ok(());
                }
                for number in 0..1200_i64 {
                    let name = format!("row {number}");
                    let note = (number % 3 != 0).then_some(b"bytes".as_slice());
                    tx.exec(&FULL, params![name.as_str(), number, note, 0.5])?;
                }
                search::put(tx, &doc("moved", "Straßenlaterne"))?;
                Ok(())
            })
            .await
            .unwrap();
            assert_eq!(copy_all(&from, &to, &migrations()).await.unwrap(), 1201);
            let rows = |tx: &mut Tx<'_>| {
                let row = |row: &store::Row<'_>| {
                    let note = row.get::<Option<Vec<u8>>>(2)?;
                    Ok((row.get::<String>(0)?, row.get::<i64>(1)?, note, row.get::<f64>(3)?))
                };
                Ok((tx.all(&ROWS, &[], row)?, search::find(tx, "Laterne", &[audience("public")], 9)?.len()))
            };
            assert_eq!(from.read("rows", rows).await.unwrap(), to.read("rows", rows).await.unwrap());
        }
    }
}

fn audience(name: &str) -> Audience {
    Audience { name: name.into(), module: None }
}

fn doc<'a>(key: &'a str, title: &'a str) -> Doc<'a> {
    Doc { module: "test", key, audience: "public", title, url: "/", text: "", at: Time(0) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_is_found_by_is_replaced_as_a_whole() {
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        let hits = |query: &'static str, name: &'static str| {
            let found = db.read("find", move |tx| Ok(search::find(tx, query, &[audience(name)], 9)?));
            async move { found.await.unwrap().into_iter().map(|hit| (hit.url, hit.at)).collect::<Vec<_>>() }
        };
        let put = |docs: Vec<Doc<'static>>| {
            db.write("replace", move |tx| Ok(search::replace(tx, "test", "1", &docs)?))
        };
        let old = Doc { text: "bei der Laterne", at: Time(1), ..doc("1", "Ampel") };
        put(vec![old.clone(), Doc { audience: "office:1", ..old.clone() }]).await.unwrap();
        // The words stay, what stands beside them does not, and another office has it.
        put(vec![
            Doc { url: "/neu", at: Time(2), ..old.clone() },
            Doc { audience: "office:2", text: "beim Mast", ..old.clone() },
        ])
        .await
        .unwrap();
        assert_eq!(hits("laterne", "public").await, [("/neu".to_owned(), Time(2))]);
        assert_eq!(hits("laterne", "office:1").await, []);
        assert_eq!((hits("laterne", "office:2").await, hits("mast", "office:2").await.len()), (vec![], 1));
        put(vec![Doc { text: "beim Brunnen", ..old }]).await.unwrap();
        assert_eq!((hits("laterne", "public").await.len(), hits("brunnen", "public").await.len()), (0, 1));
        assert_eq!(hits("mast", "office:2").await, []);
        put(vec![]).await.unwrap();
        assert_eq!(hits("brunnen", "public").await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_engines_find_the_same_and_only_what_the_asker_may_see() {
    let mut found = Vec::new();
    for fresh in Fresh::everywhere() {
        let db = open(&fresh);
        db.write("fill", |tx| {
            search::put(tx, &Doc { at: Time(1), ..doc("1", "Zwei Straßenlaternen defekt") })?;
            search::put(tx, &Doc { at: Time(2), ..doc("2", "Müll an der Haltestelle") })?;
            search::put(tx, &Doc { at: Time(3), ..doc("3", "Laterne flackert") })?;
            search::put(tx, &Doc { audience: "person:a", at: Time(4), ..doc("4", "Meine Laterne") })?;
            search::put(tx, &Doc { at: Time(5), ..doc("5", "Ampel") })?;
            search::put(tx, &Doc { at: Time(6), ..doc("5", "Laterne statt Ampel") })?;
            search::remove(tx, "test", "3")?;
            Ok(())
        })
        .await
        .unwrap();
        let titles = |query: &'static str, names: &'static [&'static str]| {
            let db = db.clone();
            async move {
                let audiences: Vec<_> = names.iter().map(|name| audience(name)).collect();
                let hits =
                    db.read("find", move |tx| Ok(search::find(tx, query, &audiences, 10)?)).await.unwrap();
                hits.into_iter().map(|hit| hit.title).collect::<Vec<_>>()
            }
        };
        found.push([
            titles("Laterne", &["public"]).await,
            titles("laternen", &["public", "person:a"]).await,
            titles("strasse lat", &["public"]).await,
            titles("muell", &["public"]).await,
            titles("' & !", &["public"]).await,
            titles("\" OR *", &["public"]).await,
            titles("Laterne", &["a", "b", "c", "d", "e", "f", "g", "h", "person:a", "public"]).await,
        ]);
    }
    let [both, ..] = found.as_slice() else { panic!("no engine") };
    assert_eq!(both[0], ["Laterne statt Ampel", "Zwei Straßenlaternen defekt"]);
    assert_eq!(both[1], ["Laterne statt Ampel", "Meine Laterne", "Zwei Straßenlaternen defekt"]);
    assert_eq!(both[2], ["Zwei Straßenlaternen defekt"]);
    assert_eq!(both[3], ["Müll an der Haltestelle"]);
    assert!(both[4].is_empty() && both[5].is_empty());
    assert_eq!(both[6], both[1]);
    assert!(found.iter().all(|other| other == both));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_a_whole_database() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    add(&db, "before", 1).await.unwrap();
    let target = fresh.folder.path().join("copy.db");
    db.snapshot(&target).unwrap();
    add(&db, "after", 2).await.unwrap();
    let place = store::Place::Sqlite(target);
    let copy =
        Db::open(&store::Options { place, migrations: &migrations(), before_commit: None, connections: 1 });
    let copy = copy.unwrap();
    assert_eq!((count(&copy, "before").await, count(&copy, "after").await), (Some(1), None));
}

/// Whether any file of the database holds these bytes.
fn holds(fresh: &Fresh, word: &str) -> bool {
    let files = std::fs::read_dir(fresh.folder.path()).unwrap();
    files.flatten().any(|file| {
        let bytes = std::fs::read(file.path()).unwrap_or_default();
        bytes.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_cannot_be_read_from_the_files_after_scrubbing() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    db.write("put", |tx| {
        for number in 0..300 {
            let key = format!("k{number}");
            let text = if number == 150 { "Xylophonkowski".into() } else { format!("Laterne wort{number}") };
            let doc = Doc {
                module: "m",
                key: &key,
                audience: "public",
                title: "t",
                url: "/",
                text: &text,
                at: Time(number),
            };
            search::put(tx, &doc)?;
        }
        Ok(tx.exec(&ADD, params!["Zwitscherling", 1_i64]).map(drop)?)
    })
    .await
    .unwrap();
    assert!(holds(&fresh, "xylophonkowski") && holds(&fresh, "Zwitscherling"));
    db.write("drop", |tx| {
        search::remove(tx, "m", "k150")?;
        Ok(tx.exec(&DROP, params!["Zwitscherling"]).map(drop)?)
    })
    .await
    .unwrap();
    db.scrub().await.unwrap();
    assert!(!holds(&fresh, "Zwitscherling"), "a row is left in the file");
    assert!(!holds(&fresh, "xylophonkowski"), "a word is left in the search index");
    let found = db.read("find", |tx| Ok(search::find(tx, "wort7", &[audience("public")], 5)?)).await.unwrap();
    assert!(!found.is_empty(), "the index still finds what stayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_moved_between_pages_leave_no_copy_behind() {
    let fresh = Fresh::sqlite();
    let db = open(&fresh);
    // In no order, so that pages are split and rows move again and again.
    let name = |number: u64| format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    for part in 0..40_u64 {
        let filled = db.write("fill", move |tx| {
            for number in part * 100..(part + 1) * 100 {
                let text = "z".repeat(usize::try_from(number % 97).unwrap());
                tx.exec(&ADD, params![format!("{}{text}", name(number)).as_str(), 1_i64])?;
            }
            Ok(())
        });
        filled.await.unwrap();
    }
    let gone = (0..4000_u64).filter(|number| number % 3 == 0);
    let dropped = db.write("drop", move |tx| {
        for number in (0..4000_u64).filter(|number| number % 3 == 0) {
            let text = "z".repeat(usize::try_from(number % 97).unwrap());
            tx.exec(&DROP, params![format!("{}{text}", name(number)).as_str()])?;
        }
        Ok(())
    });
    dropped.await.unwrap();
    db.scrub().await.unwrap();
    let file = std::fs::read(fresh.folder.path().join("raum.db")).unwrap();
    let left: std::collections::HashSet<&[u8]> = file.windows(16).collect();
    let found: Vec<_> = gone.filter(|number| left.contains(name(*number).as_bytes())).collect();
    assert_eq!(found, Vec::<u64>::new());
    assert_eq!(db.check_integrity().unwrap(), Vec::<String>::new());
    assert_eq!(db.read("count", |tx| Ok(tx.get::<i64>(&COUNT, &[])?)).await.unwrap(), Some(2666));
}

mod circle {
    use super::*;

    /// Rows that name others of their own table, which come later.
    const CIRCLE: Migration = Migration {
        module: "circle",
        version: 1,
        sql: "create table circle (\n    id integer primary key,\n    next integer references circle (id)\n);",
    };

    statements! {
        JOIN = "circle.join": "insert into circle (id) values (?1)";
        NEXT = "circle.next": "update circle set next = ?2 where id = ?1";
        ROUND = "circle.round": "select count(*) from circle a join circle b on b.id = a.next";
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn rows_that_name_each_other_are_copied_too() {
        for from in Fresh::everywhere() {
            for to in Fresh::everywhere() {
                let (from, to) = (from.open(&[CIRCLE], None).unwrap(), to.open(&[CIRCLE], None).unwrap());
                from.write("fill", |tx| {
                    if tx.get::<i64>(&ROUND, &[])? != Some(0) {
                        return Ok(());
                    }
                    (0..700_i64).try_for_each(|id| tx.exec(&JOIN, params![id]).map(drop))?;
                    Ok((0..700_i64).try_for_each(|id| tx.exec(&NEXT, params![id, 699 - id]).map(drop))?)
                })
                .await
                .unwrap();
                assert_eq!(copy_all(&from, &to, &[CIRCLE]).await.unwrap(), 700);
                assert_eq!(to.read("round", |tx| Ok(tx.get::<i64>(&ROUND, &[])?)).await.unwrap(), Some(700));
            }
        }
    }
}

//! What the ledger promises, told on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{CaseId, Clock, Entropy, EntryId, PersonId, Time};
use ledger::{AUDIT, Actor, Fact, Header, Keys, Ledger, PUBLIC};
use store::{Db, Migration, Sql, Tx};
use testkit::Fresh;

fn ledger() -> Ledger {
    let clock = Clock::fixed(Time::parse_rfc3339("2026-11-23T08:15:42Z").unwrap());
    let entropy = Entropy::seeded(7);
    Ledger::new(Keys::generate("koeln.example", &entropy), clock, entropy)
}

fn open(fresh: &Fresh, ledger: &Ledger) -> Db {
    let migrations: Vec<Migration> = [store::MIGRATIONS, ledger::MIGRATIONS].concat();
    fresh.open(&migrations, Some(ledger.sequencer())).unwrap()
}

fn person(number: u64) -> PersonId {
    PersonId::new(&Clock::fixed(Time(0)), &Entropy::seeded(number))
}

fn fact<'a>(feed: &'a str, payload: Option<&'a [u8]>) -> Fact<'a> {
    Fact {
        feed,
        kind: "test.noted",
        actor: Actor::Person(person(1)),
        case: None,
        subject: Some(person(1)),
        payload,
    }
}

async fn append(db: &Db, ledger: &Ledger, feed: &'static str, payload: Option<&'static [u8]>) -> EntryId {
    let ledger = ledger.clone();
    db.write("append", move |tx| ledger.append(tx, &fact(feed, payload))).await.unwrap()
}

async fn read<T: Send + 'static>(
    db: &Db,
    work: impl FnMut(&mut Tx<'_>) -> base::Result<T> + Send + 'static,
) -> T {
    db.read("read", work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_offline_and_holds_no_content() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        let case = CaseId::new(&Clock::fixed(Time(5)), &Entropy::seeded(5));
        let mut ids = Vec::new();
        for _ in 0..5 {
            ids.push(append(&db, &ledger, PUBLIC, Some(b"Lampe defekt, Anna Beispiel")).await);
        }
        let noted = {
            let ledger = ledger.clone();
            let work =
                move |tx: &mut Tx<'_>| ledger.append(tx, &Fact { case: Some(case), ..fact(PUBLIC, None) });
            db.write("case", work).await.unwrap()
        };
        ids.push(noted);
        db.sequence().await.unwrap();
        for (place, id) in ids.iter().copied().enumerate() {
            let asked = ledger.clone();
            let receipt = read(&db, move |tx| asked.receipt(tx, id)).await;
            let text = receipt.to_string();
            let receipt = tlog::LogProof::parse(&text).unwrap();
            let checkpoint = receipt.verify(&ledger.keys().log_verifier(PUBLIC)).unwrap();
            assert_eq!((receipt.index, checkpoint.size), (place as u64, 6));
            let header: Header = serde_json::from_slice(&receipt.extra).unwrap();
            assert_eq!((header.id, header.at.as_str()), (id, "2026-11-23T08:15:00Z"));
            assert!(!String::from_utf8_lossy(&receipt.extra).contains("Anna"));
        }
        let asked = ledger.clone();
        assert_eq!(read(&db, move |tx| asked.first_of_case(tx, case, PUBLIC)).await, Some(noted));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn erasure_removes_the_content_and_leaves_every_proof_valid() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        let id = append(&db, &ledger, PUBLIC, Some(b"personal")).await;
        db.sequence().await.unwrap();
        let l = ledger.clone();
        assert_eq!(read(&db, move |tx| l.payload(tx, id)).await.as_deref(), Some(b"personal".as_slice()));
        let l = ledger.clone();
        let erased = db.write("erase", move |tx| l.erase(tx, person(1), Actor::Node)).await.unwrap();
        assert_eq!(erased, 1);
        db.sequence().await.unwrap();
        let l = ledger.clone();
        let (payload, receipt, findings) =
            read(&db, move |tx| Ok((l.payload(tx, id)?, l.receipt(tx, id)?, ledger::verify(tx, &l)?))).await;
        assert_eq!(payload, None);
        assert!(receipt.verify(&ledger.keys().log_verifier(PUBLIC)).is_ok());
        assert_eq!(findings.faults, Vec::<String>::new());
        assert_eq!((findings.entries, findings.payloads, findings.waiting), (2, 1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transaction_leaves_no_entry_and_many_writers_leave_no_gap() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        let tasks: Vec<_> = (0..600)
            .map(|number| {
                let (db, ledger) = (db.clone(), ledger.clone());
                tokio::spawn(async move {
                    db.write("append", move |tx| {
                        ledger.append(tx, &fact(if number % 5 == 0 { AUDIT } else { PUBLIC }, Some(b"x")))?;
                        if number % 3 == 0 { Err(base::Problem::input("no", "refused")) } else { Ok(()) }
                    })
                    .await
                    .is_ok()
                })
            })
            .collect();
        let mut kept = 0;
        for task in tasks {
            kept += u64::from(task.await.unwrap());
        }
        db.sequence().await.unwrap();
        let l = ledger.clone();
        let findings = read(&db, move |tx| ledger::verify(tx, &l)).await;
        assert_eq!((findings.entries, findings.payloads, findings.waiting), (kept, kept, 0), "{db:?}");
        assert_eq!(findings.faults, Vec::<String>::new());
        assert_eq!(kept, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_the_database_is_found() {
    const REWRITE: Sql =
        Sql { name: "test.rewrite", text: "update ledger_entry set header = ?1 where seq = 1" };
    const REMOVE: Sql = Sql { name: "test.remove", text: "delete from ledger_entry where seq = 2" };
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        for _ in 0..4 {
            append(&db, &ledger, PUBLIC, None).await;
        }
        db.sequence().await.unwrap();
        for attack in [REWRITE, REMOVE] {
            let l = ledger.clone();
            let findings = db.write("attack", move |tx| {
                let params: &[store::Value<'_>] =
                    if attack == REWRITE { store::params![b"{}".as_slice()] } else { &[] };
                tx.exec(&attack, params)?;
                let findings = ledger::verify(tx, &l)?;
                Err::<(), _>(base::Problem::input("undo", findings.faults.join("; ")))
            });
            let faults = findings.await.unwrap_err().detail;
            assert!(faults.contains("feed public"), "{faults}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_another_name_in_every_feed() {
    let fresh = Fresh::sqlite();
    let ledger = ledger();
    let db = open(&fresh, &ledger);
    let (a, b) = (append(&db, &ledger, PUBLIC, None).await, append(&db, &ledger, AUDIT, None).await);
    let l = ledger.clone();
    let (a, b) = read(&db, move |tx| Ok((l.receipt(tx, a)?.extra, l.receipt(tx, b)?.extra))).await;
    let actor = |header: &[u8]| serde_json::from_slice::<Header>(header).unwrap().actor;
    assert_ne!(actor(&a), actor(&b));
}

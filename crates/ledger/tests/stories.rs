//! What the ledger promises, told on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::{CaseId, Clock, Entropy, EntryId, PersonId, Time};
use ledger::{AUDIT, Actor, Disclosure, ERASED, Fact, Header, Keys, Ledger, PUBLIC};
use store::{Db, Migration, Sql, Tx};
use testkit::Fresh;
use tlog::{Frontier, Leaves, Tile, leaf_hash, unbundle};

/// A feed for one partner.
const PARTNER: &str = "partner";

fn ledger() -> Ledger {
    restarted(7)
}

/// The same member's ledger in another process.
fn restarted(process: u64) -> Ledger {
    let clock = Clock::fixed(Time::parse_rfc3339("2026-11-23T08:15:42Z").unwrap());
    Ledger::new(Keys::generate("koeln.example", &Entropy::seeded(7)), clock, Entropy::seeded(process))
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
        subject: (feed != PUBLIC).then(|| person(1)),
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
        let id = append(&db, &ledger, PARTNER, Some(b"personal")).await;
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
        assert!(receipt.verify(&ledger.keys().log_verifier(PARTNER)).is_ok());
        assert_eq!(findings.faults, Vec::<String>::new());
        assert_eq!((findings.entries, findings.payloads, findings.waiting), (3, 1, 0));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_another_name_in_the_public_feed_for_every_case() {
    let fresh = Fresh::sqlite();
    let ledger = ledger();
    let db = open(&fresh, &ledger);
    let case = |number| CaseId::new(&Clock::fixed(Time(5)), &Entropy::seeded(number));
    let mut names = Vec::new();
    for about in [Some(case(1)), Some(case(1)), Some(case(2)), None, None] {
        let own = ledger.clone();
        let work = move |tx: &mut Tx<'_>| own.append(tx, &Fact { case: about, ..fact(PUBLIC, None) });
        let id = db.write("append", work).await.unwrap();
        let own = ledger.clone();
        let header = read(&db, move |tx| Ok(own.receipt(tx, id)?.extra)).await;
        names.push(serde_json::from_slice::<Header>(&header).unwrap().actor);
    }
    assert_eq!(names[0], names[1]);
    names.remove(1);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_written_for_the_public() {
    let fresh = Fresh::sqlite();
    let ledger = ledger();
    let db = open(&fresh, &ledger);
    let own = ledger.clone();
    let personal = Fact { subject: Some(person(1)), ..fact(PUBLIC, Some(b"personal")) };
    let refused = db.write("append", move |tx| own.append(tx, &personal)).await;
    assert!(refused.is_err());
    assert_eq!(read(&db, move |tx| ledger.checkpoint(tx, PUBLIC)).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_and_bundles_lead_to_the_signed_root_and_end_with_the_log() {
    for fresh in Fresh::everywhere() {
        for (process, count) in [255, 1, 1, 300].into_iter().enumerate() {
            // What a process kept of the edge of the log is gone with it.
            let ledger = restarted(process as u64);
            let db = open(&fresh, &ledger);
            let own = ledger.clone();
            let work = move |tx: &mut Tx<'_>| {
                (0..count).try_for_each(|_| own.append(tx, &fact(PARTNER, None)).map(drop))
            };
            db.write("append", work).await.unwrap();
            db.sequence().await.unwrap();
            let own = ledger.clone();
            read(&db, move |tx| {
                let (size, note) = own.checkpoint(tx, PARTNER)?.unwrap();
                let (checkpoint, _) =
                    tlog::Checkpoint::open(&note, &own.keys().log_verifier(PARTNER)).unwrap();
                let mut leaves = Vec::new();
                for index in 0..size.div_ceil(256) {
                    let tile = Tile::widest(0, index, size);
                    let bundle = own.entries(tx, PARTNER, tile)?.unwrap();
                    let hashes: Vec<_> = unbundle(&bundle).unwrap().into_iter().map(leaf_hash).collect();
                    assert_eq!(own.tile(tx, PARTNER, tile)?.unwrap(), hashes.concat());
                    let longer = Tile { width: tile.width + 1, ..tile };
                    assert_eq!(own.tile(tx, PARTNER, longer)?, None);
                    assert_eq!(own.entries(tx, PARTNER, longer)?, None);
                    leaves.extend(hashes);
                }
                let mut frontier = Frontier::default();
                frontier.extend(leaves.iter().copied());
                assert_eq!((frontier.size(), frontier.root()), (size, checkpoint.root));
                if size >= 256 {
                    let Ok(first) = tlog::root(256, &mut Leaves(&leaves));
                    let level1 = own.tile(tx, PARTNER, Tile::widest(1, 0, size))?.unwrap();
                    assert_eq!(level1.get(..32), Some(first.as_slice()));
                }
                assert_eq!(own.tile(tx, "nobody", Tile { level: 0, index: 0, width: 1 })?, None);
                Ok(())
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_three_levels_goes_on_where_another_process_left_it() {
    let fresh = Fresh::sqlite();
    let mut expected = 0;
    for (process, count) in [65_530, 7, 1, 300, 256].into_iter().enumerate() {
        let ledger = restarted(process as u64);
        let db = open(&fresh, &ledger);
        let mut last = None;
        let mut left: u64 = count;
        while left > 0 {
            let (own, part) = (ledger.clone(), left.min(1000));
            let work = move |tx: &mut Tx<'_>| {
                (0..part).try_fold(None, |_, _| own.append(tx, &fact(AUDIT, None)).map(Some))
            };
            last = db.write("append", work).await.unwrap();
            left -= part;
        }
        expected += count;
        let own = ledger.clone();
        let (findings, receipt) =
            read(&db, move |tx| Ok((ledger::verify(tx, &own)?, own.receipt(tx, last.unwrap())?))).await;
        assert_eq!((findings.entries, findings.faults), (expected, vec![]));
        assert_eq!(receipt.index + 1, expected);
        assert!(receipt.verify(&ledger.keys().log_verifier(AUDIT)).is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_group_leaves_nothing_in_the_log() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        for round in 0..3 {
            let own = ledger.clone();
            let undone = move |tx: &mut Tx<'_>| {
                own.append(tx, &fact(AUDIT, Some(b"undone")))?;
                Err::<(), _>(base::Problem::conflict("undone", "on purpose"))
            };
            assert!(db.write("undone", undone).await.is_err());
            let own = ledger.clone();
            db.write("done", move |tx| own.append(tx, &fact(AUDIT, Some(b"done"))).map(drop)).await.unwrap();
            db.sequence().await.unwrap();
            let own = ledger.clone();
            let findings = read(&db, move |tx| ledger::verify(tx, &own)).await;
            assert_eq!((findings.entries, findings.faults), (round + 1, vec![]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_a_payload_can_check_it_and_learns_what_erased_it() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        let case = CaseId::new(&Clock::fixed(Time(5)), &Entropy::seeded(5));
        let own = ledger.clone();
        let work = move |tx: &mut Tx<'_>| {
            own.append(tx, &Fact { case: Some(case), ..fact(PUBLIC, Some(b"Laterne")) })?;
            own.append(tx, &fact(PUBLIC, None)).map(drop)
        };
        db.write("append", work).await.unwrap();
        db.sequence().await.unwrap();
        let own = ledger.clone();
        let (header, disclosed) = read(&db, move |tx| {
            let bundle = own.entries(tx, PUBLIC, Tile { level: 0, index: 0, width: 1 })?.unwrap();
            let header: Header = serde_json::from_slice(unbundle(&bundle).unwrap()[0]).unwrap();
            assert_eq!(own.disclose(tx, PUBLIC, 1)?, Disclosure::Nothing);
            assert_eq!(own.disclose(tx, PUBLIC, 2)?, Disclosure::Nothing);
            Ok((header, own.disclose(tx, PUBLIC, 0)?))
        })
        .await;
        let Disclosure::Content { content, key } = disclosed else { panic!("{disclosed:?}") };
        let commitment = header.commitment.unwrap();
        assert!(ledger::commits(&commitment, &key, &content));
        assert!(!ledger::commits(&commitment, &key, b"laterne"));
        let own = ledger.clone();
        let erase = move |tx: &mut Tx<'_>| own.erase_case(tx, PUBLIC, case, Actor::Node);
        assert_eq!(db.write("erase", erase.clone()).await.unwrap(), 1);
        assert_eq!(db.write("erase", erase).await.unwrap(), 0, "{db:?}: twice is once");
        db.sequence().await.unwrap();
        let own = ledger.clone();
        let erased = read(&db, move |tx| {
            let bundle = own.entries(tx, PUBLIC, Tile { level: 0, index: 0, width: 3 })?.unwrap();
            let eraser: Header = serde_json::from_slice(unbundle(&bundle).unwrap()[2]).unwrap();
            assert_eq!((eraser.kind.as_str(), eraser.erases), (ERASED, vec![header.id]));
            own.disclose(tx, PUBLIC, 0)
        });
        assert_eq!(erased.await, Disclosure::Erased(Some(2)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_anew_about_a_case_takes_the_place_of_what_was_said() {
    for fresh in Fresh::everywhere() {
        let ledger = ledger();
        let db = open(&fresh, &ledger);
        let case = CaseId::new(&Clock::fixed(Time(5)), &Entropy::seeded(5));
        let other = CaseId::new(&Clock::fixed(Time(6)), &Entropy::seeded(6));
        for (case, content) in [(case, "dunkel"), (other, "anderes"), (case, "hell"), (case, "wieder dunkel")]
        {
            let own = ledger.clone();
            let write = move |tx: &mut Tx<'_>| {
                let fact = Fact { case: Some(case), ..fact(PUBLIC, Some(content.as_bytes())) };
                own.supersede(tx, &fact).map(drop)
            };
            db.write("supersede", write).await.unwrap();
        }
        db.sequence().await.unwrap();
        let own = ledger.clone();
        let (said, headers, left) = read(&db, move |tx| {
            let said = [case, other].map(|case| own.said_of_case(tx, PUBLIC, case).unwrap());
            let bundle = own.entries(tx, PUBLIC, Tile { level: 0, index: 0, width: 4 })?.unwrap();
            let headers = unbundle(&bundle).unwrap().into_iter();
            let headers: Vec<Header> =
                headers.map(|header| serde_json::from_slice(header).unwrap()).collect();
            let left = (0..4).map(|seq| own.disclose(tx, PUBLIC, seq).unwrap()).collect::<Vec<_>>();
            Ok((said, headers, left))
        })
        .await;
        assert_eq!(said, [Some(b"wieder dunkel".to_vec()), Some(b"anderes".to_vec())]);
        assert_eq!(headers[2].erases, [headers[0].id], "the entry that says it anew names what is gone");
        assert_eq!(headers[3].erases, [headers[2].id]);
        assert_eq!((&left[0], &left[2]), (&Disclosure::Erased(Some(2)), &Disclosure::Erased(Some(3))));
        assert!(
            matches!(left[1], Disclosure::Content { .. }) && matches!(left[3], Disclosure::Content { .. })
        );
        let own = ledger.clone();
        assert_eq!(read(&db, move |tx| ledger::verify(tx, &own)).await.faults, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_the_public_feed_tells_more_than_the_minute() {
    let fresh = Fresh::sqlite();
    let ledger = ledger();
    let db = open(&fresh, &ledger);
    let opened = Clock::fixed(Time::parse_rfc3339("2026-11-23T08:14:37Z").unwrap());
    let case = CaseId::new(&opened, &Entropy::seeded(5));
    let mut cases = Vec::new();
    for feed in [PUBLIC, PUBLIC, PARTNER] {
        let own = ledger.clone();
        let id = db.write("append", move |tx| own.append(tx, &Fact { case: Some(case), ..fact(feed, None) }));
        let (id, own) = (id.await.unwrap(), ledger.clone());
        let header = read(&db, move |tx| Ok(own.receipt(tx, id)?.extra)).await;
        let header: Header = serde_json::from_slice(&header).unwrap();
        let millis = header.id.as_bytes().iter().take(6).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        assert_eq!(millis % 60_000 == 0, feed == PUBLIC, "{feed}");
        cases.push(header.case.unwrap());
    }
    assert_eq!(cases[0], cases[1]);
    assert_ne!(cases[0], case);
    assert_eq!(cases[2], case);
    let own = ledger.clone();
    assert!(read(&db, move |tx| own.first_of_case(tx, case, PUBLIC)).await.is_some());
}

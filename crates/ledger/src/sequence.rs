use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{EntryId, Problem, Result};
use store::{BeforeCommit, Memo, Tx, params, statements};
use tlog::{Checkpoint, Hash, Signer, leaf_hash};

use crate::keys::Keys;
use crate::tiles::Edge;

statements! {
    PENDING = "ledger.pending": "select id, feed, header from ledger_entry where seq is null order by at";
    PLACE = "ledger.place": "update ledger_entry set seq = ?2 where id = ?1";
    SIZE = "ledger.size": "select size from ledger_feed where feed = ?1";
    CHECKPOINT = "ledger.checkpoint": "select size, checkpoint from ledger_feed where feed = ?1";
    PUBLISH = "ledger.publish":
        "insert into ledger_feed (feed, size, checkpoint) values (?1, ?2, ?3)
         on conflict (feed) do update set size = excluded.size, checkpoint = excluded.checkpoint";
}

/// The place of a new entry in its feed, where it is known before the commit: on an engine with one writer. The
/// sequencer is left a memo with the entry's leaf hash. Elsewhere entries wait, and get their places together later.
pub(crate) fn place(tx: &mut Tx<'_>, feed: &str, header: &[u8]) -> Result<Option<i64>> {
    let Some(memos) = tx.memos() else { return Ok(None) };
    let before = memos.iter().rev().find(|memo| memo.topic == feed).map(|memo| memo.number);
    let number = match before {
        Some(number) => number + 1,
        None => size(tx, feed)?,
    };
    tx.leave(Memo { topic: feed.to_owned(), number, content: leaf_hash(header) });
    Ok(Some(number))
}

fn size(tx: &mut Tx<'_>, feed: &str) -> Result<i64> {
    Ok(tx.get::<i64>(&SIZE, params![feed])?.unwrap_or(0))
}

/// The size and the signed checkpoint of a feed.
pub(crate) fn checkpoint(tx: &mut Tx<'_>, feed: &str) -> Result<Option<(u64, String)>> {
    let found = tx.one(&CHECKPOINT, params![feed], |row| Ok((row.get::<i64>(0)?, row.get(1)?)))?;
    Ok(found.map(|(size, checkpoint)| (u64::try_from(size).unwrap_or(0), checkpoint)))
}

/// Hashes new entries into the tree of their feed and signs the new checkpoint; gives waiting entries their places.
pub(crate) struct Sequencer {
    keys: Arc<Keys>,
    /// Deriving a signer costs as much as signing.
    signers: Mutex<BTreeMap<String, Arc<Signer>>>,
    /// The edge of each log under the checkpoint it belongs to.
    edges: Mutex<BTreeMap<String, (String, Edge)>>,
}

impl BeforeCommit for Sequencer {
    fn before_commit(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut placed: BTreeMap<String, (i64, Vec<Hash>)> = BTreeMap::new();
        for Memo { topic, number, content } in tx.take_memos() {
            placed.entry(topic).or_insert_with(|| (number, Vec::new())).1.push(content);
        }
        for (feed, (first, leaves)) in placed {
            if size(tx, &feed)? != first {
                return Err(Problem::internal("ledger", "the log grew beside its writer"));
            }
            self.extend(tx, &feed, &leaves)?;
        }
        self.place_waiting(tx)
    }
}

impl Sequencer {
    pub(crate) fn new(keys: Arc<Keys>) -> Self {
        Self { keys, signers: Mutex::default(), edges: Mutex::default() }
    }

    fn place_waiting(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut waiting: BTreeMap<String, Vec<(EntryId, Hash)>> = BTreeMap::new();
        tx.each(&PENDING, &[], |row| {
            let leaf = leaf_hash(&row.get::<Vec<u8>>(2)?);
            waiting.entry(row.get(1)?).or_default().push((row.get(0)?, leaf));
            Ok(())
        })?;
        for (feed, entries) in waiting {
            let first = size(tx, &feed)?;
            for ((id, _), seq) in entries.iter().zip(first..) {
                tx.exec(&PLACE, params![id, seq])?;
            }
            let leaves: Vec<_> = entries.into_iter().map(|(_, leaf)| leaf).collect();
            self.extend(tx, &feed, &leaves)?;
        }
        Ok(())
    }

    fn extend(&self, tx: &mut Tx<'_>, feed: &str, leaves: &[Hash]) -> Result<()> {
        let mut edge = self.edge(tx, feed)?;
        edge.extend(tx, feed, leaves)?;
        let signer = self.signer(feed);
        let origin = signer.verifier().name().to_owned();
        let (size, root) = (edge.size(), edge.root());
        let checkpoint = Checkpoint { origin, size, root }.sign(&signer).to_string();
        let size = i64::try_from(size).map_err(|_| Problem::internal("ledger", "the log is full"))?;
        tx.exec(&PUBLISH, params![feed, size, checkpoint.as_str()])?;
        lock(&self.edges).insert(feed.to_owned(), (checkpoint, edge));
        Ok(())
    }

    /// The edge of a log as it is in the database. What was kept counts only while the log shows the same checkpoint:
    /// a group may have been undone, and another process may have written.
    fn edge(&self, tx: &mut Tx<'_>, feed: &str) -> Result<Edge> {
        let Some((size, checkpoint)) = checkpoint(tx, feed)? else { return Ok(Edge::default()) };
        match lock(&self.edges).remove(feed) {
            Some((kept, edge)) if kept == checkpoint => Ok(edge),
            _ => Edge::read(tx, feed, size),
        }
    }

    fn signer(&self, feed: &str) -> Arc<Signer> {
        let mut signers = lock(&self.signers);
        let signer = signers.entry(feed.to_owned()).or_insert_with(|| Arc::new(self.keys.log_signer(feed)));
        Arc::clone(signer)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

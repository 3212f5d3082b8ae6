use std::collections::BTreeMap;
use std::sync::Arc;

use base::{EntryId, Result};
use store::{BeforeCommit, Tx, params, statements};
use tlog::{Checkpoint, leaf_hash};

use crate::keys::Keys;
use crate::tiles::Tiles;

statements! {
    PENDING = "ledger.pending": "select id, feed, header from ledger_entry where seq is null order by at";
    PLACE = "ledger.place": "update ledger_entry set seq = ?2 where id = ?1";
    SIZE = "ledger.size": "select size from ledger_feed where feed = ?1";
    PUBLISH = "ledger.publish":
        "insert into ledger_feed (feed, size, checkpoint) values (?1, ?2, ?3)
         on conflict (feed) do update set size = excluded.size, checkpoint = excluded.checkpoint";
}

/// Gives waiting entries their places: hashes them into the tree of their feed and signs the new checkpoint.
pub(crate) struct Sequencer {
    pub(crate) keys: Arc<Keys>,
}

impl BeforeCommit for Sequencer {
    fn before_commit(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut waiting: BTreeMap<String, Vec<(EntryId, Vec<u8>)>> = BTreeMap::new();
        tx.each(&PENDING, &[], |row| {
            waiting.entry(row.get(1)?).or_default().push((row.get(0)?, row.get(2)?));
            Ok(())
        })?;
        for (feed, entries) in waiting {
            self.extend(tx, &feed, &entries)?;
        }
        Ok(())
    }
}

impl Sequencer {
    fn extend(&self, tx: &mut Tx<'_>, feed: &str, entries: &[(EntryId, Vec<u8>)]) -> Result<()> {
        let mut size = tx.get::<i64>(&SIZE, params![feed])?.unwrap_or(0);
        for ((id, _), seq) in entries.iter().zip(size..) {
            tx.exec(&PLACE, params![id, seq])?;
        }
        let mut tiles = Tiles::new(tx, feed);
        for (_, header) in entries {
            tiles.push(u64::try_from(size).unwrap_or(0), leaf_hash(header))?;
            size += 1;
        }
        tiles.save()?;
        let leaves = u64::try_from(size).unwrap_or(0);
        let root = tlog::root(leaves, &mut tiles)?;
        let signer = self.keys.log_signer(feed);
        let origin = signer.verifier().name().to_owned();
        let checkpoint = Checkpoint { origin, size: leaves, root }.sign(&signer).to_string();
        tx.exec(&PUBLISH, params![feed, size, checkpoint.as_str()])?;
        Ok(())
    }
}

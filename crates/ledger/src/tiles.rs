use std::collections::BTreeMap;

use base::Problem;
use store::{Error, Tx, params, statements};
use tlog::{Hash, Nodes, TILE_WIDTH, Tile, tile_root};

use crate::signed;

statements! {
    READ = "ledger.tile.read": "select hashes from ledger_tile where feed = ?1 and level = ?2 and place = ?3";
    WRITE = "ledger.tile.write":
        "insert into ledger_tile (feed, level, place, hashes) values (?1, ?2, ?3, ?4)
         on conflict (feed, level, place) do update set hashes = excluded.hashes";
}

/// The tiles of a feed, read as they are needed and written back together.
pub(crate) struct Tiles<'t, 'c> {
    tx: &'t mut Tx<'c>,
    feed: &'t str,
    read: BTreeMap<(u32, u64), Vec<Hash>>,
    changed: Vec<(u32, u64)>,
}

impl<'t, 'c> Tiles<'t, 'c> {
    pub(crate) fn new(tx: &'t mut Tx<'c>, feed: &'t str) -> Self {
        Self { tx, feed, read: BTreeMap::new(), changed: Vec::new() }
    }

    /// Adds the leaf number `size`, counted from 0.
    pub(crate) fn push(&mut self, size: u64, leaf: Hash) -> Result<(), Error> {
        let (mut level, mut index, mut hash) = (0, size, leaf);
        loop {
            let place = index / TILE_WIDTH;
            let tile = self.tile(level, place)?;
            // A row may remain of a transaction group that was undone; what counts is the size.
            tile.truncate(usize::try_from(index % TILE_WIDTH).unwrap_or(0));
            tile.push(hash);
            let root = if tile.len() as u64 == TILE_WIDTH { tile_root(tile) } else { None };
            if self.changed.last() != Some(&(level, place)) && !self.changed.contains(&(level, place)) {
                self.changed.push((level, place));
            }
            let Some(root) = root else { return Ok(()) };
            (level, index, hash) = (level + 1, place, root);
        }
    }

    /// Writes what changed.
    pub(crate) fn save(&mut self) -> Result<(), Error> {
        for (level, place) in std::mem::take(&mut self.changed) {
            let Some(hashes) = self.read.get(&(level, place)) else { continue };
            let bytes = hashes.concat();
            self.tx.exec(&WRITE, params![self.feed, level, signed(place), &bytes])?;
        }
        Ok(())
    }

    fn tile(&mut self, level: u32, place: u64) -> Result<&mut Vec<Hash>, Error> {
        use std::collections::btree_map::Entry;

        match self.read.entry((level, place)) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(gap) => {
                let bytes = self.tx.get::<Vec<u8>>(&READ, params![self.feed, level, signed(place)])?;
                let hashes = bytes.unwrap_or_default().as_chunks::<32>().0.to_vec();
                Ok(gap.insert(hashes))
            }
        }
    }
}

impl Nodes for Tiles<'_, '_> {
    type Error = Problem;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Problem> {
        let (level, place, range) = Tile::of_node(level, index);
        let hashes = self.tile(level, place)?.get(range);
        hashes.and_then(tile_root).ok_or_else(|| Problem::internal("ledger", "a hash of the log is missing"))
    }
}

/// The hashes of a tile that is known to be in the log. A row may hold more: the tile has grown since, or remains of a
/// transaction group that was undone.
pub(crate) fn hashes(tx: &mut Tx<'_>, feed: &str, tile: Tile) -> Result<Option<Vec<u8>>, Error> {
    let width = usize::try_from(tile.width).unwrap_or(0) * size_of::<Hash>();
    let bytes = tx.get::<Vec<u8>>(&READ, params![feed, tile.level, signed(tile.index)])?;
    Ok(bytes.and_then(|mut bytes| {
        let is_whole = bytes.len() >= width;
        bytes.truncate(width);
        is_whole.then_some(bytes)
    }))
}

use std::collections::BTreeMap;

use base::{Problem, Result};
use store::{Error, Tx, params, statements};
use tlog::{Frontier, Hash, Nodes, TILE_WIDTH, Tile, leaf_hash, tile_root};

use crate::signed;

statements! {
    READ = "ledger.tile.read": "select hashes from ledger_tile where feed = ?1 and level = ?2 and place = ?3";
    WRITE = "ledger.tile.write":
        "insert into ledger_tile (feed, level, place, hashes) values (?1, ?2, ?3, ?4)
         on conflict (feed, level, place) do update set hashes = excluded.hashes";
    HEADERS = "ledger.headers":
        "select header from ledger_entry where feed = ?1 and seq >= ?2 and seq < ?3 order by seq";
}

/// The right edge of a log, which is all that growing needs: the tiles that are not full, and the roots of the complete
/// subtrees. A tile of leaves is written once, when it is full; until then it follows from the entries.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    frontier: Frontier,
    /// The hashes of the last tile of each level, fewer than a full tile has.
    open: Vec<Vec<Hash>>,
}

impl Edge {
    /// Reads the edge of a log of this size.
    pub(crate) fn read(tx: &mut Tx<'_>, feed: &str, size: u64) -> Result<Self> {
        let mut open = Vec::new();
        let mut count = size;
        while count > 0 {
            let level = u32::try_from(open.len()).unwrap_or(u32::MAX);
            let tile = Tile { level, index: count / TILE_WIDTH, width: count % TILE_WIDTH };
            open.push(if tile.width == 0 { Vec::new() } else { need(hashes(tx, feed, tile)?)? });
            count /= TILE_WIDTH;
        }
        let peaks: Vec<_> = open.iter().rev().flat_map(|tile| peaks(tile)).collect();
        let frontier = Frontier::from_bytes(size, &peaks.concat());
        let frontier =
            frontier.map_err(|error| Problem::internal("ledger", "the edge of a log").because(error))?;
        Ok(Self { frontier, open })
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Adds leaves and writes the tiles that follow from no entry any more by themselves.
    pub(crate) fn extend(&mut self, tx: &mut Tx<'_>, feed: &str, leaves: &[Hash]) -> Result<(), Error> {
        let mut changed = BTreeMap::new();
        for leaf in leaves {
            let (mut level, mut index, mut hash) = (0_u32, self.size(), *leaf);
            self.frontier.push(hash);
            while let Some((place, root)) = self.push(level, index, hash, &mut changed) {
                (level, index, hash) = (level + 1, place, root);
            }
        }
        for ((level, place), hashes) in changed {
            tx.exec(&WRITE, params![feed, level, signed(place), &hashes])?;
        }
        Ok(())
    }

    /// Adds a hash to the open tile of a level; the place and the root of that tile when it is full now.
    fn push(
        &mut self,
        level: u32,
        index: u64,
        hash: Hash,
        changed: &mut BTreeMap<(u32, u64), Vec<u8>>,
    ) -> Option<(u64, Hash)> {
        let (place, at) = (index / TILE_WIDTH, usize::try_from(level).unwrap_or(usize::MAX));
        if self.open.len() <= at {
            self.open.push(Vec::new());
        }
        let tile = self.open.get_mut(at)?;
        tile.push(hash);
        let is_full = tile.len() as u64 == TILE_WIDTH;
        if is_full || level > 0 {
            changed.insert((level, place), tile.concat());
        }
        let root = if is_full { tile_root(tile) } else { None };
        if is_full {
            tile.clear();
        }
        root.map(|root| (place, root))
    }
}

/// The roots of the complete subtrees of a tile that is not full, the largest first.
fn peaks(mut tile: &[Hash]) -> Vec<Hash> {
    let mut peaks = Vec::new();
    while let Some(width) = tile.len().checked_ilog2() {
        let (left, right) = tile.split_at(1 << width);
        peaks.extend(tile_root(left));
        tile = right;
    }
    peaks
}

/// The tiles of a feed, each read once when a proof needs it.
pub(crate) struct Tiles<'t, 'c> {
    tx: &'t mut Tx<'c>,
    feed: &'t str,
    size: u64,
    read: BTreeMap<(u32, u64), Vec<Hash>>,
}

impl<'t, 'c> Tiles<'t, 'c> {
    /// Those of a log that has at least `size` entries.
    pub(crate) fn new(tx: &'t mut Tx<'c>, feed: &'t str, size: u64) -> Self {
        Self { tx, feed, size, read: BTreeMap::new() }
    }
}

impl Nodes for Tiles<'_, '_> {
    type Error = Problem;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Problem> {
        let (level, place, range) = Tile::of_node(level, index);
        if !self.read.contains_key(&(level, place)) {
            let count = self.size.checked_shr(8 * level).unwrap_or(0);
            let width = count.saturating_sub(place * TILE_WIDTH).min(TILE_WIDTH);
            let found = need(hashes(self.tx, self.feed, Tile { level, index: place, width })?)?;
            self.read.insert((level, place), found);
        }
        let tile = self.read.get(&(level, place)).and_then(|hashes| hashes.get(range));
        need(tile.and_then(tile_root))
    }
}

fn need<T>(found: Option<T>) -> Result<T> {
    found.ok_or_else(|| Problem::internal("ledger", "a hash of the log is missing"))
}

/// The hashes of a tile that is known to be in the log. A row may hold more: the tile has grown since.
pub(crate) fn hashes(tx: &mut Tx<'_>, feed: &str, tile: Tile) -> Result<Option<Vec<Hash>>, Error> {
    let width = usize::try_from(tile.width).unwrap_or(usize::MAX);
    let row = tx.get::<Vec<u8>>(&READ, params![feed, tile.level, signed(tile.index)])?;
    let hashes = match row {
        Some(bytes) => bytes.as_chunks::<32>().0.iter().take(width).copied().collect(),
        None if tile.level == 0 => headers(tx, feed, tile, |header| leaf_hash(&header))?,
        None => Vec::new(),
    };
    Ok((hashes.len() == width).then_some(hashes))
}

/// What each entry of a tile of leaves gives, in their order.
pub(crate) fn headers<T>(
    tx: &mut Tx<'_>,
    feed: &str,
    tile: Tile,
    give: impl Fn(Vec<u8>) -> T,
) -> Result<Vec<T>, Error> {
    let first = tile.index * TILE_WIDTH;
    let range = params![feed, signed(first), signed(first + tile.width)];
    tx.all(&HEADERS, range, |row| Ok(give(row.get(0)?)))
}

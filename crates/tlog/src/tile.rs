use crate::Error;
use crate::merkle::{Hash, node_hash};

/// Hashes in a full tile: eight levels of the binary tree (C2SP tlog-tiles).
pub const TILE_WIDTH: u64 = 256;

/// The address of a tile. Level 0 holds leaf hashes, each further level the roots of full tiles below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    /// The tile level.
    pub level: u32,
    /// The place in its level.
    pub index: u64,
    /// How many hashes it holds: 256 when full.
    pub width: u64,
}

impl Tile {
    /// The path below `/tile/`, such as `0/x001/234` or `0/005.p/17` (C2SP tlog-tiles § Merkle Tree).
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.level, self.place())
    }

    /// The path below `/tile/` of the entries whose hashes this tile of level 0 holds (C2SP tlog-tiles § Log entries).
    #[must_use]
    pub fn entries_path(&self) -> String {
        format!("entries/{}", self.place())
    }

    fn place(&self) -> String {
        let mut groups = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        if self.width == TILE_WIDTH { groups } else { format!("{groups}.p/{}", self.width) }
    }

    /// Reads a path below `/tile/`, of a tile or of entries; `true` for entries, whose level is 0.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not written exactly as [`Tile::path`] writes it.
    pub fn parse(path: &str) -> Result<(Self, bool), Error> {
        let malformed = Error::Malformed("tile path", "not a level, a place in threes and a width");
        let read = || {
            let (level, place) = path.split_once('/')?;
            let is_entries = level == "entries";
            let level = if is_entries { 0 } else { level.parse().ok().filter(|level| *level < 64)? };
            let (place, width) = match place.split_once(".p/") {
                Some((place, width)) => (place, width.parse().ok().filter(|width| *width < TILE_WIDTH)?),
                None => (place, TILE_WIDTH),
            };
            let groups = place.split('/').map(|group| group.trim_start_matches('x').parse::<u64>().ok());
            let index = groups.into_iter().try_fold(0_u64, |index, group| {
                index.checked_mul(1000)?.checked_add(group.filter(|group| *group < 1000)?)
            })?;
            Some((Self { level, index, width }, is_entries))
        };
        let (tile, is_entries) = read().filter(|(tile, _)| tile.width > 0).ok_or(malformed.clone())?;
        let written = if is_entries { tile.entries_path() } else { tile.path() };
        if written == path { Ok((tile, is_entries)) } else { Err(malformed) }
    }

    /// Whether every hash of the tile is one of the tree of `size` leaves.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        let hashes = self.level.checked_mul(8).and_then(|shift| size.checked_shr(shift)).unwrap_or(0);
        let end = self.index.checked_mul(TILE_WIDTH).and_then(|start| start.checked_add(self.width));
        (1..=TILE_WIDTH).contains(&self.width) && end.is_some_and(|end| end <= hashes)
    }

    /// The widest tile with this level and place in the tree of `size` leaves; of width 0 when there is none.
    #[must_use]
    pub fn widest(level: u32, index: u64, size: u64) -> Self {
        let hashes = level.checked_mul(8).and_then(|shift| size.checked_shr(shift)).unwrap_or(0);
        let width = hashes.saturating_sub(index.saturating_mul(TILE_WIDTH)).min(TILE_WIDTH);
        Self { level, index, width }
    }

    /// Where the node at `level` and `index` of the binary tree is found: its tile's level and place, and the range
    /// of that tile's hashes it covers.
    #[must_use]
    pub fn of_node(level: u32, index: u64) -> (u32, u64, std::ops::Range<usize>) {
        let height = level % 8;
        let first = index << height;
        let start = usize::try_from(first % TILE_WIDTH).unwrap_or(0);
        (level / 8, first / TILE_WIDTH, start..start + (1 << height))
    }
}

/// The root over a power of two of hashes; `None` when their number is not one.
#[must_use]
pub fn tile_root(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_specification() {
        let path = |level, index, width| Tile { level, index, width }.path();
        assert_eq!(path(0, 1_234_067, 256), "0/x001/x234/067");
        assert_eq!(path(1, 0, 256), "1/000");
        assert_eq!(path(0, 5, 17), "0/005.p/17");
    }

    #[test]
    fn a_path_is_read_in_its_one_form_only() {
        for (path, level, index, width) in [
            ("0/x001/x234/067", 0, 1_234_067, 256),
            ("1/000", 1, 0, 256),
            ("0/005.p/17", 0, 5, 17),
            ("63/999.p/255", 63, 999, 255),
            ("0/x018/x446/x744/x073/x709/x551/615", 0, u64::MAX, 256),
        ] {
            assert_eq!(Tile::parse(path), Ok((Tile { level, index, width }, false)), "{path}");
        }
        assert_eq!(Tile::parse("entries/x001/000.p/3"), Ok((Tile { level: 0, index: 1000, width: 3 }, true)));
        for wrong in [
            "",
            "0",
            "0/",
            "/000",
            "00/000",
            "0/0",
            "0/00",
            "0/0000",
            "0/x000/001",
            "0/001/002",
            "0/x001",
            "64/000",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/-01",
            "0/+01",
            "0/xx01/000",
            "0/000/",
            "a/000",
            "entries/",
            "entries/0",
            "0/x018/x446/x744/x073/x709/x551/616",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(Tile::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_tree_has_the_tiles_the_specification_says() {
        // "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112,
        // one full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
        for (level, index, width) in [(0, 272, 256), (0, 273, 112), (1, 0, 256), (1, 1, 17), (2, 0, 1)] {
            let tile = Tile { level, index, width };
            assert_eq!(Tile::widest(level, index, 70_000), tile);
            assert!(tile.is_in(70_000) && !tile.is_in(tile.index * 256 + tile.width - 1), "{tile:?}");
        }
        for tile in [
            (0, 0, 0),
            (0, 0, 257),
            (0, 273, 113),
            (0, 274, 1),
            (1, 1, 18),
            (2, 0, 2),
            (3, 0, 1),
            (63, 0, 1),
            (0, u64::MAX, 1),
        ] {
            let (level, index, width) = tile;
            assert!(!Tile { level, index, width }.is_in(70_000), "{tile:?}");
        }
        assert_eq!(Tile::widest(63, 0, u64::MAX).width, 0);
    }

    #[test]
    fn a_node_is_found_in_its_tile() {
        assert_eq!(Tile::of_node(0, 300), (0, 1, 44..45));
        assert_eq!(Tile::of_node(3, 33), (0, 1, 8..16));
        assert_eq!(Tile::of_node(8, 2), (1, 0, 2..3));
        assert_eq!(tile_root(&[[1; 32], [2; 32], [3; 32]]), None);
    }
}

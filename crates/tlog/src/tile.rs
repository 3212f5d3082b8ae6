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
    /// The path below `/tile/`, such as `0/x001/234` or `0/005.p/17` (C2SP tlog-tiles § Parameters).
    #[must_use]
    pub fn path(&self) -> String {
        let mut groups = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        match self.width {
            TILE_WIDTH => format!("{}/{groups}", self.level),
            width => format!("{}/{groups}.p/{width}", self.level),
        }
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
    fn a_node_is_found_in_its_tile() {
        assert_eq!(Tile::of_node(0, 300), (0, 1, 44..45));
        assert_eq!(Tile::of_node(3, 33), (0, 1, 8..16));
        assert_eq!(Tile::of_node(8, 2), (1, 0, 2..3));
        assert_eq!(tile_root(&[[1; 32], [2; 32], [3; 32]]), None);
    }
}

use sha2::{Digest as _, Sha256};

use crate::{Error, Hash, node_hash};

/// The roots of the complete subtrees a tree of some size is made of, the widest first: all that is needed to add
/// leaves and to know the root. A tree of 2⁶³ leaves needs 63 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Reads the form [`Frontier::to_bytes`] gives.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there are not as many hashes as a tree of this size has.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, Error> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(Error::Malformed("frontier", "not the hashes of a tree of this size"));
        }
        Ok(Self { size, peaks: peaks.to_vec() })
    }

    /// The hashes one after the other.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Every one at the end of the size is a complete subtree as wide as what has been gathered so far.
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves; the hash of nothing when there are none (RFC 6962 § 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let folded = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        folded.unwrap_or_else(|| Sha256::digest([]).into())
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Leaves, leaf_hash, root};

    #[test]
    fn the_root_is_that_of_the_whole_tree_at_every_size() {
        let leaves: Vec<_> = (0..700_u64).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        let mut frontier = Frontier::default();
        for size in 0..leaves.len() {
            let Ok(expected) = root(size as u64, &mut Leaves(&leaves));
            assert_eq!((frontier.size(), frontier.root()), (size as u64, expected));
            frontier = Frontier::from_bytes(size as u64, &frontier.to_bytes()).unwrap();
            frontier.push(leaves[size]);
        }
    }

    #[test]
    fn what_is_no_frontier_of_that_size_is_refused() {
        assert!(Frontier::from_bytes(3, &[0; 64]).is_ok());
        for (size, bytes) in [(3, 32), (3, 96), (0, 32), (1, 31), (1, 33)] {
            assert!(Frontier::from_bytes(size, &vec![0; bytes]).is_err(), "{size} {bytes}");
        }
    }
}

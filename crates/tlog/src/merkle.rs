use std::convert::Infallible;

use sha2::{Digest, Sha256};

use crate::Error;

/// A SHA-256 hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf (RFC 6962 § 2.1: `SHA-256(0x00 || entry)`).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of an inner node (RFC 6962 § 2.1: `SHA-256(0x01 || left || right)`).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Gives the hashes of complete subtrees: `node(level, index)` covers the leaves
/// `index * 2^level .. (index + 1) * 2^level`. An implementation reads tiles, memory or whatever holds them.
pub trait Nodes {
    /// What reading may fail with.
    type Error;

    /// The hash of one complete subtree.
    ///
    /// # Errors
    /// When the hash cannot be read.
    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// All leaf hashes in memory; inner nodes are computed anew, so that nothing wrong hides in them. Beyond the last leaf
/// the hashes are zeros.
#[derive(Clone, Copy, Debug)]
pub struct Leaves<'a>(pub &'a [Hash]);

impl Nodes for Leaves<'_> {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        if level == 0 {
            let leaf = usize::try_from(index).ok().and_then(|index| self.0.get(index));
            return Ok(leaf.copied().unwrap_or_default());
        }
        let (left, right) = (self.node(level - 1, index * 2)?, self.node(level - 1, index * 2 + 1)?);
        Ok(node_hash(&left, &right))
    }
}

/// The root over the first `size` leaves; the hash of nothing when there are none (RFC 6962 § 2.1).
///
/// # Errors
/// When a hash cannot be read.
pub fn root<N: Nodes>(size: u64, nodes: &mut N) -> Result<Hash, N::Error> {
    if size == 0 { Ok(Sha256::digest([]).into()) } else { subtree(0, size, nodes) }
}

/// The audit path of leaf `index` in the tree of `size` leaves, from the leaf upwards (RFC 6962 § 2.1.1).
///
/// # Errors
/// When a hash cannot be read.
pub fn inclusion_proof<N: Nodes>(index: u64, size: u64, nodes: &mut N) -> Result<Vec<Hash>, N::Error> {
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(subtree(middle, high, nodes)?);
            high = middle;
        } else {
            path.push(subtree(low, middle, nodes)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves (RFC 6962 § 2.1.2).
///
/// # Errors
/// When a hash cannot be read.
pub fn consistency_proof<N: Nodes>(old: u64, new: u64, nodes: &mut N) -> Result<Vec<Hash>, N::Error> {
    if old == 0 || old >= new {
        return Ok(Vec::new());
    }
    let (mut low, mut high) = (0, new);
    let mut path = Vec::new();
    while old < high {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(subtree(middle, high, nodes)?);
            high = middle;
        } else {
            path.push(subtree(low, middle, nodes)?);
            low = middle;
        }
    }
    if low > 0 {
        path.push(subtree(low, high, nodes)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that `leaf` stands at `index` in the tree with `root` (RFC 9162 § 2.1.3.2).
///
/// # Errors
/// [`Error::BadProof`] when the path does not lead to the root.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), Error> {
    if index >= size {
        return Err(Error::BadProof);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return Err(Error::BadProof);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root { Ok(()) } else { Err(Error::BadProof) }
}

/// Checks that the tree of `old` leaves with `old_root` is a beginning of the tree of `new` leaves with `new_root`
/// (RFC 9162 § 2.1.4.2).
///
/// # Errors
/// [`Error::BadProof`] when something was removed or rewritten, or the proof is not one.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), Error> {
    if old == new {
        return if path.is_empty() && old_root == new_root { Ok(()) } else { Err(Error::BadProof) };
    }
    if old > new {
        return Err(Error::BadProof);
    }
    if old == 0 {
        return if path.is_empty() { Ok(()) } else { Err(Error::BadProof) };
    }
    let mut hashes = path.iter();
    let first = if old.is_power_of_two() { old_root } else { hashes.next().ok_or(Error::BadProof)? };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return Err(Error::BadProof);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    let fits = last == 0 && old_hash == *old_root && new_hash == *new_root;
    if fits { Ok(()) } else { Err(Error::BadProof) }
}

/// The largest power of two below `n`; `n` is at least 2.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The hash over the leaves `low..high`, where `low` is a multiple of a power of two not below `high - low`.
fn subtree<N: Nodes>(low: u64, high: u64, nodes: &mut N) -> Result<Hash, N::Error> {
    let width = high - low;
    if width.is_power_of_two() {
        return nodes.node(width.trailing_zeros(), low / width);
    }
    let middle = low + split(width);
    let right = subtree(middle, high, nodes)?;
    let left = subtree(low, middle, nodes)?;
    Ok(node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use proptest::prelude::*;

    use super::*;

    fn tree(size: u64) -> Vec<Hash> {
        (0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect()
    }

    fn root_of(size: u64) -> Hash {
        let Ok(hash) = root(size, &mut Leaves(&tree(size)));
        hash
    }

    #[test]
    fn the_root_is_the_one_another_implementation_finds() {
        for size in [0, 1, 2, 3, 7, 8, 255, 256, 257, 1000] {
            let mut other = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
            (0..size).for_each(|leaf: u64| other.push(leaf.to_be_bytes().to_vec()));
            assert_eq!(root_of(size).as_slice(), other.root().as_bytes().as_slice(), "{size} leaves");
        }
    }

    proptest! {
        #[test]
        fn every_inclusion_proof_verifies_and_no_other_leaf_does(size in 1_u64..300, pick in any::<u64>()) {
            let index = pick % size;
            let Ok(path) = inclusion_proof(index, size, &mut Leaves(&tree(size)));
            let root = root_of(size);
            prop_assert_eq!(verify_inclusion(leaf_hash(&index.to_be_bytes()), index, size, &path, &root), Ok(()));
            let other = leaf_hash(b"another entry");
            prop_assert_eq!(verify_inclusion(other, index, size, &path, &root), Err(Error::BadProof));
            for step in 0..path.len() {
                let mut forged = path.clone();
                forged[step][0] ^= 1;
                let leaf = leaf_hash(&index.to_be_bytes());
                prop_assert_eq!(verify_inclusion(leaf, index, size, &forged, &root), Err(Error::BadProof));
            }
        }

        #[test]
        fn a_grown_log_is_consistent_and_a_rewritten_one_is_not(a in 0_u64..200, b in 0_u64..200) {
            let (old, new) = (a.min(b), a.max(b));
            let Ok(path) = consistency_proof(old, new, &mut Leaves(&tree(new)));
            prop_assert_eq!(verify_consistency(old, &root_of(old), new, &root_of(new), &path), Ok(()));
            if old > 0 && old < new {
                let mut rewritten = tree(new);
                rewritten[0] = leaf_hash(b"rewritten");
                let Ok(path) = consistency_proof(old, new, &mut Leaves(&rewritten));
                let Ok(new_root) = root(new, &mut Leaves(&rewritten));
                prop_assert!(verify_consistency(old, &root_of(old), new, &new_root, &path).is_err());
            }
        }
    }
}

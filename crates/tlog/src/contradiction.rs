use sha2::{Digest as _, Sha256};

use crate::{Checkpoint, Error, Hash, Verifier, verify_consistency};

/// Two checkpoints signed by one log that cannot both be true: in the tree of the newer one, the leaves the older one
/// counts have another root than the older one says. Whoever knows the log's public key can check it offline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The signed checkpoint of the smaller tree.
    pub older: String,
    /// The signed checkpoint of the larger tree, or of another one of the same size.
    pub newer: String,
    /// The root over the first leaves of the newer tree, as many as the older has.
    pub prefix: Hash,
    /// The proof that `prefix` belongs to the newer tree (RFC 6962 § 2.1.2).
    pub path: Vec<Hash>,
}

impl Contradiction {
    /// Two checkpoints of one size; `None` when they agree or have another size.
    ///
    /// # Errors
    /// When one of them is not a checkpoint this log signed.
    pub fn between(log: &Verifier, one: &str, other: &str) -> Result<Option<Self>, Error> {
        let (a, _) = Checkpoint::open(one, log)?;
        let (b, _) = Checkpoint::open(other, log)?;
        let found = Self { older: one.into(), newer: other.into(), prefix: b.root, path: Vec::new() };
        Ok((a.size == b.size && a.root != b.root).then_some(found))
    }

    /// Checks that it is one, and gives what the log said the two times.
    ///
    /// # Errors
    /// When a signature does not fit, the path does not lead to the newer root, or the two do not contradict each
    /// other.
    pub fn verify(&self, log: &Verifier) -> Result<(Checkpoint, Checkpoint), Error> {
        let (older, _) = Checkpoint::open(&self.older, log)?;
        let (newer, _) = Checkpoint::open(&self.newer, log)?;
        verify_consistency(older.size, &self.prefix, newer.size, &newer.root, &self.path)?;
        // No path says what the root over no leaves is; it is known.
        let nothing = older.size == 0 && self.prefix != Hash::from(Sha256::digest([]));
        if nothing || self.prefix == older.root { Err(Error::BadProof) } else { Ok((older, newer)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Leaves, Signer, consistency_proof, leaf_hash, root};

    fn leaves(size: u64, rewritten: bool) -> Vec<Hash> {
        let leaf = |number: u64| if rewritten && number == 1 { leaf_hash(b"lie") } else { leaf_hash(&[1]) };
        (0..size).map(leaf).collect()
    }

    fn note(log: &Signer, leaves: &[Hash]) -> String {
        let Ok(root) = root(leaves.len() as u64, &mut Leaves(leaves));
        let origin = log.verifier().name().to_owned();
        Checkpoint { origin, size: leaves.len() as u64, root }.sign(log).to_string()
    }

    #[test]
    fn a_rewritten_log_contradicts_itself_and_an_honest_one_does_not() {
        let log = Signer::new("koeln.example/log/public", &[1; 32]);
        for (old, new) in [(2, 2), (4, 9), (5, 5), (5, 12), (0, 3)] {
            for rewritten in [false, true] {
                let tree = leaves(new, rewritten);
                let Ok(prefix) = root(old, &mut Leaves(&tree));
                let Ok(path) = consistency_proof(old, new, &mut Leaves(&tree));
                let (older, newer) = (note(&log, &leaves(old, false)), note(&log, &tree));
                let found = Contradiction { older, newer, prefix, path };
                assert_eq!(found.verify(&log.verifier()).is_ok(), rewritten && old > 1, "{old} {new}");
                // Nobody makes a lie of an honest log by claiming another beginning.
                let claimed = Contradiction { prefix: [7; 32], ..found.clone() };
                assert!(claimed.verify(&log.verifier()).is_err());
                let stranger = Signer::new("koeln.example/log/public", &[2; 32]);
                assert!(found.verify(&stranger.verifier()).is_err());
            }
        }
    }

    #[test]
    fn two_roots_of_one_size_are_a_contradiction() {
        let log = Signer::new("koeln.example/log/public", &[1; 32]);
        let (a, b) = (note(&log, &leaves(3, false)), note(&log, &leaves(3, true)));
        let found = Contradiction::between(&log.verifier(), &a, &b).unwrap().unwrap();
        assert!(found.verify(&log.verifier()).is_ok());
        assert_eq!(Contradiction::between(&log.verifier(), &a, &a), Ok(None));
        let longer = note(&log, &leaves(4, true));
        assert_eq!(Contradiction::between(&log.verifier(), &a, &longer), Ok(None));
    }
}

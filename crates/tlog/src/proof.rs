use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Checkpoint, Error, Hash, Verifier, leaf_hash, verify_inclusion};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A proof that an entry stands in a log, which verifies offline years later (C2SP tlog-proof).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogProof {
    /// What the holder needs beside the proof; here the entry itself.
    pub extra: Vec<u8>,
    /// The leaf's place.
    pub index: u64,
    /// The audit path.
    pub path: Vec<Hash>,
    /// The signed checkpoint, as it was published.
    pub checkpoint: String,
}

impl LogProof {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = |why| Error::Malformed("log proof", why);
        let (head, checkpoint) = text.split_once("\n\n").ok_or(malformed("no checkpoint"))?;
        let mut lines = head.lines().peekable();
        if lines.next() != Some(HEADER) {
            return Err(malformed("another format or version"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).and_then(|line| line.get(6..));
        let extra =
            STANDARD.decode(extra.unwrap_or_default()).map_err(|_| malformed("extra is not base64"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")?.parse().ok());
        let index = index.ok_or(malformed("no index"))?;
        let path = lines.map(|line| STANDARD.decode(line).ok().and_then(|hash| Hash::try_from(hash).ok()));
        let path = path.collect::<Option<Vec<_>>>().ok_or(malformed("a hash is not one"))?;
        Ok(Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Checks everything there is to check: the log's signature, and that `extra` is the entry at `index`.
    ///
    /// # Errors
    /// Whatever does not fit.
    pub fn verify(&self, log: &Verifier) -> Result<Checkpoint, Error> {
        let (checkpoint, _) = Checkpoint::open(&self.checkpoint, log)?;
        let leaf = leaf_hash(&self.extra);
        verify_inclusion(leaf, self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl std::fmt::Display for LogProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{HEADER}")?;
        if !self.extra.is_empty() {
            writeln!(f, "extra {}", STANDARD.encode(&self.extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.path {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Signer, node_hash};

    #[test]
    fn a_proof_survives_its_text_and_a_changed_entry_is_noticed() {
        let signer = Signer::new("koeln.example/log/public", &[1; 32]);
        let (left, right) = (leaf_hash(b"first"), leaf_hash(b"second"));
        let root = node_hash(&left, &right);
        let checkpoint = Checkpoint { origin: signer.verifier().name().into(), size: 2, root };
        let checkpoint = checkpoint.sign(&signer).to_string();
        let proof = LogProof { extra: b"second".to_vec(), index: 1, path: vec![left], checkpoint };
        let mut read = LogProof::parse(&proof.to_string()).unwrap();
        assert_eq!(read, proof);
        assert!(read.verify(&signer.verifier()).is_ok());
        read.extra = b"Second".to_vec();
        assert_eq!(read.verify(&signer.verifier()), Err(Error::BadProof));
        assert!(LogProof::parse("c2sp.org/tlog-proof@v1\nindex x\n\n").is_err());
    }
}

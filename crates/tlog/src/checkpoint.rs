use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::note::COSIGNATURE;
use crate::{Error, Hash, Note, Signature, Signer, Verifier};

/// What a log says of itself at one moment (C2SP tlog-checkpoint).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's unique name.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads the text of a note; lines after the root are extensions and ignored.
    ///
    /// # Errors
    /// [`Error::Malformed`] when a line is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = |why| Error::Malformed("checkpoint", why);
        let mut lines = text.lines();
        let origin = lines.next().filter(|line| !line.is_empty()).ok_or(malformed("no origin"))?;
        let digits = lines.next().ok_or(malformed("no size"))?;
        let size: u64 = digits.parse().map_err(|_| malformed("the size is not a number"))?;
        if size.to_string() != digits {
            return Err(malformed("the size has leading zeros or signs"));
        }
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok());
        let root = root.and_then(|root| Hash::try_from(root).ok()).ok_or(malformed("no root hash"))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }

    /// Opens a signed checkpoint: checks the signature and that the log is the one that was asked for.
    ///
    /// # Errors
    /// Whatever is wrong with form, signature or origin.
    pub fn open(note: &str, verifier: &Verifier) -> Result<(Self, Note), Error> {
        let note = Note::parse(note)?;
        verifier.verify(&note)?;
        let checkpoint = Self::parse(&note.text)?;
        if checkpoint.origin != verifier.name() {
            return Err(Error::Malformed("checkpoint", "the origin is not the key's name"));
        }
        Ok((checkpoint, note))
    }

    /// Signs it as the log itself.
    #[must_use]
    pub fn sign(&self, signer: &Signer) -> Note {
        let text = self.to_string();
        let signatures = vec![signer.sign(&text)];
        Note { text, signatures }
    }
}

impl std::fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root))
    }
}

/// Says, as a witness, that this checkpoint was seen at `seconds` since 1970 and continues what was seen before
/// (C2SP tlog-cosignature, `cosignature/v1`).
#[must_use]
pub fn cosign(witness: &Signer, text: &str, seconds: u64) -> Signature {
    let signature = witness.sign_raw(&cosigned(text, seconds));
    let verifier = witness.verifier();
    let bytes = [seconds.to_be_bytes().as_slice(), &signature].concat();
    Signature { name: verifier.name().to_owned(), id: verifier.id(COSIGNATURE), bytes }
}

/// Checks a witness's cosignature on `note` and gives its time in seconds since 1970.
///
/// # Errors
/// [`Error::Unsigned`] without such a line, [`Error::BadSignature`] when it does not fit.
pub fn verify_cosignature(witness: &Verifier, note: &Note) -> Result<u64, Error> {
    let line = witness.find(note, COSIGNATURE)?;
    let bad = || Error::BadSignature(witness.name().to_owned());
    let (time, signature) = line.bytes.split_first_chunk::<8>().ok_or_else(bad)?;
    let seconds = u64::from_be_bytes(*time);
    witness.verify_raw(&cosigned(&note.text, seconds), signature)?;
    Ok(seconds)
}

fn cosigned(text: &str, seconds: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {seconds}\n{text}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_and_cosigned_checkpoint_opens() {
        let log = Signer::new("koeln.example/log/public", &[1; 32]);
        let witness = Signer::new("bonn.example/witness", &[2; 32]);
        let checkpoint = Checkpoint { origin: "koeln.example/log/public".into(), size: 42, root: [9; 32] };
        let mut note = checkpoint.sign(&log);
        note.signatures.push(cosign(&witness, &note.text, 1_700_000_000));
        let (opened, note) = Checkpoint::open(&note.to_string(), &log.verifier()).unwrap();
        assert_eq!(opened, checkpoint);
        assert_eq!(verify_cosignature(&witness.verifier(), &note), Ok(1_700_000_000));
        assert!(verify_cosignature(&log.verifier(), &note).is_err());
        let key = witness.verifier().witness_key();
        assert_eq!(Verifier::parse_witness(&key), Ok(witness.verifier()));
        assert!(Verifier::parse(&key).is_err());
    }

    #[test]
    fn a_checkpoint_of_another_log_is_refused() {
        let log = Signer::new("koeln.example/log/public", &[1; 32]);
        let other = Checkpoint { origin: "bonn.example/log/public".into(), size: 1, root: [0; 32] };
        assert!(Checkpoint::open(&other.sign(&log).to_string(), &log.verifier()).is_err());
        for text in ["", "a\n", "a\n01\nAA==\n", "a\n1\nAA==\n", "a\n-1\n"] {
            assert!(Checkpoint::parse(text).is_err(), "{text:?}");
        }
    }
}

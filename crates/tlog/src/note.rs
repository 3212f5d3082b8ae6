use base64::{Engine as _, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::Error;

/// Signature type of a plain Ed25519 note (C2SP signed-note § Signature types).
pub(crate) const ED25519: u8 = 0x01;

/// A timestamped cosignature (C2SP tlog-cosignature).
pub(crate) const COSIGNATURE: u8 = 0x04;

/// A text with signature lines below it (C2SP signed-note).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The signed text; ends in a newline.
    pub text: String,
    /// The signatures, in their order.
    pub signatures: Vec<Signature>,
}

/// One signature line: whose key it claims to be, and the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key's name.
    pub name: String,
    /// The first four bytes of the hash that identifies the key.
    pub id: [u8; 4],
    /// The signature, for cosignatures with their time before it.
    pub bytes: Vec<u8>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it has no blank line before signatures, or a line is not one.
    pub fn parse(note: &str) -> Result<Self, Error> {
        let malformed = |why| Error::Malformed("signed note", why);
        let (text, lines) =
            note.rsplit_once("\n\n").ok_or(malformed("no blank line before the signatures"))?;
        if !lines.ends_with('\n') {
            return Err(malformed("the last line does not end"));
        }
        let signatures = lines.lines().map(parse_signature).collect::<Result<Vec<_>, _>>()?;
        if signatures.is_empty() {
            return Err(malformed("no signature"));
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes = [signature.id.as_slice(), &signature.bytes].concat();
            writeln!(f, "\u{2014} {} {}", signature.name, STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}

fn parse_signature(line: &str) -> Result<Signature, Error> {
    let malformed = |why| Error::Malformed("signature line", why);
    let (name, bytes) = line
        .strip_prefix("\u{2014} ")
        .and_then(|rest| rest.split_once(' '))
        .ok_or(malformed("not '\u{2014} name base64'"))?;
    let bytes = STANDARD.decode(bytes).map_err(|_| malformed("not base64"))?;
    let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(malformed("shorter than a key id"))?;
    Ok(Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

/// A private key with a name that signs notes.
#[derive(Clone)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// A signer of this name from the 32 bytes of an Ed25519 seed (RFC 8032 § 5.1.5).
    #[must_use]
    pub fn new(name: impl Into<String>, seed: &[u8; 32]) -> Self {
        Self { name: name.into(), key: SigningKey::from_bytes(seed) }
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// Signs `text`, which ends in a newline.
    #[must_use]
    pub fn sign(&self, text: &str) -> Signature {
        let bytes = self.key.sign(text.as_bytes()).to_bytes().to_vec();
        Signature { name: self.name.clone(), id: self.verifier().id(ED25519), bytes }
    }

    pub(crate) fn sign_raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

/// A public key with a name that checks notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads the text form `name+id+key` (C2SP signed-note § Verifier keys).
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one or its id does not belong to its key.
    pub fn parse(vkey: &str) -> Result<Self, Error> {
        Self::parse_as(vkey, ED25519)
    }

    /// As [`Verifier::parse`], for the key of a witness (C2SP tlog-cosignature § Format).
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is not one or its id does not belong to its key.
    pub fn parse_witness(vkey: &str) -> Result<Self, Error> {
        Self::parse_as(vkey, COSIGNATURE)
    }

    fn parse_as(vkey: &str, algorithm: u8) -> Result<Self, Error> {
        let malformed = |why| Error::Malformed("verifier key", why);
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("not 'name+id+key'"));
        };
        let key = STANDARD.decode(key).map_err(|_| malformed("the key is not base64"))?;
        let Some((_, key)) = key.split_first().filter(|(first, _)| **first == algorithm) else {
            return Err(malformed("not an Ed25519 key of this use"));
        };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| malformed("not 32 bytes of key"))?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| malformed("not a point of the curve"))?;
        let verifier = Self { name: name.to_owned(), key };
        let fits = HEXLOWER.encode(&verifier.id(algorithm)) == id.to_ascii_lowercase();
        if fits { Ok(verifier) } else { Err(malformed("the id does not belong to the key")) }
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text form of this key as that of a witness (C2SP tlog-cosignature § Format).
    #[must_use]
    pub fn witness_key(&self) -> String {
        self.text(COSIGNATURE)
    }

    fn text(&self, algorithm: u8) -> String {
        let key = [&[algorithm], self.key.as_bytes().as_slice()].concat();
        format!("{}+{}+{}", self.name, HEXLOWER.encode(&self.id(algorithm)), STANDARD.encode(key))
    }

    /// Checks that `note` carries a valid signature of this key.
    ///
    /// # Errors
    /// [`Error::Unsigned`] without such a line, [`Error::BadSignature`] when it does not fit.
    pub fn verify(&self, note: &Note) -> Result<(), Error> {
        let signature = self.find(note, ED25519)?;
        self.verify_raw(note.text.as_bytes(), &signature.bytes)
    }

    pub(crate) fn find<'a>(&self, note: &'a Note, algorithm: u8) -> Result<&'a Signature, Error> {
        let id = self.id(algorithm);
        let mut lines = note.signatures.iter();
        lines.find(|line| line.name == self.name && line.id == id).ok_or(Error::Unsigned(self.name.clone()))
    }

    pub(crate) fn verify_raw(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let bad = || Error::BadSignature(self.name.clone());
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| bad())?;
        self.key.verify_strict(message, &signature).map_err(|_| bad())
    }

    /// The first four bytes of `SHA-256(name || "\n" || algorithm || key)`.
    pub(crate) fn id(&self, algorithm: u8) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', algorithm])
            .chain_update(self.key.as_bytes())
            .finalize();
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
        [a, b, c, d]
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(ED25519))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of golang.org/x/mod/sumdb/note, whose format C2SP signed-note writes down.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_signed_elsewhere_verifies() {
        let verifier = Verifier::parse(VKEY).unwrap();
        assert_eq!(verifier.to_string(), VKEY);
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(verifier.verify(&note), Ok(()));
        assert_eq!(note.to_string(), NOTE);
    }

    #[test]
    fn a_changed_text_or_a_strange_key_does_not() {
        let verifier = Verifier::parse(VKEY).unwrap();
        let note = Note::parse(&NOTE.replace("answer", "solution")).unwrap();
        assert_eq!(verifier.verify(&note), Err(Error::BadSignature("PeterNeumann".into())));
        let other = Signer::new("PeterNeumann", &[7; 32]).verifier();
        assert_eq!(other.verify(&note), Err(Error::Unsigned("PeterNeumann".into())));
        assert!(Verifier::parse(&VKEY.replace("c74f", "c74e")).is_err());
        for broken in ["", "text\n", "text\n\nno dash\n", "text\n\n\u{2014} name !!\n"] {
            assert!(Note::parse(broken).is_err(), "{broken:?}");
        }
    }
}

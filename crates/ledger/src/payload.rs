use base::{Entropy, EntryId, Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce};
use store::{Tx, params, statements};
use zeroize::Zeroizing;

use crate::keys::{Keys, expand, hmac};

statements! {
    FIND = "ledger.payload.find":
        "select salt, sealed from ledger_entry where id = ?1 and salt is not null";
}

/// Every payload has a key of its own, so the nonce may be fixed.
const NONCE: Nonce = Array([0; 12]);

/// A payload under a key of its own, which the member's key and the salt together give. Without the salt nobody, the
/// member included, ever opens the payload again or tests a guess against its commitment.
pub(crate) struct Sealed {
    pub(crate) commitment: String,
    pub(crate) salt: [u8; 32],
    pub(crate) content: Vec<u8>,
}

pub(crate) fn seal(keys: &Keys, entropy: &Entropy, id: EntryId, content: &[u8]) -> Result<Sealed> {
    let salt = entropy.bytes::<32>();
    let own = OwnKeys::new(keys, &salt);
    let payload = Payload { msg: content, aad: id.as_bytes() };
    let sealed = ChaCha20Poly1305::new((&*own.seal).into()).encrypt(&NONCE, payload);
    let sealed = sealed.map_err(|_| Problem::internal("payload", "the payload cannot be sealed"))?;
    Ok(Sealed { commitment: own.commitment(content), salt, content: sealed })
}

pub(crate) fn open(tx: &mut Tx<'_>, keys: &Keys, id: EntryId) -> Result<Option<Vec<u8>>> {
    let found = tx.one(&FIND, params![&id], |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?)))?;
    found.map(|(salt, sealed)| open_sealed(keys, id, &salt, &sealed).map(|(content, _)| content)).transpose()
}

/// The content and the commitment that must stand in the entry's header.
pub(crate) fn open_sealed(keys: &Keys, id: EntryId, salt: &[u8], sealed: &[u8]) -> Result<(Vec<u8>, String)> {
    let own = OwnKeys::new(keys, salt);
    let payload = Payload { msg: sealed, aad: id.as_bytes() };
    let content = ChaCha20Poly1305::new((&*own.seal).into())
        .decrypt(&NONCE, payload)
        .map_err(|_| Problem::internal("payload", "a payload does not open under this member's keys"))?;
    let commitment = own.commitment(&content);
    Ok((content, commitment))
}

/// The content and the key of its commitment, which opens nothing.
pub(crate) fn disclose(keys: &Keys, id: EntryId, salt: &[u8], sealed: &[u8]) -> Result<(Vec<u8>, [u8; 32])> {
    let (content, _) = open_sealed(keys, id, salt, sealed)?;
    Ok((content, *OwnKeys::new(keys, salt).commit))
}

/// Whether the commitment of a header is the one to this content under this key.
#[must_use]
pub fn commits(commitment: &str, key: &[u8; 32], content: &[u8]) -> bool {
    // Nothing here is secret to whoever asks, so that the time it takes tells nothing.
    STANDARD.encode(hmac(key, content)) == commitment
}

/// The keys of one payload (HKDF-SHA256, RFC 5869, with the payload's salt): to seal it and to commit to it.
struct OwnKeys {
    seal: Zeroizing<[u8; 32]>,
    commit: Zeroizing<[u8; 32]>,
}

impl OwnKeys {
    fn new(keys: &Keys, salt: &[u8]) -> Self {
        let [seal, commit] = expand(salt, keys.vault(), ["seal", "commit"]);
        Self { seal, commit }
    }

    fn commitment(&self, content: &[u8]) -> String {
        STANDARD.encode(hmac(&self.commit, content))
    }
}

use base::{Entropy, EntryId, PersonId, Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use store::{Tx, params, statements};
use zeroize::Zeroizing;

use crate::keys::{Keys, hmac};

statements! {
    KEEP = "ledger.payload.keep":
        "insert into ledger_payload (entry_id, subject, wrapped, sealed) values (?1, ?2, ?3, ?4)";
    FIND = "ledger.payload.find": "select wrapped, sealed from ledger_payload where entry_id = ?1";
    ERASE = "ledger.payload.erase": "delete from ledger_payload where subject = ?1 returning entry_id";
}

/// A payload under a key of its own, and that key under the member's.
pub(crate) struct Sealed {
    pub(crate) commitment: String,
    wrapped: Vec<u8>,
    sealed: Vec<u8>,
}

pub(crate) fn seal(keys: &Keys, entropy: &Entropy, id: EntryId, content: &[u8]) -> Result<Sealed> {
    let key = Zeroizing::new(entropy.bytes::<32>());
    // Every payload has a key of its own, so its nonce may be fixed.
    let sealed = encrypt(&hmac(&key, b"seal"), &[0; 24], content, id)?;
    let nonce = entropy.bytes::<24>();
    let wrapped = [nonce.as_slice(), &encrypt(keys.vault(), &nonce, key.as_slice(), id)?].concat();
    Ok(Sealed { commitment: commitment(&key, content), wrapped, sealed })
}

pub(crate) fn keep(tx: &mut Tx<'_>, id: EntryId, subject: Option<PersonId>, sealed: &Sealed) -> Result<()> {
    tx.exec(&KEEP, params![&id, subject.as_ref(), &sealed.wrapped, &sealed.sealed])?;
    Ok(())
}

pub(crate) fn open(tx: &mut Tx<'_>, keys: &Keys, id: EntryId) -> Result<Option<Vec<u8>>> {
    let found = tx.one(&FIND, params![&id], |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?)))?;
    found
        .map(|(wrapped, sealed)| open_sealed(keys, id, &wrapped, &sealed).map(|(content, _)| content))
        .transpose()
}

/// The content and the commitment that must stand in the entry's header.
pub(crate) fn open_sealed(
    keys: &Keys,
    id: EntryId,
    wrapped: &[u8],
    sealed: &[u8],
) -> Result<(Vec<u8>, String)> {
    let broken = || Problem::internal("payload", "a payload does not open under this member's keys");
    let (nonce, wrapped) = wrapped.split_first_chunk::<24>().ok_or_else(broken)?;
    let key = Zeroizing::new(decrypt(keys.vault(), nonce, wrapped, id).ok_or_else(broken)?);
    let key: &[u8; 32] = key.as_slice().try_into().map_err(|_| broken())?;
    let content = decrypt(&hmac(key, b"seal"), &[0; 24], sealed, id).ok_or_else(broken)?;
    let commitment = commitment(key, &content);
    Ok((content, commitment))
}

pub(crate) fn erase(tx: &mut Tx<'_>, subject: PersonId) -> Result<Vec<EntryId>> {
    Ok(tx.all(&ERASE, params![&subject], |row| row.get(0))?)
}

fn commitment(key: &[u8; 32], content: &[u8]) -> String {
    STANDARD.encode(hmac(&hmac(key, b"commit"), content))
}

fn encrypt(key: &[u8; 32], nonce: &[u8; 24], content: &[u8], id: EntryId) -> Result<Vec<u8>> {
    let payload = Payload { msg: content, aad: id.as_bytes() };
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| Problem::internal("payload", "the payload cannot be sealed"))
}

fn decrypt(key: &[u8; 32], nonce: &[u8; 24], sealed: &[u8], id: EntryId) -> Option<Vec<u8>> {
    let payload = Payload { msg: sealed, aad: id.as_bytes() };
    XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload).ok()
}

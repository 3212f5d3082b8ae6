//! Files under a passphrase in the age format (age-encryption.org/v1, C2SP age.md § The scrypt recipient type), which
//! many programs read: `age -d keys.age`.
//!
//! The crate of this name would bring sixty others, an older generation of every cipher among them, into a program whose
//! clean build has a budget; the little that is needed here is held against other implementations in `tests/foreign`.

use base::{Entropy, Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::aead::array::Array;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

const INTRO: &str = "age-encryption.org/v1";
/// Doublings of scrypt's work (RFC 7914): about a second and 256 MB, as other programs have it.
const WORK: u8 = 18;
/// Doublings that are still done for a file somebody else wrote.
const MOST: u8 = 20;
/// Bytes of content under one seal; the last part may be shorter.
const PART: usize = 64 << 10;

type Key = Zeroizing<[u8; 32]>;

/// Seals `content` under a passphrase.
///
/// # Errors
/// When this machine cannot do it.
pub(super) fn seal(passphrase: &str, content: &[u8], entropy: &Entropy) -> Result<Vec<u8>> {
    seal_with(passphrase, content, entropy, WORK)
}

fn seal_with(passphrase: &str, content: &[u8], entropy: &Entropy, work: u8) -> Result<Vec<u8>> {
    let (file_key, salt) = (Zeroizing::new(entropy.bytes::<16>()), entropy.bytes::<16>());
    let wrapping = stretched(passphrase, &salt, work)?;
    let wrapped = cipher(&wrapping).encrypt(&Array([0; 12]), file_key.as_slice()).map_err(|_| cannot())?;
    let (salt, wrapped) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(wrapped));
    let header = format!("{INTRO}\n-> scrypt {salt} {work}\n{wrapped}\n---");
    let mac = STANDARD_NO_PAD.encode(mac(&*file_key, header.as_bytes())?);
    let nonce = entropy.bytes::<16>();
    let mut sealed = format!("{header} {mac}\n").into_bytes();
    sealed.extend_from_slice(&nonce);
    let payload = cipher(&derived(&*file_key, &nonce, "payload")?);
    let mut parts = content.chunks(PART).zip(0..).peekable();
    if parts.peek().is_none() {
        sealed.extend(payload.encrypt(&place(0, true), content).map_err(|_| cannot())?);
    }
    while let Some((part, number)) = parts.next() {
        let place = place(number, parts.peek().is_none());
        sealed.extend(payload.encrypt(&place, part).map_err(|_| cannot())?);
    }
    Ok(sealed)
}

/// Opens what was sealed under a passphrase.
///
/// # Errors
/// `passphrase` when it is another, `keys` when the file was changed or is none of this form.
pub(super) fn open(passphrase: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let other = || Problem::input("keys", "not a file sealed under a passphrase in the age format");
    let changed = || Problem::input("keys", "the sealed file was changed");
    let end = sealed.windows(5).position(|part| part == b"\n--- ").ok_or_else(other)?;
    let (header, rest) = sealed.split_at(end + 4);
    let text = std::str::from_utf8(header).map_err(|_| other())?;
    let lines: Vec<_> = text.lines().collect();
    let [intro, stanza, wrapped, "---"] = lines.as_slice() else { return Err(other()) };
    let ["->", "scrypt", salt, work] = stanza.split(' ').collect::<Vec<_>>()[..] else { return Err(other()) };
    let work: u8 = work.parse().ok().filter(|work| (1..=MOST).contains(work)).ok_or_else(other)?;
    if *intro != INTRO {
        return Err(other());
    }
    let decode = |text: &str| STANDARD_NO_PAD.decode(text).map_err(|_| changed());
    let salt: [u8; 16] = decode(salt)?.try_into().map_err(|_| changed())?;
    let (wrapped, rest) = (decode(wrapped)?, rest.strip_prefix(b" ").ok_or_else(changed)?);
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(changed)?;
    let (tag, rest) = (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default());
    let tag = decode(std::str::from_utf8(tag).map_err(|_| changed())?)?;
    let (nonce, mut rest) = rest.split_first_chunk::<16>().ok_or_else(changed)?;
    let file_key = cipher(&stretched(passphrase, &salt, work)?).decrypt(&Array([0; 12]), wrapped.as_slice());
    let file_key = Zeroizing::new(file_key.map_err(|_| Problem::input("passphrase", "not the passphrase"))?);
    if file_key.len() != 16 || !is_same(&mac(&file_key, header)?, &tag) {
        return Err(changed());
    }
    let payload = cipher(&derived(&file_key, nonce, "payload")?);
    let mut content = Zeroizing::new(Vec::new());
    for number in 0.. {
        let (part, after) = rest.split_at(rest.len().min(PART + 16));
        let opened = payload.decrypt(&place(number, after.is_empty()), part).map_err(|_| changed())?;
        content.extend_from_slice(&opened);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    Ok(content)
}

fn cannot() -> Problem {
    Problem::internal("age", "it cannot be sealed")
}

fn cipher(key: &Key) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new((&**key).into())
}

fn stretched(passphrase: &str, salt: &[u8; 16], work: u8) -> Result<Key> {
    let params = scrypt::Params::new(work, 8, 1)
        .map_err(|error| Problem::internal("age", "no such work").because(error))?;
    let salt = [b"age-encryption.org/v1/scrypt".as_slice(), salt].concat();
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase.as_bytes(), &salt, &params, key.as_mut_slice())
        .map_err(|error| Problem::internal("age", "it cannot be stretched").because(error))?;
    Ok(key)
}

fn derived(file_key: &[u8], salt: &[u8], purpose: &str) -> Result<Key> {
    let mut key = Zeroizing::new([0; 32]);
    let expanded = Hkdf::<Sha256>::new(Some(salt), file_key).expand(purpose.as_bytes(), key.as_mut_slice());
    expanded.map_err(|_| cannot()).map(|()| key)
}

fn mac(file_key: &[u8], header: &[u8]) -> Result<[u8; 32]> {
    let key = derived(file_key, &[], "header")?;
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key.as_slice()).map_err(|_| cannot())?;
    mac.update(header);
    Ok(mac.finalize().into_bytes().into())
}

fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |found, (one, other)| found | one ^ other) == 0
}

/// The nonce of a part: its number in eleven bytes, and whether it is the last.
fn place(number: u64, is_last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce.iter_mut().skip(3).zip(number.to_be_bytes()).for_each(|(place, byte)| *place = byte);
    nonce[11] = is_last.into();
    Array(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(content: &[u8]) -> Vec<u8> {
        seal_with("ein langer Satz", content, &Entropy::seeded(1), 2).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_at_every_length_around_a_part() {
        for length in [0, 1, PART - 1, PART, PART + 1, 2 * PART] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            assert_eq!(*open("ein langer Satz", &sealed(&content)).unwrap(), content, "{length}");
        }
    }

    #[test]
    fn another_passphrase_and_every_changed_byte_are_refused() {
        let good = sealed(b"geheim");
        assert_eq!(open("ein anderer Satz", &good).unwrap_err().code, "passphrase");
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(open("ein langer Satz", &bad).is_err(), "byte {at}");
            assert!(open("ein langer Satz", &good[..at]).is_err(), "cut at {at}");
        }
    }

    /// Sealed by rage (pyrage 1.4.0), which nobody here wrote.
    #[test]
    fn what_another_program_sealed_opens() {
        let sealed = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBkQ2NvV1A2VUFZTDNvcjhPVFh3cU93IDE4CjdmMU5mWnpkZW5wNWFQVUF\
            od2NyTndLQ3hHSXVrM3I4dWkzYnJWSlVQRFEKLS0tIEdQSW9WSkF1cDdVL0dEM2huQjEyd3NTUHE5cXVZRHN3SWVFQ3NvQkV1aEkKtBMy9Rf3\
            2hQ5UIrZBwO9cIdmqx5W1rJD6cjnzOiKK+ryyGmacAudHCxgy+wBYrK6Cx+e";
        let sealed = base64::engine::general_purpose::STANDARD.decode(sealed).unwrap();
        assert_eq!(open("ein langer Satz", &sealed).unwrap().as_slice(), b"von rage versiegelt");
    }

    /// A file asking for more work than a machine has is not begun with.
    #[test]
    fn no_file_makes_us_work_without_end() {
        let text = format!("{INTRO}\n-> scrypt {} 40\nAAAA\n--- AAAA\n", "A".repeat(22));
        assert_eq!(open("x", text.as_bytes()).unwrap_err().code, "keys");
    }
}

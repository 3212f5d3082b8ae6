use base::{CaseId, Entropy, PersonId};
use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tlog::{Signer, Verifier};
use zeroize::Zeroizing;

/// A member's secret keys. All are derived from one seed of 32 bytes, which lives in a file of its own beside the
/// database, so that a copy of the database alone opens and signs nothing.
pub struct Keys {
    host: String,
    seed: Zeroizing<[u8; 32]>,
    /// Derived once: every entry needs them.
    vault: Zeroizing<[u8; 32]>,
    actor: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// The keys of the member at `host` (the name its logs carry) from its seed.
    #[must_use]
    pub fn new(host: impl Into<String>, seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        let (vault, actor) = (derive(&seed, "vault"), derive(&seed, "actor"));
        Self { host: host.into(), seed, vault, actor }
    }

    /// Keys from a fresh seed.
    #[must_use]
    pub fn generate(host: impl Into<String>, entropy: &Entropy) -> Self {
        Self::new(host, entropy.bytes())
    }

    /// The name the member's logs carry.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// A secret for one purpose (HKDF-SHA256, RFC 5869, with the purpose as info).
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        derive(&self.seed, purpose)
    }

    /// What the keys of payloads are sealed under.
    pub(crate) fn vault(&self) -> &[u8; 32] {
        &self.vault
    }

    /// Who signs the checkpoints of a feed; its name is the log's origin.
    #[must_use]
    pub fn log_signer(&self, feed: &str) -> Signer {
        Signer::new(format!("{}/log/{feed}", self.host), &self.derive(&format!("log/{feed}")))
    }

    /// The public key of a feed.
    #[must_use]
    pub fn log_verifier(&self, feed: &str) -> Verifier {
        self.log_signer(feed).verifier()
    }

    /// Who says as a witness what it saw of other logs (C2SP tlog-cosignature); a key for this alone.
    #[must_use]
    pub fn witness(&self) -> Signer {
        Signer::new(format!("{}/witness", self.host), &self.derive("witness"))
    }

    /// Under what name a person appears in a feed, or in a part of it: the same within it, another in every other.
    pub(crate) fn pseudonym(&self, feed: &str, part: &[u8], person: PersonId) -> String {
        let mac = hmac(&self.actor, &[feed.as_bytes(), part, person.as_bytes()].concat());
        HEXLOWER.encode(&mac[..10])
    }

    /// The id of a case in the public feed: always the same, and nobody learns from it when the case was opened
    /// (a UUIDv8, RFC 9562 § 5.8).
    pub(crate) fn public_case(&self, case: CaseId) -> CaseId {
        let mac = hmac(&self.actor, &[b"case".as_slice(), case.as_bytes()].concat());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(mac).for_each(|(place, byte)| *place = byte);
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        CaseId::from_bytes(&bytes).unwrap_or(case)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.host)
    }
}

fn derive(seed: &[u8; 32], purpose: &str) -> Zeroizing<[u8; 32]> {
    let [key] = expand(&[], seed, [purpose]);
    key
}

/// Keys for several purposes from one secret and a salt (HKDF-SHA256, RFC 5869; an empty salt is none).
pub(crate) fn expand<const N: usize>(
    salt: &[u8],
    secret: &[u8; 32],
    purposes: [&str; N],
) -> [Zeroizing<[u8; 32]>; N] {
    let extracted = Hkdf::<Sha256>::new(Some(salt), secret);
    purposes.map(|purpose| {
        let mut key = Zeroizing::new([0; 32]);
        // 32 bytes are far below the 8160 that HKDF-SHA256 can give.
        let expanded = extracted.expand(purpose.as_bytes(), key.as_mut_slice());
        debug_assert!(expanded.is_ok());
        key
    })
}

/// HMAC-SHA256 (RFC 2104).
#[must_use]
pub fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A key shorter than a block is filled up with zeros (RFC 2104 § 2).
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(place, byte)| *place = *byte);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

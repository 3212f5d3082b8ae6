use base::{Entropy, Problem, Result};
use ledger::Keys;
use serde::{Deserialize, Serialize};
use tlog::Signer;
use zeroize::{Zeroize as _, Zeroizing};

use super::{age, hex, unhex, wrong};

/// Where they are.
pub(super) const PATH: &str = "keys.age";
/// A passphrase of fewer letters protects nothing.
const SHORTEST: usize = 12;

/// What of a member is secret and not in its tables.
pub(super) struct Secrets {
    /// What all its keys are derived from.
    pub(super) seed: Zeroizing<[u8; 32]>,
    /// What the provider staff sign in with gave it.
    pub(super) oidc_client_secret: Option<String>,
}

/// The same as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Hex digits.
    seed: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    oidc_client_secret: Option<String>,
}

/// Seals them under a passphrase.
///
/// # Errors
/// `passphrase` when that is too short.
pub(super) fn seal(secrets: &Secrets, passphrase: &str, entropy: &Entropy) -> Result<Vec<u8>> {
    if passphrase.chars().count() < SHORTEST {
        let detail = format!("the passphrase for the keys needs at least {SHORTEST} characters");
        return Err(Problem::input("passphrase", detail).hint("give it on standard input"));
    }
    let seed = hex(secrets.seed.as_slice());
    let mut written = Written { seed, oidc_client_secret: secrets.oidc_client_secret.clone() };
    let text = serde_json::to_vec_pretty(&written).map(Zeroizing::new);
    written.seed.zeroize();
    let text = text.map_err(|error| Problem::internal("keys", "they cannot be written").because(error))?;
    age::seal(passphrase, &text, entropy)
}

/// Opens them.
///
/// # Errors
/// `passphrase` when it is another, else what is wrong with the file.
pub(super) fn open(passphrase: &str, sealed: &[u8]) -> Result<Secrets> {
    let text = age::open(passphrase, sealed)
        .map_err(|problem| Problem { detail: format!("{PATH}: {}", problem.detail), ..problem })?;
    let mut written: Written = serde_json::from_slice(&text).map_err(|error| wrong(PATH, error))?;
    let seed = unhex(&written.seed).and_then(|seed| seed.try_into().ok());
    written.seed.zeroize();
    let seed = seed.ok_or_else(|| wrong(PATH, "the seed is not 32 bytes in hex"))?;
    Ok(Secrets { seed: Zeroizing::new(seed), oidc_client_secret: written.oidc_client_secret })
}

/// What signs an export.
pub(super) fn signer(keys: &Keys) -> Signer {
    Signer::new(format!("{}/export", keys.host()), &keys.derive("export"))
}

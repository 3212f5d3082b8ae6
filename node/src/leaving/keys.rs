//! What of a member is secret and not in its tables: a file of its own, so that it can travel another way than the rest.
//! It stands there in the clear. Programs made for that, such as `age` and `gpg`, keep it from others on its way.

use base::{Problem, Result};
use data_encoding::HEXLOWER;
use ledger::Keys;
use serde::{Deserialize, Serialize};
use tlog::Signer;
use zeroize::{Zeroize as _, Zeroizing};

use super::wrong;

/// Where they are.
pub(super) const PATH: &str = "secret/keys.json";

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

impl Secrets {
    /// Their file.
    pub(super) fn write(&self) -> Result<Zeroizing<Vec<u8>>> {
        let seed = HEXLOWER.encode(self.seed.as_slice());
        let mut written = Written { seed, oidc_client_secret: self.oidc_client_secret.clone() };
        let text = serde_json::to_vec_pretty(&written).map(Zeroizing::new);
        written.seed.zeroize();
        let mut text =
            text.map_err(|error| Problem::internal("keys", "they cannot be written").because(error))?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads their file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Self> {
        let mut written: Written = serde_json::from_slice(text).map_err(|error| wrong(PATH, error))?;
        let seed = HEXLOWER.decode(written.seed.as_bytes()).ok().and_then(|seed| seed.try_into().ok());
        written.seed.zeroize();
        let seed = seed.ok_or_else(|| wrong(PATH, "the seed is not 32 bytes in hex"))?;
        Ok(Self { seed: Zeroizing::new(seed), oidc_client_secret: written.oidc_client_secret })
    }
}

/// What signs an export.
pub(super) fn signer(keys: &Keys) -> Signer {
    Signer::new(format!("{}/export", keys.host()), &keys.derive("export"))
}

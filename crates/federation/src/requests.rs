//! Signed requests that were taken. A signature counts for a while, and for that while it is remembered, so that nobody
//! who got hold of a request can send it again (RFC 9421 § 7.2.2).

use base::{Result, Time};
use store::{Tx, params, statements};

statements! {
    REMEMBER = "federation.remember":
        "insert into federation_nonce (keyid, nonce, ends) values (?1, ?2, ?3) on conflict (keyid, nonce) do nothing";
    SWEEP = "federation.sweep": "delete from federation_nonce where ends < ?1";
}

/// Remembers a signature as long as it would be accepted again; `false` when it was there.
///
/// # Errors
/// What the database says.
pub fn remember(tx: &mut Tx<'_>, keyid: &str, nonce: &str, ends: Time) -> Result<bool> {
    Ok(tx.exec(&REMEMBER, params![keyid, nonce, ends])? > 0)
}

/// Forgets the signatures that have expired.
///
/// # Errors
/// What the database says.
pub fn sweep(tx: &mut Tx<'_>, now: Time) -> Result<()> {
    Ok(tx.exec(&SWEEP, params![now]).map(drop)?)
}

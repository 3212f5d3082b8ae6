use base::{Entropy, PersonId, Problem, Result, Time};
use store::{Tx, params, statements};
use totp_rs::{Builder, Secret, Totp};

statements! {
    STEP = "person.totp_step": "update person set totp_step = ?2 where id = ?1 and totp_step < ?2";
}

/// A new secret for an authenticator app, in Base32.
#[must_use]
pub fn new_secret(entropy: &Entropy) -> String {
    Secret::from(entropy.bytes::<20>()).to_base32()
}

/// The `otpauth://` address an authenticator app reads, usually from a QR code.
///
/// # Errors
/// When the secret is none.
pub fn enrol(secret: &str, account: &str, issuer: &str) -> Result<String> {
    let totp = build(secret, account, issuer)?;
    totp.to_url().map_err(|error| Problem::internal("totp", "no address").because(error.to_string()))
}

/// Whether the code is right just now (RFC 6238: six digits, 30 seconds, one step tolerance); each code works once.
///
/// # Errors
/// When the secret is none or the database says so.
pub fn check(tx: &mut Tx<'_>, person: PersonId, secret: &str, code: &str, now: Time) -> Result<bool> {
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let seconds = u64::try_from(now.seconds()).unwrap_or(0);
    match build(secret, "x", "x")?.check(&code, seconds) {
        Some(step) => Ok(tx.exec(&STEP, params![&person, i64::try_from(step).unwrap_or(i64::MAX)])? == 1),
        None => Ok(false),
    }
}

fn build(secret: &str, account: &str, issuer: &str) -> Result<Totp> {
    let wrong = |why: String| Problem::internal("totp", "the second factor cannot be used").because(why);
    let secret = Secret::try_from_base32(secret).map_err(|error| wrong(error.to_string()))?;
    let plain = |text: &str| text.replace(':', " ");
    let builder =
        Builder::new().with_secret(secret).with_account_name(plain(account)).with_issuer(Some(plain(issuer)));
    builder.build().map_err(|error| wrong(error.to_string()))
}

/// The code that is right just now; only demonstrations and tests show it.
///
/// # Errors
/// When the secret is none.
pub fn current_code(secret: &str, now: Time) -> Result<String> {
    Ok(build(secret, "x", "x")?.generate(u64::try_from(now.seconds()).unwrap_or(0)).to_string())
}

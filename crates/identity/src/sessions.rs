use base::{Entropy, PersonId, Problem, Result, Time};
use store::{Tx, params, statements};

use crate::people::normal;
use crate::{Secret, by_id, ceremonies, hash};

/// How long a session lasts: a working day.
const SESSION_SECONDS: i64 = 12 * 3600;

/// How long a link by e-mail works that somebody asked for.
pub const LINK_SECONDS: i64 = 20 * 60;

/// How long the first link to a new colleague works.
pub const SET_UP_SECONDS: i64 = 48 * 3600;

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: PersonId,
    /// Whether with two factors.
    pub strong: bool,
}

statements! {
    START = "session.start":
        "insert into session (hash, person_id, strong, created, expires) values (?1, ?2, ?3, ?4, ?5)";
    FIND = "session.find": "select person_id, strong from session where hash = ?1 and expires > ?2";
    END = "session.end": "delete from session where hash = ?1";
    END_ALL = "session.end_all": "delete from session where person_id = ?1";
    SWEEP = "session.sweep": "delete from session where expires <= ?1";
    SWEEP_LINKS = "session.sweep_links": "delete from login_link where expires <= ?1";
    SWEEP_THROTTLES = "throttle.sweep": "delete from throttle where ends <= ?1";
    SWEEP_FORMS = "form.sweep": "delete from form_done where at <= ?1";
    NEW_LINK = "session.new_link": "insert into login_link (hash, email, expires) values (?1, ?2, ?3)";
    USE_LINK = "session.use_link": "delete from login_link where hash = ?1 and expires > ?2 returning email";
}

/// Starts a session and gives the secret for the cookie. A new secret each time somebody proves more, so that an old
/// one is worth nothing.
///
/// # Errors
/// `blocked` when the person may not sign in.
pub fn start(tx: &mut Tx<'_>, entropy: &Entropy, now: Time, session: &Session) -> Result<Secret> {
    if by_id(tx, session.person)?.is_none_or(|account| account.blocked.is_some()) {
        return Err(Problem::denied("blocked", "the account is blocked"));
    }
    let secret = Secret::new(entropy);
    let expires = now.plus_seconds(SESSION_SECONDS);
    tx.exec(&START, params![&secret.hash(), &session.person, session.strong, now, expires])?;
    Ok(secret)
}

/// The session this cookie belongs to, unless it has ended.
///
/// # Errors
/// What the database says.
pub fn find(tx: &mut Tx<'_>, cookie: &str, now: Time) -> Result<Option<Session>> {
    let row = |row: &store::Row<'_>| Ok(Session { person: row.get(0)?, strong: row.get(1)? });
    Ok(tx.one(&FIND, params![&hash(cookie), now], row)?)
}

/// Ends one session.
///
/// # Errors
/// What the database says.
pub fn end(tx: &mut Tx<'_>, cookie: &str) -> Result<()> {
    tx.exec(&END, params![&hash(cookie)])?;
    Ok(())
}

/// Ends every session of a person.
///
/// # Errors
/// What the database says.
pub fn end_all(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&END_ALL, params![&person])?;
    Ok(())
}

/// How long the id of a sent form is remembered.
const FORM_SECONDS: i64 = 7 * 24 * 3600;

/// Removes what has expired: sessions, links, half-done sign-ins, counted attempts, and the ids of forms that were sent long ago.
///
/// # Errors
/// What the database says.
pub fn sweep(tx: &mut Tx<'_>, now: Time) -> Result<()> {
    tx.exec(&SWEEP, params![now])?;
    tx.exec(&SWEEP_LINKS, params![now])?;
    tx.exec(&SWEEP_THROTTLES, params![now])?;
    tx.exec(&SWEEP_FORMS, params![now.plus_seconds(-FORM_SECONDS)])?;
    ceremonies::sweep(tx, now)
}

/// A secret that signs in whoever reads the mail to this address, once and for so many seconds.
///
/// # Errors
/// What the database says.
pub fn new_link(
    tx: &mut Tx<'_>,
    (entropy, now): (&Entropy, Time),
    email: &str,
    seconds: i64,
) -> Result<Secret> {
    let secret = Secret::new(entropy);
    tx.exec(&NEW_LINK, params![&secret.hash(), &normal(email), now.plus_seconds(seconds)])?;
    Ok(secret)
}

/// The address the link was sent to; the link is used up.
///
/// # Errors
/// What the database says.
pub fn use_link(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<String>> {
    Ok(tx.get(&USE_LINK, params![&hash(secret), now])?)
}

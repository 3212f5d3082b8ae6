use base::{Entropy, PersonId, Result, Time};
use store::{Tx, params, statements};

use crate::{Secret, hash};

/// How long a person has to find a device and a finger, or to sign in elsewhere.
const SECONDS: i64 = 10 * 60;

/// What is remembered of a sign-in between its two steps. It stays here and not with the browser, so that an answer
/// works once and any process of the member can take it.
#[derive(Debug)]
pub(crate) struct Ceremony {
    /// Whose, when that is known from the beginning.
    pub(crate) person: Option<PersonId>,
    /// What its kind needs to know, as JSON.
    pub(crate) state: String,
}

statements! {
    BEGIN = "ceremony.begin":
        "insert into ceremony (hash, kind, person_id, state, expires) values (?1, ?2, ?3, ?4, ?5)";
    TAKE = "ceremony.take":
        "delete from ceremony where hash = ?1 and kind = ?2 and expires > ?3 returning person_id, state";
    FORGET = "ceremony.forget": "delete from ceremony where person_id = ?1";
    SWEEP = "ceremony.sweep": "delete from ceremony where expires <= ?1";
}

/// Remembers the first step and gives the secret the second one is known by.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    (entropy, now): (&Entropy, Time),
    kind: &str,
    ceremony: &Ceremony,
) -> Result<Secret> {
    let secret = Secret::new(entropy);
    let (person, state) = (ceremony.person.as_ref(), ceremony.state.as_str());
    tx.exec(&BEGIN, params![&secret.hash(), kind, person, state, now.plus_seconds(SECONDS)])?;
    Ok(secret)
}

/// What was remembered; it is used up, whatever comes of it.
pub(crate) fn take(tx: &mut Tx<'_>, kind: &str, secret: &str, now: Time) -> Result<Option<Ceremony>> {
    let row = |row: &store::Row<'_>| Ok(Ceremony { person: row.get(0)?, state: row.get(1)? });
    Ok(tx.one(&TAKE, params![&hash(secret), kind, now], row)?)
}

/// Ends what a person has begun.
pub(crate) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&FORGET, params![&person])?;
    Ok(())
}

/// Removes what nobody came back for.
pub(crate) fn sweep(tx: &mut Tx<'_>, now: Time) -> Result<()> {
    tx.exec(&SWEEP, params![now])?;
    Ok(())
}

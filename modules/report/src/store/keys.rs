use ::store::{Error, Row, Tx, params, statements};
use base::{Clock, Entropy, PersonId, Problem, Result, Time};

use crate::model::{Key, Scope};

statements! {
    ADD = "report.add_key":
        "insert into report_key (id, hash, name, contact, scopes, per_hour, created)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    FIND = "report.find_key":
        "select id, name, contact, scopes, per_hour, created, used, revoked from report_key where hash = ?1";
    EVERY = "report.keys":
        "select id, name, contact, scopes, per_hour, created, used, revoked from report_key
         order by created desc, id";
    TOUCH = "report.touch_key": "update report_key set used = ?2 where id = ?1";
    REVOKE = "report.revoke_key": "update report_key set revoked = ?2 where id = ?1 and revoked is null";
}

/// Requests with a key of the demonstration in an hour: as many as this machine answers.
const UNLIMITED: u32 = 1_000_000_000;

/// Lets a program do everything; only the key's hash is kept. For the demonstration and for tests.
///
/// # Errors
/// A conflict when the key is there already.
pub fn add_api_key(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    secret: &str,
    name: &str,
) -> Result<()> {
    let key = Key {
        id: PersonId::new(clock, entropy),
        name: name.into(),
        contact: String::new(),
        scopes: Scope::ALL.to_vec(),
        per_hour: UNLIMITED,
        created: clock.now(),
        used: None,
        revoked: None,
    };
    put_key(tx, &key, &identity::hash(secret))
}

/// Keeps a key by the hash of its secret.
pub(crate) fn put_key(tx: &mut Tx<'_>, key: &Key, hash: &[u8; 32]) -> Result<()> {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    let scopes = scopes.join(",");
    let (name, contact) = (key.name.as_str(), key.contact.as_str());
    tx.exec(&ADD, params![&key.id, hash, name, contact, scopes.as_str(), key.per_hour, key.created])?;
    Ok(())
}

/// The key with this secret, unless it was revoked.
pub(crate) fn key_by_secret(tx: &mut Tx<'_>, secret: &str) -> Result<Option<Key>> {
    let found = tx.one(&FIND, params![&identity::hash(secret)], key)?;
    Ok(found.filter(|key| key.revoked.is_none()))
}

/// Every key there ever was, the newest first.
pub(crate) fn keys(tx: &mut Tx<'_>) -> Result<Vec<Key>> {
    Ok(tx.all(&EVERY, &[], key)?)
}

/// Notes that a key is used.
pub(crate) fn touch_key(tx: &mut Tx<'_>, id: PersonId, now: Time) -> Result<()> {
    tx.exec(&TOUCH, params![&id, now])?;
    Ok(())
}

/// Ends a key.
pub(crate) fn revoke_key(tx: &mut Tx<'_>, id: PersonId, now: Time) -> Result<()> {
    match tx.exec(&REVOKE, params![&id, now])? {
        0 => Err(Problem::not_found("key", "there is no such key")),
        _ => Ok(()),
    }
}

fn key(row: &Row<'_>) -> Result<Key, Error> {
    let scopes: String = row.get(3)?;
    let scopes = scopes.split(',').filter(|name| !name.is_empty()).map(str::parse);
    Ok(Key {
        id: row.get(0)?,
        name: row.get(1)?,
        contact: row.get(2)?,
        scopes: scopes.collect::<Result<_, Problem>>().map_err(|_| Error::Column(3, "scopes"))?,
        per_hour: row.get(4)?,
        created: row.get(5)?,
        used: row.get(6)?,
        revoked: row.get(7)?,
    })
}

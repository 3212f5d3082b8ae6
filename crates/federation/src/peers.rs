//! Members that somebody here has met: who they said they are, and the keys that were confirmed to be theirs.
//!
//! A key comes in here only by [`pin`], which somebody did after having compared it. What a member says of itself later
//! is kept beside it and changes nothing.

use std::collections::BTreeMap;

use base::{Result, Time};
use store::{Error, Row, Tx, params, statements};

use crate::agreement::{Act, Trust};
use crate::damaged;
use crate::did::{Did, Identity};
use crate::form::Vkey;

statements! {
    EVERY = "federation.peers":
        "select did, url, identity, found, added, checked from federation_peer order by did";
    ONE = "federation.peer":
        "select did, url, identity, found, added, checked from federation_peer where did = ?1";
    PUT = "federation.put_peer":
        "insert into federation_peer (did, url, identity, added, checked) values (?1, ?2, ?3, ?4, ?4)
         on conflict (did) do update set url = excluded.url, identity = excluded.identity, found = null,
         checked = excluded.checked";
    REMOVE = "federation.remove_peer": "delete from federation_peer where did = ?1";
    PIN = "federation.pin":
        "insert into federation_key (did, agreements, pinned, stolen) values (?1, ?2, ?3, 0)
         on conflict (did, agreements) do update set ended = null, stolen = 0";
    END = "federation.end_key":
        "update federation_key set ended = ?3, stolen = ?4
         where did = ?1 and agreements <> ?2 and (ended is null or stolen < ?4)";
    KEYS = "federation.keys": "select did, agreements, ended, stolen from federation_key";
    KEYS_OF = "federation.keys_of":
        "select agreements, pinned, ended, stolen from federation_key where did = ?1 order by pinned, agreements";
    SAME = "federation.same":
        "update federation_peer set identity = ?2, found = null, checked = ?3 where did = ?1";
    CHANGED = "federation.changed": "update federation_peer set found = ?2, checked = ?3 where did = ?1";
}

/// A member that is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Where its pages are, without a slash at the end.
    pub url: String,
    /// Who it is, with the keys that were confirmed.
    pub identity: Identity,
    /// Who it says it is now, when it names another key than the confirmed one.
    pub found: Option<Identity>,
    /// Since when it is known.
    pub added: Time,
    /// When it was last asked who it is.
    pub checked: Time,
}

/// The keys for agreements that are, or were, really somebody's.
#[derive(Clone, Debug, Default)]
pub struct Keyring(BTreeMap<(Did, String), Option<Ended>>);

/// That a key was given up for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// When somebody here confirmed the next one.
    pub at: Time,
    /// Whether somebody else may have got hold of it.
    pub stolen: bool,
}

impl Keyring {
    /// The keyring with one more.
    #[must_use]
    pub fn with(mut self, did: &Did, key: &Vkey) -> Self {
        self.0.insert((did.clone(), key.to_string()), None);
        self
    }

    /// Whether something that is dated so, and heard of for the first time, is taken when this key signed it. What was
    /// here when a key was given up stays as it is.
    #[must_use]
    pub fn takes(&self, did: &Did, key: &Vkey, at: Time) -> bool {
        let found = self.0.get(&(did.clone(), key.to_string()));
        found.is_some_and(|ended| ended.is_none_or(|ended| !ended.stolen && at <= ended.at))
    }

    /// The key of its party that signed an act, if it is known here.
    #[must_use]
    pub fn signed(&self, act: &Act) -> Option<Vkey> {
        self.keys(act.party()).into_iter().find(|key| key.0.verify(act.note()).is_ok())
    }

    /// Whether a key is known to be somebody's, and to have been given up.
    #[must_use]
    pub fn is_ended(&self, did: &Did, key: &Vkey) -> bool {
        self.0.get(&(did.clone(), key.to_string())).is_some_and(Option::is_some)
    }
}

impl Trust for Keyring {
    fn knows(&self, did: &Did, key: &Vkey) -> bool {
        self.0.contains_key(&(did.clone(), key.to_string()))
    }

    fn keys(&self, did: &Did) -> Vec<Vkey> {
        let own = self.0.keys().filter(|(own, _)| own == did);
        own.filter_map(|(_, key)| key.parse().ok()).collect()
    }
}

/// Everybody who is known.
///
/// # Errors
/// What the database says.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Peer>> {
    tx.all(&EVERY, &[], kept)?.into_iter().map(Kept::read).collect()
}

/// The member of this name, if it is known.
///
/// # Errors
/// What the database says.
pub fn one(tx: &mut Tx<'_>, did: &Did) -> Result<Option<Peer>> {
    tx.one(&ONE, params![did.to_string().as_str()], kept)?.map(Kept::read).transpose()
}

/// Every key that was ever confirmed.
///
/// # Errors
/// What the database says.
pub fn keyring(tx: &mut Tx<'_>) -> Result<Keyring> {
    let rows = tx.all(&KEYS, &[], |row| Ok((row.get::<String>(0)?, row.get(1)?, ended(row, 2)?)))?;
    let read = |(did, key, ended): (String, String, Option<Ended>)| {
        Ok(((did.parse().map_err(damaged("name"))?, key), ended))
    };
    Ok(Keyring(rows.into_iter().map(read).collect::<Result<_>>()?))
}

fn ended(row: &Row<'_>, column: usize) -> Result<Option<Ended>, Error> {
    let (at, stolen) = (row.get::<Option<Time>>(column)?, row.get(column + 1)?);
    Ok(at.map(|at| Ended { at, stolen }))
}

/// A key for agreements that a member has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// The key.
    pub agreements: Vkey,
    /// When it was first confirmed.
    pub pinned: Time,
    /// That it was given up, if it was.
    pub ended: Option<Ended>,
}

/// Every key for agreements of a member that was ever confirmed, in that order.
///
/// # Errors
/// What the database says.
pub fn keys_of(tx: &mut Tx<'_>, did: &Did) -> Result<Vec<KnownKey>> {
    let rows = tx.all(&KEYS_OF, params![did.to_string().as_str()], |row| {
        Ok((row.get::<String>(0)?, row.get(1)?, ended(row, 2)?))
    })?;
    let read = |(key, pinned, ended): (String, Time, Option<Ended>)| {
        Ok(KnownKey { agreements: key.parse().map_err(damaged("key"))?, pinned, ended })
    };
    rows.into_iter().map(read).collect()
}

/// Takes a member in, or its new keys, after somebody confirmed that the keys are the member's. With another key for
/// agreements the ones before it have ended; `stolen` says that others may have got hold of them.
///
/// # Errors
/// What the database says.
pub fn pin(tx: &mut Tx<'_>, url: &str, identity: &Identity, stolen: bool, now: Time) -> Result<()> {
    let (did, text) = (identity.did.to_string(), identity.publish().map_err(damaged("identity"))?);
    tx.exec(&PUT, params![did.as_str(), url, text.as_str(), now])?;
    let key = identity.keys.agreements.to_string();
    tx.exec(&PIN, params![did.as_str(), key.as_str(), now])?;
    tx.exec(&END, params![did.as_str(), key.as_str(), now, i64::from(stolen)])?;
    Ok(())
}

/// Keeps a key of our own with which something was signed, so that it is known to have been ours when we have another.
///
/// # Errors
/// What the database says.
pub fn remember_own(tx: &mut Tx<'_>, did: &Did, key: &Vkey, now: Time) -> Result<()> {
    tx.exec(&PIN, params![did.to_string().as_str(), key.to_string().as_str(), now])?;
    Ok(())
}

/// Forgets a member: nothing is sent to it, no request of it is answered as a member's, and its keys have ended. What it
/// signed stays. `false` when it was not known.
///
/// # Errors
/// What the database says.
pub fn forget(tx: &mut Tx<'_>, did: &Did, now: Time) -> Result<bool> {
    let did = did.to_string();
    tx.exec(&END, params![did.as_str(), "", now, 0_i64])?;
    Ok(tx.exec(&REMOVE, params![did.as_str()])? > 0)
}

/// Keeps what a known member says of itself now. Another key than the confirmed one is only noted.
///
/// # Errors
/// What the database says.
pub fn note(tx: &mut Tx<'_>, peer: &Peer, identity: &Identity, now: Time) -> Result<()> {
    let (did, text) = (identity.did.to_string(), identity.publish().map_err(damaged("identity"))?);
    let is_same = identity.keys == peer.identity.keys;
    tx.exec(if is_same { &SAME } else { &CHANGED }, params![did.as_str(), text.as_str(), now])?;
    Ok(())
}

struct Kept {
    did: String,
    url: String,
    identity: String,
    found: Option<String>,
    added: Time,
    checked: Time,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept {
        did: row.get(0)?,
        url: row.get(1)?,
        identity: row.get(2)?,
        found: row.get(3)?,
        added: row.get(4)?,
        checked: row.get(5)?,
    })
}

impl Kept {
    fn read(self) -> Result<Peer> {
        let did: Did = self.did.parse().map_err(damaged("name"))?;
        let read = |text: String| Identity::parse(&did.host(), &text).map_err(damaged("identity"));
        Ok(Peer {
            url: self.url,
            identity: read(self.identity)?,
            found: self.found.map(read).transpose()?,
            added: self.added,
            checked: self.checked,
        })
    }
}

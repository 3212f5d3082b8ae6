//! Members that somebody here has met: who they said they are, and the keys that were confirmed to be theirs.
//!
//! A key comes in here only by [`pin`], which somebody did after having compared it. What a member says of itself later
//! is kept beside it and changes nothing.

use std::collections::BTreeSet;

use base::{Result, Time};
use store::{Error, Row, Tx, params, statements};

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
    PIN = "federation.pin":
        "insert into federation_key (did, agreements, pinned) values (?1, ?2, ?3)
         on conflict (did, agreements) do nothing";
    KEYS = "federation.keys": "select did, agreements from federation_key";
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
pub struct Keyring(BTreeSet<(Did, String)>);

impl Keyring {
    /// Whether the key is, or was, that member's.
    #[must_use]
    pub fn knows(&self, did: &Did, key: &Vkey) -> bool {
        self.0.contains(&(did.clone(), key.to_string()))
    }

    /// The keyring with one more.
    #[must_use]
    pub fn with(mut self, did: &Did, key: &Vkey) -> Self {
        self.0.insert((did.clone(), key.to_string()));
        self
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
    let rows = tx.all(&KEYS, &[], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
    let read = |(did, key): (String, String)| Ok((did.parse().map_err(damaged("name"))?, key));
    Ok(Keyring(rows.into_iter().map(read).collect::<Result<_>>()?))
}

/// Takes a member in, or its new key, after somebody confirmed that the key is the member's.
///
/// # Errors
/// What the database says.
pub fn pin(tx: &mut Tx<'_>, url: &str, identity: &Identity, now: Time) -> Result<()> {
    let (did, text) = (identity.did.to_string(), identity.publish().map_err(damaged("identity"))?);
    tx.exec(&PUT, params![did.as_str(), url, text.as_str(), now])?;
    let key = identity.keys.agreements.to_string();
    tx.exec(&PIN, params![did.as_str(), key.as_str(), now])?;
    Ok(())
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

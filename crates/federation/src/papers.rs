//! The signed notes themselves: documents, the acts upon them, and what other parties are still to be told of them.
//! A set that only grows, so that two nodes become the same by giving each other what they have.

use base::{Result, Time};
use store::{Error, Row, Tx, params, statements};

use crate::agreement::{Act, Book, Document};
use crate::damaged;
use crate::did::Did;
use crate::form::Hash;
use crate::peers::Keyring;

statements! {
    DOCUMENTS = "federation.documents":
        "select hash, note, checked, received from federation_document where checked = 1";
    DOCUMENT = "federation.document":
        "select hash, note, checked, received from federation_document where hash = ?1";
    UNCHECKED = "federation.unchecked":
        "select hash, note, checked, received from federation_document where checked = 0";
    COUNT_UNCHECKED = "federation.count_unchecked":
        "select count(*) from federation_document where checked = 0";
    ADD_DOCUMENT = "federation.add_document":
        "insert into federation_document (hash, note, proposer, checked, received) values (?1, ?2, ?3, ?4, ?5)
         on conflict (hash) do nothing";
    CHECKED = "federation.checked": "update federation_document set checked = 1 where hash = ?1";
    DISCARD = "federation.discard": "delete from federation_document where hash = ?1 and checked = 0";
    DISCARD_ACTS = "federation.discard_acts": "delete from federation_act where document = ?1";
    ACTS = "federation.acts":
        "select a.note, a.received from federation_act a
         join federation_document d on d.hash = a.document where d.checked = 1";
    ACTS_OF = "federation.acts_of":
        "select note, received from federation_act where document = ?1 order by received, hash";
    HAS_ACT = "federation.has_act": "select count(*) from federation_act where hash = ?1";
    COUNT_ACTS = "federation.count_acts":
        "select count(*) from federation_act where document = ?1 and party = ?2";
    ADD_ACT = "federation.add_act":
        "insert into federation_act (hash, document, party, note, received) values (?1, ?2, ?3, ?4, ?5)
         on conflict (hash) do nothing";
    WANT = "federation.want":
        "insert into federation_delivery (did, document, wanted, told) values (?1, ?2, 1, 0)
         on conflict (did, document) do update set wanted = federation_delivery.wanted + 1";
    DELIVERY = "federation.delivery":
        "select did, wanted, told, failing_since, retry_at, error from federation_delivery
         where document = ?1 and did = ?2";
    DELIVERIES = "federation.deliveries":
        "select did, wanted, told, failing_since, retry_at, error from federation_delivery
         where document = ?1 order by did";
    TOLD = "federation.told":
        "update federation_delivery set told = ?3, failing_since = null, retry_at = null, error = ?4
         where did = ?1 and document = ?2";
    TOLD_ALL = "federation.told_all":
        "update federation_delivery set told = wanted, failing_since = null, retry_at = null, error = null
         where did = ?1 and document = ?2";
    NOT_TOLD = "federation.not_told":
        "update federation_delivery set failing_since = ?3, retry_at = ?4, error = ?5
         where did = ?1 and document = ?2";
}

/// A document as it is kept.
#[derive(Clone, Debug)]
pub struct Paper {
    /// What was signed.
    pub document: Document,
    /// Whether its proposer's key was confirmed; until then it is a stranger's.
    pub checked: bool,
    /// When it came.
    pub received: Time,
}

/// All that is kept of members that are known, to be asked what follows from it.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    /// The documents.
    pub documents: Vec<Document>,
    /// The acts upon them.
    pub acts: Vec<Act>,
}

impl Papers {
    /// Everything but what strangers sent.
    ///
    /// # Errors
    /// What the database says.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self> {
        let papers = read_all(tx.all(&DOCUMENTS, &[], kept)?)?;
        let documents = papers.into_iter().map(|paper| paper.document).collect();
        let acts = read_acts(&tx.all(&ACTS, &[], |row| row.get(0))?)?;
        Ok(Self { documents, acts })
    }

    /// What follows from them for somebody who trusts these keys.
    #[must_use]
    pub fn book<'a>(&'a self, keys: &Keyring, now: Time) -> Book<'a> {
        Book::of(&self.documents, &self.acts, keys, now)
    }

    /// The acts upon a document, in the order of their times.
    #[must_use]
    pub fn acts_of(&self, document: Hash) -> Vec<&Act> {
        let mut acts: Vec<_> = self.acts.iter().filter(|act| act.document() == document).collect();
        acts.sort_by_key(|act| (act.at(), act.hash()));
        acts
    }
}

/// The document with this hash.
///
/// # Errors
/// What the database says.
pub fn document(tx: &mut Tx<'_>, hash: Hash) -> Result<Option<Paper>> {
    tx.one(&DOCUMENT, params![hash.to_string().as_str()], kept)?.map(Kept::read).transpose()
}

/// The documents of strangers.
///
/// # Errors
/// What the database says.
pub fn unchecked(tx: &mut Tx<'_>) -> Result<Vec<Paper>> {
    read_all(tx.all(&UNCHECKED, &[], kept)?)
}

/// How many documents of strangers are kept.
///
/// # Errors
/// What the database says.
pub fn count_unchecked(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.get(&COUNT_UNCHECKED, &[])?.unwrap_or(0))
}

/// Keeps a document; `false` when it was there.
///
/// # Errors
/// What the database says.
pub fn add_document(tx: &mut Tx<'_>, document: &Document, checked: bool, now: Time) -> Result<bool> {
    let (hash, note) = (document.hash().to_string(), document.note().to_string());
    let proposer = document.terms().proposer.to_string();
    let row = params![hash.as_str(), note.as_str(), proposer.as_str(), i64::from(checked), now];
    Ok(tx.exec(&ADD_DOCUMENT, row)? > 0)
}

/// Notes that a document's proposer is known now.
///
/// # Errors
/// What the database says.
pub fn mark_checked(tx: &mut Tx<'_>, hash: Hash) -> Result<()> {
    tx.exec(&CHECKED, params![hash.to_string().as_str()])?;
    Ok(())
}

/// Throws a stranger's document away; one of a known member stays.
///
/// # Errors
/// What the database says.
pub fn discard(tx: &mut Tx<'_>, hash: Hash) -> Result<bool> {
    let hash = hash.to_string();
    let is_gone = tx.exec(&DISCARD, params![hash.as_str()])? > 0;
    if is_gone {
        tx.exec(&DISCARD_ACTS, params![hash.as_str()])?;
    }
    Ok(is_gone)
}

/// The acts upon a document, in the order in which they came.
///
/// # Errors
/// What the database says.
pub fn acts_of(tx: &mut Tx<'_>, document: Hash) -> Result<Vec<Act>> {
    read_acts(&tx.all(&ACTS_OF, params![document.to_string().as_str()], |row| row.get(0))?)
}

/// Whether an act is kept already.
///
/// # Errors
/// What the database says.
pub fn has_act(tx: &mut Tx<'_>, hash: Hash) -> Result<bool> {
    Ok(tx.get::<i64>(&HAS_ACT, params![hash.to_string().as_str()])?.unwrap_or(0) > 0)
}

/// How many acts of a party upon a document are kept.
///
/// # Errors
/// What the database says.
pub fn count_acts(tx: &mut Tx<'_>, document: Hash, party: &Did) -> Result<i64> {
    let (document, party) = (document.to_string(), party.to_string());
    Ok(tx.get(&COUNT_ACTS, params![document.as_str(), party.as_str()])?.unwrap_or(0))
}

/// Keeps an act whose signature was checked; `false` when it was there.
///
/// # Errors
/// What the database says.
pub fn add_act(tx: &mut Tx<'_>, act: &Act, now: Time) -> Result<bool> {
    let (hash, document, party) =
        (act.hash().to_string(), act.document().to_string(), act.party().to_string());
    let note = act.note().to_string();
    let row = params![hash.as_str(), document.as_str(), party.as_str(), note.as_str(), now];
    Ok(tx.exec(&ADD_ACT, row)? > 0)
}

/// How far a party was told about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Whom.
    pub did: Did,
    /// Counts what there was to tell.
    pub wanted: i64,
    /// What of it was told.
    pub told: i64,
    /// Since when nobody takes it.
    pub failing_since: Option<Time>,
    /// When it is tried again.
    pub retry_at: Option<Time>,
    /// Why it was not taken, or not all of it.
    pub error: Option<String>,
}

impl Delivery {
    /// Whether the party knows all we know.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.told >= self.wanted
    }
}

/// Notes that there is something to tell a party about a document.
///
/// # Errors
/// What the database says.
pub fn want(tx: &mut Tx<'_>, did: &Did, document: Hash) -> Result<()> {
    tx.exec(&WANT, params![did.to_string().as_str(), document.to_string().as_str()])?;
    Ok(())
}

/// How far a party was told about a document, if there ever was something to tell.
///
/// # Errors
/// What the database says.
pub fn delivery(tx: &mut Tx<'_>, did: &Did, document: Hash) -> Result<Option<Delivery>> {
    let (did, document) = (did.to_string(), document.to_string());
    Ok(tx.one(&DELIVERY, params![document.as_str(), did.as_str()], delivery_row)?)
}

/// How far each party was told about a document.
///
/// # Errors
/// What the database says.
pub fn deliveries(tx: &mut Tx<'_>, document: Hash) -> Result<Vec<Delivery>> {
    Ok(tx.all(&DELIVERIES, params![document.to_string().as_str()], delivery_row)?)
}

/// Notes that a party was told everything up to `told`, and why it did not take all of it, if it did not.
///
/// # Errors
/// What the database says.
pub fn told(tx: &mut Tx<'_>, did: &Did, document: Hash, told: i64, why: Option<&str>) -> Result<()> {
    tx.exec(&TOLD, params![did.to_string().as_str(), document.to_string().as_str(), told, why])?;
    Ok(())
}

/// Notes that a party knows everything.
///
/// # Errors
/// What the database says.
pub fn told_all(tx: &mut Tx<'_>, did: &Did, document: Hash) -> Result<()> {
    tx.exec(&TOLD_ALL, params![did.to_string().as_str(), document.to_string().as_str()])?;
    Ok(())
}

/// Notes why a party could not be told, since when, and when it is tried again.
///
/// # Errors
/// What the database says.
pub fn not_told(
    tx: &mut Tx<'_>,
    (did, document): (&Did, Hash),
    (since, retry_at): (Time, Time),
    why: &str,
) -> Result<()> {
    let (did, document) = (did.to_string(), document.to_string());
    tx.exec(&NOT_TOLD, params![did.as_str(), document.as_str(), since, retry_at, why])?;
    Ok(())
}

struct Kept {
    note: String,
    checked: bool,
    received: Time,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept { note: row.get(1)?, checked: row.get(2)?, received: row.get(3)? })
}

impl Kept {
    fn read(self) -> Result<Paper> {
        let document = Document::parse(&self.note).map_err(damaged("document"))?;
        Ok(Paper { document, checked: self.checked, received: self.received })
    }
}

fn read_all(rows: Vec<Kept>) -> Result<Vec<Paper>> {
    rows.into_iter().map(Kept::read).collect()
}

fn read_acts(notes: &[String]) -> Result<Vec<Act>> {
    notes.iter().map(|note| Act::parse(note).map_err(damaged("act"))).collect()
}

fn delivery_row(row: &Row<'_>) -> Result<Delivery, Error> {
    let did: String = row.get(0)?;
    Ok(Delivery {
        did: did.parse().map_err(|_| Error::Column(0, "a member's name"))?,
        wanted: row.get(1)?,
        told: row.get(2)?,
        failing_since: row.get(3)?,
        retry_at: row.get(4)?,
        error: row.get(5)?,
    })
}

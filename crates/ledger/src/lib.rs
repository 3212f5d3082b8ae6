//! The signed record of what was decided. An entry's header is a leaf of a transparency log and never holds content;
//! its payload is sealed beside it, so that erasing the payload leaves every proof valid.
//!
//! Tables are the truth of a module; the ledger is the record others can check. Nothing here knows what an entry means.

mod erasure;
mod keys;
mod payload;
mod reading;
mod sequence;
mod tiles;
mod verify;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use base::{CaseId, Clock, Entropy, EntryId, PersonId, Problem, Result, Time};
use serde::{Deserialize, Serialize};
use store::{BeforeCommit, Migration, Sql, Tx, params, statements};
use tlog::LogProof;

pub use erasure::ERASED;
pub use keys::{Keys, hmac};
pub use payload::commits;
pub use reading::Disclosure;
pub use verify::{Findings, verify};

/// The feed everybody may read. Nothing in it is personal: its entries have no subject, and a person who acts has
/// another name in it for every case.
pub const PUBLIC: &str = "public";
/// The feed in which a node keeps the account of its own privileged reads and writes.
pub const AUDIT: &str = "audit";

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "ledger", version: 1, sql: include_str!("../migrations/0001_ledger.sql") },
    Migration { module: "ledger", version: 2, sql: include_str!("../migrations/0002_erasure.sql") },
];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] =
    &[ALL, erasure::ALL, payload::ALL, reading::ALL, sequence::ALL, tiles::ALL, verify::ALL];

/// Who acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person; stands in the record under a pseudonym of the feed.
    Person(PersonId),
    /// Somebody who did not say who they are.
    Anonymous,
    /// The node itself, by a rule or a clock.
    Node,
    /// A program that was given a key.
    Program,
}

/// What happened, to be written down.
#[derive(Clone, Debug)]
pub struct Fact<'a> {
    /// Whose log: the audience.
    pub feed: &'a str,
    /// What happened, such as `report.opened`.
    pub kind: &'a str,
    /// Who did it.
    pub actor: Actor,
    /// What it is about.
    pub case: Option<CaseId>,
    /// Whose personal data the payload holds, so that it can be erased with that person.
    pub subject: Option<PersonId>,
    /// The content, which is sealed and can be erased.
    pub payload: Option<&'a [u8]>,
}

/// The header of an entry: the leaf of the log is exactly these bytes of JSON, written once and never again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of this form.
    pub v: u8,
    /// The entry's id.
    pub id: EntryId,
    /// The feed it was written for.
    pub feed: String,
    /// What happened.
    pub kind: String,
    /// When, to the minute in the public feed, else to the second (RFC 3339).
    pub at: String,
    /// Pseudonym of the person in this feed, in the public one for this case; `node`, `program` or `anonymous`.
    pub actor: String,
    /// The case, if it is about one; in the public feed under another id, which tells no moment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case: Option<CaseId>,
    /// `HMAC-SHA256` of the payload under a key that is erased with it, in base64.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub commitment: Option<String>,
    /// Entries of this feed whose payloads were erased.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub erases: Vec<EntryId>,
}

statements! {
    INSERT = "ledger.insert":
        "insert into ledger_entry (id, feed, seq, at, case_id, header, subject, salt, sealed)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    ENTRY = "ledger.entry": "select feed, seq, header from ledger_entry where id = ?1";
    OF_CASE = "ledger.of_case":
        "select id from ledger_entry where case_id = ?1 and feed = ?2 order by at limit 1";
    FEEDS = "ledger.feeds": "select feed, size from ledger_feed order by feed";
}

/// A member's ledger: its keys and the rules; the entries are in the database.
#[derive(Clone)]
pub struct Ledger {
    keys: Arc<Keys>,
    clock: Clock,
    entropy: Entropy,
    last: Arc<AtomicI64>,
    count: Arc<AtomicU32>,
}

impl Ledger {
    /// A ledger under these keys.
    #[must_use]
    pub fn new(keys: Keys, clock: Clock, entropy: Entropy) -> Self {
        Self { keys: Arc::new(keys), clock, entropy, last: Arc::default(), count: Arc::default() }
    }

    /// What gives entries their places; to be handed to the database when it is opened.
    #[must_use]
    pub fn sequencer(&self) -> Arc<dyn BeforeCommit> {
        Arc::new(sequence::Sequencer::new(Arc::clone(&self.keys)))
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Writes a fact down, in the transaction that makes it true.
    ///
    /// # Errors
    /// What the database says, or that a fact for the public has a subject: what is personal is not for the public.
    pub fn append(&self, tx: &mut Tx<'_>, fact: &Fact<'_>) -> Result<EntryId> {
        self.append_erasing(tx, fact, &[])
    }

    fn append_erasing(&self, tx: &mut Tx<'_>, fact: &Fact<'_>, erases: &[EntryId]) -> Result<EntryId> {
        if fact.feed == PUBLIC && fact.subject.is_some() {
            return Err(Problem::internal("ledger", "personal data was to be written for the public"));
        }
        let at = self.next_moment();
        let shown = shown_time(at, fact.feed);
        // An id tells its moment too (RFC 9562 § 5.7). Those of one minute are counted, so that what is stored by them is
        // stored one after the other; the log tells their order anyway.
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let id = EntryId::counted(&Clock::fixed(shown), &self.entropy, count);
        let sealed = fact.payload.map(|content| payload::seal(&self.keys, &self.entropy, id, content));
        let sealed = sealed.transpose()?;
        let header = Header {
            v: 1,
            id,
            feed: fact.feed.to_owned(),
            kind: fact.kind.to_owned(),
            at: shown.rfc3339(),
            actor: self.pseudonym(fact, id),
            case: fact.case.map(|case| if fact.feed == PUBLIC { self.keys.public_case(case) } else { case }),
            commitment: sealed.as_ref().map(|sealed| sealed.commitment.clone()),
            erases: erases.to_vec(),
        };
        let header = serde_json::to_vec(&header)
            .map_err(|error| Problem::internal("ledger", "the header cannot be written").because(error))?;
        let seq = sequence::place(tx, fact.feed, &header)?;
        let subject = fact.subject.as_ref().filter(|_| sealed.is_some());
        let (salt, content) = sealed.as_ref().map(|sealed| (sealed.salt.as_slice(), &sealed.content)).unzip();
        let row = params![&id, fact.feed, seq, at, fact.case.as_ref(), &header, subject, salt, content];
        tx.exec(&INSERT, row)?;
        tx.sequence();
        Ok(id)
    }

    /// The payload of an entry, or `None` when there was none or it has been erased.
    ///
    /// # Errors
    /// When the payload does not open under the member's keys.
    pub fn payload(&self, tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Vec<u8>>> {
        payload::open(tx, &self.keys, id)
    }

    /// The proof that an entry stands in its feed. It can be checked offline, with nothing but the log's public key.
    ///
    /// # Errors
    /// `not-yet` while the entry waits for its place, `not-found` when there is none.
    pub fn receipt(&self, tx: &mut Tx<'_>, id: EntryId) -> Result<LogProof> {
        let entry = tx.one(&ENTRY, params![&id], |row| {
            Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?, row.get::<Vec<u8>>(2)?))
        })?;
        let (feed, seq, header) = entry.ok_or_else(|| Problem::not_found("entry", "no such entry"))?;
        let not_yet = || Problem::busy("not-yet", "the entry waits for its place").retry_after(1);
        let index = seq.and_then(|seq| u64::try_from(seq).ok()).ok_or_else(not_yet)?;
        let (size, checkpoint) = self.checkpoint(tx, &feed)?.ok_or_else(not_yet)?;
        let mut tiles = tiles::Tiles::new(tx, &feed, size);
        let path = tlog::inclusion_proof(index, size, &mut tiles)?;
        Ok(LogProof { extra: header, index, path, checkpoint })
    }

    /// The first entry about a case in a feed.
    ///
    /// # Errors
    /// What the database says.
    pub fn first_of_case(&self, tx: &mut Tx<'_>, case: CaseId, feed: &str) -> Result<Option<EntryId>> {
        Ok(tx.get(&OF_CASE, params![&case, feed])?)
    }

    /// The size and the signed checkpoint of a feed, if anything was ever written there.
    ///
    /// # Errors
    /// What the database says.
    pub fn checkpoint(&self, tx: &mut Tx<'_>, feed: &str) -> Result<Option<(u64, String)>> {
        sequence::checkpoint(tx, feed)
    }

    /// The root over the first `size` entries of a feed.
    ///
    /// # Errors
    /// What the database says, or that the feed is not that long.
    pub fn root(&self, tx: &mut Tx<'_>, feed: &str, size: u64) -> Result<tlog::Hash> {
        tlog::root(size, &mut tiles::Tiles::new(tx, feed, size))
    }

    /// Every feed with its size.
    ///
    /// # Errors
    /// What the database says.
    pub fn feeds(&self, tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
        Ok(tx.all(&FEEDS, &[], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// In the public feed a person has another name for every case: one name for all would show everybody where
    /// somebody reports what.
    fn pseudonym(&self, fact: &Fact<'_>, id: EntryId) -> String {
        let about = fact.case.map_or(*id.as_bytes(), |case| *case.as_bytes());
        match fact.actor {
            Actor::Person(person) if fact.feed == PUBLIC => self.keys.pseudonym(PUBLIC, &about, person),
            Actor::Person(person) => self.keys.pseudonym(fact.feed, &[], person),
            Actor::Anonymous => "anonymous".into(),
            Actor::Node => "node".into(),
            Actor::Program => "program".into(),
        }
    }

    /// Now, but later than every entry this process wrote before, so that entries keep their order.
    fn next_moment(&self) -> Time {
        let now = self.clock.now().0;
        let before = self.last.fetch_max(now, Ordering::SeqCst);
        if before < now { Time(now) } else { Time(self.last.fetch_add(1, Ordering::SeqCst) + 1) }
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// The public record tells the minute only: the second could tell who it was.
fn shown_time(at: Time, feed: &str) -> Time {
    if feed == PUBLIC { Time(at.0 - at.0.rem_euclid(60_000_000)) } else { at }
}

/// A number of the log as the databases hold it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

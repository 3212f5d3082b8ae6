use base::{EntryId, Problem, Result, Time};
use store::{Row, Tx, params, statements};
use tlog::{Contradiction, Frontier, Hash, leaf_hash};

use crate::mirror::conflict::{Conflict, Lie};
use crate::mirror::witness::OriginHash;

statements! {
    STATE = "peer.state":
        "select peer, feed, size, frontier, checkpoint, checked_at, failing_since, last_error, paused, retry_at, failures
         from peer_feed where peer = ?1 and feed = ?2";
    STATES = "peer.states":
        "select peer, feed, size, frontier, checkpoint, checked_at, failing_since, last_error, paused, retry_at, failures
         from peer_feed order by peer, feed";
    MOVE = "peer.move":
        "insert into peer_feed (peer, feed, size, frontier, checkpoint, checked_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (peer, feed) do update set size = excluded.size, frontier = excluded.frontier,
             checkpoint = excluded.checkpoint, checked_at = excluded.checked_at";
    WELL = "peer.well":
        "update peer_feed set checked_at = ?3, failing_since = null, last_error = null, retry_at = null,
             paused = case when paused = 'shrunk' then null else paused end
         where peer = ?1 and feed = ?2";
    FAILED = "peer.failed":
        "insert into peer_feed (peer, feed, size, frontier, checkpoint, failing_since, last_error, retry_at, failures)
         values (?1, ?2, 0, ?3, '', ?4, ?5, ?6, 1)
         on conflict (peer, feed) do update set last_error = excluded.last_error, retry_at = excluded.retry_at,
             failing_since = coalesce(peer_feed.failing_since, excluded.failing_since),
             failures = peer_feed.failures + 1";
    AT_ONCE = "peer.at_once": "update peer_feed set retry_at = null where peer = ?1 and feed = ?2";
    PAUSE = "peer.pause": "update peer_feed set paused = ?3 where peer = ?1 and feed = ?2";
    KEEP_CONFLICT = "peer.conflict.keep":
        "insert into peer_conflict (peer, feed, found_at, lie, older, newer, prefix, path)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (peer, feed, found_at, lie) do nothing";
    CONFLICTS = "peer.conflicts":
        "select lie, found_at, older, newer, prefix, path from peer_conflict
         where peer = ?1 and feed = ?2 order by found_at";
    ADD = "peer.entry.add":
        "insert into peer_entry (peer, feed, seq, id, header, content, erased, erased_by)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    ERASE = "peer.entry.erase":
        "update peer_entry set content = null, erased = 1, erased_by = ?4
         where peer = ?1 and feed = ?2 and id = ?3 and seq < ?4 returning seq";
    ENTRIES = "peer.entries":
        "select seq, header, content, erased, erased_by from peer_entry
         where peer = ?1 and feed = ?2 and seq >= ?3 order by seq limit ?4";
    CONTENT = "peer.content":
        "select content from peer_entry where peer = ?1 and feed = ?2 and seq = ?3";
    CONTENT_OF = "peer.content_of":
        "select content from peer_entry where peer = ?1 and feed = ?2 and id = ?3 and id is not null";
    SEEN = "peer.checkpoint.seen":
        "insert into peer_checkpoint (peer, feed, size, origin, note, seen_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (peer, feed, size) do nothing";
    PRUNE = "peer.checkpoint.prune":
        "delete from peer_checkpoint where peer = ?1 and feed = ?2 and size < (
             select size from peer_checkpoint where peer = ?1 and feed = ?2 order by size desc limit 1 offset ?3)";
    DROP_ENTRIES = "peer.entry.drop": "delete from peer_entry where peer = ?1 and feed = ?2";
    DROP_STATE = "peer.drop": "delete from peer_feed where peer = ?1 and feed = ?2";
    LIES = "peer.lies": "select peer, feed, count(*) from peer_conflict group by peer, feed order by peer, feed";
    SEEN_AT = "peer.checkpoint.at":
        "select note from peer_checkpoint where peer = ?1 and feed = ?2 and size = ?3";
    ALL_SEEN = "peer.checkpoint.all":
        "select size, note from peer_checkpoint where peer = ?1 and feed = ?2 order by size";
    HEADERS = "peer.headers":
        "select seq, header from peer_entry where peer = ?1 and feed = ?2 order by seq";
    COSIGNED = "peer.checkpoint.cosigned":
        "select note from peer_checkpoint where origin = ?1 order by size desc limit 1";
}

/// Cosigned checkpoints of a feed that are kept.
const KEPT: i64 = 1000;
/// Seconds until a feed that failed is asked again, at least and at most.
const SOONEST: i64 = 10;
const LATEST: i64 = 3600;

/// A feed of another member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedName {
    /// The member's host name.
    pub peer: String,
    /// The feed's name there.
    pub feed: String,
}

/// How far a feed is mirrored, and how it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Which feed.
    pub name: FeedName,
    /// How many entries are mirrored; each is proven to be the log's.
    pub size: u64,
    /// The roots of what is mirrored.
    pub frontier: Frontier,
    /// The newest signed checkpoint that was accepted, empty before the first. It may be ahead of what is mirrored.
    pub checkpoint: String,
    /// When it was last reached and everything was in order.
    pub checked_at: Option<Time>,
    /// What is wrong, if something is.
    pub trouble: Option<Trouble>,
    /// The lie for which the feed is paused.
    pub paused: Option<Lie>,
    /// When it is asked again, after it failed.
    pub retry_at: Option<Time>,
    /// How often asking it failed in all.
    pub failures: i64,
}

impl State {
    /// Whether it is to be asked now, when everybody is asked every so many seconds: not while it is paused for a proven
    /// lie, and ever more seldom while it fails. What lies further ahead than anything we put off comes from a clock that
    /// was wrong: nobody waits for that.
    #[must_use]
    pub fn is_due(&self, now: Time, seconds: i64) -> bool {
        let is_paused = self.paused.is_some_and(Lie::is_proven);
        let waits = |until: Time, longest: i64| until > now && until <= now.plus_seconds(longest);
        let asked_before = self.checked_at.is_some_and(|at| waits(at.plus_seconds(seconds), seconds));
        !is_paused && !(self.retry_at.map_or(asked_before, |at| waits(at, LATEST)))
    }
}

/// When to try again what has failed for so long: soon at first, once an hour in the end.
fn retry_at(since: Time, now: Time) -> Time {
    let lasted = now.seconds() - since.seconds();
    now.plus_seconds((lasted / 4).clamp(SOONEST, LATEST))
}

/// Why a feed does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Since when every attempt failed.
    pub since: Time,
    /// What the last one ended with: a code and a sentence.
    pub last_error: String,
}

/// An entry of another member's log as it is mirrored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log.
    pub seq: u64,
    /// The header, byte for byte.
    pub header: Vec<u8>,
    /// The content, where it was wanted and is not erased.
    pub content: Option<Vec<u8>>,
    /// Whether the content was erased.
    pub erased: bool,
    /// The entry of the same log that says so, where that is known.
    pub erased_by: Option<u64>,
}

/// Everything mirrored feeds are known by.
///
/// # Errors
/// What the database says.
pub fn states(tx: &mut Tx<'_>) -> Result<Vec<State>> {
    Ok(tx.all(&STATES, &[], read_state)?)
}

/// How one feed goes; `None` when it was never asked for.
///
/// # Errors
/// What the database says.
pub fn state(tx: &mut Tx<'_>, name: &FeedName) -> Result<Option<State>> {
    Ok(tx.one(&STATE, params![&name.peer, &name.feed], read_state)?)
}

fn read_state(row: &Row<'_>) -> Result<State, store::Error> {
    let size = unsigned(row.get(2)?);
    let frontier = Frontier::from_bytes(size, &row.get::<Vec<u8>>(3)?);
    let trouble = match (row.get::<Option<Time>>(6)?, row.get::<Option<String>>(7)?) {
        (Some(since), Some(last_error)) => Some(Trouble { since, last_error }),
        _ => None,
    };
    Ok(State {
        name: FeedName { peer: row.get(0)?, feed: row.get(1)? },
        size,
        frontier: frontier.map_err(|_| store::Error::Column(3, "the frontier of that size"))?,
        checkpoint: row.get(4)?,
        checked_at: row.get(5)?,
        trouble,
        paused: row.get::<Option<String>>(8)?.and_then(|name| Lie::from_name(&name)),
        retry_at: row.get(9)?,
        failures: row.get(10)?,
    })
}

/// The entries from a place on, at most so many.
///
/// # Errors
/// What the database says.
pub fn entries(tx: &mut Tx<'_>, name: &FeedName, from: u64, limit: u32) -> Result<Vec<Entry>> {
    Ok(tx.all(&ENTRIES, params![&name.peer, &name.feed, signed(from)?, limit], |row| {
        Ok(Entry {
            seq: unsigned(row.get(0)?),
            header: row.get(1)?,
            content: row.get(2)?,
            erased: row.get(3)?,
            erased_by: row.get::<Option<i64>>(4)?.map(unsigned),
        })
    })?)
}

/// The content of an entry, where it was wanted and is not erased.
///
/// # Errors
/// What the database says.
pub fn payload(tx: &mut Tx<'_>, name: &FeedName, seq: u64) -> Result<Option<Vec<u8>>> {
    let found = tx.get::<Option<Vec<u8>>>(&CONTENT, params![&name.peer, &name.feed, signed(seq)?])?;
    Ok(found.flatten())
}

/// As [`payload`], by the entry's id.
pub(crate) fn content_of(tx: &mut Tx<'_>, name: &FeedName, id: EntryId) -> Result<Option<Vec<u8>>> {
    let found = tx.get::<Option<Vec<u8>>>(&CONTENT_OF, params![&name.peer, &name.feed, &id])?;
    Ok(found.flatten())
}

/// The newest checkpoint of a log that was verified, with this member's cosignature.
///
/// # Errors
/// What the database says.
pub fn cosigned(tx: &mut Tx<'_>, origin: &OriginHash) -> Result<Option<String>> {
    Ok(tx.get(&COSIGNED, params![&origin.0])?)
}

/// Every conflict that was found in a feed, the oldest first.
///
/// # Errors
/// What the database says.
pub fn conflicts(tx: &mut Tx<'_>, name: &FeedName) -> Result<Vec<Conflict>> {
    let found = tx.all(&CONFLICTS, params![&name.peer, &name.feed], |row| {
        let path: Option<Vec<u8>> = row.get(5)?;
        let evidence = Contradiction {
            older: row.get(2)?,
            newer: row.get(3)?,
            prefix: row.get::<Option<Hash>>(4)?.unwrap_or_default(),
            path: path.unwrap_or_default().as_chunks::<32>().0.to_vec(),
        };
        let lie = Lie::from_name(&row.get::<String>(0)?).ok_or(store::Error::Column(0, "a lie"))?;
        Ok(Conflict { lie, found_at: row.get(1)?, evidence })
    })?;
    Ok(found)
}

/// Lets a paused feed go on, because somebody looked into it. What was found stays.
///
/// # Errors
/// What the database says.
pub fn resume(tx: &mut Tx<'_>, name: &FeedName) -> Result<()> {
    let nothing: Option<&str> = None;
    tx.exec(&PAUSE, params![&name.peer, &name.feed, nothing])?;
    Ok(tx.exec(&AT_ONCE, params![&name.peer, &name.feed]).map(drop)?)
}

/// Forgets a mirrored feed. What was cosigned of it and the evidence of lies stay.
///
/// # Errors
/// What the database says.
pub fn drop_mirror(tx: &mut Tx<'_>, name: &FeedName) -> Result<()> {
    tx.exec(&DROP_ENTRIES, params![&name.peer, &name.feed])?;
    Ok(tx.exec(&DROP_STATE, params![&name.peer, &name.feed]).map(drop)?)
}

/// How many lies were found, by feed; feeds without any are left out.
///
/// # Errors
/// What the database says.
pub fn lies(tx: &mut Tx<'_>) -> Result<Vec<(FeedName, i64)>> {
    Ok(tx.all(&LIES, &[], |row| Ok((FeedName { peer: row.get(0)?, feed: row.get(1)? }, row.get(2)?)))?)
}

/// The cosigned checkpoint of exactly this size, if one was kept.
pub(crate) fn seen_at(tx: &mut Tx<'_>, name: &FeedName, size: u64) -> Result<Option<String>> {
    Ok(tx.get(&SEEN_AT, params![&name.peer, &name.feed, signed(size)?])?)
}

/// Every cosigned checkpoint that was kept, with its size, the smallest first.
pub(crate) fn all_seen(tx: &mut Tx<'_>, name: &FeedName) -> Result<Vec<(u64, String)>> {
    let row = |row: &Row<'_>| Ok((unsigned(row.get(0)?), row.get(1)?));
    Ok(tx.all(&ALL_SEEN, params![&name.peer, &name.feed], row)?)
}

/// Every header of a mirrored log with its place, in their order.
pub(crate) fn each_header(tx: &mut Tx<'_>, name: &FeedName, mut work: impl FnMut(u64, &[u8])) -> Result<()> {
    tx.unhurried()?;
    tx.each(&HEADERS, params![&name.peer, &name.feed], |row| {
        let seq = unsigned(row.get(0)?);
        let store::Value::Blob(header) = row.column(1)? else {
            return Err(store::Error::Column(1, "bytes"));
        };
        work(seq, header);
        Ok(())
    })?;
    Ok(())
}

/// Every leaf hash of a mirrored log.
pub(crate) fn leaves(tx: &mut Tx<'_>, name: &FeedName) -> Result<Vec<Hash>> {
    let mut leaves = Vec::new();
    each_header(tx, name, |_, header| leaves.push(leaf_hash(header)))?;
    Ok(leaves)
}

/// Adds an entry.
pub(crate) fn add(tx: &mut Tx<'_>, name: &FeedName, id: Option<EntryId>, entry: &Entry) -> Result<()> {
    let (content, by) = (entry.content.as_ref(), entry.erased_by.map(signed).transpose()?);
    let (seq, id) = (signed(entry.seq)?, id.as_ref());
    let row = params![&name.peer, &name.feed, seq, id, &entry.header, content, entry.erased, by];
    Ok(tx.exec(&ADD, row).map(drop)?)
}

/// Drops the content of an earlier entry, because the entry at `by` says that it was erased. Gives its place.
pub(crate) fn erase(tx: &mut Tx<'_>, name: &FeedName, id: EntryId, by: u64) -> Result<Vec<u64>> {
    let row = params![&name.peer, &name.feed, &id, signed(by)?];
    Ok(tx.all(&ERASE, row, |row| Ok(unsigned(row.get(0)?)))?)
}

/// An entry for [`fill`]: its place, its header and its content.
#[cfg(test)]
type Filled = (u64, Vec<u8>, Option<Vec<u8>>);

/// Fills a mirror for tests that need no network.
#[cfg(test)]
pub(crate) fn fill(
    tx: &mut Tx<'_>,
    name: &FeedName,
    (frontier, entries): (&Frontier, &[Filled]),
    now: Time,
) -> Result<()> {
    advance(tx, name, frontier, "test", now)?;
    for (seq, header, content) in entries {
        let read = serde_json::from_slice::<ledger::Header>(header).ok();
        let entry = Entry {
            seq: *seq,
            header: header.clone(),
            content: content.clone(),
            erased: false,
            erased_by: None,
        };
        add(tx, name, read.as_ref().map(|read| read.id), &entry)?;
        for id in read.iter().flat_map(|read| &read.erases) {
            erase(tx, name, *id, *seq)?;
        }
    }
    Ok(())
}

/// Moves the cursor.
pub(crate) fn advance(
    tx: &mut Tx<'_>,
    name: &FeedName,
    frontier: &Frontier,
    checkpoint: &str,
    now: Time,
) -> Result<()> {
    let (size, hashes) = (signed(frontier.size())?, frontier.to_bytes());
    tx.exec(&MOVE, params![&name.peer, &name.feed, size, &hashes, checkpoint, now])?;
    well(tx, name, now)
}

/// Notes that the feed was reached and everything is in order. A lie that was proven meanwhile is not forgiven by that.
pub(crate) fn well(tx: &mut Tx<'_>, name: &FeedName, now: Time) -> Result<()> {
    Ok(tx.exec(&WELL, params![&name.peer, &name.feed, now]).map(drop)?)
}

/// Notes why the feed does not go on.
pub(crate) fn failed(tx: &mut Tx<'_>, name: &FeedName, why: &str, now: Time) -> Result<()> {
    let nothing: &[u8] = &[];
    let since = state(tx, name)?.and_then(|state| state.trouble).map_or(now, |trouble| trouble.since);
    let row = params![&name.peer, &name.feed, nothing, now, why, retry_at(since, now)];
    Ok(tx.exec(&FAILED, row).map(drop)?)
}

/// Keeps the evidence of a lie and pauses the feed, once for each pause.
pub(crate) fn keep(tx: &mut Tx<'_>, name: &FeedName, conflict: &Conflict) -> Result<()> {
    let paused = state(tx, name)?.and_then(|state| state.paused);
    if paused == Some(conflict.lie) {
        return Ok(());
    }
    let Contradiction { older, newer, prefix, path } = &conflict.evidence;
    let (lie, path) = (conflict.lie.name(), path.concat());
    let found = conflict.found_at;
    tx.exec(&KEEP_CONFLICT, params![&name.peer, &name.feed, found, lie, older, newer, prefix, &path])?;
    // A proven lie is never replaced by a suspicion.
    if conflict.lie.is_proven() || paused.is_none() {
        tx.exec(&PAUSE, params![&name.peer, &name.feed, lie])?;
    }
    Ok(())
}

/// Keeps a cosigned checkpoint, and not more of them than needed.
pub(crate) fn seen(
    tx: &mut Tx<'_>,
    name: &FeedName,
    (size, origin): (u64, &str),
    note: &str,
    now: Time,
) -> Result<()> {
    let (peer, feed, origin) = (&name.peer, &name.feed, OriginHash::of(origin));
    tx.exec(&SEEN, params![peer, feed, signed(size)?, &origin.0, note, now])?;
    Ok(tx.exec(&PRUNE, params![peer, feed, KEPT - 1]).map(drop)?)
}

fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| Problem::peer("feed-size", "no log is that long"))
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

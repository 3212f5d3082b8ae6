//! What is kept of handovers: the acts of both sides, the feeds they came in, and how far each was read.

use base::{CaseId, EntryId, HandoverId, Problem, Result, Time};
use ledger::Ledger;
use store::{Error, Row, Tx, params, statements};

use super::act::{Mark, Said, Side};
use super::course::Phase;
use super::message::Line;
use super::pair::{Report, Seen, Written, feed_name, reader_of};
use crate::damaged;
use crate::did::Did;
use crate::form::{Hash, Vkey};
use crate::mirror::{self, FeedName};

statements! {
    PAIR = "handover.pair":
        "select did, epoch, announced, trouble, lie, met from federation_pair where did = ?1";
    PAIRS = "handover.pairs":
        "select did, epoch, announced, trouble, lie, met from federation_pair order by did";
    ADD_PAIR = "handover.pair.add":
        "insert into federation_pair (did, epoch, announced) values (?1, 1, 1) on conflict (did) do nothing";
    RAISE = "handover.pair.raise": "update federation_pair set epoch = ?2 where did = ?1 and epoch < ?2";
    RAISE_ALL = "handover.pair.raise_all": "update federation_pair set epoch = epoch + 1";
    ANNOUNCED = "handover.pair.announced": "update federation_pair set announced = ?2 where did = ?1";
    MET = "handover.pair.met": "update federation_pair set met = ?2, trouble = null where did = ?1";
    TROUBLE = "handover.pair.trouble": "update federation_pair set trouble = ?2 where did = ?1";
    LIED = "handover.pair.lied": "update federation_pair set lie = ?2 where did = ?1";
    FEEDS = "handover.feeds":
        "select epoch, verifier, applied from federation_pair_feed where did = ?1 order by epoch";
    ADD_FEED = "handover.feed.add":
        "insert into federation_pair_feed (did, epoch, verifier, applied) values (?1, ?2, ?3, 0)
         on conflict (did, epoch) do nothing";
    APPLIED = "handover.feed.applied":
        "update federation_pair_feed set applied = ?4 where did = ?1 and epoch = ?2 and applied = ?3";
    KEEP = "handover.keep":
        "insert into federation_handover (id, did, side, case_id, phase, updated) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (id) do update set case_id = excluded.case_id, phase = excluded.phase, updated = excluded.updated";
    BY_ID = "handover.by_id":
        "select id, did, side, case_id, phase, updated from federation_handover where id = ?1";
    BY_CASE = "handover.by_case":
        "select id, did, side, case_id, phase, updated from federation_handover where case_id = ?1 order by id";
    OF_PARTNER = "handover.of_partner":
        "select id, did, side, case_id, phase, updated from federation_handover where did = ?1
         order by updated desc limit ?2";
    ACTS = "handover.acts":
        "select said, mark, own, content, files, epoch, seq, entry, receipt from federation_handover_act
         where handover = ?1 order by received, hash";
    OF_DID = "handover.acts_of":
        "select said, mark, own, content, files, epoch, seq, entry, receipt from federation_handover_act
         where did = ?1 and own = ?2 order by received, hash";
    ADD_ACT = "handover.act.add":
        "insert into federation_handover_act
         (handover, hash, did, own, said, mark, content, files, epoch, seq, received)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) on conflict (handover, hash) do nothing";
    UNCONFIRMED = "handover.act.unconfirmed":
        "select 1 from federation_handover_act where did = ?1 and own = 1 and receipt is null limit 1";
    WRITTEN = "handover.act.written":
        "update federation_handover_act set entry = ?3 where handover = ?1 and hash = ?2";
    RECEIPT = "handover.act.receipt":
        "update federation_handover_act set receipt = ?3 where handover = ?1 and hash = ?2 and receipt is null";
    UNCONFIRM = "handover.act.unconfirm":
        "update federation_handover_act set receipt = null where handover = ?1 and hash = ?2";
    AGAIN = "handover.act.again":
        "update federation_handover_act set entry = null, receipt = null where handover = ?1 and hash = ?2";
    FORGET = "handover.act.forget":
        "update federation_handover_act set content = null, files = '[]' where handover = ?1 and own = ?2";
}

/// Another member that cases are handed over to or from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Who.
    pub did: Did,
    /// Which of our lives the feed for it is in.
    pub epoch: u32,
    /// Which life it was told of.
    pub announced: u32,
    /// Why it does not go on, if it does not.
    pub trouble: Option<String>,
    /// The last message of it that was passed over because it lied, and when.
    pub lie: Option<String>,
    /// When both last told each other what they have.
    pub met: Option<Time>,
}

/// A feed that another member writes for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The writer's life.
    pub epoch: u32,
    /// What its checkpoints are checked with.
    pub key: Vkey,
    /// How many of its entries were taken in.
    pub applied: u64,
}

/// A handover, as far as it is followed from its acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handover {
    /// Its id.
    pub id: HandoverId,
    /// The other member.
    pub did: Did,
    /// Which side we are.
    pub side: Side,
    /// The case here.
    pub case: CaseId,
    /// Where it is; offered too while the offer itself is still to come.
    pub phase: Phase,
    /// Since when nothing happened.
    pub updated: Time,
}

/// An act as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What was written.
    pub said: Said,
    /// Whether we wrote it.
    pub own: bool,
    /// What is said with it, unless it was erased.
    pub content: Option<String>,
    /// The files that came along with another's act: the hash of each, and the entry that carries it.
    pub files: Vec<(Hash, EntryId)>,
    /// Where it came: the epoch of the feed and the place in it.
    pub origin: Option<(u32, u64)>,
    /// The entry in a feed of ours, once it is written there: as ours, or to bring it back.
    pub entry: Option<EntryId>,
    /// That the other side took it in from there.
    pub receipt: Option<Line>,
}

/// The pair with a member, if there is one.
///
/// # Errors
/// What the database says.
pub fn pair(tx: &mut Tx<'_>, did: &Did) -> Result<Option<Pair>> {
    Ok(tx.one(&PAIR, params![did.to_string().as_str()], read_pair)?)
}

/// Every pair.
///
/// # Errors
/// What the database says.
pub fn pairs(tx: &mut Tx<'_>) -> Result<Vec<Pair>> {
    Ok(tx.all(&PAIRS, &[], read_pair)?)
}

/// The pair with a member, begun if there was none.
///
/// # Errors
/// What the database says.
pub fn add_pair(tx: &mut Tx<'_>, did: &Did) -> Result<Pair> {
    tx.exec(&ADD_PAIR, params![did.to_string().as_str()])?;
    pair(tx, did)?.ok_or_else(|| Problem::internal("handover", "the pair is gone"))
}

/// Begins a new life towards a member.
pub(super) fn raise(tx: &mut Tx<'_>, did: &Did, epoch: u32) -> Result<()> {
    Ok(tx.exec(&RAISE, params![did.to_string().as_str(), epoch]).map(drop)?)
}

/// Begins a new life towards every member: to be done when the database is an older copy, before anything is written.
///
/// # Errors
/// What the database says.
pub fn raise_all(tx: &mut Tx<'_>) -> Result<()> {
    Ok(tx.exec(&RAISE_ALL, &[]).map(drop)?)
}

pub(super) fn announced(tx: &mut Tx<'_>, did: &Did, epoch: u32) -> Result<()> {
    Ok(tx.exec(&ANNOUNCED, params![did.to_string().as_str(), epoch]).map(drop)?)
}

/// Whether something we wrote for a member was not confirmed yet.
///
/// # Errors
/// What the database says.
pub fn is_unconfirmed(tx: &mut Tx<'_>, did: &Did) -> Result<bool> {
    Ok(tx.get::<i64>(&UNCONFIRMED, params![did.to_string().as_str()])?.is_some())
}

/// Notes that both have told each other what they have, and nothing is wrong.
///
/// # Errors
/// What the database says.
pub fn met(tx: &mut Tx<'_>, did: &Did, now: Time) -> Result<()> {
    Ok(tx.exec(&MET, params![did.to_string().as_str(), now]).map(drop)?)
}

/// Notes what is wrong with a partner, for people to read.
///
/// # Errors
/// What the database says.
pub fn trouble(tx: &mut Tx<'_>, did: &Did, why: &str) -> Result<()> {
    let why: String = why.chars().take(500).collect();
    Ok(tx.exec(&TROUBLE, params![did.to_string().as_str(), why.as_str()]).map(drop)?)
}

/// Notes that a partner lied, for people to read; it stays.
///
/// # Errors
/// What the database says.
pub fn lied(tx: &mut Tx<'_>, did: &Did, why: &str, now: Time) -> Result<()> {
    let (did, why) = (did.to_string(), format!("{}: {why}", now.rfc3339()));
    let why: String = why.chars().take(500).collect();
    Ok(tx.exec(&LIED, params![did.as_str(), why.as_str()]).map(drop)?)
}

/// The feeds a member writes for us, the oldest first.
///
/// # Errors
/// What the database says.
pub fn feeds(tx: &mut Tx<'_>, did: &Did) -> Result<Vec<Feed>> {
    Ok(tx.all(&FEEDS, params![did.to_string().as_str()], |row| {
        let key: String = row.get(1)?;
        Ok(Feed {
            epoch: row.get(0)?,
            key: key.parse().map_err(|_| Error::Column(1, "a verifier key"))?,
            applied: unsigned(row.get(2)?),
        })
    })?)
}

/// Remembers the key of a feed that a member writes for us: the first one it named, for ever.
///
/// # Errors
/// `handover-feed-key` when it is not named after the feed or another key was named before.
pub fn pin_feed(tx: &mut Tx<'_>, did: &Did, own: &Did, written: &Written) -> Result<()> {
    let wrong =
        |why: &str| Problem::peer("handover-feed-key", format!("feed {} of {did}: {why}", written.epoch));
    // A log is named after the host alone: it stays the same log when the member moves to another port.
    let host = did.host();
    let host = host.split(':').next().unwrap_or_default();
    if written.key.0.name() != format!("{host}/log/{}", feed_name(own, written.epoch)) {
        return Err(wrong("its key has the name of another log"));
    }
    let (name, key) = (did.to_string(), written.key.to_string());
    tx.exec(&ADD_FEED, params![name.as_str(), written.epoch, key.as_str()])?;
    let kept = feeds(tx, did)?.into_iter().find(|feed| feed.epoch == written.epoch);
    if kept.is_some_and(|kept| kept.key == written.key) {
        Ok(())
    } else {
        Err(wrong("it had another key before"))
    }
}

/// Moves the place up to which a feed was taken in, one entry on; `false` when somebody else did.
///
/// # Errors
/// What the database says.
pub fn applied(tx: &mut Tx<'_>, did: &Did, epoch: u32, seq: u64) -> Result<bool> {
    let (did, next) = (did.to_string(), seq.saturating_add(1));
    Ok(tx.exec(&APPLIED, params![did.as_str(), epoch, signed(seq), signed(next)])? > 0)
}

/// What we tell a member of the feeds between us.
///
/// # Errors
/// What the database says.
pub fn report(tx: &mut Tx<'_>, ledger: &Ledger, own: &Did, pair: &Pair) -> Result<Report> {
    let mut report = Report::default();
    for epoch in 1..=pair.epoch {
        let feed = feed_name(&pair.did, epoch);
        let Some((size, _)) = ledger.checkpoint(tx, &feed)? else { continue };
        report.written.push(Written { epoch, size, key: Vkey(ledger.keys().log_verifier(&feed)) });
    }
    let host = pair.did.host();
    for feed in feeds(tx, &pair.did)? {
        let name = FeedName { peer: host.clone(), feed: feed_name(own, feed.epoch) };
        let Some(state) = mirror::state(tx, &name)? else { continue };
        let root = Hash::from_bytes(state.frontier.root());
        report.seen.push(Seen { epoch: feed.epoch, size: state.size, root, taken: Some(feed.applied) });
    }
    Ok(report)
}

/// What is here of the feeds we wrote for a member before this life: epochs, sizes and roots.
pub(super) fn left(tx: &mut Tx<'_>, ledger: &Ledger, pair: &Pair) -> Result<Vec<(u32, u64, Hash)>> {
    let mut left = Vec::new();
    for epoch in 1..pair.epoch {
        let feed = feed_name(&pair.did, epoch);
        if let Some((size, _)) = ledger.checkpoint(tx, &feed)? {
            left.push((epoch, size, Hash::from_bytes(ledger.root(tx, &feed, size)?)));
        }
    }
    Ok(left)
}

/// How much of what a member says it still has of a feed surely is the beginning of what it wrote to us: all of it, or
/// nothing when it wrote something else before it noticed that it had been restored. Where we have less of the feed than
/// that we cannot tell, and to bring back what it has does no harm.
pub(super) fn still_has(
    tx: &mut Tx<'_>,
    own: &Did,
    did: &Did,
    (epoch, size, root): (u32, u64, Hash),
) -> Result<u64> {
    let name = FeedName { peer: did.host(), feed: feed_name(own, epoch) };
    let leaves = mirror::leaves(tx, &name)?;
    let Some(known) = usize::try_from(size).ok().and_then(|size| leaves.get(..size)) else { return Ok(0) };
    let Ok(known) = tlog::root(size, &mut tlog::Leaves(known));
    Ok(if *root.as_bytes() == known { size } else { 0 })
}

/// The handover with this id.
///
/// # Errors
/// What the database says.
pub fn by_id(tx: &mut Tx<'_>, id: HandoverId) -> Result<Option<Handover>> {
    Ok(tx.one(&BY_ID, params![&id], read_handover)?)
}

/// The handovers of a case, the oldest first.
///
/// # Errors
/// What the database says.
pub fn by_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Handover>> {
    Ok(tx.all(&BY_CASE, params![&case], read_handover)?)
}

/// The newest handovers to and from a member.
///
/// # Errors
/// What the database says.
pub fn of_partner(tx: &mut Tx<'_>, did: &Did, limit: i64) -> Result<Vec<Handover>> {
    Ok(tx.all(&OF_PARTNER, params![did.to_string().as_str(), limit], read_handover)?)
}

pub(super) fn keep(tx: &mut Tx<'_>, handover: &Handover) -> Result<()> {
    let Handover { id, did, side, case, phase, updated } = handover;
    let did = did.to_string();
    Ok(tx.exec(&KEEP, params![id, did.as_str(), side.name(), case, phase.name(), *updated]).map(drop)?)
}

/// The acts of a handover that are known here, in the order in which they came.
///
/// # Errors
/// What the database says.
pub fn acts(tx: &mut Tx<'_>, id: HandoverId) -> Result<Vec<Kept>> {
    tx.all(&ACTS, params![&id], read_act)?.into_iter().map(Raw::read).collect()
}

/// All acts of ours, or all of the other side, in all handovers with a member.
pub(super) fn acts_with(tx: &mut Tx<'_>, did: &Did, own: bool) -> Result<Vec<Kept>> {
    let did = did.to_string();
    tx.all(&OF_DID, params![did.as_str(), i64::from(own)], read_act)?.into_iter().map(Raw::read).collect()
}

pub(super) fn add_act(tx: &mut Tx<'_>, did: &Did, kept: &Kept, now: Time) -> Result<bool> {
    let Kept { said, own, content, files, origin, .. } = kept;
    let files = json(files)?;
    let (hash, mark, did) = (said.hash().to_string(), said.mark().0.to_string(), did.to_string());
    let row = params![
        &said.act().handover,
        hash.as_str(),
        did.as_str(),
        i64::from(*own),
        said.text(),
        mark.as_str(),
        content.as_deref(),
        files.as_str(),
        origin.map(|(epoch, _)| epoch),
        origin.map(|(_, seq)| signed(seq)),
        now
    ];
    Ok(tx.exec(&ADD_ACT, row)? > 0)
}

pub(super) fn written(tx: &mut Tx<'_>, id: HandoverId, hash: Hash, entry: EntryId) -> Result<()> {
    Ok(tx.exec(&WRITTEN, params![&id, hash.to_string().as_str(), &entry]).map(drop)?)
}

/// Notes that the other side has lost an act that it had confirmed.
pub(super) fn unconfirm(tx: &mut Tx<'_>, id: HandoverId, hash: Hash) -> Result<()> {
    Ok(tx.exec(&UNCONFIRM, params![&id, hash.to_string().as_str()]).map(drop)?)
}

/// Notes that an act has to get to the other side once more.
pub(super) fn again(tx: &mut Tx<'_>, id: HandoverId, hash: Hash) -> Result<()> {
    Ok(tx.exec(&AGAIN, params![&id, hash.to_string().as_str()]).map(drop)?)
}

pub(super) fn receipt(tx: &mut Tx<'_>, line: &Line) -> Result<bool> {
    let (hash, line_text) = (line.act.to_string(), json(line)?);
    Ok(tx.exec(&RECEIPT, params![&line.handover, hash.as_str(), line_text.as_str()])? > 0)
}

/// Drops what one side said in a handover.
pub(super) fn drop_contents(tx: &mut Tx<'_>, id: HandoverId, own: bool) -> Result<()> {
    Ok(tx.exec(&FORGET, params![&id, i64::from(own)]).map(drop)?)
}

/// The sealed file that came in an entry of a feed another member writes for us.
///
/// # Errors
/// What the database says.
pub fn file_of(tx: &mut Tx<'_>, own: &Did, did: &Did, epoch: u32, entry: EntryId) -> Result<Option<Vec<u8>>> {
    let name = FeedName { peer: did.host(), feed: feed_name(own, epoch) };
    mirror::content_of(tx, &name, entry)
}

/// Whose feed this is, when it is one that we write for a member that is known here.
///
/// # Errors
/// What the database says.
pub fn reader(tx: &mut Tx<'_>, feed: &str) -> Result<Option<Did>> {
    let Some((did, epoch)) = reader_of(feed) else { return Ok(None) };
    Ok(pair(tx, &did)?.filter(|pair| epoch <= pair.epoch).map(|pair| pair.did))
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Problem::internal("handover", "it cannot be written").because(error))
}

fn read_did(row: &Row<'_>, index: usize) -> Result<Did, Error> {
    row.get::<String>(index)?.parse().map_err(|_| Error::Column(index, "a member's name"))
}

fn read_pair(row: &Row<'_>) -> Result<Pair, Error> {
    Ok(Pair {
        did: read_did(row, 0)?,
        epoch: row.get(1)?,
        announced: row.get(2)?,
        trouble: row.get(3)?,
        lie: row.get(4)?,
        met: row.get(5)?,
    })
}

fn read_handover(row: &Row<'_>) -> Result<Handover, Error> {
    let (side, phase): (String, String) = (row.get(2)?, row.get(4)?);
    Ok(Handover {
        id: row.get(0)?,
        did: read_did(row, 1)?,
        side: side.parse().map_err(|_| Error::Column(2, "a side"))?,
        case: row.get(3)?,
        phase: Phase::ALL
            .into_iter()
            .find(|known| known.name() == phase)
            .ok_or(Error::Column(4, "a phase"))?,
        updated: row.get(5)?,
    })
}

struct Raw {
    said: String,
    mark: String,
    own: bool,
    content: Option<String>,
    files: String,
    origin: Option<(u32, u64)>,
    entry: Option<EntryId>,
    receipt: Option<String>,
}

fn read_act(row: &Row<'_>) -> Result<Raw, Error> {
    let (epoch, seq): (Option<u32>, Option<i64>) = (row.get(5)?, row.get(6)?);
    Ok(Raw {
        said: row.get(0)?,
        mark: row.get(1)?,
        own: row.get(2)?,
        content: row.get(3)?,
        files: row.get(4)?,
        origin: epoch.zip(seq.map(unsigned)),
        entry: row.get(7)?,
        receipt: row.get(8)?,
    })
}

impl Raw {
    fn read(self) -> Result<Kept> {
        let unreadable = |error| Problem::internal("handover", "a kept act cannot be read").because(error);
        let mark = self.mark.parse().map(Mark).map_err(damaged("mark"))?;
        let receipt = self.receipt.map(|line| serde_json::from_str(&line)).transpose();
        Ok(Kept {
            said: Said::read(self.said, mark).map_err(damaged("act"))?,
            own: self.own,
            content: self.content,
            files: serde_json::from_str(&self.files).map_err(unreadable)?,
            origin: self.origin,
            entry: self.entry,
            receipt: receipt.map_err(unreadable)?,
        })
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

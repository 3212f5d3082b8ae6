//! What is still to be written into the feed for another member. It stands here from the transaction that decided it
//! until the one that writes it into the feed.

use base::{HandoverId, Problem, Result};
use store::{Tx, params, statements};

use super::message::{Line, MOST_LINES};
use super::store::json;
use crate::did::Did;
use crate::form::Hash;

statements! {
    PUSH = "handover.outbox.push":
        "insert into federation_outbox (did, place, kind, handover, hash, body)
         values (?1, (select coalesce(max(place), 0) + 1 from federation_outbox where did = ?1), ?2, ?3, ?4, ?5)";
    FIRST = "handover.outbox.first":
        "insert into federation_outbox (did, place, kind, body)
         values (?1, (select coalesce(min(place), 0) - 1 from federation_outbox where did = ?1), ?2, ?3)";
    DROP_KIND = "handover.outbox.drop_kind": "delete from federation_outbox where did = ?1 and kind = ?2";
    HEAD = "handover.outbox.head":
        "select place, kind, handover, hash, body from federation_outbox where did = ?1 order by place limit ?2";
    HAS = "handover.outbox.has":
        "select count(*) from federation_outbox where did = ?1 and kind = ?2 and handover = ?3 and hash = ?4";
    TAKE = "handover.outbox.take": "delete from federation_outbox where did = ?1 and place = ?2";
}

/// What is to be written next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its places in the outbox.
    pub places: Vec<i64>,
    /// What it is.
    pub kind: WaitingKind,
}

/// What can wait to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitingKind {
    /// That a new life began, and what is left.
    Life(Vec<(u32, u64, Hash)>),
    /// An act of ours.
    Act(HandoverId, Hash),
    /// An act of the other side that it lost.
    Back(HandoverId, Hash),
    /// That acts were taken in.
    Receipt(Vec<Line>),
}

pub(super) fn push_act(tx: &mut Tx<'_>, did: &Did, kind: &str, id: HandoverId, hash: Hash) -> Result<()> {
    let (did, hash, none) = (did.to_string(), hash.to_string(), None::<&str>);
    if tx.get::<i64>(&HAS, params![did.as_str(), kind, &id, hash.as_str()])?.unwrap_or(0) == 0 {
        tx.exec(&PUSH, params![did.as_str(), kind, &id, hash.as_str(), none])?;
    }
    Ok(())
}

pub(super) fn push_receipt(tx: &mut Tx<'_>, did: &Did, line: &Line) -> Result<()> {
    let (did, body, none) = (did.to_string(), json(line)?, None::<&str>);
    let id: Option<&HandoverId> = None;
    Ok(tx.exec(&PUSH, params![did.as_str(), "receipt", id, none, body.as_str()]).map(drop)?)
}

/// A new life is told before everything else; that an earlier one began need not be told any more.
pub(super) fn push_life(tx: &mut Tx<'_>, did: &Did, left: &[(u32, u64, Hash)]) -> Result<()> {
    let (did, body) = (did.to_string(), json(&left)?);
    tx.exec(&DROP_KIND, params![did.as_str(), "life"])?;
    Ok(tx.exec(&FIRST, params![did.as_str(), "life", body.as_str()]).map(drop)?)
}

/// What is to be written next for a member, if anything is. Receipts that wait one behind the other are one.
///
/// # Errors
/// What the database says.
pub fn outbox(tx: &mut Tx<'_>, did: &Did) -> Result<Option<Waiting>> {
    let did = did.to_string();
    let most = i64::try_from(MOST_LINES).unwrap_or(1);
    let rows = tx.all(&HEAD, params![did.as_str(), most], |row| {
        let act = row.get::<Option<HandoverId>>(2)?.zip(row.get::<Option<String>>(3)?);
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?, act, row.get::<Option<String>>(4)?))
    })?;
    let damaged = || Problem::internal("handover", "the outbox holds what nobody knows");
    let Some((place, kind, act, body)) = rows.first() else { return Ok(None) };
    let act = || {
        let (id, hash) = act.as_ref()?;
        Some((*id, hash.parse().ok()?))
    };
    let (mut places, read) = (vec![*place], |body: &Option<String>| body.clone().unwrap_or_default());
    let kind = match kind.as_str() {
        "life" => WaitingKind::Life(serde_json::from_str(&read(body)).map_err(|_| damaged())?),
        "act" => act().map(|(id, hash)| WaitingKind::Act(id, hash)).ok_or_else(damaged)?,
        "back" => act().map(|(id, hash)| WaitingKind::Back(id, hash)).ok_or_else(damaged)?,
        _ => {
            let receipts = rows.iter().take_while(|(_, kind, _, _)| kind == "receipt");
            places = receipts.clone().map(|(place, ..)| *place).collect();
            let lines = receipts.map(|(_, _, _, body)| serde_json::from_str(&read(body)));
            WaitingKind::Receipt(lines.collect::<Result<_, _>>().map_err(|_| damaged())?)
        }
    };
    Ok(Some(Waiting { places, kind }))
}

/// Notes that it is written, in the transaction that writes it; `false` when somebody else wrote it.
///
/// # Errors
/// What the database says.
pub fn sent(tx: &mut Tx<'_>, did: &Did, waiting: &Waiting) -> Result<bool> {
    let did = did.to_string();
    for place in &waiting.places {
        if tx.exec(&TAKE, params![did.as_str(), *place])? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

//! All SQL of cases.

pub mod errands;
pub mod filters;
mod inbox;
pub mod service;
mod steps;
pub mod templates;

use access::Permit;
use base::{CaseId, OfficeId, PersonId, Problem, Result, Time};
use store::{Error, Row, Sql, Tx, params, statements};

pub use inbox::{Tally, inbox, tally};
pub use steps::{last_taken, record_step, taken_in, undoable};

use crate::model::{Case, Change, Event, EventKind, Fields, State};

/// The statements of this crate.
pub(crate) const STATEMENTS: &[&[Sql]] = &[
    ALL,
    crate::owner::ALL,
    errands::ALL,
    crate::partner::ALL,
    filters::ALL,
    inbox::ALL,
    inbox::ORDERS[0],
    inbox::ORDERS[1],
    inbox::ORDERS[2],
    inbox::ORDERS[3],
    inbox::ORDERS[4],
    inbox::ORDERS[5],
    service::ALL,
    steps::ALL,
    templates::ALL,
];

/// A case that begins.
#[derive(Clone, Debug)]
pub struct NewCase<'a> {
    /// Its id.
    pub id: CaseId,
    /// The module that knows its details.
    pub module: &'a str,
    /// What it is about, without personal data.
    pub title: &'a str,
    /// The office that will work on it.
    pub office: OfficeId,
    /// Who starts it, when they said.
    pub owner: Option<PersonId>,
    /// The hash of the secret in the tracking link.
    pub secret_hash: Option<[u8; 32]>,
    /// When.
    pub at: Time,
    /// Whether somebody must look at it before the public may.
    pub review: bool,
}

/// The columns of a case, in the order [`case`] reads them.
macro_rules! case_where {
    ($($tail:expr),+) => {
        concat!(
            "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed, due,
                    review, merged_into, merged_state, partner, away
             from case_file ",
            $($tail),+
        )
    };
}
pub(crate) use case_where;

statements! {
    OPEN = "case.open":
        "insert into case_file (id, module, number, title, state, office_id, owner, secret_hash, opened, updated,
                                review)
         values (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, ?8, ?9)";
    NUMBER = "case.number":
        "insert into case_number (year, last) values (?1, 1)
         on conflict (year) do update set last = case_number.last + 1 returning last";
    AT_LEAST = "case.number_at_least":
        "insert into case_number (year, last) values (?1, ?2)
         on conflict (year) do update set last = case when case_number.last < excluded.last then excluded.last
                                                      else case_number.last end";
    BY_ID = "case.by_id":
        case_where!("where id = ?1");
    BY_NUMBER = "case.by_number":
        case_where!("where number = ?1");
    BY_SECRET = "case.by_secret":
        case_where!("where secret_hash = ?1");
    OF_OWNER = "case.of_owner":
        case_where!("where owner = ?1 order by opened desc");
    CHANGE = "case.change":
        "update case_file set state = ?2, office_id = ?3, assignee = ?4, updated = ?5, closed = ?6, due = ?7,
         review = ?8, merged_into = ?9, merged_state = ?10 where id = ?1";
    MERGED = "case.merged": case_where!("where merged_into = ?1 order by opened, id");
    SET_TITLE = "case.set_title": "update case_file set title = ?2 where id = ?1";
    EVENT = "case.event":
        "insert into case_event (case_id, at, place, kind, public, actor, text)
         values (?1, ?2, (select coalesce(max(place), 0) + 1 from case_event where case_id = ?1), ?3, ?4, ?5, ?6)";
    EVENTS = "case.events":
        "select at, kind, actor, text from case_event where case_id = ?1 and public >= ?2 order by place";
    FORGET_OWNER = "case.forget_owner": "update case_file set owner = null, secret_hash = null where owner = ?1";
}

/// Begins a case and gives it its number: counted through each year.
///
/// # Errors
/// What the database says.
pub fn open(tx: &mut Tx<'_>, new: &NewCase<'_>) -> Result<String> {
    let year = i64::from(new.at.in_germany().year());
    let last = tx.get::<i64>(&NUMBER, params![year])?.unwrap_or(1);
    begin(tx, new, format!("{last}-{year}"))
}

/// Begins a case that was lost here once more, under the number it had, unless that was given to another since.
///
/// # Errors
/// What the database says.
pub fn open_again(tx: &mut Tx<'_>, new: &NewCase<'_>, number: &str) -> Result<String> {
    let counted =
        number.split_once('-').and_then(|(last, year)| Some((last.parse().ok()?, year.parse().ok()?)));
    let counted = counted.filter(|(last, year): &(i64, i64)| format!("{last}-{year}") == number);
    match counted {
        Some((last, year)) if (1..=100_000_000).contains(&last) && by_number(tx, number)?.is_none() => {
            tx.exec(&AT_LEAST, params![year, last])?;
            begin(tx, new, number.to_owned())
        }
        _ => open(tx, new),
    }
}

fn begin(tx: &mut Tx<'_>, new: &NewCase<'_>, number: String) -> Result<String> {
    let (owner, secret) = (new.owner.as_ref(), new.secret_hash.as_ref());
    tx.exec(
        &OPEN,
        params![
            &new.id,
            new.module,
            number.as_str(),
            new.title,
            &new.office,
            owner,
            secret,
            new.at,
            new.review
        ],
    )?;
    event(tx, new.id, new.at, EventKind::Opened, new.owner, "")?;
    Ok(number)
}

/// The case with this id.
///
/// # Errors
/// What the database says.
pub fn by_id(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Case>> {
    Ok(tx.one(&BY_ID, params![&id], case)?)
}

/// The case with this number.
///
/// # Errors
/// What the database says.
pub fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<Case>> {
    Ok(tx.one(&BY_NUMBER, params![number], case)?)
}

/// The case whose tracking link has the secret with this hash.
///
/// # Errors
/// What the database says.
pub fn by_secret(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<Case>> {
    Ok(tx.one(&BY_SECRET, params![hash], case)?)
}

/// What a person started, newest first.
///
/// # Errors
/// What the database says.
pub fn of_owner(tx: &mut Tx<'_>, owner: PersonId) -> Result<Vec<Case>> {
    Ok(tx.all(&OF_OWNER, params![&owner], case)?)
}

/// The cases that are followed up with this one, the oldest first.
///
/// # Errors
/// What the database says.
pub fn merged_with(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<Case>> {
    Ok(tx.all(&MERGED, params![&id], case)?)
}

/// Calls a case something else, because its module knows better now.
///
/// # Errors
/// What the database says.
pub fn set_title(tx: &mut Tx<'_>, id: CaseId, title: &str) -> Result<()> {
    tx.exec(&SET_TITLE, params![&id, title])?;
    Ok(())
}

/// Records what a step made of a case. Needs the permit of whoever did it.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, permit: &Permit, case: &Case, change: &Change, now: Time) -> Result<()> {
    save(tx, case, change, Some(permit.person()), now)
}

/// Records what a change of one case means for another that is followed up with it, which is all the permit it needs.
///
/// # Errors
/// When the one is not followed up with the other.
pub fn record_echo(
    tx: &mut Tx<'_>,
    (merged, main): (&Case, CaseId),
    change: &Change,
    actor: Option<PersonId>,
    now: Time,
) -> Result<()> {
    if merged.merged_into != Some(main) {
        return Err(Problem::internal("cases", "the case is not followed up with that one"));
    }
    save(tx, merged, change, actor, now)
}

/// Writes a change down; only those who hold a proof come here.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    case: &Case,
    change: &Change,
    actor: Option<PersonId>,
    now: Time,
) -> Result<()> {
    let Fields { state, office, assignee, due, review, merged_into, merged_state } = change.to;
    let closed = if state.is_closed() { case.closed.or(Some(now)) } else { None };
    let params = params![
        &case.id,
        state.name(),
        &office,
        assignee.as_ref(),
        now,
        closed,
        due,
        review,
        merged_into.as_ref(),
        merged_state.map(State::name)
    ];
    tx.exec(&CHANGE, params)?;
    for (kind, text) in &change.lines {
        event(tx, case.id, now, *kind, actor, text)?;
    }
    Ok(())
}

/// The timeline, from the beginning; for others than staff only what is public.
///
/// # Errors
/// What the database says.
pub fn events(tx: &mut Tx<'_>, id: CaseId, only_public: bool) -> Result<Vec<Event>> {
    let rows = tx.all(&EVENTS, params![&id, i64::from(only_public)], |row| {
        let kind = EventKind::from_name(&row.get::<String>(1)?).ok_or(Error::Column(1, "a kind of event"))?;
        Ok(Event { at: row.get(0)?, kind, actor: row.get(2)?, text: row.get(3)? })
    })?;
    Ok(rows)
}

/// Cuts the tie between a person and what they started, and forgets what they kept for themselves; the cases stay.
///
/// # Errors
/// What the database says.
pub fn erase_owner(tx: &mut Tx<'_>, owner: PersonId) -> Result<u64> {
    filters::forget(tx, owner)?;
    Ok(tx.exec(&FORGET_OWNER, params![&owner])?)
}

fn event(
    tx: &mut Tx<'_>,
    id: CaseId,
    at: Time,
    kind: EventKind,
    actor: Option<PersonId>,
    text: &str,
) -> Result<(), Error> {
    tx.exec(&EVENT, params![&id, at, kind.name(), kind.is_public(), actor.as_ref(), text]).map(drop)
}

fn state(row: &Row<'_>, index: usize) -> Result<State, Error> {
    row.get::<String>(index)?.parse().map_err(|_| Error::Column(index, "a state"))
}

fn old_state(row: &Row<'_>, index: usize) -> Result<Option<State>, Error> {
    match row.get::<Option<String>>(index)? {
        Some(name) => name.parse().map(Some).map_err(|_| Error::Column(index, "a state")),
        None => Ok(None),
    }
}

fn case(row: &Row<'_>) -> Result<Case, Error> {
    Ok(Case {
        id: row.get(0)?,
        module: row.get(1)?,
        number: row.get(2)?,
        title: row.get(3)?,
        state: state(row, 4)?,
        office: row.get(5)?,
        assignee: row.get(6)?,
        owner: row.get(7)?,
        opened: row.get(8)?,
        updated: row.get(9)?,
        closed: row.get(10)?,
        due: row.get(11)?,
        review: row.get(12)?,
        merged_into: row.get(13)?,
        merged_state: old_state(row, 14)?,
        partner: row.get(15)?,
        away: row.get(16)?,
    })
}

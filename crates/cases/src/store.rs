use access::{Permit, Scope};
use base::{CaseId, OfficeId, PersonId, Result, Time};
use store::{Error, Row, Tx, params, statements};

use crate::model::{Case, Change, Event, EventKind, State};

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
}

/// Which cases of the inbox are wanted. Absent means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// In these scopes, which do not overlap; none when there are none.
    pub scopes: Vec<Scope>,
    /// In this state.
    pub state: Option<State>,
    /// Given to this person.
    pub assignee: Option<PersonId>,
    /// Older than this: the last row of the page before.
    pub before: Option<(Time, CaseId)>,
}

statements! {
    OPEN = "case.open":
        "insert into case_file (id, module, number, title, state, office_id, owner, secret_hash, opened, updated)
         values (?1, ?2, ?3, ?4, 'open', ?5, ?6, ?7, ?8, ?8)";
    NUMBER = "case.number":
        "insert into case_number (year, last) values (?1, 1)
         on conflict (year) do update set last = case_number.last + 1 returning last";
    BY_ID = "case.by_id":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file where id = ?1";
    BY_NUMBER = "case.by_number":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file where number = ?1";
    BY_SECRET = "case.by_secret":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file where secret_hash = ?1";
    OF_OWNER = "case.of_owner":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file where owner = ?1 order by opened desc";
    INBOX = "case.inbox":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file
         where (updated, id) < (?1, ?2) and state = coalesce(?3, state) and (assignee = ?4 or ?4 is null)
         and (module = ?5 or ?5 is null)
         order by updated desc, id desc limit ?6";
    INBOX_OF_OFFICE = "case.inbox_of_office":
        "select id, module, number, title, state, office_id, assignee, owner, opened, updated, closed
         from case_file
         where (updated, id) < (?1, ?2) and state = ?3 and (assignee = ?4 or ?4 is null)
         and (module = ?5 or ?5 is null) and office_id = ?7
         order by updated desc, id desc limit ?6";
    COUNTS = "case.counts":
        "select state, count(*) from case_file where module = ?1 or ?1 is null group by state";
    COUNTS_OF_OFFICE = "case.counts_of_office":
        "select state, count(*) from case_file where office_id = ?2 and (module = ?1 or ?1 is null) group by state";
    CHANGE = "case.change":
        "update case_file set state = ?2, office_id = ?3, assignee = ?4, updated = ?5, closed = ?6 where id = ?1";
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
    let number = format!("{last}-{year}");
    let (owner, secret) = (new.owner.as_ref(), new.secret_hash.as_ref());
    tx.exec(
        &OPEN,
        params![&new.id, new.module, number.as_str(), new.title, &new.office, owner, secret, new.at],
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

/// A page of the inbox, what changed last first.
///
/// # Errors
/// What the database says.
pub fn inbox(tx: &mut Tx<'_>, wanted: &Inbox, limit: i64) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for scope in &wanted.scopes {
        match (scope.office, wanted.state) {
            (None, state) => cases.extend(part(tx, wanted, scope, state, limit)?),
            (Some(_), Some(state)) => cases.extend(part(tx, wanted, scope, Some(state), limit)?),
            // State by state, so that the index on office and state gives the newest without sorting all.
            (Some(_), None) => {
                for state in State::ALL {
                    cases.extend(part(tx, wanted, scope, Some(state), limit)?);
                }
            }
        }
    }
    cases.sort_unstable_by_key(|case| std::cmp::Reverse((case.updated, case.id)));
    cases.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(cases)
}

/// The newest of one scope.
fn part(
    tx: &mut Tx<'_>,
    wanted: &Inbox,
    scope: &Scope,
    state: Option<State>,
    limit: i64,
) -> Result<Vec<Case>> {
    const END: [u8; 16] = [0xff; 16];
    let (time, id) = wanted
        .before
        .as_ref()
        .map_or((Time(i64::MAX), END.as_slice()), |(time, id)| (*time, id.as_bytes().as_slice()));
    let (state, assignee, module) =
        (state.map(State::name), wanted.assignee.as_ref(), scope.module.as_deref());
    let found = match &scope.office {
        None => tx.all(&INBOX, params![time, id, state, assignee, module, limit], case)?,
        Some(office) => {
            tx.all(&INBOX_OF_OFFICE, params![time, id, state, assignee, module, limit, office], case)?
        }
    };
    Ok(found)
}

/// How many cases in these scopes, which do not overlap, are in each state.
///
/// # Errors
/// What the database says.
pub fn counts(tx: &mut Tx<'_>, scopes: &[Scope]) -> Result<Vec<(State, i64)>> {
    let mut counts = State::ALL.map(|state| (state, 0));
    for scope in scopes {
        let row = |row: &Row<'_>| Ok((state(row, 0)?, row.get::<i64>(1)?));
        let module = scope.module.as_deref();
        let found = match &scope.office {
            None => tx.all(&COUNTS, params![module], row)?,
            Some(office) => tx.all(&COUNTS_OF_OFFICE, params![module, office], row)?,
        };
        for (state, count) in found {
            counts.iter_mut().filter(|(own, _)| *own == state).for_each(|(_, sum)| *sum += count);
        }
    }
    Ok(counts.to_vec())
}

/// Records what a step made of a case. Needs the permit of whoever did it.
///
/// # Errors
/// What the database says.
pub fn record(tx: &mut Tx<'_>, permit: &Permit, case: &Case, change: &Change, now: Time) -> Result<()> {
    save(tx, case, change, Some(permit.person()), now)
}

/// Writes a change down; only those who hold a proof come here.
pub(crate) fn save(
    tx: &mut Tx<'_>,
    case: &Case,
    change: &Change,
    actor: Option<PersonId>,
    now: Time,
) -> Result<()> {
    let closed = if change.state.is_closed() { case.closed.or(Some(now)) } else { None };
    let (state, assignee) = (change.state.name(), change.assignee.as_ref());
    tx.exec(&CHANGE, params![&case.id, state, &change.office, assignee, now, closed])?;
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

/// Cuts the tie between a person and what they started; the cases stay.
///
/// # Errors
/// What the database says.
pub fn erase_owner(tx: &mut Tx<'_>, owner: PersonId) -> Result<u64> {
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
    })
}

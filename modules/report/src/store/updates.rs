//! What happened to reports, as the updates extension of Open311 gives and takes it.

use ::store::{Tx, params, statements};
use base::{CaseId, PersonId, Result, Time};
use cases::State;

/// Something the public may know of a report: a change of state, an answer, or both at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) case_id: CaseId,
    pub(crate) place: i64,
    pub(crate) number: String,
    pub(crate) at: Time,
    /// The state after it.
    pub(crate) state: State,
    pub(crate) text: String,
}

statements! {
    UPDATES = "report.updates":
        "select e.case_id, e.place, r.number, e.at, e.kind, e.text,
                coalesce((select s.text from case_event s where s.case_id = e.case_id and s.kind = 'state'
                          and s.place <= e.place order by s.place desc limit 1), 'open')
         from case_event e join report r on r.case_id = e.case_id
         where (e.at, e.case_id, e.place) > (?1, ?2, ?3) and e.at <= ?4 and e.public = 1
         and e.kind in ('answer', 'state') and (?5 = 1 or r.visibility = 'public')
         and (r.number = ?6 or ?6 is null)
         order by e.at, e.case_id, e.place limit ?7";
    KNOWN = "report.known_update": "select at from report_update where program = ?1 and update_id = ?2";
    REMEMBER = "report.remember_update":
        "insert into report_update (program, update_id, case_id, at) values (?1, ?2, ?3, ?4)";
}

/// Where a page of updates begins: after this moment, case and line.
pub(crate) type Place = (Time, Option<CaseId>, i64);

/// What happened after one moment and up to another, the oldest first, and whether there is more. At most `limit` lines
/// are read; an answer and the change of state that came with it become one.
pub(crate) fn updates(
    tx: &mut Tx<'_>,
    (after, case, place): Place,
    until: Time,
    (with_hidden, number): (bool, Option<&str>),
    limit: i64,
) -> Result<(Vec<Update>, bool)> {
    const END: [u8; 16] = [0xff; 16];
    let case = case.as_ref().map_or(END.as_slice(), |id| id.as_bytes().as_slice());
    let (mut found, mut lines): (Vec<Update>, i64) = (Vec::new(), 0);
    tx.each(&UPDATES, params![after, case, place, until, with_hidden, number, limit], |row| {
        lines += 1;
        let (case_id, place, at): (CaseId, i64, Time) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let is_answer = row.get::<String>(4)? == "answer";
        let text = if is_answer { row.get(5)? } else { String::new() };
        let state = super::named(row, 6, "a state")?;
        match found.last_mut() {
            Some(last) if last.case_id == case_id && last.at == at && !is_answer => {
                (last.place, last.state) = (place, state);
            }
            _ => found.push(Update { case_id, place, number: row.get(2)?, at, state, text }),
        }
        Ok(())
    })?;
    let more = lines == limit;
    // The last may lack its second line; the next page begins with it.
    if more {
        found.pop();
    }
    Ok((found, more))
}

/// When a program sent an update with this id, if it did.
pub(crate) fn known_update(tx: &mut Tx<'_>, program: PersonId, update_id: &str) -> Result<Option<Time>> {
    Ok(tx.get(&KNOWN, params![&program, update_id])?)
}

/// Remembers the id a program gave its update, so that sending it twice is sending it once.
pub(crate) fn remember_update(
    tx: &mut Tx<'_>,
    program: PersonId,
    update_id: &str,
    case: CaseId,
    at: Time,
) -> Result<()> {
    tx.exec(&REMEMBER, params![&program, update_id, &case, at])?;
    Ok(())
}

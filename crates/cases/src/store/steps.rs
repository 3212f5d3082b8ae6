use access::Permit;
use base::{CaseId, FormId, Result, Time};
use store::{Error, Row, Tx, params, statements};

use super::{old_state, record, state};
use crate::model::{Case, Change, Fields, Taken};

statements! {
    LAST_PLACE = "case.last_place": "select coalesce(max(place), 0) from case_event where case_id = ?1";
    ADD = "case.add_step":
        "insert into case_step (action, case_id, place, person, at, what, state, office_id, assignee, due, review,
                                merged_into, merged_state, module_state)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    LAST = "case.last_step":
        "select action, case_id, place, person, at, what, state, office_id, assignee, due, review, merged_into,
                merged_state, module_state
         from case_step where case_id = ?1 order by place desc limit 1";
    IN_ACTION = "case.steps_of_action":
        "select action, case_id, place, person, at, what, state, office_id, assignee, due, review, merged_into,
                merged_state, module_state
         from case_step where action = ?1 order by at, case_id, place";
}

/// Records a step so that it can be taken back. `module_state` is what the case's module knew before it.
///
/// # Errors
/// What the database says.
pub fn record_step(
    tx: &mut Tx<'_>,
    permit: &Permit,
    case: &Case,
    change: &Change,
    (action, what, module_state): (FormId, &str, &str),
    now: Time,
) -> Result<()> {
    record(tx, permit, case, change, now)?;
    let place = tx.get::<i64>(&LAST_PLACE, params![&case.id])?.unwrap_or(0);
    let (before, person) = (case.fields(), permit.person());
    let params = params![
        &action,
        &case.id,
        place,
        &person,
        now,
        what,
        before.state.name(),
        &before.office,
        before.assignee.as_ref(),
        before.due,
        before.review,
        before.merged_into.as_ref(),
        before.merged_state.map(crate::State::name),
        module_state
    ];
    tx.exec(&ADD, params)?;
    Ok(())
}

/// The last step taken with a case, and whether it is the last thing that happened.
///
/// # Errors
/// What the database says.
pub fn last_taken(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<(Taken, i64)>> {
    let Some(step) = tx.one(&LAST, params![&id], taken)? else { return Ok(None) };
    let last = tx.get::<i64>(&LAST_PLACE, params![&id])?.unwrap_or(0);
    Ok(Some((step, last)))
}

/// The last step of a case, when it can still be taken back.
///
/// # Errors
/// What the database says.
pub fn undoable(tx: &mut Tx<'_>, case: &Case) -> Result<Option<Taken>> {
    let found = last_taken(tx, case.id)?;
    Ok(found.filter(|(step, last)| crate::undo(case, step, *last, "").is_ok()).map(|(step, _)| step))
}

/// Every step of one action, in the order they were taken.
///
/// # Errors
/// What the database says.
pub fn taken_in(tx: &mut Tx<'_>, action: FormId) -> Result<Vec<Taken>> {
    Ok(tx.all(&IN_ACTION, params![&action], taken)?)
}

fn taken(row: &Row<'_>) -> Result<Taken, Error> {
    let before = Fields {
        state: state(row, 6)?,
        office: row.get(7)?,
        assignee: row.get(8)?,
        due: row.get(9)?,
        review: row.get(10)?,
        merged_into: row.get(11)?,
        merged_state: old_state(row, 12)?,
    };
    Ok(Taken {
        action: row.get(0)?,
        case_id: row.get(1)?,
        place: row.get(2)?,
        person: row.get(3)?,
        at: row.get(4)?,
        what: row.get(5)?,
        before,
        module_state: row.get(13)?,
    })
}

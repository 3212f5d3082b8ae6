use base::{CaseId, Problem, Result, Time};
use store::{Tx, params, statements};

use crate::model::{Case, Change};

statements! {
    PARTNER = "case.partner": "update case_file set partner = ?2, away = ?3 where id = ?1";
}

/// Notes the other member a case is handed over to or came from, and whether that one has it now.
///
/// # Errors
/// What the database says.
pub fn join_partner(tx: &mut Tx<'_>, id: CaseId, partner: &str, away: bool) -> Result<()> {
    Ok(tx.exec(&PARTNER, params![&id, partner, away]).map(drop)?)
}

/// Notes that a case is no other member's any more.
///
/// # Errors
/// What the database says.
pub fn leave_partner(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let nobody: Option<&str> = None;
    Ok(tx.exec(&PARTNER, params![&id, nobody, false]).map(drop)?)
}

/// Records what the other member of a case did, which is all the permit it needs.
///
/// # Errors
/// When the case is not shared with that member.
pub fn record_by_partner(
    tx: &mut Tx<'_>,
    case: &Case,
    partner: &str,
    change: &Change,
    now: Time,
) -> Result<()> {
    let kept = crate::by_id(tx, case.id)?.and_then(|case| case.partner);
    if kept.as_deref() != Some(partner) {
        return Err(Problem::internal("cases", "the case is not shared with that member"));
    }
    crate::store::save(tx, case, change, None, now)
}

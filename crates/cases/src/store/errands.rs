//! What crews did on their way, each exactly once however often their device sends it.

use base::{CaseId, FormId, OfficeId, PersonId, Result, Time};
use store::{Tx, params, statements};

/// Something a crew did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// The id the crew's device gave it.
    pub id: FormId,
    /// The case.
    pub case_id: CaseId,
    /// Who did it.
    pub person: PersonId,
    /// `done`, `impossible` or `later`.
    pub outcome: String,
    /// When it arrived.
    pub at: Time,
}

statements! {
    ADD = "case_errand.add":
        "insert into case_errand (id, case_id, person, outcome, at) values (?1, ?2, ?3, ?4, ?5)
         on conflict (id) do nothing";
    SINCE = "case_errand.since":
        "select case_id from case_errand where at >= ?1 and person = ?2 and outcome = 'later'";
    DEPOT = "case_depot.of": "select lat, lon from case_depot where office_id = ?1";
    SET_DEPOT = "case_depot.set":
        "insert into case_depot (office_id, lat, lon) values (?1, ?2, ?3)
         on conflict (office_id) do update set lat = excluded.lat, lon = excluded.lon";
}

/// Notes an errand; `false` when it was noted before and must not be done again.
///
/// # Errors
/// What the database says.
pub fn add(tx: &mut Tx<'_>, errand: &Errand) -> Result<bool> {
    let Errand { id, case_id, person, outcome, at } = errand;
    Ok(tx.exec(&ADD, params![id, case_id, person, outcome.as_str(), *at])? > 0)
}

/// What a person put off since a moment.
///
/// # Errors
/// What the database says.
pub fn put_off(tx: &mut Tx<'_>, person: PersonId, since: Time) -> Result<Vec<CaseId>> {
    Ok(tx.all(&SINCE, params![since, &person], |row| row.get(0))?)
}

/// Where the crews of an office start, as latitude and longitude in micro-degrees.
///
/// # Errors
/// What the database says.
pub fn depot(tx: &mut Tx<'_>, office: OfficeId) -> Result<Option<(i32, i32)>> {
    Ok(tx.one(&DEPOT, params![&office], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Lets the crews of an office start there.
///
/// # Errors
/// What the database says.
pub fn set_depot(tx: &mut Tx<'_>, office: OfficeId, (lat, lon): (i32, i32)) -> Result<()> {
    tx.exec(&SET_DEPOT, params![&office, lat, lon])?;
    Ok(())
}

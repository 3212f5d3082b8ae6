//! Whom a report concerns too, counted once for each person, address and browser, and how long reports of a category
//! really take.

use ::store::{Tx, params, statements};
use base::{CaseId, PersonId, Result, Time};

statements! {
    KNOWN = "report.support.known": "select 1 from report_support where case_id = ?1 and supporter = ?2";
    ADD = "report.support.add":
        "insert into report_support (case_id, supporter, person, counted) values (?1, ?2, ?3, ?4)
         on conflict (case_id, supporter) do nothing";
    COUNT = "report.support.count": "select count(*) from report_support where case_id = ?1 and counted = 1";
    FORGET = "report.support.forget": "update report_support set person = null where person = ?1";
    TIMES = "report.pace.times":
        "select closed - opened from report
         where category = ?1 and opened >= ?2 and closed is not null order by 1";
    KEEP_PACE = "report.pace.keep":
        "insert into report_pace (category, closed, median_seconds) values (?1, ?2, ?3)
         on conflict (category) do update set closed = excluded.closed, median_seconds = excluded.median_seconds";
    PACE = "report.pace": "select category, closed, median_seconds from report_pace";
}

/// Counts somebody whom a report concerns, unless one of `keys` was there already; whether they were counted.
pub(crate) fn support(
    tx: &mut Tx<'_>,
    case: CaseId,
    keys: &[[u8; 32]],
    person: Option<PersonId>,
) -> Result<bool> {
    let mut known = false;
    for key in keys {
        known |= tx.get::<i64>(&KNOWN, params![&case, key])?.is_some();
    }
    for (index, key) in keys.iter().enumerate() {
        tx.exec(&ADD, params![&case, key, person.as_ref(), !known && index == 0])?;
    }
    Ok(!known)
}

/// How many people a report concerns beside whoever sent it.
pub(crate) fn supporters(tx: &mut Tx<'_>, case: CaseId) -> Result<i64> {
    Ok(tx.get(&COUNT, params![&case])?.unwrap_or(0))
}

/// Cuts the tie between a person and what they supported; the counts stay.
pub(crate) fn forget_supporter(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&FORGET, params![&person])?;
    Ok(())
}

/// How fast reports of a category end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) category: String,
    /// How many were counted.
    pub(crate) closed: i64,
    /// Half of them ended at least so fast.
    pub(crate) median_seconds: i64,
}

/// The pace of a category, from the reports opened since `from` that have ended; `None` when there are none.
pub(crate) fn measure_pace(tx: &mut Tx<'_>, category: &str, from: Time) -> Result<Option<Pace>> {
    let times = tx.all(&TIMES, params![category, from], |row| row.get::<i64>(0))?;
    let median = times.get(times.len() / 2).copied();
    let closed = i64::try_from(times.len()).unwrap_or(i64::MAX);
    let pace =
        |median: i64| Pace { category: category.to_owned(), closed, median_seconds: median / 1_000_000 };
    Ok(median.map(pace))
}

/// Keeps what was measured.
pub(crate) fn keep_pace(tx: &mut Tx<'_>, pace: &Pace) -> Result<()> {
    tx.exec(&KEEP_PACE, params![pace.category.as_str(), pace.closed, pace.median_seconds])?;
    Ok(())
}

/// What was measured last, for every category that had ended reports.
pub(crate) fn paces(tx: &mut Tx<'_>) -> Result<Vec<Pace>> {
    Ok(tx.all(&PACE, &[], |row| {
        Ok(Pace { category: row.get(0)?, closed: row.get(1)?, median_seconds: row.get(2)? })
    })?)
}

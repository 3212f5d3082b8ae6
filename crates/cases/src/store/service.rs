//! Service hours, days off and promises, as they are kept.

use base::{CaseId, Result, Time};
use store::{Tx, params, statements};

use crate::calendar::{Calendar, Holiday, Span, Week, holidays_of, usual_week};

statements! {
    HOURS = "service.hours": "select weekday, from_minute, to_minute from service_hours order by weekday, from_minute";
    CLEAR_HOURS = "service.clear_hours": "delete from service_hours where weekday between 1 and 7";
    // A row of no weekday says that the hours were set, even to none.
    HOURS_SET = "service.hours_set":
        "insert into service_hours (weekday, from_minute, to_minute) values (0, 0, 0)
         on conflict (weekday, from_minute) do nothing";
    ADD_HOURS = "service.add_hours":
        "insert into service_hours (weekday, from_minute, to_minute) values (?1, ?2, ?3)";
    HOLIDAYS = "holiday.between": "select day, name from holiday where day between ?1 and ?2 order by day";
    PUT_HOLIDAY = "holiday.put":
        "insert into holiday (day, name) values (?1, ?2) on conflict (day) do update set name = excluded.name";
    DROP_HOLIDAY = "holiday.drop": "delete from holiday where day = ?1";
    HAS_YEAR = "holiday.has_year": "select year from holiday_year where year = ?1";
    ADD_YEAR = "holiday.add_year":
        "insert into holiday_year (year) values (?1) on conflict (year) do nothing";
    PROMISE = "case.promise": "update case_file set due = ?2 where id = ?1";
}

/// The service hours, Monday first; the usual ones while nobody has set any.
///
/// # Errors
/// What the database says.
pub fn week(tx: &mut Tx<'_>) -> Result<Week> {
    let (mut week, mut are_set) = (Week::default(), false);
    tx.each(&HOURS, &[], |row| {
        are_set = true;
        let day = row.get::<u32>(0)?.checked_sub(1).and_then(|day| usize::try_from(day).ok());
        if let Some(spans) = day.and_then(|day| week.get_mut(day)) {
            spans.push(Span { from: row.get(1)?, to: row.get(2)? });
        }
        Ok(())
    })?;
    Ok(if are_set { week } else { usual_week() })
}

/// Sets the service hours. Promises that were made stay as they are.
///
/// # Errors
/// What the database says.
pub fn set_week(tx: &mut Tx<'_>, week: &Week) -> Result<()> {
    tx.exec(&CLEAR_HOURS, &[])?;
    tx.exec(&HOURS_SET, &[])?;
    for (day, spans) in (1_i64..).zip(week) {
        for span in spans {
            tx.exec(&ADD_HOURS, params![day, span.from, span.to])?;
        }
    }
    Ok(())
}

/// The days off of these years. A year nobody has looked at yet has those of the law (see [`ensure_year`]).
///
/// # Errors
/// What the database says.
pub fn holidays(tx: &mut Tx<'_>, first: i16, last: i16) -> Result<Vec<Holiday>> {
    let (from, to) = (format!("{first:04}-01-01"), format!("{last:04}-12-31"));
    let mut days =
        tx.all(&HOLIDAYS, params![&from, &to], |row| Ok(Holiday { day: row.get(0)?, name: row.get(1)? }))?;
    for year in first..=last {
        if tx.get::<i64>(&HAS_YEAR, params![i32::from(year)])?.is_none() {
            let own: Vec<_> = holidays_of(year)
                .into_iter()
                .filter(|law| days.iter().all(|day| day.day != law.day))
                .collect();
            days.extend(own);
        }
    }
    days.sort();
    Ok(days)
}

/// Writes down the days off of a year as the law has them, once; from then on they can be changed.
///
/// # Errors
/// What the database says.
pub fn ensure_year(tx: &mut Tx<'_>, year: i16) -> Result<()> {
    if tx.exec(&ADD_YEAR, params![i32::from(year)])? == 0 {
        return Ok(());
    }
    for day in holidays_of(year) {
        tx.exec(&PUT_HOLIDAY, params![&day.day, &day.name])?;
    }
    Ok(())
}

/// Adds a day off, or gives it another name.
///
/// # Errors
/// What the database says.
pub fn put_holiday(tx: &mut Tx<'_>, holiday: &Holiday) -> Result<()> {
    tx.exec(&PUT_HOLIDAY, params![&holiday.day, &holiday.name])?;
    Ok(())
}

/// Makes a day a working day again; `false` when it was none off.
///
/// # Errors
/// What the database says.
pub fn drop_holiday(tx: &mut Tx<'_>, day: &str) -> Result<bool> {
    Ok(tx.exec(&DROP_HOLIDAY, params![day])? > 0)
}

/// The calendar for promises made at a moment.
///
/// # Errors
/// What the database says.
pub fn calendar(tx: &mut Tx<'_>, from: Time) -> Result<Calendar> {
    let year = from.in_germany().year();
    let days = holidays(tx, year, year.saturating_add(2))?;
    Ok(Calendar::new(week(tx)?, &days))
}

/// Writes into a case until when it is promised: so many hours of service after it was opened. A case keeps its promise
/// when it is given to another office; whoever changes what it is about calls this again with the same moment. Without
/// hours nothing is promised.
///
/// # Errors
/// What the database says.
pub fn promise(tx: &mut Tx<'_>, id: CaseId, opened: Time, hours: Option<u32>) -> Result<Option<Time>> {
    let due = match hours {
        Some(hours) => calendar(tx, opened)?.due(opened, hours),
        None => None,
    };
    tx.exec(&PROMISE, params![&id, due])?;
    Ok(due)
}

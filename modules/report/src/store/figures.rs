//! What lists, maps and statistics count of every public report: a narrow copy, derived and made anew when it is lost.

use ::store::{Error, Tx, params, statements};
use base::{CaseId, Result, Time};
use place::{Atlas, cell};
use sha2::{Digest as _, Sha256};

use super::find::{self, Filter};
use crate::model::{Report, Zone};

/// Reports copied in one transaction.
const BATCH: i64 = 200;
/// What changed within these seconds waits for the next time: on PostgreSQL a transaction may be seen a little later
/// than the time it wrote down.
pub(crate) const SETTLED: i64 = 5;

statements! {
    PUT = "report.put_figure":
        "insert into report_figure (case_id, category, area, opened, month, closed, closed_month, hours, due, photo,
                                    lat, lon, cell)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         on conflict (case_id) do update set category = excluded.category, area = excluded.area,
         opened = excluded.opened, month = excluded.month, closed = excluded.closed,
         closed_month = excluded.closed_month, hours = excluded.hours, due = excluded.due, photo = excluded.photo,
         lat = excluded.lat, lon = excluded.lon, cell = excluded.cell";
    REMOVE = "report.remove_figure": "delete from report_figure where case_id = ?1";
    EMPTY = "report.empty_figures": "delete from report_figure";
    WALK = "report.walk": "select at, case_id, began, atlas from report_walk where name = ?1";
    SET_WALK = "report.set_walk":
        "insert into report_walk (name, at, case_id, began, atlas) values (?1, ?2, ?3, ?4, ?5)
         on conflict (name) do update set at = excluded.at, case_id = excluded.case_id, atlas = excluded.atlas";
    END_WALK = "report.end_walk": "delete from report_walk where name = ?1";
}

/// How far a walk over everything that changes has come.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// The moment and case of the last change that was looked at.
    pub(crate) at: (Time, Option<CaseId>),
    /// When it began.
    pub(crate) began: Time,
    /// Which areas were known.
    atlas: Vec<u8>,
}

/// How far the walk of this name has come.
pub(crate) fn walk(tx: &mut Tx<'_>, name: &str) -> Result<Option<Walk>> {
    Ok(tx.one(&WALK, params![name], |row| {
        Ok(Walk { at: (row.get(0)?, row.get(1)?), began: row.get(2)?, atlas: row.get(3)? })
    })?)
}

/// Notes how far the walk of this name has come.
pub(crate) fn set_walk(tx: &mut Tx<'_>, name: &str, walk: &Walk) -> Result<()> {
    let (at, case) = &walk.at;
    tx.exec(&SET_WALK, params![name, *at, case.as_ref(), walk.began, &walk.atlas])?;
    Ok(())
}

/// A walk that begins at a moment.
pub(crate) fn begin(at: Time, now: Time) -> Walk {
    Walk { at: (at, None), began: now, atlas: Vec::new() }
}

/// The next reports that changed, public or not, in the order they changed; moves the walk.
pub(crate) fn step(tx: &mut Tx<'_>, walk: &mut Walk, now: Time) -> Result<Vec<Report>> {
    let every = Filter { with_hidden: true, ..Filter::default() };
    let (at, case) = &walk.at;
    let until = now.plus_seconds(-SETTLED);
    let changed = find::changed(tx, &every, (*at, case.as_ref()), until, BATCH)?;
    if let Some(last) = changed.last() {
        walk.at = (last.updated, Some(last.case_id));
    }
    Ok(changed)
}

/// Copies the next reports that changed; `false` when there are no more. New areas begin it all over.
pub(crate) fn refresh(tx: &mut Tx<'_>, atlas: &Atlas, now: Time) -> Result<bool> {
    const NAME: &str = "figures";
    let print = fingerprint(atlas);
    let known = walk(tx, NAME)?.filter(|walk| walk.atlas == print);
    let mut walk = match known {
        Some(walk) => walk,
        None => {
            tx.exec(&EMPTY, &[])?;
            Walk { atlas: print, ..begin(Time(0), now) }
        }
    };
    let changed = step(tx, &mut walk, now)?;
    for report in &changed {
        put(tx, atlas, report)?;
    }
    set_walk(tx, NAME, &walk)?;
    Ok(!changed.is_empty())
}

/// Forgets the copy; the next [`refresh`] begins it anew.
#[cfg(test)]
pub(crate) fn forget(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(&EMPTY, &[])?;
    tx.exec(&END_WALK, params!["figures"])?;
    Ok(())
}

fn put(tx: &mut Tx<'_>, atlas: &Atlas, report: &Report) -> Result<(), Error> {
    // What several reported counts once: where it is followed up.
    if !report.is_public() || report.merged.is_some() {
        return tx.exec(&REMOVE, params![&report.case_id]).map(drop);
    }
    let area = report.place.and_then(|place| Zone::at(atlas, place)).map(|zone| zone.prefix());
    let hours = report.closed.map(|closed| (closed.seconds() - report.opened.seconds()).max(0) / 3600);
    let params = params![
        &report.case_id,
        report.category.as_str(),
        area.as_deref().unwrap_or_default(),
        report.opened,
        month(report.opened),
        report.closed,
        report.closed.map(month),
        hours,
        report.due,
        report.photo.is_some(),
        report.place.map(|place| place.lat),
        report.place.map(|place| place.lon),
        report.place.map(cell)
    ];
    tx.exec(&PUT, params).map(drop)
}

/// The months since the year 0, in German time.
pub(crate) fn month(time: Time) -> i64 {
    let at = time.in_germany();
    i64::from(at.year()) * 12 + i64::from(at.month()) - 1
}

fn fingerprint(atlas: &Atlas) -> Vec<u8> {
    let mut hash = Sha256::new();
    for area in atlas.areas() {
        hash.update(area.ars.as_str());
        hash.update(format!("{:?}", area.bounds()));
        hash.update([0]);
    }
    for district in atlas.districts() {
        hash.update(format!("{}/{} {:?}", district.ars, district.key, district.bounds()));
        hash.update([0]);
    }
    hash.finalize().to_vec()
}

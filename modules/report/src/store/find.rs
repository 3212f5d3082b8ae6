//! Finding reports: by time, by change, by place, by words. Every way reads rows through one index and stops early.

use ::store::{Error, FileHash, Row, Sql, Tx, Value, params, statements};
use base::{CaseId, Result, Time};
use place::{Bounds, Point, covering};

use crate::model::Report;

/// Categories one question may name.
pub(crate) const CODES: usize = 16;
/// Reports read at once when all are wanted.
const AT_ONCE: i64 = 250;
/// Metres within which the nearest are looked for first.
const FIRST_REACH: f64 = 250.0;

/// Which reports are wanted. The default is every public one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    /// Of these categories; of all when empty.
    pub(crate) codes: Vec<String>,
    /// `Some(true)` for those that have ended.
    pub(crate) closed: Option<bool>,
    /// Of those that have ended, only what did at this moment or later.
    pub(crate) closed_from: Option<Time>,
    /// Only with a photo.
    pub(crate) with_photo: bool,
    /// Only in this box.
    pub(crate) bounds: Option<Bounds>,
    /// Opened at this moment or later.
    pub(crate) from: Option<Time>,
    /// Opened at this moment or earlier.
    pub(crate) to: Option<Time>,
    /// Those that are not public too; only for the office.
    pub(crate) with_hidden: bool,
    /// Only those of the office with this name.
    pub(crate) office: Option<String>,
    /// Only those that are not followed up with another.
    pub(crate) alone: bool,
}

/// The tests of a [`Filter`]; ?1 to ?30 belong to them.
macro_rules! matching {
    () => {
        " where (?1 = 0 or (?1 = 1 and r.closed is null) or (?1 = 2 and r.closed >= ?30))
         and (?2 = 1 or r.category in (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18))
         and (?19 = 0 or r.photo is not null)
         and (?20 = 0 or (r.lat between ?21 and ?22 and r.lon between ?23 and ?24))
         and r.opened between ?25 and ?26 and (?27 = 1 or r.visibility = 'public')
         and (o.name = ?28 or ?28 is null) and (?29 = 0 or r.merged is null) "
    };
}

/// Everything of a report that lists show. Whatever else a case holds stands in its row, see `0008_row.sql`.
macro_rules! reports {
    ($from:literal, $($tail:expr),+) => {
        concat!(
            "select r.case_id, r.number, r.title, r.state, o.name, r.category, r.visibility, r.text, r.lat, r.lon,
                    r.address, r.opened, r.updated, r.due, r.closed, r.photo, r.answer, r.merged, b.name from ",
            $from,
            " join office o on o.id = r.office_id left join report_body b on b.case_id = r.case_id ",
            $($tail),+
        )
    };
}

statements! {
    NEWEST = "report.newest":
        reports!("report r", matching!(), "and (r.opened, r.case_id) < (?31, ?32)
                  order by r.opened desc, r.case_id desc limit ?33 offset ?34");
    CHANGED = "report.changed":
        reports!("case_file c join report r on r.case_id = c.id", matching!(),
                 "and (c.updated, c.id) > (?31, ?32) and c.updated <= ?34 order by c.updated, c.id limit ?33");
    LATEST = "report.latest":
        reports!("case_file c join report r on r.case_id = c.id", matching!(),
                 "and (c.updated, c.id) < (?31, ?32) and c.updated >= 0
                  order by c.updated desc, c.id desc limit ?33");
    COUNT = "report.count":
        concat!("select count(*) from report r join office o on o.id = r.office_id", matching!());
    IN_CELLS_COUNT = "report.in_cells_count":
        "select count(*) from (select 1 from report where cell between ?1 and ?2 limit ?3) as first";
    IN_CELLS = "report.in_cells":
        reports!("report r", matching!(), "and r.cell between ?31 and ?32 order by r.cell limit ?33");
    SPOTS = "report.spots":
        "select case_id, lat, lon, opened from report
         where cell between ?1 and ?2 and lat between ?3 and ?4 and lon between ?5 and ?6
         and opened between ?7 and ?8 and (?9 = 1 or visibility = 'public')
         and (?10 = 0 or (?10 = 1 and closed is null) or (?10 = 2 and closed >= ?11)) and (?12 = 1 or category in
         (?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28))
         order by cell";
    BY_NUMBER = "report.by_number":
        reports!("case_file c join report r on r.case_id = c.id", "where c.number = ?1");
    BY_ID = "report.by_id": reports!("report r", "where r.case_id = ?1");
    PHOTOS = "report.photos":
        "select f.hash, f.width, f.height from file_use u join file f on f.hash = u.hash
         where u.case_id = ?1 and u.public = 1 order by u.place";
    ANSWERS = "report.answers":
        "select question, value from report_answer where case_id = ?1 order by question, place";
}

impl Filter {
    /// What the parameter for [`Filter::closed`] says.
    fn closed_value(&self) -> Value<'_> {
        Value::Int(self.closed.map_or(0, |closed| if closed { 2 } else { 1 }))
    }

    fn closed_from_value(&self) -> Value<'_> {
        self.closed_from.unwrap_or(Time(i64::MIN)).into()
    }

    /// The same tests as the statements make.
    fn lets_through(&self, report: &Report) -> bool {
        let ended_late = |closed: Time| self.closed_from.is_none_or(|from| closed >= from);
        let closed = match self.closed {
            None => true,
            Some(false) => report.closed.is_none(),
            Some(true) => report.closed.is_some_and(ended_late),
        };
        closed
            && (self.with_hidden || report.is_public())
            && (self.codes.is_empty() || self.codes.contains(&report.category))
            && (!self.with_photo || report.photo.is_some())
            && self.bounds.is_none_or(|bounds| report.place.is_some_and(|place| bounds.contains(place)))
            && self.from.is_none_or(|from| report.opened >= from)
            && self.to.is_none_or(|to| report.opened <= to)
            && self.office.as_ref().is_none_or(|office| report.office == *office)
            && !(self.alone && report.merged.is_some())
    }
}

/// The parameters every way of finding begins with.
fn filter_params(filter: &Filter) -> [Value<'_>; 30] {
    let box_of = |pick: fn(&Bounds) -> i32| Value::Int(filter.bounds.as_ref().map_or(0, |b| pick(b).into()));
    std::array::from_fn(|index| match index {
        0 => filter.closed_value(),
        1 => filter.codes.is_empty().into(),
        2..=17 => filter.codes.get(index - 2).map(String::as_str).into(),
        18 => filter.with_photo.into(),
        19 => filter.bounds.is_some().into(),
        20 => box_of(|b| b.min.lat),
        21 => box_of(|b| b.max.lat),
        22 => box_of(|b| b.min.lon),
        23 => box_of(|b| b.max.lon),
        24 => filter.from.unwrap_or(Time(0)).into(),
        25 => filter.to.unwrap_or(Time(i64::MAX)).into(),
        26 => filter.with_hidden.into(),
        27 => filter.office.as_deref().into(),
        28 => filter.alone.into(),
        _ => filter.closed_from_value(),
    })
}

fn found(tx: &mut Tx<'_>, sql: &Sql, filter: &Filter, rest: &[Value<'_>]) -> Result<Vec<Report>> {
    let params = [filter_params(filter).as_slice(), rest].concat();
    Ok(tx.all(sql, &params, report)?)
}

/// The newest first. `before` is the last row of the page before; what is opened meanwhile comes before the first page,
/// and nothing moves, so that paging meets every report exactly once.
pub(crate) fn newest(
    tx: &mut Tx<'_>,
    filter: &Filter,
    before: Option<&(Time, CaseId)>,
    limit: i64,
) -> Result<Vec<Report>> {
    newest_from(tx, filter, before, 0, limit)
}

/// As [`newest`], without the first `offset` of them. What is left out is read all the same.
pub(crate) fn newest_from(
    tx: &mut Tx<'_>,
    filter: &Filter,
    before: Option<&(Time, CaseId)>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Report>> {
    const END: [u8; 16] = [0xff; 16];
    let (time, id) =
        before.map_or((Time(i64::MAX), END.as_slice()), |(time, id)| (*time, id.as_bytes().as_slice()));
    found(tx, &NEWEST, filter, params![time, id, limit, offset])
}

/// Calls `take` for every report a filter lets through, the newest first, holding no more than some of them in memory.
pub(crate) fn every(
    tx: &mut Tx<'_>,
    filter: &Filter,
    mut take: impl FnMut(&mut Tx<'_>, Report) -> Result<()>,
) -> Result<()> {
    let mut before = None;
    loop {
        let batch = newest(tx, filter, before.as_ref(), AT_ONCE)?;
        let Some(last) = batch.last() else { return Ok(()) };
        before = Some((last.opened, last.case_id));
        batch.into_iter().try_for_each(|report| take(tx, report))?;
    }
}

/// How many a filter lets through. Reads them all: for [`::store::Db::scan`].
pub(crate) fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<i64> {
    Ok(tx.get(&COUNT, &filter_params(filter))?.unwrap_or(0))
}

/// What changed last first. `before` is the last row of the page before.
pub(crate) fn latest(
    tx: &mut Tx<'_>,
    filter: &Filter,
    before: Option<&(Time, CaseId)>,
    limit: i64,
) -> Result<Vec<Report>> {
    const END: [u8; 16] = [0xff; 16];
    let (time, id) =
        before.map_or((Time(i64::MAX), END.as_slice()), |(time, id)| (*time, id.as_bytes().as_slice()));
    found(tx, &LATEST, filter, params![time, id, limit])
}

/// What changed after `after`, the oldest change first, up to `until`.
pub(crate) fn changed(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: (Time, Option<&CaseId>),
    until: Time,
    limit: i64,
) -> Result<Vec<Report>> {
    const END: [u8; 16] = [0xff; 16];
    let id = after.1.map_or(END.as_slice(), |id| id.as_bytes().as_slice());
    found(tx, &CHANGED, filter, params![after.0, id, limit, until])
}

/// Those in a box, by way of the index on places: for boxes that hold a small part of all reports. In no order.
pub(crate) fn within(tx: &mut Tx<'_>, bounds: &Bounds, filter: &Filter, limit: usize) -> Result<Vec<Report>> {
    let filter = Filter { bounds: Some(*bounds), ..filter.clone() };
    let mut reports = Vec::new();
    for (first, last) in covering(bounds) {
        let room = i64::try_from(limit - reports.len()).unwrap_or(i64::MAX);
        reports.extend(found(tx, &IN_CELLS, &filter, params![first, last, room])?);
        if reports.len() >= limit {
            break;
        }
    }
    Ok(reports)
}

/// Whether at least so many reports are in the cells of a box; told from the index alone.
pub(crate) fn is_crowded(tx: &mut Tx<'_>, bounds: &Bounds, least: i64) -> Result<bool> {
    let mut count = 0;
    for (first, last) in covering(bounds) {
        count += tx.get::<i64>(&IN_CELLS_COUNT, params![first, last, least - count])?.unwrap_or(0);
        if count >= least {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a report is and when it was opened: enough to choose which ones to read.
struct Spot {
    id: CaseId,
    place: Point,
    opened: Time,
}

/// Everything in a box a [`Filter`] may let through, told from the index on places alone. In no order.
fn spots(tx: &mut Tx<'_>, bounds: &Bounds, filter: &Filter) -> Result<Vec<Spot>> {
    let mut spots = Vec::new();
    for (first, last) in covering(bounds) {
        let code = |index: usize| Value::from(filter.codes.get(index).map(String::as_str));
        let params: [Value<'_>; 28] = std::array::from_fn(|index| match index {
            0 => first.into(),
            1 => last.into(),
            2 => bounds.min.lat.into(),
            3 => bounds.max.lat.into(),
            4 => bounds.min.lon.into(),
            5 => bounds.max.lon.into(),
            6 => filter.from.unwrap_or(Time(0)).into(),
            7 => filter.to.unwrap_or(Time(i64::MAX)).into(),
            8 => filter.with_hidden.into(),
            9 => filter.closed_value(),
            10 => filter.closed_from_value(),
            11 => filter.codes.is_empty().into(),
            _ => code(index - 12),
        });
        tx.each(&SPOTS, &params, |row| {
            let place = super::point(row, 1)?;
            if let Some(place) = place {
                spots.push(Spot { id: row.get(0)?, place, opened: row.get(3)? });
            }
            Ok(())
        })?;
    }
    Ok(spots)
}

/// The newest first of those in a box that holds a small part of all reports; see [`newest_from`].
pub(crate) fn newest_within(
    tx: &mut Tx<'_>,
    bounds: &Bounds,
    filter: &Filter,
    before: Option<&(Time, CaseId)>,
    offset: usize,
    limit: usize,
) -> Result<Vec<Report>> {
    let is_later = |opened: Time, id: CaseId| before.is_none_or(|(time, last)| (opened, id) < (*time, *last));
    let spots = spots(tx, bounds, filter)?.into_iter().filter(|spot| is_later(spot.opened, spot.id));
    let mut times: Vec<Time> = spots.map(|spot| spot.opened).collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    let (mut reports, mut to) = (Vec::new(), filter.to);
    // The rows of as many as are wanted; more only where the rest of the filter leaves some of them out.
    while reports.len() < offset + limit {
        let missing = offset + limit - reports.len();
        let Some(from) = times.get(missing - 1).or(times.last()).copied() else { break };
        let span = Filter { from: Some(from), to, ..filter.clone() };
        let mut found = within(tx, bounds, &span, usize::MAX)?;
        found.retain(|report| is_later(report.opened, report.case_id));
        found.sort_unstable_by_key(|report| std::cmp::Reverse((report.opened, report.case_id)));
        reports.append(&mut found);
        times.retain(|time| *time < from);
        to = Some(Time(from.0 - 1));
    }
    Ok(reports.into_iter().skip(offset).take(limit).collect())
}

/// Those at most so many metres away, with their distance in metres, the nearest first.
pub(crate) fn near(
    tx: &mut Tx<'_>,
    place: Point,
    metres: f64,
    filter: &Filter,
    limit: usize,
) -> Result<Vec<(Report, f64)>> {
    let mut near = Vec::new();
    // Circles that double, so that a dense town is not read as a whole for the few nearest.
    let (mut done, mut reach) = (-1.0, FIRST_REACH.min(metres));
    loop {
        let spots = spots(tx, &place.around(reach), filter)?;
        let far = spots.into_iter().map(|spot| (spot.place.metres_to(place), spot.id));
        let mut ring: Vec<_> = far.filter(|(far, _)| *far > done && *far <= reach).collect();
        ring.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (far, id) in ring {
            near.extend(by_id_among(tx, id, filter)?.map(|report| (report, far)));
            if near.len() >= limit {
                return Ok(near);
            }
        }
        if reach >= metres {
            return Ok(near);
        }
        (done, reach) = (reach, (reach * 2.0).min(metres));
    }
}

/// The public report with this number.
pub(crate) fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<Report>> {
    by_number_among(tx, number, &Filter::default())
}

/// The report with this number, when the filter lets it through.
pub(crate) fn by_number_among(tx: &mut Tx<'_>, number: &str, filter: &Filter) -> Result<Option<Report>> {
    let report = tx.one(&BY_NUMBER, params![number], report)?;
    Ok(report.filter(|report| filter.lets_through(report)))
}

/// The report of a case, public or not.
pub(crate) fn by_id(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Report>> {
    Ok(tx.one(&BY_ID, params![&id], report)?)
}

/// The report of a case, when the filter lets it through.
fn by_id_among(tx: &mut Tx<'_>, id: CaseId, filter: &Filter) -> Result<Option<Report>> {
    Ok(by_id(tx, id)?.filter(|report| filter.lets_through(report)))
}

/// Its photos with width and height, as everybody may see them.
pub(crate) fn photos(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<(FileHash, i64, i64)>> {
    Ok(tx.all(&PHOTOS, params![&id], |row| Ok((FileHash(row.get(0)?), row.get(1)?, row.get(2)?)))?)
}

/// Codes of questions with the answers.
pub(crate) fn answers(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<(String, String)>> {
    Ok(tx.all(&ANSWERS, params![&id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn report(row: &Row<'_>) -> Result<Report, Error> {
    Ok(Report {
        case_id: row.get(0)?,
        number: row.get(1)?,
        title: row.get(2)?,
        state: super::named(row, 3, "a state")?,
        office: row.get(4)?,
        category: row.get(5)?,
        visibility: super::named(row, 6, "a visibility")?,
        text: row.get(7)?,
        place: super::point(row, 8)?,
        address: row.get(10)?,
        opened: row.get(11)?,
        updated: row.get(12)?,
        due: row.get(13)?,
        closed: row.get(14)?,
        photo: row.get(15)?,
        answer: row.get(16)?,
        merged: row.get(17)?,
        body: row.get(18)?,
    })
}

//! The reports somebody wants to see, page by page, in one of three orders.

use ::store::{Tx, search};
use base::{CaseId, Result, Time};
use place::{Bounds, Point};

use super::find::{self, CODES, Filter};
use crate::model::{Known, Report, Wanted};

/// Reports that are looked at together because they lie together or hold the same words, at most.
pub(crate) const CANDIDATES: usize = 2_000;
/// Reports in a circle that are looked at together, at most.
const RING: usize = 8_000;
/// Rows read at once when each must be tested.
const BATCH: i64 = 250;
/// Rows read for one page, at most; then it ends early and the next page goes on.
const SCANNED: usize = 20_000;
/// How far the nearest may be, in metres, when nobody said.
const FARTHEST: f64 = 100_000.0;

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// What was opened last first.
    #[default]
    Newest,
    /// What changed last first.
    Changed,
    /// The nearest to a point first.
    Nearest(Point),
}

/// Where a page ended: the row's rank in the order and its case.
pub(crate) type Cursor = (Time, CaseId);

/// A part of the list.
#[derive(Debug)]
pub(crate) struct Slice {
    /// The reports.
    pub(crate) reports: Vec<Report>,
    /// Where the next page begins, when there is one.
    pub(crate) next: Option<Cursor>,
}

impl Order {
    /// Greater comes first.
    fn rank(self, report: &Report) -> Cursor {
        match self {
            Self::Newest => (report.opened, report.case_id),
            Self::Changed => (report.updated, report.case_id),
            Self::Nearest(point) => (Time(-millimetres(report, point)), report.case_id),
        }
    }
}

/// The distance from a point; infinitely far without a place.
#[expect(clippy::cast_possible_truncation, reason = "no distance on the earth has that many millimetres")]
fn millimetres(report: &Report, point: Point) -> i64 {
    report.place.map_or(i64::MAX, |place| (place.metres_to(point) * 1000.0).round() as i64)
}

/// The part of a question the database answers; the rest is tested row by row.
fn filter(wanted: &Wanted, known: &Known<'_>) -> Filter {
    let codes = wanted.all_codes(known);
    Filter {
        codes: if codes.len() > CODES { vec![] } else { codes },
        closed: wanted.ended,
        with_photo: wanted.photo,
        bounds: wanted.frame(known),
        from: wanted.from,
        to: wanted.to,
        alone: true,
        ..Filter::default()
    }
}

/// The rows after `after`, in order.
pub(crate) fn page(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    order: Order,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Slice> {
    if let Some(number) = &wanted.number {
        return Ok(cut(found_number(tx, number)?, wanted, known, order, after, limit));
    }
    if !wanted.words.is_empty() {
        return Ok(cut(with_words(tx, wanted)?, wanted, known, order, after, limit));
    }
    let filter = filter(wanted, known);
    if let Order::Nearest(point) = order {
        let candidates = rings(tx, wanted, known, point, after, limit)?;
        return Ok(cut(candidates, wanted, known, order, after, limit));
    }
    if let Some(bounds) = filter.bounds {
        let inside = find::within(tx, &bounds, &filter, CANDIDATES + 1)?;
        if inside.len() <= CANDIDATES {
            return Ok(cut(inside, wanted, known, order, after, limit));
        }
    }
    scan(tx, wanted, known, &filter, order, after, limit)
}

fn found_number(tx: &mut Tx<'_>, number: &str) -> Result<Vec<Report>> {
    Ok(find::by_number(tx, number)?.into_iter().collect())
}

/// Public reports with all the words, the newest first when there are too many.
pub(crate) fn with_words(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<Report>> {
    let limit = i64::try_from(CANDIDATES).unwrap_or(i64::MAX);
    let mut reports = Vec::new();
    for key in search::keys(tx, "report", &wanted.words, limit)? {
        let Ok(id) = key.parse::<CaseId>() else { continue };
        reports.extend(find::by_id(tx, id)?.filter(Report::is_public));
    }
    Ok(reports)
}

/// Reads on in the index of the order until the page is full.
fn scan(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    filter: &Filter,
    order: Order,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Slice> {
    let (mut reports, mut cursor, mut scanned) = (Vec::new(), after.copied(), 0);
    loop {
        let batch = match order {
            Order::Changed => find::latest(tx, filter, cursor.as_ref(), BATCH)?,
            _ => find::newest(tx, filter, cursor.as_ref(), BATCH)?,
        };
        let is_end = i64::try_from(batch.len()).unwrap_or(0) < BATCH;
        scanned += batch.len();
        for report in batch {
            if reports.len() == limit {
                return Ok(Slice { next: reports.last().map(|last| order.rank(last)), reports });
            }
            cursor = Some(order.rank(&report));
            if wanted.holds(&report, known, false) {
                reports.push(report);
            }
        }
        if is_end {
            return Ok(Slice { reports, next: None });
        }
        if scanned >= SCANNED {
            return Ok(Slice { reports, next: cursor });
        }
    }
}

/// Sorts what was found together and takes the part after the cursor.
fn cut(
    mut reports: Vec<Report>,
    wanted: &Wanted,
    known: &Known<'_>,
    order: Order,
    after: Option<&Cursor>,
    limit: usize,
) -> Slice {
    reports.retain(|report| wanted.holds(report, known, false));
    reports.retain(|report| after.is_none_or(|after| order.rank(report) < *after));
    if matches!(order, Order::Nearest(_)) {
        reports.retain(|report| report.place.is_some());
    }
    reports.sort_by_key(|report| std::cmp::Reverse(order.rank(report)));
    let more = reports.len() > limit;
    reports.truncate(limit);
    Slice { next: reports.last().filter(|_| more).map(|last| order.rank(last)), reports }
}

/// Those in growing rings around a point, until there are enough for the page. Where a ring holds more than can be
/// looked at together, the list ends with the ring before it.
fn rings(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    point: Point,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Report>> {
    let filter = Filter { bounds: None, ..filter(wanted, known) };
    let farthest = wanted.frame(known).map_or(FARTHEST, |frame| farthest_corner(&frame, point));
    let start = after.map_or(0.0, |(rank, _)| metres(rank.0.saturating_neg()));
    let (mut ring, mut complete) = ((start * 1.2).clamp(250.0, farthest.max(250.0)), Vec::new());
    loop {
        let found = find::within(tx, &point.around(ring), &filter, RING)?;
        if found.len() >= RING {
            return Ok(complete);
        }
        let far = |report: &Report| metres(millimetres(report, point));
        complete = found;
        complete.retain(|report| far(report) <= ring);
        let is_new = |report: &&Report| far(report) > start && wanted.holds(report, known, false);
        if ring >= farthest || complete.iter().filter(is_new).count() > limit {
            return Ok(complete);
        }
        ring = (ring * 1.6).min(farthest);
    }
}

#[expect(clippy::cast_precision_loss, reason = "distances on the earth are exact to a millimetre")]
fn metres(millimetres: i64) -> f64 {
    millimetres as f64 / 1000.0
}

fn farthest_corner(frame: &Bounds, point: Point) -> f64 {
    let corners = [
        frame.min,
        frame.max,
        Point { lat: frame.min.lat, lon: frame.max.lon },
        Point { lat: frame.max.lat, lon: frame.min.lon },
    ];
    corners.into_iter().map(|corner| corner.metres_to(point)).fold(1.0, f64::max)
}

/// A place an address may mean, and how the address is spelt.
pub(crate) type Located = (Point, String);

/// The places an address may mean: by the list of streets and house numbers, and where that knows nothing by the
/// addresses of reports. A house that was found is the only one, unless several towns have it.
pub(crate) fn locate(tx: &mut Tx<'_>, address: &str) -> Result<Vec<Located>> {
    let mut found = place::address::look_up(tx, None, address)?;
    if found.iter().any(|place| place.exact) {
        found.retain(|place| place.exact);
    }
    if found.is_empty() {
        return Ok(reported(tx, address)?.map(|place| (place, address.to_owned())).into_iter().collect());
    }
    Ok(found.into_iter().map(|found| (found.point, found.label())).collect())
}

/// Where something is, by the addresses of public reports: the place of the newest whose address holds all the words.
fn reported(tx: &mut Tx<'_>, address: &str) -> Result<Option<Point>> {
    for key in search::keys(tx, "report", address, 50)? {
        let Ok(id) = key.parse::<CaseId>() else { continue };
        let report = find::by_id(tx, id)?.filter(Report::is_public);
        let report = report.filter(|report| search::holds(address, &report.address));
        if let Some(place) = report.and_then(|report| report.place) {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

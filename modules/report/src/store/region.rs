//! The reports of the region: our own and those of others, asked for as one.

use std::collections::BTreeMap;

use ::store::{FileHash, Tx, params, statements};
use base::{Result, Time};
use place::Bounds;

use super::list::{self, CANDIDATES, Cursor, Order};
use super::map::{self, Cluster, POINTS};
use super::statistics::share;
use super::{figures, peers};
use crate::model::{Known, Regional, Report, Sought};

statements! {
    OPEN = "report.region_open": "select count(*) from report_figure where closed is null";
    HOURS = "report.region_hours":
        "select hours, count(*) from report_figure
         where closed is not null and closed_month between ?1 and ?2 and closed >= ?3
         group by hours order by hours";
}

/// Seconds in which what ended is counted as of late.
const OF_LATE: i64 = 30 * 24 * 3600;

/// Who we are in the region.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Us<'a> {
    /// Our host, as others know it.
    pub(crate) host: &'a str,
    /// Our address.
    pub(crate) url: &'a str,
    /// What we know.
    pub(crate) known: Known<'a>,
}

impl Us<'_> {
    /// A report of our own as one of the region.
    fn report(&self, report: Report) -> Regional {
        let category = self.known.categories.iter().find(|category| category.code == report.category);
        let (group, name) = category.map(|own| (own.group.clone(), own.name.clone())).unwrap_or_default();
        let photo = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
        Regional {
            peer: self.host.to_owned(),
            case_id: report.case_id,
            url: format!("{}/anliegen/{}", self.url, report.number),
            media: photo.map(|hash| format!("{}/dateien/{hash}", self.url)),
            number: report.number,
            code: report.category,
            name,
            group,
            state: report.state,
            place: report.place,
            address: report.address,
            text: report.text,
            opened: report.opened,
            updated: report.updated,
            closed: report.closed,
        }
    }
}

/// A part of the list.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) reports: Vec<Regional>,
    /// Where the next page begins, when there is one.
    pub(crate) next: Option<Cursor>,
}

/// What of one side comes after a place in the list; `next` is where it goes on, when it does.
type Part = (Vec<Regional>, Option<Cursor>);

fn rank(report: &Regional) -> Cursor {
    (report.opened, report.case_id)
}

/// The next reports of the region, what was opened last first.
pub(crate) fn page(
    tx: &mut Tx<'_>,
    sought: &Sought,
    us: &Us<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Slice> {
    let own = match sought.wanted(us.known.categories) {
        Some(wanted) => {
            let slice = list::page(tx, &wanted, &us.known, Order::Newest, after, limit)?;
            (slice.reports.into_iter().map(|report| us.report(report)).collect(), slice.next)
        }
        None => (Vec::new(), None),
    };
    let others = if sought.asks_others() { others(tx, sought, after, limit)? } else { (Vec::new(), None) };
    Ok(merge([own, others], limit))
}

fn others(tx: &mut Tx<'_>, sought: &Sought, after: Option<&Cursor>, limit: usize) -> Result<Part> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut found = if !sought.words.is_empty() {
        peers::with_words(tx, sought, count(CANDIDATES))?
    } else if let Some(bounds) = &sought.bounds {
        peers::within(tx, sought, bounds, CANDIDATES)?
    } else {
        peers::newest(tx, sought, after, count(limit + 1))?
    };
    found.retain(|report| after.is_none_or(|after| rank(report) < *after));
    found.sort_by_key(|report| std::cmp::Reverse(rank(report)));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(rank);
    Ok((found, next))
}

/// Puts parts together that are each in order. Where one of them goes on, nothing later than that is shown yet.
fn merge(parts: [Part; 2], limit: usize) -> Slice {
    let horizon = parts.iter().filter_map(|(_, next)| *next).max();
    let mut reports: Vec<Regional> = parts.into_iter().flat_map(|(reports, _)| reports).collect();
    reports.sort_by_key(|report| std::cmp::Reverse(rank(report)));
    reports.retain(|report| horizon.is_none_or(|horizon| rank(report) >= horizon));
    let more = reports.len() > limit;
    reports.truncate(limit);
    let last = reports.last().map(rank);
    Slice { next: if more { last } else { horizon }, reports }
}

/// What a map of the region shows.
#[derive(Debug)]
pub(crate) enum Layer {
    Points(Vec<Regional>),
    Clusters(Vec<Cluster>),
}

/// What lies in a box: the reports while they are few, else clusters, about `cells` of them.
pub(crate) fn layer(
    tx: &mut Tx<'_>,
    sought: &Sought,
    us: &Us<'_>,
    bounds: &Bounds,
    cells: u32,
) -> Result<Layer> {
    let boxed = Sought { bounds: Some(*bounds), ..sought.clone() };
    let wanted = boxed.wanted(us.known.categories);
    let bits = map::bits(bounds, cells);
    if !sought.words.is_empty() {
        let found = page(tx, &boxed, us, None, CANDIDATES)?.reports;
        let found: Vec<_> = found.into_iter().filter(|report| report.place.is_some()).collect();
        let spots = found.iter().filter_map(|report| Some((report.place?, report.closed.is_none())));
        return Ok(if found.len() <= POINTS {
            Layer::Points(found)
        } else {
            Layer::Clusters(map::gather(spots, bits))
        });
    }
    let mut clusters = BTreeMap::<i64, Cluster>::new();
    let own =
        wanted.as_ref().map(|wanted| map::clusters(tx, wanted, &us.known, bounds, cells)).transpose()?;
    let others = if sought.asks_others() { peers::clusters(tx, sought, bounds, bits)? } else { Vec::new() };
    for cluster in own.into_iter().flatten().chain(others) {
        let cell = cluster.cell;
        clusters.entry(cell).or_insert_with(|| Cluster::empty(cell)).add(&cluster);
    }
    let count: i64 = clusters.values().map(|cluster| cluster.count).sum();
    if count > i64::try_from(POINTS).unwrap_or(i64::MAX) {
        return Ok(Layer::Clusters(clusters.into_values().filter(|cluster| cluster.count > 0).collect()));
    }
    let own = wanted.map(|wanted| map::points(tx, &wanted, &us.known, bounds)).transpose()?;
    let mut points: Vec<_> = own.into_iter().flatten().map(|report| us.report(report)).collect();
    if sought.asks_others() {
        points.extend(peers::within(tx, sought, bounds, POINTS)?);
    }
    Ok(Layer::Points(points))
}

/// How one member gets on with its reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) open: i64,
    /// Ended in the last thirty days.
    pub(crate) closed: i64,
    /// Half of those took at most so many hours.
    pub(crate) median: Option<i64>,
}

/// How every member gets on, by its host; ours under `host`.
pub(crate) fn standings(tx: &mut Tx<'_>, host: &str, now: Time) -> Result<BTreeMap<String, Standing>> {
    let since = now.plus_seconds(-OF_LATE);
    let mut standings = BTreeMap::<String, Standing>::new();
    standings.entry(host.to_owned()).or_default().open = tx.get(&OPEN, &[])?.unwrap_or(0);
    for (peer, open) in peers::open(tx)? {
        standings.entry(peer).or_default().open = open;
    }
    let months = params![figures::month(since), figures::month(now), since];
    let own = tx.all(&HOURS, months, |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let mut hours = BTreeMap::from([(host.to_owned(), own)]);
    for (peer, took, count) in peers::hours(tx, since)? {
        hours.entry(peer).or_default().push((took, count));
    }
    for (peer, hours) in hours {
        let standing = standings.entry(peer).or_default();
        standing.closed = hours.iter().map(|(_, count)| count).sum();
        standing.median = share(&hours, 50);
    }
    Ok(standings)
}

#[cfg(test)]
mod tests {
    use base::{CaseId, Clock, Entropy};
    use proptest::prelude::*;

    use super::*;

    fn report(opened: i64, seed: u64) -> Regional {
        Regional {
            peer: String::new(),
            case_id: CaseId::new(&Clock::fixed(Time(seed.cast_signed())), &Entropy::seeded(seed)),
            number: seed.to_string(),
            code: String::new(),
            name: String::new(),
            group: String::new(),
            state: cases::State::Open,
            place: None,
            address: String::new(),
            text: String::new(),
            opened: Time(opened),
            updated: Time(opened),
            closed: None,
            url: String::new(),
            media: None,
        }
    }

    /// One side of the list, which now and then ends a page early, as a scan of many rows does.
    fn part(all: &[Regional], after: Option<&Cursor>, limit: usize, early: usize) -> Part {
        let mut found: Vec<_> =
            all.iter().filter(|report| after.is_none_or(|after| rank(report) < *after)).cloned().collect();
        found.sort_by_key(|report| std::cmp::Reverse(rank(report)));
        let whole = found.len();
        found.truncate(limit.min(early));
        let next = found.last().filter(|_| found.len() < whole).map(rank);
        (found, next)
    }

    proptest! {
        #[test]
        fn going_on_meets_every_report_of_both_sides_once_and_in_order(
            own in prop::collection::vec(0_i64..50, 0..40),
            others in prop::collection::vec(0_i64..50, 0..40),
            limit in 1_usize..9,
            early in 1_usize..12,
        ) {
            let own: Vec<_> = (1..).zip(&own).map(|(seed, at)| report(*at, seed)).collect();
            let others: Vec<_> = (1000..).zip(&others).map(|(seed, at)| report(*at, seed)).collect();
            let (mut met, mut after) = (Vec::new(), None);
            for _ in 0..200 {
                let parts = [part(&own, after.as_ref(), limit, early), part(&others, after.as_ref(), limit, 99)];
                let slice = merge(parts, limit);
                prop_assert!(slice.reports.len() <= limit);
                met.extend(slice.reports);
                after = slice.next;
                if after.is_none() { break; }
            }
            let mut all = [own, others].concat();
            all.sort_by_key(|report| std::cmp::Reverse(rank(report)));
            prop_assert_eq!(met, all);
        }
    }
}

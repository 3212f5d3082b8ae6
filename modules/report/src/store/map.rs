//! Where reports lie: as points while they are few, as clusters of cells when they are many.

use std::collections::BTreeMap;

use ::store::{Error, Row, Tx, Value, params, statements};
use base::{CaseId, Result, Time};
use place::{Bounds, Point, block, cell, covering};

use super::find::{self, Filter};
use super::{figures, list};
use crate::model::{Known, Report, Wanted, Zone};

/// Points that are shown one by one, at most.
pub(crate) const POINTS: usize = 300;

/// Reports that lie near each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cluster {
    /// The cells they are in.
    pub(crate) cell: i64,
    pub(crate) count: i64,
    /// How many have not ended.
    pub(crate) open: i64,
    lat: i64,
    lon: i64,
}

impl Cluster {
    /// Their middle.
    pub(crate) fn middle(&self) -> Point {
        let mean = |sum: i64| i32::try_from(sum / self.count.max(1)).unwrap_or(0);
        Point { lat: mean(self.lat), lon: mean(self.lon) }
    }

    /// None yet in these cells.
    pub(super) fn empty(cell: i64) -> Self {
        Self { cell, ..Self::default() }
    }

    /// Count, how many are open, and the sums of degrees, as the engines count them.
    pub(super) fn read(cell: i64, row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self { cell, count: row.get(0)?, open: row.get(1)?, lat: row.get(2)?, lon: row.get(3)? })
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.open += other.open;
        self.lat += other.lat;
        self.lon += other.lon;
    }
}

/// What a map shows.
#[derive(Debug)]
pub(crate) enum Layer {
    Points(Vec<Report>),
    Clusters(Vec<Cluster>),
}

/// The tests of a [`Wanted`] on the narrow copy; ?1 to ?16 belong to them.
macro_rules! figures {
    ($columns:literal, $tail:literal) => {
        concat!(
            "select ",
            $columns,
            " from report_figure f
             where (?1 = '' or ?1 like '%,' || replace(f.category, '_', '!_') || ',%' escape '!')
             and f.category = coalesce(cast(?16 as text), f.category)
             and (?2 = 0 or (?2 = 1 and f.closed is null) or (?2 = 2 and f.closed is not null))
             and f.opened between ?3 and ?4 and f.photo >= ?5
             and substr(f.area, 1, length(cast(?6 as text))) = cast(?6 as text)
             and f.lat between ?7 and ?8 and f.lon between ?9 and ?10
             and (?11 = 0 or (f.lat - ?12) * cast(?14 as double precision) * (f.lat - ?12) * cast(?14 as double precision)
                           + (f.lon - ?13) * cast(?15 as double precision) * (f.lon - ?13) * cast(?15 as double precision)
                          <= 1.0) ",
            $tail
        )
    };
}

statements! {
    NEXT = "report.next_cell": "select min(cell) from report_figure where cell >= ?1 and cell <= ?2";
    CLUSTER = "report.cluster":
        figures!("count(*), coalesce(sum(case when f.closed is null then 1 else 0 end), 0),
                  cast(coalesce(sum(f.lat), 0) as bigint), cast(coalesce(sum(f.lon), 0) as bigint)",
                 "and f.cell between ?17 and ?18");
    POINTS_IN = "report.points_in":
        figures!("f.case_id", "and f.cell between ?17 and ?18 order by f.cell limit ?19");
}

/// The parameters of the tests, with the texts they borrow.
struct Test {
    /// The only category, which is quicker to compare than several.
    code: Option<String>,
    codes: String,
    area: String,
    bounds: Bounds,
    wanted: Wanted,
}

impl Test {
    fn new(wanted: &Wanted, known: &Known<'_>, bounds: &Bounds) -> Self {
        let codes = wanted.all_codes(known);
        let code = codes.first().filter(|_| codes.len() == 1).cloned();
        let codes = if codes.len() < 2 { String::new() } else { format!(",{},", codes.join(",")) };
        let area = wanted.area.as_ref().map(Zone::prefix);
        Self { code, codes, area: area.unwrap_or_default(), bounds: *bounds, wanted: wanted.clone() }
    }

    fn params(&self) -> [Value<'_>; 16] {
        let (middle, lat, lon) = self.circle();
        [
            self.codes.as_str().into(),
            Value::Int(self.wanted.ended.map_or(0, |ended| if ended { 2 } else { 1 })),
            self.wanted.from.unwrap_or(Time(0)).into(),
            self.wanted.to.unwrap_or(Time(i64::MAX)).into(),
            self.wanted.photo.into(),
            self.area.as_str().into(),
            self.bounds.min.lat.into(),
            self.bounds.max.lat.into(),
            self.bounds.min.lon.into(),
            self.bounds.max.lon.into(),
            self.wanted.around.is_some().into(),
            middle.lat.into(),
            middle.lon.into(),
            lat.into(),
            lon.into(),
            self.code.as_deref().into(),
        ]
    }

    /// The middle of the circle and how much of its radius a micro-degree is, northwards and eastwards.
    fn circle(&self) -> (Point, f64, f64) {
        let Some((middle, metres)) = self.wanted.around else { return (Point { lat: 0, lon: 0 }, 0.0, 0.0) };
        let lat = 0.111_195 / f64::from(metres);
        (middle, lat, lat * middle.lat_degrees().to_radians().cos())
    }
}

/// What a map of this box shows, with at most about `cells` clusters.
pub(crate) fn layer(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    bounds: &Bounds,
    cells: u32,
) -> Result<Layer> {
    if wanted.number.is_some() || !wanted.words.is_empty() {
        let order = list::Order::Newest;
        let limit = list::CANDIDATES;
        let boxed = Wanted { bounds: wanted.bounds.or(Some(*bounds)), ..wanted.clone() };
        let reports = list::page(tx, &boxed, known, order, None, limit)?.reports;
        let reports = reports.into_iter().filter(|report| report.place.is_some_and(|at| bounds.contains(at)));
        let reports: Vec<_> = reports.collect();
        return Ok(if reports.len() <= POINTS {
            Layer::Points(reports)
        } else {
            let spots = reports.iter().filter_map(|report| Some((report.place?, report.closed.is_none())));
            Layer::Clusters(gather(spots, bits(bounds, cells)))
        });
    }
    let mut clusters = clusters(tx, wanted, known, bounds, cells)?;
    let count: i64 = clusters.iter().map(|cluster| cluster.count).sum();
    if count > i64::try_from(POINTS).unwrap_or(i64::MAX) {
        clusters.retain(|cluster| cluster.count > 0);
        return Ok(Layer::Clusters(clusters));
    }
    points(tx, wanted, known, bounds).map(Layer::Points)
}

/// The reports themselves, as they are now: those of the copy, and those that changed since it was made.
pub(super) fn points(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    bounds: &Bounds,
) -> Result<Vec<Report>> {
    let limit = i64::try_from(POINTS).unwrap_or(i64::MAX);
    let test = Test::new(wanted, known, bounds);
    let mut ids = Vec::new();
    for (first, last) in covering(bounds) {
        let params = [test.params().as_slice(), params![first, last, limit]].concat();
        ids.extend(tx.all(&POINTS_IN, &params, |row| row.get::<CaseId>(0))?);
    }
    let at = figures::walk(tx, "figures")?.map_or((Time(0), None), |walk| walk.at);
    let filter = Filter { bounds: Some(*bounds), ..Filter::default() };
    let fresh = find::changed(tx, &filter, (at.0, at.1.as_ref()), Time(i64::MAX), limit)?;
    ids.retain(|id| !fresh.iter().any(|report| report.case_id == *id));
    let mut reports = fresh;
    for id in ids {
        reports.extend(find::by_id(tx, id)?.filter(Report::is_public));
    }
    reports.retain(|report| report.place.is_some_and(|place| bounds.contains(place)));
    reports.retain(|report| wanted.holds(report, known, false));
    Ok(reports)
}

/// The reports of a box counted by cells; about as many as were asked for when the box is full.
pub(crate) fn clusters(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    known: &Known<'_>,
    bounds: &Bounds,
    cells: u32,
) -> Result<Vec<Cluster>> {
    let bits = bits(bounds, cells);
    let test = Test::new(wanted, known, bounds);
    let mut found = BTreeMap::<i64, Cluster>::new();
    for (first, last) in covering(bounds) {
        let mut from = first;
        while let Some(number) = tx.get::<Option<i64>>(&NEXT, params![from, last])?.flatten() {
            let cell = number >> bits << bits;
            let end = (cell | ((1 << bits) - 1)).min(last);
            let params = [test.params().as_slice(), params![number, end]].concat();
            let cluster = tx.one(&CLUSTER, &params, |row| Cluster::read(cell, row))?;
            if let Some(cluster) = cluster.filter(|cluster| cluster.count > 0) {
                found.entry(cell).or_insert_with(|| Cluster::empty(cell)).add(&cluster);
            }
            from = end + 1;
        }
    }
    Ok(found.into_values().collect())
}

/// The same for places in memory, each with whether something is still to be done there.
pub(super) fn gather(spots: impl Iterator<Item = (Point, bool)>, bits: u32) -> Vec<Cluster> {
    let mut found = BTreeMap::<i64, Cluster>::new();
    for (place, open) in spots {
        let key = cell(place) >> bits << bits;
        let (lat, lon) = (place.lat.into(), place.lon.into());
        let one = Cluster { cell: key, count: 1, open: open.into(), lat, lon };
        found.entry(key).or_insert_with(|| Cluster::empty(key)).add(&one);
    }
    found.into_values().collect()
}

/// How many bits of a cell's number a cluster leaves open, so that about `cells` of them fill the box. An odd number:
/// such blocks are twice as many degrees wide as high, which is nearly square on a map of Germany.
pub(crate) fn bits(bounds: &Bounds, cells: u32) -> u32 {
    let wide = i64::from(bounds.max.lon) - i64::from(bounds.min.lon);
    let high = i64::from(bounds.max.lat) - i64::from(bounds.min.lat);
    let fits = |bits: &u32| {
        let (x, y) = (1_i64 << (bits / 2 + 1), 1_i64 << (bits / 2));
        (wide / x + 1) * (high / y + 1) <= i64::from(cells)
    };
    (1..60).step_by(2).find(fits).unwrap_or(59)
}

/// The box of a cluster.
pub(crate) fn square(cluster: &Cluster, bits: u32) -> Bounds {
    block(cluster.cell, bits)
}

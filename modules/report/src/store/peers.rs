//! Reports of other members, by feed, by place, by time, by words; and the little of our own that is told to them.

use ::store::search::{self, Doc};
use ::store::{Error, Row, Tx, Value, params, statements};
use base::{CaseId, Result, Time};
use place::{Bounds, Point, cell, covering};

use super::map::{Cluster, POINTS};
use crate::model::{Regional, Sought};

/// What the search calls the reports of others.
const MODULE: &str = "region";
const AUDIENCE: &str = "region";

macro_rules! reports {
    ($tail:literal) => {
        concat!(
            "select peer, case_id, number, code, name, grouping, state, lat, lon, address, text, opened, updated,
                    closed, url, media from report_peer ",
            $tail
        )
    };
}

/// The tests of a [`Sought`]; ?1 to ?3 belong to them.
macro_rules! sought {
    ($tail:literal) => {
        concat!(
            "where peer = coalesce(cast(?1 as text), peer) and code = coalesce(cast(?2 as text), code)
             and (?3 = 0 or (?3 = 1 and closed is null) or (?3 = 2 and closed is not null)) ",
            $tail
        )
    };
}

statements! {
    NAMES = "report.category_names": "select grouping, name from report_category where code = ?1";
    LAST_TOLD = "report.last_told": "select max(at) from case_event where case_id = ?1 and public = 1";
    PUT = "report.put_peer":
        "insert into report_peer (peer, case_id, seq, number, code, name, grouping, state, lat, lon, cell, address, text,
                                  opened, updated, closed, hours, url, media)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
         on conflict (peer, case_id) do update set seq = excluded.seq, number = excluded.number,
         code = excluded.code, name = excluded.name, grouping = excluded.grouping, state = excluded.state,
         lat = excluded.lat, lon = excluded.lon, cell = excluded.cell, address = excluded.address,
         text = excluded.text, opened = excluded.opened, updated = excluded.updated, closed = excluded.closed,
         hours = excluded.hours, url = excluded.url, media = excluded.media";
    PUT_CATEGORY = "report.put_peer_category":
        "insert into report_peer_category (peer, code, name, grouping) values (?1, ?2, ?3, ?4)
         on conflict (peer, code) do update set name = excluded.name, grouping = excluded.grouping
         where report_peer_category.name <> excluded.name or report_peer_category.grouping <> excluded.grouping";
    CATEGORIES = "report.peer_categories":
        "select code, min(name), min(grouping) from report_peer_category group by code order by min(name), code";
    DROP_AT = "report.drop_peer_at": "delete from report_peer where peer = ?1 and seq = ?2 returning case_id";
    DROP_CASE = "report.drop_peer_case":
        "delete from report_peer where peer = ?1 and case_id = ?2 returning case_id";
    FORGET = "report.forget_peer": "delete from report_peer where peer = ?1 returning case_id";
    FORGET_CATEGORIES = "report.forget_peer_categories": "delete from report_peer_category where peer = ?1";
    ONE = "report.peer_one": reports!("where peer = ?1 and case_id = ?2");
    NEWEST = "report.peer_newest":
        concat!(reports!(""), sought!("and (opened, case_id) < (?4, ?5) order by opened desc, case_id desc limit ?6"));
    NEWEST_OPEN = "report.peer_newest_open":
        concat!(reports!(""), sought!("and (opened, case_id) < (?4, ?5) and closed is null
                                       order by opened desc, case_id desc limit ?6"));
    NEWEST_OF = "report.peer_newest_of":
        concat!(reports!(""), sought!("and code = ?2 and (opened, case_id) < (?4, ?5)
                                       order by opened desc, case_id desc limit ?6"));
    WITHIN = "report.peer_within":
        concat!(reports!(""), sought!("and cell between ?4 and ?5 and lat between ?6 and ?7 and lon between ?8 and ?9
                                       order by cell limit ?10"));
    NEXT = "report.peer_next_cell": "select min(cell) from report_peer where cell >= ?1 and cell <= ?2";
    CLUSTER = "report.peer_cluster":
        concat!("select count(*), coalesce(sum(case when closed is null then 1 else 0 end), 0),
                        cast(coalesce(sum(lat), 0) as bigint), cast(coalesce(sum(lon), 0) as bigint)
                 from report_peer ",
                sought!("and cell between ?4 and ?5 and lat between ?6 and ?7 and lon between ?8 and ?9"));
    OPEN = "report.peer_open": "select peer, count(*) from report_peer where closed is null group by peer";
    HOURS = "report.peer_hours":
        "select peer, hours, count(*) from report_peer where closed >= ?1 group by peer, hours order by peer, hours";
}

/// Group and name of one of our own categories.
pub(crate) fn names(tx: &mut Tx<'_>, code: &str) -> Result<(String, String)> {
    Ok(tx.one(&NAMES, params![code], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
}

/// When something everybody may know last happened to one of our own reports.
pub(crate) fn last_told(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Time>> {
    Ok(tx.get::<Option<Time>>(&LAST_TOLD, params![&id])?.flatten())
}

/// Keeps a report of another member as the entry at this place tells of it.
pub(crate) fn put(tx: &mut Tx<'_>, report: &Regional, seq: u64) -> Result<()> {
    let (lat, lon) = (report.place.map(|place| place.lat), report.place.map(|place| place.lon));
    let hours = report.closed.map(|closed| (closed.seconds() - report.opened.seconds()).max(0) / 3600);
    let row = params![
        &report.peer,
        &report.case_id,
        signed(seq),
        &report.number,
        &report.code,
        &report.name,
        &report.group,
        report.state.name(),
        lat,
        lon,
        report.place.map(cell),
        &report.address,
        &report.text,
        report.opened,
        report.updated,
        report.closed,
        hours,
        &report.url,
        report.media.as_deref()
    ];
    tx.exec(&PUT, row)?;
    tx.exec(&PUT_CATEGORY, params![&report.peer, &report.code, &report.name, &report.group])?;
    let (key, title) = (key(&report.peer, report.case_id), report.title());
    let text = format!("{} {} {}", report.number, report.text, report.address);
    let (title, url, at) = (title.as_str(), report.url.as_str(), report.opened);
    let doc = Doc { module: MODULE, key: &key, audience: AUDIENCE, title, url, text: &text, at };
    Ok(search::replace(tx, MODULE, &key, &[doc])?)
}

fn key(peer: &str, id: CaseId) -> String {
    format!("{peer} {id}")
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Forgets what the entry at this place told: it was erased.
pub(crate) fn drop_at(tx: &mut Tx<'_>, peer: &str, seq: u64) -> Result<()> {
    let gone = tx.all(&DROP_AT, params![peer, signed(seq)], |row| row.get(0))?;
    unfind(tx, peer, &gone)
}

/// Forgets a report.
pub(crate) fn drop_case(tx: &mut Tx<'_>, peer: &str, id: CaseId) -> Result<()> {
    let gone = tx.all(&DROP_CASE, params![peer, &id], |row| row.get(0))?;
    unfind(tx, peer, &gone)
}

/// Forgets every report of a member.
pub(crate) fn forget(tx: &mut Tx<'_>, peer: &str) -> Result<()> {
    let gone = tx.all(&FORGET, params![peer], |row| row.get(0))?;
    tx.exec(&FORGET_CATEGORIES, params![peer])?;
    unfind(tx, peer, &gone)
}

fn unfind(tx: &mut Tx<'_>, peer: &str, gone: &[CaseId]) -> Result<()> {
    gone.iter().try_for_each(|id| Ok(search::remove(tx, MODULE, &key(peer, *id))?))
}

/// Code, name and group of everything others have reports of.
pub(crate) fn categories(tx: &mut Tx<'_>) -> Result<Vec<(String, String, String)>> {
    Ok(tx.all(&CATEGORIES, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

/// The parameters every way of finding begins with.
fn tests(sought: &Sought) -> [Value<'_>; 3] {
    let closed = sought.ended.map_or(0_i64, |ended| if ended { 2 } else { 1 });
    [sought.peer().into(), sought.code.as_deref().into(), Value::Int(closed)]
}

/// Where a list goes on: what was opened before, the newest first.
pub(crate) fn newest(
    tx: &mut Tx<'_>,
    sought: &Sought,
    before: Option<&(Time, CaseId)>,
    limit: i64,
) -> Result<Vec<Regional>> {
    const END: [u8; 16] = [0xff; 16];
    let (time, id) =
        before.map_or((Time(i64::MAX), END.as_slice()), |(time, id)| (*time, id.as_bytes().as_slice()));
    let params = [tests(sought).as_slice(), params![time, id, limit]].concat();
    let sql = match (&sought.code, sought.ended) {
        (Some(_), _) => &NEWEST_OF,
        (None, Some(false)) => &NEWEST_OPEN,
        _ => &NEWEST,
    };
    Ok(tx.all(sql, &params, regional)?)
}

/// Those in a box, in no order.
pub(crate) fn within(
    tx: &mut Tx<'_>,
    sought: &Sought,
    bounds: &Bounds,
    limit: usize,
) -> Result<Vec<Regional>> {
    let mut found = Vec::new();
    for (first, last) in covering(bounds) {
        let room = i64::try_from(limit - found.len()).unwrap_or(i64::MAX);
        let frame =
            params![first, last, bounds.min.lat, bounds.max.lat, bounds.min.lon, bounds.max.lon, room];
        let params = [tests(sought).as_slice(), frame].concat();
        found.extend(tx.all(&WITHIN, &params, regional)?);
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// Those with all the words, the newest first when there are too many.
pub(crate) fn with_words(tx: &mut Tx<'_>, sought: &Sought, limit: i64) -> Result<Vec<Regional>> {
    let mut found = Vec::new();
    for key in search::keys_for(tx, MODULE, AUDIENCE, &sought.words, limit)? {
        let Some((peer, id)) = key.split_once(' ') else { continue };
        let Ok(id) = id.parse::<CaseId>() else { continue };
        found.extend(tx.one(&ONE, params![peer, &id], regional)?);
    }
    found.retain(|report| sought.holds(report));
    Ok(found)
}

/// Those of a box counted by cells of so many bits; see [`super::map::clusters`].
pub(crate) fn clusters(tx: &mut Tx<'_>, sought: &Sought, bounds: &Bounds, bits: u32) -> Result<Vec<Cluster>> {
    let mut found = Vec::new();
    for (first, last) in covering(bounds) {
        let mut from = first;
        while let Some(number) = tx.get::<Option<i64>>(&NEXT, params![from, last])?.flatten() {
            let cell = number >> bits << bits;
            let end = (cell | ((1 << bits) - 1)).min(last);
            let frame = params![number, end, bounds.min.lat, bounds.max.lat, bounds.min.lon, bounds.max.lon];
            let params = [tests(sought).as_slice(), frame].concat();
            found.extend(tx.one(&CLUSTER, &params, |row| Cluster::read(cell, row))?);
            from = end + 1;
        }
    }
    Ok(found)
}

/// Open ones of a kind at most so many metres away, the nearest first.
pub(crate) fn near(tx: &mut Tx<'_>, code: &str, place: Point, metres: f64) -> Result<Vec<(Regional, f64)>> {
    let sought = Sought { code: Some(code.to_owned()), ended: Some(false), ..Sought::default() };
    let found = within(tx, &sought, &place.around(metres), POINTS)?.into_iter();
    let far = |report: &Regional| report.place.map(|at| at.metres_to(place)).filter(|far| *far <= metres);
    let mut near: Vec<_> = found.filter_map(|report| far(&report).map(|far| (report, far))).collect();
    near.sort_by(|a, b| a.1.total_cmp(&b.1));
    Ok(near)
}

/// How many of each member are open.
pub(crate) fn open(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    Ok(tx.all(&OPEN, &[], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// How many hours those of each member took that ended since, with how often each number is there.
pub(crate) fn hours(tx: &mut Tx<'_>, since: Time) -> Result<Vec<(String, i64, i64)>> {
    Ok(tx.all(&HOURS, params![since], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

fn regional(row: &Row<'_>) -> Result<Regional, Error> {
    Ok(Regional {
        peer: row.get(0)?,
        case_id: row.get(1)?,
        number: row.get(2)?,
        code: row.get(3)?,
        name: row.get(4)?,
        group: row.get(5)?,
        state: super::named(row, 6, "a state")?,
        place: super::point(row, 7)?,
        address: row.get(9)?,
        text: row.get(10)?,
        opened: row.get(11)?,
        updated: row.get(12)?,
        closed: row.get(13)?,
        url: row.get(14)?,
        media: row.get(15)?,
    })
}

use ::store::search::{self, Doc};
use ::store::{Error, FileHash, Row, Tx, Value, params, statements};
use base::{CaseId, OfficeId, PersonId, Problem, Result, Time};
use cases::Case;
use place::{Point, cell};
use web::{Figure, Panel};

use crate::demo::CATEGORIES;
use crate::model::{Category, Report, Valid, Whereabouts};

/// Categories one question may name.
pub(crate) const CODES: usize = 8;

/// Which reports are wanted, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Opened at this moment or later.
    pub(crate) from: Time,
    /// Opened at this moment or earlier.
    pub(crate) to: Time,
    /// Of these categories; of all when empty.
    pub(crate) codes: Vec<String>,
    /// `Some(true)` for those that have ended.
    pub(crate) closed: Option<bool>,
    /// Older than this: the last row of the page before.
    pub(crate) before: Option<(Time, CaseId)>,
    /// At most so many.
    pub(crate) limit: i64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { from: Time(0), to: Time(i64::MAX), codes: vec![], closed: None, before: None, limit: 50 }
    }
}

/// A photo that was kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Photo {
    pub(crate) hash: FileHash,
    pub(crate) size: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
}

statements! {
    ADD_CATEGORY = "report.add_category":
        "insert into report_category (code, grouping, name, name_en, description, office_id, place)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (code) do update set office_id = excluded.office_id";
    CATEGORIES_ALL = "report.categories":
        "select code, grouping, name, name_en, description, office_id from report_category order by place, code";
    ADD = "report.add":
        "insert into report
         (case_id, category, text, lat, lon, cell, address, contact_name, contact_email, opened)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    LIST = "report.list":
        "select c.id, c.number, c.title, c.state, o.name, r.category, r.text, r.lat, r.lon, r.address, r.opened,
                c.updated, (select hash from file_use f where f.case_id = c.id and f.public = 1
                            order by f.place limit 1)
         from report r join case_file c on c.id = r.case_id join office o on o.id = c.office_id
         where r.opened >= ?1 and r.opened <= ?2 and (r.opened, r.case_id) < (?3, ?4)
         and (?5 = 0 or (?5 = 1 and c.closed is null) or (?5 = 2 and c.closed is not null))
         and (?6 = 1 or r.category in (?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))
         order by r.opened desc, r.case_id desc limit ?15";
    ONE = "report.one":
        "select c.id, c.number, c.title, c.state, o.name, r.category, r.text, r.lat, r.lon, r.address, r.opened,
                c.updated, (select hash from file_use f where f.case_id = c.id and f.public = 1
                            order by f.place limit 1)
         from report r join case_file c on c.id = r.case_id join office o on o.id = c.office_id
         where c.number = ?1";
    DETAIL = "report.detail":
        "select category, text, lat, lon, address, contact_name, contact_email from report where case_id = ?1";
    ADD_FILE = "report.add_file":
        "insert into file (hash, kind, size, width, height, created) values (?1, 'image/jpeg', ?2, ?3, ?4, ?5)
         on conflict (hash) do nothing";
    USE_FILE = "report.use_file": "insert into file_use (hash, case_id, place, public) values (?1, ?2, ?3, 1)";
    FILES = "report.files":
        "select f.hash, f.width, f.height from file_use u join file f on f.hash = u.hash
         where u.case_id = ?1 order by u.place";
    OPEN_COUNT = "report.open_count": "select count(*) from case_file where module = 'report' and closed is null";
    CLOSED_COUNT = "report.closed_count":
        "select count(*) from case_file where module = 'report' and closed is not null";
    OF_OWNER = "report.of_owner":
        "select r.case_id, r.text, r.address, r.contact_name, r.contact_email
         from report r join case_file c on c.id = r.case_id where c.owner = ?1";
    ERASE = "report.erase":
        "update report set contact_name = null, contact_email = null
         where case_id in (select id from case_file where owner = ?1)";
    ADD_KEY = "report.add_key": "insert into report_api_key (hash, name) values (?1, ?2)";
    FIND_KEY = "report.find_key": "select name from report_api_key where hash = ?1";
}

/// Gives a new member the usual categories, all of them worked on by one office.
///
/// # Errors
/// What the database says.
pub fn set_up(tx: &mut Tx<'_>, office: OfficeId) -> Result<()> {
    set_categories(tx, |_| Some(office))
}

/// Gives a member the usual categories, each worked on by the office of its group.
pub(crate) fn set_categories(tx: &mut Tx<'_>, office: impl Fn(&str) -> Option<OfficeId>) -> Result<()> {
    for (place, category) in (0_i64..).zip(CATEGORIES) {
        let Some(office) = office(category.group) else { continue };
        let params = params![
            category.code,
            category.group,
            category.name,
            category.name_en,
            category.description,
            &office,
            place
        ];
        tx.exec(&ADD_CATEGORY, params)?;
    }
    Ok(())
}

/// Lets a program report; only the key's hash is kept.
///
/// # Errors
/// A conflict when the key is there already.
pub fn add_api_key(tx: &mut Tx<'_>, key: &str, name: &str) -> Result<()> {
    tx.exec(&ADD_KEY, params![&identity::hash(key), name])?;
    Ok(())
}

pub(crate) fn api_key(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    Ok(tx.get(&FIND_KEY, params![&identity::hash(key)])?)
}

pub(crate) fn categories(tx: &mut Tx<'_>) -> Result<Vec<Category>> {
    let rows = tx.all(&CATEGORIES_ALL, &[], |row| {
        Ok(Category {
            code: row.get(0)?,
            group: row.get(1)?,
            name: row.get(2)?,
            name_en: row.get(3)?,
            description: row.get(4)?,
            office: row.get(5)?,
        })
    })?;
    Ok(rows)
}

pub(crate) fn add(tx: &mut Tx<'_>, id: CaseId, report: &Valid, photos: &[Photo], at: Time) -> Result<()> {
    let (place, address) = match &report.whereabouts {
        Whereabouts::Point(point, address) => (Some(*point), address),
        Whereabouts::Address(address) => (None, address),
    };
    let (lat, lon) = (place.map(|place| place.lat), place.map(|place| place.lon));
    let (name, email) = (report.name.as_deref(), report.email.as_deref());
    tx.exec(
        &ADD,
        params![
            &id,
            report.category.code.as_str(),
            report.text.as_str(),
            lat,
            lon,
            place.map(cell),
            address.as_str(),
            name,
            email,
            at
        ],
    )?;
    for (place, photo) in (0_i64..).zip(photos) {
        tx.exec(&ADD_FILE, params![&photo.hash.0, photo.size, photo.width, photo.height, at])?;
        tx.exec(&USE_FILE, params![&photo.hash.0, &id, place])?;
    }
    index(tx, id)
}

pub(crate) fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<Report>> {
    const END: [u8; 16] = [0xff; 16];
    let before = wanted.before.as_ref();
    let (time, id) =
        before.map_or((Time(i64::MAX), END.as_slice()), |(time, id)| (*time, id.as_bytes().as_slice()));
    let closed = wanted.closed.map_or(0_i64, |closed| if closed { 2 } else { 1 });
    let code = |index: usize| wanted.codes.get(index).map(String::as_str);
    let [a, b, c, d, e, f, g, h] = std::array::from_fn::<_, CODES, _>(code);
    let params = params![
        wanted.from,
        wanted.to,
        time,
        id,
        closed,
        wanted.codes.is_empty(),
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        wanted.limit
    ];
    Ok(tx.all(&LIST, params, report)?)
}

pub(crate) fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Option<Report>> {
    Ok(tx.one(&ONE, params![number], report)?)
}

pub(crate) fn photos(tx: &mut Tx<'_>, id: CaseId) -> Result<Vec<(FileHash, i64, i64)>> {
    Ok(tx.all(&FILES, params![&id], |row| Ok((FileHash(row.get(0)?), row.get(1)?, row.get(2)?)))?)
}

fn report(row: &Row<'_>) -> Result<Report, Error> {
    let state = row.get::<String>(3)?.parse().map_err(|_| Error::Column(3, "a state"))?;
    Ok(Report {
        case_id: row.get(0)?,
        number: row.get(1)?,
        title: row.get(2)?,
        state,
        office: row.get(4)?,
        category: row.get(5)?,
        text: row.get(6)?,
        place: point(row, 7)?,
        address: row.get(9)?,
        opened: row.get(10)?,
        updated: row.get(11)?,
        photo: row.get(12)?,
    })
}

fn point(row: &Row<'_>, index: usize) -> Result<Option<Point>, Error> {
    let (lat, lon): (Option<i32>, Option<i32>) = (row.get(index)?, row.get(index + 1)?);
    Ok(lat.zip(lon).map(|(lat, lon)| Point { lat, lon }))
}

struct Detail {
    category: String,
    text: String,
    place: Option<Point>,
    address: String,
    name: Option<String>,
    email: Option<String>,
}

fn detail(tx: &mut Tx<'_>, id: CaseId) -> Result<Detail> {
    let found = tx.one(&DETAIL, params![&id], |row| {
        Ok(Detail {
            category: row.get(0)?,
            text: row.get(1)?,
            place: point(row, 2)?,
            address: row.get(4)?,
            name: row.get(5)?,
            email: row.get(6)?,
        })
    })?;
    found.ok_or_else(|| Problem::not_found("report", "there is no such report"))
}

pub(crate) fn figures(tx: &mut Tx<'_>) -> Result<Vec<Figure>> {
    let open = tx.get(&OPEN_COUNT, &[])?.unwrap_or(0);
    let closed = tx.get(&CLOSED_COUNT, &[])?.unwrap_or(0);
    Ok(vec![Figure { key: "report-open", value: open }, Figure { key: "report-closed", value: closed }])
}

pub(crate) fn panel(tx: &mut Tx<'_>, id: CaseId) -> Result<Panel> {
    let detail = detail(tx, id)?;
    let number = cases::by_id(tx, id)?.map(|case| case.number).unwrap_or_default();
    let mut rows = vec![("report-address", detail.address)];
    rows.extend(detail.place.map(|place| ("report-point", place.to_string())));
    rows.extend(detail.name.map(|name| ("report-name", name)));
    rows.extend(detail.email.map(|email| ("email", email)));
    let category = categories(tx)?.into_iter().find(|category| category.code == detail.category);
    rows.extend(category.map(|category| ("report-category", category.name)));
    let public_url = format!("/anliegen/{number}");
    Ok(Panel { rows, text: detail.text, place: detail.place, pictures: photos(tx, id)?, public_url })
}

/// Makes a report findable: for everybody by what is public, for its office by who sent it.
pub(crate) fn index(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let Some(case) = cases::by_id(tx, id)? else { return Ok(()) };
    let detail = detail(tx, id)?;
    let key = id.to_string();
    search::remove(tx, "report", &key)?;
    let public = format!("{} {} {}", case.number, detail.text, detail.address);
    let contact = [detail.name.unwrap_or_default(), detail.email.unwrap_or_default()].join(" ");
    let put = |tx: &mut Tx<'_>, audience: &str, text: &str, url: &str| {
        let doc =
            Doc { module: "report", key: &key, audience, title: &case.title, url, text, at: case.updated };
        search::put(tx, &doc)
    };
    put(tx, "public", &public, &format!("/anliegen/{}", case.number))?;
    if contact.len() > 1 {
        let url = desk_url(&case);
        put(tx, &format!("office:{}", case.office), &contact, &url)?;
        put(tx, "staff", &contact, &url)?;
    }
    Ok(())
}

fn desk_url(case: &Case) -> String {
    format!("/arbeitsplatz/fall/{}", case.number)
}

pub(crate) fn export(tx: &mut Tx<'_>, owner: PersonId) -> Result<serde_json::Value> {
    let rows = tx.all(&OF_OWNER, params![&owner], |row| {
        let text = |index| row.get::<Option<String>>(index);
        Ok(serde_json::json!({
            "id": row.get::<CaseId>(0)?, "text": text(1)?, "address": text(2)?, "name": text(3)?, "email": text(4)?,
        }))
    })?;
    Ok(rows.into())
}

pub(crate) fn erase(tx: &mut Tx<'_>, owner: PersonId) -> Result<Vec<FileHash>> {
    let ids = tx.all(&OF_OWNER, params![&owner], |row| row.get::<CaseId>(0))?;
    tx.exec(&ERASE, &[Value::from(&owner)])?;
    for id in ids {
        index(tx, id)?;
    }
    Ok(Vec::new())
}

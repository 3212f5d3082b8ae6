use ::store::{FileHash, Tx, params, statements};
use base::{CaseId, Result, Time};
use place::{Point, cell};

use web::pages::KeptPicture;

use crate::model::{Valid, Visibility};

/// A photo that was kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Photo {
    pub(crate) hash: FileHash,
    pub(crate) size: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
}

impl From<&KeptPicture> for Photo {
    fn from(picture: &KeptPicture) -> Self {
        let KeptPicture { hash, size, width, height } = *picture;
        Self { hash, size, width, height }
    }
}

statements! {
    ADD = "report.add":
        "insert into report (case_id, category, visibility, text, lat, lon, cell, address, contact_name,
                             contact_email, client_id, opened)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    ADD_ANSWER = "report.add_answer":
        "insert into report_answer (case_id, question, place, value) values (?1, ?2, ?3, ?4)";
    ADD_FILE = "report.add_file":
        "insert into file (hash, kind, size, width, height, created) values (?1, 'image/jpeg', ?2, ?3, ?4, ?5)
         on conflict (hash) do nothing";
    USE_FILE = "report.use_file":
        "insert into file_use (hash, case_id, place, public)
         values (?1, ?2, (select coalesce(max(place), 0) + 1 from file_use where case_id = ?2), ?3)
         returning place";
    BY_CLIENT_ID = "report.by_client_id":
        "select c.id, c.number from report r join case_file c on c.id = r.case_id where r.client_id = ?1";
}

/// Writes down what a report is beside its case.
pub(crate) fn add(tx: &mut Tx<'_>, id: CaseId, report: &Valid, photos: &[Photo], at: Time) -> Result<()> {
    let place = report.whereabouts.point();
    let (lat, lon) = (place.map(|place: Point| place.lat), place.map(|place| place.lon));
    let (name, email) = (report.name.as_deref(), report.email.as_deref());
    let params = params![
        &id,
        report.category.code.as_str(),
        report.category.visibility.name(),
        report.text.as_str(),
        lat,
        lon,
        place.map(cell),
        report.whereabouts.address(),
        name,
        email,
        report.client_id.as_deref(),
        at
    ];
    tx.exec(&ADD, params)?;
    for (place, (question, value)) in (1_i64..).zip(&report.answers) {
        tx.exec(&ADD_ANSWER, params![&id, question.as_str(), place, value.as_str()])?;
    }
    for photo in photos {
        add_photo(tx, id, photo, report.category.visibility == Visibility::Public, at)?;
    }
    super::index(tx, id)?;
    super::tell(tx, id)
}

/// Adds a photo after those a report has, and gives its place.
pub(crate) fn add_photo(tx: &mut Tx<'_>, id: CaseId, photo: &Photo, public: bool, at: Time) -> Result<i64> {
    know_file(tx, photo, at)?;
    Ok(tx.get(&USE_FILE, params![&photo.hash.0, &id, public])?.unwrap_or(0))
}

/// Makes a kept photo known to the database, so that backups hold it.
pub(super) fn know_file(tx: &mut Tx<'_>, photo: &Photo, at: Time) -> Result<()> {
    tx.exec(&ADD_FILE, params![&photo.hash.0, photo.size, photo.width, photo.height, at])?;
    Ok(())
}

/// The case and number of the report a program sent under this id.
pub(crate) fn by_client_id(tx: &mut Tx<'_>, client_id: &str) -> Result<Option<(CaseId, String)>> {
    Ok(tx.one(&BY_CLIENT_ID, params![client_id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

use ::store::{Error, Tx, params, statements};
use base::{FormId, PersonId, Time};

use crate::area::kept_shape;
use crate::{Area, Atlas, District};

statements! {
    PUT = "area.put":
        "insert into area (ars, name, kind, shape) values (?1, ?2, ?3, ?4)
         on conflict (ars) do update set name = excluded.name, kind = excluded.kind, shape = excluded.shape";
    DROP = "area.drop": "delete from area where ars = ?1";
    LOAD = "area.load": "select ars, name, kind, shape from area order by ars";
    PUT_DISTRICT = "district.put":
        "insert into district (key, ars, name, kind, shape) values (?1, ?2, ?3, ?4, ?5)
         on conflict (key) do update set ars = excluded.ars, name = excluded.name, kind = excluded.kind,
         shape = excluded.shape";
    DROP_DISTRICT = "district.drop": "delete from district where key = ?1";
    LOAD_DISTRICTS = "district.load": "select key, ars, name, kind, shape from district order by key";
    PUT_UPLOAD = "upload.put":
        "insert into upload (id, kind, others, person, at, content) values (?1, ?2, ?3, ?4, ?5, ?6)";
    UPLOAD = "upload.find": "select kind, others, content from upload where id = ?1";
    DROP_UPLOAD = "upload.drop": "delete from upload where id = ?1";
    SWEEP_UPLOADS = "upload.sweep": "delete from upload where at < ?1";
}

/// Keeps areas; one of the same key is replaced.
///
/// # Errors
/// What the database says.
pub fn save(tx: &mut Tx<'_>, areas: &[Area]) -> Result<(), Error> {
    for area in areas {
        let (ars, name, kind) = (area.ars.as_str(), area.name.as_str(), area.kind.as_str());
        tx.exec(&PUT, params![ars, name, kind, area.to_geojson().as_str()])?;
    }
    Ok(())
}

/// Forgets areas.
///
/// # Errors
/// What the database says.
pub fn forget<'a>(tx: &mut Tx<'_>, areas: impl IntoIterator<Item = &'a Area>) -> Result<(), Error> {
    areas.into_iter().try_for_each(|area| tx.exec(&DROP, params![area.ars.as_str()]).map(drop))
}

/// Keeps districts; one of the same key is replaced.
///
/// # Errors
/// What the database says.
pub fn save_districts(tx: &mut Tx<'_>, districts: &[District]) -> Result<(), Error> {
    for each in districts {
        let (key, ars, name, kind) =
            (each.key.as_str(), each.ars.as_str(), each.name.as_str(), each.kind.as_str());
        tx.exec(&PUT_DISTRICT, params![key, ars, name, kind, each.to_geojson().as_str()])?;
    }
    Ok(())
}

/// Forgets districts.
///
/// # Errors
/// What the database says.
pub fn forget_districts<'a>(
    tx: &mut Tx<'_>,
    districts: impl IntoIterator<Item = &'a District>,
) -> Result<(), Error> {
    districts.into_iter().try_for_each(|each| tx.exec(&DROP_DISTRICT, params![each.key.as_str()]).map(drop))
}

/// Everything that was kept.
///
/// # Errors
/// What the database says.
pub fn load(tx: &mut Tx<'_>) -> Result<Atlas, Error> {
    let text = |row: &::store::Row<'_>, index| row.get::<String>(index);
    let mut areas = Vec::new();
    tx.each(&LOAD, &[], |row| {
        let ars = text(row, 0)?.parse().map_err(|_| Error::Column(0, "a region key"))?;
        let shape = kept_shape(&text(row, 3)?).ok_or(Error::Column(3, "a shape"))?;
        areas.extend(Area::new(ars, text(row, 1)?, text(row, 2)?, shape));
        Ok(())
    })?;
    let mut districts = Vec::new();
    tx.each(&LOAD_DISTRICTS, &[], |row| {
        let ars = text(row, 1)?.parse().map_err(|_| Error::Column(1, "a region key"))?;
        let shape = kept_shape(&text(row, 4)?).ok_or(Error::Column(4, "a shape"))?;
        districts.extend(District::new(text(row, 0)?, ars, (text(row, 2)?, text(row, 3)?), shape));
        Ok(())
    })?;
    Ok(Atlas::new(areas, districts))
}

/// A file that was sent and not yet taken over: it is looked at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What it is to be read as: `boundaries`, `districts` or `streets`.
    pub kind: String,
    /// Whether what is not in it falls away.
    pub replace: bool,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// Seconds a file waits to be taken over.
const PATIENCE: i64 = 24 * 3600;

/// Keeps a file until somebody has looked at what it would change. Files nobody came back to go.
///
/// # Errors
/// What the database says.
pub fn keep_upload(
    tx: &mut Tx<'_>,
    id: FormId,
    upload: &Upload,
    (person, now): (PersonId, Time),
) -> Result<(), Error> {
    tx.exec(&SWEEP_UPLOADS, params![now.plus_seconds(-PATIENCE)])?;
    let kind = upload.kind.as_str();
    let others = if upload.replace { "remove" } else { "keep" };
    tx.exec(&PUT_UPLOAD, params![&id, kind, others, &person, now, &upload.content]).map(drop)
}

/// The file with this id, if it is still waiting.
///
/// # Errors
/// What the database says.
pub fn upload(tx: &mut Tx<'_>, id: FormId) -> Result<Option<Upload>, Error> {
    tx.one(&UPLOAD, params![&id], |row| {
        let replace = row.get::<String>(1)? == "remove";
        Ok(Upload { kind: row.get(0)?, replace, content: row.get(2)? })
    })
}

/// Forgets a waiting file.
///
/// # Errors
/// What the database says.
pub fn drop_upload(tx: &mut Tx<'_>, id: FormId) -> Result<(), Error> {
    tx.exec(&DROP_UPLOAD, params![&id]).map(drop)
}

//! Drafts: what people have said on the way to a report, found by the hash of a secret only their browser has.

use ::store::{Error, FileHash, Row, Tx, params, statements};
use base::{PersonId, Problem, Result, Time};

use super::Photo;
use crate::model::Begun;

/// The hash a draft is kept under.
pub(crate) type DraftHash = [u8; 32];

statements! {
    FIND = "report.draft": "select content from report_draft where hash = ?1";
    KEEP = "report.draft.keep":
        "insert into report_draft (hash, person, email, content, updated) values (?1, ?2, ?3, ?4, ?5)
         on conflict (hash) do update set person = excluded.person, email = excluded.email,
         content = excluded.content, updated = excluded.updated";
    DROP = "report.draft.drop": "delete from report_draft where hash = ?1";
    PHOTOS = "report.draft.photos":
        "select place, hash, size, width, height from report_draft_photo where draft = ?1 order by place";
    ADD_PHOTO = "report.draft.add_photo":
        "insert into report_draft_photo (draft, place, hash, size, width, height)
         values (?1, (select coalesce(max(place), 0) + 1 from report_draft_photo where draft = ?1), ?2, ?3, ?4, ?5)";
    DROP_PHOTO = "report.draft.drop_photo":
        "delete from report_draft_photo where draft = ?1 and place = ?2 returning hash";
    DROP_PHOTOS = "report.draft.drop_photos":
        "delete from report_draft_photo where draft = ?1 returning hash";
    OLD = "report.draft.old": "select hash from report_draft where updated <= ?1 limit 100";
    OF_PERSON = "report.draft.of_person": "select hash from report_draft where person = ?1";
    OF_EMAIL = "report.draft.of_email": "select hash from report_draft where email = ?1";
    FREE = "report.free_file":
        "delete from file where hash = ?1 and not exists (select 1 from file_use u where u.hash = ?1)
         and not exists (select 1 from report_draft_photo d where d.hash = ?1)";
}

/// A draft as it is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) begun: Begun,
    /// Its photos, each with its place.
    pub(crate) photos: Vec<(i64, Photo)>,
}

/// The draft kept under a hash.
pub(crate) fn draft(tx: &mut Tx<'_>, hash: &DraftHash) -> Result<Option<Kept>> {
    let Some(content) = tx.get::<String>(&FIND, params![hash])? else { return Ok(None) };
    let begun = serde_json::from_str(&content)
        .map_err(|error| Problem::internal("draft", "a draft cannot be read").because(error))?;
    let photos = tx.all(&PHOTOS, params![hash], |row| Ok((row.get(0)?, photo(row)?)))?;
    Ok(Some(Kept { begun, photos }))
}

/// Keeps a draft; what was kept under the hash is replaced, its photos stay.
pub(crate) fn keep_draft(
    tx: &mut Tx<'_>,
    hash: &DraftHash,
    person: Option<PersonId>,
    begun: &Begun,
    now: Time,
) -> Result<()> {
    let content = serde_json::to_string(begun)
        .map_err(|error| Problem::internal("draft", "a draft cannot be written").because(error))?;
    let email = Some(begun.draft.email.to_lowercase()).filter(|email| !email.is_empty());
    tx.exec(&KEEP, params![hash, person.as_ref(), email.as_deref(), content.as_str(), now])?;
    Ok(())
}

/// Adds a photo to a draft.
pub(crate) fn add_draft_photo(tx: &mut Tx<'_>, hash: &DraftHash, photo: &Photo, at: Time) -> Result<()> {
    super::add::know_file(tx, photo, at)?;
    tx.exec(&ADD_PHOTO, params![hash, &photo.hash.0, photo.size, photo.width, photo.height])?;
    Ok(())
}

/// Takes a photo out of a draft and gives its file when nobody needs it any more.
pub(crate) fn drop_draft_photo(tx: &mut Tx<'_>, hash: &DraftHash, place: i64) -> Result<Vec<FileHash>> {
    let dropped = tx.all(&DROP_PHOTO, params![hash, place], |row| row.get(0).map(FileHash))?;
    free(tx, dropped)
}

/// Removes a draft and gives the files nobody needs any more.
pub(crate) fn drop_draft(tx: &mut Tx<'_>, hash: &DraftHash) -> Result<Vec<FileHash>> {
    let dropped = tx.all(&DROP_PHOTOS, params![hash], |row| row.get(0).map(FileHash))?;
    tx.exec(&DROP, params![hash])?;
    free(tx, dropped)
}

/// Removes drafts nobody has touched since `before`, a hundred at most, and gives the files nobody needs any more;
/// `None` when there was no such draft.
pub(crate) fn drop_old_drafts(tx: &mut Tx<'_>, before: Time) -> Result<Option<Vec<FileHash>>> {
    let old = tx.all(&OLD, params![before], |row| row.get::<DraftHash>(0))?;
    if old.is_empty() { Ok(None) } else { drop_all(tx, &old).map(Some) }
}

/// Removes the drafts of a person, and those that name an e-mail address.
pub(crate) fn drop_drafts_of(
    tx: &mut Tx<'_>,
    person: Option<PersonId>,
    email: Option<&str>,
) -> Result<Vec<FileHash>> {
    let mut drafts = Vec::new();
    if let Some(person) = person {
        drafts.extend(tx.all(&OF_PERSON, params![&person], |row| row.get::<DraftHash>(0))?);
    }
    if let Some(email) = email {
        drafts.extend(tx.all(&OF_EMAIL, params![email], |row| row.get::<DraftHash>(0))?);
    }
    drop_all(tx, &drafts)
}

fn drop_all(tx: &mut Tx<'_>, drafts: &[DraftHash]) -> Result<Vec<FileHash>> {
    let mut files = Vec::new();
    for hash in drafts {
        files.extend(drop_draft(tx, hash)?);
    }
    Ok(files)
}

/// Strikes files from the list of known ones unless something still needs them, and gives those that were struck.
pub(crate) fn free(tx: &mut Tx<'_>, files: Vec<FileHash>) -> Result<Vec<FileHash>> {
    let mut freed = Vec::new();
    for file in files {
        if tx.exec(&FREE, params![&file.0])? > 0 {
            freed.push(file);
        }
    }
    Ok(freed)
}

fn photo(row: &Row<'_>) -> Result<Photo, Error> {
    Ok(Photo { hash: FileHash(row.get(1)?), size: row.get(2)?, width: row.get(3)?, height: row.get(4)? })
}

use std::sync::Arc;

use access::{Action, Ask};
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{CaseId, Problem, Result, Time};
use bytes::Bytes;
use store::{FileHash, Sql, Tx, params, reencode};

use crate::context::Ctx;
use crate::failure::Handled;
use crate::member::Member;

store::statements! {
    FIND = "file.find": "select kind from file where hash = ?1";
    USES = "file.uses": "select case_id, public from file_use where hash = ?1";
    ADD = "file.add":
        "insert into file (hash, kind, size, width, height, created) values (?1, 'image/jpeg', ?2, ?3, ?4, ?5)
         on conflict (hash) do nothing";
    USE = "file.use":
        "insert into file_use (hash, case_id, place, public)
         values (?1, ?2, (select coalesce(max(place), 0) + 1 from file_use where case_id = ?2), 0)
         returning place";
}

/// The statements of this file.
pub(super) const STATEMENTS: &[Sql] = ALL;

/// A file, to whoever may see one of the cases it belongs to.
pub(crate) async fn show(ctx: Ctx, Path(hash): Path<FileHashText>) -> Handled {
    let hash: FileHash = hash.parse()?;
    let found = ctx.member().db.read("file.find", move |tx| {
        let kind = tx.get::<String>(&FIND, params![&hash.0])?;
        let uses = tx.all(&USES, params![&hash.0], |row| Ok((row.get::<CaseId>(0)?, row.get::<bool>(1)?)))?;
        let mut cases = Vec::new();
        for (id, _) in uses.iter().filter(|(_, public)| !public) {
            cases.extend(cases::by_id(tx, *id)?);
        }
        Ok((kind, uses.iter().any(|(_, public)| *public), cases))
    });
    let nothing = || Problem::not_found("file", "no such file");
    let (kind, public, cases) = found.await?;
    let kind = kind.ok_or_else(nothing)?;
    let mine = |case: &cases::Case| {
        let ask = Ask { action: Action::ReadCase, module: Some(&case.module), office: Some(case.office) };
        case.owner.is_some() && case.owner == ctx.who().person() || ctx.permit(&ask).is_ok()
    };
    if !public && !cases.iter().any(mine) {
        return Err(nothing().into());
    }
    let cache = if public { "public, max-age=86400" } else { "private, no-store" };
    let body = Body::from_stream(ctx.member().files.get(hash).await?);
    let headers = [(CONTENT_TYPE, kind.as_str()), (CACHE_CONTROL, cache), (CONTENT_DISPOSITION, "inline")];
    Ok((headers, body).into_response())
}

/// A picture that was kept; nothing refers to it yet.
#[derive(Clone, Copy, Debug)]
pub struct KeptPicture {
    /// Its name in the store.
    pub hash: FileHash,
    /// Its bytes.
    pub size: i64,
    /// Its width in pixels.
    pub width: i64,
    /// Its height in pixels.
    pub height: i64,
}

/// Makes a picture anew from its pixels and keeps it.
///
/// # Errors
/// A fault in `field` when it is no picture, or one that is too large.
pub async fn keep_picture(
    member: &Arc<Member>,
    content: Bytes,
    edge: u32,
    field: &'static str,
) -> Result<KeptPicture> {
    let task = tokio::task::spawn_blocking(move || reencode(&content, edge, field));
    let picture =
        task.await.map_err(|error| Problem::internal("panic", "a photo failed").because(error))??;
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let kept = member.files.put(picture.jpeg.into()).await?;
    Ok(KeptPicture { hash: kept.hash, size: i64::try_from(kept.size).unwrap_or(0), width, height })
}

/// Adds a picture to those of a case, for the office alone, and gives its place among them.
pub(super) fn attach(tx: &mut Tx<'_>, case: CaseId, picture: &KeptPicture, at: Time) -> Result<i64> {
    let KeptPicture { hash, size, width, height } = picture;
    tx.exec(&ADD, params![&hash.0, *size, *width, *height, at])?;
    Ok(tx.get(&USE, params![&hash.0, &case])?.unwrap_or(0))
}

type FileHashText = String;

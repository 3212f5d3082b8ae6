use access::{Action, Ask};
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{CaseId, Problem};
use store::{FileHash, Sql, params};

use crate::context::Ctx;
use crate::failure::Handled;

store::statements! {
    FIND = "file.find": "select kind from file where hash = ?1";
    USES = "file.uses": "select case_id, public from file_use where hash = ?1";
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

type FileHashText = String;

use askama::Template;
use axum::body::Body;
use axum::extract::{Multipart, Path};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Fault, Kind, Problem, Result};
use bytes::Bytes;
use web::{Ctx, Form, Handled, Page, html, read_part};

use super::{Own, change, go, own, page};
use crate::file;
use crate::model::{PHOTOS, Station};
use crate::store::{self as db, Photo};

/// Bytes of a photo as it is sent, at most.
pub(crate) const PHOTO_LIMIT: usize = 12 << 20;

/// Bytes of the form's other fields, at most.
const FIELD_LIMIT: usize = 4 << 10;

#[derive(Template)]
#[template(path = "report_photos.html")]
struct View {
    page: Page,
    photos: Vec<(i64, Photo)>,
    /// Whether one more is taken.
    room: bool,
}

pub(super) async fn show(ctx: Ctx, headers: HeaderMap) -> Handled {
    view(&ctx, own(&ctx, &headers).await?, vec![])
}

fn view(ctx: &Ctx, own: Own, faults: Vec<Fault>) -> Handled {
    let room = own.kept.photos.len() < PHOTOS;
    let page = page(ctx, "report-photos-title", faults).with_island("redact.js");
    html(&View { page, photos: own.kept.photos, room })
}

/// Takes photos one by one. A bad one is named, the good ones beside it are kept.
pub(super) async fn send(ctx: Ctx, headers: HeaderMap, mut multipart: Multipart) -> Handled {
    let own = change(&ctx, &headers, |begun| begun.photos_asked = true).await?;
    let (mut count, mut faults) = (own.kept.photos.len(), Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        if field.file_name().is_none() {
            read_part(field, FIELD_LIMIT).await?;
            continue;
        }
        let content = match read_part(field, PHOTO_LIMIT).await {
            Err(problem) if problem.kind == Kind::TooLarge => {
                faults.push(Fault::new("media", "picture-too-large"));
                continue;
            }
            content => content?,
        };
        // A browser sends an empty part for a file nobody chose.
        if content.is_empty() {
            continue;
        }
        if count == PHOTOS {
            faults.push(Fault::new("media", "report-photos-many"));
            break;
        }
        match add(&ctx, &own, content).await {
            Ok(()) => count += 1,
            Err(problem) if !problem.faults.is_empty() => faults.extend(problem.faults),
            Err(problem) => return Err(problem.into()),
        }
    }
    if faults.is_empty() {
        return Ok(go(&ctx, &own, own.begun().next().path()));
    }
    faults.dedup();
    let hash = own.hash().unwrap_or_default();
    let kept = ctx.member().db.read("report.draft", move |tx| db::draft(tx, &hash)).await?;
    let secret = own.secret.clone();
    let shown = view(&ctx, Own { secret: own.secret, kept: kept.unwrap_or_default() }, faults)?;
    Ok(super::with_cookie(&ctx, secret.as_deref(), shown))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Problem::input("body", "the body cannot be read").because(error)
}

async fn add(ctx: &Ctx, own: &Own, content: Bytes) -> Result<()> {
    let photo = file::keep_photo(ctx.member(), content).await?;
    let (hash, now) = (own.hash().unwrap_or_default(), ctx.member().clock.now());
    ctx.member().db.write("report.draft.photo", move |tx| db::add_draft_photo(tx, &hash, &photo, now)).await
}

/// Takes a photo out again.
pub(super) async fn remove(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let own = own(&ctx, &headers).await?;
    if let (Some(hash), Ok(place)) = (own.hash(), form.get("platz").parse::<i64>()) {
        let drop = move |tx: &mut store::Tx<'_>| db::drop_draft_photo(tx, &hash, place);
        for file in ctx.member().db.write("report.draft.photo", drop).await? {
            ctx.member().files.delete(file).await?;
        }
    }
    Ok(go(&ctx, &own, Station::Photos.path()))
}

/// A photo of the draft, to whoever has the draft.
pub(super) async fn picture(ctx: Ctx, headers: HeaderMap, Path(place): Path<i64>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let found = own.kept.photos.iter().find(|(own, _)| *own == place);
    let (_, photo) = found.ok_or_else(|| Problem::not_found("file", "no such file"))?;
    let body = Body::from_stream(ctx.member().files.get(photo.hash).await?);
    Ok(([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, no-store")], body).into_response())
}

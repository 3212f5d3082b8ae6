use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, Problem, Result};
use bytes::Bytes;
use cases::{Change, EventKind};
use store::{FileHash, blacken};
use web::desk::{Deed, carry_out};
use web::{Ctx, Form, Handled, Page, html, see_other};

use super::steps::case_for;
use super::{back, crumbs, here, look_at, report_of};
use crate::store::{self as db, Photo};

/// Boxes on one photo, at most.
const BOXES: usize = 50;

#[derive(Template)]
#[template(path = "staff/photo.html")]
struct View {
    page: Page,
    here: String,
    /// Places of the photos, and whether each is the one shown.
    places: Vec<(i64, bool)>,
    place: i64,
    hash: FileHash,
    width: i64,
    height: i64,
    boxes: String,
}

#[derive(Template)]
#[template(path = "staff/photos.html")]
struct ListView {
    page: Page,
    here: String,
    number: String,
    photos: Vec<db::OfficePhoto>,
    is_public: bool,
}

/// Every photo, with what everybody sees of it.
pub(crate) async fn list(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    let (asking, asked) = (ctx.clone(), number.clone());
    let found = ctx.member().db.write("report.photos", move |tx| {
        let case = look_at(&asking, tx, &asked, Action::ModerateCase)?;
        Ok((db::office_photos(tx, case.id)?, report_of(tx, &case)?.is_public()))
    });
    let (photos, is_public) = found.await?;
    let page = ctx.page_titled(ctx.t("report-step-photos"), crumbs(&ctx, &number, &query));
    html(&ListView { page, here: here(&number, "fotos", &query), number, photos, is_public })
}

/// Shows a photo to everybody, or no longer.
pub(crate) async fn choose(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    web::desk::act(&ctx, &number, &form.with("schritt", "fotos")).await?;
    Ok(see_other(&here(&number, "fotos", &query)))
}

pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    page(&ctx, &number, &query, query.get("foto"), String::new(), vec![]).await
}

async fn page(
    ctx: &Ctx,
    number: &str,
    query: &Form,
    place: &str,
    boxes: String,
    faults: Vec<Fault>,
) -> Handled {
    let (asking, asked, wanted) = (ctx.clone(), number.to_owned(), place.parse::<i64>().ok());
    let found = ctx.member().db.write("report.photo", move |tx| {
        let case = look_at(&asking, tx, &asked, Action::ModerateCase)?;
        let places: Vec<_> = db::office_photos(tx, case.id)?.iter().map(|photo| photo.place).collect();
        let place = wanted.or_else(|| places.first().copied()).unwrap_or_default();
        let nothing = || Problem::not_found("photo", "there is no such photo");
        Ok((places, place, db::photo_at(tx, case.id, place)?.ok_or_else(nothing)?))
    });
    let (places, place, (hash, width, height)) = found.await?;
    let page = ctx.page_titled(ctx.t("report-step-redact"), crumbs(ctx, number, query));
    let page = page.with_island("boxes.js").with_faults(faults);
    let places = places.into_iter().map(|each| (each, each == place)).collect();
    let here = format!("/arbeitsplatz/fall/{number}/schwaerzen");
    html(&View { page, here, places, place, hash, width, height, boxes })
}

/// Blacks parts of a photo out. The file is replaced by one without them, and the old one is deleted for good unless
/// another report shows the same picture.
pub(crate) async fn send(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    let boxes = match boxes(form.get("boxes")) {
        Ok(boxes) => boxes,
        Err(code) => {
            let faults = vec![Fault::new("boxes", code)];
            return page(&ctx, &number, &query, form.get("foto"), form.get("boxes").to_owned(), faults).await;
        }
    };
    let place: i64 =
        form.get("foto").parse().map_err(|_| Problem::not_found("photo", "there is no such photo"))?;
    let old = find(&ctx, &number, place).await?;
    let content = ctx.member().files.bytes(old).await?;
    let new = keep(&ctx, content, boxes).await?;
    let acting = ctx.clone();
    let sent = number.clone();
    let unused = ctx.member().db.write("report.redact", move |tx| {
        let form_id = form.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(false);
        }
        let (case, permit) = case_for(&acting, tx, &sent, Action::ModerateCase)?;
        let now = acting.member().clock.now();
        let unused = db::swap_photo(tx, (case.id, place), old, &new, now)?;
        let change = Change::of(&case).line(EventKind::Changed, "photo");
        let deed = Deed { what: "schwaerzen", change: &change, undo: Some((form_id, "")) };
        carry_out(&acting, tx, &permit, &case, &deed)?;
        identity::remember_form(tx, form_id, "", now)?;
        Ok(unused)
    });
    if unused.await? {
        ctx.member().files.delete(old).await?;
    }
    Ok(see_other(&back(&number, &query)))
}

async fn find(ctx: &Ctx, number: &str, place: i64) -> Result<FileHash> {
    let (asking, number) = (ctx.clone(), number.to_owned());
    let found = ctx.member().db.read("report.photo_at", move |tx| {
        let (case, _) = case_for(&asking, tx, &number, Action::ModerateCase)?;
        let nothing = || Problem::not_found("photo", "there is no such photo");
        Ok(db::photo_at(tx, case.id, place)?.ok_or_else(nothing)?.0)
    });
    found.await
}

async fn keep(ctx: &Ctx, content: Bytes, boxes: Vec<[u32; 4]>) -> Result<Photo> {
    let task = tokio::task::spawn_blocking(move || blacken(&content, &boxes, "boxes"));
    let picture =
        task.await.map_err(|error| Problem::internal("panic", "a photo failed").because(error))??;
    let (width, height) = (i64::from(picture.width), i64::from(picture.height));
    let kept = ctx.member().files.put(picture.jpeg.into()).await?;
    Ok(Photo { hash: kept.hash, size: i64::try_from(kept.size).unwrap_or(0), width, height })
}

/// One box a line: left, top, width and height in pixels of the photo.
fn boxes(text: &str) -> Result<Vec<[u32; 4]>, &'static str> {
    let read = |line: &str| {
        let numbers: Vec<u32> = line
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| "report-boxes-wrong")?;
        <[u32; 4]>::try_from(numbers).map_err(|_| "report-boxes-wrong")
    };
    let boxes: Vec<_> =
        text.lines().filter(|line| !line.trim().is_empty()).map(read).collect::<Result<_, _>>()?;
    match boxes.len() {
        0 => Err("picture-boxes-none"),
        count if count > BOXES => Err("report-boxes-many"),
        _ => Ok(boxes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_four_numbers_a_line() {
        assert_eq!(boxes("1 2 3 4\n\n 5,6; 7 8 "), Ok(vec![[1, 2, 3, 4], [5, 6, 7, 8]]));
        assert_eq!(boxes(" \n"), Err("picture-boxes-none"));
        for wrong in ["1 2 3", "1 2 3 -4", "a b c d", "1 2 3 4 5"] {
            assert_eq!(boxes(wrong), Err("report-boxes-wrong"));
        }
    }
}

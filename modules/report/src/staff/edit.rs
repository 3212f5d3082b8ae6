use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, Problem, Time};
use web::pages::MapView;
use web::{Ctx, Form, Handled, Page, html, see_other};

use super::{back, crumbs, here, look_at, report_of};
use crate::model::Report;
use crate::store as db;

#[derive(Template)]
#[template(path = "staff/category.html")]
struct CategoryView {
    page: Page,
    here: String,
    categories: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "staff/place.html")]
struct PlaceView {
    page: Page,
    here: String,
    map: MapView,
    lat: String,
    long: String,
    address: String,
}

#[derive(Template)]
#[template(path = "staff/text.html")]
struct TextView {
    page: Page,
    here: String,
    text: String,
    earlier: Vec<(Time, String)>,
}

/// What is shown of a report before it is put right; looking at it stands in the audit.
async fn report(ctx: &Ctx, number: &str, action: Action) -> base::Result<(Report, Vec<(Time, String)>)> {
    let (asking, number) = (ctx.clone(), number.to_owned());
    let found = ctx.member().db.write("report.edit", move |tx| {
        let case = look_at(&asking, tx, &number, action)?;
        Ok((report_of(tx, &case)?, db::earlier_texts(tx, case.id)?))
    });
    found.await
}

/// Takes the step; what is wrong with the form comes back as faults.
async fn step(ctx: &Ctx, number: &str, name: &str, form: &Form) -> base::Result<Vec<Fault>> {
    match web::desk::act(ctx, number, &form.with("schritt", name)).await {
        Err(Problem { faults, .. }) if !faults.is_empty() => Ok(faults),
        other => other.map(|()| Vec::new()),
    }
}

pub(crate) async fn category(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    category_page(&ctx, &number, &query, vec![]).await
}

async fn category_page(ctx: &Ctx, number: &str, query: &Form, faults: Vec<Fault>) -> Handled {
    let (report, _) = report(ctx, number, Action::WorkOnCase).await?;
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let categories = categories.into_iter().filter(|category| category.active).map(|category| {
        let is_chosen = category.code == report.category;
        (category.code, format!("{}: {}", category.group, category.name), is_chosen)
    });
    let page = ctx.page_titled(ctx.t("report-step-category"), crumbs(ctx, number, query)).with_faults(faults);
    html(&CategoryView { page, here: here(number, "kategorie", query), categories: categories.collect() })
}

pub(crate) async fn send_category(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    let faults = step(&ctx, &number, "kategorie", &form).await?;
    // With another office the case may be out of sight for whoever gave it away.
    match faults.is_empty() {
        true => Ok(see_other(&back(&number, &query))),
        false => category_page(&ctx, &number, &query, faults).await,
    }
}

pub(crate) async fn place(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    place_page(&ctx, &number, &query, None, vec![]).await
}

async fn place_page(
    ctx: &Ctx,
    number: &str,
    query: &Form,
    sent: Option<&Form>,
    faults: Vec<Fault>,
) -> Handled {
    let (report, _) = report(ctx, number, Action::WorkOnCase).await?;
    let pins: Vec<_> = crate::pages::pin(&report).into_iter().collect();
    let map = MapView::new(ctx.member(), 480.0, &pins);
    let degrees = |pick: fn(place::Point) -> f64| report.place.map(|place| pick(place).to_string());
    let value = |name: &str, now: String| sent.map_or(now, |form| form.get(name).to_owned());
    let page = ctx.page_titled(ctx.t("report-step-place"), crumbs(ctx, number, query));
    html(&PlaceView {
        page: page.with_map().with_faults(faults),
        here: here(number, "ort", query),
        map,
        lat: value("lat", degrees(place::Point::lat_degrees).unwrap_or_default()),
        long: value("long", degrees(place::Point::lon_degrees).unwrap_or_default()),
        address: value("address", report.address.clone()),
    })
}

pub(crate) async fn send_place(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    let faults = step(&ctx, &number, "ort", &form).await?;
    match faults.is_empty() {
        true => Ok(see_other(&back(&number, &query))),
        false => place_page(&ctx, &number, &query, Some(&form), faults).await,
    }
}

pub(crate) async fn text(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    text_page(&ctx, &number, &query, None, vec![]).await
}

async fn text_page(
    ctx: &Ctx,
    number: &str,
    query: &Form,
    sent: Option<&Form>,
    faults: Vec<Fault>,
) -> Handled {
    let (report, earlier) = report(ctx, number, Action::ModerateCase).await?;
    let page = ctx.page_titled(ctx.t("report-step-text"), crumbs(ctx, number, query)).with_faults(faults);
    let text = sent.map_or(report.text, |form| form.get("description").to_owned());
    html(&TextView { page, here: here(number, "text", query), text, earlier })
}

pub(crate) async fn send_text(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    let faults = step(&ctx, &number, "text", &form).await?;
    match faults.is_empty() {
        true => Ok(see_other(&back(&number, &query))),
        false => text_page(&ctx, &number, &query, Some(&form), faults).await,
    }
}

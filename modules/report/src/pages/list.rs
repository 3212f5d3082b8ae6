use askama::Template;
use axum::extract::Query;
use store::FileHash;
use web::pages::{MapView, Pin};
use web::{Ctx, Form, Handled, Page, Paging, html, parse_cursor};

use crate::model::Report;
use crate::store::{self as db, Filter};

/// Reports on one page.
const ROWS: usize = 30;
/// Dots on the map.
const DOTS: i64 = 400;

#[derive(Template)]
#[template(path = "report_list.html")]
struct View {
    page: Page,
    reports: Vec<Row>,
    categories: Vec<(String, String, bool)>,
    states: Vec<(&'static str, String, bool)>,
    map: MapView,
    paging: Paging,
}

struct Row {
    report: Report,
    photo: Option<String>,
}

/// The reports, newest first, beside a map.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let before = form.find("vor").map(parse_cursor).transpose()?;
    let code = form.find("kategorie").map(str::to_owned);
    let closed = match form.get("status") {
        "offen" => Some(false),
        "beendet" => Some(true),
        _ => None,
    };
    let limit = i64::try_from(ROWS + 1).unwrap_or(i64::MAX);
    let codes: Vec<String> = code.iter().cloned().collect();
    let filter = Filter { codes, closed, ..Filter::default() };
    let found = ctx.member().db.read("report.page", move |tx| {
        let dots = db::newest(tx, &filter, None, DOTS)?;
        Ok((db::newest(tx, &filter, before.as_ref(), limit)?, dots, db::categories(tx)?))
    });
    let (mut reports, dots, categories) = found.await?;
    let more = reports.len() > ROWS;
    reports.truncate(ROWS);
    let address = |before: Option<&Report>| {
        let mut query = vec![("status", form.get("status").to_owned())];
        query.extend(code.iter().map(|code| ("kategorie", code.clone())));
        query.extend(before.map(|last| ("vor", format!("{}-{}", last.opened.0, last.case_id))));
        query.retain(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if pairs.is_empty() { "/anliegen".to_owned() } else { format!("/anliegen?{}", pairs.join("&")) }
    };
    let first = form.find("vor").map(|_| address(None));
    let next = reports.last().filter(|_| more).map(|last| address(Some(last)));
    let pins: Vec<Pin> = dots.iter().filter_map(pin).collect();
    let map = MapView::new(ctx.member(), 640.0, &pins);
    let reports = reports.into_iter().map(row).collect();
    let states = ["offen", "beendet"].map(|state| {
        (
            state,
            ctx.t(if state == "offen" { "report-open" } else { "report-closed" }),
            form.get("status") == state,
        )
    });
    let categories = categories.iter().map(|category| {
        (category.code.clone(), category.name(ctx.lang()).to_owned(), code.as_ref() == Some(&category.code))
    });
    let (categories, states) = (categories.collect(), states.to_vec());
    let page = ctx.page_titled(ctx.t("nav-report"), vec![]).with_map();
    html(&View { page, reports, categories, states, map, paging: Paging { first, next } })
}

pub(crate) fn pin(report: &Report) -> Option<Pin> {
    Some(Pin {
        place: report.place?,
        title: format!("{} {}", report.number, report.title),
        open: !report.state.is_closed(),
        url: format!("/anliegen/{}", report.number),
    })
}

fn row(report: Report) -> Row {
    let hash = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
    Row { photo: hash.map(|hash| format!("/dateien/{hash}")), report }
}

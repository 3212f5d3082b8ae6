//! The list beside its map, the heat map, and both as files: all of them answer the same questions.

mod asked;
pub(crate) mod download;
pub(crate) mod heat;
pub(crate) mod map;

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use base::Fault;
use place::Point;
use store::FileHash;
use web::pages::Pin;
use web::{Crumb, Ctx, Feed, Form, Handled, Page, Paging, html_with, see_other};

use crate::model::{Report, Wanted, Zone, date};
use crate::store as db;
use crate::store::list::Order;
pub(crate) use asked::{Asked, cursor, cursor_field};
use map::Drawing;

/// Reports on one page.
const ROWS: usize = 30;

/// Circles to choose from, in metres.
const CIRCLES: [u32; 7] = [250, 500, 1_000, 2_000, 5_000, 10_000, 50_000];

#[derive(Template)]
#[template(path = "report_list.html")]
struct View {
    page: Page,
    rows: Vec<Row>,
    fields: Fields,
    drawing: Drawing,
    paging: Paging,
    /// The same question with the other orders: address, message key, whether it is in force.
    orders: Vec<(String, &'static str, bool)>,
    links: Links,
    /// Places the address may mean, to choose from.
    places: Vec<(String, String)>,
}

/// What the form shows.
struct Fields {
    words: String,
    categories: Vec<(String, String, bool)>,
    groups: Vec<(String, String, bool)>,
    states: Vec<(&'static str, String, bool)>,
    areas: Vec<(String, String, bool)>,
    circles: Vec<(String, String, bool)>,
    photo: bool,
    from: String,
    to: String,
    address: String,
    bbox: String,
    order: String,
    /// Whether one of the fields that are folded away is in use.
    unfolded: bool,
    /// The list without the box.
    without_box: String,
    any: bool,
}

/// The same question elsewhere.
struct Links {
    csv: String,
    geojson: String,
    heat: String,
    statistics: String,
    follow: String,
    atom: String,
    rss: String,
    calendar: String,
}

struct Row {
    report: Report,
    photo: Option<String>,
    distance: Option<f64>,
}

pub(crate) fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![Crumb { name: ctx.t("nav-report"), href: "/anliegen".into() }]
}

/// The status of a page about a question with these faults.
pub(crate) fn status(faults: &[Fault]) -> StatusCode {
    if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST }
}

/// Faults of the address as the form shows them: a point stands in the field for the place; what has no field here is
/// told without a link.
fn beside_form(mut faults: Vec<Fault>) -> Vec<Fault> {
    for fault in &mut faults {
        match fault.field.as_ref() {
            "lat" => fault.field = "adresse".into(),
            "bbox" | "sortierung" => fault.field = "".into(),
            _ => {}
        }
    }
    faults
}

/// The reports somebody asks for, beside a map.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let (asked, faults) = Asked::read(&ctx, &form).await?;
    if asked.located && faults.is_empty() {
        return Ok(see_other(&asked.wanted.address("/anliegen", &asked.more())));
    }
    let (asked, status) = (Arc::new(asked), status(&faults));
    let after = cursor(&form)?;
    let own = asked.clone();
    let slice = ctx.member().db.read("report.page", move |tx| {
        db::list::page(tx, &own.wanted, &own.known(), own.order, after.as_ref(), ROWS)
    });
    let slice = slice.await?;
    let drawing = map::draw(&ctx, &asked).await?;
    let first = form.find("vor").map(|_| asked.wanted.address("/anliegen", &asked.more()));
    let next = slice
        .next
        .map(|next| asked.wanted.address("/anliegen", &[asked.more(), vec![cursor_field(&next)]].concat()));
    let middle = match asked.order {
        Order::Nearest(point) => Some(point),
        _ => asked.wanted.around.map(|(point, _)| point),
    };
    let rows = slice.reports.into_iter().map(|report| row(report, middle)).collect();
    let links = links(&asked.wanted);
    let feeds = feeds(&ctx, &asked.wanted);
    let page = ctx.page_titled(ctx.t("nav-report"), vec![]).with_map();
    let page = page.with_faults(beside_form(faults)).with_feeds(feeds);
    let (fields, orders, places) =
        (fields(&ctx, &asked, &form), orders(&asked), asked.places("/anliegen", &form));
    let paging = Paging { first, next };
    html_with(status, &View { page, rows, fields, drawing, paging, orders, links, places })
}

pub(crate) fn feeds(ctx: &Ctx, wanted: &Wanted) -> Vec<Feed> {
    let feed = |media_type, kind: &str, path: &str| Feed {
        media_type,
        name: format!("{} ({kind})", ctx.t("nav-report")),
        href: wanted.address(path, &[]),
    };
    vec![
        feed("application/atom+xml", "Atom", "/anliegen/feed.atom"),
        feed("application/rss+xml", "RSS", "/anliegen/feed.rss"),
    ]
}

fn links(wanted: &Wanted) -> Links {
    let to = |path| wanted.address(path, &[]);
    Links {
        csv: to("/anliegen/daten.csv"),
        geojson: to("/anliegen/daten.geojson"),
        heat: to("/anliegen/waermekarte"),
        statistics: "/anliegen/statistik".into(),
        follow: to("/anliegen/folgen"),
        atom: to("/anliegen/feed.atom"),
        rss: to("/anliegen/feed.rss"),
        calendar: to("/anliegen/termine.ics"),
    }
}

fn orders(asked: &Asked) -> Vec<(String, &'static str, bool)> {
    let address = |name: &str| {
        let mut more = asked.more();
        more.retain(|(field, _)| *field != "sortierung");
        more.push(("sortierung", name.to_owned()));
        asked.wanted.address("/anliegen", &more)
    };
    let mut orders = vec![
        (address(""), "report-newest", asked.order == Order::Newest),
        (address("geaendert"), "report-changed", asked.order == Order::Changed),
    ];
    if asked.wanted.around.is_some() || asked.wanted.bounds.is_some() {
        orders.push((address("nah"), "report-nearest", matches!(asked.order, Order::Nearest(_))));
    }
    orders
}

fn fields(ctx: &Ctx, asked: &Asked, form: &Form) -> Fields {
    let Asked { wanted, categories, .. } = asked;
    let category = |category: &crate::model::Category| {
        let chosen = wanted.codes.contains(&category.code);
        (category.code.clone(), category.name(ctx.lang()).to_owned(), chosen)
    };
    let mut groups: Vec<(String, String, bool)> = Vec::new();
    for group in categories.iter().map(|category| &category.group) {
        if !groups.iter().any(|(known, _, _)| known == group) {
            groups.push((group.clone(), group.clone(), wanted.group.as_ref() == Some(group)));
        }
    }
    let state = |name: &'static str, key| {
        let chosen = wanted.ended.is_some_and(|ended| ended == (name == "beendet"));
        (name, ctx.t(key), chosen)
    };
    let metres = wanted.around.map(|(_, metres)| metres);
    let circle = |circle: &u32| {
        let text = if *circle < 1_000 { format!("{circle} m") } else { format!("{} km", circle / 1_000) };
        (circle.to_string(), text, metres == Some(*circle))
    };
    let mut circles: Vec<_> = CIRCLES.iter().map(circle).collect();
    if let Some(own) = metres.filter(|own| !CIRCLES.contains(own)) {
        circles.push((own.to_string(), format!("{own} m"), true));
    }
    let area = |(zone, name): (Zone, String)| {
        let chosen = wanted.area.as_ref() == Some(&zone);
        (zone.to_string(), name, chosen)
    };
    let without_box = Wanted { bounds: None, ..wanted.clone() };
    // A date field shows nothing but a date.
    let day = |time: Option<base::Time>| time.map(date).unwrap_or_default();
    Fields {
        words: wanted.words.clone(),
        categories: categories.iter().map(category).collect(),
        groups,
        states: vec![state("offen", "report-open"), state("beendet", "report-closed")],
        areas: asked.areas().into_iter().map(area).collect(),
        circles,
        photo: wanted.photo,
        from: day(wanted.from),
        to: day(wanted.to),
        address: asked.address.clone(),
        bbox: wanted.bounds.as_ref().map(crate::model::bbox).unwrap_or_default(),
        order: form.get("sortierung").to_owned(),
        unfolded: wanted.group.is_some()
            || wanted.photo
            || wanted.area.is_some()
            || ["von", "bis", "adresse", "lat", "umkreis"].iter().any(|name| form.find(name).is_some()),
        without_box: without_box.address("/anliegen", &asked.more()),
        any: *wanted != Wanted::default(),
    }
}

pub(crate) fn pin(report: &Report) -> Option<Pin> {
    Some(Pin {
        place: report.place?,
        title: format!("{} {}", report.number, report.title),
        open: !report.state.is_closed(),
        url: format!("/anliegen/{}", report.number),
    })
}

fn row(report: Report, middle: Option<Point>) -> Row {
    let hash = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
    let distance = report.place.zip(middle).map(|(place, middle)| place.metres_to(middle));
    Row { photo: hash.map(|hash| format!("/dateien/{hash}")), report, distance }
}

//! The region: all reports of all members who tell each other of them, on one map, in one list, with one search. What a
//! neighbour that is down last told is shown with its age.

pub(crate) mod asked;
pub(crate) mod download;
pub(crate) mod map;
mod standing;

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use web::plot::Bars;
use web::{Ctx, Form, Handled, Page, Paging, html_with};

use crate::model::{Regional, Sought, Whose, ago};
use crate::pages::list::map::Drawing;
use crate::pages::list::{cursor, cursor_field, status};
use crate::store as db;
use asked::{Asked, Freshness, Part};

pub(crate) use standing::file as standing_file;

/// Reports on one page.
const ROWS: usize = 30;

#[derive(Template)]
#[template(path = "report_region.html")]
struct View {
    page: Page,
    members: Vec<Member>,
    fields: Fields,
    rows: Vec<Row>,
    drawing: Drawing,
    paging: Paging,
    bars: Vec<Bars>,
    links: Links,
}

/// A member and how old its part is.
struct Member {
    name: String,
    /// Where its own reports are.
    href: String,
    freshness: Freshness,
    age: String,
}

/// What the form shows.
struct Fields {
    words: String,
    members: Vec<(String, String, bool)>,
    categories: Vec<(String, String, bool)>,
    states: Vec<(String, String, bool)>,
    bbox: String,
    without_box: String,
    any: bool,
}

struct Row {
    report: Regional,
    href: String,
    member: String,
    /// How old it is, where that matters.
    age: Option<String>,
}

/// The same question as files.
struct Links {
    csv: String,
    geojson: String,
    json: String,
}

/// The reports of the region somebody asks for, beside a map, and how every member gets on.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let (asked, mut faults) = Asked::read(&ctx, &form).await?;
    let (asked, status) = (Arc::new(asked), status(&faults));
    let after = cursor(&form)?;
    let own = asked.clone();
    let read = ctx.member().db.read("report.region", move |tx| {
        let slice = db::region::page(tx, &own.sought, &own.us(), after.as_ref(), ROWS)?;
        Ok((slice, db::region::standings(tx, own.host(), own.now)?))
    });
    let (slice, standings) = read.await?;
    let drawing = map::draw(&ctx, &asked).await?;
    let first = form.find("vor").map(|_| asked.address("/region", &[]));
    let next = slice.next.map(|next| asked.address("/region", &[cursor_field(&next)]));
    // The box has no field here.
    faults.iter_mut().filter(|fault| fault.field == "bbox").for_each(|fault| fault.field = "".into());
    let page = ctx.page_titled(ctx.t("nav-region"), vec![]).with_map().with_faults(faults);
    let view = View {
        members: asked.parts.iter().map(|part| member((&ctx, &page), &asked, part)).collect(),
        fields: fields(&ctx, &asked),
        rows: slice.reports.into_iter().map(|report| row((&ctx, &page), &asked, report)).collect(),
        bars: standing::bars(&ctx, &asked, &standings),
        links: Links {
            csv: asked.address("/region/daten.csv", &[]),
            geojson: asked.address("/region/daten.geojson", &[]),
            json: asked.address("/region/daten.json", &[]),
        },
        paging: Paging { first, next },
        drawing,
        page,
    };
    html_with(status, &view)
}

/// "Stand 14:05 Uhr, vor 3 Minuten", or that there is nothing yet.
fn age((ctx, page): (&Ctx, &Page), asked: &Asked, part: &Part) -> String {
    let Some(at) = part.at else { return page.t("report-region-never").into_owned() };
    let (key, count) = ago(at, asked.now);
    let (when, ago) = (page.when(&at).to_string(), page.t1(key, "count", count).into_owned());
    let args = [("when", when.as_str()), ("ago", ago.as_str())];
    ctx.member().texts.get(ctx.lang(), "report-region-age", &args)
}

fn member((ctx, page): (&Ctx, &Page), asked: &Asked, part: &Part) -> Member {
    let is_own = part.freshness == Freshness::Own;
    Member {
        name: part.name.clone(),
        href: if is_own { "/anliegen".into() } else { format!("{}/anliegen", part.url) },
        freshness: part.freshness,
        age: if is_own { page.t("report-region-now").into_owned() } else { age((ctx, page), asked, part) },
    }
}

fn row((ctx, page): (&Ctx, &Page), asked: &Asked, report: Regional) -> Row {
    let part = asked.part(&report.peer);
    let is_own = part.is_some_and(|part| part.freshness == Freshness::Own);
    let age = part.filter(|part| part.freshness.is_old()).map(|part| age((ctx, page), asked, part));
    Row {
        href: if is_own { format!("/anliegen/{}", report.number) } else { report.url.clone() },
        member: part.map_or_else(|| report.peer.clone(), |part| part.name.clone()),
        age,
        report,
    }
}

fn fields(ctx: &Ctx, asked: &Asked) -> Fields {
    let sought = &asked.sought;
    let is_chosen = |part: &Part| match &sought.whose {
        None => false,
        Some(Whose::Own) => part.freshness == Freshness::Own,
        Some(Whose::Peer(host)) => *host == part.host,
    };
    let member = |part: &Part| (part.host.clone(), part.name.clone(), is_chosen(part));
    let category =
        |(code, name): &(String, String)| (code.clone(), name.clone(), sought.code.as_ref() == Some(code));
    let states = [
        ("offen", "report-open", Some(false)),
        ("beendet", "report-closed", Some(true)),
        ("alle", "all", None),
    ];
    let state =
        |(name, key, ended): (&str, &str, Option<bool>)| (name.to_owned(), ctx.t(key), sought.ended == ended);
    let without_box = Sought { bounds: None, ..sought.clone() };
    Fields {
        words: sought.words.clone(),
        members: asked.parts.iter().map(member).collect(),
        categories: asked.choices.iter().map(category).collect(),
        states: states.map(state).into(),
        bbox: sought.bounds.as_ref().map(crate::model::bbox).unwrap_or_default(),
        without_box: without_box.address("/region", asked.host(), &[]),
        any: *sought != Sought { ended: Some(false), ..Sought::default() },
    }
}

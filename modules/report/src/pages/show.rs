use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use cases::Event;
use ledger::PUBLIC;
use store::{FileHash, Tx};
use web::pages::MapView;
use web::{Crumb, Ctx, Form, Handled, Page, html};

use crate::model::{Body, Report};
use crate::pages::list::pin;
use crate::store::{self as db, Taken};

#[derive(Template)]
#[template(path = "report_show.html")]
struct View {
    page: Page,
    report: Report,
    photos: Vec<(FileHash, i64, i64)>,
    events: Vec<(Event, String)>,
    /// When crews took their photos.
    taken: Vec<(FileHash, Taken)>,
    /// Who outside is responsible, when we are not.
    body: Option<Body>,
    /// The report it is followed up with, when everybody may see that one.
    main: Option<Report>,
    map: Option<MapView>,
    fresh: bool,
    tracking: Option<String>,
}

struct Loaded {
    report: Report,
    photos: Vec<(FileHash, i64, i64)>,
    events: Vec<Event>,
    taken: Vec<(FileHash, Taken)>,
    body: Option<Body>,
    main: Option<Report>,
}

impl View {
    fn taken(&self, photo: &FileHash) -> Option<&'static str> {
        self.taken.iter().find(|(hash, _)| hash == photo).map(|(_, taken)| taken.name())
    }
}

fn load(tx: &mut Tx<'_>, number: &str) -> Result<Loaded> {
    let nothing = || Problem::not_found("report", "there is no such report");
    let report = db::by_number(tx, number)?.ok_or_else(nothing)?;
    let photos = db::photos(tx, report.case_id)?;
    let events = cases::events(tx, report.case_id, true)?;
    let taken = db::office_photos(tx, report.case_id)?.into_iter();
    let taken = taken.filter_map(|photo| Some((photo.hash, photo.taken?))).collect();
    let body = db::body(tx, report.case_id)?;
    let main = report.merged.as_deref().map(|number| db::by_number(tx, number)).transpose()?.flatten();
    Ok(Loaded { report, photos, events, taken, body, main })
}

fn view(ctx: &Ctx, loaded: Loaded, fresh: bool, tracking: Option<String>) -> Handled {
    let Loaded { report, photos, events, taken, body, main } = loaded;
    let crumbs = vec![Crumb { name: ctx.t("nav-report"), href: "/anliegen".into() }];
    let page = ctx.page_titled(format!("{} {}", report.number, report.title), crumbs).with_map();
    let map = pin(&report).map(|pin| MapView::new(ctx.member(), 480.0, &[pin]));
    // The public learns what the office did, not who in it.
    let events = events.into_iter().map(|event| (event, String::new())).collect();
    html(&View { page, report, photos, events, taken, body, main, map, fresh, tracking })
}

/// The page everybody may see.
pub(crate) async fn public(ctx: Ctx, Path(number): Path<String>) -> Handled {
    let loaded = ctx.member().db.read("report.show", move |tx| load(tx, &number)).await?;
    view(&ctx, loaded, false, None)
}

/// The page behind the private link of whoever sent the report.
pub(crate) async fn tracking(ctx: Ctx, Path(secret): Path<String>, Query(form): Query<Form>) -> Handled {
    let hash = identity::hash(&secret);
    let loaded = ctx.member().db.read("report.tracking", move |tx| {
        let nothing = || Problem::not_found("report", "there is no such report");
        let case = cases::by_secret(tx, &hash)?.ok_or_else(nothing)?;
        load(tx, &case.number)
    });
    let loaded = loaded.await?;
    let address = format!("{}/anliegen/v/{secret}", ctx.member().settings.url);
    view(&ctx, loaded, form.find("neu").is_some(), Some(address))
}

/// The proof that the report stands in the public record, in the form of C2SP tlog-proof.
pub(crate) async fn receipt(ctx: Ctx, Path(number): Path<String>) -> Handled {
    let ledger = ctx.member().ledger.clone();
    let name = format!("attachment; filename=\"anliegen-{number}.tlog-proof\"");
    let receipt = ctx.member().db.read("report.receipt", move |tx| {
        let nothing = || Problem::not_found("report", "there is no such report");
        let report = db::by_number(tx, &number)?.ok_or_else(nothing)?;
        let entry = ledger.first_of_case(tx, report.case_id, PUBLIC)?.ok_or_else(nothing)?;
        ledger.receipt(tx, entry)
    });
    let body = receipt.await?.to_string();
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name.chars().filter(char::is_ascii).collect()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

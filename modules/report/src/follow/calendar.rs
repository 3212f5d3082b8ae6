use axum::extract::Query;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::Time;
use icalendar::{Calendar, Component as _, Event, EventLike as _};
use web::{Ctx, Form, Handled};

use crate::model::{Report, Wanted};
use crate::pages::list::Asked;
use crate::store as db;
use crate::store::list::{CANDIDATES, Order};

/// By when the office promised to be done, for every open report somebody asks for (RFC 5545).
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let asked = Asked::read_whole(&ctx, &form).await?;
    let open = Wanted { ended: Some(false), ..asked.wanted.clone() };
    let own = asked.clone();
    let slice = ctx.member().db.read("report.calendar", move |tx| {
        db::list::page(tx, &open, &own.known(), Order::Newest, None, CANDIDATES)
    });
    let mut calendar = Calendar::new();
    calendar.name(&format!("{}: {}", ctx.member().settings.name, ctx.t("report-calendar")));
    for (report, due) in slice.await?.reports.iter().filter_map(|report| Some((report, report.due?))) {
        calendar.push(event(&ctx, report, due));
    }
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "inline; filename=\"anliegen.ics\""),
        (CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((headers, calendar.to_string()).into_response())
}

fn event(ctx: &Ctx, report: &Report, due: Time) -> Event {
    let settings = &ctx.member().settings;
    let state = ctx.t1("state", "name", report.state.name());
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", report.case_id, settings.host))
        .summary(&format!("{} {}", report.number, report.title))
        .description(&format!("{}: {state}\n{}", ctx.t("status"), report.office))
        .location(&report.address)
        .url(&format!("{}/anliegen/{}", settings.url, report.number))
        .add_property("DTSTAMP", stamp(report.updated))
        .add_property("LAST-MODIFIED", stamp(report.updated))
        .add_property("DTSTART", stamp(due));
    if let Some(place) = report.place {
        event.add_property("GEO", format!("{:.6};{:.6}", place.lat_degrees(), place.lon_degrees()));
    }
    event.done()
}

/// A moment in the form of RFC 5545 § 3.3.5, with the UTC mark.
fn stamp(time: Time) -> String {
    time.rfc3339().replace(['-', ':'], "")
}

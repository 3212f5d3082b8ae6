use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use web::plot::{Bar, Bars};
use web::{Ctx, Form, Handled, csv_line};

use super::asked::Asked;
use crate::store as db;
use crate::store::region::Standing;

/// Hours of a day.
const DAY: i64 = 24;

fn days(hours: i64) -> i64 {
    (hours + DAY / 2) / DAY
}

/// How every member gets on, beside each other. Members nobody was heard of have no bars.
pub(super) fn bars(ctx: &Ctx, asked: &Asked, standings: &BTreeMap<String, Standing>) -> Vec<Bars> {
    let page = ctx.page("nav-region");
    let known: Vec<_> =
        asked.parts.iter().filter_map(|part| Some((part, standings.get(&part.host)?))).collect();
    let count = known.iter().map(|(part, standing)| Bar {
        name: part.name.clone(),
        href: asked_of(asked, &part.host),
        numbers: vec![Some(standing.open), Some(standing.closed)],
        texts: vec![page.number(&standing.open), page.number(&standing.closed)],
        mark: None,
    });
    let took = known.iter().map(|(part, standing)| Bar {
        name: part.name.clone(),
        href: String::new(),
        numbers: vec![standing.median],
        texts: vec![standing.median.map_or_else(|| "–".to_owned(), |hours| in_words(ctx, hours))],
        mark: None,
    });
    let bars = |id: &str, key: &str, series: &[&str], bars: Vec<Bar>| Bars {
        id: id.into(),
        title: ctx.t(key),
        text: ctx.t(&format!("{key}-text")),
        group: ctx.t("report-region-member"),
        series: series.iter().map(|key| ctx.t(key)).collect(),
        bars,
    };
    vec![
        bars(
            "anzahl",
            "report-region-counts",
            &["report-still-open", "report-region-ended"],
            count.collect(),
        ),
        bars("dauer", "report-region-took", &["report-median"], took.collect()),
    ]
}

fn asked_of(asked: &Asked, host: &str) -> String {
    crate::model::Sought { ended: Some(false), ..Default::default() }.address(
        "/region",
        asked.host(),
        &[("mitglied", host.to_owned())],
    )
}

/// Hours up to two days, then days.
fn in_words(ctx: &Ctx, hours: i64) -> String {
    match hours {
        hours if hours < 2 * DAY => ctx.t1("report-hours", "count", hours),
        hours => ctx.t1("report-days", "count", days(hours)),
    }
}

/// The figures behind the plots, in the form of RFC 4180: each member with how old its figures are.
pub(crate) async fn file(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let asked = std::sync::Arc::new(Asked::read(&ctx, &form).await?.0);
    let own = asked.clone();
    let read = move |tx: &mut store::Tx<'_>| db::region::standings(tx, own.host(), own.now);
    let standings = ctx.member().db.read("report.region_file", read).await?;
    let head = ["mitglied", "name", "stand", "offen", "beendet_30_tage", "median_stunden", "median_tage"];
    let mut body = csv_line(&head)?;
    for part in &asked.parts {
        let Some(standing) = standings.get(&part.host) else { continue };
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        body.extend(csv_line(&[
            part.host.clone(),
            part.name.clone(),
            part.at.map(base::Time::rfc3339).unwrap_or_default(),
            standing.open.to_string(),
            standing.closed.to_string(),
            number(standing.median),
            number(standing.median.map(days)),
        ])?);
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (CONTENT_DISPOSITION, "attachment; filename=\"region-statistik.csv\""),
    ];
    Ok((headers, body).into_response())
}

use axum::extract::{Path, Query, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use base::{Problem, Result, Time};
use ledger::Actor;
use store::FileHash;
use web::{Ctx, Form, read_form};

use super::answer::{Format, Node};
use super::services;
use crate::file::{self, Sender};
use crate::model::{Category, Draft, Report, check};
use crate::store::{self as db, CODES, Filter};

/// Rows of one answer, and days it spans, at most (GET Service Requests).
const ROWS: i64 = 1000;
const DAYS: i64 = 90;
const DAY: i64 = 24 * 3600;

pub(crate) async fn list_or_services(
    ctx: Ctx,
    Path(file): Path<String>,
    Query(form): Query<Form>,
) -> Response {
    match Format::split(&file) {
        Some(("services", format)) => services::list(ctx, format).await,
        Some(("requests", format)) => {
            list(&ctx, &form, format).await.unwrap_or_else(|problem| format.problem(&problem))
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn list(ctx: &Ctx, form: &Form, format: Format) -> Result<Response> {
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    // The ids override everything else.
    if let Some(ids) = form.find("service_request_id") {
        let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).take(100).collect();
        let found = ctx.member().db.read("open311.by_ids", move |tx| {
            let mut reports = Vec::new();
            for id in &ids {
                reports.extend(db::by_number(tx, id)?);
            }
            Ok(reports)
        });
        return Ok(requests(ctx, format, &found.await?, &categories));
    }
    let filter = filter(form, &categories, ctx.member().clock.now())?;
    let reports = ctx.member().db.read("open311.list", move |tx| db::newest(tx, &filter, None, ROWS)).await?;
    Ok(requests(ctx, format, &reports, &categories))
}

fn filter(form: &Form, categories: &[Category], now: Time) -> Result<Filter> {
    let date = |name: &'static str| {
        let wrong = || Problem::input("date", format!("{name} is not a date and time of ISO 8601 with zone"));
        form.find(name).map(|text| Time::parse_rfc3339(text).ok_or_else(wrong)).transpose()
    };
    let (from, to) = (date("start_date")?, date("end_date")?);
    let to = to.or(from.map(|from| from.plus_seconds(DAYS * DAY))).unwrap_or(now);
    let from = from.unwrap_or(to.plus_seconds(-DAYS * DAY));
    if from > to {
        return Err(Problem::input("date", "start_date is later than end_date"));
    }
    if to.seconds() - from.seconds() > DAYS * DAY {
        return Err(Problem::input("date", "start_date and end_date are more than 90 days apart"));
    }
    let codes: Vec<String> = form
        .get("service_code")
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(unknown) =
        codes.iter().find(|code| !categories.iter().any(|category| category.code == **code))
    {
        return Err(Problem::not_found("service", format!("there is no service '{unknown}'")));
    }
    if codes.len() > CODES {
        return Err(Problem::input("service_code", format!("at most {CODES} services at once")));
    }
    let states: Vec<&str> =
        form.get("status").split(',').map(str::trim).filter(|state| !state.is_empty()).collect();
    let closed = match states.as_slice() {
        [] => None,
        ["open"] => Some(false),
        ["closed"] => Some(true),
        states if states.iter().all(|state| matches!(*state, "open" | "closed")) => None,
        _ => return Err(Problem::input("status", "status is open or closed")),
    };
    Ok(Filter { from: Some(from), to: Some(to), codes, closed, ..Filter::default() })
}

pub(crate) async fn one(ctx: Ctx, Path(file): Path<String>) -> Response {
    let Some((number, format)) = Format::split(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let number = number.to_owned();
    let found = ctx.member().db.read("open311.one", move |tx| {
        let nothing = || Problem::not_found("request", format!("there is no request '{number}'"));
        Ok((db::by_number(tx, &number)?.ok_or_else(nothing)?, db::categories(tx)?))
    });
    match found.await {
        Ok((report, categories)) => requests(&ctx, format, &[report], &categories),
        Err(problem) => format.problem(&problem),
    }
}

fn requests(ctx: &Ctx, format: Format, reports: &[Report], categories: &[Category]) -> Response {
    let nodes = reports.iter().map(|report| request(ctx, report, categories)).collect();
    format.answer(StatusCode::OK, "service_requests", &Node::List("request", nodes))
}

/// All seventeen fields, so that every client finds what it expects.
fn request(ctx: &Ctx, report: &Report, categories: &[Category]) -> Node {
    let category = categories.iter().find(|category| category.code == report.category);
    let photo = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
    let photo = photo.map(|hash| format!("{}/dateien/{hash}", ctx.member().settings.url)).unwrap_or_default();
    let degrees = |value: Option<f64>| value.map_or(Node::Null, Node::Number);
    let status = if report.state.is_closed() { "closed" } else { "open" };
    Node::Object(vec![
        ("service_request_id", Node::text(report.number.clone())),
        ("status", Node::text(status)),
        ("status_notes", Node::Null),
        ("service_name", Node::text(category.map(|category| category.name.clone()).unwrap_or_default())),
        ("service_code", Node::text(report.category.clone())),
        ("description", Node::text(report.text.clone())),
        ("agency_responsible", Node::text(report.office.clone())),
        ("service_notice", Node::Null),
        ("requested_datetime", Node::text(report.opened.rfc3339())),
        ("updated_datetime", Node::text(report.updated.rfc3339())),
        ("expected_datetime", Node::Null),
        ("address", Node::text(report.address.clone())),
        ("address_id", Node::Null),
        ("zipcode", Node::Null),
        ("lat", degrees(report.place.map(place::Point::lat_degrees))),
        ("long", degrees(report.place.map(place::Point::lon_degrees))),
        ("media_url", Node::text(photo)),
    ])
}

/// Takes a report (POST Service Request).
pub(crate) async fn post(ctx: Ctx, Path(file): Path<String>, body: Request) -> Response {
    let Some(("requests", format)) = Format::split(&file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    create(&ctx, body, format).await.unwrap_or_else(|problem| format.problem(&problem))
}

async fn create(ctx: &Ctx, body: Request, format: Format) -> Result<Response> {
    let form = read_form(body, &()).await?;
    let key = form.get("api_key").to_owned();
    let known =
        ctx.member().db.read("open311.key", move |tx| Ok((db::api_key(tx, &key)?, db::categories(tx)?)));
    let (name, categories) = known.await?;
    if name.is_none() {
        return Err(Problem::denied("api_key", "the api_key is missing or wrong"));
    }
    let code = form.get("service_code");
    if !code.is_empty() && !categories.iter().any(|category| category.code == code) {
        return Err(Problem::not_found("service", format!("there is no service '{code}'")));
    }
    let name = [form.get("first_name"), form.get("last_name")].join(" ");
    let draft = Draft {
        category: code.into(),
        text: form.get("description").into(),
        lat: form.get("lat").into(),
        long: form.get("long").into(),
        address: form.get("address_string").into(),
        name: name.trim().into(),
        email: form.get("email").into(),
        ..Draft::default()
    };
    let valid = check(&draft, &categories).map_err(Problem::faults)?;
    file::own_place(ctx.member(), &valid)?;
    let mail = (ctx.t("report-mail-subject"), ctx.t("report-mail-body"));
    let sender = Sender { person: None, actor: Actor::Anonymous, form: None, address: None, mail };
    let filed = file::file(ctx.member(), valid, vec![], sender).await?;
    let request = Node::Object(vec![
        ("service_request_id", Node::text(filed.number)),
        ("service_notice", Node::Null),
        ("account_id", Node::Null),
    ]);
    Ok(format.answer(StatusCode::OK, "service_requests", &Node::List("request", vec![request])))
}

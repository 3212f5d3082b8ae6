//! Reporting without a network: a page the browser keeps, the outbox it fills, and where the outbox is sent to.

use askama::Template;
use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get};
use base::{FormId, Problem, Result};
use web::{Ctx, Form, Handled, Page, Upload, html, read_upload};

use super::new::details::{Asked, answers};
use crate::file::{self, Filed, Sender};
use crate::model::{Category, Draft, PHOTOS, Valid, check};
use crate::store as db;

/// Bytes of a photo, at most: the browser has shrunk it already.
const PHOTO_LIMIT: usize = 4 << 20;

/// What stands before the ids browsers make, so that no other program can have given the same.
const PREFIX: &str = "browser:";

#[derive(Template)]
#[template(path = "report_offline.html")]
struct WriteView {
    page: Page,
    /// Groups with codes and names of their categories.
    groups: Vec<(String, Vec<(String, String)>)>,
    /// Codes of categories with their questions.
    questions: Vec<(String, Vec<Asked>)>,
}

#[derive(Template)]
#[template(path = "report_outbox.html")]
struct OutboxView {
    page: Page,
}

/// The form with all categories and questions, the same for everybody.
pub(super) async fn write(ctx: Ctx) -> Handled {
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let active: Vec<&Category> = categories.iter().filter(|category| category.active).collect();
    let mut groups: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for category in &active {
        let entry = (category.code.clone(), category.name(ctx.lang()).to_owned());
        match groups.iter_mut().find(|(name, _)| *name == category.group) {
            Some((_, entries)) => entries.push(entry),
            None => groups.push((category.group.clone(), vec![entry])),
        }
    }
    let optional = format!(" ({})", ctx.t("optional"));
    let asked = |category: &&Category| {
        let asks = category.questions.iter();
        let mut asks: Vec<Asked> =
            asks.map(|question| Asked::new(question, &[], ctx.lang(), &optional)).collect();
        // Two categories may ask under one code; their fields must not share an id.
        asks.iter_mut().for_each(|ask| ask.id = format!("{}-{}", category.code, ask.field));
        (category.code.clone(), asks)
    };
    let questions = active.iter().filter(|category| !category.questions.is_empty()).map(asked).collect();
    let page = ctx.page_titled(ctx.t("offline-title"), vec![]).with_island("offline.js");
    html(&WriteView { page, groups, questions })
}

/// The outbox, and where the browser sends what is in it.
pub(super) fn outbox() -> MethodRouter {
    get(show).post(send).layer(DefaultBodyLimit::max(PHOTOS * PHOTO_LIMIT + (1 << 20)))
}

async fn show(ctx: Ctx) -> Handled {
    html(&OutboxView { page: ctx.page_titled(ctx.t("outbox"), vec![]).with_island("outbox.js") })
}

/// Takes a report from an outbox. However often one is sent, it is taken once, and the answer is the same: the id was
/// made by the browser and is known to nobody else.
async fn send(ctx: Ctx, multipart: Multipart) -> Handled {
    let (form, uploads) = read_upload(multipart, PHOTOS, PHOTO_LIMIT).await?;
    let id = form.get("client_id").parse::<FormId>();
    let id = id.map_err(|_| Problem::input("client-id", "the report has no valid id"))?;
    match take(&ctx, &form, uploads, format!("{PREFIX}{id}")).await {
        Ok(Filed { number, tracking }) => {
            Ok(Json(serde_json::json!({ "number": number, "tracking": tracking })).into_response())
        }
        Err(problem) if !problem.faults.is_empty() => {
            let errors: Vec<String> = problem.faults.iter().map(|fault| ctx.t(fault.code)).collect();
            let body = Json(serde_json::json!({ "errors": errors }));
            Ok((StatusCode::BAD_REQUEST, body).into_response())
        }
        Err(problem) if problem.code == "elsewhere" => {
            let body = Json(serde_json::json!({ "errors": [ctx.t("problem-elsewhere")] }));
            Ok((StatusCode::BAD_REQUEST, body).into_response())
        }
        Err(problem) => Err(problem.into()),
    }
}

async fn take(ctx: &Ctx, form: &Form, uploads: Vec<Upload>, client_id: String) -> Result<Filed> {
    let known = client_id.clone();
    let found = ctx
        .member()
        .db
        .read("report.sent", move |tx| Ok((db::by_client_id(tx, &known)?, db::categories(tx)?)));
    let (sent, categories) = found.await?;
    if let Some((id, number)) = sent {
        return Ok(Filed { tracking: file::tracking(ctx.member(), id), number });
    }
    let valid = check(&draft(form, client_id), &categories).map_err(Problem::faults)?;
    file::own_place(ctx.member(), &valid).await?;
    take_valid(ctx, valid, uploads).await
}

fn draft(form: &Form, client_id: String) -> Draft {
    let text = |name: &str| form.get(name).to_owned();
    Draft {
        category: text("service_code"),
        text: text("description"),
        lat: text("lat"),
        long: text("long"),
        address: text("address_string"),
        name: text("name"),
        email: text("email"),
        answers: answers(form),
        client_id,
    }
}

async fn take_valid(ctx: &Ctx, valid: Valid, uploads: Vec<Upload>) -> Result<Filed> {
    let uploads = uploads.into_iter().map(|upload| upload.content).collect();
    let photos = file::keep_photos(ctx.member(), uploads).await?;
    let sender = Sender {
        person: None,
        actor: ledger::Actor::Anonymous,
        form: None,
        address: Some(ctx.address().to_owned()),
        draft: None,
        lang: ctx.lang(),
    };
    file::file(ctx.member(), valid, photos, sender).await
}

//! What only whoever sent a report can do with it, proved by the secret of the private link: say that it is not done,
//! see what others do not, and have it forgotten.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Fault, Problem, Result};
use cases::{Owner, Step};
use ledger::{AUDIT, Actor, Fact, PUBLIC};
use store::{FileHash, Tx};
use web::{Ctx, Form, Handled, Page, html, see_other};

use crate::store as db;

fn owner(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Owner> {
    cases::owner(tx, hash)?.ok_or_else(|| Problem::not_found("report", "there is no such report"))
}

/// A photo of the report, also of one that is not public.
pub(super) async fn photo(ctx: Ctx, Path((secret, place)): Path<(String, i64)>) -> Handled {
    let hash = identity::hash(&secret);
    let found = ctx.member().db.read("report.own_photo", move |tx| {
        let id = owner(tx, &hash)?.case().id;
        let photos = db::office_photos(tx, id)?.into_iter();
        Ok(photos
            .filter(db::OfficePhoto::is_shown)
            .find(|photo| photo.place == place)
            .map(|photo| photo.hash))
    });
    let hash: FileHash = found.await?.ok_or_else(|| Problem::not_found("file", "no such file"))?;
    let body = Body::from_stream(ctx.member().files.get(hash).await?);
    Ok(([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, no-store")], body).into_response())
}

/// "Noch nicht erledigt": the office takes it up again. The step, the timeline and the public record are one
/// transaction.
pub(super) async fn reopen(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    let (acting, hash, sent) = (ctx.clone(), identity::hash(&secret), form.clone());
    let done = ctx.member().db.write("report.reopen", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        let owner = owner(tx, &hash)?;
        let case = owner.case();
        let change =
            cases::decide(case, &Step::Reopen(sent.get("text").to_owned())).map_err(Problem::from)?;
        let now = acting.member().clock.now();
        cases::record_by_owner(tx, &owner, &change, now)?;
        web::desk::follow_up(acting.member(), tx, case, (&change, Actor::Anonymous), case.owner)?;
        identity::remember_form(tx, form_id, "", now)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => {
            let text = form.get("text").to_owned();
            super::show::tracking_with(&ctx, secret, "", (problem.faults, text)).await
        }
        other => other.map(|()| see_other(&format!("/anliegen/v/{secret}"))).map_err(Into::into),
    }
}

#[derive(Template)]
#[template(path = "report_erase.html")]
struct EraseView {
    page: Page,
    path: String,
    words: bool,
}

#[derive(Template)]
#[template(path = "report_erased.html")]
struct ErasedView {
    page: Page,
}

pub(super) async fn show_erase(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let hash = identity::hash(&secret);
    ctx.member().db.read("report.own", move |tx| owner(tx, &hash).map(drop)).await?;
    erase_page(&ctx, &secret, false, vec![])
}

fn erase_page(ctx: &Ctx, secret: &str, words: bool, faults: Vec<Fault>) -> Handled {
    let page = ctx.page_titled(ctx.t("report-erase"), vec![]).with_faults(faults);
    html(&EraseView { page, path: format!("/anliegen/v/{secret}"), words })
}

/// Forgets who sent a report, and what they wrote and showed when they want that too (Art. 17 GDPR). That it was done
/// stands in the audit.
pub(super) async fn erase(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    let words = form.get("umfang") == "alles";
    if form.get("sicher") != "ja" {
        return erase_page(&ctx, &secret, words, vec![Fault::new("sicher", "confirm-missing")]);
    }
    let (acting, hash) = (ctx.clone(), identity::hash(&secret));
    let files = ctx.member().db.write("report.erase", move |tx| {
        let owner = owner(tx, &hash)?;
        let id = owner.case().id;
        let files = db::erase_case(tx, id, words)?;
        web::handover::erased(tx, acting.member(), id, words)?;
        if words {
            // What was told of it is erased, not only told anew, so that others clean up as soon as they hear of it.
            acting.member().ledger.erase_case(tx, PUBLIC, id, Actor::Anonymous)?;
        }
        web::desk::say_anew(acting.member(), tx, owner.case())?;
        let about = serde_json::json!({ "words": words, "files": files.len() }).to_string();
        let fact = Fact {
            feed: AUDIT,
            kind: "report.erased",
            actor: Actor::Anonymous,
            case: Some(id),
            subject: None,
            payload: Some(about.as_bytes()),
        };
        acting.member().ledger.append(tx, &fact)?;
        Ok(files)
    });
    for file in files.await? {
        ctx.member().files.delete(file).await?;
    }
    ctx.member().scrub().await;
    Ok(see_other("/anliegen/geloescht"))
}

pub(super) async fn erased(ctx: Ctx) -> Handled {
    html(&ErasedView { page: ctx.page_titled(ctx.t("report-erased"), vec![]) })
}

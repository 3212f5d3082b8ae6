use askama::Template;
use axum::http::HeaderMap;
use store::FileHash;
use web::{Ctx, Form, Handled, Page, html, see_other};

use super::{change, drop_own, go, own, page, place};
use crate::model::Station;
use crate::near::{self, Abroad, Near};
use crate::pages::support;
use crate::store as db;

#[derive(Template)]
#[template(path = "report_near.html")]
struct View {
    page: Page,
    open: Vec<Near>,
    ended: Vec<Near>,
    abroad: Vec<Abroad>,
}

impl View {
    fn photo(&self, near: &Near) -> Option<FileHash> {
        near.report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash)
    }
}

/// Reports nearby that may mean the same; whoever finds none goes on without seeing this page.
pub(super) async fn show(ctx: Ctx, headers: HeaderMap) -> Handled {
    let begun_by = own(&ctx, &headers).await?;
    let draft = &begun_by.begun().draft;
    let point = place::point(&draft.lat, &draft.long);
    let code = draft.category.clone();
    let now = ctx.member().clock.now();
    let found = ctx.member().db.read("report.near", move |tx| {
        let category = db::find_category(tx, &code)?;
        let (Some(category), Some(point)) = (category, point) else { return Ok(None) };
        let (open, ended) = near::own(tx, &category, point, now)?;
        Ok(Some((category, point, open, ended)))
    });
    let Some((category, point, open, ended)) = found.await? else {
        return Ok(go(&ctx, &begun_by, begun_by.begun().next().path()));
    };
    let abroad = near::abroad(&ctx, &category, point).await;
    if open.is_empty() && ended.is_empty() && abroad.is_empty() {
        return none_of_these(&ctx, &headers).await;
    }
    html(&View { page: page(&ctx, "report-near-title", vec![]), open, ended, abroad })
}

async fn none_of_these(ctx: &Ctx, headers: &HeaderMap) -> Handled {
    let own = change(ctx, headers, |begun| begun.near_asked = Some(begun.near_key())).await?;
    Ok(go(ctx, &own, own.begun().next().path()))
}

/// It is one of these: that counts, and the draft is not needed. Or it is none of them.
pub(super) async fn send(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let Some(number) = form.find("nummer") else { return none_of_these(&ctx, &headers).await };
    let browser = support::count(&ctx, &headers, number).await?;
    let own = own(&ctx, &headers).await?;
    // A draft with nothing but what the other report says already.
    if own.begun().next() == Station::Details || own.begun().next() == Station::Near {
        drop_own(&ctx, &own).await?;
    }
    let response = super::with_cookie(&ctx, None, see_other(&format!("/anliegen/{number}?dabei=1")));
    Ok(support::with_cookie(&ctx, &browser, response))
}

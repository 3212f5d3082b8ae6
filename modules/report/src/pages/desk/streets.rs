use askama::Template;
use axum::extract::Query;
use place::address::{self, Found};
use place::streets;
use web::{Ctx, Form, Handled, Page, html};

use super::{crumbs, permit};

#[derive(Template)]
#[template(path = "report_streets.html")]
struct View {
    page: Page,
    towns: Vec<(String, i64)>,
    houses: i64,
    words: String,
    found: Vec<Found>,
}

/// The streets that are known, and a field to try what an address is found by.
pub(super) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    permit(&ctx)?;
    let words: String = form.get("q").chars().take(200).collect();
    let wanted = words.clone();
    let found = ctx.member().db.read("report.streets", move |tx| {
        let (towns, houses) = streets::counts(tx)?;
        Ok((towns, houses, address::look_up(tx, None, &wanted)?))
    });
    let (towns, houses, found) = found.await?;
    html(&View { page: ctx.page_titled(ctx.t("report-streets"), crumbs(&ctx)), towns, houses, words, found })
}

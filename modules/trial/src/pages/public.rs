use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::Result;
use web::{Crumb, Ctx, Form, Handled, Page, csv_line, html};

use super::shown::{Row, Shown, Words, rows};
use super::{id_of, missing};
use crate::model::State;
use crate::seen::{self, Seen};

/// The order in which trials are listed, by how they stand.
const ORDER: [State; 3] = [State::Running, State::Finished, State::Abandoned];

#[derive(Template)]
#[template(path = "trial_list.html")]
struct List {
    page: Page,
    /// The word in message keys, and what stands so.
    groups: Vec<(&'static str, Vec<Row>)>,
}

/// Everything that is tried out, here and at members that are known.
pub(super) async fn list(ctx: Ctx) -> Handled {
    let own = ctx.member().clone();
    let all = ctx.member().db.read("trial.list", move |tx| seen::every(tx, &own)).await?;
    let words = Words(&ctx);
    let group = |state: State| {
        let rows = all.iter().filter(|seen| seen.state == state).map(|seen| words.row(seen));
        (state.name(), rows.collect::<Vec<_>>())
    };
    let mut groups: Vec<_> = ORDER.map(group).into();
    // That nothing runs is worth saying, that nothing was given up is not.
    groups.retain(|(name, rows)| !rows.is_empty() || *name != State::Abandoned.name());
    html(&List { page: ctx.page_titled(ctx.t("nav-trial"), vec![]), groups })
}

#[derive(Template)]
#[template(path = "trial_report.html")]
struct Report {
    page: Page,
    trial: Shown,
    data: String,
}

/// What is tried out, and what came of it.
pub(super) async fn show(ctx: Ctx, Path(id): Path<String>, Query(form): Query<Form>) -> Handled {
    let seen = find(&ctx, &id, &form).await?;
    let query = form.find("mitglied").map(|_| format!("?mitglied={}", seen.leader.host()));
    let trial = Words(&ctx).shown(&seen);
    let crumbs = vec![Crumb { name: ctx.t("nav-trial"), href: "/erprobungen".into() }];
    let data = format!("/erprobungen/{}/daten.csv{}", seen.id, query.unwrap_or_default());
    html(&Report { page: ctx.page_titled(trial.title.clone(), crumbs), trial, data })
}

/// Its figures, for programs.
pub(super) async fn data(ctx: Ctx, Path(id): Path<String>, Query(form): Query<Form>) -> Handled {
    let seen = find(&ctx, &id, &form).await?;
    let mut body = Vec::new();
    for row in rows(&seen) {
        body.extend(csv_line(&row)?);
    }
    let file = format!("attachment; filename=\"erprobung-{}.csv\"", seen.id);
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, body).into_response())
}

async fn find(ctx: &Ctx, id: &str, form: &Form) -> Result<Seen> {
    let (own, id) = (ctx.member().clone(), id_of(id)?);
    let host = form.find("mitglied").map(str::to_owned);
    let found = ctx.member().db.read("trial.show", move |tx| seen::one(tx, &own, id, host.as_deref()));
    found.await?.ok_or_else(missing)
}

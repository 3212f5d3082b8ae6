use askama::Template;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result, Time};
use federation::{Conflict, FeedName, Lie, State};
use store::Tx;
use web::feeds::{Source, sources};
use web::{Ctx, Form, Handled, Page, html};

use super::{HERE, crumbs, may_read, may_sign, once};

#[derive(Template)]
#[template(path = "verbund_feeds.html")]
struct View {
    page: Page,
    may_sign: bool,
    rows: Vec<Row>,
}

/// The feed of one member, and how it goes.
struct Row {
    name: String,
    host: String,
    entries: i64,
    /// The last part of the message key for how it stands, and the colour of its badge.
    standing: (&'static str, &'static str),
    checked: Option<Time>,
    trouble: Option<(Time, String)>,
    retry: Option<Time>,
    failures: i64,
    lies: Vec<(Lie, Time)>,
    is_paused: bool,
}

/// What others publish, how far it is mirrored here, and what is wrong with it.
pub(super) async fn show(ctx: Ctx) -> Handled {
    may_read(&ctx)?;
    let rows = ctx.member().db.read("verbund.feeds", rows).await?;
    let page = ctx.page_titled(ctx.t("verbund-feeds"), crumbs(&ctx));
    html(&View { page, may_sign: may_sign(&ctx).is_ok(), rows })
}

fn rows(tx: &mut Tx<'_>) -> Result<Vec<Row>> {
    let known = sources(tx)?.into_iter();
    known.map(|(source, state)| row(tx, source, state)).collect()
}

fn row(tx: &mut Tx<'_>, source: Source, state: Option<State>) -> Result<Row> {
    let lies = federation::conflicts(tx, &source.name)?;
    let paused = state.as_ref().and_then(|state| state.paused);
    let standing = match (&state, paused) {
        (_, Some(_)) => ("paused", "danger"),
        (Some(State { trouble: Some(_), .. }), None) => ("trouble", "warning"),
        (Some(State { checked_at: Some(_), .. }), None) => ("well", "success"),
        _ => ("never", "warning"),
    };
    Ok(Row {
        name: source.peer.identity.name,
        host: source.name.peer,
        entries: state.as_ref().map_or(0, |state| i64::try_from(state.size).unwrap_or(i64::MAX)),
        standing,
        checked: state.as_ref().and_then(|state| state.checked_at),
        retry: state.as_ref().and_then(|state| state.retry_at),
        failures: state.as_ref().map_or(0, |state| state.failures),
        trouble: state.and_then(|state| state.trouble).map(|trouble| (trouble.since, trouble.last_error)),
        lies: lies.into_iter().map(|conflict| (conflict.lie, conflict.found_at)).collect(),
        is_paused: paused.is_some(),
    })
}

/// The feed of the member at a host.
async fn find(ctx: &Ctx, host: &str) -> Result<FeedName> {
    let known = ctx.member().db.read("verbund.feed", sources).await?.into_iter();
    let found = known.map(|(source, _)| source.name).find(|name| name.peer == host);
    found.ok_or_else(|| Problem::not_found("feed", "no such member is known here"))
}

/// The evidence of one lie, to be handed on: with the public key of the log anybody can check it offline.
pub(super) async fn evidence(ctx: Ctx, Path((host, number)): Path<(String, usize)>) -> Handled {
    may_read(&ctx)?;
    let name = find(&ctx, &host).await?;
    let own = name.clone();
    let read = move |tx: &mut Tx<'_>| {
        let key = sources(tx)?.into_iter().find(|(source, _)| source.name == own);
        Ok((federation::conflicts(tx, &own)?, key.map(|(source, _)| source.log().to_string())))
    };
    let (conflicts, key) = ctx.member().db.read("verbund.evidence", read).await?;
    let conflict: Option<&Conflict> = number.checked_sub(1).and_then(|at| conflicts.get(at));
    let conflict = conflict.ok_or_else(|| Problem::not_found("evidence", "there is no such evidence"))?;
    let mut evidence = conflict.to_json();
    if let (Some(fields), Some(key)) = (evidence.as_object_mut(), key) {
        fields.insert("key".into(), key.into());
    }
    let file = format!("attachment; filename=\"beleg-{}-{number}.json\"", name.peer.replace(':', "-"));
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, format!("{evidence:#}\n")).into_response())
}

/// Lets a feed that was paused go on, after somebody looked into it. What was found stays.
pub(super) async fn resume(ctx: Ctx, Path(host): Path<String>, form: Form) -> Handled {
    let permit = may_sign(&ctx)?;
    let name = find(&ctx, &host).await?;
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.resume", move |tx| {
        federation::resume(tx, &name)?;
        let about = serde_json::json!({ "member": name.peer, "feed": name.feed });
        acting.audit(tx, &permit, "feed.resumed", None, &about)?;
        Ok(format!("{HERE}/protokolle"))
    });
    Ok(done.await?)
}

use axum::extract::Path;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use ledger::PUBLIC;

use crate::context::Ctx;
use crate::failure::Handled;

const PLAIN: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "text/plain; charset=utf-8")];

fn public_only(feed: &str) -> Result<()> {
    if feed == PUBLIC { Ok(()) } else { Err(Problem::not_found("feed", "there is no such public feed")) }
}

/// The public key receipts are checked with, as text (C2SP signed-note § Verifier keys).
pub(crate) async fn key(ctx: Ctx, Path(feed): Path<String>) -> Handled {
    public_only(&feed)?;
    Ok((PLAIN, format!("{}\n", ctx.member().ledger.keys().log_verifier(&feed))).into_response())
}

/// The newest signed checkpoint (C2SP tlog-tiles).
pub(crate) async fn checkpoint(ctx: Ctx, Path(feed): Path<String>) -> Handled {
    public_only(&feed)?;
    let ledger = ctx.member().ledger.clone();
    let found = ctx.member().db.read("log.checkpoint", move |tx| ledger.checkpoint(tx, &feed)).await?;
    let (_, note) = found.ok_or_else(|| Problem::not_found("feed", "nothing was written yet"))?;
    Ok((PLAIN, note).into_response())
}

use axum::extract::Path;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::Problem;

use crate::context::Ctx;
use crate::failure::Handled;

const HEADERS: [(HeaderName, &str); 2] =
    [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=2")];

/// The public key this member's cosignatures are checked with (C2SP tlog-cosignature § Format).
pub(crate) async fn key(ctx: Ctx) -> Handled {
    let key = ctx.member().ledger.keys().witness().verifier().witness_key();
    Ok((HEADERS, format!("{key}\n")).into_response())
}

/// The newest checkpoint of a log this member verified, with the log's signature and its own cosignature. `log` is the
/// SHA-256 of the log's origin in lower-case hex digits (C2SP tlog-witness, the prefix of monitors).
pub(crate) async fn checkpoint(ctx: Ctx, Path(log): Path<String>) -> Handled {
    let nothing = || Problem::not_found("witness", "no checkpoint of such a log was seen");
    let hash = federation::OriginHash::parse(&log).ok_or_else(nothing)?;
    let found = ctx.member().db.read("witness.checkpoint", move |tx| federation::cosigned(tx, &hash));
    Ok((HEADERS, found.await?.ok_or_else(nothing)?).into_response())
}

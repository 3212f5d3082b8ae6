use axum::body::Bytes;
use axum::extract::Path;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ledger::{Disclosure, PUBLIC};
use tlog::{TILE_WIDTH, Tile};

use crate::context::Ctx;
use crate::failure::{Handled, problem_json_with};
use crate::peer::{Caller, Signed};

const PLAIN: (HeaderName, &str) = (CONTENT_TYPE, "text/plain; charset=utf-8");
const BYTES: (HeaderName, &str) = (CONTENT_TYPE, "application/octet-stream");
const JSON: (HeaderName, &str) = (CONTENT_TYPE, "application/json");

/// A full tile never changes.
const FOR_EVER: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=31536000, immutable");
/// A partial tile does not change either, but is soon of no use.
const FOR_AN_HOUR: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=3600, immutable");
/// "Its headers SHOULD prevent caching beyond a few seconds" (C2SP tlog-tiles § Checkpoints).
const FOR_SECONDS: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=2");

/// What only one may read is kept by nobody on the way.
const NOT_AT_ALL: (HeaderName, &str) = (CACHE_CONTROL, "private, no-store");

/// The name of a feed that whoever asks may read. [`readable`] alone makes one, and nothing here reads without one.
struct Readable(String);

/// The one place where it is decided who may read a feed: everybody the public one, another member the one that is
/// written for it, when it signs the request, and nobody any other.
async fn readable(ctx: &Ctx, feed: String, caller: &Caller) -> Result<Readable> {
    // Not found, so that nobody learns what other feeds there are.
    let closed = || Problem::not_found("feed", "there is no such public feed");
    if feed == PUBLIC {
        return Ok(Readable(feed));
    }
    let asking = caller.known().ok_or_else(closed)?.identity.did.clone();
    let asked = feed.clone();
    let reader = ctx.member().db.read("log.reader", move |tx| federation::handover::reader(tx, &asked));
    (reader.await? == Some(asking)).then_some(Readable(feed)).ok_or_else(closed)
}

/// The public key receipts and checkpoints are checked with, as text (C2SP signed-note § Verifier keys).
pub(crate) async fn key(ctx: Ctx, Path(feed): Path<String>, by: Signed) -> Handled {
    let Readable(feed) = readable(&ctx, feed, &by.caller).await?;
    Ok(([PLAIN], format!("{}\n", ctx.member().ledger.keys().log_verifier(&feed))).into_response())
}

/// The newest signed checkpoint (C2SP tlog-tiles § Checkpoints).
pub(crate) async fn checkpoint(ctx: Ctx, Path(feed): Path<String>, by: Signed) -> Handled {
    let Readable(feed) = readable(&ctx, feed, &by.caller).await?;
    let cached = if feed == PUBLIC { FOR_SECONDS } else { NOT_AT_ALL };
    let ledger = ctx.member().ledger.clone();
    let found = ctx.member().db.read("log.checkpoint", move |tx| ledger.checkpoint(tx, &feed)).await?;
    let (_, note) = found.ok_or_else(|| Problem::not_found("feed", "nothing was written yet"))?;
    Ok(([PLAIN, cached], note).into_response())
}

/// A tile of hashes or a bundle of entries (C2SP tlog-tiles § Merkle Tree, § Log entries).
pub(crate) async fn tile(ctx: Ctx, Path((feed, path)): Path<(String, String)>, by: Signed) -> Handled {
    let Readable(feed) = readable(&ctx, feed, &by.caller).await?;
    let is_open = feed == PUBLIC;
    let nothing = || Problem::not_found("tile", "the log has no such tile");
    let (tile, is_entries) = Tile::parse(&path).map_err(|error| nothing().because(error))?;
    let ledger = ctx.member().ledger.clone();
    let found = ctx.member().db.read("log.tile", move |tx| {
        if is_entries { ledger.entries(tx, &feed, tile) } else { ledger.tile(tx, &feed, tile) }
    });
    let bytes = Bytes::from(found.await?.ok_or_else(nothing)?);
    let cached = match tile.width {
        _ if !is_open => NOT_AT_ALL,
        TILE_WIDTH => FOR_EVER,
        _ => FOR_AN_HOUR,
    };
    Ok(([BYTES, cached], bytes).into_response())
}

/// The content of an entry with the key its commitment is checked with, or what erased it.
pub(crate) async fn payload(ctx: Ctx, Path((feed, seq)): Path<(String, String)>, by: Signed) -> Handled {
    let Readable(feed) = readable(&ctx, feed, &by.caller).await?;
    let nothing = || Problem::not_found("payload", "no such entry, or it has no content");
    let seq = seq.parse().map_err(|_| nothing())?;
    let ledger = ctx.member().ledger.clone();
    let found = ctx.member().db.read("log.payload", move |tx| ledger.disclose(tx, &feed, seq));
    match found.await? {
        Disclosure::Content { content, key } => {
            let (content, key) = (STANDARD.encode(content), STANDARD.encode(key));
            let body = serde_json::json!({ "content": content, "commitment_key": key });
            Ok(([JSON], body.to_string()).into_response())
        }
        Disclosure::Erased(by) => {
            let problem = Problem::new(base::Kind::Gone, "erased", "the content of this entry was erased");
            Ok(problem_json_with(&problem, "erased_by", by.into()))
        }
        Disclosure::Nothing => Err(nothing().into()),
    }
}

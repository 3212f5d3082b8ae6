//! What members tell each other of the feeds between them: signed by who asks, and by who answers.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse as _;
use axum::routing::post;
use base::{Problem, Result};
use bytes::Bytes;
use federation::handover::{self as deeds, Report};
use federation::peers::Peer;
use httpsig::Message;
use store::Tx;

use super::{PATH, soon};
use crate::context::Ctx;
use crate::failure::Handled;
use crate::member::Member;
use crate::peer::Signed;

/// Bytes of a report, at most.
pub(super) const LARGEST: usize = 256 << 10;

/// The address where members tell each other what they have.
pub fn routes() -> Router {
    Router::new().route(PATH, post(tell).layer(DefaultBodyLimit::max(LARGEST)))
}

async fn tell(ctx: Ctx, headers: HeaderMap, request: Signed) -> Handled {
    let answer = answer(&ctx, &headers, &request).await;
    ctx.answering(&request.caller, answer)
}

async fn answer(ctx: &Ctx, headers: &HeaderMap, request: &Signed) -> Handled {
    let peer = request.caller.peer()?.clone();
    let report = read(&request.body)?;
    let own = ctx.member().clone();
    let answer = ctx.member().db.write("handover.tell", move |tx| take(tx, &own, &peer, &report)).await?;
    ctx.member().new_job.notify_one();
    let body = serde_json::to_vec(&answer)
        .map_err(|error| Problem::internal("handover", "a report cannot be written").because(error))?;
    let mut response = Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(body))
        .map_err(|error| Problem::internal("handover", "no answer").because(error))?;
    let (keys, now) = (ctx.member().node_keys()?, ctx.member().clock.now());
    let fields =
        keys.requests().sign(&Message::response(&response, headers), now, ctx.member().entropy.bytes());
    let fields =
        fields.map_err(|why| Problem::internal("signature", "an answer cannot be signed").because(why))?;
    response.headers_mut().extend(fields);
    Ok(response.map(axum::body::Body::from).into_response())
}

pub(super) fn read(body: &[u8]) -> Result<Report> {
    let report: Report = serde_json::from_slice(body)
        .map_err(|error| Problem::input("body", format!("not a report of feeds: {error}")))?;
    if report.is_endless() {
        return Err(Problem::input("body", "more feeds, or later lives, than anybody has"));
    }
    Ok(report)
}

/// Hears what another has, and says what we have. Whoever never had an agreement with us about this gets nothing.
fn take(tx: &mut Tx<'_>, member: &Member, peer: &Peer, report: &Report) -> Result<Report> {
    let did = &peer.identity.did;
    if deeds::pair(tx, did)?.is_none() {
        let consent = member.consent(tx, did)?;
        if !consent.is_some() {
            consent.from?;
        }
    }
    let secrets = member.secrets()?;
    let voice = member.voice(&secrets);
    hear(tx, &voice, peer, report)?;
    if is_unread(tx, peer, report)? {
        soon(tx, member, did)?;
    }
    let pair = voice.ready(tx, did)?;
    deeds::report(tx, &member.ledger, secrets.did(), &pair)
}

/// Takes a report: whether we were restored, and the keys of the feeds. `true` when a new life of ours began.
pub(super) fn hear(tx: &mut Tx<'_>, voice: &deeds::Voice<'_>, peer: &Peer, report: &Report) -> Result<bool> {
    let did = &peer.identity.did;
    let is_new = voice.hear_seen(tx, did, &report.seen)?;
    report.written.iter().try_for_each(|written| deeds::pin_feed(tx, did, voice.secrets.did(), written))?;
    Ok(is_new)
}

fn is_unread(tx: &mut Tx<'_>, peer: &Peer, report: &Report) -> Result<bool> {
    let feeds = deeds::feeds(tx, &peer.identity.did)?;
    let applied = |epoch: u32| feeds.iter().find(|feed| feed.epoch == epoch).map_or(0, |feed| feed.applied);
    Ok(!deeds::unread(&report.written, applied).is_empty())
}

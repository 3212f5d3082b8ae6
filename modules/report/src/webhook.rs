//! Tells other programs what happened to reports: signed as Standard Webhooks (standardwebhooks.com, specification
//! 1.0) say, as durable work, and without anything personal: whoever is told asks for the rest.

use std::sync::Arc;

use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use base::{CaseId, Problem, Result, Time, WebhookId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use web::{Member, Working};

use crate::model::{News, Report, Visibility, Webhook};
use crate::open311::word;
use crate::store as db;

/// The kind of job that sends one piece of news.
pub(crate) const JOB: &str = "report.webhook";

/// Bytes of an answer that are read.
const ANSWER: usize = 64 << 10;
/// An address at which nothing arrives for so long is given up.
const LASTING: i64 = 3600;
/// Seconds an address that is down is left alone, at most.
const PAUSE: i64 = 300;

/// One piece of news for one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) hook: WebhookId,
    pub(crate) case: CaseId,
    /// The line of the timeline.
    pub(crate) place: i64,
}

/// What is sent.
struct Message {
    id: String,
    body: String,
}

/// Sends one piece of news; see [`web::JobHandler`].
pub(crate) fn deliver<'a>(member: &'a Arc<Member>, payload: &'a str) -> Working<'a> {
    Box::pin(async move {
        let wrong = |error| Problem::internal("webhook", "the job holds no news").because(error);
        let delivery: Delivery = serde_json::from_str(payload).map_err(wrong)?;
        let (hook, case, place) = (delivery.hook, delivery.case, delivery.place);
        let found = member.db.read("webhook.news", move |tx| {
            Ok((db::webhook(tx, hook)?, db::by_id(tx, case)?, db::event(tx, case, place)?))
        });
        // A webhook or a report that is gone, or no longer public, is no news.
        let (Some(hook), Some(report), Some((at, news))) = found.await? else { return Ok(()) };
        if hook.disabled.is_some() || report.visibility != Visibility::Public {
            return Ok(());
        }
        let now = member.clock.now();
        if hook.retry_at.is_some_and(|retry_at| retry_at > now) {
            return Err(Problem::peer("webhook", "the address is left alone for a while"));
        }
        let sent = send(member, &hook, &message(member, &delivery, &report, news, at), now).await;
        note(member, &hook, sent).await
    })
}

/// The body: what happened to which report, and where to read it.
fn message(member: &Member, delivery: &Delivery, report: &Report, news: News, at: Time) -> Message {
    let url = &member.settings.url;
    let body = serde_json::json!({
        "type": format!("report.{}", news.name()),
        "timestamp": at.rfc3339(),
        "data": {
            "service_request_id": report.number,
            "service_code": report.category,
            "status": if report.state.is_closed() { "closed" } else { "open" },
            "detailed_status": word(report.state),
            "jurisdiction_id": member.settings.host,
            "url": format!("{url}/open311/v2/requests/{}.json", report.number),
        },
    });
    // The same news has the same id however often it is sent.
    let id = format!("msg_{}_{}_{}", delivery.hook, delivery.case, delivery.place);
    Message { id, body: body.to_string() }
}

/// The secret of a webhook. It is derived from the member's key, so that no copy of the database holds it.
pub(crate) fn secret(member: &Member, id: WebhookId) -> String {
    let key = member.ledger.keys().derive(&format!("webhook/{id}"));
    format!("whsec_{}", STANDARD.encode(key.as_slice()))
}

/// The signature over id, time and body.
fn signature(key: &[u8], id: &str, timestamp: i64, body: &str) -> Result<String> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.map_err(|error| Problem::internal("webhook", "no key").because(error.to_string()))?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

async fn send(member: &Member, hook: &Webhook, message: &Message, now: Time) -> Result<()> {
    member.check_url(&hook.url)?;
    let key = member.ledger.keys().derive(&format!("webhook/{}", hook.id));
    let request = Request::post(hook.url.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", now.seconds())
        .header("webhook-signature", signature(key.as_slice(), &message.id, now.seconds(), &message.body)?)
        .body(Bytes::from(message.body.clone()));
    let request = request.map_err(|error| Problem::input("url", "not an address").because(error))?;
    match member.send(request, ANSWER).await?.status() {
        status if status.is_success() => Ok(()),
        status => Err(Problem::peer("webhook", format!("the answer was {status}"))),
    }
}

/// Keeps how it went. An address that is down is left alone for ever longer, and given up when that lasts.
async fn note(member: &Arc<Member>, hook: &Webhook, sent: Result<()>) -> Result<()> {
    let (id, now, since) = (hook.id, member.clock.now(), hook.failing_since);
    let Err(problem) = sent else {
        return member.db.write("webhook.delivered", move |tx| db::delivered(tx, id, now)).await;
    };
    let lasted = since.map_or(0, |since| now.seconds() - since.seconds());
    let gone = problem.detail.contains("410 Gone");
    let disabled = (gone || lasted >= LASTING).then_some(now);
    let (why, retry_at) = (problem.to_string(), now.plus_seconds((lasted / 4).clamp(1, PAUSE)));
    let write = move |tx: &mut store::Tx<'_>| db::failed(tx, id, now, retry_at, &why, disabled);
    member.db.write("webhook.failed", write).await?;
    if disabled.is_some() { Ok(()) } else { Err(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        // The example of the specification of Standard Webhooks.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signed = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}

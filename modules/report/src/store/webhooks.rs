use ::store::{Error, Row, Tx, jobs, params, statements};
use base::{CaseId, JobId, Problem, Result, Time, WebhookId};
use place::{Bounds, Point};
use sha2::{Digest as _, Sha256};

use super::news::Line;
use crate::model::{News, Report, Webhook};
use crate::webhook::{Delivery, JOB};

statements! {
    ADD = "report.add_webhook":
        "insert into report_webhook (id, url, events, categories, south, west, north, east, created)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    EVERY = "report.webhooks":
        "select id, url, events, categories, south, west, north, east, created, failing_since, retry_at, last_error,
                delivered, disabled from report_webhook order by created, id";
    ONE = "report.webhook":
        "select id, url, events, categories, south, west, north, east, created, failing_since, retry_at, last_error,
                delivered, disabled from report_webhook where id = ?1";
    REMOVE = "report.remove_webhook": "delete from report_webhook where id = ?1";
    DELIVERED = "report.delivered":
        "update report_webhook set delivered = ?2, failing_since = null, retry_at = null, last_error = null
         where id = ?1";
    FAILED = "report.webhook_failed":
        "update report_webhook set failing_since = coalesce(failing_since, ?2), retry_at = ?3, last_error = ?4,
                disabled = ?5 where id = ?1";
    RESUME = "report.resume_webhook":
        "update report_webhook set failing_since = null, retry_at = null, last_error = null, disabled = null
         where id = ?1";
    EVENT = "report.event": "select at, kind from case_event where case_id = ?1 and place = ?2 and public = 1";
}

/// Keeps a webhook.
pub(crate) fn add_webhook(tx: &mut Tx<'_>, hook: &Webhook) -> Result<()> {
    let events: Vec<_> = hook.events.iter().map(|news| news.name()).collect();
    let (events, categories) = (events.join(","), hook.categories.join(","));
    let side = |pick: fn(&Bounds) -> i32| hook.bounds.as_ref().map(pick);
    let params = params![
        &hook.id,
        hook.url.as_str(),
        events.as_str(),
        categories.as_str(),
        side(|b| b.min.lat),
        side(|b| b.min.lon),
        side(|b| b.max.lat),
        side(|b| b.max.lon),
        hook.created
    ];
    tx.exec(&ADD, params)?;
    Ok(())
}

/// Every webhook.
pub(crate) fn webhooks(tx: &mut Tx<'_>) -> Result<Vec<Webhook>> {
    Ok(tx.all(&EVERY, &[], hook)?)
}

/// One webhook.
pub(crate) fn webhook(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Webhook>> {
    Ok(tx.one(&ONE, params![&id], hook)?)
}

/// Ends a webhook; what waits for it is not sent any more.
pub(crate) fn remove_webhook(tx: &mut Tx<'_>, id: WebhookId) -> Result<()> {
    existing(tx.exec(&REMOVE, params![&id])?)
}

/// Tries a webhook again that was given up.
pub(crate) fn resume_webhook(tx: &mut Tx<'_>, id: WebhookId) -> Result<()> {
    existing(tx.exec(&RESUME, params![&id])?)
}

fn existing(changed: u64) -> Result<()> {
    if changed == 0 { Err(Problem::not_found("webhook", "there is no such webhook")) } else { Ok(()) }
}

/// Notes that something arrived.
pub(crate) fn delivered(tx: &mut Tx<'_>, id: WebhookId, now: Time) -> Result<()> {
    tx.exec(&DELIVERED, params![&id, now])?;
    Ok(())
}

/// Notes that nothing arrived, why, when it is tried again, and since when it is not any more.
pub(crate) fn failed(
    tx: &mut Tx<'_>,
    id: WebhookId,
    now: Time,
    retry_at: Time,
    why: &str,
    disabled: Option<Time>,
) -> Result<()> {
    tx.exec(&FAILED, params![&id, now, retry_at, why, disabled])?;
    Ok(())
}

/// When and what a public line of a timeline was.
pub(crate) fn event(tx: &mut Tx<'_>, case: CaseId, place: i64) -> Result<Option<(Time, News)>> {
    Ok(tx.one(&EVENT, params![&case, place], |row| Ok((row.get(0)?, super::named(row, 1, "news")?)))?)
}

/// Writes down what to send to whom about a line of a report's timeline.
pub(super) fn send(tx: &mut Tx<'_>, hooks: &[Webhook], report: &Report, line: &Line) -> Result<()> {
    let wants = |hook: &&Webhook| hook.disabled.is_none() && hook.wants(line.news, line.at, report);
    for hook in hooks.iter().filter(wants) {
        let delivery = Delivery { hook: hook.id, case: report.case_id, place: line.place };
        let payload = serde_json::to_string(&delivery)
            .map_err(|error| Problem::internal("webhook", "the job cannot be written").because(error))?;
        jobs::enqueue_once(tx, job_id(&delivery)?, JOB, &payload, line.at)?;
    }
    Ok(())
}

/// One id for one piece of news at one webhook, so that it is never sent as two.
fn job_id(delivery: &Delivery) -> Result<JobId> {
    let name = format!("{} {} {}", delivery.hook, delivery.case, delivery.place);
    let hash: [u8; 32] = Sha256::digest(name).into();
    let (first, _) = hash.split_at(16);
    JobId::from_bytes(first).ok_or_else(|| Problem::internal("webhook", "sixteen bytes make an id"))
}

fn hook(row: &Row<'_>) -> Result<Webhook, Error> {
    let list = |index: usize| row.get::<String>(index);
    let events = list(2)?.split(',').map(str::parse).collect::<Result<_, Problem>>();
    let categories = list(3)?.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
    let min = super::point(row, 4)?;
    let max: Option<Point> = super::point(row, 6)?;
    Ok(Webhook {
        id: row.get(0)?,
        url: row.get(1)?,
        events: events.map_err(|_| Error::Column(2, "events"))?,
        categories,
        bounds: min.zip(max).map(|(min, max)| Bounds { min, max }),
        created: row.get(8)?,
        failing_since: row.get(9)?,
        retry_at: row.get(10)?,
        last_error: row.get(11)?,
        delivered: row.get(12)?,
        disabled: row.get(13)?,
    })
}

use ::store::{Error, Row, Tx, jobs, params, statements};
use base::{CaseId, JobId, Problem, Result, Time, WebhookId};
use place::{Bounds, Point};
use sha2::{Digest as _, Sha256};

use crate::model::{News, Visibility, Webhook};
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
    TOLD = "report.webhook_told": "select place from report_webhook_told where case_id = ?1";
    TELL = "report.webhook_tell":
        "insert into report_webhook_told (case_id, place) values (?1, ?2)
         on conflict (case_id) do update set place = excluded.place";
    NEWS = "report.webhook_news":
        "select place, at, kind from case_event where case_id = ?1 and place > ?2 and public = 1 order by place";
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

/// Writes down, in the transaction that changed a report, whom to tell what nobody was told yet.
pub(crate) fn tell(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let hooks = tx.all(&EVERY, &[], hook)?;
    if hooks.iter().all(|hook| hook.disabled.is_some()) {
        return Ok(());
    }
    let Some(report) = super::by_id(tx, id)?.filter(|report| report.visibility == Visibility::Public) else {
        return Ok(());
    };
    let told = tx.get::<i64>(&TOLD, params![&id])?.unwrap_or(0);
    let news = tx.all(&NEWS, params![&id, told], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Time>(1)?, super::named::<News>(row, 2, "news")?))
    })?;
    for (place, at, news) in &news {
        for hook in hooks.iter().filter(|hook| hook.disabled.is_none() && hook.wants(*news, *at, &report)) {
            let delivery = Delivery { hook: hook.id, case: id, place: *place };
            let payload = serde_json::to_string(&delivery)
                .map_err(|error| Problem::internal("webhook", "the job cannot be written").because(error))?;
            jobs::enqueue_once(tx, job_id(&delivery)?, JOB, &payload, *at)?;
        }
    }
    if let Some((place, _, _)) = news.last() {
        tx.exec(&TELL, params![&id, *place])?;
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

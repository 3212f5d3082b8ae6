use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem, Result, WebhookId};
use place::{Bounds, Point};
use web::{Ctx, Form, Handled, Page, html, redirect};

use super::{crumbs, permit};
use crate::model::{Category, News, Webhook};
use crate::store as db;
use crate::webhook::secret;

const HERE: &str = "/arbeitsplatz/anliegen/webhooks";
/// Characters of an address, at most.
const LONGEST: usize = 500;

#[derive(Template)]
#[template(path = "report_webhooks.html")]
struct View {
    page: Page,
    hooks: Vec<Webhook>,
    events: Vec<(&'static str, bool)>,
    categories: Vec<(String, String, bool)>,
    url: String,
    bbox: String,
    /// The secret of the webhook that was just made.
    fresh: Option<String>,
}

/// Addresses that are told what happens to reports.
pub(super) async fn show(ctx: Ctx) -> Handled {
    let all = News::ALL.map(|news| (format!("event_{}", news.name()), "1".to_owned()));
    page(ctx, &Form::new(all.to_vec()), vec![], None).await
}

async fn page(ctx: Ctx, form: &Form, faults: Vec<Fault>, fresh: Option<String>) -> Handled {
    permit(&ctx)?;
    let found = ctx.member().db.read("report.webhooks", |tx| Ok((db::webhooks(tx)?, db::categories(tx)?)));
    let (hooks, categories) = found.await?;
    let category = |category: &Category| {
        let chosen = form.find(&format!("category_{}", category.code)).is_some();
        (category.code.clone(), category.name(ctx.lang()).to_owned(), chosen)
    };
    let categories = categories.iter().map(category).collect();
    let events = News::ALL.map(|news| (news.name(), is_chosen(form, news))).to_vec();
    let page = ctx.page_titled(ctx.t("report-hooks"), crumbs(&ctx)).with_faults(faults);
    let (url, bbox) = (form.get("url").to_owned(), form.get("bbox").to_owned());
    html(&View { page, hooks, events, categories, url, bbox, fresh })
}

fn is_chosen(form: &Form, news: News) -> bool {
    form.find(&format!("event_{}", news.name())).is_some()
}

/// Makes a webhook and shows its secret.
pub(super) async fn make(ctx: Ctx, form: Form) -> Handled {
    let permit = permit(&ctx)?;
    let hook = match read(&ctx, &form) {
        Ok(hook) => hook,
        Err(faults) => return page(ctx, &form, faults, None).await,
    };
    let (acting, sent, id) = (ctx.clone(), form, hook.id);
    let made = ctx.member().db.write("report.make_webhook", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(false);
        }
        db::add_webhook(tx, &hook)?;
        let about = serde_json::json!({ "webhook": hook.id, "url": hook.url });
        acting.audit(tx, &permit, "webhook.made", None, &about)?;
        identity::remember_form(tx, form_id, "", hook.created)?;
        Ok(true)
    });
    match made.await? {
        true => {
            let secret = secret(ctx.member(), id);
            page(ctx, &Form::default(), vec![], Some(secret)).await
        }
        false => redirect(HERE),
    }
}

/// What the form says, or everything that is wrong with it.
fn read(ctx: &Ctx, form: &Form) -> Result<Webhook, Vec<Fault>> {
    let (member, url) = (ctx.member(), form.get("url"));
    let mut faults = Vec::new();
    if url.len() > LONGEST {
        faults.push(Fault::new("url", "report-hook-url-wrong"));
    } else if let Err(problem) = member.check_url(url) {
        let private = problem.code == "url-private";
        faults.push(Fault::new(
            "url",
            if private { "report-hook-url-private" } else { "report-hook-url-wrong" },
        ));
    }
    let events: Vec<_> = News::ALL.into_iter().filter(|news| is_chosen(form, *news)).collect();
    if events.is_empty() {
        faults.push(Fault::new("event_opened", "report-hook-events-missing"));
    }
    let bounds = form.find("bbox").map(bounds);
    if bounds == Some(None) {
        faults.push(Fault::new("bbox", "open311-bbox"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let chosen = form.fields().iter().filter_map(|(name, _)| name.strip_prefix("category_"));
    Ok(Webhook {
        id: WebhookId::new(&member.clock, &member.entropy),
        url: url.to_owned(),
        events,
        categories: chosen.map(str::to_owned).collect(),
        bounds: bounds.flatten(),
        created: member.clock.now(),
        failing_since: None,
        retry_at: None,
        last_error: None,
        delivered: None,
        disabled: None,
    })
}

/// West, south, east and north in degrees.
fn bounds(text: &str) -> Option<Bounds> {
    let sides: Option<Vec<f64>> = text.split(',').map(|part| part.trim().parse().ok()).collect();
    match sides?.as_slice() {
        [west, south, east, north] if west <= east && south <= north => {
            let (min, max) = (Point::from_degrees(*south, *west)?, Point::from_degrees(*north, *east)?);
            Some(Bounds { min, max })
        }
        _ => None,
    }
}

/// Ends a webhook, or tries it again.
pub(super) async fn change(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let permit = permit(&ctx)?;
    let id: WebhookId = id.parse().map_err(|_| Problem::not_found("webhook", "there is no such webhook"))?;
    let acting = ctx.clone();
    let done = ctx.member().db.write("report.change_webhook", move |tx| {
        let kind = match form.get("schritt") {
            "wieder" => {
                db::resume_webhook(tx, id)?;
                "webhook.resumed"
            }
            "beenden" => {
                db::remove_webhook(tx, id)?;
                "webhook.removed"
            }
            other => return Err(Problem::input("step", format!("there is no step '{other}'"))),
        };
        acting.audit(tx, &permit, kind, None, &serde_json::json!({ "webhook": id }))
    });
    done.await?;
    redirect(HERE)
}

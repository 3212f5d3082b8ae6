use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use base::{Fault, Problem};
use identity::{Limit, Secret};
use web::mail::{self, Mail};
use web::{Ctx, Form, Handled, Page, html, html_with, parse_form, see_other};

use super::Rhythm;
use super::words::words;
use crate::pages::list::{Asked, crumbs};
use crate::store::follow::{self, Follow};

/// Subscriptions from one network address, and mails to confirm them to one mail address.
const PER_ADDRESS: Limit = Limit { what: "report-follow", times: 20, seconds: 3600 };
const PER_EMAIL: Limit = Limit { what: "report-follow-mail", times: 5, seconds: 24 * 3600 };

#[derive(Template)]
#[template(path = "report_follow.html")]
struct View {
    page: Page,
    said: Vec<String>,
    /// The question, to be sent along.
    query: String,
    email: String,
    rhythms: Vec<(&'static str, String, bool)>,
    changes: bool,
    single: bool,
    sent: bool,
    atom: String,
    rss: String,
    calendar: String,
}

#[derive(Template)]
#[template(path = "report_following.html")]
struct Manage {
    page: Page,
    said: Vec<String>,
    confirmed: bool,
    rhythms: Vec<(&'static str, String, bool)>,
    list: String,
}

#[derive(Template)]
#[template(path = "report_unfollowed.html")]
struct Ended {
    page: Page,
}

fn rhythms(ctx: &Ctx, chosen: Rhythm) -> Vec<(&'static str, String, bool)> {
    let text = |rhythm: Rhythm| ctx.t1("report-rhythm", "name", rhythm.name());
    Rhythm::ALL.into_iter().map(|rhythm| (rhythm.name(), text(rhythm), rhythm == chosen)).collect()
}

/// How to follow a question.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let asked = Asked::read_whole(&ctx, &form).await?;
    view(&ctx, &asked, &form, vec![])
}

fn view(ctx: &Ctx, asked: &Asked, form: &Form, faults: Vec<Fault>) -> Handled {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let to = |path| asked.wanted.address(path, &[]);
    let said = words(&ctx.member().texts, ctx.lang(), &asked.wanted, &asked.known());
    let feeds = crate::pages::list::feeds(ctx, &asked.wanted);
    let page = ctx.page_titled(ctx.t("report-follow"), crumbs(ctx)).with_faults(faults).with_feeds(feeds);
    let view = View {
        page,
        said,
        query: asked.wanted.query(),
        email: form.get("email").to_owned(),
        rhythms: rhythms(ctx, form.get("rhythmus").parse().unwrap_or_default()),
        changes: form.find("aenderungen").is_some(),
        single: asked.wanted.number.is_some(),
        sent: form.find("gesendet").is_some(),
        atom: to("/anliegen/feed.atom"),
        rss: to("/anliegen/feed.rss"),
        calendar: to("/anliegen/termine.ics"),
    };
    html_with(status, &view)
}

/// Takes a subscription and mails the link that confirms it. The answer is the same whoever the address belongs to.
pub(crate) async fn send(ctx: Ctx, form: Form) -> Handled {
    let question = parse_form(form.get("frage").as_bytes())?;
    let asked = Asked::read_whole(&ctx, &question).await?;
    let email = form.get("email").to_lowercase();
    if email.parse::<lettre::Address>().is_err() {
        return view(&ctx, &asked, &form, vec![Fault::new("email", "email-wrong")]);
    }
    let form_id = form.id()?;
    let now = ctx.member().clock.now();
    let follow = Follow {
        secret: Secret::new(&ctx.member().entropy).reveal().to_owned(),
        email,
        lang: ctx.lang().tag().to_owned(),
        query: asked.wanted.query(),
        rhythm: form.get("rhythmus").parse()?,
        changes: form.find("aenderungen").is_some(),
        created: now,
        confirmed: None,
        sent: None,
    };
    let said = words(&ctx.member().texts, ctx.lang(), &asked.wanted, &asked.known()).join(" · ");
    let settings = &ctx.member().settings;
    let link = format!("{}/anliegen/folgen/{}", settings.url, follow.secret);
    let body = format!("{}\n\n{said}\n\n{link}\n\n{}\n", ctx.t("report-confirm-mail"), settings.name);
    let mail = Mail { to: follow.email.clone(), subject: ctx.t("report-confirm-subject"), body };
    let more = [("gesendet", "1".to_owned())];
    let target = asked.wanted.address("/anliegen/folgen", &more);
    let (member, address, location) = (ctx.member().clone(), ctx.address().to_owned(), target.clone());
    let done = ctx.member().db.write("report.follow", move |tx| {
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        identity::hit(tx, PER_ADDRESS, &address, now)?;
        identity::hit(tx, PER_EMAIL, &follow.email, now)?;
        follow::add(tx, &follow)?;
        mail::send(tx, (&member.clock, &member.entropy), &mail)?;
        identity::remember_form(tx, form_id, &location, now)
    });
    done.await?;
    ctx.member().new_job.notify_one();
    Ok(see_other(&target))
}

async fn load(ctx: &Ctx, secret: String) -> Result<Follow, Problem> {
    let found = ctx.member().db.read("report.follow", move |tx| follow::find(tx, &secret)).await?;
    found.ok_or_else(|| Problem::not_found("report-follow", "there is no such subscription"))
}

/// The page behind the link in every mail. Looking at it changes nothing, because mail programs look at links too.
pub(crate) async fn manage(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let follow = load(&ctx, secret).await?;
    let (asked, _) = Asked::read(&ctx, &parse_form(follow.query.as_bytes())?).await?;
    html(&Manage {
        page: ctx.page_titled(ctx.t("report-follow"), crumbs(&ctx)),
        said: words(&ctx.member().texts, ctx.lang(), &asked.wanted, &asked.known()),
        confirmed: follow.confirmed.is_some(),
        rhythms: rhythms(&ctx, follow.rhythm),
        list: asked.wanted.address("/anliegen", &[]),
    })
}

/// Confirms, changes or ends a subscription.
pub(crate) async fn change(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    let old = load(&ctx, secret.clone()).await?;
    let (now, here) = (ctx.member().clock.now(), format!("/anliegen/folgen/{secret}"));
    match form.get("tat") {
        "bestaetigen" => {
            ctx.member().db.write("report.follow", move |tx| follow::confirm(tx, &secret, now)).await?;
        }
        "rhythmus" => {
            let rhythm: Rhythm = form.get("rhythmus").parse()?;
            let set = ctx.member().db.write("report.follow", move |tx| {
                let waits = !follow::news(tx, &secret)?.is_empty();
                let due = waits.then(|| rhythm.due(old.sent, now));
                follow::set_rhythm(tx, &secret, rhythm, due)
            });
            set.await?;
        }
        "abbestellen" => {
            ctx.member().db.write("report.follow", move |tx| follow::remove(tx, &secret)).await?;
            return html(&Ended { page: ctx.page_titled(ctx.t("report-follow-ended"), crumbs(&ctx)) });
        }
        _ => return Err(Problem::input("action", "there is no such action").into()),
    }
    Ok(see_other(&here))
}

/// Whether a mail program asks to end something with one click.
pub(crate) fn one_click(form: &Form) -> Result<(), Problem> {
    match form.get("List-Unsubscribe") {
        "One-Click" => Ok(()),
        _ => Err(Problem::input("one-click", "the body is not List-Unsubscribe=One-Click")),
    }
}

/// The link of the mail's header, opened by a person.
pub(crate) async fn unsubscribe_page(Path(secret): Path<String>) -> Handled {
    Ok(see_other(&format!("/anliegen/folgen/{secret}")))
}

/// Ends a subscription with one click (RFC 8058 § 3.1). To end it twice is to end it.
pub(crate) async fn unsubscribe(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    one_click(&form)?;
    ctx.member().db.write("report.follow", move |tx| follow::remove(tx, &secret)).await?;
    Ok(StatusCode::OK.into_response())
}

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use base::{Fault, PersonId, Problem, Result};
use identity::{Account, Limit, Session};
use store::Tx;

use crate::context::{Ctx, SESSION, set_cookie};
use crate::failure::Handled;
use crate::form::Form;
use crate::mail::{self, Mail};
use crate::page::{Page, html, see_other};
use crate::pages::home::own_path;

/// Wrong passwords for one account before it is locked for a while.
const PER_ACCOUNT: Limit = Limit { what: "login", times: 10, seconds: 15 * 60 };
/// Attempts from one network address.
const PER_ADDRESS: Limit = Limit { what: "login-address", times: 100, seconds: 15 * 60 };
/// Wrong codes of the second factor.
const PER_CODE: Limit = Limit { what: "second-factor", times: 10, seconds: 15 * 60 };
/// Links sent to one address.
const PER_LINK: Limit = Limit { what: "login-link", times: 5, seconds: 60 * 60 };
/// How long the cookie lives; the session behind it ends on its own.
const COOKIE_SECONDS: i64 = 12 * 3600;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: Page,
    next: String,
    email: String,
    sent: bool,
}

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct Link {
    page: Page,
    secret: String,
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Second {
    page: Page,
    next: String,
    demo_code: Option<String>,
}

pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let page = ctx.page_titled(ctx.t("sign-in"), vec![]).with_passkey();
    let sent = form.find("gesendet").is_some();
    html(&SignIn { page, next: own_path(form.get("weiter")).into(), email: String::new(), sent })
}

pub(crate) async fn sign_in(ctx: Ctx, form: Form) -> Handled {
    let (email, password) = (form.get("email").to_lowercase(), form.get("passwort").to_owned());
    let (now, address, who) = (ctx.member().clock.now(), ctx.address().to_owned(), email.clone());
    let account = ctx.member().db.write("login.attempt", move |tx| {
        identity::hit(tx, PER_ADDRESS, &address, now)?;
        identity::peek(tx, PER_ACCOUNT, &who, now)?;
        identity::by_email(tx, &who)
    });
    let account = account.await?;
    let stored = account.as_ref().and_then(|account| account.password.clone());
    let fits = ctx.member().passwords.check(password, stored).await?;
    let Some(account) = account.filter(|_| fits) else {
        let who = email.clone();
        // The failed attempt itself is answered like any other; only the next one finds the account locked.
        ctx.member()
            .db
            .write("login.failed", move |tx| {
                drop(identity::hit(tx, PER_ACCOUNT, &who, now));
                Ok(())
            })
            .await?;
        let faults = vec![Fault::new("passwort", "login-wrong")];
        let page = ctx.page_titled(ctx.t("sign-in"), vec![]).with_passkey().with_faults(faults);
        return html(&SignIn { page, next: own_path(form.get("weiter")).into(), email, sent: false });
    };
    enter(&ctx, account, false, own_path(form.get("weiter"))).await
}

/// Starts a session; the cookie that came with the request is worth nothing afterwards.
async fn enter(ctx: &Ctx, account: Account, strong: bool, next: &str) -> Handled {
    let (member, old) = (ctx.member().clone(), ctx.session().map(str::to_owned));
    let (email, id) = (account.email.clone().unwrap_or_default(), account.id);
    let secret = ctx.member().db.write("login.enter", move |tx| {
        identity::clear(tx, if strong { PER_CODE } else { PER_ACCOUNT }, &email)?;
        if let Some(old) = &old {
            identity::end(tx, old)?;
        }
        identity::start_session(tx, &member.entropy, member.clock.now(), &Session { person: id, strong })
    });
    let secret = secret.await?;
    let needs_more = !strong && account.totp.is_some();
    let next = if needs_more {
        let query = serde_urlencoded::to_string([("weiter", next)]).unwrap_or_default();
        format!("/anmelden/zweiter-faktor?{query}")
    } else {
        next.to_owned()
    };
    let mut response = see_other(&next);
    put_cookie(ctx, &mut response, Some(secret.reveal()));
    Ok(response)
}

fn put_cookie(ctx: &Ctx, response: &mut Response, value: Option<&str>) {
    if let Ok(cookie) = set_cookie(ctx.member(), SESSION, value, COOKIE_SECONDS).parse() {
        response.headers_mut().append("set-cookie", cookie);
    }
}

pub(crate) async fn send_link(ctx: Ctx, form: Form) -> Handled {
    let email = form.get("email").to_lowercase();
    if email.parse::<lettre::Address>().is_err() {
        let faults = vec![Fault::new("link_email", "email-wrong")];
        let page = ctx.page_titled(ctx.t("sign-in"), vec![]).with_passkey().with_faults(faults);
        return html(&SignIn { page, next: "/".into(), email, sent: false });
    }
    let (member, address) = (ctx.member().clone(), ctx.address().to_owned());
    let (subject, body) = (ctx.t("link-mail-subject"), ctx.t("link-mail-body"));
    ctx.member()
        .db
        .write("login.link", move |tx| {
            let now = member.clock.now();
            identity::hit(tx, PER_ADDRESS, &address, now)?;
            identity::hit(tx, PER_LINK, &email, now)?;
            let secret = identity::new_link(tx, &member.entropy, now, &email)?;
            let url = format!("{}/anmelden/link/{}", member.settings.url, secret.reveal());
            let body = format!("{body}\n\n{url}\n\n{}\n", member.settings.name);
            mail::send(
                tx,
                (&member.clock, &member.entropy),
                &Mail { to: email.clone(), subject: subject.clone(), body },
            )
        })
        .await?;
    ctx.member().new_job.notify_one();
    Ok(see_other("/anmelden?gesendet=1"))
}

/// Asks for one more click: programs that look at mails follow links, and the link works only once.
pub(crate) async fn show_link(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    html(&Link { page: ctx.page("sign-in"), secret })
}

pub(crate) async fn use_link(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let member = ctx.member().clone();
    let account = ctx.member().db.write("login.use_link", move |tx| {
        let email = identity::use_link(tx, &secret, member.clock.now())?;
        let email =
            email.ok_or_else(|| Problem::new(base::Kind::Gone, "link-gone", "the link has expired"))?;
        let id = identity::citizen(tx, (&member.clock, &member.entropy), &email)?;
        account(tx, id)
    });
    enter(&ctx, account.await?, false, "/konto").await
}

fn account(tx: &mut Tx<'_>, id: PersonId) -> Result<Account> {
    identity::by_id(tx, id)?.ok_or_else(|| Problem::not_found("account", "there is no such account"))
}

async fn signed_in(ctx: &Ctx) -> Result<Account> {
    let nobody = || Problem::new(base::Kind::Unauthenticated, "sign-in", "nobody is signed in");
    let id = ctx.who().person().ok_or_else(nobody)?;
    ctx.member().db.read("account", move |tx| account(tx, id)).await
}

pub(crate) async fn show_second(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    second_page(&ctx, own_path(form.get("weiter")), vec![]).await
}

async fn second_page(ctx: &Ctx, next: &str, faults: Vec<Fault>) -> Handled {
    let account = signed_in(ctx).await?;
    let Some(secret) = account.totp else {
        return Ok(see_other("/konto/zweiter-faktor"));
    };
    let now = ctx.member().clock.now();
    let demo_code =
        if ctx.member().settings.demo { Some(identity::current_code(&secret, now)?) } else { None };
    let page = ctx.page_titled(ctx.t("second-factor"), vec![]).with_faults(faults);
    html(&Second { page, next: next.into(), demo_code })
}

pub(crate) async fn second(ctx: Ctx, form: Form) -> Handled {
    let account = signed_in(&ctx).await?;
    let next = own_path(form.get("weiter")).to_owned();
    let (code, now, checked) = (form.get("code").to_owned(), ctx.member().clock.now(), account.clone());
    let fits = ctx.member().db.write("login.second", move |tx| {
        let email = checked.email.as_deref().unwrap_or_default();
        identity::peek(tx, PER_CODE, email, now)?;
        let secret = checked.totp.as_deref().unwrap_or_default();
        let fits = !secret.is_empty() && identity::check_totp(tx, checked.id, secret, &code, now)?;
        if !fits {
            drop(identity::hit(tx, PER_CODE, email, now));
        }
        Ok(fits)
    });
    if fits.await? {
        enter(&ctx, account, true, &next).await
    } else {
        second_page(&ctx, &next, vec![Fault::new("code", "code-wrong")]).await
    }
}

pub(crate) async fn sign_out(ctx: Ctx) -> Handled {
    if let Some(session) = ctx.session().map(str::to_owned) {
        ctx.member().db.write("login.end", move |tx| identity::end(tx, &session)).await?;
    }
    let mut response = see_other("/");
    put_cookie(&ctx, &mut response, None);
    Ok(response)
}

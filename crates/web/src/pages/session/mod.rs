//! Signing in and out: with a password, and in a file each with a link, a second factor, a passkey, a provider.

pub(crate) mod link;
pub(crate) mod oidc;
pub(crate) mod passkey;
pub(crate) mod second;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use base::{Fault, PersonId, Problem, Result};
use identity::{Account, Limit, Secret, Session};
use store::Tx;

use crate::context::{Ctx, SESSION, set_cookie};
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html, see_other};
use crate::pages::home::own_path;

/// Wrong passwords for one account before it is locked for a while.
const PER_ACCOUNT: Limit = Limit { what: "login", times: 10, seconds: 15 * 60 };
/// Attempts from one network address.
const PER_ADDRESS: Limit = Limit { what: "login-address", times: 100, seconds: 15 * 60 };
/// Wrong codes of the second factor.
const PER_CODE: Limit = Limit { what: "second-factor", times: 10, seconds: 15 * 60 };
/// Sign-ins begun from one network address that cannot be guessed, but each of which we keep for a while.
const PER_CEREMONY: Limit = Limit { what: "login-ceremony", times: 300, seconds: 15 * 60 };
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
    /// The name of the provider of sign-ins and the way there.
    provider: Option<(String, String)>,
}

pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    page(&ctx, own_path(form.get("weiter")), String::new(), form.find("gesendet").is_some(), vec![])
}

fn page(ctx: &Ctx, next: &str, email: String, sent: bool, faults: Vec<Fault>) -> Handled {
    let page = ctx.page_titled(ctx.t("sign-in"), vec![]).with_island("passkey.js").with_faults(faults);
    let provider = ctx.member().settings.oidc.as_ref();
    let provider = provider.map(|provider| (provider.name.clone(), with_next("/anmelden/anbieter", next)));
    html(&SignIn { page, next: next.into(), email, sent, provider })
}

/// An address that remembers where to go on afterwards.
fn with_next(path: &str, next: &str) -> String {
    format!("{path}?{}", serde_urlencoded::to_string([("weiter", next)]).unwrap_or_default())
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
        return page(&ctx, own_path(form.get("weiter")), email, false, faults);
    };
    enter(&ctx, &account, false, own_path(form.get("weiter"))).await
}

/// Starts a session and goes on.
pub(crate) async fn enter(ctx: &Ctx, account: &Account, strong: bool, next: &str) -> Handled {
    let (secret, next) = start(ctx, account, strong, next).await?;
    let mut response = see_other(&next);
    put_cookie(ctx, &mut response, Some(secret.reveal()));
    Ok(response)
}

/// Starts a session; the cookie that came with the request is worth nothing afterwards. Gives the new one, and where
/// to go: to the second factor first when there is one that was not asked for.
async fn start(ctx: &Ctx, account: &Account, strong: bool, next: &str) -> Result<(Secret, String)> {
    let (member, old) = (ctx.member().clone(), ctx.session().map(str::to_owned));
    let (email, id) = (account.email.clone().unwrap_or_default(), account.id);
    let secret = ctx.member().db.write("login.enter", move |tx| {
        identity::clear(tx, if strong { PER_CODE } else { PER_ACCOUNT }, &email)?;
        if let Some(old) = &old {
            identity::end(tx, old)?;
        }
        identity::start_session(tx, &member.entropy, member.clock.now(), &Session { person: id, strong })
    });
    let needs_more = !strong && account.has_second_factor();
    let next = if needs_more { with_next("/anmelden/zweiter-faktor", next) } else { next.to_owned() };
    Ok((secret.await?, next))
}

fn put_cookie(ctx: &Ctx, response: &mut Response, value: Option<&str>) {
    if let Ok(cookie) = set_cookie(ctx.member(), SESSION, value, COOKIE_SECONDS).parse() {
        response.headers_mut().append("set-cookie", cookie);
    }
}

pub(crate) fn account(tx: &mut Tx<'_>, id: PersonId) -> Result<Account> {
    identity::by_id(tx, id)?.ok_or_else(|| Problem::not_found("account", "there is no such account"))
}

pub(crate) async fn signed_in(ctx: &Ctx) -> Result<Account> {
    let nobody = || Problem::new(base::Kind::Unauthenticated, "sign-in", "nobody is signed in");
    let id = ctx.who().person().ok_or_else(nobody)?;
    ctx.member().db.read("account", move |tx| account(tx, id)).await
}

pub(crate) async fn sign_out(ctx: Ctx) -> Handled {
    if let Some(session) = ctx.session().map(str::to_owned) {
        ctx.member().db.write("login.end", move |tx| identity::end(tx, &session)).await?;
    }
    let mut response = see_other("/");
    put_cookie(&ctx, &mut response, None);
    Ok(response)
}

use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use base::{Problem, Result};
use identity::oidc::{self, Provider, Settings};

use super::{PER_CEREMONY, enter};
use crate::context::{Ctx, cookie, set_cookie};
use crate::failure::Handled;
use crate::form::Form;
use crate::page::see_other;
use crate::pages::home::own_path;

/// Ties a sign-in at the provider to the browser that began it. Lax, because it must come along when the provider
/// sends the browser back.
const LOGIN: &str = "raum_oidc";

/// Time to sign in at the provider.
const SECONDS: i64 = 10 * 60;

/// The provider in the member's settings.
fn settings(ctx: &Ctx) -> Result<&Settings> {
    let none = || Problem::not_found("oidc-none", "this member has no provider of sign-ins");
    ctx.member().settings.oidc.as_ref().ok_or_else(none)
}

async fn provider(ctx: &Ctx) -> Result<Provider> {
    let back = format!("{}/anmelden/anbieter/zurueck", ctx.member().settings.url);
    Provider::discover(settings(ctx)?, &ctx.member().fetch, back).await
}

/// Goes to the provider. By a link and not by a form, because no form of ours may lead to another site.
pub(crate) async fn depart(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    settings(&ctx)?;
    let (now, address) = (ctx.member().clock.now(), ctx.address().to_owned());
    ctx.member()
        .db
        .write("login.oidc_count", move |tx| identity::hit(tx, PER_CEREMONY, &address, now))
        .await?;
    let (provider, member) = (provider(&ctx).await?, ctx.member().clone());
    let next = own_path(form.get("weiter")).to_owned();
    let departure = ctx
        .member()
        .db
        .write("login.oidc_depart", move |tx| provider.depart(tx, (&member.entropy, now), &next))
        .await?;
    let mut response = see_other(&departure.url);
    put(&ctx, &mut response, Some(departure.browser.reveal()));
    Ok(response)
}

/// Comes back from the provider, with a code or with what went wrong.
pub(crate) async fn arrive(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let settings = settings(&ctx)?;
    let browser = cookie(&headers, LOGIN).unwrap_or_default().to_owned();
    let (state, now) = (form.get("state").to_owned(), ctx.member().clock.now());
    let login = ctx.member().db.write("login.oidc_arrive", move |tx| oidc::arrive(tx, now, &state, &browser));
    let login = login.await?;
    // The issuer says who answers, so that one provider cannot pass for another (RFC 9207).
    let ours = form.find("iss").is_none_or(|issuer| issuer == settings.issuer);
    let stray = || Problem::denied("oidc-state", "this sign-in was not begun in this browser, or long ago");
    let login = login.filter(|_| ours).ok_or_else(stray)?;
    let Some(code) = form.find("code") else {
        return Err(Problem::denied("oidc-refused", "the provider did not sign anybody in").into());
    };
    let next = login.next.clone();
    let claims = provider(&ctx).await?.claims(login, code, now).await?;
    let (strong, issuer) = (claims.strong, settings.issuer.clone());
    let account = ctx
        .member()
        .db
        .write("login.oidc", move |tx| identity::staff_by_claims(tx, &issuer, &claims))
        .await?;
    let mut response = enter(&ctx, &account, strong, &next).await?;
    put(&ctx, &mut response, None);
    Ok(response)
}

fn put(ctx: &Ctx, response: &mut Response, value: Option<&str>) {
    if let Ok(cookie) = set_cookie(ctx.member(), LOGIN, value, SECONDS).parse() {
        response.headers_mut().append("set-cookie", cookie);
    }
}

use askama::Template;
use axum::Json;
use axum::response::IntoResponse as _;
use base::{Fault, Kind, Problem, Result};
use identity::Account;

use super::me;
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::{Form, FromJson};
use crate::page::{Page, html, see_other};
use crate::pages::session::passkey::{Answer, enter_by_script, passkeys, refused};
use crate::pages::session::{account, enter, signed_in};

#[derive(Template)]
#[template(path = "account_set_up.html")]
struct SetUp {
    page: Page,
    account: Account,
}

#[derive(Template)]
#[template(path = "account_totp.html")]
struct Totp {
    page: Page,
    secret: String,
    qr: String,
}

/// Whoever has a second factor needs it to add or remove one; else a password or a mailbox would be enough to get
/// around it.
pub(super) fn may_change(ctx: &Ctx, account: &Account) -> Result<()> {
    if account.has_second_factor() && !ctx.is_strong() {
        return Err(Problem::new(Kind::Unauthenticated, "second-factor", "a second factor is needed"));
    }
    Ok(())
}

/// What somebody who is new here still has to set up.
pub(crate) async fn show_set_up(ctx: Ctx) -> Handled {
    let account = signed_in(&ctx).await?;
    html(&SetUp { page: ctx.page_titled(ctx.t("set-up-title"), vec![]).with_island("passkey.js"), account })
}

pub(crate) async fn show_totp(ctx: Ctx) -> Handled {
    totp_page(&ctx, identity::new_secret(&ctx.member().entropy), vec![]).await
}

async fn totp_page(ctx: &Ctx, secret: String, faults: Vec<Fault>) -> Handled {
    let email = signed_in(ctx).await?.email.unwrap_or_default();
    let url = identity::enrol(&secret, &email, &ctx.member().settings.name)?;
    let code = qrcode::QrCode::new(url.as_bytes())
        .map_err(|error| Problem::internal("qr", "the code cannot be drawn").because(error))?;
    // Black on white in both themes: authenticator apps do not read light codes on a dark ground.
    let qr = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
    let qr = qr.split_once("?>").map_or(qr.clone(), |(_, svg)| svg.to_owned());
    let page = ctx.page_titled(ctx.t("second-factor"), vec![]).with_faults(faults);
    html(&Totp { page, secret, qr })
}

/// Sets up an authenticator app. The code that proves it is the second factor of this session, because it works only
/// once and the next one comes half a minute later.
pub(crate) async fn set_totp(ctx: Ctx, form: Form) -> Handled {
    let (id, asking) = (me(&ctx)?, ctx.clone());
    let (secret, code, now) =
        (form.get("geheimnis").to_owned(), form.get("code").to_owned(), ctx.member().clock.now());
    let offered = secret.clone();
    let fits = ctx.member().db.write("account.totp", move |tx| {
        let account = account(tx, id)?;
        if account.totp.is_some() {
            return Err(Problem::conflict("totp-set", "there is a second factor already"));
        }
        may_change(&asking, &account)?;
        identity::set_totp(tx, id, Some(&offered))?;
        let fits = identity::check_totp(tx, id, &offered, &code, now)?;
        if !fits {
            identity::set_totp(tx, id, None)?;
        }
        Ok(Some(account).filter(|_| fits))
    });
    match fits.await? {
        Some(account) => enter(&ctx, &account, true, "/konto").await,
        None => totp_page(&ctx, secret, vec![Fault::new("code", "code-wrong")]).await,
    }
}

/// Asks the device for a new passkey.
pub(crate) async fn ask_passkey(ctx: Ctx) -> Handled {
    let (id, passkeys, asking) = (me(&ctx)?, passkeys(&ctx)?, ctx.clone());
    let challenge = ctx.member().db.write("account.passkey_ask", move |tx| {
        let (account, member) = (account(tx, id)?, asking.member());
        may_change(&asking, &account)?;
        passkeys.start_enrolment(tx, (&member.entropy, member.clock.now()), &account)
    });
    Ok(Json(challenge.await?).into_response())
}

/// Keeps the new passkey. Making it verified the user, so from here on the session has both factors.
pub(crate) async fn add_passkey(ctx: Ctx, FromJson(answer): FromJson<Answer>) -> Handled {
    let (id, passkeys, asking) = (me(&ctx)?, passkeys(&ctx)?, ctx.clone());
    let name = if answer.name.trim().is_empty() { ctx.t("passkey") } else { answer.name };
    let added = ctx.member().db.write("account.passkey", move |tx| {
        let (account, now) = (account(tx, id)?, asking.member().clock.now());
        may_change(&asking, &account)?;
        let answer = (answer.id.as_str(), &answer.credential);
        let kept = passkeys.finish_enrolment(tx, (id, now), answer, &name)?;
        Ok(Some(account).filter(|_| kept))
    });
    let account = added.await?.ok_or_else(refused)?;
    enter_by_script(&ctx, &account, "/konto").await
}

pub(crate) async fn delete_passkey(ctx: Ctx, form: Form) -> Handled {
    let (id, asking, handle) = (me(&ctx)?, ctx.clone(), form.get("passkey").to_owned());
    let deleted = ctx.member().db.write("account.passkey_delete", move |tx| {
        may_change(&asking, &account(tx, id)?)?;
        identity::delete_passkey(tx, id, &handle)
    });
    deleted.await?;
    Ok(see_other("/konto"))
}

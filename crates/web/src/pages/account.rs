use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Fault, PersonId, Problem, Result};
use cases::Case;
use identity::Account;
use ledger::Actor;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::mail;
use crate::page::{Page, html, see_other};

#[derive(Template)]
#[template(path = "account.html")]
struct View {
    page: Page,
    account: Account,
    cases: Vec<Case>,
}

#[derive(Template)]
#[template(path = "account_totp.html")]
struct Totp {
    page: Page,
    secret: String,
    qr: String,
}

#[derive(Template)]
#[template(path = "account_erase.html")]
struct Erase {
    page: Page,
}

fn me(ctx: &Ctx) -> Result<PersonId> {
    let nobody = || Problem::new(base::Kind::Unauthenticated, "sign-in", "nobody is signed in");
    ctx.who().person().ok_or_else(nobody)
}

pub(crate) async fn show(ctx: Ctx) -> Handled {
    view(&ctx, vec![]).await
}

async fn view(ctx: &Ctx, faults: Vec<Fault>) -> Handled {
    let id = me(ctx)?;
    let found = ctx.member().db.read("account.show", move |tx| {
        let account = identity::by_id(tx, id)?;
        Ok((account, cases::of_owner(tx, id)?))
    });
    let (account, cases) = found.await?;
    let account = account.ok_or_else(|| Problem::not_found("account", "there is no such account"))?;
    let page = ctx.page_titled(ctx.t("account"), vec![]).with_passkey().with_faults(faults);
    html(&View { page, account, cases })
}

pub(crate) async fn set_password(ctx: Ctx, form: Form) -> Handled {
    let id = me(&ctx)?;
    let password = form.get("passwort").to_owned();
    if let Some(code) = identity::password_fault(&password) {
        return view(&ctx, vec![Fault::new("passwort", code)]).await;
    }
    let stretched = ctx.member().passwords.stretch(password).await?;
    ctx.member()
        .db
        .write("account.password", move |tx| identity::set_password(tx, id, Some(&stretched)))
        .await?;
    Ok(see_other("/konto"))
}

pub(crate) async fn show_totp(ctx: Ctx) -> Handled {
    totp_page(&ctx, identity::new_secret(&ctx.member().entropy), vec![]).await
}

async fn totp_page(ctx: &Ctx, secret: String, faults: Vec<Fault>) -> Handled {
    let id = me(ctx)?;
    let account = ctx.member().db.read("account", move |tx| identity::by_id(tx, id)).await?;
    let email = account.and_then(|account| account.email).unwrap_or_default();
    let url = identity::enrol(&secret, &email, &ctx.member().settings.name)?;
    let code = qrcode::QrCode::new(url.as_bytes())
        .map_err(|error| Problem::internal("qr", "the code cannot be drawn").because(error))?;
    // Black on white in both themes: authenticator apps do not read light codes on a dark ground.
    let qr = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build();
    let qr = qr.split_once("?>").map_or(qr.clone(), |(_, svg)| svg.to_owned());
    let page = ctx.page_titled(ctx.t("second-factor"), vec![]).with_faults(faults);
    html(&Totp { page, secret, qr })
}

pub(crate) async fn set_totp(ctx: Ctx, form: Form) -> Handled {
    let id = me(&ctx)?;
    let (secret, code, now) =
        (form.get("geheimnis").to_owned(), form.get("code").to_owned(), ctx.member().clock.now());
    let offered = secret.clone();
    let fits = ctx.member().db.write("account.totp", move |tx| {
        // Who has a second factor needs it to change it.
        let account = identity::by_id(tx, id)?;
        if account.is_some_and(|account| account.totp.is_some()) {
            return Err(Problem::conflict("totp-set", "there is a second factor already"));
        }
        identity::set_totp(tx, id, Some(&offered))?;
        let fits = identity::check_totp(tx, id, &offered, &code, now)?;
        if !fits {
            identity::set_totp(tx, id, None)?;
        }
        Ok(fits)
    });
    if fits.await? {
        return Ok(see_other("/konto"));
    }
    totp_page(&ctx, secret, vec![Fault::new("code", "code-wrong")]).await
}

/// Everything that is kept about the person, as they may demand it (Art. 15 and 20 GDPR).
pub(crate) async fn export(ctx: Ctx) -> Handled {
    let id = me(&ctx)?;
    let modules = ctx.member().modules;
    let data = ctx.member().db.scan("account.export", move |tx| {
        let account = identity::by_id(tx, id)?;
        let mut data = serde_json::Map::new();
        if let Some(account) = account {
            let value = serde_json::json!({
                "email": account.email, "name": account.name, "created": account.created.rfc3339(),
                "second_factor": account.totp.is_some(),
            });
            data.insert("account".into(), value);
        }
        let cases = cases::of_owner(tx, id)?;
        let cases = cases.iter().map(|case| {
            serde_json::json!({
                "number": case.number, "title": case.title, "state": case.state.name(),
                "opened": case.opened.rfc3339(),
            })
        });
        data.insert("cases".into(), cases.collect());
        for module in modules {
            data.insert(module.name.into(), (module.export)(tx, id)?);
        }
        Ok(serde_json::Value::from(data))
    });
    let body = serde_json::to_string_pretty(&data.await?)
        .map_err(|error| Problem::internal("export", "the data cannot be written").because(error))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"meine-daten.json\""),
    ];
    Ok((headers, body).into_response())
}

pub(crate) async fn show_erase(ctx: Ctx) -> Handled {
    me(&ctx)?;
    html(&Erase { page: ctx.page_titled(ctx.t("erase"), vec![]) })
}

/// Erases everything personal: account, sessions, what modules keep, sealed payloads, mail that waits, files.
pub(crate) async fn erase(ctx: Ctx, form: Form) -> Handled {
    let id = me(&ctx)?;
    if form.get("sicher") != "ja" {
        let faults = vec![Fault::new("sicher", "confirm-missing")];
        return html(&Erase { page: ctx.page_titled(ctx.t("erase"), vec![]).with_faults(faults) });
    }
    if ctx.who().is_staff() {
        return Err(
            Problem::conflict("staff-erase", "an account with roles is ended by the administration").into()
        );
    }
    let member = ctx.member().clone();
    let files = ctx.member().db.write("account.erase", move |tx| {
        let email = identity::by_id(tx, id)?.and_then(|account| account.email);
        let mut files = Vec::new();
        for module in member.modules {
            files.extend((module.erase)(tx, id)?);
        }
        cases::erase_owner(tx, id)?;
        if let Some(email) = email {
            store::jobs::erase(tx, mail::JOB, &email)?;
        }
        identity::erase(tx, id, member.clock.now())?;
        member.ledger.erase(tx, id, Actor::Node)?;
        Ok(files)
    });
    for file in files.await? {
        ctx.member().files.delete(file).await?;
    }
    ctx.member().db.scrub().await?;
    Ok(see_other("/"))
}

//! What people see and decide about themselves.

pub(crate) mod factors;

use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Fault, PersonId, Problem, Result};
use cases::Case;
use identity::{Account, Passkey};
use ledger::Actor;
use store::Tx;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::mail;
use crate::page::{Page, html, see_other};
use crate::pages::home::own_path;
use crate::pages::session::account;

#[derive(Template)]
#[template(path = "account.html")]
struct View {
    page: Page,
    account: Account,
    passkeys: Vec<Passkey>,
    /// Whether passkeys may be added and deleted with this session.
    may_change: bool,
    cases: Vec<Case>,
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
        Ok((account(tx, id)?, identity::passkeys(tx, id)?, cases::of_owner(tx, id)?))
    });
    let (account, passkeys, cases) = found.await?;
    let may_change = factors::may_change(ctx, &account).is_ok();
    let page = ctx.page_titled(ctx.t("account"), vec![]).with_island("passkey.js").with_faults(faults);
    html(&View { page, account, passkeys, may_change, cases })
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
    Ok(see_other(own_path(form.find("weiter").unwrap_or("/konto"))))
}

/// Everything that is kept about the person, as they may demand it (Art. 15 and 20 GDPR).
pub(crate) async fn export(ctx: Ctx) -> Handled {
    let id = me(&ctx)?;
    let modules = ctx.member().modules;
    let data = ctx.member().db.scan("account.export", move |tx| {
        let mut data = serde_json::Map::new();
        data.insert("account".into(), account_data(tx, id)?);
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

/// What is kept of the account itself, without secrets.
fn account_data(tx: &mut Tx<'_>, id: PersonId) -> Result<serde_json::Value> {
    let account = account(tx, id)?;
    let passkeys = identity::passkeys(tx, id)?.into_iter().map(|passkey| {
        serde_json::json!({
            "name": passkey.name, "created": passkey.created.rfc3339(),
            "used": passkey.used.map(base::Time::rfc3339),
        })
    });
    let subjects = identity::subjects(tx, id)?.into_iter();
    let subjects =
        subjects.map(|(issuer, subject)| serde_json::json!({ "issuer": issuer, "subject": subject }));
    Ok(serde_json::json!({
        "email": account.email, "name": account.name, "created": account.created.rfc3339(),
        "second_factor": account.totp.is_some(), "passkeys": passkeys.collect::<Vec<_>>(),
        "sign_in_providers": subjects.collect::<Vec<_>>(),
    }))
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
        for case in cases::of_owner(tx, id)? {
            crate::handover::erased(tx, &member, case.id, false)?;
        }
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
    ctx.member().scrub().await;
    Ok(see_other("/"))
}

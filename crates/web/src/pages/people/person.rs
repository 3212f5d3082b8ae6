use access::{Action, Grant, Permit, Role};
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, PersonId, Problem, Result};
use identity::Account;
use serde_json::{Value, json};
use store::Tx;

use super::{Choices, Given, about, choices, chosen, given, people_crumbs, read_grant, send_set_up};
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html, see_other};
use crate::pages::session::account;

#[derive(Template)]
#[template(path = "person.html")]
struct View {
    page: Page,
    account: Account,
    roles: Vec<Given>,
    choices: Choices,
    may_manage: bool,
    is_self: bool,
    sent: bool,
}

pub(crate) async fn show(ctx: Ctx, Path(id): Path<String>, Query(form): Query<Form>) -> Handled {
    view(&ctx, id_of(&id)?, &form, vec![]).await
}

fn id_of(text: &str) -> Result<PersonId> {
    text.parse().map_err(|_| Problem::not_found("person", "there is no such person"))
}

async fn view(ctx: &Ctx, id: PersonId, form: &Form, faults: Vec<Fault>) -> Handled {
    let permit = ctx.permit_all(Action::ReadPeople)?;
    let asking = ctx.clone();
    let found = ctx.member().db.write("people.show", move |tx| {
        let (account, grants) = colleague(tx, id)?;
        asking.audit(tx, &permit, "people.read", None, &json!({ "person": id }))?;
        Ok((account, grants, identity::offices(tx)?))
    });
    let (account, grants, offices) = found.await?;
    let roles = grants.iter().map(|grant| given(ctx, grant, &offices)).collect();
    let choices = choices(ctx, &offices, form);
    let may_manage = ctx.permit_all(Action::ManagePeople).is_ok();
    let (is_self, sent) = (ctx.who().person() == Some(id), form.find("gesendet").is_some());
    let page = ctx.page_titled(account.name.clone(), people_crumbs(ctx)).with_faults(faults);
    html(&View { page, account, roles, choices, may_manage, is_self, sent })
}

/// Somebody who works for the member, or is kept from it. A citizen's account is nobody's business here.
fn colleague(tx: &mut Tx<'_>, id: PersonId) -> Result<(Account, Vec<Grant>)> {
    let (account, grants) = (account(tx, id)?, identity::grants(tx, id)?);
    if grants.is_empty() {
        return Err(Problem::not_found("person", "there is no such colleague"));
    }
    Ok((account, grants))
}

/// Changes what a colleague may do or how they sign in.
pub(crate) async fn act(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let (permit, id) = (ctx.permit_all(Action::ManagePeople)?, id_of(&id)?);
    let (acting, sent) = (ctx.clone(), form.clone());
    let done = ctx.member().db.write("people.act", move |tx| {
        let form_id = sent.id()?;
        if let Some(location) = identity::form_done(tx, form_id)? {
            return Ok(location);
        }
        let (account, _) = colleague(tx, id)?;
        let (kind, about) = step(&acting, tx, &permit, &account, &sent)?;
        // Counted after the step and in its transaction, so that two who remove each other cannot both succeed.
        if identity::admins(tx)? == 0 {
            return Err(Problem::conflict("last-admin", "nobody would be left to administrate the member"));
        }
        acting.audit(tx, &permit, kind, None, &about)?;
        let location = match (kind, identity::grants(tx, id)?.is_empty()) {
            (_, true) => "/arbeitsplatz/personen".to_owned(),
            ("people.invited", _) => format!("/arbeitsplatz/personen/{id}?gesendet=1"),
            _ => format!("/arbeitsplatz/personen/{id}"),
        };
        identity::remember_form(tx, form_id, &location, acting.member().clock.now())?;
        Ok(location)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => view(&ctx, id, &form, problem.faults).await,
        other => {
            ctx.member().new_job.notify_one();
            Ok(see_other(&other?))
        }
    }
}

/// Does one step and gives its name and content for the audit.
fn step(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    permit: &Permit,
    account: &Account,
    form: &Form,
) -> Result<(&'static str, Value)> {
    let (id, person) = (account.id, json!({ "person": account.id }));
    let not_oneself = || match permit.person() == id {
        true => Err(Problem::conflict("own-account", "nobody does this to their own account")),
        false => Ok(()),
    };
    Ok(match form.get("schritt") {
        "geben" => {
            let grant = chosen(ctx, tx, form)?;
            identity::grant(tx, id, &grant)?;
            ("people.granted", about(id, &grant))
        }
        "nehmen" => {
            let grant = read_grant(form)?.ok_or_else(|| Problem::input("role", "no role was chosen"))?;
            if grant.role == Role::Admin {
                not_oneself()?;
            }
            identity::revoke(tx, id, &grant)?;
            ("people.revoked", about(id, &grant))
        }
        "sperren" => {
            not_oneself()?;
            identity::block(tx, id, ctx.member().clock.now())?;
            ("people.blocked", person)
        }
        "entsperren" => {
            identity::unblock(tx, id)?;
            ("people.unblocked", person)
        }
        "zuruecksetzen" => {
            not_oneself()?;
            identity::reset_factors(tx, id)?;
            identity::end_all(tx, id)?;
            ("people.reset", person)
        }
        "einladen" => {
            send_set_up(ctx, tx, account.email.as_deref().unwrap_or_default())?;
            ("people.invited", person)
        }
        other => return Err(Problem::input("step", format!("there is no step '{other}'"))),
    })
}

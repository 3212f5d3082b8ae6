use access::Action;
use askama::Template;
use axum::extract::Query;
use base::{Fault, OfficeId, Problem};
use identity::Office;
use serde_json::json;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html, see_other};
use crate::pages::people::people_crumbs;

#[derive(Template)]
#[template(path = "offices.html")]
struct View {
    page: Page,
    offices: Vec<Office>,
    may_manage: bool,
    /// The office that is changed; a new one when absent.
    changed: Option<OfficeId>,
    name: String,
    email: String,
}

impl View {
    fn is_changed(&self, id: &OfficeId) -> bool {
        self.changed == Some(*id)
    }
}

pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    view(&ctx, &form, vec![]).await
}

async fn view(ctx: &Ctx, form: &Form, faults: Vec<Fault>) -> Handled {
    ctx.permit_all(Action::ReadPeople)?;
    let offices = ctx.member().db.read("offices.show", identity::offices).await?;
    let changed = form.find("amt").and_then(|id| id.parse().ok());
    let current = offices.iter().find(|office| changed == Some(office.id));
    let (mut name, mut email) = (form.get("name").to_owned(), form.get("email").to_owned());
    if let Some(office) = current.filter(|_| faults.is_empty()) {
        (name, email) = (office.name.clone(), office.email.clone());
    }
    let (changed, may_manage) =
        (current.map(|office| office.id), ctx.permit_all(Action::ManagePeople).is_ok());
    let page = ctx.page_titled(ctx.t("offices"), people_crumbs(ctx)).with_faults(faults);
    html(&View { page, offices, may_manage, changed, name, email })
}

/// Adds an office, or gives one another name or address.
pub(crate) async fn act(ctx: Ctx, form: Form) -> Handled {
    let permit = ctx.permit_all(Action::ManagePeople)?;
    let id: Option<OfficeId> = form.find("amt").map(str::parse).transpose().map_err(|_| none())?;
    let (name, email) = (form.get("name").to_owned(), form.get("email").to_owned());
    let mut faults = Vec::new();
    if name.is_empty() {
        faults.push(Fault::new("name", "field-missing"));
    }
    if email.parse::<lettre::Address>().is_err() {
        faults.push(Fault::new("email", "email-wrong"));
    }
    if !faults.is_empty() {
        return view(&ctx, &form, faults).await;
    }
    let (acting, sent) = (ctx.clone(), form.clone());
    let done = ctx.member().db.write("offices.act", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        let offices = identity::offices(tx)?;
        if offices.iter().any(|office| office.name == name && Some(office.id) != id) {
            return Err(Problem::faults(vec![Fault::new("name", "office-taken")]));
        }
        let member = acting.member();
        let (kind, id) = match id {
            Some(id) => {
                identity::find_office(tx, id)?.ok_or_else(none)?;
                identity::change_office(tx, &Office { id, name: name.clone(), email: email.clone() })?;
                ("office.changed", id)
            }
            None => {
                let at = (&member.clock, &member.entropy);
                ("office.added", identity::add_office(tx, at, &name, &email)?)
            }
        };
        acting.audit(tx, &permit, kind, None, &json!({ "office": id, "name": name }))?;
        identity::remember_form(tx, form_id, "", member.clock.now())
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => view(&ctx, &form, problem.faults).await,
        other => other.map(|()| see_other("/arbeitsplatz/aemter")).map_err(Into::into),
    }
}

fn none() -> Problem {
    Problem::not_found("office", "there is no such office")
}

//! Who works for the member, and what they may do there.

pub(crate) mod offices;
pub(crate) mod person;

use std::collections::HashMap;

use access::{Action, Grant, Role};
use askama::Template;
use axum::extract::Query;
use base::{Fault, OfficeId, PersonId, Problem, Result};
use identity::{Account, NewPerson, Office};
use serde_json::json;
use store::Tx;

use super::desk::crumbs as desk_crumbs;
use super::session::link::mail_link;
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Crumb, Page, Paging, html, see_other};

/// People on one page of the list.
const ROWS: usize = 100;

/// Characters of a name, at most.
const LONGEST: usize = 200;

/// By what the list may be sorted: the word in the address and the message key.
const COLUMNS: [(&str, &str); 4] =
    [("name", "name"), ("email", "email"), ("rolle", "role-name"), ("amt", "office")];

#[derive(Template)]
#[template(path = "people.html")]
struct View {
    page: Page,
    columns: Vec<Column>,
    rows: Vec<Row>,
    may_manage: bool,
    paging: Paging,
}

struct Column {
    name: String,
    href: String,
    /// The value of `aria-sort`, when the list is sorted by it.
    sorted: Option<&'static str>,
}

struct Row {
    id: PersonId,
    name: String,
    email: String,
    roles: Vec<Given>,
    blocked: bool,
}

/// A grant in words, and as it stands in forms.
#[derive(Default)]
struct Given {
    role: String,
    office: String,
    module: String,
    fields: [(&'static str, String); 3],
}

/// What a grant can be made of: value, name, and whether it was chosen.
struct Choices {
    roles: Vec<(String, String, bool)>,
    offices: Vec<(String, String, bool)>,
    modules: Vec<(String, String, bool)>,
}

fn people_crumbs(ctx: &Ctx) -> Vec<Crumb> {
    let mut crumbs = desk_crumbs(ctx);
    crumbs.push(Crumb { name: ctx.t("people"), href: "/arbeitsplatz/personen".into() });
    crumbs
}

/// Everybody with a role.
pub(crate) async fn list(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let permit = ctx.permit_all(Action::ReadPeople)?;
    let asking = ctx.clone();
    let found = ctx.member().db.write("people.list", move |tx| {
        asking.audit(tx, &permit, "people.read", None, &json!({}))?;
        Ok((identity::staff(tx)?, identity::all_grants(tx)?, identity::offices(tx)?))
    });
    let (staff, grants, offices) = found.await?;
    let mut rows = rows(&ctx, staff, &grants, &offices);
    let wanted = form.find("sortierung").unwrap_or("name");
    let (by, down) = wanted.strip_prefix('-').map_or((wanted, false), |by| (by, true));
    rows.sort_by_cached_key(|row| key(row, by));
    if down {
        rows.reverse();
    }
    let start = form.find("ab").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let address = |start: usize| format!("/arbeitsplatz/personen?sortierung={by}&ab={start}");
    let more = rows.len() > start.saturating_add(ROWS);
    let paging = Paging { first: (start > 0).then(|| address(0)), next: more.then(|| address(start + ROWS)) };
    let rows = rows.into_iter().skip(start).take(ROWS).collect();
    let columns = COLUMNS.map(|(word, key)| {
        let sorted = (by == word).then_some(if down { "descending" } else { "ascending" });
        let turn = if by == word && !down { "-" } else { "" };
        let href = format!("/arbeitsplatz/personen?sortierung={turn}{word}");
        Column { name: ctx.t(key), href, sorted }
    });
    let may_manage = ctx.permit_all(Action::ManagePeople).is_ok();
    let page = ctx.page_titled(ctx.t("people"), desk_crumbs(&ctx));
    html(&View { page, columns: columns.into(), rows, may_manage, paging })
}

fn rows(ctx: &Ctx, staff: Vec<Account>, grants: &[(PersonId, Grant)], offices: &[Office]) -> Vec<Row> {
    let mut roles: HashMap<PersonId, Vec<Given>> = HashMap::new();
    for (id, grant) in grants {
        roles.entry(*id).or_default().push(given(ctx, grant, offices));
    }
    let row = |account: Account| Row {
        id: account.id,
        name: account.name,
        email: account.email.unwrap_or_default(),
        roles: roles.remove(&account.id).unwrap_or_default(),
        blocked: account.blocked.is_some(),
    };
    staff.into_iter().map(row).collect()
}

fn key(row: &Row, by: &str) -> (String, String) {
    let first = row.roles.first();
    let own = match by {
        "email" => row.email.clone(),
        "rolle" => first.map(|given| given.role.clone()).unwrap_or_default(),
        "amt" => first.map(|given| given.office.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    (own.to_lowercase(), row.name.to_lowercase())
}

fn given(ctx: &Ctx, grant: &Grant, offices: &[Office]) -> Given {
    let office =
        |id: OfficeId| offices.iter().find(|office| office.id == id).map(|office| office.name.clone());
    let module = |name: &String| module_name(ctx, name);
    Given {
        role: role_name(ctx, grant.role),
        office: grant.office.map_or_else(|| ctx.t("all-offices"), |id| office(id).unwrap_or_default()),
        module: grant.module.as_ref().map_or_else(|| ctx.t("all-modules"), module),
        fields: [
            ("rolle", grant.role.name().to_owned()),
            ("amt", grant.office.map(|id| id.to_string()).unwrap_or_default()),
            ("modul", grant.module.clone().unwrap_or_default()),
        ],
    }
}

fn role_name(ctx: &Ctx, role: Role) -> String {
    ctx.t1("role", "name", role.name())
}

/// What people call a module: its entry in the navigation.
fn module_name(ctx: &Ctx, name: &str) -> String {
    let module = ctx.member().modules.iter().find(|module| module.name == name);
    module.and_then(|module| module.nav.first()).map_or_else(|| name.to_owned(), |nav| ctx.t(nav.key))
}

fn choices(ctx: &Ctx, offices: &[Office], form: &Form) -> Choices {
    let chosen = |field: &str, value: &str| form.get(field) == value;
    let roles =
        Role::ALL.map(|role| (role.name().to_owned(), role_name(ctx, role), chosen("rolle", role.name())));
    let office = |office: &Office| {
        let id = office.id.to_string();
        let is_chosen = chosen("amt", &id);
        (id, office.name.clone(), is_chosen)
    };
    let modules =
        ctx.member().modules.iter().map(|module| {
            (module.name.to_owned(), module_name(ctx, module.name), chosen("modul", module.name))
        });
    Choices { roles: roles.into(), offices: offices.iter().map(office).collect(), modules: modules.collect() }
}

/// The grant that was chosen in a form.
fn chosen(ctx: &Ctx, tx: &mut Tx<'_>, form: &Form) -> Result<Grant> {
    let fault = |field, code| Problem::faults(vec![Fault::new(field, code)]);
    let grant = read_grant(form)?.ok_or_else(|| fault("rolle", "field-missing"))?;
    if grant.role.is_whole() && (grant.office.is_some() || grant.module.is_some()) {
        return Err(fault("rolle", "role-whole"));
    }
    if let Some(id) = grant.office {
        identity::find_office(tx, id)?.ok_or_else(|| Problem::input("office", "there is no such office"))?;
    }
    grant.module.as_deref().map(|name| ctx.member().module(name)).transpose()?;
    Ok(grant)
}

/// The grant in a form, if it holds one.
fn read_grant(form: &Form) -> Result<Option<Grant>> {
    let Some(role) = form.find("rolle") else { return Ok(None) };
    let office = form.find("amt").map(str::parse).transpose();
    let office = office.map_err(|_| Problem::input("office", "there is no such office"))?;
    Ok(Some(Grant { role: role.parse()?, office, module: form.find("modul").map(str::to_owned) }))
}

fn about(id: PersonId, grant: &Grant) -> serde_json::Value {
    json!({ "person": id, "role": grant.role.name(), "office": grant.office, "module": grant.module })
}

#[derive(Template)]
#[template(path = "people_new.html")]
struct New {
    page: Page,
    name: String,
    email: String,
    choices: Choices,
}

pub(crate) async fn show_new(ctx: Ctx) -> Handled {
    new_page(&ctx, &Form::default(), vec![]).await
}

async fn new_page(ctx: &Ctx, form: &Form, faults: Vec<Fault>) -> Handled {
    ctx.permit_all(Action::ManagePeople)?;
    let offices = ctx.member().db.read("people.new", identity::offices).await?;
    let page = ctx.page_titled(ctx.t("people-add"), people_crumbs(ctx)).with_faults(faults);
    let (name, email) = (form.get("name").to_owned(), form.get("email").to_owned());
    html(&New { page, name, email, choices: choices(ctx, &offices, form) })
}

/// Adds a colleague and sends them the link with which they set up how they sign in.
pub(crate) async fn add(ctx: Ctx, form: Form) -> Handled {
    let permit = ctx.permit_all(Action::ManagePeople)?;
    let mut faults = Vec::new();
    if form.find("name").is_none() {
        faults.push(Fault::new("name", "field-missing"));
    }
    if form.get("email").parse::<lettre::Address>().is_err() {
        faults.push(Fault::new("email", "email-wrong"));
    }
    if !faults.is_empty() {
        return new_page(&ctx, &form, faults).await;
    }
    let (acting, sent) = (ctx.clone(), form.clone());
    let added = ctx.member().db.write("people.add", move |tx| {
        let form_id = sent.id()?;
        if let Some(location) = identity::form_done(tx, form_id)? {
            return Ok(location);
        }
        let grant = chosen(&acting, tx, &sent)?;
        let name: String = sent.get("name").chars().take(LONGEST).collect();
        let id = new_colleague(&acting, tx, &name, sent.get("email"))?;
        identity::grant(tx, id, &grant)?;
        send_set_up(&acting, tx, sent.get("email"))?;
        acting.audit(tx, &permit, "people.added", None, &about(id, &grant))?;
        let location = format!("/arbeitsplatz/personen/{id}?gesendet=1");
        identity::remember_form(tx, form_id, &location, acting.member().clock.now())?;
        Ok(location)
    });
    match added.await {
        Err(problem) if !problem.faults.is_empty() => new_page(&ctx, &form, problem.faults).await,
        other => {
            ctx.member().new_job.notify_one();
            Ok(see_other(&other?))
        }
    }
}

/// The account a new colleague works with: a new one, or the one they have as a citizen.
fn new_colleague(ctx: &Ctx, tx: &mut Tx<'_>, name: &str, email: &str) -> Result<PersonId> {
    let Some(account) = identity::by_email(tx, email)? else {
        let new = NewPerson { email, name, password: None, totp: None };
        return identity::add_person(tx, (&ctx.member().clock, &ctx.member().entropy), &new);
    };
    if !identity::grants(tx, account.id)?.is_empty() {
        return Err(Problem::faults(vec![Fault::new("email", "email-taken")]));
    }
    identity::set_name(tx, account.id, name)?;
    // Who sits before a screen where a citizen signed in should not become staff by it.
    identity::end_all(tx, account.id)?;
    Ok(account.id)
}

fn send_set_up(ctx: &Ctx, tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let (subject, body) = (ctx.t("set-up-mail-subject"), ctx.t("set-up-mail-body"));
    mail_link(tx, ctx.member(), email, (&subject, &body), identity::SET_UP_SECONDS)
}

use askama::Template;
use axum::extract::Path;
use base::{Fault, PersonId, Problem};
use identity::Secret;
use web::{Ctx, Form, Handled, Page, html, redirect};

use super::{crumbs, permit};
use crate::model::{Key, Scope};
use crate::store as db;

const HERE: &str = "/arbeitsplatz/anliegen/schluessel";
/// Requests in an hour: enough to ask every second.
const USUAL: &str = "3600";
/// Requests in an hour, at most.
const MOST: u32 = 1_000_000;
/// Characters of a name or an address, at most.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "report_keys.html")]
struct View {
    page: Page,
    keys: Vec<Key>,
    scopes: Vec<(&'static str, bool)>,
    program: String,
    contact: String,
    per_hour: String,
    /// The key that was just made; nobody sees it again.
    fresh: Option<String>,
}

/// The keys of programs.
pub(super) async fn show(ctx: Ctx) -> Handled {
    let form = Form::new(vec![("per_hour".into(), USUAL.into()), ("scope_report".into(), "1".into())]);
    page(ctx, &form, vec![], None).await
}

async fn page(ctx: Ctx, form: &Form, faults: Vec<Fault>, fresh: Option<String>) -> Handled {
    permit(&ctx)?;
    let keys = ctx.member().db.read("report.keys", db::keys).await?;
    let page = ctx.page_titled(ctx.t("report-keys"), crumbs(&ctx)).with_faults(faults);
    let scopes = Scope::ALL.map(|scope| (scope.name(), is_chosen(form, scope))).to_vec();
    let [program, contact, per_hour] =
        ["name", "contact", "per_hour"].map(|field| form.get(field).to_owned());
    html(&View { page, keys, scopes, program, contact, per_hour, fresh })
}

fn is_chosen(form: &Form, scope: Scope) -> bool {
    form.find(&format!("scope_{}", scope.name())).is_some()
}

/// Makes a key and shows it this once.
pub(super) async fn make(ctx: Ctx, form: Form) -> Handled {
    let permit = permit(&ctx)?;
    let (acting, sent, member) = (ctx.clone(), form.clone(), ctx.member().clone());
    let key = match read(&form) {
        Ok((scopes, per_hour)) => Key {
            id: PersonId::new(&member.clock, &member.entropy),
            name: form.get("name").into(),
            contact: form.get("contact").into(),
            scopes,
            per_hour,
            created: member.clock.now(),
            used: None,
            revoked: None,
        },
        Err(faults) => return page(ctx, &form, faults, None).await,
    };
    let secret = Secret::new(&member.entropy);
    let hash = secret.hash();
    let made = member.db.write("report.make_key", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(false);
        }
        db::put_key(tx, &key, &hash)?;
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
        let about = serde_json::json!({ "key": key.id, "name": key.name, "scopes": scopes });
        acting.audit(tx, &permit, "key.made", None, &about)?;
        identity::remember_form(tx, form_id, "", key.created)?;
        Ok(true)
    });
    match made.await? {
        true => page(ctx, &Form::default(), vec![], Some(secret.reveal().to_owned())).await,
        false => redirect(HERE),
    }
}

/// What the form says, or everything that is wrong with it.
fn read(form: &Form) -> Result<(Vec<Scope>, u32), Vec<Fault>> {
    let mut faults = Vec::new();
    for (field, missing) in [("name", "report-key-name-missing"), ("contact", "report-key-contact-missing")] {
        match form.get(field).chars().count() {
            0 => faults.push(Fault::new(field, missing)),
            length if length > LONGEST => faults.push(Fault::new(field, "report-key-long")),
            _ => {}
        }
    }
    let per_hour = form.get("per_hour").parse::<u32>().ok().filter(|number| (1..=MOST).contains(number));
    if per_hour.is_none() {
        faults.push(Fault::new("per_hour", "report-key-per-hour-wrong"));
    }
    let scopes: Vec<_> = Scope::ALL.into_iter().filter(|scope| is_chosen(form, *scope)).collect();
    if scopes.is_empty() {
        faults.push(Fault::new("scope_report", "report-key-scope-missing"));
    }
    match per_hour {
        Some(per_hour) if faults.is_empty() => Ok((scopes, per_hour)),
        _ => Err(faults),
    }
}

/// Ends a key.
pub(super) async fn revoke(ctx: Ctx, Path(id): Path<String>) -> Handled {
    let permit = permit(&ctx)?;
    let id: PersonId = id.parse().map_err(|_| Problem::not_found("key", "there is no such key"))?;
    let acting = ctx.clone();
    let revoked = ctx.member().db.write("report.revoke_key", move |tx| {
        db::revoke_key(tx, id, acting.member().clock.now())?;
        acting.audit(tx, &permit, "key.revoked", None, &serde_json::json!({ "key": id }))
    });
    revoked.await?;
    redirect(HERE)
}

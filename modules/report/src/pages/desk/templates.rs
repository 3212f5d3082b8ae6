use axum::extract::Path;
use base::{Fault, FormId, Problem};
use cases::State;
use cases::templates::{self as texts, Template};
use web::{Crumb, Ctx, Form, Handled, Page, html};

use super::{act, crumbs, permit};
use crate::model::{LONGEST, clean};
use crate::store as db;

const HERE: &str = "/arbeitsplatz/anliegen/vorlagen";
/// Characters of a name, at most.
const NAME: usize = 100;

#[derive(askama::Template)]
#[template(path = "report_templates.html")]
struct View {
    page: Page,
    rows: Vec<(Template, String)>,
    /// The template that is changed; absent on the page with all of them.
    id: Option<FormId>,
    form: Form,
    categories: Vec<(String, String, bool)>,
    states: Vec<(&'static str, String, bool)>,
}

async fn page(ctx: &Ctx, id: Option<FormId>, form: Option<Form>, faults: Vec<Fault>) -> Handled {
    permit(ctx)?;
    let found = ctx
        .member()
        .db
        .read("report.templates", |tx| Ok((texts::of_module(tx, "report")?, db::categories(tx)?)));
    let (templates, categories) = found.await?;
    let nothing = || Problem::not_found("template", "there is no such template");
    let form = match (form, id) {
        (Some(form), _) => form,
        (None, None) => Form::default(),
        (None, Some(id)) => fields(templates.iter().find(|template| template.id == id).ok_or_else(nothing)?),
    };
    let name = |code: &Option<String>| {
        let found = categories.iter().find(|category| Some(&category.code) == code.as_ref());
        found.map_or_else(|| ctx.t("all"), |category| category.name.clone())
    };
    let rows = templates.into_iter().map(|template| {
        let category = name(&template.category);
        (template, category)
    });
    let rows = rows.collect();
    let states = State::ALL.map(|state| {
        let text = ctx.t1("state", "name", state.name());
        (state.name(), text, state.name() == form.get("status"))
    });
    let categories = categories.into_iter().map(|category| {
        let chosen = category.code == form.get("kategorie");
        (category.code, category.name, chosen)
    });
    let (categories, states) = (categories.collect(), states.to_vec());
    let mut way = crumbs(ctx);
    let title = ctx.t(if id.is_some() { "report-template" } else { "report-templates" });
    if id.is_some() {
        way.push(Crumb { name: ctx.t("report-templates"), href: HERE.into() });
    }
    html(&View { page: ctx.page_titled(title, way).with_faults(faults), rows, id, form, categories, states })
}

fn fields(template: &Template) -> Form {
    let fields = [
        ("name", template.name.clone()),
        ("text", template.text.clone()),
        ("kategorie", template.category.clone().unwrap_or_default()),
        ("status", template.state.map(State::name).unwrap_or_default().to_owned()),
    ];
    Form::new(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The templates for answers, and the form for another.
pub(super) async fn list(ctx: Ctx) -> Handled {
    page(&ctx, None, None, vec![]).await
}

fn parse(id: &str) -> Result<FormId, Problem> {
    id.parse().map_err(|_| Problem::not_found("template", "there is no such template"))
}

/// The form for a template.
pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Handled {
    page(&ctx, Some(parse(&id)?), None, vec![]).await
}

/// Adds a template.
pub(super) async fn add(ctx: Ctx, form: Form) -> Handled {
    save(ctx, None, form).await
}

/// Changes or removes a template.
pub(super) async fn change(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let id = parse(&id)?;
    if form.get("schritt") != "loeschen" {
        return save(ctx, Some(id), form).await;
    }
    let about = serde_json::json!({ "template": id, "removed": true });
    let done = act(&ctx, &form, ("template.changed", about), HERE, move |tx| texts::remove(tx, id));
    Ok(done.await?)
}

async fn save(ctx: Ctx, id: Option<FormId>, form: Form) -> Handled {
    permit(&ctx)?;
    let template = match read(id.map_or_else(|| form.id(), Ok)?, &form) {
        Ok(template) => template,
        Err(faults) => return page(&ctx, id, Some(form), faults).await,
    };
    let about = serde_json::json!({ "template": template.id, "name": template.name });
    let is_new = id.is_none();
    let done = act(&ctx, &form, ("template.changed", about), HERE, move |tx| {
        if !is_new && texts::by_id(tx, template.id)?.is_none() {
            return Err(Problem::not_found("template", "there is no such template"));
        }
        texts::put(tx, &template)
    });
    Ok(done.await?)
}

fn read(id: FormId, form: &Form) -> Result<Template, Vec<Fault>> {
    let (name, text) = (clean(form.get("name")), clean(form.get("text")));
    let mut faults = Vec::new();
    match name.chars().count() {
        0 => faults.push(Fault::new("name", "field-missing")),
        length if length > NAME => faults.push(Fault::new("name", "field-long")),
        _ => {}
    }
    match text.chars().count() {
        0 => faults.push(Fault::new("text", "text-missing")),
        length if length > LONGEST => faults.push(Fault::new("text", "text-too-long")),
        _ => {}
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let category = form.find("kategorie").map(str::to_owned);
    let state = form.find("status").and_then(|state| state.parse().ok());
    Ok(Template { id, module: "report".into(), category, state, name, text })
}

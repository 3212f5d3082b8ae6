use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use base::{Fault, Lang};
use web::{Ctx, Form, Handled, Page, html};

use super::{Own, change, faults_of, go, own, page};
use crate::model::{Category, Datatype, Question, Station, Visibility, check};
use crate::store as db;

/// What stands before a question's code in the names of fields.
const FIELD: &str = "frage-";

#[derive(Template)]
#[template(path = "report_details.html")]
struct View {
    page: Page,
    category: String,
    description: String,
    text: String,
    asks: Vec<Asked>,
    hint: &'static str,
}

/// A question as a page shows it.
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) field: String,
    pub(crate) required: bool,
    pub(crate) label: String,
    pub(crate) hint: String,
    /// The kind of field: `note`, `text`, `area`, `number`, `date`, `radio` or `check`.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    /// Key, name, and whether it is chosen.
    pub(crate) choices: Vec<(String, String, bool)>,
}

impl Asked {
    /// A question with what was answered so far.
    pub(crate) fn new(question: &Question, answers: &[(String, String)], lang: Lang, optional: &str) -> Self {
        let given: Vec<&str> = answers
            .iter()
            .filter(|(code, _)| *code == question.code)
            .map(|(_, value)| value.as_str())
            .collect();
        let kind = match question.datatype {
            _ if !question.asked => "note",
            Datatype::String => "text",
            Datatype::Text => "area",
            Datatype::Number => "number",
            Datatype::Datetime => "date",
            Datatype::Single => "radio",
            Datatype::Multi => "check",
        };
        let choices = question.choices.iter().map(|choice| {
            (choice.key.clone(), choice.name(lang).to_owned(), given.contains(&choice.key.as_str()))
        });
        let mark = if question.required || !question.asked { "" } else { optional };
        Self {
            id: format!("{FIELD}{}", question.code),
            field: format!("{FIELD}{}", question.code),
            required: question.required && question.asked,
            label: format!("{}{mark}", question.text(lang)),
            hint: question.hint.clone(),
            kind,
            value: given.first().copied().unwrap_or_default().to_owned(),
            choices: choices.collect(),
        }
    }
}

pub(super) async fn show(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let faults = faults_of(&own, &categories, &form, Station::Details);
    view(&ctx, &own, &categories, faults)
}

fn view(ctx: &Ctx, own: &Own, categories: &[Category], faults: Vec<Fault>) -> Handled {
    let draft = &own.begun().draft;
    let Some(category) = categories.iter().find(|each| each.code == draft.category && each.active) else {
        return Ok(go(ctx, own, Station::Category.path()));
    };
    let optional = format!(" ({})", ctx.t("optional"));
    let asks = category.questions.iter();
    let asks = asks.map(|question| Asked::new(question, &draft.answers, ctx.lang(), &optional)).collect();
    let faults = faults.into_iter().map(|fault| Fault { field: field(&fault.field).into(), ..fault });
    html(&View {
        page: page(ctx, "report-details-title", faults.collect()),
        category: category.name(ctx.lang()).to_owned(),
        description: category.description.clone(),
        text: draft.text.clone(),
        asks,
        hint: match category.visibility {
            Visibility::Private => "report-text-hint-private",
            _ => "report-text-hint",
        },
    })
}

/// The field of a page for a field of Open311.
fn field(name: &str) -> String {
    let code = name.strip_prefix("attribute[").and_then(|rest| rest.strip_suffix(']'));
    code.map_or_else(|| name.to_owned(), |code| format!("{FIELD}{code}"))
}

/// The answers in a form, with the codes of their questions.
pub(crate) fn answers(form: &Form) -> Vec<(String, String)> {
    let answers = form.fields().iter().filter_map(|(name, value)| {
        let code = name.strip_prefix(FIELD)?;
        Some((code.to_owned(), value.clone())).filter(|_| !value.trim().is_empty())
    });
    answers.collect()
}

pub(super) async fn send(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let (text, given) = (form.get("description").to_owned(), answers(&form));
    let own = change(&ctx, &headers, move |begun| {
        begun.draft.text.clone_from(&text);
        begun.draft.answers.clone_from(&given);
    });
    let own = own.await?;
    let faults = check(&own.begun().draft, &categories).err().unwrap_or_default();
    let here: Vec<Fault> =
        faults.into_iter().filter(|fault| Station::of_field(&fault.field) == Station::Details).collect();
    if here.is_empty() {
        return Ok(go(&ctx, &own, own.begun().next().path()));
    }
    let shown = view(&ctx, &own, &categories, here)?;
    Ok(super::with_cookie(&ctx, own.secret.as_deref(), shown))
}

use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem};
use web::{Crumb, Ctx, Form, Handled, Page, html};

use super::categories::below;
use super::{act, permit};
use crate::model::{Category, Choice, Datatype, Question, clean};
use crate::store as db;

/// Characters of a question or hint, at most.
const TEXT: usize = 500;
/// Choices of a question, at most.
const CHOICES: usize = 100;

#[derive(Template)]
#[template(path = "report_questions.html")]
struct View {
    page: Page,
    category: Category,
    /// The question that is changed; absent on the page with all of them, where a new one can be added.
    code: Option<String>,
    form: Form,
    required: bool,
    asked: bool,
    datatypes: Vec<(&'static str, String, bool)>,
}

fn address(category: &str) -> String {
    format!("/arbeitsplatz/anliegen/kategorien/{category}/fragen")
}

async fn page(
    ctx: &Ctx,
    category: String,
    code: Option<String>,
    form: Option<Form>,
    faults: Vec<Fault>,
) -> Handled {
    permit(ctx)?;
    let category = ctx.member().db.read("report.category", move |tx| db::category(tx, &category)).await?;
    let nothing = || Problem::not_found("question", "there is no such question");
    let form = match (form, &code) {
        (Some(form), _) => form,
        (None, None) => Form::new(vec![("asked".into(), "1".into()), ("datatype".into(), "string".into())]),
        (None, Some(code)) => {
            fields(category.questions.iter().find(|question| question.code == *code).ok_or_else(nothing)?)
        }
    };
    let datatypes = Datatype::ALL.map(|each| {
        let text = ctx.t1("report-datatype", "name", each.name());
        (each.name(), text, each.name() == form.get("datatype"))
    });
    let mut way = below(ctx);
    way.push(Crumb {
        name: category.name.clone(),
        href: format!("/arbeitsplatz/anliegen/kategorien/{}", category.code),
    });
    if code.is_some() {
        way.push(Crumb { name: ctx.t("report-questions"), href: address(&category.code) });
    }
    let title = code.clone().unwrap_or_else(|| ctx.t("report-questions"));
    let page = ctx.page_titled(title, way).with_faults(faults);
    let (required, asked) = (form.find("required").is_some(), form.find("asked").is_some());
    html(&View { page, category, code, form, required, asked, datatypes: datatypes.to_vec() })
}

fn fields(question: &Question) -> Form {
    let choices: Vec<_> = question
        .choices
        .iter()
        .map(|choice| format!("{}; {}; {}", choice.key, choice.name, choice.name_en))
        .collect();
    let mut fields = vec![
        ("code", question.code.clone()),
        ("datatype", question.datatype.name().to_owned()),
        ("text", question.text.clone()),
        ("text_en", question.text_en.clone()),
        ("hint", question.hint.clone()),
        ("choices", choices.join("\n")),
    ];
    let mark = |is: bool, name| is.then(|| (name, "1".to_owned()));
    fields.extend(mark(question.required, "required"));
    fields.extend(mark(question.asked, "asked"));
    Form::new(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The questions of a category, and the form for another.
pub(super) async fn list(ctx: Ctx, Path(category): Path<String>) -> Handled {
    page(&ctx, category, None, None, vec![]).await
}

/// The form for a question.
pub(super) async fn show(ctx: Ctx, Path((category, code)): Path<(String, String)>) -> Handled {
    page(&ctx, category, Some(code), None, vec![]).await
}

/// Adds a question.
pub(super) async fn add(ctx: Ctx, Path(category): Path<String>, form: Form) -> Handled {
    save(ctx, category, None, form).await
}

/// Changes, moves or removes a question.
pub(super) async fn change(ctx: Ctx, Path((category, code)): Path<(String, String)>, form: Form) -> Handled {
    let step = form.get("schritt").to_owned();
    if step.is_empty() {
        return save(ctx, category, Some(code), form).await;
    }
    permit(&ctx)?;
    let about = serde_json::json!({ "category": category, "question": code, "step": step });
    let location = address(&category);
    let done = act(&ctx, &form, ("question.changed", about), &location, move |tx| {
        let mut own = db::category(tx, &category)?;
        let nothing = || Problem::not_found("question", "there is no such question");
        let at = own.questions.iter().position(|each| each.code == code).ok_or_else(nothing)?;
        match step.as_str() {
            "auf" if at > 0 => own.questions.swap(at, at - 1),
            "ab" if at + 1 < own.questions.len() => own.questions.swap(at, at + 1),
            "auf" | "ab" => {}
            "loeschen" => drop(own.questions.remove(at)),
            other => return Err(Problem::input("step", format!("there is no step '{other}'"))),
        }
        db::put_category(tx, &own)
    });
    Ok(done.await?)
}

async fn save(ctx: Ctx, category: String, code: Option<String>, form: Form) -> Handled {
    permit(&ctx)?;
    let question = match read(code.clone().unwrap_or_else(|| form.get("code").to_owned()), &form) {
        Ok(question) => question,
        Err(faults) => return page(&ctx, category, code, Some(form), faults).await,
    };
    let about = serde_json::json!({ "category": category, "question": question.code });
    let (location, wanted, is_new) = (address(&category), category.clone(), code.is_none());
    let done = act(&ctx, &form, ("question.changed", about), &location, move |tx| {
        let mut own = db::category(tx, &wanted)?;
        match own.questions.iter_mut().find(|each| each.code == question.code) {
            Some(_) if is_new => return Err(Problem::faults(vec![Fault::new("code", "report-code-taken")])),
            Some(old) => *old = question.clone(),
            None if is_new => own.questions.push(question.clone()),
            None => return Err(Problem::not_found("question", "there is no such question")),
        }
        db::put_category(tx, &own)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => {
            page(&ctx, category, code, Some(form), problem.faults).await
        }
        other => other.map_err(Into::into),
    }
}

fn read(code: String, form: &Form) -> Result<Question, Vec<Fault>> {
    let mut faults = Vec::new();
    // The code stands in the names of fields, `attribute[CODE]`.
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if code.is_empty() || code.len() > 40 || !code.chars().all(is_code) {
        faults.push(Fault::new("code", "report-code-wrong"));
    }
    let datatype: Option<Datatype> = form.get("datatype").parse().ok();
    if datatype.is_none() {
        faults.push(Fault::new("datatype", "field-missing"));
    }
    let mut text = |field: &'static str, required: bool| {
        let text = clean(form.get(field));
        match text.chars().count() {
            0 if required => faults.push(Fault::new(field, "field-missing")),
            length if length > TEXT => faults.push(Fault::new(field, "field-long")),
            _ => {}
        }
        text
    };
    let (words, words_en, hint) = (text("text", true), text("text_en", false), text("hint", false));
    let choices = match datatype {
        Some(datatype) if datatype.is_list() => choices(form.get("choices")),
        _ => Ok(Vec::new()),
    };
    let choices = choices.map_err(|code| faults.push(Fault::new("choices", code))).unwrap_or_default();
    let (Some(datatype), true) = (datatype, faults.is_empty()) else { return Err(faults) };
    let asked = form.find("asked").is_some();
    Ok(Question {
        code,
        datatype,
        // Nobody can be made to answer what is not asked.
        required: asked && form.find("required").is_some(),
        asked,
        text_en: if words_en.is_empty() { words.clone() } else { words_en },
        text: words,
        hint,
        choices,
    })
}

/// Reads choices, one a line: key, name, English name, with semicolons between them.
fn choices(text: &str) -> Result<Vec<Choice>, &'static str> {
    let mut choices: Vec<Choice> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parts: Vec<String> = line.split(';').map(clean).collect();
        let (key, name) = match parts.as_slice() {
            [key, name, ..] if !key.is_empty() && !name.is_empty() => (key.clone(), name.clone()),
            _ => return Err("report-choice-wrong"),
        };
        if choices.iter().any(|choice| choice.key == key) {
            return Err("report-choice-twice");
        }
        let english = parts.get(2).filter(|english| !english.is_empty()).unwrap_or(&name).clone();
        choices.push(Choice { key, name, name_en: english });
    }
    if choices.is_empty() || choices.len() > CHOICES { Err("report-choices-missing") } else { Ok(choices) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_survives_its_form() {
        let question = Question {
            code: "fehler".into(),
            datatype: Datatype::Single,
            required: true,
            asked: true,
            text: "Was?".into(),
            text_en: "What?".into(),
            hint: String::new(),
            choices: vec![Choice { key: "a".into(), name: "A".into(), name_en: "The A".into() }],
        };
        assert_eq!(read("fehler".into(), &fields(&question)), Ok(question));
    }

    #[test]
    fn choices_are_read_by_line_and_must_differ() {
        assert_eq!(choices("a; A\n\nb;B;The B").unwrap()[1].name_en, "The B");
        assert_eq!(choices("a; A").unwrap()[0].name_en, "A");
        assert_eq!(choices("a"), Err("report-choice-wrong"));
        assert_eq!(choices("a;A\na;B"), Err("report-choice-twice"));
        assert_eq!(choices(""), Err("report-choices-missing"));
    }
}

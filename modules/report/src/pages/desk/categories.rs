use askama::Template;
use axum::extract::Path;
use base::{Fault, OfficeId, Problem};
use identity::Office;
use web::{Crumb, Ctx, Form, Handled, Page, html};

use super::{act, crumbs, permit};
use crate::model::{Category, Visibility, clean};
use crate::store as db;

const HERE: &str = "/arbeitsplatz/anliegen/kategorien";
/// Characters of a name, at most.
const NAME: usize = 100;
/// Characters of a description or of all keywords, at most.
const TEXT: usize = 1_000;
/// Metres two reports may be apart and mean the same, at most.
const FARTHEST: u32 = 5_000;
/// Hours that can be promised, at most: about five years of service.
const LONGEST: u32 = 10_000;

#[derive(Template)]
#[template(path = "report_categories.html")]
struct ListView {
    page: Page,
    /// Category, its office, and whether it is the first and the last.
    rows: Vec<(Category, String, bool, bool)>,
}

/// Every category in the order people see them.
pub(super) async fn list(ctx: Ctx) -> Handled {
    permit(&ctx)?;
    let found = ctx.member().db.read("report.admin", |tx| Ok((db::categories(tx)?, identity::offices(tx)?)));
    let (categories, offices) = found.await?;
    let count = categories.len();
    let row = |(index, category): (usize, Category)| {
        let office = office_name(&offices, category.office);
        (category, office, index == 0, index + 1 == count)
    };
    let rows = categories.into_iter().enumerate().map(row).collect();
    html(&ListView { page: ctx.page_titled(ctx.t("report-categories"), crumbs(&ctx)), rows })
}

pub(super) fn office_name(offices: &[Office], id: OfficeId) -> String {
    offices.iter().find(|office| office.id == id).map(|office| office.name.clone()).unwrap_or_default()
}

/// The way to a page below the list of categories.
pub(super) fn below(ctx: &Ctx) -> Vec<Crumb> {
    let mut way = crumbs(ctx);
    way.push(Crumb { name: ctx.t("report-categories"), href: HERE.into() });
    way
}

#[derive(Template)]
#[template(path = "report_category_edit.html")]
struct EditView {
    page: Page,
    /// The category's code; absent when it is new.
    code: Option<String>,
    form: Form,
    active: bool,
    groups: Vec<String>,
    visibilities: Vec<(&'static str, String, bool)>,
    offices: Vec<(String, String, bool)>,
    questions: usize,
}

async fn edit(ctx: &Ctx, code: Option<String>, form: Form, faults: Vec<Fault>) -> Handled {
    permit(ctx)?;
    let found = ctx.member().db.read("report.admin", |tx| Ok((db::categories(tx)?, identity::offices(tx)?)));
    let (categories, offices) = found.await?;
    let own = categories.iter().find(|category| Some(&category.code) == code.as_ref());
    let title = own.map_or_else(|| ctx.t("report-category-new"), |category| category.name.clone());
    let questions = own.map_or(0, |category| category.questions.len());
    let mut groups: Vec<String> = categories.iter().map(|category| category.group.clone()).collect();
    groups.dedup();
    let visibilities = Visibility::ALL.map(|each| {
        let text = ctx.t1("report-visibility", "name", each.name());
        (each.name(), text, each.name() == form.get("visibility"))
    });
    let offices = offices.into_iter().map(|office| {
        let chosen = office.id.to_string() == form.get("office");
        (office.id.to_string(), office.name, chosen)
    });
    let (visibilities, offices) = (visibilities.to_vec(), offices.collect());
    let page = ctx.page_titled(title, below(ctx)).with_faults(faults);
    let active = form.find("active").is_some();
    html(&EditView { page, code, form, active, groups, visibilities, offices, questions })
}

/// The form for a new category.
pub(super) async fn blank(ctx: Ctx) -> Handled {
    let usual = [("visibility", "public"), ("near_metres", "50"), ("active", "1")];
    let fields = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
    edit(&ctx, None, Form::new(fields.to_vec()), vec![]).await
}

/// The form for a category.
pub(super) async fn show(ctx: Ctx, Path(code): Path<String>) -> Handled {
    permit(&ctx)?;
    let wanted = code.clone();
    let category = ctx.member().db.read("report.category", move |tx| db::category(tx, &wanted)).await?;
    edit(&ctx, Some(code), fields(&category), vec![]).await
}

fn fields(category: &Category) -> Form {
    let mut fields = vec![
        ("grouping", category.group.clone()),
        ("name", category.name.clone()),
        ("name_en", category.name_en.clone()),
        ("description", category.description.clone()),
        ("keywords", category.keywords.clone()),
        ("visibility", category.visibility.name().to_owned()),
        ("near_metres", category.near_metres.to_string()),
        ("promise_hours", category.promise_hours.map(|hours| hours.to_string()).unwrap_or_default()),
        ("office", category.office.to_string()),
    ];
    if category.active {
        fields.push(("active", "1".to_owned()));
    }
    Form::new(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Makes a category.
pub(super) async fn add(ctx: Ctx, form: Form) -> Handled {
    save(ctx, None, form).await
}

/// Changes a category.
pub(super) async fn change(ctx: Ctx, Path(code): Path<String>, form: Form) -> Handled {
    save(ctx, Some(code), form).await
}

async fn save(ctx: Ctx, code: Option<String>, form: Form) -> Handled {
    permit(&ctx)?;
    let is_new = code.is_none();
    let category = match read(code.clone().unwrap_or_else(|| form.get("code").to_owned()), &form) {
        Ok(category) => category,
        Err(faults) => return edit(&ctx, code, form, faults).await,
    };
    let about = serde_json::json!({ "category": category.code, "new": is_new });
    let done = act(&ctx, &form, ("category.changed", about), HERE, move |tx| {
        if identity::find_office(tx, category.office)?.is_none() {
            return Err(Problem::faults(vec![Fault::new("office", "field-missing")]));
        }
        let mut category = category.clone();
        match db::find_category(tx, &category.code)? {
            Some(_) if is_new => return Err(Problem::faults(vec![Fault::new("code", "report-code-taken")])),
            Some(old) => category.questions = old.questions,
            None if !is_new => return Err(Problem::not_found("category", "there is no such category")),
            None => {}
        }
        db::put_category(tx, &category)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => edit(&ctx, code, form, problem.faults).await,
        other => other.map_err(Into::into),
    }
}

/// Reads a category from its form, without its questions.
fn read(code: String, form: &Form) -> Result<Category, Vec<Fault>> {
    let mut faults = Vec::new();
    let is_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if code.is_empty() || code.len() > 40 || !code.chars().all(is_code) || code == "neu" {
        faults.push(Fault::new("code", "report-code-wrong"));
    }
    let mut text = |field: &'static str, required: bool, most: usize| {
        let text = clean(form.get(field));
        match text.chars().count() {
            0 if required => faults.push(Fault::new(field, "field-missing")),
            length if length > most => faults.push(Fault::new(field, "field-long")),
            _ => {}
        }
        text
    };
    let (group, name) = (text("grouping", true, NAME), text("name", true, NAME));
    let (name_en, description) = (text("name_en", false, NAME), text("description", false, TEXT));
    let keywords = text("keywords", false, TEXT);
    let number = |field: &str, range: std::ops::RangeInclusive<u32>| {
        form.get(field).parse::<u32>().ok().filter(|number| range.contains(number))
    };
    let near_metres = number("near_metres", 0..=FARTHEST);
    if near_metres.is_none() {
        faults.push(Fault::new("near_metres", "report-metres-wrong"));
    }
    let promise_hours = number("promise_hours", 1..=LONGEST);
    if promise_hours.is_none() && form.find("promise_hours").is_some() {
        faults.push(Fault::new("promise_hours", "report-hours-wrong"));
    }
    let visibility = form.get("visibility").parse().ok();
    let office = form.get("office").parse().ok();
    if visibility.is_none() {
        faults.push(Fault::new("visibility", "field-missing"));
    }
    if office.is_none() {
        faults.push(Fault::new("office", "field-missing"));
    }
    let (Some(near_metres), Some(visibility), Some(office), true) =
        (near_metres, visibility, office, faults.is_empty())
    else {
        return Err(faults);
    };
    Ok(Category {
        code,
        group,
        name_en: if name_en.is_empty() { name.clone() } else { name_en },
        name,
        description,
        keywords,
        office,
        visibility,
        near_metres,
        promise_hours,
        active: form.find("active").is_some(),
        questions: Vec::new(),
    })
}

/// Moves a category up or down.
pub(super) async fn shift(ctx: Ctx, Path(code): Path<String>, form: Form) -> Handled {
    permit(&ctx)?;
    let up = form.get("richtung") == "auf";
    let about = serde_json::json!({ "category": code, "order": if up { "up" } else { "down" } });
    let done = act(&ctx, &form, ("category.moved", about), HERE, move |tx| {
        let mut categories = db::categories(tx)?;
        let nothing = || Problem::not_found("category", "there is no such category");
        let at = categories.iter().position(|each| each.code == code).ok_or_else(nothing)?;
        let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < categories.len()) };
        if let Some(to) = to {
            categories.swap(at, to);
        }
        db::order_categories(tx, &categories)
    });
    Ok(done.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_survives_its_form_and_faults_are_located() {
        let office = OfficeId::new(&base::Clock::fixed(base::Time(0)), &base::Entropy::seeded(1));
        let category = Category {
            code: "laterne".into(),
            group: "Straßen".into(),
            name: "Laterne".into(),
            name_en: "Lamp".into(),
            description: "Dunkel".into(),
            keywords: "licht".into(),
            office,
            visibility: Visibility::Waiting,
            near_metres: 25,
            promise_hours: Some(8),
            active: true,
            questions: vec![],
        };
        assert_eq!(read("laterne".into(), &fields(&category)), Ok(category));
        let faults =
            read("Läterne".into(), &Form::new(vec![("promise_hours".into(), "0".into())])).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_ref()).collect();
        assert_eq!(
            fields,
            ["code", "grouping", "name", "near_metres", "promise_hours", "visibility", "office"]
        );
    }
}

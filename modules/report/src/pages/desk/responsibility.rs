use askama::Template;
use axum::extract::Query;
use base::{Fault, FormId, OfficeId, Problem};
use identity::Office;
use place::{Owner, Point, address};
use web::{Ctx, Form, Handled, Page, html};

use super::categories::office_name;
use super::{act, crumbs, permit};
use crate::model::{Body, Category, Decision, Rule, Spot, What, Where, Worker, clean, responsible};
use crate::store as db;

const HERE: &str = "/arbeitsplatz/anliegen/zustaendigkeiten";
/// Characters of a name, a contact or an address, at most.
const TEXT: usize = 200;

/// A rule in words: what, where, who.
struct Row {
    id: FormId,
    what: String,
    place: String,
    worker: String,
}

/// The answer to a question of the test form.
struct Answer {
    point: Point,
    area: String,
    district: String,
    /// Everybody with a claim to the place, when there are several.
    claims: Vec<String>,
    category: String,
    office: String,
    body: Option<Body>,
    rule: Option<Row>,
    others: Vec<Row>,
}

type Options = Vec<(String, String, bool)>;

#[derive(Template)]
#[template(path = "report_responsibility.html")]
struct View {
    page: Page,
    rows: Vec<Row>,
    form: Form,
    whats: Options,
    places: Options,
    offices: Options,
    test: Form,
    categories: Options,
    answer: Option<Answer>,
}

/// Everything rules are made of and put into words with.
struct Loaded {
    rules: Vec<Rule>,
    categories: Vec<Category>,
    offices: Vec<Office>,
}

/// The rules, the form for another, and the question "why is this office responsible?".
pub(super) async fn show(ctx: Ctx, Query(test): Query<Form>) -> Handled {
    page(&ctx, Form::default(), test, vec![]).await
}

async fn page(ctx: &Ctx, form: Form, test: Form, mut faults: Vec<Fault>) -> Handled {
    permit(ctx)?;
    let (town, words) = (test.get("ort").to_owned(), test.get("adresse").to_owned());
    let found = ctx.member().db.read("report.responsibility", move |tx| {
        let found = if words.is_empty() { vec![] } else { address::look_up(tx, Some(&town), &words)? };
        let offices = identity::offices(tx)?;
        Ok((Loaded { rules: db::rules(tx)?, categories: db::categories(tx)?, offices }, found))
    });
    let (loaded, found) = found.await?;
    let mut answer = None;
    if test.find("test_kategorie").is_some() {
        match ask(ctx, &loaded, &test, found.first().map(|found| found.point)) {
            Ok(given) => answer = Some(given),
            Err(wrong) => faults.extend(wrong),
        }
    }
    let atlas = ctx.member().atlas();
    let option = |value: String, text: String, field: &str| {
        let chosen = value == form.get(field);
        (value, text, chosen)
    };
    let mut groups: Vec<&str> = loaded.categories.iter().map(|category| category.group.as_str()).collect();
    groups.dedup();
    let mut whats: Options =
        groups.iter().map(|group| option(format!("g:{group}"), (*group).to_owned(), "was")).collect();
    whats.extend(loaded.categories.iter().map(|category| {
        option(format!("k:{}", category.code), format!("{}: {}", category.group, category.name), "was")
    }));
    let own = atlas.within(&ctx.member().settings.ars);
    let mut places: Options =
        own.map(|area| option(format!("a:{}", area.ars), area.name.clone(), "wo")).collect();
    places.extend(atlas.districts().iter().map(|district| {
        option(format!("d:{}", district.key), format!("{} ({})", district.name, district.key), "wo")
    }));
    let offices = loaded.offices.iter();
    let offices = offices.map(|office| option(office.id.to_string(), office.name.clone(), "amt")).collect();
    let categories = loaded.categories.iter().map(|category| {
        let chosen = category.code == test.get("test_kategorie");
        (category.code.clone(), category.name.clone(), chosen)
    });
    let categories = categories.collect();
    let rows = loaded.rules.iter().map(|rule| row(ctx, &loaded, rule)).collect();
    let page = ctx.page_titled(ctx.t("report-responsibility"), crumbs(ctx)).with_faults(faults);
    html(&View { page, rows, form, whats, places, offices, test, categories, answer })
}

fn row(ctx: &Ctx, loaded: &Loaded, rule: &Rule) -> Row {
    let atlas = ctx.member().atlas();
    let what = match &rule.what {
        What::Everything => ctx.t("report-rule-everything"),
        What::Group(group) => group.clone(),
        What::Category(code) => {
            let found = loaded.categories.iter().find(|category| category.code == *code);
            found.map_or_else(|| code.clone(), |category| category.name.clone())
        }
    };
    let place = match &rule.place {
        Where::Everywhere => ctx.t("report-rule-everywhere"),
        Where::Area(ars) => {
            let found = atlas.areas().iter().find(|area| area.ars == *ars);
            found.map_or_else(|| ars.to_string(), |area| area.name.clone())
        }
        Where::District(key) => {
            let found = atlas.districts().iter().find(|district| district.key == *key);
            found.map_or_else(|| key.clone(), |district| district.name.clone())
        }
    };
    let worker = match &rule.worker {
        Worker::Office(office) => office_name(&loaded.offices, *office),
        Worker::Body(body) => body.name.clone(),
    };
    Row { id: rule.id, what, place, worker }
}

/// Who is responsible, and why.
fn ask(ctx: &Ctx, loaded: &Loaded, test: &Form, found: Option<Point>) -> Result<Answer, Vec<Fault>> {
    let category = loaded.categories.iter().find(|category| category.code == test.get("test_kategorie"));
    let number = |field: &str| test.get(field).replace(',', ".").parse::<f64>().ok();
    let given = number("lat").zip(number("long")).and_then(|(lat, long)| Point::from_degrees(lat, long));
    let (Some(category), Some(point)) = (category, given.or(found)) else {
        return Err(vec![match category {
            None => Fault::new("test_kategorie", "report-category-missing"),
            Some(_) => Fault::new("adresse", "report-test-place"),
        }]);
    };
    let atlas = ctx.member().atlas();
    let (area, district) = (atlas.at(point), atlas.district_at(point));
    let claims = match atlas.owner(point) {
        Owner::Border(areas) | Owner::Conflict(areas) => areas.iter().map(|area| area.name.clone()).collect(),
        Owner::One(_) | Owner::Nobody => vec![],
    };
    let spot = Spot {
        area: area.map(|area| area.ars.clone()),
        district: district.map(|district| district.key.clone()),
    };
    let Decision { office, body, rule, others } = responsible(&loaded.rules, category, &spot);
    Ok(Answer {
        point,
        area: area.map(|area| area.name.clone()).unwrap_or_default(),
        district: district.map(|district| district.name.clone()).unwrap_or_default(),
        claims,
        category: category.name(ctx.lang()).to_owned(),
        office: office_name(&loaded.offices, office),
        body,
        rule: rule.map(|rule| row(ctx, loaded, &rule)),
        others: others.iter().map(|rule| row(ctx, loaded, rule)).collect(),
    })
}

/// Adds or removes a rule.
pub(super) async fn change(ctx: Ctx, form: Form) -> Handled {
    permit(&ctx)?;
    if form.get("schritt") == "loeschen" {
        let nothing = || Problem::not_found("rule", "there is no such rule");
        let id: FormId = form.get("regel").parse().map_err(|_| nothing())?;
        let about = serde_json::json!({ "rule": id, "removed": true });
        let done = act(&ctx, &form, ("responsibility.changed", about), HERE, move |tx| {
            db::drop_rule(tx, id)?.then_some(()).ok_or_else(nothing)
        });
        return Ok(done.await?);
    }
    let rule = match read(&ctx, &form) {
        Ok(rule) => rule,
        Err(Problem { faults, .. }) if !faults.is_empty() => {
            return page(&ctx, form, Form::default(), faults).await;
        }
        Err(problem) => return Err(problem.into()),
    };
    let about = serde_json::json!({ "rule": rule.id, "what": form.get("was"), "where": form.get("wo") });
    let done = act(&ctx, &form, ("responsibility.changed", about), HERE, move |tx| {
        if let Worker::Office(office) = &rule.worker
            && identity::find_office(tx, *office)?.is_none()
        {
            return Err(Problem::faults(vec![Fault::new("amt", "field-missing")]));
        }
        db::add_rule(tx, &rule)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => page(&ctx, form, Form::default(), problem.faults).await,
        other => other.map_err(Into::into),
    }
}

fn read(ctx: &Ctx, form: &Form) -> Result<Rule, Problem> {
    let mut faults = Vec::new();
    let what = match form.get("was").split_once(':') {
        None => What::Everything,
        Some(("g", group)) => What::Group(group.to_owned()),
        Some((_, code)) => What::Category(code.to_owned()),
    };
    let atlas = ctx.member().atlas();
    let place = match form.get("wo").split_once(':') {
        None => Where::Everywhere,
        Some(("a", ars)) => ars.parse().map(Where::Area).unwrap_or(Where::Everywhere),
        Some((_, key)) => Where::District(key.to_owned()),
    };
    let known = match &place {
        Where::Everywhere => form.get("wo").is_empty(),
        Where::Area(ars) => atlas.areas().iter().any(|area| area.ars == *ars),
        Where::District(key) => atlas.districts().iter().any(|district| district.key == *key),
    };
    if !known {
        faults.push(Fault::new("wo", "report-place-unknown"));
    }
    let [name, contact, url] = ["name", "kontakt", "adresse_url"].map(|field| clean(form.get(field)));
    for (field, text) in [("name", &name), ("kontakt", &contact), ("adresse_url", &url)] {
        if text.chars().count() > TEXT {
            faults.push(Fault::new(field, "field-long"));
        }
    }
    if !url.is_empty() && !url.starts_with("https://") {
        faults.push(Fault::new("adresse_url", "report-url-wrong"));
    }
    let office = form.get("amt").parse::<OfficeId>().ok();
    let worker = match (office, name.is_empty()) {
        (Some(office), true) => Some(Worker::Office(office)),
        (None, false) => Some(Worker::Body(Body { name, contact, url })),
        // One of both, not none and not both: who else could say who is meant?
        _ => {
            faults.push(Fault::new("amt", "report-worker-one"));
            None
        }
    };
    match worker {
        Some(worker) if faults.is_empty() => {
            Ok(Rule { id: form.id()?, created: ctx.member().clock.now(), place, what, worker })
        }
        _ => Err(Problem::faults(faults)),
    }
}

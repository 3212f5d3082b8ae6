use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use base::{Fault, Lang};
use web::{Ctx, Form, Handled, Page, html};

use super::{change, go, own, page};
use crate::model::{Category, Station};
use crate::store::{self as db, Pace};

/// Categories shown first because they are reported most.
const OFTEN: usize = 4;
/// With fewer categories than this nobody needs a short list first.
const MANY: usize = 10;

#[derive(Template)]
#[template(path = "report_category.html")]
struct View {
    page: Page,
    groups: Vec<Group>,
    query: String,
    chosen: String,
}

struct Group {
    name: String,
    categories: Vec<Choice>,
}

struct Choice {
    code: String,
    name: String,
    description: String,
}

pub(super) async fn show(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let fault = form.find("fehler").map(|_| Fault::new("service_code", "report-category-missing"));
    let chosen = form.find("kategorie").unwrap_or(&own.begun().draft.category).to_owned();
    view(&ctx, form.get("q").to_owned(), chosen, fault.into_iter().collect()).await
}

async fn view(ctx: &Ctx, query: String, chosen: String, faults: Vec<Fault>) -> Handled {
    let found = ctx.member().db.read("report.categories", |tx| Ok((db::categories(tx)?, db::paces(tx)?)));
    let (categories, paces) = found.await?;
    let groups = groups(&categories, &paces, &query, ctx.lang(), ctx.t("report-often"));
    html(&View { page: page(ctx, "report-category-title", faults), groups, query, chosen })
}

/// The categories in their groups. Those most reported come first, unless somebody looks for a word.
fn groups(categories: &[Category], paces: &[Pace], query: &str, lang: Lang, often: String) -> Vec<Group> {
    let active: Vec<&Category> =
        categories.iter().filter(|category| category.active && matches(category, query)).collect();
    let mut groups: Vec<Group> = Vec::new();
    let reported = |category: &Category| {
        paces.iter().find(|pace| pace.category == category.code).map_or(0, |pace| pace.closed)
    };
    let mut most: Vec<&Category> = active.iter().copied().filter(|category| reported(category) > 0).collect();
    most.sort_by_key(|category| std::cmp::Reverse(reported(category)));
    most.truncate(OFTEN);
    if !query.is_empty() || active.len() < MANY {
        most.clear();
    }
    if !most.is_empty() {
        groups.push(Group { name: often, categories: most.iter().map(|each| choice(each, lang)).collect() });
    }
    for category in active.iter().filter(|category| !most.iter().any(|each| each.code == category.code)) {
        match groups.iter_mut().find(|group| group.name == category.group) {
            Some(group) => group.categories.push(choice(category, lang)),
            None => {
                groups.push(Group { name: category.group.clone(), categories: vec![choice(category, lang)] });
            }
        }
    }
    groups
}

fn choice(category: &Category, lang: Lang) -> Choice {
    Choice {
        code: category.code.clone(),
        name: category.name(lang).to_owned(),
        description: category.description.clone(),
    }
}

/// Whether every word somebody looks for stands somewhere in a category.
fn matches(category: &Category, query: &str) -> bool {
    let text =
        [&category.name, &category.name_en, &category.group, &category.description, &category.keywords];
    let text = text.map(|part| part.to_lowercase()).join(" ");
    query.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

pub(super) async fn send(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let code = form.get("service_code").to_owned();
    let wanted = code.clone();
    let known = ctx.member().db.read("report.categories", move |tx| {
        Ok(db::categories(tx)?.iter().any(|category| category.active && category.code == wanted))
    });
    if !known.await? {
        let fault = Fault::new("service_code", "report-category-missing");
        return view(&ctx, form.get("q").to_owned(), code, vec![fault]).await;
    }
    let own = change(&ctx, &headers, move |begun| begun.draft.category.clone_from(&code)).await?;
    // The questions depend on the category, so they come even when a text was written before.
    let next = match own.begun().next() {
        Station::Check => Station::Details,
        next => next,
    };
    Ok(go(&ctx, &own, next.path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{CATEGORIES, QUESTIONS};

    fn categories() -> Vec<Category> {
        let office = "0".repeat(32).parse().unwrap();
        assert!(!QUESTIONS.is_empty());
        CATEGORIES.iter().map(|template| template.category(office, vec![])).collect()
    }

    #[test]
    fn what_is_reported_most_comes_first_and_every_category_stands_once() {
        let pace = |category: &str, closed| Pace { category: category.into(), closed, median_seconds: 1 };
        let paces = [pace("gully", 3), pace("ampel", 9)];
        let groups = groups(&categories(), &paces, "", Lang::De, "Häufig".into());
        let first: Vec<_> = groups[0].categories.iter().map(|each| each.code.as_str()).collect();
        assert_eq!(first, ["ampel", "gully"]);
        assert_eq!(groups.iter().map(|group| group.categories.len()).sum::<usize>(), CATEGORIES.len());
    }

    #[test]
    fn a_category_is_found_by_what_people_call_it() {
        let found = |query| {
            let groups = groups(&categories(), &[], query, Lang::De, String::new());
            groups.into_iter().flat_map(|group| group.categories).map(|each| each.code).collect::<Vec<_>>()
        };
        assert_eq!(found("Licht"), ["laterne", "ampel"]);
        assert_eq!(found("street LAMP"), ["laterne"]);
        assert!(found("xyz").is_empty());
    }
}

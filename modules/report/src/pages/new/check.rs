use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use base::{Fault, Problem};
use web::{Ctx, Form, Handled, Page, html, see_other};

use super::details::Asked;
use super::{Own, change, faults_of, go, own, page, place};
use crate::file::{self, Sender};
use crate::model::{Category, Station, Visibility, check};
use crate::store::{self as db, Photo};

#[derive(Template)]
#[template(path = "report_check.html")]
struct View {
    page: Page,
    place: String,
    photos: Vec<(i64, Photo)>,
    category: String,
    text: String,
    /// Questions with their answers.
    answers: Vec<(String, String)>,
    sender: String,
    email: String,
    visibility: &'static str,
}

/// Everything once more, before it is sent.
pub(super) async fn show(ctx: Ctx, headers: HeaderMap, Query(form): Query<Form>) -> Handled {
    let own = own(&ctx, &headers).await?;
    let next = own.begun().next();
    if next != Station::Check {
        return Ok(go(&ctx, &own, next.path()));
    }
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let faults = faults_of(&own, &categories, &form, Station::Check);
    view(&ctx, &own, &categories, faults)
}

fn view(ctx: &Ctx, own: &Own, categories: &[Category], faults: Vec<Fault>) -> Handled {
    let kept = &own.kept;
    let draft = &kept.begun.draft;
    let Some(category) = categories.iter().find(|each| each.code == draft.category && each.active) else {
        return Ok(go(ctx, own, Station::Category.path()));
    };
    let asks = category.questions.iter().filter(|question| question.asked);
    let asks = asks.map(|question| Asked::new(question, &draft.answers, ctx.lang(), ""));
    html(&View {
        page: page(ctx, "report-check-title", faults),
        place: place::words(ctx, &kept.begun),
        photos: kept.photos.clone(),
        category: category.name(ctx.lang()).to_owned(),
        text: draft.text.clone(),
        answers: asks.map(answered).filter(|(_, answer)| !answer.is_empty()).collect(),
        sender: draft.name.clone(),
        email: draft.email.clone(),
        visibility: match category.visibility {
            Visibility::Public => "report-public",
            Visibility::Waiting => "report-waiting-note",
            Visibility::Private => "report-private-note",
        },
    })
}

fn answered(asked: Asked) -> (String, String) {
    if asked.choices.is_empty() {
        return (asked.label, asked.value);
    }
    let chosen = asked.choices.into_iter().filter(|(_, _, chosen)| *chosen).map(|(_, name, _)| name);
    (asked.label, chosen.collect::<Vec<_>>().join(", "))
}

/// Takes the report. Whatever is wrong leads to the page that asks for it.
pub(super) async fn send(ctx: Ctx, headers: HeaderMap, form: Form) -> Handled {
    let id = form.id()?;
    let done = ctx.member().db.read("report.form", move |tx| identity::form_done(tx, id)).await?;
    if let Some(tracking) = done {
        return Ok(see_other(&format!("{tracking}?neu=1")));
    }
    let (name, email) = (form.get("name").to_owned(), form.get("email").to_owned());
    let own = change(&ctx, &headers, move |begun| {
        begun.draft.name.clone_from(&name);
        begun.draft.email.clone_from(&email);
    });
    let own = own.await?;
    let categories = ctx.member().db.read("report.categories", db::categories).await?;
    let valid = match check(&own.begun().draft, &categories) {
        Ok(valid) => valid,
        Err(faults) => return mend(&ctx, &own, &categories, faults),
    };
    if file::own_place(ctx.member(), &valid).await.is_err()
        && let Some(point) = valid.whereabouts.point()
    {
        return place::elsewhere(&ctx, point);
    }
    let sender = Sender {
        person: ctx.who().person().filter(|_| !ctx.who().is_staff()),
        actor: ctx.actor(),
        form: Some(id),
        address: Some(ctx.address().to_owned()),
        draft: own.hash(),
        lang: ctx.lang(),
    };
    let photos: Vec<Photo> = own.kept.photos.iter().map(|(_, photo)| *photo).collect();
    let filed = file::file(ctx.member(), valid, photos, sender).await?;
    Ok(super::with_cookie(&ctx, None, see_other(&format!("{}?neu=1", filed.tracking))))
}

/// The page with the first mistake.
fn mend(ctx: &Ctx, own: &Own, categories: &[Category], faults: Vec<Fault>) -> Handled {
    let wrong = || Problem::internal("report", "a draft was refused without a reason");
    let first = faults.first().map(|fault| Station::of_field(&fault.field)).ok_or_else(wrong)?;
    if first != Station::Check {
        return Ok(go(ctx, own, &format!("{}?fehler=1", first.path())));
    }
    let shown = view(ctx, own, categories, faults)?;
    Ok(super::with_cookie(ctx, own.secret.as_deref(), shown))
}

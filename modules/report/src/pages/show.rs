use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{CaseId, Fault, PersonId, Problem, Result};
use cases::Event;
use ledger::PUBLIC;
use store::Tx;
use web::pages::MapView;
use web::{Crumb, Ctx, Form, Handled, Page, html, see_other};

use crate::file;
use crate::model::{Body, Report, Visibility};
use crate::pages::list::pin;
use crate::store::{self as db, Taken};

#[derive(Template)]
#[template(path = "report_show.html")]
struct View {
    page: Page,
    report: Report,
    photos: Vec<Shown>,
    events: Vec<(Event, String)>,
    /// Who outside is responsible, when we are not.
    body: Option<Body>,
    /// The report it is followed up with, when everybody may see that one.
    main: Option<Report>,
    map: Option<MapView>,
    pace: Pace,
    supporters: i64,
    /// What was just done: `neu`, `dabei`, `post` or nothing.
    told: &'static str,
    /// What only whoever sent it sees.
    mine: Option<Mine>,
    /// The private page of a person who is signed in and sent it.
    own_page: Option<String>,
    /// What was written into the form that is on the page, when something was wrong with it.
    text: String,
}

/// A photo on the page.
struct Shown {
    src: String,
    width: i64,
    height: i64,
    /// When a crew took it, if it did.
    taken: Option<Taken>,
}

/// How fast it should go, and how fast it really goes.
#[derive(Debug, PartialEq, Eq)]
struct Pace {
    promise_hours: Option<u32>,
    /// Days, of so many reports; absent while there are too few to tell.
    median: Option<(i64, i64)>,
}

pub(super) struct Mine {
    pub(super) address: String,
    path: String,
    /// The address mail goes to, and whether it was confirmed.
    email: Option<(String, bool)>,
    /// Why others do not see it.
    hidden: Option<&'static str>,
}

struct Loaded {
    report: Report,
    photos: Vec<Shown>,
    events: Vec<Event>,
    body: Option<Body>,
    main: Option<Report>,
    pace: Pace,
    supporters: i64,
    owner: Option<PersonId>,
}

/// Ended reports from which a median is worth telling.
const ENOUGH: i64 = 5;
const DAY: i64 = 24 * 3600;

impl Pace {
    /// What was promised beside what was measured, a day that has begun told as a whole one.
    fn of(promise_hours: Option<u32>, measured: Option<&db::Pace>) -> Self {
        let measured = measured.filter(|pace| pace.closed >= ENOUGH);
        let days = |seconds: i64| (seconds + DAY - 1) / DAY;
        Self { promise_hours, median: measured.map(|pace| (days(pace.median_seconds).max(1), pace.closed)) }
    }
}

fn nothing() -> Problem {
    Problem::not_found("report", "there is no such report")
}

fn load(tx: &mut Tx<'_>, report: Report, secret: Option<&str>) -> Result<Loaded> {
    let id = report.case_id;
    let photos = db::office_photos(tx, id)?.into_iter();
    let photos = photos.filter(|photo| if secret.is_some() { photo.is_shown() } else { photo.public });
    let photos = photos.map(|photo| {
        let src = match secret {
            Some(secret) => format!("/anliegen/v/{secret}/foto/{}", photo.place),
            None => format!("/dateien/{}", photo.hash),
        };
        Shown { src, width: photo.width, height: photo.height, taken: photo.taken }
    });
    let photos = photos.collect();
    let mut events = cases::events(tx, id, false)?;
    events.retain(|event| event.kind.is_public() || secret.is_some() && event.kind.is_owners());
    let category = db::find_category(tx, &report.category)?;
    let pace = db::paces(tx)?.into_iter().find(|pace| pace.category == report.category);
    let pace = Pace::of(category.and_then(|category| category.promise_hours), pace.as_ref());
    let owner = cases::by_id(tx, id)?.and_then(|case| case.owner);
    let supporters = db::supporters(tx, id)?;
    let body = db::body(tx, id)?;
    let main = report.merged.as_deref().map(|number| db::by_number(tx, number)).transpose()?.flatten();
    Ok(Loaded { photos, events, body, main, pace, supporters, owner, report })
}

fn view(
    ctx: &Ctx,
    loaded: Loaded,
    told: &'static str,
    mine: Option<Mine>,
    (faults, text): (Vec<Fault>, String),
) -> Handled {
    let Loaded { report, photos, events, body, main, pace, supporters, owner } = loaded;
    let crumbs = vec![Crumb { name: ctx.t("nav-report"), href: "/anliegen".into() }];
    let title = format!("{} {}", report.number, report.title);
    let page = ctx.page_titled(title, crumbs).with_map().with_faults(faults);
    let map = pin(&report).map(|pin| MapView::new(ctx.member(), 480.0, &[pin]));
    // The public learns what the office did, not who in it.
    let events = events.into_iter().map(|event| (event, String::new())).collect();
    let is_owner = mine.is_none() && owner.is_some() && owner == ctx.who().person();
    let own_page = is_owner.then(|| file::tracking(ctx.member(), report.case_id));
    html(&View {
        page,
        report,
        photos,
        events,
        body,
        main,
        map,
        pace,
        supporters,
        told,
        mine,
        own_page,
        text,
    })
}

/// The page everybody may see. Whoever is signed in and sent a report that is not public is led to their own page.
pub(crate) async fn public(ctx: Ctx, Path(number): Path<String>, Query(form): Query<Form>) -> Handled {
    let told = match form.get("dabei") {
        "" => "",
        "post" => "post",
        _ => "dabei",
    };
    let (wanted, person) = (number.clone(), ctx.who().person());
    let hidden = ctx.member().db.read("report.own", move |tx| own_hidden(tx, &wanted, person)).await?;
    if let Some(id) = hidden {
        return Ok(see_other(&file::tracking(ctx.member(), id)));
    }
    shown(&ctx, number, told, (vec![], String::new())).await
}

fn own_hidden(tx: &mut Tx<'_>, number: &str, person: Option<PersonId>) -> Result<Option<CaseId>> {
    let Some(person) = person else { return Ok(None) };
    let Some(case) = cases::by_number(tx, number)?.filter(|case| case.owner == Some(person)) else {
        return Ok(None);
    };
    let hidden = db::by_id(tx, case.id)?.is_some_and(|report| report.visibility != Visibility::Public);
    Ok(hidden.then_some(case.id))
}

/// The public page with what is wrong in one of its forms, and what was written there.
pub(super) async fn public_with(ctx: &Ctx, number: String, wrong: (Vec<Fault>, String)) -> Handled {
    shown(ctx, number, "", wrong).await
}

async fn shown(ctx: &Ctx, number: String, told: &'static str, wrong: (Vec<Fault>, String)) -> Handled {
    let loaded = ctx.member().db.read("report.show", move |tx| {
        let report = db::by_number(tx, &number)?.ok_or_else(nothing)?;
        load(tx, report, None)
    });
    view(ctx, loaded.await?, told, None, wrong)
}

/// The page behind the private link of whoever sent the report.
pub(crate) async fn tracking(ctx: Ctx, Path(secret): Path<String>, Query(form): Query<Form>) -> Handled {
    let told = if form.find("neu").is_some() { "neu" } else { "" };
    tracking_with(&ctx, secret, told, (vec![], String::new())).await
}

/// The private page with what is wrong in one of its forms.
pub(super) async fn tracking_with(
    ctx: &Ctx,
    secret: String,
    told: &'static str,
    wrong: (Vec<Fault>, String),
) -> Handled {
    let hash = identity::hash(&secret);
    let (own, path) = (secret.clone(), format!("/anliegen/v/{secret}"));
    let loaded = ctx.member().db.read("report.tracking", move |tx| {
        let case = cases::by_secret(tx, &hash)?.ok_or_else(nothing)?;
        let report = db::by_id(tx, case.id)?.ok_or_else(nothing)?;
        let reporter = db::reporter(tx, case.id)?;
        Ok((load(tx, report, Some(&own))?, reporter))
    });
    let (loaded, reporter) = loaded.await?;
    let hidden = match loaded.report.visibility {
        Visibility::Public => None,
        Visibility::Waiting => Some("report-is-waiting"),
        Visibility::Private => Some("report-is-private"),
    };
    let mine = Mine {
        address: format!("{}{path}", ctx.member().settings.url),
        path,
        email: reporter.map(|reporter| (reporter.email, reporter.confirmed)),
        hidden,
    };
    view(ctx, loaded, told, Some(mine), wrong)
}

/// The proof that the report stands in the public record, in the form of C2SP tlog-proof.
pub(crate) async fn receipt(ctx: Ctx, Path(number): Path<String>) -> Handled {
    give_receipt(&ctx, move |tx| db::by_number(tx, &number)).await
}

/// The same, for whoever sent it: also of a report others do not see.
pub(crate) async fn own_receipt(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let hash = identity::hash(&secret);
    give_receipt(&ctx, move |tx| match cases::by_secret(tx, &hash)? {
        Some(case) => db::by_id(tx, case.id),
        None => Ok(None),
    })
    .await
}

async fn give_receipt(
    ctx: &Ctx,
    find: impl Fn(&mut Tx<'_>) -> Result<Option<Report>> + Send + 'static,
) -> Handled {
    let ledger = ctx.member().ledger.clone();
    let receipt = ctx.member().db.read("report.receipt", move |tx| {
        let report = find(tx)?.ok_or_else(nothing)?;
        let entry = ledger.first_of_case(tx, report.case_id, PUBLIC)?.ok_or_else(nothing)?;
        Ok((report.number, ledger.receipt(tx, entry)?))
    });
    let (number, receipt) = receipt.await?;
    let name = format!("attachment; filename=\"anliegen-{number}.tlog-proof\"");
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name.chars().filter(char::is_ascii).collect()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_pace_stands_beside_the_promise_once_enough_reports_have_ended() {
        let measured =
            |closed, median_seconds| db::Pace { category: "laterne".into(), closed, median_seconds };
        let median = |closed, seconds| Pace::of(Some(48), Some(&measured(closed, seconds))).median;
        assert_eq!(median(4, 3600), None, "four may be chance");
        assert_eq!(median(5, 0), Some((1, 5)));
        assert_eq!(median(5, DAY), Some((1, 5)));
        assert_eq!(median(900, DAY + 1), Some((2, 900)));
        assert_eq!(Pace::of(None, None), Pace { promise_hours: None, median: None });
        assert_eq!(Pace::of(Some(48), None).promise_hours, Some(48));
    }
}

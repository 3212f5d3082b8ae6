use askama::Template;
use axum::extract::Query;
use base::{Fault, Problem};
use cases::calendar::{Holiday, parse_day};
use cases::service;
use web::{Ctx, Form, Handled, Page, html};

use super::{act, crumbs, permit};
use crate::model::clean;

const HERE: &str = "/arbeitsplatz/anliegen/feiertage";
/// Characters of a name, at most.
const NAME: usize = 100;

#[derive(Template)]
#[template(path = "report_holidays.html")]
struct View {
    page: Page,
    year: i16,
    /// The day, as the database has it and as people write it, and its name.
    days: Vec<(String, String, String)>,
    form: Form,
}

/// The days off of a year.
pub(super) async fn show(ctx: Ctx, Query(query): Query<Form>) -> Handled {
    let this = ctx.member().clock.now().in_germany().year();
    let year = query.get("jahr").parse().ok().filter(|year| (1990..=2200).contains(year)).unwrap_or(this);
    page(&ctx, year, Form::default(), vec![]).await
}

async fn page(ctx: &Ctx, year: i16, form: Form, faults: Vec<Fault>) -> Handled {
    permit(ctx)?;
    let days = ctx.member().db.read("report.holidays", move |tx| service::holidays(tx, year, year)).await?;
    let shown = |day: &str| day.split('-').rev().collect::<Vec<_>>().join(".");
    let days = days.into_iter().map(|holiday| {
        let day = shown(&holiday.day);
        (holiday.day, day, holiday.name)
    });
    let days = days.collect();
    let page = ctx.page_titled(ctx.t("report-holidays"), crumbs(ctx)).with_faults(faults);
    html(&View { page, year, days, form })
}

/// Adds or removes a day off. The first change of a year writes down the days of the law, so that they can be changed.
pub(super) async fn change(ctx: Ctx, form: Form) -> Handled {
    permit(&ctx)?;
    let year = |day: &str| day.get(..4).and_then(|year| year.parse::<i16>().ok());
    let this = ctx.member().clock.now().in_germany().year();
    let wrong = |faults| page(&ctx, form.get("jahr").parse().unwrap_or(this), form.clone(), faults);
    let Ok(day) = parse_day(form.get("tag")) else {
        return wrong(vec![Fault::new("tag", "holiday-day-wrong")]).await;
    };
    let Some(year) = year(&day).filter(|year| (1990..=2200).contains(year)) else {
        return wrong(vec![Fault::new("tag", "holiday-day-wrong")]).await;
    };
    let (name, remove) = (clean(form.get("name")), form.get("schritt") == "loeschen");
    if !remove && (name.is_empty() || name.chars().count() > NAME) {
        let code = if name.is_empty() { "field-missing" } else { "field-long" };
        return wrong(vec![Fault::new("name", code)]).await;
    }
    let about = serde_json::json!({ "day": day, "name": name, "removed": remove });
    let location = format!("{HERE}?jahr={year}");
    let done = act(&ctx, &form, ("holiday.changed", about), &location, move |tx| {
        service::ensure_year(tx, year)?;
        if !remove {
            return service::put_holiday(tx, &Holiday { day: day.clone(), name: name.clone() });
        }
        let nothing = || Problem::not_found("holiday", "there is no such day");
        service::drop_holiday(tx, &day)?.then_some(()).ok_or_else(nothing)
    });
    Ok(done.await?)
}

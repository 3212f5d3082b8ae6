use askama::Template;
use base::Fault;
use cases::calendar::{DAY, SPANS, Span, Week, parse_minute, show_minute};
use cases::service;
use web::{Ctx, Form, Handled, Page, html};

use super::{act, crumbs, permit};

const HERE: &str = "/arbeitsplatz/anliegen/dienstzeiten";

/// The names of days in fields and message keys, Monday first.
const DAYS: [&str; 7] = ["mo", "di", "mi", "do", "fr", "sa", "so"];

/// A span in the form: the names of its two fields, from and to.
type SpanFields = (String, String, String, String);

#[derive(Template)]
#[template(path = "report_hours.html")]
struct View {
    page: Page,
    days: Vec<(&'static str, Vec<SpanFields>)>,
}

/// The service hours of a week.
pub(super) async fn show(ctx: Ctx) -> Handled {
    permit(&ctx)?;
    let week = ctx.member().db.read("report.hours", service::week).await?;
    page(&ctx, &fields(&week), vec![])
}

fn page(ctx: &Ctx, form: &Form, faults: Vec<Fault>) -> Handled {
    let days = DAYS.map(|day| {
        let span = |number| {
            let [first, last] = ["von", "bis"].map(|end| format!("{day}{number}_{end}"));
            let [from, to] = [&first, &last].map(|field| form.get(field).to_owned());
            (first, last, from, to)
        };
        (day, (1..=SPANS).map(span).collect())
    });
    let page = ctx.page_titled(ctx.t("report-service-hours"), crumbs(ctx)).with_faults(faults);
    html(&View { page, days: days.to_vec() })
}

fn fields(week: &Week) -> Form {
    let mut fields = Vec::new();
    for (day, spans) in DAYS.iter().zip(week) {
        for (span, number) in spans.iter().zip(1..) {
            fields.push((format!("{day}{number}_von"), show_minute(span.from)));
            fields.push((format!("{day}{number}_bis"), show_minute(span.to)));
        }
    }
    Form::new(fields)
}

/// Sets the service hours. Promises that were made stay.
pub(super) async fn change(ctx: Ctx, form: Form) -> Handled {
    permit(&ctx)?;
    let week = match read(&form) {
        Ok(week) => week,
        Err(faults) => return page(&ctx, &form, faults),
    };
    let spans =
        week.iter().map(|spans| spans.iter().map(|span| [show_minute(span.from), show_minute(span.to)]));
    let about = serde_json::json!({ "hours": spans.map(Iterator::collect::<Vec<_>>).collect::<Vec<_>>() });
    Ok(act(&ctx, &form, ("hours.changed", about), HERE, move |tx| service::set_week(tx, &week)).await?)
}

/// A span has both ends, the first before the second, and begins after the one before has ended.
fn read(form: &Form) -> Result<Week, Vec<Fault>> {
    let (mut week, mut faults) = (Week::default(), Vec::new());
    for (day, spans) in DAYS.iter().zip(&mut week) {
        for number in 1..=SPANS {
            let [from, to] = ["von", "bis"].map(|end| format!("{day}{number}_{end}"));
            let (start, end) = (form.get(&from), form.get(&to));
            if start.is_empty() && end.is_empty() {
                continue;
            }
            // Browsers offer no 24:00; the midnight that ends a day is its 00:00.
            let end = parse_minute(end).map(|end| if end == 0 { DAY } else { end });
            match (parse_minute(start), end) {
                (Some(start), Some(end))
                    if start < end && spans.last().is_none_or(|last: &Span| last.to <= start) =>
                {
                    spans.push(Span { from: start, to: end });
                }
                _ => faults.push(Fault::new(from, "hours-wrong")),
            }
        }
    }
    if faults.is_empty() { Ok(week) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_survive_their_form_and_faults_name_the_day() {
        let mut week = Week::default();
        week[0] = vec![Span { from: 480, to: 720 }, Span { from: 780, to: 960 }];
        week[6] = vec![Span { from: 0, to: DAY }];
        assert_eq!(read(&fields(&week)), Ok(week));
        let form = |fields: &[(&str, &str)]| {
            Form::new(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        let wrong = |fields: &[(&str, &str)]| read(&form(fields)).unwrap_err()[0].field.to_string();
        assert_eq!(wrong(&[("di1_von", "08:00")]), "di1_von");
        assert_eq!(wrong(&[("fr1_von", "16:00"), ("fr1_bis", "08:00")]), "fr1_von");
        let overlap =
            [("mo1_von", "08:00"), ("mo1_bis", "12:00"), ("mo2_von", "11:00"), ("mo2_bis", "13:00")];
        assert_eq!(wrong(&overlap), "mo2_von");
    }
}

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Fault, Problem, Result};
use web::plot::{Bar, Bars, Chart, Figures, Shape};
use web::{Ctx, Form, Handled, Page, csv_line, html_with};

use super::list::{crumbs, status};
use crate::model::{Category, Wanted, Zone};
use crate::store as db;
use crate::store::statistics::{Span, Statistics, Took};

/// Months shown when nobody says which.
const USUAL: i64 = 12;
/// Months shown at once, at most.
const MONTHS: i64 = 240;
/// Rows of a list of bars, at most; the file has all.
const BARS: usize = 20;

#[derive(Template)]
#[template(path = "report_statistics.html")]
struct View {
    page: Page,
    first: String,
    last: String,
    categories: Vec<(String, String, bool)>,
    kpis: Vec<(String, String)>,
    months: Chart,
    /// Each with the address of its file.
    bars: Vec<(Bars, String)>,
    months_csv: String,
    empty: bool,
}

/// What was asked for and what was counted.
struct Counted {
    span: Span,
    faults: Vec<Fault>,
    categories: Vec<Category>,
    statistics: Statistics,
}

async fn count(ctx: &Ctx, form: &Form) -> Result<Counted> {
    let now = ctx.member().clock.now();
    let (form, lenient) = (form.clone(), db::figures::month(now));
    let counted = ctx.member().db.scan("report.statistics", move |tx| {
        let categories = db::categories(tx)?;
        let (span, faults) = span(&form, &categories, lenient);
        let statistics = db::statistics::statistics(tx, &span, now)?;
        Ok(Counted { span, faults, categories, statistics })
    });
    counted.await
}

/// The months and the category somebody asks for, else the last twelve months and all.
fn span(form: &Form, categories: &[Category], this_month: i64) -> (Span, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut month = |name: &'static str, usual: i64| {
        let Some(text) = form.find(name) else { return usual };
        month_of(text).unwrap_or_else(|| {
            faults.push(Fault::new(name, "report-month-wrong"));
            usual
        })
    };
    let (first, last) = (month("von", this_month - USUAL + 1), month("bis", this_month));
    let first_usual = Span { first: this_month - USUAL + 1, last: this_month, code: None };
    if first > last {
        faults.push(Fault::new("bis", "report-months-reversed"));
    } else if last - first >= MONTHS {
        faults.push(Fault::new("von", "report-months-many"));
    }
    let code = form.find("kategorie").map(str::to_owned);
    if code.as_ref().is_some_and(|code| !categories.iter().any(|category| category.code == *code)) {
        faults.push(Fault::new("kategorie", "report-category-unknown"));
    }
    if faults.is_empty() { (Span { first, last, code }, faults) } else { (first_usual, faults) }
}

/// Reads `2026-11`, the form of `<input type="month">`.
fn month_of(text: &str) -> Option<i64> {
    let (year, month) = text.split_once('-')?;
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = Some((year, month)).filter(|_| digits(year, 4) && digits(month, 2))?;
    let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
    (1..=12).contains(&month).then(|| year * 12 + month - 1)
}

fn month_text(month: i64) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// Plots of what is reported, how long it takes, and whether promises are kept.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let counted = count(&ctx, &form).await?;
    let Counted { span, faults, categories, statistics } = &counted;
    let status = status(faults);
    let words = Words { ctx: &ctx, categories };
    let file = |name: &str| {
        let mut fields = vec![("von", month_text(span.first)), ("bis", month_text(span.last))];
        fields.extend(span.code.iter().map(|code| ("kategorie", code.clone())));
        let query: Vec<_> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("/anliegen/statistik/{name}.csv?{}", query.join("&"))
    };
    let mut bars = vec![
        (words.times(statistics), file("dauer")),
        (words.promises(statistics), file("versprechen")),
        (words.categories(statistics), file("kategorien")),
        (words.ages(statistics), file("alter")),
    ];
    if statistics.areas.len() > 1 {
        bars.insert(3, (words.areas(statistics), file("gebiete")));
    }
    bars.retain(|(bars, _)| !bars.bars.is_empty());
    let option = |category: &Category| {
        let chosen = span.code.as_ref() == Some(&category.code);
        (category.code.clone(), category.name(ctx.lang()).to_owned(), chosen)
    };
    let page = ctx.page_titled(ctx.t("report-statistics"), crumbs(&ctx)).with_faults(faults.clone());
    let view = View {
        first: month_text(span.first),
        last: month_text(span.last),
        categories: categories.iter().map(option).collect(),
        kpis: words.kpis(statistics),
        months: words.months(statistics),
        months_csv: file("monate"),
        empty: statistics.months.iter().all(|(_, opened, closed)| opened + closed == 0),
        bars,
        page,
    };
    html_with(status, &view)
}

/// The figures behind a plot, in the form of RFC 4180.
pub(crate) async fn file(ctx: Ctx, Path(name): Path<String>, Query(form): Query<Form>) -> Handled {
    let counted = count(&ctx, &form).await?;
    if !counted.faults.is_empty() {
        return Err(Problem::faults(counted.faults).into());
    }
    let rows = rows(&name, &counted)
        .ok_or_else(|| Problem::not_found("statistics", "there are no such statistics"))?;
    let mut body = Vec::new();
    for row in rows {
        body.extend(csv_line(&row)?);
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, body).into_response())
}

fn rows(name: &str, counted: &Counted) -> Option<Vec<Vec<String>>> {
    let statistics = &counted.statistics;
    let head = |names: &[&str]| vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    let three =
        |(name, opened, open): &(String, i64, i64)| vec![name.clone(), opened.to_string(), open.to_string()];
    let hours = |hours: Option<i64>| hours.map(|hours| hours.to_string()).unwrap_or_default();
    let mut rows;
    match name {
        "monate.csv" => {
            rows = head(&["monat", "eingegangen", "beendet"]);
            rows.extend(statistics.months.iter().map(|(month, opened, closed)| {
                vec![month_text(*month), opened.to_string(), closed.to_string()]
            }));
        }
        "kategorien.csv" => {
            rows = head(&["kategorie", "eingegangen", "davon_offen"]);
            rows.extend(statistics.categories.iter().map(three));
        }
        "gebiete.csv" => {
            rows = head(&["gebiet_ars", "eingegangen", "davon_offen"]);
            let zone = |(key, opened, open): &(String, i64, i64)| {
                three(&(key.trim_end_matches('/').to_owned(), *opened, *open))
            };
            rows.extend(statistics.areas.iter().map(zone));
        }
        "dauer.csv" => {
            rows = head(&["kategorie", "beendet", "median_stunden", "p90_stunden", "versprochen_stunden"]);
            rows.extend(statistics.times.iter().map(|(code, took)| {
                let count = took.count.to_string();
                vec![code.to_string(), count, hours(took.median), hours(took.ninety), hours(took.promise())]
            }));
        }
        "versprechen.csv" => {
            rows = head(&["kategorie", "mit_termin", "eingehalten"]);
            rows.extend(statistics.times.iter().map(|(code, took)| {
                vec![code.to_string(), took.promised.to_string(), took.kept.to_string()]
            }));
        }
        "alter.csv" => {
            rows = head(&["hoechstens_tage", "offen"]);
            let ends = ["7", "30", "90", "365", ""];
            rows.extend(
                ends.iter().zip(statistics.ages).map(|(end, age)| vec![(*end).to_owned(), age.to_string()]),
            );
        }
        _ => return None,
    }
    Some(rows)
}

/// Figures in words and plots.
struct Words<'a> {
    ctx: &'a Ctx,
    categories: &'a [Category],
}

impl Words<'_> {
    fn number(&self, number: i64) -> String {
        self.ctx.page("report-statistics").number(&number)
    }

    fn category(&self, code: &str) -> String {
        let category = self.categories.iter().find(|category| category.code == code);
        category.map_or_else(|| code.to_owned(), |category| category.name(self.ctx.lang()).to_owned())
    }

    /// A time people understand: hours up to two days, then days.
    fn hours(&self, hours: i64) -> String {
        let (key, count) =
            if hours < 48 { ("report-hours", hours) } else { ("report-days", (hours + 12) / 24) };
        self.ctx.t1(key, "count", count)
    }

    fn some_hours(&self, hours: Option<i64>) -> String {
        hours.map_or_else(|| "–".to_owned(), |hours| self.hours(hours))
    }

    fn percent(part: i64, whole: i64) -> Option<i64> {
        (whole > 0).then(|| (part * 200 + whole) / (whole * 2))
    }

    fn kpis(&self, statistics: &Statistics) -> Vec<(String, String)> {
        let Took { median, promised, kept, .. } = &statistics.took;
        let sum = |pick: fn(&(i64, i64, i64)) -> i64| statistics.months.iter().map(pick).sum();
        let mut kpis = vec![
            (self.number(sum(|month| month.1)), self.ctx.t("report-sum-opened")),
            (self.number(sum(|month| month.2)), self.ctx.t("report-sum-closed")),
            (self.number(statistics.ages.iter().sum()), self.ctx.t("report-sum-open")),
            (self.some_hours(*median), self.ctx.t("report-sum-median")),
        ];
        if let Some(share) = Self::percent(*kept, *promised) {
            kpis.push((format!("{share} %"), self.ctx.t("report-sum-kept")));
        }
        kpis
    }

    fn months(&self, statistics: &Statistics) -> Chart {
        let ctx = self.ctx;
        let groups = statistics.months.iter().map(|(month, opened, closed)| {
            (
                format!("{}/{:02}", month.rem_euclid(12) + 1, month.div_euclid(12) % 100),
                vec![*opened, *closed],
            )
        });
        let figures = Figures {
            group: ctx.t("report-month"),
            series: vec![ctx.t("report-received"), ctx.t("report-ended")],
            groups: groups.collect(),
        };
        let shape = if figures.groups.len() <= 24 { Shape::Columns } else { Shape::Lines };
        Chart::new("monate", shape, ctx.t("report-by-month"), ctx.t("report-by-month-text"), figures)
    }

    fn bars(&self, id: &str, key: &str, group: &str, series: Vec<String>, bars: Vec<Bar>) -> Bars {
        let (title, text) = (self.ctx.t(key), self.ctx.t(&format!("{key}-text")));
        let mut bars = bars;
        bars.truncate(BARS);
        Bars { id: id.into(), title, text, group: self.ctx.t(group), series, bars }
    }

    fn counted(&self, rows: &[(String, i64, i64)], name: impl Fn(&str) -> (String, String)) -> Vec<Bar> {
        let bar = |(key, opened, open): &(String, i64, i64)| {
            let (name, href) = name(key);
            let texts = vec![self.number(*opened), self.number(*open)];
            Bar { name, href, numbers: vec![Some(*opened), Some(*open)], texts, mark: None }
        };
        rows.iter().map(bar).collect()
    }

    fn categories(&self, statistics: &Statistics) -> Bars {
        let name = |code: &str| (self.category(code), format!("/anliegen?kategorie={code}"));
        let bars = self.counted(&statistics.categories, name);
        let series = vec![self.ctx.t("report-received"), self.ctx.t("report-still-open")];
        self.bars("kategorien", "report-by-category", "report-category", series, bars)
    }

    fn areas(&self, statistics: &Statistics) -> Bars {
        let atlas = self.ctx.member().atlas();
        let name = |key: &str| {
            let named = Zone::parse(key).and_then(|zone| Some((zone.name(&atlas)?, zone)));
            match named {
                Some((name, zone)) => {
                    (name, Wanted { area: Some(zone), ..Wanted::default() }.address("/anliegen", &[]))
                }
                None => (self.ctx.t("report-area-none"), String::new()),
            }
        };
        let bars = self.counted(&statistics.areas, name);
        let series = vec![self.ctx.t("report-received"), self.ctx.t("report-still-open")];
        self.bars("gebiete", "report-by-area", "report-area", series, bars)
    }

    /// Median and nine tenths beside what the category promises.
    fn times(&self, statistics: &Statistics) -> Bars {
        let bar = |(code, took): &(String, Took)| {
            let promise = took.promise();
            Bar {
                name: self.category(code),
                href: String::new(),
                numbers: vec![took.median, took.ninety],
                texts: vec![
                    self.some_hours(took.median),
                    self.some_hours(took.ninety),
                    self.some_hours(promise),
                ],
                mark: promise,
            }
        };
        let series = ["report-median", "report-ninety", "report-promise"].map(|key| self.ctx.t(key)).to_vec();
        let bars = statistics.times.iter().map(bar).collect();
        self.bars("dauer", "report-times", "report-category", series, bars)
    }

    fn promises(&self, statistics: &Statistics) -> Bars {
        let bar = |(code, took): &(String, Took)| {
            let share = Self::percent(took.kept, took.promised)?;
            let texts = vec![format!("{share} %"), self.number(took.promised)];
            Some(Bar {
                name: self.category(code),
                href: String::new(),
                numbers: vec![Some(share)],
                texts,
                mark: Some(100),
            })
        };
        let series = ["report-kept", "report-with-promise"].map(|key| self.ctx.t(key)).to_vec();
        let bars = statistics.times.iter().filter_map(bar).collect();
        self.bars("versprechen", "report-promises", "report-category", series, bars)
    }

    fn ages(&self, statistics: &Statistics) -> Bars {
        let names = [
            "report-age-week",
            "report-age-month",
            "report-age-quarter",
            "report-age-year",
            "report-age-more",
        ];
        let bar = |(key, age): (&str, i64)| Bar {
            name: self.ctx.t(key),
            href: String::new(),
            numbers: vec![Some(age)],
            texts: vec![self.number(age)],
            mark: None,
        };
        let bars = names.into_iter().zip(statistics.ages).map(bar).collect();
        self.bars("alter", "report-ages", "report-age", vec![self.ctx.t("report-still-open")], bars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_survive_their_text() {
        for month in [month_of("2026-11").unwrap(), month_of("2025-12").unwrap() + 1] {
            assert_eq!(month_of(&month_text(month)), Some(month));
        }
        assert_eq!(month_text(month_of("2025-12").unwrap() + 1), "2026-01");
        for wrong in ["2026-13", "2026-00", "26-11", "2026-1", "2026", "-1-01", "+026-01"] {
            assert_eq!(month_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrong_span_is_named_and_the_usual_one_shown() {
        let form = |query: &str| web::parse_form(query.as_bytes()).unwrap();
        let now = month_of("2026-11").unwrap();
        let usual = Span { first: now - 11, last: now, code: None };
        assert_eq!(span(&form(""), &[], now), (usual.clone(), vec![]));
        for (query, field) in [
            ("von=x", "von"),
            ("von=2026-05&bis=2026-04", "bis"),
            ("von=1900-01", "von"),
            ("kategorie=x", "kategorie"),
        ] {
            let (span, faults) = span(&form(query), &[], now);
            assert_eq!((span, faults.len(), &*faults[0].field), (usual.clone(), 1, field), "{query}");
        }
    }
}

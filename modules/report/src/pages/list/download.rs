use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LINK};
use axum::response::IntoResponse as _;
use base::{Problem, Result};
use bytes::Bytes;
use futures_util::stream;
use identity::Limit;
use serde_json::{Value, json};
use store::{FileHash, Tx};
use web::{Ctx, Form, Handled, Member, Settings, csv_line};

use super::asked::{Asked, cursor, cursor_field};
use crate::model::{Category, Report};
use crate::store::list::Cursor;
use crate::store::{self as db, Filter};

/// Rows of one file, at most; a header `Link` leads to the rest (RFC 8288).
const ROWS: usize = 10_000;
/// Rows read and sent at once.
const BATCH: usize = 500;
/// Files for one network address.
const PER_ADDRESS: Limit = Limit { what: "report-file", times: 120, seconds: 3600 };

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    GeoJson,
}

/// What is asked for, as RFC 4180 has it.
pub(crate) async fn csv(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    answer(&ctx, &form, Kind::Csv).await
}

/// What is asked for, as RFC 7946 has it.
pub(crate) async fn geojson(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    answer(&ctx, &form, Kind::GeoJson).await
}

async fn answer(ctx: &Ctx, form: &Form, kind: Kind) -> Handled {
    let asked = Asked::read_whole(ctx, form).await?;
    let after = cursor(form)?;
    limit(ctx).await?;
    let end = end(ctx.member(), &asked, after).await?;
    let mut headers = HeaderMap::new();
    let (path, media_type, name) = match kind {
        Kind::Csv => ("/anliegen/daten.csv", "text/csv; charset=utf-8; header=present", "anliegen.csv"),
        Kind::GeoJson => ("/anliegen/daten.geojson", "application/geo+json", "anliegen.geojson"),
    };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let disposition = format!("attachment; filename=\"{name}\"");
    headers.extend(HeaderValue::from_str(&disposition).ok().map(|value| (CONTENT_DISPOSITION, value)));
    if let Some(end) = end {
        let next = asked.wanted.address(path, &[asked.more(), vec![cursor_field(&end)]].concat());
        let link = format!("<{}{next}>; rel=\"next\"", ctx.member().settings.url);
        headers.extend(HeaderValue::from_str(&link).ok().map(|value| (LINK, value)));
    }
    let file = File { member: ctx.member().clone(), asked, kind, after, rows: 0, part: Part::Head };
    Ok((headers, Body::from_stream(stream::try_unfold(file, File::next))).into_response())
}

/// Counts a file for the network address it goes to; whoever is signed in may have as many as they want.
pub(crate) async fn limit(ctx: &Ctx) -> Result<()> {
    if ctx.who().person().is_some() {
        return Ok(());
    }
    let (address, now) = (ctx.address().to_owned(), ctx.member().clock.now());
    let counted = move |tx: &mut store::Tx<'_>| identity::hit(tx, PER_ADDRESS, &address, now);
    ctx.member().db.write("report.file_limit", counted).await
}

/// Where this file ends when there is more than fits into it.
async fn end(member: &Arc<Member>, asked: &Arc<Asked>, after: Option<Cursor>) -> Result<Option<Cursor>> {
    let (mut cursor, mut rows) = (after, 0);
    while rows < ROWS {
        let slice = batch(member, asked, cursor).await?;
        rows += slice.reports.len();
        cursor = slice.next;
        if cursor.is_none() {
            return Ok(None);
        }
    }
    Ok(cursor)
}

async fn batch(member: &Arc<Member>, asked: &Arc<Asked>, after: Option<Cursor>) -> Result<db::list::Slice> {
    let own = asked.clone();
    let slice = member.db.read("report.file", move |tx| {
        db::list::page(tx, &own.wanted, &own.known(), own.order, after.as_ref(), BATCH)
    });
    slice.await
}

/// A file on its way out: no more than one batch of it is ever in memory.
struct File {
    member: Arc<Member>,
    asked: Arc<Asked>,
    kind: Kind,
    after: Option<Cursor>,
    rows: usize,
    part: Part,
}

enum Part {
    Head,
    Rows,
    End,
}

impl File {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Problem> {
        match self.part {
            Part::Head => {
                self.part = Part::Rows;
                let head = match self.kind {
                    Kind::Csv => csv_line(&HEAD)?,
                    Kind::GeoJson => "{\"type\":\"FeatureCollection\",\"features\":[\n".into(),
                };
                Ok(Some((head.into(), self)))
            }
            Part::Rows => {
                let slice = batch(&self.member, &self.asked, self.after).await?;
                let mut text = Vec::new();
                for report in &slice.reports {
                    match self.kind {
                        Kind::Csv => text.extend(csv_line(&columns(
                            &self.member.settings.url,
                            &self.asked.categories,
                            report,
                        ))?),
                        Kind::GeoJson => {
                            let comma = if self.rows == 0 { "" } else { ",\n" };
                            text.extend(format!("{comma}{}", self.feature(report)).into_bytes());
                        }
                    }
                    self.rows += 1;
                }
                self.after = slice.next;
                if self.after.is_none() || self.rows >= ROWS {
                    self.part = Part::End;
                    if self.kind == Kind::GeoJson {
                        text.extend(b"\n]}\n");
                    }
                }
                Ok(Some((text.into(), self)))
            }
            Part::End => Ok(None),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.member.settings.url)
    }

    fn photo(&self, report: &Report) -> Option<String> {
        photo(&self.member.settings.url, report)
    }

    fn feature(&self, report: &Report) -> Value {
        let (group, category) = category(&self.asked.categories, report);
        let time = |time: Option<base::Time>| time.map(base::Time::rfc3339);
        // A report without a place has no geometry, and says so (RFC 7946 § 3.2).
        let geometry = report.place.map(
            |place| json!({ "type": "Point", "coordinates": [place.lon_degrees(), place.lat_degrees()] }),
        );
        json!({
            "type": "Feature", "id": report.number, "geometry": geometry,
            "properties": {
                "nummer": report.number, "kategorie": report.category, "kategorie_name": category, "gruppe": group,
                "status": report.state.name(), "eingegangen": report.opened.rfc3339(),
                "geaendert": report.updated.rfc3339(), "versprochen": time(report.due), "beendet": time(report.closed),
                "amt": report.office, "adresse": report.address, "text": report.text, "foto": self.photo(report),
                "seite": self.url(&format!("/anliegen/{}", report.number)),
            },
        })
    }
}

fn photo(url: &str, report: &Report) -> Option<String> {
    let hash = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash)?;
    Some(format!("{url}/dateien/{hash}"))
}

/// Group and name of a report's category.
fn category(categories: &[Category], report: &Report) -> (String, String) {
    let category = categories.iter().find(|category| category.code == report.category);
    category.map(|category| (category.group.clone(), category.name.clone())).unwrap_or_default()
}

fn columns(url: &str, categories: &[Category], report: &Report) -> [String; 16] {
    let time = |time: Option<base::Time>| time.map(base::Time::rfc3339).unwrap_or_default();
    let degrees = |degrees: Option<f64>| degrees.map(|degrees| format!("{degrees:.6}")).unwrap_or_default();
    let (group, category) = category(categories, report);
    [
        report.number.clone(),
        report.category.clone(),
        category,
        group,
        report.state.name().to_owned(),
        report.opened.rfc3339(),
        report.updated.rfc3339(),
        time(report.due),
        time(report.closed),
        report.office.clone(),
        report.address.clone(),
        degrees(report.place.map(place::Point::lat_degrees)),
        degrees(report.place.map(place::Point::lon_degrees)),
        report.text.clone(),
        photo(url, report).unwrap_or_default(),
        format!("{url}/anliegen/{}", report.number),
    ]
}

/// Every report, also what only the office sees; who may see it stands in a column more.
pub(crate) fn write_all(tx: &mut Tx<'_>, settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let categories = db::categories(tx)?;
    let stopped = |error: std::io::Error| Problem::internal("export", "it cannot be written").because(error);
    let mut put = |fields: &[String], last: &str| {
        let fields = [fields, &[last.to_owned()]].concat();
        out.write_all(&csv_line(&fields)?).map_err(stopped)
    };
    put(&HEAD.map(str::to_owned), "sichtbarkeit")?;
    db::every(tx, &Filter { with_hidden: true, ..Filter::default() }, |_, report| {
        put(&columns(&settings.url, &categories, &report), report.visibility.name())
    })
}

/// The first line.
const HEAD: [&str; 16] = [
    "nummer",
    "kategorie",
    "kategorie_name",
    "gruppe",
    "status",
    "eingegangen",
    "geaendert",
    "versprochen",
    "beendet",
    "amt",
    "adresse",
    "breite",
    "laenge",
    "text",
    "foto",
    "seite",
];

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue, LINK};
use axum::response::IntoResponse as _;
use base::{Problem, Result, Time};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use web::{Ctx, Form, Handled, Member, csv_line};

use super::asked::Asked;
use crate::model::{Regional, detailed_status};
use crate::pages::list::download::limit;
use crate::pages::list::{cursor, cursor_field};
use crate::store as db;
use crate::store::list::Cursor;
use crate::store::region::Slice;

/// Rows of one file, at most; a header `Link` leads to the rest (RFC 8288).
const ROWS: usize = 10_000;
/// Rows read and sent at once.
const BATCH: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    GeoJson,
    Json,
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Csv => "/region/daten.csv",
            Self::GeoJson => "/region/daten.geojson",
            Self::Json => "/region/daten.json",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::GeoJson => "application/geo+json",
            Self::Json => "application/json",
        }
    }
}

/// What is asked for, as RFC 4180 has it.
pub(crate) async fn csv(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    answer(&ctx, &form, Kind::Csv).await
}

/// What is asked for, as RFC 7946 has it.
pub(crate) async fn geojson(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    answer(&ctx, &form, Kind::GeoJson).await
}

/// What is asked for, with the names of Open311.
pub(crate) async fn json(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    answer(&ctx, &form, Kind::Json).await
}

async fn answer(ctx: &Ctx, form: &Form, kind: Kind) -> Handled {
    let asked = Asked::read_whole(ctx, form).await?;
    let after = cursor(form)?;
    limit(ctx).await?;
    let end = end(ctx.member(), &asked, after).await?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    let name = kind.path().rsplit('/').next().unwrap_or_default().replace("daten", "region");
    let mut put = |header, value: String| {
        headers.extend(HeaderValue::from_str(&value).ok().map(|value| (header, value)));
    };
    put(CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""));
    if let Some(end) = end {
        let next = asked.address(kind.path(), &[cursor_field(&end)]);
        put(LINK, format!("<{}{next}>; rel=\"next\"", ctx.member().settings.url));
    }
    let file = File { member: ctx.member().clone(), asked, kind, after, rows: 0, part: Part::Head };
    Ok((headers, Body::from_stream(stream::try_unfold(file, File::next))).into_response())
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

async fn batch(member: &Arc<Member>, asked: &Arc<Asked>, after: Option<Cursor>) -> Result<Slice> {
    let own = asked.clone();
    let read =
        move |tx: &mut store::Tx<'_>| db::region::page(tx, &own.sought, &own.us(), after.as_ref(), BATCH);
    member.db.read("report.region_rows", read).await
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
                    Kind::Json => "[\n".into(),
                };
                Ok(Some((head.into(), self)))
            }
            Part::Rows => {
                let slice = batch(&self.member, &self.asked, self.after).await?;
                let mut text = Vec::new();
                for report in &slice.reports {
                    let comma: &[u8] = if self.rows == 0 { b"" } else { b",\n" };
                    match self.kind {
                        Kind::Csv => text.extend(csv_line(&self.columns(report))?),
                        Kind::GeoJson => {
                            text.extend(
                                [comma, feature(&self.asked, report).to_string().as_bytes()].concat(),
                            );
                        }
                        Kind::Json => text
                            .extend([comma, properties(&self.asked, report).to_string().as_bytes()].concat()),
                    }
                    self.rows += 1;
                }
                self.after = slice.next;
                if self.after.is_none() || self.rows >= ROWS {
                    self.part = Part::End;
                    text.extend_from_slice(match self.kind {
                        Kind::Csv => b"",
                        Kind::GeoJson => b"\n]}\n",
                        Kind::Json => b"\n]\n",
                    });
                }
                Ok(Some((text.into(), self)))
            }
            Part::End => Ok(None),
        }
    }

    fn columns(&self, report: &Regional) -> [String; 18] {
        let degrees =
            |degrees: Option<f64>| degrees.map(|degrees| format!("{degrees:.6}")).unwrap_or_default();
        let part = self.asked.part(&report.peer);
        [
            report.peer.clone(),
            part.map(|part| part.name.clone()).unwrap_or_default(),
            part.and_then(|part| part.at).map(Time::rfc3339).unwrap_or_default(),
            report.number.clone(),
            report.code.clone(),
            report.name.clone(),
            report.group.clone(),
            report.state.name().to_owned(),
            report.opened.rfc3339(),
            report.updated.rfc3339(),
            report.closed.map(Time::rfc3339).unwrap_or_default(),
            report.address.clone(),
            degrees(report.place.map(place::Point::lat_degrees)),
            degrees(report.place.map(place::Point::lon_degrees)),
            report.text.clone(),
            report.media.clone().unwrap_or_default(),
            report.url.clone(),
            part.map_or("", |part| part.freshness.name()).to_owned(),
        ]
    }
}

/// The first line.
const HEAD: [&str; 18] = [
    "mitglied",
    "mitglied_name",
    "stand",
    "nummer",
    "kategorie",
    "kategorie_name",
    "gruppe",
    "status",
    "eingegangen",
    "geaendert",
    "beendet",
    "adresse",
    "breite",
    "laenge",
    "text",
    "foto",
    "seite",
    "frische",
];

/// A report under the names of Open311, with whose it is and how old what is known of it.
fn properties(asked: &Asked, report: &Regional) -> Value {
    let part = asked.part(&report.peer);
    json!({
        "jurisdiction_id": report.peer, "jurisdiction_name": part.map(|part| &part.name),
        "as_of": part.and_then(|part| part.at).map(Time::rfc3339),
        "freshness": part.map(|part| part.freshness.name()),
        "service_request_id": report.number,
        "status": if report.closed.is_some() { "closed" } else { "open" },
        "detailed_status": detailed_status(report.state), "service_code": report.code,
        "service_name": report.name, "group": report.group, "description": report.text, "address": report.address,
        "lat": report.place.map(place::Point::lat_degrees), "long": report.place.map(place::Point::lon_degrees),
        "requested_datetime": report.opened.rfc3339(),
        "updated_datetime": report.closed.unwrap_or(report.updated).rfc3339(),
        "media_url": report.media, "url": report.url,
    })
}

fn feature(asked: &Asked, report: &Regional) -> Value {
    // A report without a place has no geometry, and says so (RFC 7946 § 3.2).
    let geometry = report.place.map(crate::pages::list::map::geometry);
    let id = format!("{}/{}", report.peer, report.number);
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties(asked, report) })
}

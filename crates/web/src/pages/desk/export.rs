use std::sync::Arc;

use access::{Action, Ask, Permit};
use axum::body::Body;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Result, Time};
use bytes::Bytes;
use cases::{Case, Cursor};
use futures_util::stream;
use store::Tx;

use super::listing::Listing;
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::module::Facts;
use crate::table::csv_line;

/// Rows read and sent at once; no more of an export is ever in memory.
const BATCH: i64 = 500;

/// A case as it is taken out.
struct Row {
    case: Case,
    facts: Facts,
    office: String,
    assignee: String,
}

const HEAD: [&str; 15] = [
    "nummer",
    "modul",
    "kategorie",
    "betreff",
    "status",
    "amt",
    "zustaendig",
    "eingegangen",
    "geaendert",
    "frist",
    "beendet",
    "adresse",
    "breite",
    "laenge",
    "ueberfaellig",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    GeoJson,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
        }
    }
}

/// The permit to take cases out. A grant for one office or module covers no export of all; it covers one of its own.
fn permit(ctx: &Ctx, form: &Form) -> Result<Permit> {
    let own = ctx.scopes(Action::ExportCases).into_iter().next();
    let (office, module) = own.map_or((None, None), |scope| (scope.office, scope.module));
    ctx.permit(&Ask { action: Action::ExportCases, module: module.as_deref().or(form.find("modul")), office })
}

/// A list on its way out, part by part. That a part was taken out stands in the audit before it is sent.
struct Export {
    ctx: Ctx,
    permit: Permit,
    listing: Arc<Listing>,
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

impl Export {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        let text = match self.part {
            Part::Head => {
                self.part = Part::Rows;
                match self.kind {
                    // A mark at the beginning, as spreadsheets want it.
                    Kind::Csv => ["\u{feff}".as_bytes(), &csv_line(&HEAD)?].concat(),
                    Kind::GeoJson => b"{\"type\":\"FeatureCollection\",\"features\":[\n".to_vec(),
                }
            }
            Part::Rows => self.batch().await?,
            Part::End => return Ok(None),
        };
        Ok(Some((text.into(), self)))
    }

    async fn batch(&mut self) -> Result<Vec<u8>> {
        let (ctx, listing, after) = (self.ctx.clone(), self.listing.clone(), self.after);
        let rows =
            ctx.clone().member().db.scan("desk.export", move |tx| rows(&ctx, tx, &listing, after)).await?;
        self.account(rows.len()).await?;
        let (now, mut text) = (self.ctx.member().clock.now(), Vec::new());
        for row in &rows {
            match self.kind {
                Kind::Csv => text.extend(csv_line(&row.values(now))?),
                Kind::GeoJson => {
                    let comma = if self.rows == 0 { "" } else { ",\n" };
                    text.extend(format!("{comma}{}", row.feature(now)).into_bytes());
                }
            }
            self.rows += 1;
        }
        self.after = rows.last().map(|row| self.listing.sort.place(&row.case));
        if i64::try_from(rows.len()).unwrap_or(0) < BATCH {
            self.part = Part::End;
            if self.kind == Kind::GeoJson {
                text.extend(b"\n]}\n");
            }
        }
        Ok(text)
    }

    /// Writes into the audit how many cases go out with the next part.
    async fn account(&self, rows: usize) -> Result<()> {
        let (ctx, permit) = (self.ctx.clone(), self.permit);
        let (format, query, from) = (self.kind.name(), self.listing.query(), self.rows);
        let about = serde_json::json!({ "format": format, "query": query, "from": from, "rows": rows });
        let write = move |tx: &mut Tx<'_>| ctx.audit(tx, &permit, "cases.exported", None, &about);
        self.ctx.member().db.write("desk.export_account", write).await
    }
}

fn rows(ctx: &Ctx, tx: &mut Tx<'_>, listing: &Listing, after: Option<Cursor>) -> Result<Vec<Row>> {
    let (offices, staff) = (identity::offices(tx)?, identity::staff(tx)?);
    let mut rows = Vec::new();
    for case in listing.find(ctx, tx, after, BATCH)? {
        let facts = (ctx.member().module(&case.module)?.facts)(tx, case.id)?;
        let office = offices.iter().find(|office| office.id == case.office);
        let assignee = staff.iter().find(|person| Some(person.id) == case.assignee);
        rows.push(Row {
            office: office.map(|office| office.name.clone()).unwrap_or_default(),
            assignee: assignee.map(|person| person.name.clone()).unwrap_or_default(),
            case,
            facts,
        });
    }
    Ok(rows)
}

impl Row {
    fn values(&self, now: Time) -> [String; 15] {
        let Self { case, facts, office, assignee } = self;
        let time = |time: Option<Time>| time.map(Time::rfc3339).unwrap_or_default();
        let degrees = |pick: fn(place::Point) -> f64| {
            facts.place.map(|place| format!("{:.6}", pick(place))).unwrap_or_default()
        };
        [
            case.number.clone(),
            case.module.clone(),
            facts.category.clone(),
            case.title.clone(),
            case.state.name().to_owned(),
            office.clone(),
            assignee.clone(),
            case.opened.rfc3339(),
            case.updated.rfc3339(),
            time(case.due),
            time(case.closed),
            facts.address.clone(),
            degrees(place::Point::lat_degrees),
            degrees(place::Point::lon_degrees),
            u8::from(case.is_overdue(now)).to_string(),
        ]
    }

    fn feature(&self, now: Time) -> serde_json::Value {
        let properties: serde_json::Map<_, _> =
            HEAD.iter().map(|name| (*name).to_owned()).zip(self.values(now).map(Into::into)).collect();
        let geometry = self.facts.place.map(|place| {
            serde_json::json!({ "type": "Point", "coordinates": [place.lon_degrees(), place.lat_degrees()] })
        });
        serde_json::json!({ "type": "Feature", "geometry": geometry, "properties": properties })
    }
}

/// The list as CSV in UTF-8 (RFC 4180).
pub(crate) async fn csv(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    export(ctx, &form, Kind::Csv).await
}

/// The list as GeoJSON (RFC 7946); cases without a place have no geometry.
pub(crate) async fn geojson(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    export(ctx, &form, Kind::GeoJson).await
}

async fn export(ctx: Ctx, form: &Form, kind: Kind) -> Handled {
    let permit = permit(&ctx, form)?;
    let listing = Arc::new(Listing::read(&ctx, form, ctx.scopes(Action::ExportCases))?);
    let media_type = match kind {
        Kind::Csv => "text/csv; charset=utf-8",
        Kind::GeoJson => "application/geo+json",
    };
    let name = format!("attachment; filename=\"faelle.{}\"", kind.name());
    let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, name)];
    let export = Export { ctx, permit, listing, kind, after: None, rows: 0, part: Part::Head };
    Ok((headers, Body::from_stream(stream::try_unfold(export, Export::next))).into_response())
}

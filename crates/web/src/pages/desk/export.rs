use access::Action;
use axum::extract::Query;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::{Problem, Result, Time};
use cases::Case;

use super::listing::Listing;
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::module::Facts;

/// Rows of an export, at most; the audit says how many there were.
const ROWS: i64 = 5_000;

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

/// The cases of a list that this person may take out. That they were taken out stands in the audit.
async fn rows(ctx: &Ctx, form: Form, kind: &'static str) -> Result<Vec<Row>> {
    let offices = ctx.who().offices(Action::ExportCases);
    let office = offices.first().copied().flatten();
    let permit = ctx.permit(&access::Ask { action: Action::ExportCases, module: None, office });
    // A grant for one module covers no export of all; it covers one of its own.
    let permit = match (permit, form.find("modul")) {
        (Err(_), Some(module)) => {
            ctx.permit(&access::Ask { action: Action::ExportCases, module: Some(module), office })?
        }
        (permit, _) => permit?,
    };
    let listing = Listing::read(ctx, &form, offices)?;
    let asking = ctx.clone();
    let rows = ctx.member().db.write("desk.export", move |tx| {
        let cases = listing.find(&asking, tx, None, ROWS)?;
        let about = serde_json::json!({ "format": kind, "query": listing.query(), "rows": cases.len() });
        asking.audit(tx, &permit, "cases.exported", None, &about)?;
        let (offices, staff) = (identity::offices(tx)?, identity::staff(tx)?);
        let mut rows = Vec::with_capacity(cases.len());
        for case in cases {
            let facts = (asking.member().module(&case.module)?.facts)(tx, case.id)?;
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
    });
    rows.await
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
}

/// A field of a CSV file (RFC 4180 § 2) that no spreadsheet takes for a formula: what begins like one begins with an
/// apostrophe (OWASP, CSV Injection).
fn field(text: &str) -> String {
    let is_number = text.parse::<f64>().is_ok();
    let formula = !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

fn line(values: &[String]) -> String {
    let fields: Vec<String> = values.iter().map(|value| field(value)).collect();
    fields.join(",") + "\r\n"
}

/// The list as CSV in UTF-8 with a mark at the beginning, as spreadsheets want it.
pub(crate) async fn csv(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let rows = rows(&ctx, form, "csv").await?;
    let now = ctx.member().clock.now();
    let mut body = format!("\u{feff}{}", line(&HEAD.map(str::to_owned)));
    rows.iter().for_each(|row| body.push_str(&line(&row.values(now))));
    Ok((headers("text/csv; charset=utf-8", "csv"), body).into_response())
}

/// The list as GeoJSON (RFC 7946); cases without a place have no geometry.
pub(crate) async fn geojson(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let rows = rows(&ctx, form, "geojson").await?;
    let now = ctx.member().clock.now();
    let feature = |row: &Row| {
        let properties: serde_json::Map<_, _> =
            HEAD.iter().map(|name| (*name).to_owned()).zip(row.values(now).map(Into::into)).collect();
        let geometry = row.facts.place.map(|place| {
            serde_json::json!({ "type": "Point", "coordinates": [place.lon_degrees(), place.lat_degrees()] })
        });
        serde_json::json!({ "type": "Feature", "geometry": geometry, "properties": properties })
    };
    let features: Vec<_> = rows.iter().map(feature).collect();
    let body = serde_json::json!({ "type": "FeatureCollection", "features": features });
    let body = serde_json::to_string(&body)
        .map_err(|error| Problem::internal("export", "the export failed").because(error))?;
    Ok((headers("application/geo+json", "geojson"), body).into_response())
}

fn headers(media_type: &'static str, ending: &str) -> [(axum::http::HeaderName, String); 2] {
    let name = format!("attachment; filename=\"faelle.{ending}\"");
    [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, name)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_csv_file_is_taken_for_a_formula() {
        assert_eq!(field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for text in ["+1-1", "-2+3", "@SUM(A1)", "\tx"] {
            assert!(field(text).starts_with("\"'"), "{text}");
        }
        assert_eq!(field("-12.5"), "\"-12.5\"");
        assert_eq!(field("Straße, \"links\""), "\"Straße, \"\"links\"\"\"");
        assert_eq!(line(&["a".into(), "b\nc".into()]), "\"a\",\"b\nc\"\r\n");
    }
}

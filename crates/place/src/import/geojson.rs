use geo::Coord;
use geojson::{Feature as JsonFeature, GeoJson, GeometryValue, Position};

use super::projection::Projection;
use super::{Drawing, Feature, Finding, Raw, Ring};

/// Reads GeoJSON (RFC 7946), also with the member `crs` that its predecessor of 2008 knew.
pub(super) fn read(content: &[u8]) -> Result<Raw, Finding> {
    let unreadable =
        |why: String| Finding::file("import-unreadable").with("format", "GeoJSON").with("why", why);
    let text =
        std::str::from_utf8(content).map_err(|_| Finding::file("import-encoding").with("text", "GeoJSON"))?;
    let parsed = text.trim_start_matches('\u{feff}').parse::<GeoJson>();
    let (features, foreign) = match parsed.map_err(|error| unreadable(error.to_string()))? {
        GeoJson::FeatureCollection(collection) => (collection.features, collection.foreign_members),
        GeoJson::Feature(feature) => (vec![feature], None),
        GeoJson::Geometry(_) => return Err(unreadable("a geometry without a name".into())),
    };
    let urn = foreign.as_ref().and_then(|members| members.get("crs")?.pointer("/properties/name")?.as_str());
    let projection = urn.map_or(Ok(Projection::Degrees), Projection::of_urn)?;
    let features = features.iter().zip(1..).map(|(json, number)| feature(json, number)).collect();
    Ok(Raw { features, projection, counter_clockwise: true, notes: Vec::new() })
}

fn feature(json: &JsonFeature, number: usize) -> Feature {
    let fields = json.properties.iter().flatten().filter_map(|(key, value)| {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some((key.clone(), text))
    });
    let drawing = json.geometry.as_ref().map_or(Drawing::Nothing, |geometry| match &geometry.value {
        GeometryValue::Point { coordinates } => Drawing::Point(coord(coordinates)),
        GeometryValue::Polygon { coordinates } => Drawing::Polygons(vec![rings(coordinates)]),
        GeometryValue::MultiPolygon { coordinates } => {
            Drawing::Polygons(coordinates.iter().map(|polygon| rings(polygon)).collect())
        }
        other => Drawing::Other(other.type_name()),
    });
    Feature { number, fields: fields.collect(), drawing }
}

fn rings(polygon: &[Vec<Position>]) -> Vec<Ring> {
    polygon.iter().map(|ring| ring.iter().map(coord).collect()).collect()
}

fn coord(position: &Position) -> Coord<f64> {
    match position.as_slice() {
        [x, y, ..] => Coord { x: *x, y: *y },
        _ => Coord { x: f64::NAN, y: f64::NAN },
    }
}

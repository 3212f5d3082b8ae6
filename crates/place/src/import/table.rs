use geo::Coord;

use super::projection::Projection;
use super::{Drawing, Feature, Finding, Raw};

/// Reads CSV (RFC 4180) with a line of names first, and comma, semicolon or tab between the columns. A point stands in
/// `lat` and `lon`, or in `x` and `y` with the number of their system in `epsg`.
pub(super) fn read(content: &[u8], most: usize) -> Result<Raw, Finding> {
    let text = std::str::from_utf8(content).map_err(|error| {
        let line = content
            .get(..error.valid_up_to())
            .unwrap_or_default()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count();
        Finding::file("import-encoding").with("text", "CSV").of(line, "")
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: char| first.matches(mark).count();
    let mark = [';', '\t', ','].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(',');
    let delimiter = u8::try_from(mark).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let unreadable =
        |error: &csv::Error| Finding::file("import-unreadable").with("format", "CSV").with("why", error);
    let names: Vec<String> =
        reader.headers().map_err(|error| unreadable(&error))?.iter().map(str::to_lowercase).collect();
    let mut features = Vec::new();
    for (record, number) in reader.records().zip(1..).take(most + 1) {
        let record = record.map_err(|error| unreadable(&error).of(number, ""))?;
        let fields = names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        let mut feature = Feature { number, fields, drawing: Drawing::Nothing };
        feature.drawing = point(&feature).map_or(Drawing::Nothing, Drawing::Point);
        features.push(feature);
    }
    let projection = projection(&features)?;
    Ok(Raw { features, projection, counter_clockwise: false, notes: Vec::new() })
}

fn point(feature: &Feature) -> Option<Coord<f64>> {
    let number = |names: &[&str]| feature.field(names).replace(',', ".").parse::<f64>().ok();
    let degrees =
        number(&["lon", "long", "lng", "longitude", "laenge"]).zip(number(&["lat", "latitude", "breite"]));
    let (x, y) = degrees.or_else(|| {
        number(&["x", "east", "easting", "ostwert", "rechtswert"])
            .zip(number(&["y", "north", "northing", "nordwert", "hochwert"]))
    })?;
    Some(Coord { x, y })
}

/// All lines must be in the same system.
fn projection(features: &[Feature]) -> Result<Projection, Finding> {
    let epsg = |feature: &Feature| feature.field(&["epsg", "srid"]).to_owned();
    let first = features.first().map(epsg).unwrap_or_default();
    if let Some(other) = features.iter().find(|feature| epsg(feature) != first) {
        return Err(Finding::file("import-projection-guess")
            .with("projection", epsg(other))
            .of(other.number, ""));
    }
    if first.is_empty() { Ok(Projection::Degrees) } else { Projection::of_urn(&format!("EPSG:{first}")) }
}

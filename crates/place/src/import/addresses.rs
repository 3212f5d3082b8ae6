use std::collections::HashSet;

use super::projection::suspicion;
use super::{ADDRESSES, Checked, Drawing, Feature, Finding, Findings, text};
use crate::{Atlas, Point};

/// A house.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The town it is in, as people write it.
    pub town: String,
    /// The street.
    pub street: String,
    /// The house number.
    pub number: u32,
    /// What stands after the number, such as `a` or `1/2`.
    pub suffix: String,
    /// The postal code; empty when the file has none.
    pub zip: String,
    /// Where.
    pub point: Point,
}

/// The houses of a file.
pub type Addresses = Vec<Place>;

const STREETS: &[&str] = &["street", "strasse", "straße", "strassenname", "stn", "str", "addr:street"];
const NUMBERS: &[&str] = &["number", "hausnummer", "hausnr", "hnr", "nr", "addr:housenumber"];
const SUFFIXES: &[&str] = &["suffix", "zusatz", "adz", "hnr_zusatz"];
const ZIPS: &[&str] = &["zip", "plz", "postplz", "addr:postcode"];
const TOWNS: &[&str] = &["town", "ort", "ortsname", "gemeinde", "gmdname", "addr:city"];

/// Reads house numbers: a point each, with `street`, `number` (with or without a suffix), and, as they are there,
/// `suffix`, `zip` and `town`. A town that is not named is the municipality the point lies in.
#[must_use]
pub fn addresses(content: &[u8], atlas: &Atlas) -> Checked<Addresses> {
    let mut findings = Findings::default();
    let layer = match super::read(content, ADDRESSES) {
        Ok(layer) => layer,
        Err(finding) => {
            findings.wrong(finding);
            return findings.checked(Vec::new());
        }
    };
    layer.notes.into_iter().for_each(|note| findings.note(note));
    let (mut places, mut seen) = (Vec::new(), HashSet::new());
    for feature in &layer.features {
        match place(feature, atlas) {
            Ok(place) => {
                let own = (
                    place.town.clone(),
                    crate::streets::fold(&place.street),
                    (place.number, place.suffix.to_lowercase(), place.zip.clone()),
                );
                if seen.insert(own) {
                    places.push(place);
                } else {
                    let label = format!("{} {}{}", place.street, place.number, place.suffix);
                    findings.note(Finding::file("import-twice").of(feature.number, &label));
                }
            }
            Err(finding) => findings.wrong(finding.of(feature.number, feature.field(STREETS))),
        }
    }
    findings.checked(places)
}

fn place(feature: &Feature, atlas: &Atlas) -> Result<Place, Finding> {
    if let Some(broken) = feature.fields.iter().find_map(|(_, value)| text::fault(value)) {
        return Err(broken);
    }
    let street = feature.field(STREETS).to_owned();
    if street.is_empty() {
        return Err(Finding::file("import-street-missing"));
    }
    let given = feature.field(NUMBERS);
    let (number, rest) =
        split_number(given).ok_or_else(|| Finding::file("import-number-wrong").with("number", given))?;
    let suffix = format!("{rest}{}", feature.field(SUFFIXES));
    let coord = match &feature.drawing {
        Drawing::Point(coord) => *coord,
        Drawing::Nothing => return Err(Finding::file("import-coordinate-missing")),
        _ => return Err(Finding::file("import-point-wanted")),
    };
    if let Some(suspicious) = suspicion(coord) {
        return Err(suspicious);
    }
    let point =
        Point::from_degrees(coord.y, coord.x).ok_or_else(|| Finding::file("import-coordinate-missing"))?;
    let town = match feature.field(TOWNS) {
        "" => atlas.at(point).map(|area| area.name.clone()).unwrap_or_default(),
        town => town.to_owned(),
    };
    if town.is_empty() {
        return Err(Finding::file("import-town-missing"));
    }
    Ok(Place { town, street, number, suffix, zip: feature.field(ZIPS).to_owned(), point })
}

/// `12 a` is 12 with the suffix `a`.
pub(crate) fn split_number(text: &str) -> Option<(u32, String)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number = digits.parse().ok().filter(|number| *number < 100_000)?;
    let suffix: String = rest.split_whitespace().collect();
    // `12.0` is how some tables write whole numbers.
    let suffix = if suffix == ".0" { String::new() } else { suffix };
    (suffix.chars().count() <= 20).then_some((number, suffix))
}

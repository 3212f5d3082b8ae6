use std::collections::HashMap;

use base::Ars;
use geo::{Area as _, BooleanOps as _, InteriorPoint as _};

use super::overlap::{self, Piece};
use super::{AREAS, Checked, Feature, Finding, Findings, rings, text};
use crate::atlas::Index;
use crate::{Area, Atlas, District, Point};

/// Where a name stands: ours, and that of the German offices' files.
pub(super) const NAMES: &[&str] = &["name", "gen", "bezeichnung", "stadtteil", "bezirk", "nam"];
const KEYS: &[&str] = &["ars", "rs", "ags"];
const KINDS: &[&str] = &["kind", "bez", "art"];
const DISTRICT_KEYS: &[&str] = &["key", "schluessel", "schlüssel", "nummer", "nr", "code", "id"];

/// Reads municipalities, Kreise or states. Each needs `ars` (Amtlicher Regionalschlüssel, also `RS` or `AGS`) and
/// `name` (also `GEN`), and a polygon or several.
#[must_use]
pub fn boundaries(content: &[u8]) -> Checked<Vec<Area>> {
    read(content, area, |number, area| {
        let (key, bounds) = (area.ars.as_str(), area.bounds());
        (key, Piece { number, name: &area.name, shape: &area.shape, bounds, rank: key.len() })
    })
}

/// Names the areas of a file that lie on areas which stay: a place both claim goes to the smaller key.
#[must_use]
pub fn beside(new: &[Area], kept: &[&Area]) -> Vec<Finding> {
    let index = Index::new(kept.iter().map(|area| area.bounds()));
    let mut notes = Vec::new();
    for (area, number) in new.iter().zip(1..) {
        let near = index.touching(area.bounds()).filter_map(|other| kept.get(other));
        for other in near.filter(|other| other.ars.as_str().len() == area.ars.as_str().len()) {
            let hectares = overlap::overlap(&area.shape, &other.shape);
            if hectares > 0.0 {
                let finding = Finding::file("import-overlap-kept").with("other", &other.name);
                notes.push(finding.with("hectares", format!("{hectares:.2}")).of(number, &area.name));
            }
        }
    }
    notes
}

fn area(feature: &Feature, counter_clockwise: bool) -> Result<(Area, Vec<Finding>), Finding> {
    let name = named(feature)?;
    let key = feature.field(KEYS);
    let ars: Ars = key.parse().map_err(|_| Finding::file("import-ars-wrong").with("key", key))?;
    let (shape, notes) = rings::shape(&feature.drawing, counter_clockwise)?;
    let kind = feature.field(KINDS).to_owned();
    let area = Area::new(ars, name, kind, shape).ok_or_else(|| Finding::file("import-shape-empty"))?;
    Ok((area, notes))
}

fn named(feature: &Feature) -> Result<String, Finding> {
    let broken = feature.fields.iter().find_map(|(_, value)| text::fault(value));
    let name = feature.field(NAMES);
    match broken {
        Some(finding) => Err(finding),
        None if name.is_empty() => Err(Finding::file("import-name-missing")),
        None => Ok(name.to_owned()),
    }
}

fn duplicates<'a>(keys: impl Iterator<Item = (usize, &'a str, &'a str)>, findings: &mut Findings) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (number, key, name) in keys {
        if let Some(first) = seen.get(key) {
            let finding = Finding::file("import-duplicate").with("key", key).with("first", first);
            findings.wrong(finding.of(number, name));
        } else {
            seen.insert(key, number);
        }
    }
}

/// Reads districts of the member `own`. Each needs a key (`key`, `nummer` …) and `name`; the municipality stands in
/// `ars`, or is the one the district lies in.
#[must_use]
pub fn districts(content: &[u8], atlas: &Atlas, own: &Ars) -> Checked<Vec<District>> {
    let read_one = |feature: &Feature, counter_clockwise| district(feature, counter_clockwise, atlas, own);
    read(content, read_one, |number, each| {
        let (name, shape, bounds) = (&*each.name, &each.shape, each.bounds());
        (&*each.key, Piece { number, name, shape, bounds, rank: 0 })
    })
}

/// Reads every feature of a file; names what cannot be read, what stands twice and what overlaps. `piece` gives the
/// key, which nothing else has, and the ground of what was read.
fn read<T>(
    content: &[u8],
    read_one: impl Fn(&Feature, bool) -> Result<(T, Vec<Finding>), Finding>,
    piece: impl Fn(usize, &T) -> (&str, Piece<'_>),
) -> Checked<Vec<T>> {
    let mut findings = Findings::default();
    let layer = match super::read(content, AREAS) {
        Ok(layer) => layer,
        Err(finding) => {
            findings.wrong(finding);
            return findings.checked(Vec::new());
        }
    };
    layer.notes.into_iter().for_each(|note| findings.note(note));
    let mut read: Vec<(usize, T)> = Vec::new();
    for feature in &layer.features {
        match read_one(feature, layer.counter_clockwise) {
            Ok((thing, notes)) => {
                let name = piece(feature.number, &thing).1.name;
                notes.into_iter().for_each(|note| findings.note(note.of(feature.number, name)));
                read.push((feature.number, thing));
            }
            Err(finding) => findings.wrong(finding.of(feature.number, feature.field(NAMES))),
        }
    }
    let pieces = read.iter().map(|(number, thing)| piece(*number, thing));
    let (keys, pieces): (Vec<_>, Vec<_>) = pieces.unzip();
    let named = keys.into_iter().zip(&pieces).map(|(key, piece)| (piece.number, key, piece.name));
    duplicates(named, &mut findings);
    overlap::check(&pieces, &mut findings);
    findings.checked(read.into_iter().map(|(_, thing)| thing).collect())
}

/// A share of a district outside its municipality that is worth a note: more than two surveys differ by.
const OUTSIDE: f64 = 0.02;

fn district(
    feature: &Feature,
    counter_clockwise: bool,
    atlas: &Atlas,
    own: &Ars,
) -> Result<(District, Vec<Finding>), Finding> {
    let name = named(feature)?;
    let key = feature.field(DISTRICT_KEYS).to_owned();
    if key.is_empty() {
        return Err(Finding::file("import-key-missing"));
    }
    let (shape, mut notes) = rings::shape(&feature.drawing, counter_clockwise)?;
    let inner = shape.interior_point().and_then(|point| Point::from_degrees(point.y(), point.x()));
    let around = inner.and_then(|point| atlas.at(point));
    let given = feature.field(KEYS);
    let ars: Ars = match (given.is_empty(), around) {
        (false, _) => given.parse().map_err(|_| Finding::file("import-ars-wrong").with("key", given))?,
        (true, Some(area)) => area.ars.clone(),
        (true, None) => return Err(Finding::file("import-outside-member")),
    };
    // The municipality's own key may be finer than what the boundary file has, or the other way round.
    if !own.contains(&ars) || around.is_some_and(|area| !area.ars.contains(&ars) && !ars.contains(&area.ars))
    {
        return Err(Finding::file("import-outside-member"));
    }
    if let Some(area) = around {
        let outside = shape.difference(&area.shape).unsigned_area() / shape.unsigned_area();
        if outside > OUTSIDE {
            let percent = format!("{:.0}", outside * 100.0);
            notes.push(
                Finding::file("import-district-outside").with("percent", percent).with("area", &area.name),
            );
        }
    }
    let kind = feature.field(KINDS).to_owned();
    let district =
        District::new(key, ars, (name, kind), shape).ok_or_else(|| Finding::file("import-shape-empty"))?;
    Ok((district, notes))
}

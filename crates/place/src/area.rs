use base::Ars;
use geo::{BoundingRect as _, Contains as _, Intersects as _, MultiPolygon};
use geojson::{Feature, GeometryValue};

use crate::{Bounds, Point};

/// A municipality, a Kreis or a state, and its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// Its official key.
    pub ars: Ars,
    /// Its name.
    pub name: String,
    /// Its kind in words, such as `Stadt`.
    pub kind: String,
    /// Its shape in degrees, longitude first.
    pub shape: MultiPolygon<f64>,
    bounds: Bounds,
}

/// A part of a municipality, such as a Stadtbezirk, with the key its municipality gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct District {
    /// Its key, unique within the member.
    pub key: String,
    /// The municipality it is a part of.
    pub ars: Ars,
    /// Its name.
    pub name: String,
    /// Its kind in words, such as `Stadtteil`.
    pub kind: String,
    /// Its shape in degrees, longitude first.
    pub shape: MultiPolygon<f64>,
    bounds: Bounds,
}

impl Eq for Area {}

impl Area {
    /// An area of a shape in degrees that was checked; `None` when the shape lies nowhere on the earth.
    #[must_use]
    pub fn new(ars: Ars, name: String, kind: String, shape: MultiPolygon<f64>) -> Option<Self> {
        let bounds = bounds_of(&shape)?;
        Some(Self { ars, name, kind, shape, bounds })
    }

    /// The area as one GeoJSON feature (RFC 7946).
    #[must_use]
    pub fn to_geojson(&self) -> String {
        let properties = serde_json::json!({ "ars": self.ars, "name": self.name, "kind": self.kind });
        feature(&properties, &self.shape)
    }

    /// The box around it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether a point is inside.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.shape.contains(&to_geo(point))
    }

    pub(crate) fn touches(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.shape.intersects(&to_geo(point))
    }
}

impl District {
    /// A district of a shape in degrees that was checked; `None` when the shape lies nowhere on the earth.
    #[must_use]
    pub fn new(
        key: String,
        ars: Ars,
        (name, kind): (String, String),
        shape: MultiPolygon<f64>,
    ) -> Option<Self> {
        let bounds = bounds_of(&shape)?;
        Some(Self { key, ars, name, kind, shape, bounds })
    }

    /// The district as one GeoJSON feature (RFC 7946).
    #[must_use]
    pub fn to_geojson(&self) -> String {
        let properties =
            serde_json::json!({ "key": self.key, "ars": self.ars, "name": self.name, "kind": self.kind });
        feature(&properties, &self.shape)
    }

    /// The box around it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whether a point is inside.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.shape.contains(&to_geo(point))
    }

    pub(crate) fn touches(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.shape.intersects(&to_geo(point))
    }
}

fn feature(properties: &serde_json::Value, shape: &MultiPolygon<f64>) -> String {
    let geometry = geojson::Geometry::new(GeometryValue::from(shape));
    serde_json::json!({ "type": "Feature", "properties": properties, "geometry": geometry }).to_string()
}

/// Reads a shape this crate has written, from the text of its feature.
pub(crate) fn kept_shape(text: &str) -> Option<MultiPolygon<f64>> {
    let feature: Feature = text.parse().ok()?;
    match geo::Geometry::try_from(feature.geometry?).ok()? {
        geo::Geometry::Polygon(polygon) => Some(MultiPolygon(vec![polygon])),
        geo::Geometry::MultiPolygon(polygons) => Some(polygons),
        _ => None,
    }
}

fn to_geo(point: Point) -> geo::Point<f64> {
    geo::Point::new(point.lon_degrees(), point.lat_degrees())
}

pub(crate) fn bounds_of(shape: &MultiPolygon<f64>) -> Option<Bounds> {
    let rect = shape.bounding_rect()?;
    let corner = |c: geo::Coord<f64>| Point::from_degrees(c.y, c.x);
    Some(Bounds { min: corner(rect.min())?, max: corner(rect.max())? })
}

/// A square field for tests.
#[cfg(test)]
pub(crate) fn square(ars: &str, west: f64) -> Area {
    let rect = geo::Rect::new((west, 50.0), (west + 0.1, 50.1));
    let shape = MultiPolygon(vec![rect.to_polygon()]);
    Area::new(ars.parse().unwrap(), format!("Feld {ars}"), "Stadt".into(), shape).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_survives_its_geojson() {
        let area = square("053150000000", 7.0);
        assert_eq!(kept_shape(&area.to_geojson()).as_ref(), Some(&area.shape));
    }
}

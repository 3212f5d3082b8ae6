use base::{Ars, RegionError};
use geo::{BoundingRect as _, Contains as _, Intersects as _, MultiPolygon};
use geojson::{Feature, GeoJson, GeometryValue};
use thiserror::Error;

use crate::{Bounds, Point};

/// Why a boundary file is not taken, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BoundaryError {
    /// The file is not GeoJSON.
    #[error("this is no GeoJSON (RFC 7946): {0}")]
    NotGeoJson(String),
    /// There is nothing in it.
    #[error("there is no feature in the file")]
    Empty,
    /// One feature is wrong.
    #[error("feature {0}{1}: {2}")]
    Feature(usize, String, String),
}

/// A municipality, a Kreis or a district, and its shape.
#[derive(Clone, Debug)]
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

impl Area {
    /// Reads a GeoJSON feature or feature collection (RFC 7946); each feature needs the properties `ars` and `name`
    /// and a polygon or several. The official spellings `ARS`/`RS`, `GEN` and `BEZ` are read too.
    ///
    /// # Errors
    /// [`BoundaryError`] names the feature that is wrong.
    pub fn from_geojson(text: &str) -> Result<Vec<Self>, BoundaryError> {
        let wrong = |error: &dyn std::fmt::Display| BoundaryError::NotGeoJson(error.to_string());
        let features = match text.parse::<GeoJson>().map_err(|error| wrong(&error))? {
            GeoJson::FeatureCollection(collection) => collection.features,
            GeoJson::Feature(feature) => vec![feature],
            GeoJson::Geometry(_) => return Err(wrong(&"a geometry without a name")),
        };
        if features.is_empty() {
            return Err(BoundaryError::Empty);
        }
        let read = |(index, feature): (usize, &Feature)| {
            Self::from_feature(feature).map_err(|why| {
                let name = property(feature, &["name", "GEN"]);
                let name = if name.is_empty() { name } else { format!(" ({name})") };
                BoundaryError::Feature(index + 1, name, why)
            })
        };
        features.iter().enumerate().map(read).collect()
    }

    fn from_feature(feature: &Feature) -> Result<Self, String> {
        let ars = property(feature, &["ars", "ARS", "RS", "ags", "AGS"]);
        let ars = ars.parse().map_err(|error: RegionError| format!("property ars: {error}"))?;
        let name = property(feature, &["name", "GEN"]);
        if name.is_empty() {
            return Err("property name is missing".into());
        }
        let geometry = feature.geometry.as_ref().ok_or("there is no geometry")?;
        let shape = match &geometry.value {
            GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. } => {
                let shape: geo::Geometry<f64> =
                    geometry.try_into().map_err(|error| format!("geometry: {error}"))?;
                match shape {
                    geo::Geometry::Polygon(polygon) => MultiPolygon(vec![polygon]),
                    geo::Geometry::MultiPolygon(polygons) => polygons,
                    _ => return Err("the geometry is no polygon".into()),
                }
            }
            other => return Err(format!("a boundary is a polygon, not a {}", other.type_name())),
        };
        let bounds = check(&shape)?;
        Ok(Self { ars, name, kind: property(feature, &["kind", "BEZ"]), shape, bounds })
    }

    /// The area as one GeoJSON feature.
    #[must_use]
    pub fn to_geojson(&self) -> String {
        let geometry = geojson::Geometry::new(GeometryValue::from(&self.shape));
        serde_json::json!({
            "type": "Feature",
            "properties": { "ars": self.ars, "name": self.name, "kind": self.kind },
            "geometry": geometry,
        })
        .to_string()
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

    fn touches(&self, point: Point) -> bool {
        self.bounds.contains(point) && self.shape.intersects(&to_geo(point))
    }
}

fn to_geo(point: Point) -> geo::Point<f64> {
    geo::Point::new(point.lon_degrees(), point.lat_degrees())
}

fn property(feature: &Feature, names: &[&str]) -> String {
    let found = names.iter().find_map(|name| feature.property(name)?.as_str());
    found.unwrap_or_default().trim().to_owned()
}

fn check(shape: &MultiPolygon<f64>) -> Result<Bounds, String> {
    for polygon in shape {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            if ring.0.len() < 4 {
                return Err("a ring has fewer than four positions".into());
            }
        }
    }
    let rect = shape.bounding_rect().ok_or("the shape is empty")?;
    let corner = |c: geo::Coord<f64>| Point::from_degrees(c.y, c.x);
    match (corner(rect.min()), corner(rect.max())) {
        (Some(min), Some(max)) => Ok(Bounds { min, max }),
        _ => Err(format!(
            "the coordinates are not degrees of longitude and latitude (x {:.0} to {:.0}); is it another projection?",
            rect.min().x,
            rect.max().x
        )),
    }
}

/// All areas a member knows: its own and its neighbours'.
#[derive(Clone, Debug, Default)]
pub struct Atlas {
    areas: Vec<Area>,
}

impl Atlas {
    /// An atlas of these areas.
    #[must_use]
    pub fn new(areas: Vec<Area>) -> Self {
        Self { areas }
    }

    /// Every area, by key.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The areas inside a region.
    pub fn within<'a>(&'a self, region: &'a Ars) -> impl Iterator<Item = &'a Area> {
        self.areas.iter().filter(|area| region.contains(&area.ars))
    }

    /// The finest area a point is in. A point on a common border belongs to the area with the smallest key, so that
    /// every point has one owner.
    #[must_use]
    pub fn at(&self, point: Point) -> Option<&Area> {
        let finest = |found: &mut dyn Iterator<Item = &'_ Area>| -> Option<usize> {
            found.map(|area| area.ars.as_str().len()).max()
        };
        let inside = |area: &&Area| area.contains(point);
        let depth = finest(&mut self.areas.iter().filter(inside));
        match depth {
            Some(depth) => self.areas.iter().filter(inside).find(|area| area.ars.as_str().len() == depth),
            None => self.areas.iter().filter(|area| area.touches(point)).min_by_key(|area| &area.ars),
        }
    }

    /// The box around the areas inside a region.
    #[must_use]
    pub fn bounds(&self, region: &Ars) -> Option<Bounds> {
        self.within(region).map(Area::bounds).reduce(|a, b| a.join(&b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(ars: &str, west: f64) -> String {
        let east = west + 0.1;
        format!(
            r#"{{"type":"Feature","properties":{{"ars":"{ars}","name":"Feld {ars}"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west},50.0],[{east},50.0],[{east},50.1],[{west},50.1],[{west},50.0]]]}}}}"#
        )
    }

    fn atlas() -> Atlas {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{}]}}"#,
            square("053150000000", 7.0),
            square("053620020020", 7.1)
        );
        Atlas::new(Area::from_geojson(&text).unwrap())
    }

    #[test]
    fn a_point_has_one_owner_even_on_the_border() {
        let atlas = atlas();
        let owner =
            |lon: f64| atlas.at(Point::from_degrees(50.05, lon).unwrap()).map(|area| area.ars.to_string());
        assert_eq!(owner(7.05).as_deref(), Some("053150000000"));
        assert_eq!(owner(7.15).as_deref(), Some("053620020020"));
        assert_eq!(owner(7.1).as_deref(), Some("053150000000"));
        assert_eq!(owner(7.3), None);
    }

    #[test]
    fn an_area_survives_its_geojson() {
        for area in atlas().areas() {
            let again = Area::from_geojson(&area.to_geojson()).unwrap();
            assert_eq!(again.len(), 1);
            assert_eq!((&again[0].shape, &again[0].name), (&area.shape, &area.name));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let wrong = |text: &str| Area::from_geojson(text).unwrap_err().to_string();
        assert!(wrong("<kml/>").starts_with("this is no GeoJSON"));
        assert_eq!(wrong(r#"{"type":"FeatureCollection","features":[]}"#), "there is no feature in the file");
        let gauss = square("05315", 7.0).replace("[7,", "[2566000,");
        assert!(
            wrong(&gauss).contains("feature 1 (Feld 05315): the coordinates are not degrees"),
            "{}",
            wrong(&gauss)
        );
        assert!(wrong(&square("5315", 7.0)).contains("property ars: 4 is no length"));
        let line = r#"{"type":"Feature","properties":{"ars":"05315","name":"K"},
            "geometry":{"type":"LineString","coordinates":[[7,50],[8,50]]}}"#;
        assert_eq!(wrong(line), "feature 1 (K): a boundary is a polygon, not a LineString");
    }
}

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place on the earth in WGS 84 micro-degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// Latitude: positive in the north.
    pub lat: i32,
    /// Longitude: positive in the east.
    pub lon: i32,
}

/// A box of two corners, both inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The south-western corner.
    pub min: Point,
    /// The north-eastern corner.
    pub max: Point,
}

/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

impl Point {
    /// From degrees; `None` when they are no place on the earth.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "180 million fits into 32 bits")]
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        let valid = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        valid.then(|| Self { lat: (lat * 1e6).round() as i32, lon: (lon * 1e6).round() as i32 })
    }

    /// Latitude in degrees.
    #[must_use]
    pub fn lat_degrees(self) -> f64 {
        f64::from(self.lat) / 1e6
    }

    /// Longitude in degrees.
    #[must_use]
    pub fn lon_degrees(self) -> f64 {
        f64::from(self.lon) / 1e6
    }

    /// The distance in metres, exact to a few parts in a thousand over the size of a region.
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let middle = (self.lat_degrees() + other.lat_degrees()).to_radians() / 2.0;
        let north = (self.lat_degrees() - other.lat_degrees()) * METRES_PER_DEGREE;
        let east = (self.lon_degrees() - other.lon_degrees()) * METRES_PER_DEGREE * middle.cos();
        north.hypot(east)
    }

    /// Points all around, `metres` and half as far away.
    #[must_use]
    pub fn ring(self, metres: f64) -> Vec<Self> {
        let narrow = self.lat_degrees().to_radians().cos().max(0.01);
        let at = |step: u32, metres: f64| {
            let (north, east) = (f64::from(step) / 16.0 * std::f64::consts::TAU).sin_cos();
            let (lat, lon) = (metres * north / METRES_PER_DEGREE, metres * east / METRES_PER_DEGREE / narrow);
            Self::from_degrees(self.lat_degrees() + lat, self.lon_degrees() + lon)
        };
        [metres, metres / 2.0]
            .into_iter()
            .flat_map(|metres| (0..16).filter_map(move |step| at(step, metres)))
            .collect()
    }

    /// The box that holds every point within `metres`.
    #[must_use]
    pub fn around(self, metres: f64) -> Bounds {
        let lat = metres / METRES_PER_DEGREE;
        let lon = lat / self.lat_degrees().to_radians().cos().max(0.01);
        let corner = |sign: f64| {
            let lat = (self.lat_degrees() + sign * lat).clamp(-90.0, 90.0);
            let lon = (self.lon_degrees() + sign * lon).clamp(-180.0, 180.0);
            Self::from_degrees(lat, lon).unwrap_or(self)
        };
        Bounds { min: corner(-1.0), max: corner(1.0) }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}, {:.6}", self.lat_degrees(), self.lon_degrees())
    }
}

impl Bounds {
    /// Whether `point` is inside.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (self.min.lat..=self.max.lat).contains(&point.lat)
            && (self.min.lon..=self.max.lon).contains(&point.lon)
    }

    /// The smallest box around all `points`.
    #[must_use]
    pub fn of(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        points.into_iter().map(|point| Self { min: point, max: point }).reduce(|a, b| a.join(&b))
    }

    /// The smallest box around both.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let min = |a: Point, b: Point| Point { lat: a.lat.min(b.lat), lon: a.lon.min(b.lon) };
        let max = |a: Point, b: Point| Point { lat: a.lat.max(b.lat), lon: a.lon.max(b.lon) };
        Self { min: min(self.min, other.min), max: max(self.max, other.max) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_checked_and_distances_are_metres() {
        let dom = Point::from_degrees(50.941_278, 6.958_281).unwrap();
        let station = Point::from_degrees(50.943_0, 6.958_8).unwrap();
        assert!((dom.metres_to(station) - 195.0).abs() < 5.0, "{}", dom.metres_to(station));
        assert!(dom.around(200.0).contains(station));
        assert!(!dom.around(100.0).contains(station));
        for (lat, lon) in [(91.0, 0.0), (0.0, 181.0), (f64::NAN, 0.0)] {
            assert_eq!(Point::from_degrees(lat, lon), None);
        }
        assert!(dom.ring(30.0).into_iter().all(|point| (14.0..31.0).contains(&dom.metres_to(point))));
    }
}

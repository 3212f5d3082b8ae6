use std::fmt::Write as _;

use geo::MultiPolygon;

use crate::{Bounds, Point};

/// How a part of the earth lies on a drawing: the projection of web maps (EPSG:3857), fitted into a width.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    west: f64,
    north: f64,
    scale: f64,
    /// The drawing's width in pixels.
    pub width: f64,
    /// The drawing's height in pixels.
    pub height: f64,
}

impl Frame {
    /// A drawing of `bounds`, `width` pixels wide, with a margin of 12 pixels.
    #[must_use]
    pub fn fit(bounds: &Bounds, width: f64) -> Self {
        const MARGIN: f64 = 12.0;
        let (west, east) = (mercator_x(bounds.min), mercator_x(bounds.max));
        let (south, north) = (mercator_y(bounds.min), mercator_y(bounds.max));
        let scale = (width - 2.0 * MARGIN) / (east - west).max(1e-9);
        let height = ((north - south) * scale + 2.0 * MARGIN).ceil();
        Self { west: west - MARGIN / scale, north: north + MARGIN / scale, scale, width, height }
    }

    /// Where a place is on the drawing, in pixels from the upper left.
    #[must_use]
    pub fn project(&self, point: Point) -> (f64, f64) {
        ((mercator_x(point) - self.west) * self.scale, (self.north - mercator_y(point)) * self.scale)
    }

    /// Which place a pixel shows; `None` outside the earth.
    #[must_use]
    pub fn unproject(&self, x: f64, y: f64) -> Option<Point> {
        let lon = (self.west + x / self.scale).to_degrees();
        let lat = (self.north - y / self.scale).sinh().atan().to_degrees();
        Point::from_degrees(lat, lon)
    }

    /// A shape as the `d` of an SVG path, to a tenth of a pixel.
    #[must_use]
    pub fn path(&self, shape: &MultiPolygon<f64>) -> String {
        let mut d = String::new();
        for polygon in shape {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                self.ring(&mut d, ring);
            }
        }
        d
    }

    fn ring(&self, d: &mut String, ring: &geo::LineString<f64>) {
        let mut before = None;
        for coord in ring.coords() {
            let Some(point) = Point::from_degrees(coord.y, coord.x) else { continue };
            let (x, y) = self.project(point);
            let place = ((x * 10.0).round() / 10.0, (y * 10.0).round() / 10.0);
            if before == Some(place) {
                continue;
            }
            let letter = if before.is_none() { 'M' } else { 'L' };
            // Writing into a String never fails.
            let _ = write!(d, "{letter}{} {}", place.0, place.1);
            before = Some(place);
        }
        d.push('Z');
    }
}

fn mercator_x(point: Point) -> f64 {
    point.lon_degrees().to_radians()
}

fn mercator_y(point: Point) -> f64 {
    point.lat_degrees().to_radians().tan().asinh()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_and_its_place_belong_together() {
        let corner = |lat, lon| Point::from_degrees(lat, lon).unwrap();
        let frame = Frame::fit(&Bounds { min: corner(50.8, 6.7), max: corner(51.1, 7.2) }, 600.0);
        let dom = corner(50.941_278, 6.958_281);
        let (x, y) = frame.project(dom);
        assert!(x > 0.0 && x < frame.width && y > 0.0 && y < frame.height);
        assert!(frame.unproject(x, y).unwrap().metres_to(dom) < 1.0);
    }
}

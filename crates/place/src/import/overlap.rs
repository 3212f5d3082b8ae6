use geo::line_measures::{Euclidean, Length as _};
use geo::{Area as _, BooleanOps as _, Contains as _, InteriorPoint as _, MultiPolygon};

use super::{Finding, Findings};
use crate::Bounds;
use crate::atlas::Index;

/// How wide an overlap may be on average, in metres: surveys of two neighbours agree to about that.
const WIDTH: f64 = 2.0;

/// Something with a shape that must not lie on others of its kind.
pub(super) struct Piece<'a> {
    pub(super) number: usize,
    pub(super) name: &'a str,
    pub(super) shape: &'a MultiPolygon<f64>,
    pub(super) bounds: Bounds,
    /// Only pieces of the same rank are compared: a Kreis lies on its municipalities by right.
    pub(super) rank: usize,
}

/// Names every pair that overlaps by more than the tolerance, and every enclave.
pub(super) fn check(pieces: &[Piece<'_>], findings: &mut Findings) {
    let index = Index::new(pieces.iter().map(|piece| piece.bounds));
    for (place, piece) in pieces.iter().enumerate() {
        let mut near: Vec<usize> = index.touching(piece.bounds).filter(|other| *other > place).collect();
        near.sort_unstable();
        for other in near.into_iter().filter_map(|other| pieces.get(other)) {
            if other.rank == piece.rank {
                pair(piece, other, findings);
            }
        }
    }
}

fn pair(a: &Piece<'_>, b: &Piece<'_>, findings: &mut Findings) {
    for (inner, outer) in [(a, b), (b, a)] {
        if lies_in_hole(inner.shape, outer.shape) {
            findings
                .note(Finding::file("import-enclave").with("other", outer.name).of(inner.number, inner.name));
            return;
        }
    }
    let hectares = overlap(a.shape, b.shape);
    if hectares == 0.0 {
        return;
    }
    let size = |piece: &Piece<'_>| square_metres(piece.shape.unsigned_area(), piece.shape) / 10_000.0;
    let (smaller, larger) = if size(a) <= size(b) { (a, b) } else { (b, a) };
    let code = if hectares > 0.95 * size(smaller) { "import-enclave-without-hole" } else { "import-overlap" };
    let finding = Finding::file(code).with("other", larger.name).with("hectares", format!("{hectares:.2}"));
    findings.wrong(finding.of(smaller.number, smaller.name));
}

/// Whether a shape fills a hole of another, or lies in one.
fn lies_in_hole(inner: &MultiPolygon<f64>, outer: &MultiPolygon<f64>) -> bool {
    let Some(point) = inner.interior_point() else { return false };
    let around = |polygon: &geo::Polygon<f64>| {
        !polygon.contains(&point) && geo::Polygon::new(polygon.exterior().clone(), vec![]).contains(&point)
    };
    outer.iter().any(around) && !outer.contains(&point) && overlap(inner, outer) == 0.0
}

/// Hectares two shapes share, without slivers no wider than the tolerance.
pub(super) fn overlap(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> f64 {
    let shared = a.intersection(b);
    let wide = shared.iter().filter(|piece| {
        let (area, length) = (square_metres(piece.unsigned_area(), a), metres(piece.exterior(), a));
        length > 0.0 && 2.0 * area / length > WIDTH
    });
    wide.map(|piece| square_metres(piece.unsigned_area(), a)).sum::<f64>() / 10_000.0
}

/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

/// How much shorter a degree of longitude is at a shape's latitude.
fn shrink(near: &MultiPolygon<f64>) -> f64 {
    let lat =
        near.iter().next().and_then(|polygon| polygon.exterior().0.first()).map_or(51.0, |coord| coord.y);
    lat.to_radians().cos()
}

fn square_metres(square_degrees: f64, near: &MultiPolygon<f64>) -> f64 {
    square_degrees * METRES_PER_DEGREE * METRES_PER_DEGREE * shrink(near)
}

/// The length of a line, at most a third too long.
fn metres(line: &geo::LineString<f64>, near: &MultiPolygon<f64>) -> f64 {
    let narrow = shrink(near);
    let scaled = line.0.iter().map(|coord| geo::Coord { x: coord.x * narrow, y: coord.y });
    Euclidean.length(&geo::LineString(scaled.collect())) * METRES_PER_DEGREE
}

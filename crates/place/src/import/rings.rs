use geo::line_intersection::{LineIntersection, line_intersection};
use geo::orient::Direction;
use geo::winding_order::{Winding as _, WindingOrder};
use geo::{
    Area as _, Contains as _, Coord, Intersects as _, Line, LineString, MultiPolygon, Orient as _, Polygon,
};
use rstar::primitives::{GeomWithData, Line as TreeLine};
use rstar::{AABB, RTree, RTreeObject as _};

use super::projection::suspicion;
use super::{Drawing, Finding, Ring};

/// Makes a shape in degrees of what a feature is drawn as. What is wrong is named with its place; what was put right
/// and what is unusual comes back beside the shape.
pub(super) fn shape(
    drawing: &Drawing,
    counter_clockwise: bool,
) -> Result<(MultiPolygon<f64>, Vec<Finding>), Finding> {
    let (polygons, nested) = match drawing {
        Drawing::Polygons(polygons) => (polygons.clone(), true),
        Drawing::Rings(rings) => (vec![rings.clone()], false),
        Drawing::Nothing => return Err(Finding::file("import-geometry-missing")),
        Drawing::Point(_) => return Err(Finding::file("import-geometry-kind").with("kind", "Point")),
        Drawing::Other(kind) => return Err(Finding::file("import-geometry-kind").with("kind", kind)),
    };
    for ring in polygons.iter().flatten() {
        check_ring(ring)?;
    }
    crossings(&polygons)?;
    let mut notes = Vec::new();
    let polygons = if nested { polygons } else { nest(&polygons.concat()) };
    if nested && counter_clockwise {
        let outer =
            |polygon: &Vec<Ring>| polygon.first().map(|ring| LineString(ring.clone()).winding_order());
        if polygons.iter().any(|polygon| outer(polygon) == Some(Some(WindingOrder::Clockwise))) {
            notes.push(Finding::file("import-winding"));
        }
    }
    let mut shape = Vec::new();
    for polygon in polygons {
        let mut rings = polygon.into_iter().map(LineString);
        let Some(outer) = rings.next() else { continue };
        let polygon = Polygon::new(outer, rings.collect());
        check_holes(&polygon)?;
        shape.push(polygon.orient(Direction::Default));
    }
    let shape = MultiPolygon(shape);
    if shape.unsigned_area() < 1e-12 {
        return Err(Finding::file("import-shape-empty"));
    }
    let holes: usize = shape.iter().map(|polygon| polygon.interiors().len()).sum();
    if holes > 0 {
        notes.push(Finding::file("import-hole").with("count", holes));
    }
    Ok((shape, notes))
}

fn check_ring(ring: &Ring) -> Result<(), Finding> {
    if let Some(suspicious) = ring.iter().find_map(|coord| suspicion(*coord)) {
        return Err(suspicious);
    }
    if let (Some(first), Some(last)) = (ring.first(), ring.last())
        && first != last
    {
        return Err(Finding::file("import-ring-open").with("place", place(*last)));
    }
    if ring.len() < 4 {
        let at = ring.first().map(|coord| place(*coord)).unwrap_or_default();
        return Err(Finding::file("import-ring-short").with("count", ring.len()).with("place", at));
    }
    Ok(())
}

/// Latitude and longitude, as people write a place.
pub(super) fn place(coord: Coord<f64>) -> String {
    format!("{:.6}, {:.6}", coord.y, coord.x)
}

/// A piece of a ring: which ring, which piece of it, and how many it has.
type Piece = GeomWithData<TreeLine<[f64; 2]>, (usize, usize, usize)>;

/// Refuses rings that cross themselves or each other, or run back over themselves. Touching in a single point is
/// allowed: official boundaries do so where a river forks.
fn crossings(polygons: &[Vec<Ring>]) -> Result<(), Finding> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (ring_number, ring) in polygons.iter().flatten().enumerate() {
        let mut points = ring.clone();
        points.dedup();
        let count = points.len().saturating_sub(1);
        for (number, pair) in points.windows(2).enumerate() {
            if let [from, to] = pair {
                let line = TreeLine::new([from.x, from.y], [to.x, to.y]);
                pieces.push(Piece::new(line, (ring_number, number, count)));
            }
        }
    }
    let tree = RTree::bulk_load(pieces);
    for piece in &tree {
        let envelope: AABB<[f64; 2]> = piece.envelope();
        for other in tree.locate_in_envelope_intersecting(&envelope) {
            if other.data <= piece.data {
                continue;
            }
            let (a, b) = (line(piece), line(other));
            match line_intersection(a, b) {
                Some(LineIntersection::SinglePoint { intersection, is_proper: true }) => {
                    return Err(Finding::file("import-crossing").with("place", place(intersection)));
                }
                Some(LineIntersection::Collinear { intersection })
                    if intersection.start != intersection.end =>
                {
                    return Err(Finding::file("import-spike").with("place", place(intersection.start)));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn line(piece: &Piece) -> Line<f64> {
    let ([ax, ay], [bx, by]) = (piece.geom().from, piece.geom().to);
    Line::new(Coord { x: ax, y: ay }, Coord { x: bx, y: by })
}

/// Puts rings together that do not say which is a hole: one that lies in an odd number of others is.
fn nest(rings: &[Ring]) -> Vec<Vec<Ring>> {
    let solid: Vec<Polygon<f64>> =
        rings.iter().map(|ring| Polygon::new(LineString(ring.clone()), vec![])).collect();
    // Rings do not cross, so one position that does not lie on the other's line tells for all.
    let inside = |ring: &Ring, other: &Polygon<f64>| {
        let on_line = |coord: &&Coord<f64>| other.exterior().intersects(*coord);
        ring.iter().find(|coord| !on_line(coord)).is_some_and(|coord| other.contains(coord))
    };
    let around = |index: usize, ring: &Ring| -> Vec<usize> {
        let others = solid.iter().enumerate().filter(|(other, _)| *other != index);
        others.filter(|(_, polygon)| inside(ring, polygon)).map(|(other, _)| other).collect()
    };
    let around: Vec<Vec<usize>> = rings.iter().enumerate().map(|(index, ring)| around(index, ring)).collect();
    let depth = |index: usize| around.get(index).map_or(0, Vec::len);
    let mut polygons: Vec<(usize, Vec<Ring>)> = Vec::new();
    for (index, ring) in rings.iter().enumerate().filter(|(index, _)| depth(*index) % 2 == 0) {
        polygons.push((index, vec![ring.clone()]));
    }
    for (index, ring) in rings.iter().enumerate().filter(|(index, _)| depth(*index) % 2 == 1) {
        // Its own outer ring is the innermost of those around it.
        let outer = around.get(index).into_iter().flatten().copied().max_by_key(|other| depth(*other));
        if let Some((_, polygon)) = polygons.iter_mut().find(|(own, _)| Some(*own) == outer) {
            polygon.push(ring.clone());
        }
    }
    polygons.into_iter().map(|(_, polygon)| polygon).collect()
}

fn check_holes(polygon: &Polygon<f64>) -> Result<(), Finding> {
    let outer = Polygon::new(polygon.exterior().clone(), vec![]);
    for hole in polygon.interiors() {
        let stray = hole.coords().find(|coord| !outer.intersects(*coord));
        if let Some(stray) = stray {
            return Err(Finding::file("import-hole-outside").with("place", place(*stray)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Ring {
        points.iter().map(|(x, y)| Coord { x: 7.0 + x / 10.0, y: 51.0 + y / 10.0 }).collect()
    }

    fn code(drawing: &Drawing) -> &'static str {
        shape(drawing, true).map_or_else(|finding| finding.code, |_| "good")
    }

    const SQUARE: &[(f64, f64)] = &[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
    const HOLE: &[(f64, f64)] = &[(0.2, 0.2), (0.2, 0.4), (0.4, 0.4), (0.4, 0.2), (0.2, 0.2)];

    #[test]
    fn rings_are_checked_one_by_one() {
        let one = |points: &[(f64, f64)]| code(&Drawing::Polygons(vec![vec![ring(points)]]));
        assert_eq!(one(SQUARE), "good");
        assert_eq!(one(&SQUARE[..4]), "import-ring-open");
        assert_eq!(one(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]), "import-ring-short");
        assert_eq!(one(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]), "import-crossing");
        assert_eq!(
            one(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (2.0, 1.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]),
            "import-spike"
        );
        assert_eq!(one(&[(0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]), "import-shape-empty");
        assert_eq!(code(&Drawing::Nothing), "import-geometry-missing");
        assert_eq!(code(&Drawing::Other("LineString")), "import-geometry-kind");
    }

    #[test]
    fn a_crossing_is_named_with_its_place() {
        let bow = ring(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]);
        let finding = shape(&Drawing::Polygons(vec![vec![bow]]), true).unwrap_err();
        assert_eq!(finding.values, [("place", "51.050000, 7.050000".to_owned())]);
    }

    #[test]
    fn holes_stay_holes_and_must_lie_inside() {
        let (with_hole, notes) =
            shape(&Drawing::Polygons(vec![vec![ring(SQUARE), ring(HOLE)]]), true).unwrap();
        assert_eq!(with_hole.0[0].interiors().len(), 1);
        assert_eq!(notes, [Finding::file("import-hole").with("count", 1)]);
        let far: Vec<(f64, f64)> = HOLE.iter().map(|(x, y)| (x + 3.0, *y)).collect();
        assert_eq!(code(&Drawing::Polygons(vec![vec![ring(SQUARE), ring(&far)]])), "import-hole-outside");
        let across: Vec<(f64, f64)> = HOLE.iter().map(|(x, y)| (x + 0.7, *y)).collect();
        assert_eq!(code(&Drawing::Polygons(vec![vec![ring(SQUARE), ring(&across)]])), "import-crossing");
    }

    #[test]
    fn a_clockwise_outer_ring_is_turned_and_noted() {
        let mut turned = ring(SQUARE);
        turned.reverse();
        let (shape, notes) = shape(&Drawing::Polygons(vec![vec![turned]]), true).unwrap();
        assert_eq!(notes, [Finding::file("import-winding")]);
        assert_eq!(shape.0[0].exterior().winding_order(), Some(WindingOrder::CounterClockwise));
    }

    #[test]
    fn rings_without_a_word_on_holes_are_nested_by_where_they_lie() {
        let island: Vec<(f64, f64)> =
            HOLE.iter().map(|(x, y)| (0.25 + (x - 0.2) / 4.0, 0.25 + (y - 0.2) / 4.0)).collect();
        let far: Vec<(f64, f64)> = SQUARE.iter().map(|(x, y)| (x + 3.0, *y)).collect();
        for turned in [false, true] {
            let mut rings = vec![ring(&island), ring(HOLE), ring(SQUARE), ring(&far)];
            if turned {
                rings.iter_mut().for_each(|ring| ring.reverse());
            }
            let (shape, _) = shape(&Drawing::Rings(rings), false).unwrap();
            assert_eq!(shape.0.len(), 3);
            assert_eq!(shape.0.iter().map(|polygon| polygon.interiors().len()).sum::<usize>(), 1);
        }
    }
}

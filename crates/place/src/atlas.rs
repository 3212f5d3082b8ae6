use base::Ars;
use rstar::{AABB, RTree, RTreeObject};

use crate::{Area, Bounds, District, Point};

/// All areas a member knows, its own and its neighbours', and the districts of its own.
#[derive(Clone, Debug, Default)]
pub struct Atlas {
    areas: Vec<Area>,
    districts: Vec<District>,
    area_index: Index,
    district_index: Index,
}

/// Who looks after a place, as the boundaries say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    /// One area.
    One(&'a Area),
    /// The place lies exactly on the border of several. The first has it: the one with the smallest key.
    Border(Vec<&'a Area>),
    /// Several areas of the same rank claim the place; an import would have refused them. The first is taken.
    Conflict(Vec<&'a Area>),
    /// No area.
    Nobody,
}

impl Atlas {
    /// An atlas of these areas and districts.
    #[must_use]
    pub fn new(mut areas: Vec<Area>, mut districts: Vec<District>) -> Self {
        areas.sort_by(|a, b| a.ars.cmp(&b.ars));
        districts.sort_by(|a, b| a.key.cmp(&b.key));
        let area_index = Index::new(areas.iter().map(Area::bounds));
        let district_index = Index::new(districts.iter().map(District::bounds));
        Self { areas, districts, area_index, district_index }
    }

    /// Every area, by key.
    #[must_use]
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// Every district, by key.
    #[must_use]
    pub fn districts(&self) -> &[District] {
        &self.districts
    }

    /// The areas inside a region.
    pub fn within<'a>(&'a self, region: &'a Ars) -> impl Iterator<Item = &'a Area> {
        self.areas.iter().filter(|area| region.contains(&area.ars))
    }

    /// The finest area a point is in. A point on a common border belongs to the area with the smallest key, so that
    /// every point has one owner.
    #[must_use]
    pub fn at(&self, point: Point) -> Option<&Area> {
        match self.owner(point) {
            Owner::One(area) => Some(area),
            Owner::Border(areas) | Owner::Conflict(areas) => areas.first().copied(),
            Owner::Nobody => None,
        }
    }

    /// Who looks after a place, and whether others have a claim to it.
    #[must_use]
    pub fn owner(&self, point: Point) -> Owner<'_> {
        let near = || self.area_index.at(point).filter_map(|index| self.areas.get(index));
        let inside: Vec<&Area> = near().filter(|area| area.contains(point)).collect();
        if let Some(depth) = inside.iter().map(|area| area.ars.as_str().len()).max() {
            let finest: Vec<&Area> =
                inside.into_iter().filter(|area| area.ars.as_str().len() == depth).collect();
            return match finest.as_slice() {
                [one] => Owner::One(one),
                _ => Owner::Conflict(by_key(finest)),
            };
        }
        let touching: Vec<&Area> = near().filter(|area| area.touches(point)).collect();
        match touching.as_slice() {
            [] => Owner::Nobody,
            [one] => Owner::One(one),
            _ => Owner::Border(by_key(touching)),
        }
    }

    /// The district a point is in; on a common border the one with the smallest key.
    #[must_use]
    pub fn district_at(&self, point: Point) -> Option<&District> {
        let near = || self.district_index.at(point).filter_map(|index| self.districts.get(index));
        let inside = near().filter(|district| district.contains(point)).min_by(|a, b| a.key.cmp(&b.key));
        inside.or_else(|| near().filter(|district| district.touches(point)).min_by(|a, b| a.key.cmp(&b.key)))
    }

    /// The box around the areas inside a region.
    #[must_use]
    pub fn bounds(&self, region: &Ars) -> Option<Bounds> {
        self.within(region).map(Area::bounds).reduce(|a, b| a.join(&b))
    }
}

fn by_key(mut areas: Vec<&Area>) -> Vec<&Area> {
    areas.sort_by(|a, b| a.ars.cmp(&b.ars));
    areas
}

/// Which boxes a point is in, without looking at all of them (an R*-tree).
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(RTree<Boxed>);

#[derive(Clone, Debug)]
struct Boxed {
    index: usize,
    envelope: AABB<[i32; 2]>,
}

impl RTreeObject for Boxed {
    type Envelope = AABB<[i32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

fn envelope(bounds: &Bounds) -> AABB<[i32; 2]> {
    AABB::from_corners([bounds.min.lon, bounds.min.lat], [bounds.max.lon, bounds.max.lat])
}

impl Index {
    /// An index of boxes, by their order.
    pub(crate) fn new(boxes: impl Iterator<Item = Bounds>) -> Self {
        let boxed = |(index, bounds): (usize, Bounds)| Boxed { index, envelope: envelope(&bounds) };
        Self(RTree::bulk_load(boxes.enumerate().map(boxed).collect()))
    }

    fn at(&self, point: Point) -> impl Iterator<Item = usize> {
        self.touching(Bounds { min: point, max: point })
    }

    /// The boxes that share a point with this one.
    pub(crate) fn touching(&self, bounds: Bounds) -> impl Iterator<Item = usize> {
        self.0.locate_in_envelope_intersecting(&envelope(&bounds)).map(|boxed| boxed.index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::square;

    fn atlas() -> Atlas {
        let areas = vec![square("053620020020", 7.1), square("053150000000", 7.0)];
        Atlas::new(areas, vec![])
    }

    fn at(lon: f64) -> Point {
        Point::from_degrees(50.05, lon).unwrap()
    }

    #[test]
    fn a_point_has_one_owner_even_on_the_border() {
        let atlas = atlas();
        let owner = |lon: f64| atlas.at(at(lon)).map(|area| area.ars.to_string());
        assert_eq!(owner(7.05).as_deref(), Some("053150000000"));
        assert_eq!(owner(7.15).as_deref(), Some("053620020020"));
        assert_eq!(owner(7.1).as_deref(), Some("053150000000"));
        assert_eq!(owner(7.3), None);
        let Owner::Border(both) = atlas.owner(at(7.1)) else { panic!("a border") };
        assert_eq!(
            both.iter().map(|area| area.ars.as_str()).collect::<Vec<_>>(),
            ["053150000000", "053620020020"]
        );
    }

    #[test]
    fn two_that_claim_the_same_place_are_named() {
        let atlas = Atlas::new(vec![square("053150000000", 7.0), square("053140000000", 7.05)], vec![]);
        let Owner::Conflict(both) = atlas.owner(at(7.07)) else { panic!("a conflict") };
        assert_eq!(both.len(), 2);
        assert_eq!(atlas.at(at(7.07)).unwrap().ars.as_str(), "053140000000");
    }

    /// Municipalities side by side, `columns` wide and `rows` high, with corners moved at random: a planar subdivision.
    fn subdivision(columns: usize, rows: usize, jitter: &[f64], cuts: usize) -> Vec<Area> {
        let corner = |x: usize, y: usize| {
            let inner = x > 0 && x < columns && y > 0 && y < rows;
            let shift = |index: usize| jitter.get(index % jitter.len().max(1)).copied().unwrap_or(0.0);
            let (dx, dy) = if inner { (shift(x * 31 + y * 7), shift(x * 13 + y * 17)) } else { (0.0, 0.0) };
            (6.0 + 0.1 * (x as f64 + dx), 50.0 + 0.1 * (y as f64 + dy))
        };
        // A point on a border must be the same number for both neighbours.
        let side = |from: (f64, f64), to: (f64, f64)| {
            let turned = from > to;
            let (a, b) = if turned { (to, from) } else { (from, to) };
            let mut points: Vec<geo::Coord<f64>> = (0..=cuts)
                .map(|cut| {
                    let share = cut as f64 / cuts as f64;
                    let bend = if cut % 2 == 1 { 0.002 } else { 0.0 };
                    geo::Coord { x: a.0 + (b.0 - a.0) * share + bend, y: a.1 + (b.1 - a.1) * share }
                })
                .collect();
            if turned {
                points.reverse();
            }
            points.pop();
            points
        };
        let mut areas = Vec::new();
        for y in 0..rows {
            for x in 0..columns {
                let corners = [corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)];
                let mut ring: Vec<_> =
                    (0..4).flat_map(|side_of| side(corners[side_of], corners[(side_of + 1) % 4])).collect();
                ring.push(ring[0]);
                let shape = geo::MultiPolygon(vec![geo::Polygon::new(geo::LineString(ring), vec![])]);
                let ars = format!("05{:010}", y * columns + x).parse().unwrap();
                areas.push(Area::new(ars, format!("Gemeinde {x}/{y}"), "Stadt".into(), shape).unwrap());
            }
        }
        areas
    }

    proptest! {
        #[test]
        fn every_point_of_a_subdivision_has_exactly_one_owner(
            jitter in prop::collection::vec(-0.3_f64..0.3, 1..20),
            places in prop::collection::vec((0.0_f64..1.0, 0.0_f64..1.0), 50),
        ) {
            let atlas = Atlas::new(subdivision(6, 5, &jitter, 6), vec![]);
            for (x, y) in places {
                let point = Point::from_degrees(50.01 + 0.48 * y, 6.01 + 0.58 * x).unwrap();
                match atlas.owner(point) {
                    Owner::One(area) => {
                        let claims = atlas.areas().iter().filter(|area| area.contains(point)).count();
                        prop_assert!(claims <= 1);
                        prop_assert_eq!(Some(area), atlas.at(point));
                    }
                    Owner::Border(areas) => prop_assert!(areas.len() > 1),
                    other => prop_assert!(false, "{:?} has {:?}", point, other),
                }
            }
        }

        #[test]
        fn the_index_finds_what_looking_at_all_finds(
            jitter in prop::collection::vec(-0.3_f64..0.3, 1..20), x in -0.1_f64..1.1, y in -0.1_f64..1.1,
        ) {
            let atlas = Atlas::new(subdivision(4, 4, &jitter, 4), vec![]);
            let point = Point::from_degrees(50.0 + 0.4 * y, 6.0 + 0.4 * x).unwrap();
            let inside = atlas.areas().iter().find(|area| area.contains(point));
            let found = atlas.at(point);
            prop_assert!(inside.is_none() || inside == found);
        }
    }

    /// The promise is 0.1 ms with 396 municipalities in the optimised program; `make bench` measures that. Here the
    /// index only has to save looking at all of them.
    #[test]
    fn the_index_looks_at_few_of_many_areas() {
        let atlas = Atlas::new(subdivision(22, 18, &[0.1, -0.2], 40), vec![]);
        assert_eq!(atlas.areas().len(), 396);
        let point = Point::from_degrees(50.93, 6.97).unwrap();
        assert!(atlas.area_index.at(point).count() <= 4);
    }
}

use crate::{Bounds, Point};

/// Ranges a box is cut into, at most; more would cost more look-ups than they save rows.
const RANGES: usize = 16;

/// The place's number on a Z-shaped curve: near places mostly have near numbers, so an ordinary index finds them.
#[must_use]
pub fn cell(point: Point) -> i64 {
    let (x, y) = grid(point);
    // 31 bits each: the number stays positive.
    i64::try_from((spread(y) << 1) | spread(x)).unwrap_or(i64::MAX)
}

/// At most sixteen ranges of cells that together hold every point of the box, and some around it: what they find must
/// be tested exactly.
#[must_use]
pub fn covering(bounds: &Bounds) -> Vec<(i64, i64)> {
    let (min, max) = (grid(bounds.min), grid(bounds.max));
    let mut squares = vec![Square { x: 0, y: 0, bits: 31 }];
    loop {
        let mut finer = Vec::new();
        for square in &squares {
            if square.bits == 0 || square.inside(min, max) {
                finer.push(*square);
            } else {
                finer.extend(square.quarters().into_iter().filter(|quarter| quarter.touches(min, max)));
            }
        }
        if finer.len() > RANGES || finer == squares {
            break;
        }
        squares = finer;
    }
    let mut ranges: Vec<_> = squares.iter().map(Square::range).collect();
    ranges.sort_unstable();
    ranges
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Square {
    x: u64,
    y: u64,
    bits: u32,
}

impl Square {
    fn end(&self) -> (u64, u64) {
        let side = (1 << self.bits) - 1;
        (self.x + side, self.y + side)
    }

    fn inside(&self, min: (u64, u64), max: (u64, u64)) -> bool {
        let (x, y) = self.end();
        self.x >= min.0 && self.y >= min.1 && x <= max.0 && y <= max.1
    }

    fn touches(&self, min: (u64, u64), max: (u64, u64)) -> bool {
        let (x, y) = self.end();
        x >= min.0 && y >= min.1 && self.x <= max.0 && self.y <= max.1
    }

    fn quarters(&self) -> [Self; 4] {
        let half = 1 << (self.bits - 1);
        let quarter = |dx, dy| Self { x: self.x + dx, y: self.y + dy, bits: self.bits - 1 };
        [quarter(0, 0), quarter(half, 0), quarter(0, half), quarter(half, half)]
    }

    fn range(&self) -> (i64, i64) {
        let first = (spread(self.y) << 1) | spread(self.x);
        let last = first + ((1_u64 << (2 * self.bits)) - 1);
        (i64::try_from(first).unwrap_or(i64::MAX), i64::try_from(last).unwrap_or(i64::MAX))
    }
}

fn grid(point: Point) -> (u64, u64) {
    let part = |value: i32, half: i64| u64::try_from(i64::from(value) + half).unwrap_or(0);
    (part(point.lon, 180_000_000), part(point.lat, 90_000_000))
}

/// Puts a zero bit before every bit of the lower half.
fn spread(value: u64) -> u64 {
    let mut v = value & 0x7fff_ffff;
    v = (v | (v << 16)) & 0x0000_ffff_0000_ffff;
    v = (v | (v << 8)) & 0x00ff_00ff_00ff_00ff;
    v = (v | (v << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | (v << 2)) & 0x3333_3333_3333_3333;
    (v | (v << 1)) & 0x5555_5555_5555_5555
}

/// The box of the `2^bits` numbers around a cell's: with the next number of bits it doubles in one direction.
#[must_use]
pub fn block(cell: i64, bits: u32) -> Bounds {
    let first = u64::try_from(cell).unwrap_or(0) >> bits << bits;
    let last = first | ((1_u64 << bits) - 1);
    let corner = |number: u64| Point {
        lat: degree(gather(number >> 1), 90_000_000),
        lon: degree(gather(number), 180_000_000),
    };
    Bounds { min: corner(first), max: corner(last) }
}

fn degree(part: u64, half: i64) -> i32 {
    let value = i64::try_from(part).unwrap_or(i64::MAX).saturating_sub(half).clamp(-half, half);
    i32::try_from(value).unwrap_or(0)
}

/// Takes every second bit, the reverse of [`spread`].
fn gather(value: u64) -> u64 {
    let mut v = value & 0x5555_5555_5555_5555;
    v = (v | (v >> 1)) & 0x3333_3333_3333_3333;
    v = (v | (v >> 2)) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | (v >> 4)) & 0x00ff_00ff_00ff_00ff;
    v = (v | (v >> 8)) & 0x0000_ffff_0000_ffff;
    (v | (v >> 16)) & 0x0000_0000_ffff_ffff
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point() -> impl Strategy<Value = Point> {
        (-90_000_000..=90_000_000, -180_000_000..=180_000_000).prop_map(|(lat, lon)| Point { lat, lon })
    }

    proptest! {
        #[test]
        fn every_point_of_a_box_is_in_its_ranges(a in point(), b in point(), share in (0_u32..=1000, 0_u32..=1000)) {
            let Some(bounds) = Bounds::of([a, b]) else { return Ok(()) };
            let between = |low: i32, high: i32, share: u32| {
                let (low, wide) = (i64::from(low), i64::from(high) - i64::from(low));
                i32::try_from(low + wide * i64::from(share) / 1000).unwrap()
            };
            let inside = Point {
                lat: between(bounds.min.lat, bounds.max.lat, share.0),
                lon: between(bounds.min.lon, bounds.max.lon, share.1),
            };
            let ranges = covering(&bounds);
            prop_assert!(ranges.len() <= RANGES);
            prop_assert!(ranges.iter().any(|(low, high)| (*low..=*high).contains(&cell(inside))));
        }
    }

    proptest! {
        #[test]
        fn a_point_is_in_the_block_of_its_cell(point in point(), bits in 0_u32..40) {
            let bounds = block(cell(point), bits);
            prop_assert!(bounds.contains(point), "{point:?} {bounds:?}");
            prop_assert_eq!(cell(bounds.min) >> bits, cell(point) >> bits);
        }
    }

    #[test]
    fn a_small_box_is_covered_closely() {
        let dom = Point::from_degrees(50.941_278, 6.958_281).unwrap();
        let covered: i64 = covering(&dom.around(100.0)).iter().map(|(low, high)| high - low + 1).sum();
        let bounds = dom.around(100.0);
        let exact = i64::from(bounds.max.lat - bounds.min.lat) * i64::from(bounds.max.lon - bounds.min.lon);
        assert!(covered < exact * 6, "{covered} cells for {exact}");
    }
}

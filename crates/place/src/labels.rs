use geo::{Area as _, InteriorPoint as _};

use crate::{Area, Frame, Point};

/// Width of an average letter, as a part of the font size.
const LETTER: f64 = 0.55;

/// A name on a drawing: the middle of its base line in pixels, and the text.
pub type Label = (f64, f64, String);

/// Where the names of areas stand so that none covers another, for letters `size` pixels high. Each stands inside its
/// area or a line above or below; a name for which there is no room is left out, and the smaller area gives way.
#[must_use]
pub fn labels<'a>(frame: &Frame, areas: impl Iterator<Item = &'a Area>, size: f64) -> Vec<Label> {
    let mut areas: Vec<&Area> = areas.collect();
    areas.sort_by(|a, b| b.shape.unsigned_area().total_cmp(&a.shape.unsigned_area()).then(a.ars.cmp(&b.ars)));
    let mut taken: Vec<Rect> = Vec::new();
    let mut labels = Vec::new();
    for area in areas {
        let Some((x, y)) = middle(frame, area) else { continue };
        let lines = [0.0, -1.3, 1.3].map(|lines| y + lines * size);
        let place = lines.into_iter().map(|y| (y, Rect::around(x, y, &area.name, size)));
        let mut free =
            place.filter(|(_, rect)| rect.inside(frame) && !taken.iter().any(|other| rect.meets(other)));
        let Some((y, rect)) = free.next() else { continue };
        taken.push(rect);
        labels.push((x.round(), y.round(), area.name.clone()));
    }
    labels
}

fn middle(frame: &Frame, area: &Area) -> Option<(f64, f64)> {
    let point = area.shape.interior_point()?;
    Some(frame.project(Point::from_degrees(point.y(), point.x())?))
}

struct Rect {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Rect {
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    fn around(x: f64, y: f64, text: &str, size: f64) -> Self {
        let half = text.chars().count() as f64 * size * LETTER / 2.0;
        Self { left: x - half, top: y - size, right: x + half, bottom: y + size * 0.25 }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn inside(&self, frame: &Frame) -> bool {
        self.left >= 0.0 && self.top >= 0.0 && self.right <= frame.width && self.bottom <= frame.height
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(ars: &str, name: &str, (west, south): (f64, f64), side: f64) -> Area {
        let (east, north) = (west + side, south + side);
        let text = format!(
            r#"{{"type":"Feature","properties":{{"ars":"{ars}","name":"{name}"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        );
        crate::import::boundaries(text.as_bytes()).items.remove(0)
    }

    #[test]
    fn no_name_covers_another_and_the_smaller_gives_way() {
        let areas = [
            square("053150000000", "Groß", (7.0, 50.0), 0.4),
            square("053620020020", "Daneben", (7.175, 50.175), 0.05),
            square("053620020021", "Darunter", (7.18, 50.18), 0.04),
            square("053620020022", "Darüber", (7.185, 50.185), 0.03),
        ];
        let bounds = areas.iter().map(Area::bounds).reduce(|a, b| a.join(&b)).unwrap();
        let labels = labels(&Frame::fit(&bounds, 300.0), areas.iter(), 13.0);
        let names: Vec<_> = labels.iter().map(|(_, _, name)| name.as_str()).collect();
        assert_eq!(names, ["Groß", "Daneben", "Darunter"]);
        let rects: Vec<_> = labels.iter().map(|(x, y, name)| Rect::around(*x, *y, name, 13.0)).collect();
        for (index, rect) in rects.iter().enumerate() {
            assert!(rects.iter().skip(index + 1).all(|other| !rect.meets(other)));
        }
    }
}

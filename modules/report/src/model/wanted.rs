use base::{Ars, Fault, Time};
use place::{Atlas, Bounds, Point};
use serde_urlencoded::to_string;
use store::search;
use web::Form;

use super::category::Category;
use super::zone::Zone;
use super::{Report, clean};

/// Metres around a point, at most.
const FARTHEST: u32 = 50_000;
/// Metres around a point when nobody said how many.
const NEAR: u32 = 500;
/// Categories one question may name.
const CODES: usize = 16;
/// Characters of the words to be found.
pub(super) const WORDS: usize = 200;

/// Which reports somebody wants to see: on the list, the map, in a file, a feed or by mail. It is read from the query
/// of an address and can be written as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of these categories; of all when empty.
    pub(crate) codes: Vec<String>,
    /// Of the categories of this group.
    pub(crate) group: Option<String>,
    /// `Some(true)` for those that have ended.
    pub(crate) ended: Option<bool>,
    /// Only with a photo.
    pub(crate) photo: bool,
    /// Opened on this day or later: its first moment.
    pub(crate) from: Option<Time>,
    /// Opened on this day or earlier: its last moment.
    pub(crate) to: Option<Time>,
    /// With all of these words.
    pub(crate) words: String,
    /// In this area.
    pub(crate) area: Option<Zone>,
    /// At most so many metres from a point.
    pub(crate) around: Option<(Point, u32)>,
    /// In this box.
    pub(crate) bounds: Option<Bounds>,
    /// Only the one with this number.
    pub(crate) number: Option<String>,
}

/// What a member has that a question can name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub(crate) categories: &'a [Category],
    pub(crate) atlas: &'a Atlas,
    /// The member's own region.
    pub(crate) region: &'a Ars,
}

/// An address by its path and fields; those without a value are left out.
pub(super) fn address(path: &str, fields: &[(&str, String)]) -> String {
    let given: Vec<_> = fields.iter().filter(|(_, value)| !value.is_empty()).collect();
    // Texts always have an encoded form.
    let query = to_string(given).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl Wanted {
    /// Reads the fields of a query: the question, or everything that is wrong with it.
    pub(crate) fn parse(form: &Form, known: &Known<'_>) -> Result<Self, Vec<Fault>> {
        let (wanted, faults) = Self::read(form, known);
        if faults.is_empty() { Ok(wanted) } else { Err(faults) }
    }

    /// As [`Wanted::parse`], but what is right stays. What is left empty or is wrong is not asked for.
    pub(crate) fn read(form: &Form, known: &Known<'_>) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut wanted = Self {
            codes: codes(form, known, &mut faults),
            group: group(form, known, &mut faults),
            ended: ended(form, &mut faults),
            photo: form.find("foto").is_some(),
            from: day(form, "von", "", &mut faults),
            to: day(form, "bis", "T23:59:59.999999", &mut faults),
            words: clean(form.get("q")),
            area: area(form, known, &mut faults),
            around: around(form, &mut faults),
            bounds: bounds(form, &mut faults),
            number: form.find("anliegen").map(str::to_owned),
        };
        if wanted.from.zip(wanted.to).is_some_and(|(from, to)| from > to) {
            faults.push(Fault::new("bis", "report-days-reversed"));
            wanted.to = None;
        }
        if wanted.words.chars().count() > WORDS {
            faults.push(Fault::new("q", "report-words-long"));
            wanted.words.clear();
        }
        if wanted.number.as_ref().is_some_and(|number| !is_number(number)) {
            faults.push(Fault::new("anliegen", "report-number-wrong"));
            wanted.number = None;
        }
        (wanted, faults)
    }

    /// The fields it is read from.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields: Vec<_> = self.codes.iter().map(|code| ("kategorie", code.clone())).collect();
        let mut add = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
        add("gruppe", self.group.clone());
        add("status", self.ended.map(|ended| if ended { "beendet" } else { "offen" }.to_owned()));
        add("foto", self.photo.then(|| "1".to_owned()));
        add("von", self.from.map(date));
        add("bis", self.to.map(date));
        add("q", Some(self.words.clone()).filter(|words| !words.is_empty()));
        add("gebiet", self.area.as_ref().map(ToString::to_string));
        add("lat", self.around.map(|(point, _)| degrees(point.lat)));
        add("long", self.around.map(|(point, _)| degrees(point.lon)));
        add("umkreis", self.around.map(|(_, metres)| metres.to_string()));
        add("bbox", self.bounds.as_ref().map(bbox));
        add("anliegen", self.number.clone());
        fields
    }

    /// The address of something below it, with further fields.
    pub(crate) fn address(&self, path: &str, more: &[(&'static str, String)]) -> String {
        address(path, &[self.fields().as_slice(), more].concat())
    }

    /// The query without a question mark, as it is kept.
    pub(crate) fn query(&self) -> String {
        to_string(self.fields()).unwrap_or_default()
    }

    /// The smallest box it may be in, if it is in one.
    pub(crate) fn frame(&self, known: &Known<'_>) -> Option<Bounds> {
        let area = self.area.as_ref().and_then(|zone| zone.bounds(known.atlas));
        let circle = self.around.map(|(point, metres)| point.around(metres.into()));
        [self.bounds, area, circle].into_iter().flatten().reduce(|a, b| overlap(&a, &b))
    }

    /// The codes of the categories that are asked for; none for all.
    pub(crate) fn all_codes(&self, known: &Known<'_>) -> Vec<String> {
        let of_group = |category: &&Category| Some(&category.group) == self.group.as_ref();
        let group = known.categories.iter().filter(of_group).map(|category| category.code.clone());
        match (&self.group, self.codes.is_empty()) {
            (None, _) => self.codes.clone(),
            (Some(_), true) => group.collect(),
            (Some(_), false) => group.filter(|code| self.codes.contains(code)).collect(),
        }
    }

    /// Whether a report is one of them. Words are tested only when `words` says that the index did not do it.
    pub(crate) fn holds(&self, report: &Report, known: &Known<'_>, words: bool) -> bool {
        let group = |group: &String| {
            known.categories.iter().any(|each| each.code == report.category && each.group == *group)
        };
        let inside = |test: &dyn Fn(Point) -> bool| report.place.is_some_and(test);
        let area = |zone: &Zone| inside(&|place| zone.contains(known.atlas, place));
        let text = || format!("{} {} {} {}", report.number, report.title, report.text, report.address);
        (self.codes.is_empty() || self.codes.contains(&report.category))
            && self.group.as_ref().is_none_or(group)
            && self.ended.is_none_or(|ended| ended == report.closed.is_some())
            && (!self.photo || report.photo.is_some())
            && self.from.is_none_or(|from| report.opened >= from)
            && self.to.is_none_or(|to| report.opened <= to)
            && self.area.as_ref().is_none_or(area)
            && self
                .around
                .is_none_or(|(middle, metres)| inside(&|place| place.metres_to(middle) <= f64::from(metres)))
            && self.bounds.is_none_or(|bounds| inside(&|place| bounds.contains(place)))
            && match &self.number {
                Some(number) => *number == report.number,
                // What is followed up with another stands in lists once.
                None => report.merged.is_none(),
            }
            && (!words || self.words.is_empty() || search::holds(&self.words, &text()))
    }
}

/// The box both have in common; one without any place when there is none.
fn overlap(a: &Bounds, b: &Bounds) -> Bounds {
    let min = Point { lat: a.min.lat.max(b.min.lat), lon: a.min.lon.max(b.min.lon) };
    let max = Point { lat: a.max.lat.min(b.max.lat), lon: a.max.lon.min(b.max.lon) };
    Bounds { min, max }
}

fn codes(form: &Form, known: &Known<'_>, faults: &mut Vec<Fault>) -> Vec<String> {
    let given = form.fields().iter().filter(|(name, _)| name == "kategorie");
    let mut codes: Vec<String> = Vec::new();
    for code in given.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|code| !code.is_empty()) {
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    let unknown = |code: &String| !known.categories.iter().any(|category| category.code == *code);
    if codes.len() > CODES || codes.iter().any(unknown) {
        faults.push(Fault::new("kategorie", "report-category-unknown"));
        codes.retain(|code| !unknown(code));
        codes.truncate(CODES);
    }
    codes
}

fn group(form: &Form, known: &Known<'_>, faults: &mut Vec<Fault>) -> Option<String> {
    let group = form.find("gruppe")?;
    if !known.categories.iter().any(|category| category.group == group) {
        faults.push(Fault::new("gruppe", "report-group-unknown"));
        return None;
    }
    Some(group.to_owned())
}

fn ended(form: &Form, faults: &mut Vec<Fault>) -> Option<bool> {
    match form.get("status") {
        "" => None,
        "offen" => Some(false),
        "beendet" => Some(true),
        _ => {
            faults.push(Fault::new("status", "report-status-unknown"));
            None
        }
    }
}

fn day(form: &Form, name: &'static str, moment: &str, faults: &mut Vec<Fault>) -> Option<Time> {
    let text = form.find(name)?;
    let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let time = Time::parse_civil(&format!("{text}{moment}")).filter(|_| is_date);
    if time.is_none() {
        faults.push(Fault::new(name, "report-day-wrong"));
    }
    time
}

fn area(form: &Form, known: &Known<'_>, faults: &mut Vec<Fault>) -> Option<Zone> {
    let zone = Zone::parse(form.find("gebiet")?).filter(|zone| zone.is_in(known.region, known.atlas));
    if zone.is_none() {
        faults.push(Fault::new("gebiet", "report-area-unknown"));
    }
    zone
}

fn around(form: &Form, faults: &mut Vec<Fault>) -> Option<(Point, u32)> {
    let metres = form.find("umkreis").map_or(Some(NEAR), |text| text.parse().ok());
    let metres = metres.filter(|metres| (1..=FARTHEST).contains(metres));
    if metres.is_none() {
        faults.push(Fault::new("umkreis", "report-radius-wrong"));
    }
    let (lat, long) = (form.find("lat"), form.find("long"));
    if lat.is_none() && long.is_none() {
        return None;
    }
    let point = number(lat).zip(number(long)).and_then(|(lat, long)| Point::from_degrees(lat, long));
    if point.is_none() {
        faults.push(Fault::new("lat", "report-place-wrong"));
    }
    point.zip(metres)
}

fn number(text: Option<&str>) -> Option<f64> {
    text?.parse().ok()
}

/// West, south, east and north, the order of RFC 7946 § 5.
pub(super) fn bounds(form: &Form, faults: &mut Vec<Fault>) -> Option<Bounds> {
    let text = form.find("bbox")?;
    let numbers: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
    let bounds = match numbers.as_slice() {
        [west, south, east, north] if text.split(',').count() == 4 => {
            let corners = Point::from_degrees(*south, *west).zip(Point::from_degrees(*north, *east));
            corners.map(|(min, max)| Bounds { min, max })
        }
        _ => None,
    };
    let bounds = bounds.filter(|bounds| bounds.min.lat <= bounds.max.lat && bounds.min.lon <= bounds.max.lon);
    if bounds.is_none() {
        faults.push(Fault::new("bbox", "report-box-wrong"));
    }
    bounds
}

/// Numbers are counted through each year: `12-2026`.
fn is_number(text: &str) -> bool {
    text.split_once('-').is_some_and(|(count, year)| {
        [count, year].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// A day as date fields of HTML write it.
pub(crate) fn date(time: Time) -> String {
    let at = time.in_germany();
    format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
}

fn degrees(micro: i32) -> String {
    format!("{:.6}", f64::from(micro) / 1e6)
}

/// A box as the field `bbox` holds it.
pub(crate) fn bbox(bounds: &Bounds) -> String {
    [bounds.min.lon, bounds.min.lat, bounds.max.lon, bounds.max.lat].map(degrees).join(",")
}

#[cfg(test)]
mod tests;

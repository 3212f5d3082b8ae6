//! Boundaries, districts and addresses from files: GeoJSON, Shapefile, GeoPackage and CSV.
//!
//! A file is read whole into features in degrees, then everything in it is checked, and what is wrong is named with its
//! feature. Nothing is kept here: the caller gets the good things, the faults and the notes, and decides.

mod addresses;
mod areas;
mod geojson;
mod gpkg;
mod overlap;
mod plan;
mod projection;
mod rings;
mod shape;
mod table;
mod text;

use std::fmt;

use geo::Coord;

pub(crate) use addresses::split_number;
pub use addresses::{Addresses, Place, addresses};
pub use areas::{beside, boundaries, districts};
pub use plan::{Change, Plan};

use projection::Projection;

/// Bytes of a file, at most.
pub const LARGEST: usize = 32 << 20;
/// Bytes that come out of a compressed file, at most.
const UNPACKED: u64 = 256 << 20;
/// Areas or districts in a file, at most: all municipalities of Germany are fewer than 11,000.
const AREAS: usize = 12_000;
/// Addresses in a file, at most.
const ADDRESSES: usize = 500_000;
/// Positions of all outlines in a file, at most.
const POSITIONS: usize = 4_000_000;
/// Faults that are told, at most; whoever has more needs another file.
const FAULTS: usize = 100;

/// Something about a file that somebody should know: what is wrong with it, or what was put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number of the feature in the file, from 1, and its name.
    pub feature: Option<(usize, String)>,
    /// The message key of the explanation.
    pub code: &'static str,
    /// Values in the explanation.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    /// About the whole file.
    pub(crate) fn file(code: &'static str) -> Self {
        Self { feature: None, code, values: Vec::new() }
    }

    /// With a value for the explanation.
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// About a feature.
    pub(crate) fn of(mut self, number: usize, name: &str) -> Self {
        self.feature = Some((number, name.to_owned()));
        self
    }
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<T> {
    /// The good things; only to be kept when there are no faults.
    pub items: T,
    /// What is wrong.
    pub faults: Vec<Finding>,
    /// What was put right, or is unusual and good.
    pub notes: Vec<Finding>,
}

/// Faults and notes on their way.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    faults: Vec<Finding>,
    notes: Vec<Finding>,
}

impl Findings {
    pub(crate) fn wrong(&mut self, finding: Finding) {
        if self.faults.len() < FAULTS {
            self.faults.push(finding);
        }
    }

    pub(crate) fn note(&mut self, finding: Finding) {
        if self.notes.len() < FAULTS {
            self.notes.push(finding);
        }
    }

    fn checked<T>(self, items: T) -> Checked<T> {
        Checked { items, faults: self.faults, notes: self.notes }
    }
}

/// A closed line, first position last, when the file is right.
type Ring = Vec<Coord<f64>>;

/// What a feature is drawn as.
#[derive(Clone, Debug, PartialEq)]
enum Drawing {
    Nothing,
    Point(Coord<f64>),
    /// Polygons, each with its outer ring first.
    Polygons(Vec<Vec<Ring>>),
    /// Rings that do not say which of them are holes.
    Rings(Vec<Ring>),
    /// Something else, by its name.
    Other(&'static str),
}

/// One thing in a file.
#[derive(Clone, Debug)]
struct Feature {
    /// Its number in the file, from 1.
    number: usize,
    fields: Vec<(String, String)>,
    drawing: Drawing,
}

impl Feature {
    /// The first of these fields that is there, whatever the case of its name.
    fn field(&self, names: &[&str]) -> &str {
        let find = |name: &&str| self.fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        names
            .iter()
            .filter_map(find)
            .map(|(_, value)| value.trim())
            .find(|value| !value.is_empty())
            .unwrap_or("")
    }

    fn each_coord(&mut self, mut change: impl FnMut(&mut Coord<f64>)) {
        match &mut self.drawing {
            Drawing::Point(coord) => change(coord),
            Drawing::Polygons(polygons) => polygons.iter_mut().flatten().flatten().for_each(change),
            Drawing::Rings(rings) => rings.iter_mut().flatten().for_each(change),
            Drawing::Nothing | Drawing::Other(_) => {}
        }
    }

    fn positions(&self) -> usize {
        match &self.drawing {
            Drawing::Polygons(polygons) => polygons.iter().flatten().map(Vec::len).sum(),
            Drawing::Rings(rings) => rings.iter().map(Vec::len).sum(),
            Drawing::Point(_) => 1,
            Drawing::Nothing | Drawing::Other(_) => 0,
        }
    }
}

/// A file's features as its format gives them.
struct Raw {
    features: Vec<Feature>,
    projection: Projection,
    /// Outer rings must run counter-clockwise (RFC 7946 § 3.1.6).
    counter_clockwise: bool,
    notes: Vec<Finding>,
}

/// Everything in a file, in degrees.
struct Layer {
    features: Vec<Feature>,
    counter_clockwise: bool,
    notes: Vec<Finding>,
}

/// Reads a file of any of the formats; which it is, its first bytes say.
fn read(content: &[u8], most: usize) -> Result<Layer, Finding> {
    if content.len() > LARGEST {
        return Err(Finding::file("import-too-large").with("megabytes", LARGEST >> 20));
    }
    let raw = if content.starts_with(b"SQLite format 3\0") {
        gpkg::read(content, most)?
    } else if content.starts_with(b"PK\x03\x04") {
        shape::read(content, most)?
    } else if content.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
        || content.starts_with(b"\xef\xbb\xbf{")
    {
        geojson::read(content)?
    } else {
        table::read(content, most)?
    };
    let Raw { mut features, projection, counter_clockwise, mut notes } = raw;
    if features.is_empty() {
        return Err(Finding::file("import-empty"));
    }
    if features.len() > most {
        return Err(Finding::file("import-too-many").with("most", most));
    }
    if features.iter().map(Feature::positions).sum::<usize>() > POSITIONS {
        return Err(Finding::file("import-too-many-positions").with("most", POSITIONS));
    }
    if let Some(name) = projection.to_degrees(&mut features)? {
        notes.push(Finding::file("import-projected").with("projection", name));
    }
    Ok(Layer { features, counter_clockwise, notes })
}

/// Every message key of this folder, for the test that each has its text.
pub const CODES: &[&str] = &[
    "import-ars-wrong",
    "import-coordinate-missing",
    "import-crossing",
    "import-degrees",
    "import-district-outside",
    "import-duplicate",
    "import-empty",
    "import-enclave",
    "import-enclave-without-hole",
    "import-encoding",
    "import-encoding-guessed",
    "import-geometry-kind",
    "import-geometry-missing",
    "import-hole",
    "import-hole-outside",
    "import-key-missing",
    "import-layers",
    "import-name-missing",
    "import-number-wrong",
    "import-outside-germany",
    "import-outside-member",
    "import-overlap",
    "import-overlap-kept",
    "import-point-wanted",
    "import-projected",
    "import-projection",
    "import-projection-guess",
    "import-ring-open",
    "import-ring-short",
    "import-shape-empty",
    "import-spike",
    "import-street-missing",
    "import-swapped",
    "import-text-long",
    "import-too-large",
    "import-too-many",
    "import-too-many-positions",
    "import-town-missing",
    "import-twice",
    "import-unreadable",
    "import-winding",
    "import-zip-bomb",
    "import-zip-missing",
];

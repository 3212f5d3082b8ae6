use std::io::{Cursor, Read as _};

use geo::Coord;
use shapefile::dbase::encoding::{DynEncoding, UnicodeLossy};
use shapefile::dbase::{self, FieldValue};
use shapefile::{Shape, ShapeReader};
use zip::ZipArchive;

use super::projection::Projection;
use super::{Drawing, Feature, Finding, Raw, Ring, UNPACKED};

/// Files in an archive, at most.
const FILES: usize = 50;

/// Reads a Shapefile (Esri, 1998): .shp, .dbf and .prj, packed into one .zip; .cpg names the encoding of the texts.
pub(super) fn read(content: &[u8], most: usize) -> Result<Raw, Finding> {
    let mut parts = Parts::unpack(content)?;
    let shapes = parts.take("shp")?;
    let texts = parts.take("dbf")?;
    // Without .prj nobody knows where the numbers are; guessing would misplace the town without a word.
    let wkt = String::from_utf8_lossy(&parts.take("prj")?).into_owned();
    let projection = Projection::of_wkt(&wkt)?;
    let cpg =
        parts.take("cpg").map(|cpg| String::from_utf8_lossy(&cpg).trim().to_owned()).unwrap_or_default();
    let shapes = ShapeReader::new(Cursor::new(shapes)).and_then(|mut reader| {
        // What its header says of its length is not to be trusted before it is read.
        reader.iter_shapes().take(most + 1).collect::<Result<Vec<_>, _>>()
    });
    let shapes = shapes.map_err(|error| unreadable(&error))?;
    let (rows, guessed) = rows(texts, &cpg, shapes.len())?;
    if rows.len() != shapes.len() {
        return Err(unreadable(&format!("{} shapes, {} rows", shapes.len(), rows.len())));
    }
    let features = shapes.into_iter().zip(rows).zip(1..).map(|((shape, fields), number)| Feature {
        number,
        fields,
        drawing: drawing(shape),
    });
    let mut notes = Vec::new();
    if guessed {
        notes.push(Finding::file("import-encoding-guessed").with("encoding", "Windows-1252"));
    }
    Ok(Raw { features: features.collect(), projection, counter_clockwise: false, notes })
}

fn unreadable(why: &dyn std::fmt::Display) -> Finding {
    Finding::file("import-unreadable").with("format", "Shapefile").with("why", why)
}

/// The files of an archive, by their ending.
struct Parts(Vec<(String, Vec<u8>)>);

impl Parts {
    /// Unpacks what belongs to a Shapefile. How much comes out is counted while it comes, whatever the archive claims.
    fn unpack(content: &[u8]) -> Result<Self, Finding> {
        let wrong = |why: &dyn std::fmt::Display| {
            Finding::file("import-unreadable").with("format", "ZIP").with("why", why)
        };
        let bomb = || Finding::file("import-zip-bomb").with("megabytes", UNPACKED >> 20).with("files", FILES);
        let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| wrong(&error))?;
        if archive.len() > FILES {
            return Err(bomb());
        }
        let (mut parts, mut left): (Vec<(String, Vec<u8>)>, u64) = (Vec::new(), UNPACKED);
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(|error| wrong(&error))?;
            let name = file.name().map_err(|error| wrong(&error))?.to_lowercase();
            let ending = name.rsplit('.').next().unwrap_or_default().to_owned();
            if file.is_dir()
                || name.contains("__macosx")
                || !["shp", "dbf", "prj", "cpg"].contains(&ending.as_str())
            {
                continue;
            }
            let mut part = Vec::new();
            let read = file.take(left + 1).read_to_end(&mut part).map_err(|error| wrong(&error))?;
            left = left.checked_sub(read as u64).ok_or_else(bomb)?;
            if parts.iter().any(|(other, _)| *other == ending) {
                return Err(Finding::file("import-layers").with("layers", format!(".{ending}")));
            }
            parts.push((ending, part));
        }
        Ok(Self(parts))
    }

    fn take(&mut self, ending: &str) -> Result<Vec<u8>, Finding> {
        let found = self.0.iter().position(|(own, _)| own == ending);
        let found =
            found.ok_or_else(|| Finding::file("import-zip-missing").with("file", format!(".{ending}")))?;
        Ok(self.0.swap_remove(found).1)
    }
}

type Fields = Vec<(String, String)>;

/// The rows of the table, and whether its encoding had to be guessed.
fn rows(content: Vec<u8>, cpg: &str, most: usize) -> Result<(Vec<Fields>, bool), Finding> {
    let (encoding, guessed) = encoding(&content, cpg)?;
    let builder = encoding.into_iter().fold(dbase::ReaderBuilder::new(), dbase::ReaderBuilder::with_encoding);
    let mut reader = builder.build(Cursor::new(content)).map_err(|error| unreadable(&error))?;
    let fields = |record: dbase::Record| {
        record.into_iter().filter_map(|(key, value)| Some((key, words(value)?))).collect()
    };
    let records = reader.iter_records().take(most + 1);
    let rows: Result<Vec<Fields>, _> = records.map(|record| record.map(fields)).collect();
    Ok((rows.map_err(|error| unreadable(&error))?, guessed))
}

/// The encoding the .cpg file names, UTF-8 where nothing is said and every byte is, else what the table's own mark
/// says (`None`); and whether it had to be guessed, because there is no mark either.
fn encoding(content: &[u8], cpg: &str) -> Result<(Option<DynEncoding>, bool), Finding> {
    // A broken character is kept as such, so that its feature can be named.
    let utf8 = || Some(DynEncoding::from(UnicodeLossy));
    let windows = || DynEncoding::from_name("1252");
    let length = |low: u8, high: u8| usize::from(u16::from_le_bytes([low, high]));
    let (header, mark) = match content {
        [_, _, _, _, _, _, _, _, low, high, ..] => {
            (length(*low, *high), content.get(29).copied().unwrap_or(0))
        }
        _ => (0, 0),
    };
    let is_utf8 = std::str::from_utf8(content.get(header..).unwrap_or_default()).is_ok();
    let plain = cpg.to_ascii_uppercase().replace(['-', '_', ' '], "");
    Ok(match plain.as_str() {
        "" if is_utf8 => (utf8(), false),
        "" if mark != 0 => (None, false),
        "" => (windows(), true),
        "UTF8" | "65001" => (utf8(), false),
        "ISO88591" | "88591" | "LATIN1" | "1252" | "CP1252" | "ANSI1252" | "WINDOWS1252" => {
            (windows(), false)
        }
        _ => match DynEncoding::from_name(cpg) {
            Some(encoding) => (Some(encoding), false),
            None => return Err(Finding::file("import-encoding").with("text", cpg)),
        },
    })
}

fn words(value: FieldValue) -> Option<String> {
    Some(match value {
        FieldValue::Character(text) => text?.trim_matches(['\0', ' ']).to_owned(),
        FieldValue::Numeric(number) => number?.to_string(),
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Float(number) => number?.to_string(),
        FieldValue::Double(number) => number.to_string(),
        FieldValue::Memo(text) => text,
        _ => return None,
    })
}

/// Rings are taken without what the format says of their direction: many programs write it wrong.
fn drawing(shape: Shape) -> Drawing {
    let coord = |x: f64, y: f64| Coord { x, y };
    macro_rules! rings {
        ($polygon:expr) => {
            Drawing::Rings(
                $polygon
                    .into_inner()
                    .into_iter()
                    .map(|ring| {
                        ring.into_inner().iter().map(|point| coord(point.x, point.y)).collect::<Ring>()
                    })
                    .collect(),
            )
        };
    }
    match shape {
        Shape::NullShape => Drawing::Nothing,
        Shape::Point(point) => Drawing::Point(coord(point.x, point.y)),
        Shape::PointM(point) => Drawing::Point(coord(point.x, point.y)),
        Shape::PointZ(point) => Drawing::Point(coord(point.x, point.y)),
        Shape::Polygon(polygon) => rings!(polygon),
        Shape::PolygonM(polygon) => rings!(polygon),
        Shape::PolygonZ(polygon) => rings!(polygon),
        Shape::Polyline(_) | Shape::PolylineM(_) | Shape::PolylineZ(_) => Drawing::Other("Polyline"),
        Shape::Multipoint(_) | Shape::MultipointM(_) | Shape::MultipointZ(_) => Drawing::Other("Multipoint"),
        Shape::Multipatch(_) => Drawing::Other("Multipatch"),
    }
}

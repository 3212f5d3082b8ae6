use geo::Coord;
use proj4rs::Proj;
use proj4rs::transform::transform;

use super::{Feature, Finding};

/// In which numbers a file says where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Projection {
    /// Degrees of longitude and latitude in WGS 84 or ETRS89, which differ by less than a metre.
    Degrees,
    /// A system of the EPSG registry that is transformed.
    Known(&'static Known),
}

/// A coordinate system that is read, by its number in the EPSG registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    epsg: u32,
    name: &'static str,
    /// How PROJ writes it.
    proj: &'static str,
}

/// The systems German offices hand out. Those of the DHDN (Gauß-Krüger) are not among them: without the grid
/// BeTA2007 they would be metres off, and nobody would see it.
const KNOWN: &[Known] = &[
    Known { epsg: 25831, name: "ETRS89 / UTM zone 31N", proj: "+proj=utm +zone=31 +ellps=GRS80 +units=m" },
    Known { epsg: 25832, name: "ETRS89 / UTM zone 32N", proj: "+proj=utm +zone=32 +ellps=GRS80 +units=m" },
    Known { epsg: 25833, name: "ETRS89 / UTM zone 33N", proj: "+proj=utm +zone=33 +ellps=GRS80 +units=m" },
    Known { epsg: 32631, name: "WGS 84 / UTM zone 31N", proj: "+proj=utm +zone=31 +datum=WGS84 +units=m" },
    Known { epsg: 32632, name: "WGS 84 / UTM zone 32N", proj: "+proj=utm +zone=32 +datum=WGS84 +units=m" },
    Known { epsg: 32633, name: "WGS 84 / UTM zone 33N", proj: "+proj=utm +zone=33 +datum=WGS84 +units=m" },
    Known {
        epsg: 4647,
        name: "ETRS89 / UTM zone 32N (zE-N)",
        proj: "+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=32500000 +y_0=0 +ellps=GRS80 +units=m",
    },
    Known {
        epsg: 5650,
        name: "ETRS89 / UTM zone 33N (zE-N)",
        proj: "+proj=tmerc +lat_0=0 +lon_0=15 +k=0.9996 +x_0=33500000 +y_0=0 +ellps=GRS80 +units=m",
    },
    Known {
        epsg: 3857,
        name: "WGS 84 / Pseudo-Mercator",
        proj: "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m",
    },
    Known {
        epsg: 3035,
        name: "ETRS89-extended / LAEA Europe",
        proj: "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m",
    },
];

/// WGS 84 and ETRS89 in degrees, with and without height.
const DEGREES: &[u32] = &[4326, 4258, 4979, 4937];
/// The same by the names that stand in .prj files, letters and digits only.
const DEGREES_NAMES: &[&str] =
    &["wgs84", "gcswgs1984", "wgs1984", "etrs89", "gcsetrs1989", "etrs1989", "crs84"];

impl Projection {
    /// The system with this number; `name` is what the file calls it.
    pub(super) fn of_epsg(epsg: u32, name: &str) -> Result<Self, Finding> {
        if DEGREES.contains(&epsg) {
            return Ok(Self::Degrees);
        }
        let known = KNOWN.iter().find(|known| known.epsg == epsg);
        known.map(Self::Known).ok_or_else(|| {
            let number = format!("EPSG:{epsg}");
            refused(&if name.is_empty() { number } else { format!("{name} ({number})") })
        })
    }

    /// The system of a .prj file: well-known text, version 1 or 2 (OGC 12-063r5), or Esri's.
    pub(super) fn of_wkt(text: &str) -> Result<Self, Finding> {
        let name = text.split('"').nth(1).unwrap_or_default().trim();
        // The last authority of the text is the whole system's; those before belong to its parts.
        let authority = ["AUTHORITY[\"EPSG\",", "ID[\"EPSG\","]
            .iter()
            .filter_map(|mark| text.rfind(mark).and_then(|at| text.get(at + mark.len()..)))
            .filter_map(|rest| rest.trim_start_matches('"').split(['"', ']', ',']).next()?.parse().ok())
            .next();
        if let Some(epsg) = authority {
            return Self::of_epsg(epsg, name);
        }
        let plain = plain(name);
        if DEGREES_NAMES.contains(&plain.as_str()) {
            return Ok(Self::Degrees);
        }
        let same = |known: &&Known| esri_name(known.name).contains(&plain);
        KNOWN.iter().find(same).map(Self::Known).ok_or_else(|| refused(name))
    }

    /// The system of a URN such as `urn:ogc:def:crs:EPSG::25832` or of `EPSG:25832`.
    pub(super) fn of_urn(urn: &str) -> Result<Self, Finding> {
        if urn.to_ascii_uppercase().ends_with("CRS84") {
            return Ok(Self::Degrees);
        }
        let number = urn.rsplit([':', '/']).next().and_then(|number| number.parse().ok());
        number
            .filter(|_| urn.to_ascii_uppercase().contains("EPSG"))
            .map_or_else(|| Err(refused(urn)), |epsg| Self::of_epsg(epsg, ""))
    }

    /// Makes degrees of every position. Gives the name of the system when something was transformed.
    pub(super) fn to_degrees(&self, features: &mut [Feature]) -> Result<Option<String>, Finding> {
        let Self::Known(known) = self else { return Ok(None) };
        let name = || format!("{} (EPSG:{})", known.name, known.epsg);
        let from = Proj::from_proj_string(known.proj).map_err(|_| refused(&name()))?;
        let to = Proj::from_proj_string("+proj=longlat +ellps=GRS80").map_err(|_| refused(&name()))?;
        for feature in features {
            let mut failed = false;
            feature.each_coord(|coord| match degrees(&from, &to, *coord) {
                Some(place) => *coord = place,
                None => failed = true,
            });
            if failed {
                let finding = Finding::file("import-projection-guess").with("projection", name());
                return Err(finding.of(feature.number, feature.field(super::areas::NAMES)));
            }
        }
        Ok(Some(name()))
    }
}

fn degrees(from: &Proj, to: &Proj, coord: Coord<f64>) -> Option<Coord<f64>> {
    let mut point = (coord.x, coord.y, 0.0);
    transform(from, to, &mut point).ok()?;
    let place = Coord { x: point.0.to_degrees(), y: point.1.to_degrees() };
    (place.x.is_finite() && place.y.is_finite()).then_some(place)
}

fn refused(name: &str) -> Finding {
    let known: Vec<String> = KNOWN.iter().map(|known| format!("EPSG:{}", known.epsg)).collect();
    let name = if name.is_empty() { "?" } else { name };
    Finding::file("import-projection").with("projection", name).with("known", known.join(", "))
}

/// Letters and digits in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The spellings of a system's name: EPSG's and Esri's.
fn esri_name(name: &str) -> [String; 2] {
    let own = plain(name);
    let esri =
        own.replace("etrs89", "etrs1989").replace("wgs84pseudomercator", "wgs1984webmercatorauxiliarysphere");
    [own, esri.replace("wgs84utm", "wgs1984utm")]
}

/// What the numbers of a position look like when they are no degrees in Germany; `None` when they are.
pub(super) fn suspicion(coord: Coord<f64>) -> Option<Finding> {
    let in_germany = |lon: f64, lat: f64| (4.0..=17.0).contains(&lon) && (46.0..=56.5).contains(&lat);
    let Coord { x, y } = coord;
    if in_germany(x, y) {
        return None;
    }
    let guess = |name: &str| {
        Finding::file("import-degrees").with("x", short(x)).with("y", short(y)).with("guess", name)
    };
    Some(match (x, y) {
        _ if !x.is_finite() || !y.is_finite() => guess("?"),
        _ if in_germany(y, x) => Finding::file("import-swapped").with("x", short(x)).with("y", short(y)),
        _ if x.abs() <= 180.0 && y.abs() <= 90.0 => {
            Finding::file("import-outside-germany").with("x", short(x)).with("y", short(y))
        }
        (100_000.0..1_000_000.0, 5_000_000.0..6_300_000.0) => guess("UTM (EPSG:25832)"),
        (32_000_000.0..33_000_000.0, 5_000_000.0..6_300_000.0) => guess("UTM zE-N (EPSG:4647)"),
        (2_400_000.0..6_000_000.0, 5_000_000.0..6_300_000.0) => guess("Gauß-Krüger (EPSG:31466–31469)"),
        _ => guess("?"),
    })
}

fn short(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cathedral_is_where_it_is_in_every_system() {
        // Köln cathedral by PROJ 9 (pyproj's `Transformer.from_crs(4326, …)`), longitude 6.958281, latitude 50.941278.
        let systems = [
            (25832, 356_558.857_6, 5_645_279.726_7),
            (4647, 32_356_558.857_6, 5_645_279.726_7),
            (3857, 774_592.297_7, 6_610_913.046_7),
            (3035, 4_107_275.193_4, 3_096_653.914_1),
        ];
        for (epsg, x, y) in systems {
            let Projection::Known(known) = Projection::of_epsg(epsg, "").unwrap() else { panic!("{epsg}") };
            let from = Proj::from_proj_string(known.proj).unwrap();
            let to = Proj::from_proj_string("+proj=longlat +ellps=GRS80").unwrap();
            let place = degrees(&from, &to, Coord { x, y }).unwrap();
            let metres = ((place.x - 6.958_281) * 70_000.0).hypot((place.y - 50.941_278) * 111_000.0);
            assert!(metres < 0.1, "EPSG:{epsg} gives {place:?}, {metres} m off");
        }
    }

    #[test]
    fn every_known_system_can_be_made() {
        for known in KNOWN {
            assert!(Proj::from_proj_string(known.proj).is_ok(), "{}", known.name);
        }
    }

    #[test]
    fn a_prj_file_names_its_system() {
        let esri = "PROJCS[\"ETRS_1989_UTM_Zone_32N\",GEOGCS[\"GCS_ETRS_1989\",DATUM[\"D_ETRS_1989\"]]]";
        assert!(matches!(Projection::of_wkt(esri), Ok(Projection::Known(known)) if known.epsg == 25832));
        let ogc = "PROJCS[\"ETRS89 / UTM zone 32N\",GEOGCS[\"ETRS89\",AUTHORITY[\"EPSG\",\"4258\"]],\
            AUTHORITY[\"EPSG\",\"25832\"]]";
        assert!(matches!(Projection::of_wkt(ogc), Ok(Projection::Known(known)) if known.epsg == 25832));
        let degrees = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\"]]";
        assert_eq!(Projection::of_wkt(degrees), Ok(Projection::Degrees));
        let old = "PROJCS[\"DHDN_3_Degree_Gauss_Zone_2\",GEOGCS[\"GCS_Deutsches_Hauptdreiecksnetz\"]]";
        let refused = Projection::of_wkt(old).unwrap_err();
        assert_eq!(
            (refused.code, refused.values[0].1.as_str()),
            ("import-projection", "DHDN_3_Degree_Gauss_Zone_2")
        );
        assert_eq!(Projection::of_urn("urn:ogc:def:crs:OGC:1.3:CRS84"), Ok(Projection::Degrees));
        assert!(matches!(Projection::of_urn("urn:ogc:def:crs:EPSG::25832"), Ok(Projection::Known(_))));
        assert!(Projection::of_urn("urn:ogc:def:crs:EPSG::31466").is_err());
    }

    #[test]
    fn numbers_that_are_no_degrees_are_recognised() {
        let code = |x, y| suspicion(Coord { x, y }).map(|finding| finding.code);
        assert_eq!(code(7.0, 51.0), None);
        assert_eq!(code(51.0, 7.0), Some("import-swapped"));
        assert_eq!(code(-74.0, 40.7), Some("import-outside-germany"));
        assert_eq!(code(356_538.0, 5_645_327.0), Some("import-degrees"));
        assert_eq!(code(f64::NAN, 51.0), Some("import-degrees"));
    }
}

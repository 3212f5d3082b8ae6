//! Files as offices hand them out, good and bad.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::io::{Cursor, Write as _};

use place::import::{self, Change, Plan};
use place::{Area, Atlas, Owner, Point};
use proptest::prelude::*;
use rusqlite::Connection;

type Field = [(f64, f64); 5];

/// A square in tenths of degrees from 7° E, 51° N.
fn field(west: f64, south: f64, side: f64) -> Field {
    let (east, north) = (west + side, south + side);
    [(west, south), (east, south), (east, north), (west, north), (west, south)]
}

/// A GeoJSON feature with one polygon of such rings.
fn feature(properties: &str, rings: &[&[(f64, f64)]]) -> String {
    let ring = |ring: &&[(f64, f64)]| {
        let points = ring.iter().map(|(x, y)| format!("[{},{}]", 7.0 + x / 10.0, 51.0 + y / 10.0));
        format!("[{}]", points.collect::<Vec<_>>().join(","))
    };
    let rings = rings.iter().map(ring).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"Polygon","coordinates":[{rings}]}}}}"#
    )
}

fn town(key: u32, name: &str, rings: &[&[(f64, f64)]]) -> String {
    feature(&format!(r#""ars":"05{key:010}","name":"{name}","kind":"Stadt""#), rings)
}

fn collection(features: &[String]) -> Vec<u8> {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")).into_bytes()
}

/// The faults of a file as number, name and code.
fn faults(content: &[u8]) -> Vec<String> {
    let told = |finding: &import::Finding| match &finding.feature {
        Some((number, name)) => format!("{number} {name} {}", finding.code),
        None => finding.code.to_owned(),
    };
    import::boundaries(content).faults.iter().map(told).collect()
}

#[test]
fn neighbours_side_by_side_are_taken() {
    let towns = [town(1, "Alt", &[&field(0.0, 0.0, 1.0)]), town(2, "Neu", &[&field(1.0, 0.0, 1.0)])];
    let checked = import::boundaries(&collection(&towns));
    assert_eq!((checked.faults, checked.notes), (vec![], vec![]));
    let names: Vec<_> = checked.items.iter().map(|area| (area.ars.as_str(), area.name.as_str())).collect();
    assert_eq!(names, [("050000000001", "Alt"), ("050000000002", "Neu")]);
}

#[test]
fn what_is_wrong_is_named_with_its_feature() {
    let (a, far) = (field(0.0, 0.0, 1.0), field(3.0, 0.0, 1.0));
    assert_eq!(faults(b"<kml/>"), ["import-empty"]);
    assert_eq!(faults(b"{]"), ["import-unreadable"]);
    assert_eq!(faults(&collection(&[])), ["import-empty"]);
    assert_eq!(faults(&collection(&[town(1, "", &[&a])])), ["1  import-name-missing"]);
    let short_key = feature(r#""ars":"5315","name":"K""#, &[&far]);
    assert_eq!(faults(&collection(&[town(1, "Alt", &[&a]), short_key])), ["2 K import-ars-wrong"]);
    let twice = [town(1, "Alt", &[&a]), town(1, "Neu", &[&far])];
    assert_eq!(faults(&collection(&twice)), ["2 Neu import-duplicate"]);
    let over = [town(1, "Alt", &[&a]), town(2, "Neu", &[&field(0.5, 0.0, 1.0)])];
    assert_eq!(faults(&collection(&over)), ["1 Alt import-overlap"]);
    assert_eq!(faults(&collection(&[town(1, "Alt", &[&a[..4]])])), ["1 Alt import-ring-open"]);
    assert_eq!(faults(&collection(&[town(1, "Alt", &[&[a[0], a[1], a[0]]])])), ["1 Alt import-ring-short"]);
    let bow = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)];
    assert_eq!(faults(&collection(&[town(1, "Alt", &[&bow])])), ["1 Alt import-crossing"]);
    assert_eq!(faults(&collection(&[town(1, "KÃ¶ln", &[&a])])), ["1 KÃ¶ln import-encoding"]);
    let line = r#"{"type":"Feature","properties":{"ars":"05315","name":"K"},
        "geometry":{"type":"LineString","coordinates":[[7,50],[8,50]]}}"#;
    assert_eq!(faults(line.as_bytes()), ["1 K import-geometry-kind"]);
    let gauss = String::from_utf8(collection(&[town(1, "Alt", &[&a])])).unwrap().replace("[7,", "[2566000,");
    assert_eq!(faults(gauss.as_bytes()), ["1 Alt import-degrees"]);
}

#[test]
fn an_enclave_needs_a_hole() {
    let (outer, inner) = (field(0.0, 0.0, 3.0), field(1.0, 1.0, 1.0));
    let mut hole = inner;
    hole.reverse();
    let checked =
        import::boundaries(&collection(&[town(1, "Kreis", &[&outer, &hole]), town(2, "Insel", &[&inner])]));
    assert_eq!(checked.faults, []);
    let codes: Vec<_> = checked.notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["import-hole", "import-enclave"]);
    let atlas = Atlas::new(checked.items, vec![]);
    let middle = Point::from_degrees(51.15, 7.15).unwrap();
    assert!(matches!(atlas.owner(middle), Owner::One(area) if area.name == "Insel"));
    let bad = collection(&[town(1, "Kreis", &[&outer]), town(2, "Insel", &[&inner])]);
    assert_eq!(faults(&bad), ["2 Insel import-enclave-without-hole"]);
}

#[test]
fn slivers_between_two_surveys_are_tolerated_and_wider_strips_are_not() {
    let beside = |west| [town(1, "Alt", &[&field(0.0, 0.0, 1.0)]), town(2, "Neu", &[&field(west, 0.0, 1.0)])];
    // A thousandth of the unit is seven metres here.
    assert_eq!(faults(&collection(&beside(0.9999))), Vec::<String>::new());
    assert_eq!(faults(&collection(&beside(0.999))), ["1 Alt import-overlap"]);
}

#[test]
fn utm_is_transformed_when_the_file_says_so_and_refused_when_it_does_not() {
    let file = |crs: &str| {
        format!(
            r#"{{"type":"FeatureCollection",{crs}"features":[{{"type":"Feature",
            "properties":{{"ars":"05315","name":"Köln"}},"geometry":{{"type":"Polygon","coordinates":
            [[[356000,5645000],[357000,5645000],[357000,5646000],[356000,5646000],[356000,5645000]]]}}}}]}}"#
        )
    };
    let said = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25832"}},"#;
    let checked = import::boundaries(file(said).as_bytes());
    assert_eq!(checked.faults, []);
    assert_eq!(checked.notes[0].code, "import-projected");
    assert!(checked.items[0].contains(Point::from_degrees(50.941_278, 6.958_281).unwrap()));
    assert_eq!(faults(file("").as_bytes()), ["1 Köln import-degrees"]);
    assert_eq!(faults(file(&said.replace("25832", "31466")).as_bytes()), ["import-projection"]);
}

#[test]
fn districts_belong_to_the_municipality_they_lie_in() {
    let towns = [town(1, "Alt", &[&field(0.0, 0.0, 2.0)]), town(2, "Neu", &[&field(2.0, 0.0, 2.0)])];
    let atlas = Atlas::new(import::boundaries(&collection(&towns)).items, vec![]);
    let own = "050000000001".parse().unwrap();
    let part =
        |key: &str, x: f64| feature(&format!(r#""key":"{key}","name":"Teil {key}""#), &[&field(x, 0.0, 1.0)]);
    let checked = import::districts(&collection(&[part("1", 0.0), part("2", 1.0)]), &atlas, &own);
    assert_eq!(checked.faults, []);
    assert!(checked.items.iter().all(|district| district.ars.as_str() == "050000000001"));
    let codes = |features: &[String]| -> Vec<_> {
        import::districts(&collection(features), &atlas, &own).faults.iter().map(|fault| fault.code).collect()
    };
    assert_eq!(codes(&[part("1", 0.0), part("9", 3.0)]), ["import-outside-member"]);
    assert_eq!(codes(&[part("1", 0.0), part("2", 0.5)]), ["import-overlap"]);
    assert_eq!(codes(&[part("", 0.0)]), ["import-key-missing"]);
}

#[test]
fn addresses_come_from_a_table_with_what_is_missing_named_by_line() {
    let read = |text: &str| import::addresses(text.as_bytes(), &Atlas::default());
    let good = read(
        "ort;strasse;hausnummer;plz;lat;lon\nKöln;Am Hof;12 a;50667;50,9405;6,9583\nKöln;Am Hof;12A;50667;50,94;6,95",
    );
    assert_eq!(good.faults, []);
    assert_eq!(good.items.len(), 1);
    assert_eq!((good.items[0].number, good.items[0].suffix.as_str()), (12, "a"));
    assert_eq!(good.notes[0].code, "import-twice");
    let codes = |text: &str| -> Vec<_> {
        let faults = read(text).faults;
        faults.iter().map(|fault| (fault.feature.as_ref().map_or(0, |of| of.0), fault.code)).collect()
    };
    let header = "town,street,number,lat,lon\n";
    let wrong = codes(&format!("{header}K,A,x,50.9,6.9\nK,,1,50.9,6.9\nK,A,1,,\n,A,1,50.9,6.9"));
    assert_eq!(
        wrong,
        [
            (1, "import-number-wrong"),
            (2, "import-street-missing"),
            (3, "import-coordinate-missing"),
            (4, "import-town-missing"),
        ]
    );
    assert_eq!(codes(&format!("{header}K,A,1,6.9,50.9")), [(1, "import-swapped")]);
    assert_eq!(codes("town,street,number,x,y\nK,A,1,356538,5645327"), [(1, "import-degrees")]);
    let utm = read("town,street,number,x,y,epsg\nK,A,1,356558.86,5645279.73,25832");
    assert_eq!(utm.faults, []);
    assert!(utm.items[0].point.metres_to(Point::from_degrees(50.941_278, 6.958_281).unwrap()) < 1.0);
    let latin = import::addresses(b"town,street,number,lat,lon\nK\xf6ln,A,1,50.9,6.9", &Atlas::default());
    let fault = &latin.faults[0];
    assert_eq!((fault.feature.as_ref().map(|of| of.0), fault.code), (Some(1), "import-encoding"));
}

/// An archive with these files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn archives_that_are_no_shapefile_or_grow_too_large_are_refused() {
    assert_eq!(faults(&zip(&[("readme.txt", b"nothing")])), ["import-zip-missing"]);
    assert_eq!(faults(b"PK\x03\x04nonsense"), ["import-unreadable"]);
    let bomb = zip(&[("a.shp", &vec![0_u8; 257 << 20])]);
    assert!(bomb.len() < import::LARGEST, "{} bytes", bomb.len());
    assert_eq!(faults(&bomb), ["import-zip-bomb"]);
    let names: Vec<String> = (0..51).map(|number| format!("{number}.txt")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(faults(&zip(&many)), ["import-zip-bomb"]);
}

#[test]
fn a_database_that_only_looks_like_a_geopackage_does_no_harm() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let db = Connection::open(file.path()).unwrap();
    db.execute_batch(
        "create table gpkg_contents (table_name text, data_type text);
         create table gpkg_geometry_columns (table_name text, column_name text, srs_id integer);
         create table gpkg_spatial_ref_sys (srs_id integer, organization text, organization_coordsys_id integer,
                                            srs_name text);
         insert into gpkg_contents values ('loop', 'features');
         insert into gpkg_geometry_columns values ('loop', 'geom', 4326);
         insert into gpkg_spatial_ref_sys values (4326, 'EPSG', 4326, 'WGS 84');
         create view loop as with recursive n(i) as (select 1 union all select i + 1 from n)
         select count(*) as name, null as geom from n;",
    )
    .unwrap();
    drop(db);
    assert_eq!(faults(&std::fs::read(file.path()).unwrap()), ["import-unreadable"]);
    assert_eq!(faults(b"SQLite format 3\0and nothing more"), ["import-unreadable"]);
}

#[test]
fn a_plan_says_what_is_added_changed_and_removed() {
    let areas = |features: &[String]| -> Vec<Area> { import::boundaries(&collection(features)).items };
    let old = areas(&[
        town(1, "Alt", &[&field(0.0, 0.0, 1.0)]),
        town(2, "Bleibt", &[&field(1.0, 0.0, 1.0)]),
        town(3, "Geht", &[&field(2.0, 0.0, 1.0)]),
    ]);
    let new = areas(&[
        town(1, "Anders", &[&field(0.0, 0.0, 1.0)]),
        town(2, "Bleibt", &[&field(1.0, 0.0, 1.0)]),
        town(4, "Kommt", &[&field(5.0, 0.0, 1.0)]),
    ]);
    let plan = Plan::areas(&old, &new, true);
    let changes: Vec<_> = plan.things.iter().map(|(change, area)| (*change, area.name.as_str())).collect();
    assert_eq!(
        changes,
        [
            (Change::Changed, "Anders"),
            (Change::Same, "Bleibt"),
            (Change::Removed, "Geht"),
            (Change::Added, "Kommt"),
        ]
    );
    assert_eq!(plan.before[0].name, "Alt");
    assert_eq!(Plan::areas(&old, &new, false).count(Change::Removed), 0);
    let kept: Vec<&Area> = old.iter().filter(|area| area.name == "Geht").collect();
    let over = areas(&[town(9, "Auf Geht", &[&field(2.5, 0.0, 1.0)])]);
    assert_eq!(import::beside(&over, &kept)[0].code, "import-overlap-kept");
}

proptest! {
    /// Whatever bytes come, reading them ends with an answer.
    #[test]
    fn no_file_is_too_strange(mut content in prop::collection::vec(any::<u8>(), 0..400), kind in 0..4_usize) {
        let begin: &[u8] = [&b"SQLite format 3\0"[..], b"PK\x03\x04", b"{\"type\":", b""][kind];
        content.splice(0..0, begin.iter().copied());
        prop_assert!(!import::boundaries(&content).faults.is_empty());
        prop_assert!(!import::addresses(&content, &Atlas::default()).faults.is_empty());
    }

    /// A planar subdivision is taken whole, and every point in it has exactly one owner.
    #[test]
    fn a_subdivision_survives_its_file(
        shift in prop::collection::vec(-0.4_f64..0.4, 25), x in 0.0_f64..4.0, y in 0.0_f64..4.0,
    ) {
        let corner = |column: u32, row: u32| {
            let inner = (1..4).contains(&column) && (1..4).contains(&row);
            let moved = if inner { shift[usize::try_from(row * 5 + column).unwrap()] } else { 0.0 };
            (f64::from(column) + moved, f64::from(row) - moved)
        };
        let mut features = Vec::new();
        for number in 0..16 {
            let (column, row) = (number % 4, number / 4);
            let around = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)];
            let ring = around.map(|(right, up)| corner(column + right, row + up));
            features.push(town(number, &format!("F{number}"), &[&ring]));
        }
        let checked = import::boundaries(&collection(&features));
        prop_assert_eq!(&checked.faults, &vec![]);
        let atlas = Atlas::new(checked.items, vec![]);
        let point = Point::from_degrees(51.0 + y / 10.0, 7.0 + x / 10.0).unwrap();
        prop_assert!(matches!(atlas.owner(point), Owner::One(_) | Owner::Border(_)));
    }
}

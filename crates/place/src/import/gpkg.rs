use std::io::Write as _;

use geo::Coord;
use geozero::wkb::process_gpkg_geom;
use geozero::{GeomProcessor, error::Result as GeoResult};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::projection::Projection;
use super::{Drawing, Feature, Finding, Raw};

/// Steps of SQLite's machine one file may take: more than any honest table needs, few enough for views that loop.
const STEPS: u32 = 2_000;
const STEP: i32 = 100_000;

/// Reads the features of a GeoPackage (OGC 12-128r19), which is a SQLite file. It comes from outside, so it is opened
/// for reading only, without triggers or functions of its own, and with a bound on its work.
pub(super) fn read(content: &[u8], most: usize) -> Result<Raw, Finding> {
    let mut file = tempfile::NamedTempFile::new().map_err(|error| unreadable(&error))?;
    file.write_all(content).map_err(|error| unreadable(&error))?;
    let db = open(file.path()).map_err(|error| unreadable(&error))?;
    let (table, column, srs) = layer(&db)?;
    let projection = projection(&db, srs)?;
    let features = features(&db, &table, &column, most).map_err(|error| unreadable(&error))?;
    Ok(Raw { features, projection, counter_clockwise: false, notes: Vec::new() })
}

fn unreadable(why: &dyn std::fmt::Display) -> Finding {
    Finding::file("import-unreadable").with("format", "GeoPackage").with("why", why)
}

fn open(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    db.execute_batch("pragma query_only = on; pragma cell_size_check = on; pragma mmap_size = 0;")?;
    let mut left = STEPS;
    let spent = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    db.progress_handler(STEP, Some(spent))?;
    Ok(db)
}

/// The one layer with features: its table, its column of shapes and its coordinate system.
fn layer(db: &Connection) -> Result<(String, String, i64), Finding> {
    let sql = "select c.table_name, g.column_name, g.srs_id from gpkg_contents c
         join gpkg_geometry_columns g on g.table_name = c.table_name where c.data_type = 'features' order by 1 limit 20";
    let found: rusqlite::Result<Vec<(String, String, i64)>> = db.prepare(sql).and_then(|mut statement| {
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    });
    let mut found = found.map_err(|error| unreadable(&error))?;
    match (found.pop(), found.is_empty()) {
        (Some(layer), true) => Ok(layer),
        (None, _) => Err(Finding::file("import-empty")),
        (Some(last), false) => {
            let names: Vec<_> = found.into_iter().map(|layer| layer.0).chain([last.0]).collect();
            Err(Finding::file("import-layers").with("layers", names.join(", ")))
        }
    }
}

/// -1 and 0 stand for coordinates of no known system (clause 1.1.2.1.2).
fn projection(db: &Connection, srs: i64) -> Result<Projection, Finding> {
    let sql =
        "select organization, organization_coordsys_id, srs_name from gpkg_spatial_ref_sys where srs_id = ?1";
    let known = db.query_row(sql, [srs], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
    });
    let (organization, number, name) = known.map_err(|error| unreadable(&error))?;
    match u32::try_from(number) {
        Ok(epsg) if organization.eq_ignore_ascii_case("epsg") => Projection::of_epsg(epsg, &name),
        _ => Projection::of_urn(&format!("{name} ({organization})")),
    }
}

fn features(db: &Connection, table: &str, column: &str, most: usize) -> rusqlite::Result<Vec<Feature>> {
    let quoted = table.replace('"', "\"\"");
    let mut statement = db.prepare(&format!("select * from \"{quoted}\" limit {}", most + 1))?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([])?;
    let mut features = Vec::new();
    while let Some(row) = rows.next()? {
        let (mut fields, mut drawing) = (Vec::new(), Drawing::Nothing);
        for (index, name) in names.iter().enumerate() {
            match row.get_ref(index)? {
                ValueRef::Blob(blob) if name.eq_ignore_ascii_case(column) => drawing = shape(blob),
                ValueRef::Text(text) => {
                    fields.push((name.clone(), String::from_utf8_lossy(text).into_owned()));
                }
                ValueRef::Integer(number) => fields.push((name.clone(), number.to_string())),
                ValueRef::Real(number) => fields.push((name.clone(), number.to_string())),
                ValueRef::Null | ValueRef::Blob(_) => {}
            }
        }
        features.push(Feature { number: features.len() + 1, fields, drawing });
    }
    Ok(features)
}

fn shape(blob: &[u8]) -> Drawing {
    let mut collector = Collector { drawing: Drawing::Nothing };
    let mut bytes = blob;
    match process_gpkg_geom(&mut bytes, &mut collector) {
        Ok(()) => collector.drawing,
        Err(_) => Drawing::Other("WKB"),
    }
}

/// Takes positions as they come, so that a ring that is not closed can be told from one that is.
struct Collector {
    drawing: Drawing,
}

impl GeomProcessor for Collector {
    fn xy(&mut self, x: f64, y: f64, _: usize) -> GeoResult<()> {
        match &mut self.drawing {
            Drawing::Polygons(polygons) => {
                if let Some(ring) = polygons.last_mut().and_then(|polygon| polygon.last_mut()) {
                    ring.push(Coord { x, y });
                }
            }
            drawing @ Drawing::Nothing => *drawing = Drawing::Point(Coord { x, y }),
            _ => {}
        }
        Ok(())
    }

    fn polygon_begin(&mut self, _: bool, _: usize, _: usize) -> GeoResult<()> {
        match &mut self.drawing {
            Drawing::Polygons(polygons) => polygons.push(Vec::new()),
            drawing => *drawing = Drawing::Polygons(vec![Vec::new()]),
        }
        Ok(())
    }

    fn linestring_begin(&mut self, tagged: bool, _: usize, _: usize) -> GeoResult<()> {
        match &mut self.drawing {
            Drawing::Polygons(polygons) if !tagged => {
                if let Some(polygon) = polygons.last_mut() {
                    polygon.push(Vec::new());
                }
            }
            drawing => *drawing = Drawing::Other("LineString"),
        }
        Ok(())
    }

    fn multipoint_begin(&mut self, _: usize, _: usize) -> GeoResult<()> {
        self.drawing = Drawing::Other("MultiPoint");
        Ok(())
    }

    fn circularstring_begin(&mut self, _: usize, _: usize) -> GeoResult<()> {
        self.drawing = Drawing::Other("CircularString");
        Ok(())
    }

    fn geometrycollection_begin(&mut self, _: usize, _: usize) -> GeoResult<()> {
        self.drawing = Drawing::Other("GeometryCollection");
        Ok(())
    }
}

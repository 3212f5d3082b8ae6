//! Points, areas, who is responsible where, and outlines drawn without any tile server.
//!
//! Coordinates are WGS 84 in whole micro-degrees (about 10 cm), so that a point is the same in every database.

mod area;
mod cell;
mod labels;
mod outline;
mod point;
mod route;

use store::{Error, Migration, Sql, Tx, params, statements};

pub use area::{Area, Atlas, BoundaryError};
pub use cell::{block, cell, covering};
pub use labels::{Label, labels};
pub use outline::Frame;
pub use point::{Bounds, Point};
pub use route::{route, route_metres};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { module: "place", version: 1, sql: include_str!("../migrations/0001_area.sql") }];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[ALL];

statements! {
    PUT = "area.put":
        "insert into area (ars, name, kind, shape) values (?1, ?2, ?3, ?4)
         on conflict (ars) do update set name = excluded.name, kind = excluded.kind, shape = excluded.shape";
    LOAD = "area.load": "select shape from area order by ars";
}

/// Keeps areas; one of the same key is replaced.
///
/// # Errors
/// What the database says.
pub fn save(tx: &mut Tx<'_>, areas: &[Area]) -> Result<(), Error> {
    for area in areas {
        let (ars, name, kind) = (area.ars.as_str(), area.name.as_str(), area.kind.as_str());
        tx.exec(&PUT, params![ars, name, kind, area.to_geojson().as_str()])?;
    }
    Ok(())
}

/// Everything that was kept.
///
/// # Errors
/// What the database says.
pub fn load(tx: &mut Tx<'_>) -> Result<Atlas, Error> {
    let shapes = tx.all(&LOAD, &[], |row| row.get::<String>(0))?;
    let areas =
        shapes.iter().filter_map(|shape| Area::from_geojson(shape).ok().and_then(|mut list| list.pop()));
    Ok(Atlas::new(areas.collect()))
}

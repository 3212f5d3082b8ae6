//! Points, areas, who is responsible where, addresses, and outlines drawn without any tile server.
//!
//! Coordinates are WGS 84 in whole micro-degrees (about 10 cm), so that a point is the same in every database.

pub mod address;
mod area;
mod atlas;
mod cell;
pub mod import;
mod labels;
mod outline;
mod point;
mod route;
mod store;
pub mod streets;

use ::store::{Migration, Sql};

pub use crate::store::{
    Upload, drop_upload, forget, forget_districts, keep_upload, load, save, save_districts, upload,
};
pub use area::{Area, District};
pub use atlas::{Atlas, Owner};
pub use cell::{block, cell, covering};
pub use labels::{Label, labels};
pub use outline::Frame;
pub use point::{Bounds, Point};
pub use route::{route, route_metres};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "place", version: 1, sql: include_str!("../migrations/0001_area.sql") },
    Migration { module: "place", version: 2, sql: include_str!("../migrations/0002_districts_streets.sql") },
];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[crate::store::ALL, streets::ALL];

//! Durable state: SQLite and PostgreSQL under one text of SQL, migrations, files, search and jobs.
//!
//! [`Db::write`] and [`Db::read`] take synchronous closures that do no input or output of their own; what a closure
//! returns is acknowledged only after it is on disk. Nothing here knows what the tables mean.

mod backup;
mod db;
mod error;
mod files;
pub mod jobs;
mod migrate;
mod picture;
mod postgres;
mod s3;
mod schema;
mod scrub;
pub mod search;
mod sql;
mod sqlite;
mod table;
mod tx;
mod value;

pub use backup::copy_all;
pub use db::{BeforeCommit, Db, Options, Place, Stat};
pub use error::Error;
pub use files::{FileHash, Files, MediaKind, StoredFile, file_names, sniff};
pub use migrate::Migration;
pub use picture::{Picture, blacken, reencode};
pub use s3::S3;
pub use sql::Sql;
pub use sqlite::snapshot_file;
pub use table::{Cell, ColumnType, Table, TableColumn, tables};
pub use tx::{Memo, Tx};
pub use value::{Column, FromColumn, Row, Value};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "store", version: 1, sql: include_str!("../migrations/0001_search_jobs_files.sql") },
    Migration { module: "store", version: 2, sql: include_str!("../migrations/0002_erasure.sql") },
];

/// The statements of this crate, for the test that prepares each on both engines.
pub const STATEMENTS: &[&[Sql]] = &[files::ALL, jobs::ALL, search::ALL];

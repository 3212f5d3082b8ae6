//! Cases: what work is about. Something a person started, an office works on, and that ends with an answer. Staff have
//! one inbox for the cases of all modules, and whoever is concerned sees one timeline.
//!
//! What a case is about in detail is its module's business; nothing here knows.

mod model;
mod owner;
mod store;

use ::store::{Migration, Sql};

pub use model::{Case, Change, Event, EventKind, Refusal, State, Step, decide};
pub use owner::{Owner, erase_author, owner, record_by_owner, retitle};
pub use store::{
    Inbox, NewCase, by_id, by_number, by_secret, counts, erase_owner, events, inbox, of_owner, open, record,
};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { module: "cases", version: 1, sql: include_str!("../migrations/0001_cases.sql") }];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[owner::ALL, store::ALL];

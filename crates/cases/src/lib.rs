//! Cases: what work is about. Something a person started, an office works on, and that ends with an answer. Staff have
//! one inbox for the cases of all modules, and whoever is concerned sees one timeline.
//!
//! What a case is about in detail is its module's business; nothing here knows.

pub mod calendar;
mod model;
mod owner;
mod partner;
mod store;

use ::store::{Migration, Sql};

pub use model::{
    Assignee, Case, Change, Cursor, Event, EventKind, Fields, Inbox, Key, Refusal, Sort, SortBy, Stage,
    State, Step, Taken, decide, echo, merge, said, split, told, undo,
};
pub use owner::{Owner, erase_author, owner, record_by_owner, retitle};
pub use partner::{join_partner, leave_partner, record_by_partner};
pub use store::{
    NewCase, Tally, by_id, by_number, by_secret, erase_owner, errands, events, filters, inbox, last_taken,
    merged_with, of_owner, open, open_again, record, record_echo, record_step, service, set_title, taken_in,
    tally, templates, undoable,
};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "cases", version: 1, sql: include_str!("../migrations/0001_cases.sql") },
    Migration { module: "cases", version: 2, sql: include_str!("../migrations/0002_desk.sql") },
    Migration { module: "cases", version: 3, sql: include_str!("../migrations/0003_calendar.sql") },
    Migration { module: "cases", version: 4, sql: include_str!("../migrations/0004_partner.sql") },
];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = store::STATEMENTS;

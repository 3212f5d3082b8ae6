//! What members are to each other. Here: what one publishes is pulled, verified, mirrored and witnessed by others
//! ([`Mirror`]), and whoever shows two histories is found out ([`Lie`]).
//!
//! Nothing here believes anything but a signature by a key it was told to trust.

mod conflict;
mod pull;
mod store;
mod witness;

use ::store::{Migration, Sql};

pub use conflict::{Conflict, Lie};
pub use pull::{Apply, Batch, Interest, Limits, Mirror, Progress, Remote, Sign, Taken, Want};
pub use store::{
    Entry, FeedName, State, Trouble, conflicts, cosigned, entries, payload, resume, state, states,
};
pub use witness::{OriginHash, View};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { module: "federation", version: 1, sql: include_str!("../migrations/0001_federation.sql") }];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[store::ALL];

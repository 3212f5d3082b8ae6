//! What members are to each other: who one is ([`Identity`]), what they have agreed ([`agreement`]), what they owe each
//! other for it ([`Balance`]), and what each publishes, pulled, verified, mirrored and witnessed by others ([`Mirror`]).
//!
//! The one rule: nobody is bound by what it did not itself sign, and nothing is believed but a signature by a key one
//! was told to trust. Identity, agreement and balance are pure: signed texts in, decisions out, the same on every node
//! that knows the same texts, in whatever order they came.

pub mod agreement;
mod balance;
mod conflict;
mod did;
mod form;
mod pull;
mod store;
mod witness;

use ::store::{Migration, Sql};

pub use balance::{Account, Balance, Line};
pub use conflict::{Conflict, Lie};
pub use did::{Did, Identity, PublicKeys};
pub use form::{At, Cents, Day, Flaw, Hash, Key, Vkey};
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

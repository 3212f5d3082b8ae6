//! What members are to each other: who one is ([`Identity`]), what they have agreed ([`agreement`]), what they owe each
//! other for it ([`Balance`]), and what each publishes, pulled, verified, mirrored and witnessed by others ([`Mirror`]).
//!
//! The one rule: nobody is bound by what it did not itself sign, and nothing is believed but a signature by a key one
//! was told to trust. What decides is pure: signed texts in, decisions out, the same on every node that knows the same
//! texts, in whatever order they came. [`papers`] and [`peers`] only keep those texts and the keys that were confirmed.

pub mod agreement;
mod balance;
mod did;
mod form;
pub mod handover;
mod mirror;
mod node;
pub mod papers;
pub mod peers;
pub mod requests;

use store::{Migration, Sql};

pub use balance::{Account, Balance, Line};
pub use did::{Did, Identity, PublicKeys};
pub use form::{At, Cents, Day, Flaw, Hash, Key, Vkey};
pub use mirror::{
    Apply, Batch, Conflict, Entry, FeedName, Findings, Interest, Lie, Limits, Mirror, OriginHash, Progress,
    Remote, Sign, State, Taken, Trouble, View, Want, conflicts, cosigned, drop_mirror, entries, lies,
    payload, resume, state, states, verify,
};
pub use node::NodeKeys;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "federation", version: 1, sql: include_str!("../migrations/0001_federation.sql") },
    Migration { module: "federation", version: 2, sql: include_str!("../migrations/0002_agreements.sql") },
    Migration { module: "federation", version: 3, sql: include_str!("../migrations/0003_keys.sql") },
    Migration { module: "federation", version: 4, sql: include_str!("../migrations/0004_pull.sql") },
    Migration { module: "federation", version: 5, sql: include_str!("../migrations/0005_handover.sql") },
];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] =
    &[mirror::ALL, papers::ALL, peers::ALL, requests::ALL, handover::ALL, handover::OUTBOX];

/// That something kept here cannot be read any more.
fn damaged(what: &'static str) -> impl Fn(Flaw) -> base::Problem {
    move |flaw| base::Problem::internal("federation", format!("a kept {what} cannot be read")).because(flaw)
}

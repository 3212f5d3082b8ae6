//! What members are to each other: who one is ([`Identity`]), what they have agreed ([`agreement`]) and what they owe
//! each other for it ([`Balance`]).
//!
//! The one rule: nobody is bound by what it did not itself sign. All here is pure: signed texts in, decisions out, the
//! same on every node that knows the same texts, in whatever order they came.

pub mod agreement;
mod balance;
mod did;
mod form;

pub use balance::{Account, Balance, Line, Overflow};
pub use did::{Did, Identity, PublicKeys};
pub use form::{At, Cents, Day, Flaw, Hash, Key, Vkey};

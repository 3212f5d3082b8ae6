//! What members agree: one kind of thing for joining and leaving, a topic, an offer and its re-use, the exchange of
//! data, acting for each other, a letter of intent, a trial.
//!
//! A [`Document`] is a text signed by who proposes it; each [`Act`] upon it (accepting, refusing, taking back, ending,
//! saying what was received) is a small signed text of its own that names the document by its hash. What counts are
//! the exact bytes that were signed; nothing is ever written anew. [`Agreement::of`] says what follows from a document
//! and its acts, [`Book`] what follows from all versions together.
//!
//! A duty from one member to another exists only by the signatures of these two (§§ 145 to 151 BGB with § 62 Satz 2
//! VwVfG): whoever else signed or did not, and whatever any third party says, changes nothing between them.

mod act;
mod book;
mod document;
mod standing;
mod terms;
mod trust;

pub use act::{Act, Deed};
pub use book::{Book, Claim, Received};
pub use document::Document;
pub use standing::{Agreement, Bond, Consent, Refusal, Refused};
pub use terms::{Authority, Duty, Flow, Form, Kind, Owed, Party, Rhythm, Source, Terms};
pub use trust::Trust;

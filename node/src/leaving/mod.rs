//! Leaving with everything: all that is a member's, written in open formats, and taken into a new installation.
//!
//! What is written is told by `README.txt` in it, for somebody who does not have this program. Nothing here knows what a
//! table means: tables come from the migrations, and what a module has in a form others read it writes itself
//! ([`web::Module::open`]).

mod archive;
mod export;
mod feeds;
mod import;
mod keys;
mod manifest;
mod papers;
mod places;
mod rows;
mod schema;
mod sink;
mod source;

use base::Problem;

pub use export::export;
pub use import::{Arriving, import};
pub use manifest::Summary;

/// That the disk did not do it.
fn broken(what: &str, error: &std::io::Error) -> Problem {
    Problem::input("export", format!("{what}: {error}"))
}

/// That something in an export is wrong, and where.
fn wrong(at: &str, why: impl std::fmt::Display) -> Problem {
    Problem::input("import", format!("{at}: {why}"))
}

#[cfg(test)]
mod tests;

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

/// Bytes as lower-case hex digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        text
    })
}

/// The bytes of lower-case hex digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if rest.is_empty() { bytes.collect() } else { None }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod digits {
    use super::*;

    #[test]
    fn bytes_survive_their_digits_and_nothing_else_is_read() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        assert_eq!(hex(&[0, 0xaf]), "00af");
        for wrong in ["0", "0A", "0g", "é0"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}

//! Feeds of others: pulled through a faulty network, from an honest log and from one that lies.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod lies;
mod peer;
mod pull;

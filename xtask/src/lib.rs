//! Checks of this house's own rules. They are tests: `cargo test -p xtask`.

//! People: accounts, sessions, passwords, second factors, links by e-mail, lock-out.
//!
//! Secrets are kept as hashes only. What a person may do is decided in `access`; here it is only stored.

mod forms;
mod password;
mod people;
mod secret;
mod sessions;
mod throttle;

use store::{Migration, Sql};

pub use forms::{form_done, remember_form};
pub use password::{Passwords, password_fault};
pub use people::{
    Account, NewPerson, Office, add_office, add_person, by_email, by_id, citizen, erase, find_office, grant,
    grants, offices, set_password, set_totp, staff,
};
pub use secret::{Secret, hash};
pub use sessions::{
    Session, end, end_all, find as find_session, new_link, start as start_session, sweep, use_link,
};
pub use throttle::{Limit, clear, hit, peek};

mod totp;
pub use totp::{check as check_totp, current_code, enrol, new_secret};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] =
    &[Migration { module: "identity", version: 1, sql: include_str!("../migrations/0001_identity.sql") }];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[people::ALL, sessions::ALL, throttle::ALL, totp::ALL, forms::ALL];

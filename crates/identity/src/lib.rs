//! People: accounts, roles, sessions, passwords, second factors, passkeys, a provider of sign-ins, links by e-mail,
//! lock-out.
//!
//! Secrets are kept as hashes only. What a person may do is decided in `access`; here it is only stored.

mod ceremonies;
mod forms;
mod offices;
pub mod oidc;
mod passkeys;
mod password;
mod people;
mod secret;
mod sessions;
mod staff;
mod subjects;
mod throttle;
mod totp;

use store::{Migration, Sql};

pub use forms::{form_done, remember_form};
pub use offices::{Office, add_office, change_office, find_office, offices};
pub use passkeys::{Challenge, Passkey, Passkeys, delete_passkey, passkeys};
pub use password::{Passwords, password_fault};
pub use people::{
    Account, NewPerson, add_person, by_email, by_id, citizen, erase, reset_factors, set_name, set_password,
    set_totp,
};
pub use secret::{Secret, hash};
pub use sessions::{
    LINK_SECONDS, SET_UP_SECONDS, Session, end, end_all, find as find_session, new_link,
    start as start_session, sweep, use_link,
};
pub use staff::{admins, all_grants, block, grant, grants, revoke, staff, unblock};
pub use subjects::{staff_by_claims, subjects};
pub use throttle::{Limit, clear, hit, peek};
pub use totp::{check as check_totp, current_code, enrol, new_secret};

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { module: "identity", version: 1, sql: include_str!("../migrations/0001_identity.sql") },
    Migration { module: "identity", version: 2, sql: include_str!("../migrations/0002_passkeys_oidc.sql") },
];

/// The statements of this crate.
pub const STATEMENTS: &[&[Sql]] = &[
    ceremonies::ALL,
    forms::ALL,
    offices::ALL,
    passkeys::ALL,
    people::ALL,
    sessions::ALL,
    staff::ALL,
    subjects::ALL,
    throttle::ALL,
    totp::ALL,
];

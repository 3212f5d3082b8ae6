//! A node: configuration, the list of modules, the members of this process, and the commands of `raum`.

pub mod commands;
mod config;
pub mod leaving;
mod members;

use store::{Migration, Sql};
use web::{Module, Source};

pub use config::Config;
pub use members::{create_member, keys_of, load_all, open_member, save_settings};

/// Every system of the platform. A new one is a folder in `modules/`, a line in `Cargo.toml` and a line here.
pub const MODULES: &[Module] = &[report::MODULE, verbund::MODULE, trial::MODULE];

/// Every migration this program knows, in the order they are applied.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    let kernel = [
        store::MIGRATIONS,
        ledger::MIGRATIONS,
        place::MIGRATIONS,
        identity::MIGRATIONS,
        cases::MIGRATIONS,
        federation::MIGRATIONS,
    ];
    let modules = MODULES.iter().map(|module| module.migrations);
    kernel.into_iter().chain(modules).flatten().copied().collect()
}

/// Every statement of this program, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<Sql> {
    let kernel = [
        store::STATEMENTS,
        ledger::STATEMENTS,
        place::STATEMENTS,
        identity::STATEMENTS,
        cases::STATEMENTS,
        federation::STATEMENTS,
        web::STATEMENTS,
    ];
    let modules = MODULES.iter().map(|module| module.statements);
    kernel.into_iter().chain(modules).flatten().flat_map(|file| file.iter().copied()).collect()
}

/// All messages of the user interface.
pub fn texts() -> impl Iterator<Item = &'static Source> {
    web::TEXTS.iter().chain(MODULES.iter().flat_map(|module| module.texts))
}

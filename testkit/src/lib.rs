//! What tests of every crate share: fresh databases on both engines, and a faulty network.
//!
//! PostgreSQL is used when `RAUM_TEST_POSTGRES` holds the URL of a server, as it does in `make test`; without it a
//! test runs on SQLite alone, which is enough for a quick look.
#![expect(clippy::expect_used, reason = "a test that cannot set itself up should stop loudly")]

mod network;
mod wire;

use std::sync::Arc;

use base::Entropy;
use store::{BeforeCommit, Db, Error, Migration, Options, Place};
use tempfile::TempDir;

pub use network::{Mishap, Network};
pub use wire::{Fault, Wire};

/// A place for a database that nobody used before. Dropping it removes everything.
pub struct Fresh {
    /// The place.
    pub place: Place,
    /// A folder for whatever else the test keeps.
    pub folder: TempDir,
}

impl Fresh {
    /// Places on every engine there is.
    #[must_use]
    pub fn everywhere() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres()].into_iter().flatten().collect()
    }

    /// A place for a SQLite file.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self { place: Place::Sqlite(folder.path().join("raum.db")), folder }
    }

    /// A schema of its own on the PostgreSQL server, if there is one.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let url = std::env::var("RAUM_TEST_POSTGRES").ok()?;
        let name: String = Entropy::system().bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Some(Self { place: Place::Postgres { url, schema: format!("test_{name}") }, folder })
    }

    /// Opens the database.
    ///
    /// # Errors
    /// What opening says.
    pub fn open(&self, migrations: &[Migration], hook: Option<Arc<dyn BeforeCommit>>) -> Result<Db, Error> {
        Db::open(&Options { place: self.place.clone(), migrations, before_commit: hook, connections: 4 })
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Place::Postgres { url, schema } = &self.place else { return };
        let drop_schema = || {
            let mut client = postgres::Client::connect(url, postgres::NoTls)?;
            client.batch_execute(&format!("drop schema if exists {schema} cascade"))
        };
        // A thread of its own, because the client must not meet a test's runtime.
        drop(std::thread::scope(|scope| scope.spawn(drop_schema).join()));
    }
}

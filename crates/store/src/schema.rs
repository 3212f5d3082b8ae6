//! Whole schemas of PostgreSQL, for what is made beside a member and becomes it in one step.

use postgres::Client;

use crate::postgres::{connect_plain, quoted};
use crate::tx::postgres_error;
use crate::{Error, Place};

impl Place {
    /// Whether anything is there already.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn exists(&self) -> Result<bool, Error> {
        match self {
            Self::Sqlite(path) => Ok(path.exists()),
            Self::Postgres { url, schema } => with_client(url, |client| {
                let found = client.query("select 1 from pg_namespace where nspname = $1", &[schema])?;
                Ok(!found.is_empty())
            }),
        }
    }

    /// Removes a schema and everything in it. Nothing happens to a SQLite file: its folder is its owner's to remove.
    ///
    /// # Errors
    /// When the server does not do it.
    pub fn discard(&self) -> Result<(), Error> {
        let Self::Postgres { url, schema } = self else { return Ok(()) };
        with_client(url, |client| {
            client.batch_execute(&format!("drop schema if exists {} cascade", quoted(schema)))
        })
    }

    /// Gives a schema another name on the same server; fails when that is taken. Nothing happens to a SQLite file: it
    /// moves with its folder.
    ///
    /// # Errors
    /// When the server does not do it.
    pub fn rename(&self, to: &Self) -> Result<(), Error> {
        let (Self::Postgres { url, schema }, Self::Postgres { schema: name, .. }) = (self, to) else {
            return Ok(());
        };
        with_client(url, |client| {
            client.batch_execute(&format!("alter schema {} rename to {}", quoted(schema), quoted(name)))
        })
    }
}

/// The client brings a small runtime of its own, which must not meet the caller's on one thread.
fn with_client<T: Send>(
    url: &str,
    work: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send,
) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let done = scope.spawn(|| {
            let mut client = connect_plain(url)?;
            work(&mut client).map_err(|error| postgres_error("store.schema", error))
        });
        done.join().unwrap_or_else(|_| Err(Error::Unavailable("the connection panicked".into())))
    })
}

use data_encoding::HEXLOWER;
use postgres::Client;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::postgres::quoted;
use crate::tx::{postgres_error, sqlite_error};

/// One step of a schema. Steps only go forward; a step that has been applied is never edited.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Whose tables these are: the name of a crate or module.
    pub module: &'static str,
    /// Counted from 1 in each module.
    pub version: i64,
    /// The portable text: `integer`, `text`, `real` and `blob` columns; engine-specific parts stand between
    /// `-- only: sqlite` or `-- only: postgres` and `-- end`.
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists schema_version (
    module text not null, version integer not null, checksum text not null, primary key (module, version)
);";
const APPLIED: &str = "select module, version, checksum from schema_version";

impl Migration {
    /// The beginning of the SHA-256 of its text, in hex.
    #[must_use]
    pub fn checksum(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.sql)[..8])
    }

    fn for_sqlite(&self) -> String {
        let mut text = String::new();
        for line in lines_for("sqlite", self.sql) {
            // STRICT makes SQLite hold columns to their types, as PostgreSQL does.
            text.push_str(if line == ");" { ") strict;" } else { line });
            text.push('\n');
        }
        text
    }

    fn for_postgres(&self) -> String {
        let mut text = String::new();
        for line in lines_for("postgres", self.sql) {
            text.push_str(&postgres_types(line));
            text.push('\n');
        }
        text
    }
}

fn lines_for<'a>(engine: &str, sql: &'a str) -> Vec<&'a str> {
    let mut only = None;
    let mut lines = Vec::new();
    for line in sql.lines() {
        match line.trim().strip_prefix("-- only: ") {
            Some(name) => only = Some(name),
            None if line.trim() == "-- end" => only = None,
            None if only.is_none_or(|name| name == engine) => lines.push(line),
            None => {}
        }
    }
    lines
}

fn postgres_types(line: &str) -> String {
    let words = line.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mapped = words.map(|word| {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let rest = word.get(bare.len()..).unwrap_or_default();
        let bare = match bare {
            "integer" => "bigint",
            "blob" => "bytea",
            "real" => "double precision",
            other => other,
        };
        format!("{bare}{rest}")
    });
    mapped.collect()
}

/// Which of `migrations` have not been applied; refuses a database that knows more than this program.
fn outstanding<'a>(
    applied: &[(String, i64, String)],
    migrations: &'a [Migration],
) -> Result<Vec<&'a Migration>, Error> {
    for (module, version, checksum) in applied {
        match migrations.iter().find(|known| known.module == module && known.version == *version) {
            None => {
                let newest = migrations.iter().filter(|known| known.module == module);
                let newest = newest.map(|known| known.version).max().unwrap_or(0);
                return Err(Error::NewerSchema { module: module.clone(), version: *version, newest });
            }
            Some(known) if known.checksum() != *checksum => {
                return Err(Error::ChangedMigration(module.clone(), *version));
            }
            Some(_) => {}
        }
    }
    let is_new =
        |known: &&Migration| !applied.iter().any(|(m, v, _)| m == known.module && *v == known.version);
    Ok(migrations.iter().filter(is_new).collect())
}

pub(crate) fn sqlite(connection: &mut Connection, migrations: &[Migration]) -> Result<(), Error> {
    let wrong = |error| sqlite_error("migrate", error);
    let tx = connection.transaction().map_err(wrong)?;
    tx.execute_batch(TABLE).map_err(wrong)?;
    let applied = {
        let mut statement = tx.prepare(APPLIED).map_err(wrong)?;
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(wrong)?;
        rows.collect::<rusqlite::Result<Vec<_>>>().map_err(wrong)?
    };
    for step in outstanding(&applied, migrations)? {
        tx.execute_batch(&step.for_sqlite()).map_err(wrong)?;
        let note = (step.module, step.version, step.checksum());
        tx.execute("insert into schema_version values (?1, ?2, ?3)", note).map_err(wrong)?;
    }
    tx.commit().map_err(wrong)
}

pub(crate) fn postgres(client: &mut Client, schema: &str, migrations: &[Migration]) -> Result<(), Error> {
    let wrong = |error| postgres_error("migrate", error);
    let mut tx = client.transaction().map_err(wrong)?;
    // Several processes may start on one schema at once; the first migrates, the others wait and find it done.
    let lock = format!("raum:migrate:{}", quoted(schema));
    tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", &[&lock]).map_err(wrong)?;
    tx.batch_execute(&postgres_types(TABLE)).map_err(wrong)?;
    let rows = tx.query(APPLIED, &[]).map_err(wrong)?;
    let applied: Vec<_> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    for step in outstanding(&applied, migrations)? {
        tx.batch_execute(&step.for_postgres()).map_err(wrong)?;
        let (checksum, version) = (step.checksum(), step.version);
        let note: [&(dyn postgres::types::ToSql + Sync); 3] = [&step.module, &version, &checksum];
        tx.execute("insert into schema_version values ($1, $2, $3)", &note).map_err(wrong)?;
    }
    tx.commit().map_err(wrong)
}

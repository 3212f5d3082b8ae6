use std::collections::HashMap;

use crate::value::{Row, RowOf};
use crate::{Error, FromColumn, Sql, Value};

/// A transaction in which a closure runs. Everything in it happens together or not at all.
pub struct Tx<'c> {
    pub(crate) engine: Engine<'c>,
    pub(crate) must_sequence: bool,
    pub(crate) must_retry: bool,
    pub(crate) memos: Option<Vec<Memo>>,
}

/// What a closure leaves for the work before the commit. It is forgotten when its transaction is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memo {
    /// What the numbers count, such as a feed.
    pub topic: String,
    /// A number in its topic.
    pub number: i64,
    /// A hash of what was numbered.
    pub content: [u8; 32],
}

pub(crate) enum Engine<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(postgres::Transaction<'c>, &'c mut Prepared),
}

/// The statements a PostgreSQL connection has prepared, by name.
pub(crate) type Prepared = HashMap<&'static str, postgres::Statement>;

impl<'c> Tx<'c> {
    pub(crate) fn new(engine: Engine<'c>) -> Self {
        Self { engine, must_sequence: false, must_retry: false, memos: None }
    }

    /// A transaction of a group that is committed together, with the memos the group has left so far.
    pub(crate) fn of_group(connection: &'c rusqlite::Connection, memos: &mut Vec<Memo>) -> Self {
        Self { memos: Some(std::mem::take(memos)), ..Self::new(Engine::Sqlite(connection)) }
    }

    /// Runs a statement that changes rows and gives their number.
    ///
    /// # Errors
    /// [`Error::Constraint`] when a rule of the tables forbids it, else what the engine says.
    pub fn exec(&mut self, sql: &Sql, params: &[Value<'_>]) -> Result<u64, Error> {
        let result = match &mut self.engine {
            Engine::Sqlite(connection) => exec_sqlite(connection, sql, params),
            Engine::Postgres(tx, prepared) => exec_postgres(tx, prepared, sql, params),
        };
        self.watch(result)
    }

    /// Calls `take` for every row of the result, in its order.
    ///
    /// # Errors
    /// What the engine or `take` says.
    pub fn each(
        &mut self,
        sql: &Sql,
        params: &[Value<'_>],
        mut take: impl FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let result = match &mut self.engine {
            Engine::Sqlite(connection) => each_sqlite(connection, sql, params, &mut take),
            Engine::Postgres(tx, prepared) => each_postgres(tx, prepared, sql, params, &mut take),
        };
        self.watch(result)
    }

    /// All rows, read by `read`.
    ///
    /// # Errors
    /// What the engine or `read` says.
    pub fn all<T>(
        &mut self,
        sql: &Sql,
        params: &[Value<'_>],
        read: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row, read by `read`, if there is one.
    ///
    /// # Errors
    /// What the engine or `read` says.
    pub fn one<T>(
        &mut self,
        sql: &Sql,
        params: &[Value<'_>],
        read: impl Fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut first = None;
        self.each(sql, params, |row| {
            if first.is_none() {
                first = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    /// The first column of the first row, if there is one.
    ///
    /// # Errors
    /// What the engine says, or [`Error::Column`].
    pub fn get<T: FromColumn>(&mut self, sql: &Sql, params: &[Value<'_>]) -> Result<Option<T>, Error> {
        self.one(sql, params, |row| row.get(0))
    }

    /// Asks for the ledger to give the entries of this transaction their places, before it is acknowledged on
    /// SQLite, shortly after on PostgreSQL.
    pub fn sequence(&mut self) {
        self.must_sequence = true;
    }

    /// The memos left so far for the work before this commit, oldest first; `None` on an engine where transactions
    /// run side by side and their order is not known before they are committed.
    #[must_use]
    pub fn memos(&self) -> Option<&[Memo]> {
        self.memos.as_deref()
    }

    /// Leaves a memo for the work before this commit, where [`Tx::memos`] gives any.
    pub fn leave(&mut self, memo: Memo) {
        if let Some(memos) = &mut self.memos {
            memos.push(memo);
        }
    }

    /// Takes the memos of all transactions of this commit.
    pub fn take_memos(&mut self) -> Vec<Memo> {
        self.memos.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Lifts the time limit of statements, for work that copies whole tables.
    ///
    /// # Errors
    /// What the engine says.
    pub fn unhurried(&mut self) -> Result<(), Error> {
        match &mut self.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(tx, _) => tx
                .batch_execute("set local statement_timeout = 0")
                .map_err(|error| postgres_error("store.unhurried", error)),
        }
    }

    /// Whether the engine is PostgreSQL. Only for the few statements that cannot be portable.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Postgres(..))
    }

    /// Checks that the engine understands `sql`; used by the test that prepares every statement.
    ///
    /// # Errors
    /// [`Error::Statement`] with the engine's complaint.
    pub fn prepare(&mut self, sql: &Sql) -> Result<(), Error> {
        match &mut self.engine {
            Engine::Sqlite(connection) => {
                connection.prepare(sql.text).map(drop).map_err(|error| sqlite_error(sql.name, error))
            }
            Engine::Postgres(tx, _) => {
                tx.prepare(&sql.for_postgres()).map(drop).map_err(|error| postgres_error(sql.name, error))
            }
        }
    }

    fn watch<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        self.must_retry |= matches!(result, Err(Error::Retry));
        result
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_postgres() { "Tx(PostgreSQL)" } else { "Tx(SQLite)" })
    }
}

/// SQLite undoes the whole transaction by itself when a write is interrupted or the disk is full. A closure that
/// swallows that error must not go on: what it writes then would be on disk at once and for good.
fn still_open(connection: &rusqlite::Connection) -> Result<(), Error> {
    if connection.is_autocommit() {
        return Err(Error::Unavailable("the transaction was undone".into()));
    }
    Ok(())
}

fn exec_sqlite(connection: &rusqlite::Connection, sql: &Sql, params: &[Value<'_>]) -> Result<u64, Error> {
    still_open(connection)?;
    let mut statement = connection.prepare_cached(sql.text).map_err(|error| sqlite_error(sql.name, error))?;
    let changed = statement
        .execute(rusqlite::params_from_iter(params))
        .map_err(|error| sqlite_error(sql.name, error))?;
    Ok(changed as u64)
}

fn each_sqlite(
    connection: &rusqlite::Connection,
    sql: &Sql,
    params: &[Value<'_>],
    take: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    still_open(connection)?;
    let wrong = |error| sqlite_error(sql.name, error);
    let mut statement = connection.prepare_cached(sql.text).map_err(wrong)?;
    let mut rows = statement.query(rusqlite::params_from_iter(params)).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        take(&Row(RowOf::Sqlite(row)))?;
    }
    Ok(())
}

fn prepared(
    tx: &mut postgres::Transaction<'_>,
    prepared: &mut Prepared,
    sql: &Sql,
) -> Result<postgres::Statement, Error> {
    if let Some(statement) = prepared.get(sql.name) {
        return Ok(statement.clone());
    }
    let statement = tx.prepare(&sql.for_postgres()).map_err(|error| postgres_error(sql.name, error))?;
    prepared.insert(sql.name, statement.clone());
    Ok(statement)
}

fn exec_postgres(
    tx: &mut postgres::Transaction<'_>,
    cache: &mut Prepared,
    sql: &Sql,
    params: &[Value<'_>],
) -> Result<u64, Error> {
    let statement = prepared(tx, cache, sql)?;
    let params: Vec<&(dyn postgres::types::ToSql + Sync)> = params.iter().map(|value| value as _).collect();
    tx.execute(&statement, &params).map_err(|error| postgres_error(sql.name, error))
}

fn each_postgres(
    tx: &mut postgres::Transaction<'_>,
    cache: &mut Prepared,
    sql: &Sql,
    params: &[Value<'_>],
    take: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    use postgres::fallible_iterator::FallibleIterator as _;

    let wrong = |error| postgres_error(sql.name, error);
    let statement = prepared(tx, cache, sql)?;
    let mut rows = tx.query_raw(&statement, params).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        take(&Row(RowOf::Postgres(&row)))?;
    }
    Ok(())
}

pub(crate) fn sqlite_error(name: &'static str, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;

    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::Constraint(error.into()),
        Some(ErrorCode::OperationInterrupted) => Error::Budget,
        Some(
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::DatabaseBusy,
        ) => Error::Unavailable(error.to_string()),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::Damaged("the database".into(), error.to_string())
        }
        _ => Error::Statement { name, source: error.into() },
    }
}

pub(crate) fn postgres_error(name: &'static str, error: postgres::Error) -> Error {
    use postgres::error::SqlState;

    match error.code() {
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => Error::Retry,
        Some(&SqlState::QUERY_CANCELED) => Error::Budget,
        Some(code) if code.code().starts_with("23") => Error::Constraint(error.into()),
        Some(code) if ["08", "53", "57"].iter().any(|class| code.code().starts_with(class)) => {
            Error::Unavailable(error.to_string())
        }
        None => Error::Unavailable(error.to_string()),
        Some(_) => Error::Statement { name, source: error.into() },
    }
}

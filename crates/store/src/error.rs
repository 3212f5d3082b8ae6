use base::Problem;

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is there already, or a reference leads nowhere.
    #[error("the change contradicts a rule of the tables")]
    Constraint(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another transaction came first; the driver repeats the closure.
    #[error("another transaction came first")]
    Retry,
    /// The database is not reachable or cannot write; nothing was acknowledged.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database has a schema this program does not know.
    #[error(
        "the database has schema {module} {version}, which this program does not know; it is newer than {newest}"
    )]
    NewerSchema {
        /// Whose schema.
        module: String,
        /// The version found.
        version: i64,
        /// The newest version known here.
        newest: i64,
    },
    /// A migration was changed after it had been applied.
    #[error("migration {0} {1} was applied in another wording")]
    ChangedMigration(String, i64),
    /// Another process works on the same folder.
    #[error("{0} is in use by another process")]
    Locked(String),
    /// The file is not a database or is damaged.
    #[error("{0} is damaged or not a database: {1}")]
    Damaged(String, String),
    /// A column does not hold what the code expects.
    #[error("column {0} does not hold {1}")]
    Column(usize, &'static str),
    /// The statement is wrong: a fault of ours.
    #[error("statement {name}: {source}")]
    Statement {
        /// The statement's name.
        name: &'static str,
        /// What the engine says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The transaction ran longer than its budget.
    #[error("the transaction ran longer than its budget")]
    Budget,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let problem = match &error {
            Error::Constraint(_) => Self::conflict("constraint", "it contradicts what is already there"),
            Error::Retry | Error::Unavailable(_) | Error::Budget => {
                Self::busy("store-busy", "the database cannot do it just now").retry_after(2)
            }
            _ => Self::internal("store", "the database failed"),
        };
        problem.because(error)
    }
}

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::{Problem, Result};

use crate::postgres::Mode;
use crate::{Error, Migration, Tx, postgres, sqlite};

/// Above this a transaction is worth a line in the log.
pub(crate) const SLOW: Duration = Duration::from_millis(10);

/// Above this a SQLite transaction is interrupted, so that one closure cannot hold up all others.
pub(crate) const BUDGET: Duration = Duration::from_millis(2_000);

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A schema of a PostgreSQL database.
    Postgres {
        /// `postgres://user:password@host/database`
        url: String,
        /// The schema; made when absent.
        schema: String,
    },
}

/// Runs inside the transaction before it is committed; the ledger gives entries their places here.
pub trait BeforeCommit: Send + Sync + 'static {
    /// Does its work in the closing transaction.
    ///
    /// # Errors
    /// Any problem undoes the whole group of transactions, and none is acknowledged.
    fn before_commit(&self, tx: &mut Tx<'_>) -> Result<()>;
}

/// What a database needs to be opened.
pub struct Options<'a> {
    /// Where it is.
    pub place: Place,
    /// Every migration this program knows, in order.
    pub migrations: &'a [Migration],
    /// What runs before a commit that asked for it.
    pub before_commit: Option<Arc<dyn BeforeCommit>>,
    /// Connections to PostgreSQL, and threads that use them.
    pub connections: usize,
}

/// How often and how long transactions of one name ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// How many.
    pub count: u64,
    /// How many of them failed.
    pub failed: u64,
    /// Their time together, waiting for the disk included.
    pub time: Duration,
}

/// An open database. Clones are the same database.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    stats: Mutex<BTreeMap<&'static str, Stat>>,
}

enum Engine {
    Sqlite(sqlite::Engine),
    Postgres(postgres::Engine),
}

impl Db {
    /// Opens the database, making and upgrading it where needed.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::NewerSchema`], [`Error::Damaged`] or [`Error::Unavailable`].
    pub fn open(options: &Options<'_>) -> Result<Self, Error> {
        let engine = match &options.place {
            Place::Sqlite(path) => Engine::Sqlite(sqlite::Engine::open(path, options)?),
            Place::Postgres { url, schema } => {
                Engine::Postgres(postgres::Engine::open(url, schema, options)?)
            }
        };
        Ok(Self(Arc::new(Inner { engine, stats: Mutex::default() })))
    }

    /// Runs `work` in a transaction. What it returns is given only after the transaction is on disk; when it
    /// returns a problem, nothing of it happened. `work` may run again, when another transaction came first (PostgreSQL)
    /// or one beside it failed (SQLite), so it must not do anything outside `tx`.
    ///
    /// # Errors
    /// What `work` returns, or that the database cannot do it just now.
    pub async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (work, given) = parcel(work);
        self.run(name, Mode::Write, work).await?;
        given.take()
    }

    /// Runs `work` on one consistent state of the database, without waiting for any writer. On SQLite it runs on the
    /// caller's thread: what may take longer than a few milliseconds belongs into [`Db::scan`].
    ///
    /// # Errors
    /// What `work` returns, or that the database cannot do it just now.
    pub async fn read<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (work, given) = parcel(work);
        self.run(name, Mode::Read, work).await?;
        given.take()
    }

    /// As [`Db::read`], for exports and whole-table work: runs apart from the threads that serve requests.
    ///
    /// # Errors
    /// What `work` returns, or that the database cannot do it just now.
    pub async fn scan<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (work, given) = parcel(work);
        self.run_apart(name, work).await?;
        given.take()
    }

    async fn run(&self, name: &'static str, mode: Mode, mut work: Work) -> Result<()> {
        let start = Instant::now();
        let result = match (&self.0.engine, mode) {
            (Engine::Sqlite(engine), Mode::Write) => engine.write(name, work).await,
            (Engine::Sqlite(engine), Mode::Read) => engine.read(work.as_mut()),
            (Engine::Postgres(engine), _) => engine.run(name, mode, work).await,
        };
        self.count(name, start, result.is_err());
        result
    }

    async fn run_apart(&self, name: &'static str, mut work: Work) -> Result<()> {
        let Engine::Sqlite(engine) = &self.0.engine else { return self.run(name, Mode::Read, work).await };
        let start = Instant::now();
        let turn = engine.turn().await?;
        let db = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let result = match &db.0.engine {
                Engine::Sqlite(engine) => engine.read(work.as_mut()),
                Engine::Postgres(_) => Err(Problem::internal("store", "not SQLite")),
            };
            drop(turn);
            result
        });
        let result =
            task.await.map_err(|error| Problem::internal("panic", "the work panicked").because(error))?;
        self.count(name, start, result.is_err());
        result
    }

    /// Gives outstanding ledger entries their places now. PostgreSQL does it shortly after each commit; this is for
    /// start-up and for tests that do not want to wait.
    ///
    /// # Errors
    /// That the database cannot do it just now.
    pub async fn sequence(&self) -> Result<()> {
        self.write("store.sequence", |tx| {
            tx.sequence();
            Ok(())
        })
        .await?;
        if let Engine::Postgres(engine) = &self.0.engine {
            engine.sequence_now().await?;
        }
        Ok(())
    }

    /// Whether the engine is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.0.engine, Engine::Postgres(_))
    }

    /// Writes a consistent copy of a SQLite database to `target` while work goes on.
    ///
    /// # Errors
    /// When the engine is PostgreSQL (use [`crate::copy_all`]) or the file cannot be written.
    pub fn snapshot(&self, target: &std::path::Path) -> Result<(), Error> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.snapshot(target),
            Engine::Postgres(_) => Err(Error::Unavailable("a snapshot file is SQLite's".into())),
        }
    }

    /// Makes sure that nothing which was deleted before can be read from the files of the database. PostgreSQL removes
    /// old rows with its own `vacuum`.
    ///
    /// # Errors
    /// When the write-ahead log cannot be emptied just now.
    pub async fn scrub(&self) -> Result<()> {
        let Engine::Sqlite(_) = &self.0.engine else { return Ok(()) };
        let db = self.clone();
        let task = tokio::task::spawn_blocking(move || match &db.0.engine {
            Engine::Sqlite(engine) => engine.scrub(),
            Engine::Postgres(_) => Ok(()),
        });
        Ok(task.await.map_err(|error| Problem::internal("panic", "the work panicked").because(error))??)
    }

    /// What SQLite finds wrong with its file; PostgreSQL checks its own pages.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn check_integrity(&self) -> Result<Vec<String>, Error> {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.check_integrity(),
            Engine::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// The figures by transaction name, for `/metrics`.
    #[must_use]
    pub fn stats(&self) -> BTreeMap<&'static str, Stat> {
        self.0.stats.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, name: &'static str, start: Instant, failed: bool) {
        let time = start.elapsed();
        let mut stats = self.0.stats.lock().unwrap_or_else(PoisonError::into_inner);
        let stat = stats.entry(name).or_default();
        stat.count += 1;
        stat.failed += u64::from(failed);
        stat.time += time;
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_postgres() { "Db(PostgreSQL)" } else { "Db(SQLite)" })
    }
}

/// A transaction's work, whatever it returns. The engines are compiled once, not once for each closure.
pub(crate) type Work = Box<dyn FnMut(&mut Tx<'_>) -> Result<()> + Send>;

/// What a transaction's work returned, for whoever waits for it.
struct Given<T>(Arc<Mutex<Option<T>>>);

impl<T> Given<T> {
    fn take(self) -> Result<T> {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or_else(|| Problem::internal("store", "the transaction never ran"))
    }
}

fn parcel<T: Send + 'static>(
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> (Work, Given<T>) {
    let place = Arc::new(Mutex::new(None));
    let given = Given(Arc::clone(&place));
    let work = move |tx: &mut Tx<'_>| {
        let value = work(tx)?;
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        Ok(())
    };
    (Box::new(work), given)
}

/// Turns a panic inside a closure into a problem: no closure may take the writer down.
pub(crate) fn guarded(
    name: &'static str,
    tx: &mut Tx<'_>,
    work: &mut dyn FnMut(&mut Tx<'_>) -> Result<()>,
) -> Result<()> {
    let start = Instant::now();
    let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(tx)));
    let time = start.elapsed();
    if time > SLOW {
        tracing::warn!(name, millis = time.as_millis(), "slow transaction");
    }
    run.unwrap_or_else(|_| Err(Problem::internal("panic", format!("transaction {name} panicked"))))
}

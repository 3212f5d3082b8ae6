use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Instant;

use base::{Problem, Result};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::db::{BUDGET, BeforeCommit, Options, Work, guarded};
use crate::tx::{self, Memo, Tx, sqlite_error};
use crate::{Error, migrate};

/// Transactions acknowledged by one flush to disk, at most.
const GROUP: usize = 1024;

/// Reads that run at once apart from the threads that serve requests; more would only take turns.
const SCANS: usize = 8;

/// A SQLite file: one writer thread, readers on the callers' threads.
pub(crate) struct Engine {
    path: PathBuf,
    queue: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    readers: Mutex<Vec<Connection>>,
    /// Idle reading connections kept open: as many as can be in use at once, for opening one costs more than most reads.
    kept: usize,
    scans: Arc<Semaphore>,
    /// Held for the life of the engine: two writers on one file would break the group commit's promises.
    _lock: File,
}

/// A transaction that waits for the writer.
struct Job {
    name: &'static str,
    work: Work,
    result: Option<Result<()>>,
    caller: oneshot::Sender<Result<()>>,
}

impl Job {
    /// Runs the closure; `true` when its changes are to stay.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let result = guarded(self.name, tx, self.work.as_mut());
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    /// Whether it is known that nothing comes of it.
    fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    /// Sees to it that nothing comes of it, whatever the closure said.
    fn fail(&mut self, why: &str) {
        if !self.has_failed() {
            self.result = Some(Err(Error::Unavailable(why.into()).into()));
        }
    }

    /// Tells the caller, after the group is on disk or has failed.
    fn finish(self, committed: Result<(), String>) {
        let result = match (self.result, committed) {
            (Some(Err(problem)), _) => Err(problem),
            (Some(Ok(())), Ok(())) => Ok(()),
            (_, Err(why)) => Err(Error::Unavailable(why).into()),
            (None, Ok(())) => Err(Problem::internal("store", "the transaction never ran")),
        };
        // The caller may have hung up; the work is done all the same.
        drop(self.caller.send(result));
    }
}

impl Engine {
    pub(crate) fn open(path: &Path, options: &Options<'_>) -> Result<Self, Error> {
        let lock = lock(path)?;
        let mut connection = connect(path, false)?;
        migrate::sqlite(&mut connection, options.migrations)?;
        let (queue, jobs) = mpsc::channel();
        let before_commit = options.before_commit.clone();
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || Writer::new(connection, jobs, before_commit).run())
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            queue: Some(queue),
            writer: Some(writer),
            readers: Mutex::default(),
            kept: SCANS + std::thread::available_parallelism().map_or(1, usize::from),
            scans: Arc::new(Semaphore::new(SCANS)),
            _lock: lock,
        })
    }

    /// Waits for the turn to read apart from the threads that serve requests.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.scans).acquire_owned().await;
        turn.map_err(|_| Error::Unavailable("no more reads".into()).into())
    }

    pub(crate) async fn write(&self, name: &'static str, work: Work) -> Result<()> {
        let gone = || Problem::from(Error::Unavailable("the writer has stopped".into()));
        let (caller, answer) = oneshot::channel();
        let job = Job { name, work, result: None, caller };
        self.queue.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) fn read(&self, work: &mut dyn FnMut(&mut Tx<'_>) -> Result<()>) -> Result<()> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(&self.path, true)?,
        };
        let wrong = |error| Problem::from(sqlite_error("read", error));
        cached(&connection, "begin").map_err(wrong)?;
        let result = {
            let mut tx = Tx::new(tx::Engine::Sqlite(&connection));
            guarded("read", &mut tx, work)
        };
        cached(&connection, "rollback").map_err(wrong)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < self.kept {
            readers.push(connection);
        }
        result
    }

    pub(crate) fn snapshot(&self, target: &Path) -> Result<(), Error> {
        snapshot_file(&self.path, target)
    }

    pub(crate) fn scrub(&self) -> Result<(), Error> {
        crate::scrub::scrub(&self.path)
    }

    pub(crate) fn check_integrity(&self) -> Result<Vec<String>, Error> {
        let connection = connect(&self.path, true)?;
        let wrong = |error| sqlite_error("integrity", error);
        let mut statement = connection.prepare("pragma integrity_check").map_err(wrong)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(wrong)?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(wrong)?;
        Ok(rows.into_iter().filter(|row| row != "ok").collect())
    }
}

/// Writes a consistent copy of a SQLite database, which another process may be using, to a file that must not exist.
///
/// # Errors
/// When either file cannot be used.
pub fn snapshot_file(source: &Path, target: &Path) -> Result<(), Error> {
    if !source.exists() {
        return Err(Error::Unavailable(format!("{} is not there", source.display())));
    }
    let connection = connect(source, false)?;
    let target = target.to_str().ok_or_else(|| Error::Unavailable("the path is not UTF-8".into()))?;
    connection.execute("vacuum into ?1", [target]).map_err(|error| sqlite_error("snapshot", error))?;
    Ok(())
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.queue = None;
        // The last handle may go with a closure that the writer has just carried out: it then ends without being waited for.
        let is_other = |writer: &JoinHandle<()>| writer.thread().id() != std::thread::current().id();
        if let Some(writer) = self.writer.take().filter(is_other) {
            drop(writer.join());
        }
    }
}

fn lock(path: &Path) -> Result<File, Error> {
    let path = path.with_extension("lock");
    let unwritable = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", path.display()));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

/// A connection to a database, with our settings.
pub(crate) fn connect(path: &Path, read_only: bool) -> Result<Connection, Error> {
    let mode = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let wrong = |error: rusqlite::Error| match sqlite_error("open", error) {
        Error::Damaged(_, why) => Error::Damaged(path.display().to_string(), why),
        Error::Unavailable(why) => Error::Unavailable(format!("{}: {why}", path.display())),
        other => other,
    };
    let connection =
        Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(wrong)?;
    connection.set_prepared_statement_cache_capacity(256);
    // Else SQLite plans a statement anew whenever a limit is bound, which costs more than most statements do.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(wrong)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(wrong)?;
    let settings = if read_only {
        "pragma query_only = on; pragma temp_store = memory; pragma cache_size = -4096;"
    } else {
        // What was deleted is overwritten with zeros, so that erased is erased in the file too.
        "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on; \
         pragma temp_store = memory; pragma cache_size = -8192; pragma wal_autocheckpoint = 2000;"
    };
    connection.execute_batch(settings).map_err(wrong)?;
    Ok(connection)
}

/// Whether the transactions of a group are kept apart by savepoints, for which SQLite copies every page that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    Not,
    BySavepoints,
}

/// What became of a group.
enum Attempt {
    /// All of it is on disk.
    Committed,
    /// A transaction failed after it had written something: the others are to be done again without it.
    Spoilt,
}

/// What became of one transaction of a group.
enum Outcome {
    /// What it wrote stays, and it has entries that must get their places.
    KeptWithEntries,
    /// What it wrote stays, or it failed and nothing of it is there.
    Kept,
    /// It failed, and what it wrote is mixed with the rest.
    Spoilt,
}

/// The one thread that writes to a file.
struct Writer {
    connection: Connection,
    jobs: mpsc::Receiver<Job>,
    before_commit: Option<Arc<dyn BeforeCommit>>,
    /// When the transaction that runs has used up its budget.
    deadline: Arc<Mutex<Instant>>,
}

impl Writer {
    fn new(
        connection: Connection,
        jobs: mpsc::Receiver<Job>,
        before_commit: Option<Arc<dyn BeforeCommit>>,
    ) -> Self {
        let deadline = Arc::new(Mutex::new(Instant::now() + BUDGET));
        let mut writer = Self { connection, jobs, before_commit, deadline };
        writer.watch_budget();
        writer
    }

    /// Interrupts a statement when its transaction has used up its budget.
    fn watch_budget(&mut self) {
        let deadline = Arc::clone(&self.deadline);
        let expired = move || Instant::now() > *deadline.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = self.connection.progress_handler(100_000, Some(expired)) {
            tracing::warn!(%error, "no time budget for transactions");
        }
    }

    fn give_budget(&self) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + BUDGET;
    }

    fn run(&self) {
        while let Ok(first) = self.jobs.recv() {
            let mut group = vec![first];
            let committed = self.commit_group(&mut group);
            if let Err(why) = &committed {
                tracing::error!(why, transactions = group.len(), "nothing of this group was written");
            }
            for job in group {
                job.finish(committed.clone());
            }
        }
    }

    /// Runs what waits, and flushes all of it to disk at once. It is seldom that one fails after it has written something,
    /// so they are kept apart only when that has happened.
    fn commit_group(&self, group: &mut Vec<Job>) -> Result<(), String> {
        for apart in [Apart::Not, Apart::BySavepoints] {
            let attempt = self.attempt(group, apart);
            if !self.connection.is_autocommit() {
                drop(self.connection.execute_batch("rollback"));
            }
            if let Attempt::Committed = attempt? {
                return Ok(());
            }
        }
        Err("a transaction could not be kept apart".into())
    }

    fn attempt(&self, group: &mut Vec<Job>, apart: Apart) -> Result<Attempt, String> {
        let text = |error: rusqlite::Error| error.to_string();
        self.give_budget();
        self.execute("begin immediate").map_err(text)?;
        let (mut sequence, mut memos) = (false, Vec::new());
        let mut next = 0;
        while let Some(job) = group.get_mut(next) {
            self.give_budget();
            if !job.has_failed() {
                match self.run_one(job, &mut memos, apart).map_err(text)? {
                    Outcome::KeptWithEntries => sequence = true,
                    Outcome::Kept => {}
                    Outcome::Spoilt => return Ok(Attempt::Spoilt),
                }
            }
            next += 1;
            if group.len() < GROUP
                && let Ok(job) = self.jobs.try_recv()
            {
                group.push(job);
            }
        }
        self.give_budget();
        if let (true, Some(hook)) = (sequence, &self.before_commit) {
            let mut tx = Tx::of_group(&self.connection, &mut memos);
            guarded("store.sequence", &mut tx, &mut |tx| hook.before_commit(tx))
                .map_err(|problem| problem.to_string())?;
        }
        self.execute("commit").map_err(text)?;
        Ok(Attempt::Committed)
    }

    fn run_one(&self, job: &mut Job, memos: &mut Vec<Memo>, apart: Apart) -> rusqlite::Result<Outcome> {
        if apart == Apart::BySavepoints {
            self.execute("savepoint one")?;
        }
        let (before, changes) = (memos.len(), self.connection.total_changes());
        let mut tx = Tx::of_group(&self.connection, memos);
        let keep = job.run(&mut tx);
        *memos = tx.take_memos();
        let must_sequence = keep && tx.must_sequence;
        if !keep {
            memos.truncate(before);
        }
        if apart == Apart::BySavepoints {
            if !keep {
                self.execute("rollback to one")?;
            }
            self.execute("release one")?;
        } else if self.connection.is_autocommit() {
            // SQLite itself has undone everything: a statement of it was interrupted.
            job.fail("the transaction was undone");
            return Ok(Outcome::Spoilt);
        } else if !keep && self.connection.total_changes() != changes {
            return Ok(Outcome::Spoilt);
        }
        Ok(if must_sequence { Outcome::KeptWithEntries } else { Outcome::Kept })
    }

    fn execute(&self, text: &str) -> rusqlite::Result<()> {
        cached(&self.connection, text)
    }
}

fn cached(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.execute([]).map(drop)
}

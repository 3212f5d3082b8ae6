use std::collections::HashMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Problem, Result};
use postgres::config::SslMode;
use postgres::{Client, IsolationLevel, NoTls};
use tokio::sync::oneshot;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::db::{BeforeCommit, Options, Work, guarded};
use crate::tx::{self, Prepared, Tx, postgres_error};
use crate::{Error, migrate};

/// How often a transaction is repeated when others keep coming first.
const ATTEMPTS: u32 = 20;

/// How a transaction wants to see the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Serializable: as if transactions ran one after the other.
    Write,
    /// One consistent state, read only.
    Read,
}

type Job = Box<dyn FnMut(&mut Connection) + Send>;

/// A schema of a PostgreSQL database: worker threads with a connection each, and one that sequences.
pub(crate) struct Engine {
    queue: Option<flume::Sender<Job>>,
    sequencer: Option<flume::Sender<Option<oneshot::Sender<Result<()>>>>>,
    threads: Vec<JoinHandle<()>>,
}

/// A connection that is made anew after it broke.
struct Connection {
    url: String,
    schema: String,
    open: Option<(Client, Prepared)>,
}

impl Engine {
    pub(crate) fn open(url: &str, schema: &str, options: &Options<'_>) -> Result<Self, Error> {
        // The client brings a small runtime of its own, which must not meet the caller's on one thread.
        let first = std::thread::scope(|scope| {
            let prepared = scope.spawn(|| {
                let mut first = Connection::new(url, schema);
                let (client, _) = first.client()?;
                migrate::postgres(client, schema, options.migrations).map(|()| first)
            });
            prepared.join().unwrap_or_else(|_| Err(Error::Unavailable("the connection panicked".into())))
        })?;
        let (queue, jobs) = flume::unbounded::<Job>();
        let (sequencer, wake) = flume::unbounded();
        let mut threads = vec![start("pg-sequencer", {
            let hook = options.before_commit.clone();
            let connection = Connection::new(url, schema);
            move || sequence_loop(connection, &wake, hook.as_ref())
        })?];
        let mut connection = Some(first);
        for _ in 0..options.connections.max(1) {
            let jobs = jobs.clone();
            let mut connection = connection.take().unwrap_or_else(|| Connection::new(url, schema));
            threads.push(start("pg-worker", move || {
                while let Ok(mut job) = jobs.recv() {
                    job(&mut connection);
                }
            })?);
        }
        Ok(Self { queue: Some(queue), sequencer: Some(sequencer), threads })
    }

    pub(crate) async fn run(&self, name: &'static str, mode: Mode, mut work: Work) -> Result<()> {
        let (caller, answer) = oneshot::channel();
        let mut caller = Some(caller);
        let sequencer = self.sequencer.clone();
        let job: Job = Box::new(move |connection| {
            let outcome = run_with_retry(connection, name, mode, work.as_mut());
            let outcome = outcome.map(|sequence| {
                if let (true, Some(sequencer)) = (sequence, &sequencer) {
                    drop(sequencer.send(None));
                }
            });
            if let Some(caller) = caller.take() {
                drop(caller.send(outcome));
            }
        });
        let gone = || Problem::from(Error::Unavailable("the connections have stopped".into()));
        self.queue.as_ref().ok_or_else(gone)?.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) async fn sequence_now(&self) -> Result<()> {
        let gone = || Problem::from(Error::Unavailable("the sequencer has stopped".into()));
        let (caller, answer) = oneshot::channel();
        self.sequencer.as_ref().ok_or_else(gone)?.send(Some(caller)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.queue = None;
        self.sequencer = None;
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

impl Connection {
    fn new(url: &str, schema: &str) -> Self {
        Self { url: url.to_owned(), schema: schema.to_owned(), open: None }
    }

    fn client(&mut self) -> Result<(&mut Client, &mut Prepared), Error> {
        if self.open.as_ref().is_some_and(|(client, _)| client.is_closed()) {
            self.open = None;
        }
        if self.open.is_none() {
            self.open = Some((connect(&self.url, &self.schema)?, HashMap::new()));
        }
        match &mut self.open {
            Some((client, prepared)) => Ok((client, prepared)),
            None => Err(Error::Unavailable("not connected".into())),
        }
    }
}

fn connect(url: &str, schema: &str) -> Result<Client, Error> {
    let mut client = connect_plain(url)?;
    let schema = quoted(schema);
    let settings = format!(
        "create schema if not exists {schema}; set search_path to {schema}; \
         set synchronous_commit to on; set statement_timeout to '30s'; set client_min_messages to warning"
    );
    client.batch_execute(&settings).map_err(|error| unreachable(&error))?;
    Ok(client)
}

/// A connection without any of our settings.
pub(crate) fn connect_plain(url: &str) -> Result<Client, Error> {
    let mut config: postgres::Config = url.parse().map_err(|error| unreachable(&error))?;
    config.application_name("raum").connect_timeout(Duration::from_secs(5));
    // On this machine the wire is nobody else's; across a network the URL says `sslmode=require`, and the server must
    // prove itself to the certificates this machine trusts.
    match config.get_ssl_mode() {
        SslMode::Require => config.connect(tls()?).map_err(|error| unreachable(&error)),
        _ => config.connect(NoTls).map_err(|error| unreachable(&error)),
    }
}

fn unreachable(error: &postgres::Error) -> Error {
    // What is the matter stands in the cause: the name, the password, the certificate.
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::Unavailable(format!("PostgreSQL: {error}{cause}"))
}

fn tls() -> Result<MakeRustlsConnect, Error> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Error::Unavailable(format!("TLS: {error}")))?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Error> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(work);
    thread.map_err(|error| Error::Unavailable(error.to_string()))
}

/// Whether what was written waits for its place in the ledger.
fn run_with_retry(
    connection: &mut Connection,
    name: &'static str,
    mode: Mode,
    work: &mut dyn FnMut(&mut Tx<'_>) -> Result<()>,
) -> Result<bool> {
    for attempt in 0..ATTEMPTS {
        match run_once(connection, name, mode, work) {
            Err(Once::Retry) => std::thread::sleep(Duration::from_millis(u64::from(attempt))),
            Err(Once::Failed(problem)) => return Err(problem),
            Ok(done) => return Ok(done),
        }
    }
    Err(Error::Retry.into())
}

enum Once {
    Retry,
    Failed(Problem),
}

impl From<Error> for Once {
    fn from(error: Error) -> Self {
        if matches!(error, Error::Retry) { Self::Retry } else { Self::Failed(error.into()) }
    }
}

fn run_once(
    connection: &mut Connection,
    name: &'static str,
    mode: Mode,
    work: &mut dyn FnMut(&mut Tx<'_>) -> Result<()>,
) -> Result<bool, Once> {
    let (client, prepared) = connection.client()?;
    let wrong = |error| Once::from(postgres_error(name, error));
    let builder = client.build_transaction();
    let builder = match mode {
        Mode::Write => builder.isolation_level(IsolationLevel::Serializable),
        Mode::Read => builder.isolation_level(IsolationLevel::RepeatableRead).read_only(true),
    };
    let mut tx = Tx::new(tx::Engine::Postgres(builder.start().map_err(wrong)?, prepared));
    let result = guarded(name, &mut tx, work);
    let Tx { engine: tx::Engine::Postgres(inner, _), must_sequence, must_retry, .. } = tx else {
        return Err(Once::Failed(Problem::internal("store", "not PostgreSQL")));
    };
    if must_retry {
        inner.rollback().map_err(wrong)?;
        return Err(Once::Retry);
    }
    match result {
        Ok(()) => inner.commit().map_err(wrong).map(|()| must_sequence),
        Err(problem) => {
            inner.rollback().map_err(wrong)?;
            Err(Once::Failed(problem))
        }
    }
}

/// Gives entries their places: one process at a time, all that waits at once.
fn sequence_loop(
    mut connection: Connection,
    wake: &flume::Receiver<Option<oneshot::Sender<Result<()>>>>,
    hook: Option<&Arc<dyn BeforeCommit>>,
) {
    while let Ok(first) = wake.recv() {
        let mut waiting = vec![first];
        waiting.extend(wake.try_iter());
        let result = match hook {
            Some(hook) => sequence_once(&mut connection, hook.as_ref()),
            None => Ok(()),
        };
        if let Err(problem) = &result {
            tracing::error!(%problem, "entries wait for their places");
        }
        for caller in waiting.into_iter().flatten() {
            let answer = match &result {
                Ok(()) => Ok(()),
                Err(problem) => Err(Error::Unavailable(problem.to_string()).into()),
            };
            drop(caller.send(answer));
        }
    }
}

fn sequence_once(connection: &mut Connection, hook: &dyn BeforeCommit) -> Result<()> {
    let wrong = |error| Problem::from(postgres_error("store.sequence", error));
    let lock = format!("raum:{}", connection.schema);
    let (client, prepared) = connection.client()?;
    let mut inner = client.transaction().map_err(wrong)?;
    inner.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", &[&lock]).map_err(wrong)?;
    let mut tx = Tx::new(tx::Engine::Postgres(inner, prepared));
    guarded("store.sequence", &mut tx, &mut |tx| hook.before_commit(tx))?;
    match tx.engine {
        tx::Engine::Postgres(inner, _) => inner.commit().map_err(wrong),
        tx::Engine::Sqlite(_) => Err(Problem::internal("store", "not PostgreSQL")),
    }
}

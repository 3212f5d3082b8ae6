mod payloads;
mod remote;
mod round;
mod taken;

use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Kind, Problem, Result};
use ledger::Header;
use store::{Db, Tx};
use tlog::{Signer, Verifier};

use crate::mirror::conflict::Conflict;
use crate::mirror::store::{self as db, Entry, FeedName, State};
use round::{Round, Stop};

pub use remote::{Remote, Sign};
pub use taken::Taken;

/// Whether the content of an entry is wanted.
pub type Want = Arc<dyn Fn(&Header) -> bool + Send + Sync>;

/// What is done with new entries, in the transaction that stores them.
pub type Apply = Arc<dyn Fn(&mut Tx<'_>, &Batch<'_>) -> Result<()> + Send + Sync>;

/// What somebody wants from a feed.
#[derive(Clone)]
pub struct Interest {
    /// Which contents.
    pub wants: Want,
    /// What is done with what arrives. On PostgreSQL it may run again when another transaction came first.
    pub apply: Apply,
}

impl Interest {
    /// The entries alone, without contents and effects: a witness needs no more.
    #[must_use]
    pub fn in_nothing() -> Self {
        Self { wants: Arc::new(|_| false), apply: Arc::new(|_, _| Ok(())) }
    }
}

/// What arrived at once.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The feed.
    pub name: &'a FeedName,
    /// The new entries with their headers, in their order; a header of a form this program does not know is `None`.
    pub entries: &'a [(Entry, Option<Header>)],
    /// Earlier entries whose contents are gone from now on.
    pub erased: &'a [u64],
}

/// What one round of pulling may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries, at least 256. What is left waits for the next round.
    pub entries: u64,
    /// Bytes of a bundle of 256 entries.
    pub bundle: usize,
    /// Bytes of a content with its key.
    pub payload: usize,
    /// Contents asked for at once.
    pub parallel: usize,
    /// The time until everything is there and verified.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let (bundle, payload) = (4 << 20, 2 << 20);
        Self { entries: 4096, bundle, payload, parallel: 8, time: Duration::from_secs(60) }
    }
}

/// How far a round came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries mirrored before.
    pub from: u64,
    /// Entries mirrored now.
    pub size: u64,
    /// Entries of the signed checkpoint the log shows.
    pub target: u64,
    /// Whether contents that were here were erased, not only said anew. Until [`store::Db::scrub`] they may be found in
    /// the database's files.
    pub erased: bool,
}

impl Progress {
    /// Whether nothing is left to pull.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.size == self.target
    }
}

/// Mirrors feeds of other members into this member's database.
#[derive(Clone, Debug)]
pub struct Mirror {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) witness: Signer,
    pub(crate) limits: Limits,
}

impl Mirror {
    /// A mirror in this database; `witness` says what was seen.
    #[must_use]
    pub fn new(db: Db, clock: Clock, witness: Signer) -> Self {
        Self { db, clock, witness, limits: Limits::default() }
    }

    /// As this, with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { limits: Limits { entries: limits.entries.max(256), ..limits }, ..self }
    }

    /// Pulls a feed for one round: takes new entries, proves that they continue what is known and belong to what the log
    /// signed under the key `log`, and stores them, the cursor and their effects in one transaction. Whatever
    /// interrupts it, the next round goes on from there.
    ///
    /// # Errors
    /// Why nothing could be taken; a problem with the peer is noted in the feed's state too. `feed-lie` when the log
    /// went back on what it had signed, and `feed-paused` from then on.
    pub async fn pull(
        &self,
        name: &FeedName,
        log: &Verifier,
        remote: &Remote,
        interest: &Interest,
    ) -> Result<Progress> {
        let state = self.state(name).await?;
        if let Some(lie) = state.paused.filter(|lie| lie.is_proven()) {
            return Err(lie.pause());
        }
        let problem = match Round::new(self, log, remote, state).run(interest).await {
            Ok(progress) => return Ok(progress),
            Err(Stop::Lie(conflict)) => {
                let problem = conflict.lie.problem();
                self.keep(name, *conflict).await?;
                problem
            }
            Err(Stop::Problem(problem)) => problem,
        };
        if problem.kind == Kind::Peer {
            self.note(name, &problem).await?;
        }
        Err(problem)
    }

    /// Pulls a feed until nothing is left, at most so many rounds.
    ///
    /// # Errors
    /// As [`Mirror::pull`]; what earlier rounds took stays.
    pub async fn pull_all(
        &self,
        name: &FeedName,
        log: &Verifier,
        remote: &Remote,
        interest: &Interest,
        rounds: u32,
    ) -> Result<Progress> {
        let mut progress = self.pull(name, log, remote, interest).await?;
        let from = progress.from;
        for _ in 1..rounds {
            if progress.is_complete() {
                break;
            }
            let next = self.pull(name, log, remote, interest).await?;
            progress = Progress { from, erased: progress.erased || next.erased, ..next };
        }
        Ok(progress)
    }

    async fn state(&self, name: &FeedName) -> Result<State> {
        let own = name.clone();
        let found = self.db.read("federation.state", move |tx| db::state(tx, &own)).await?;
        Ok(found.unwrap_or_else(|| State {
            name: name.clone(),
            size: 0,
            frontier: tlog::Frontier::default(),
            checkpoint: String::new(),
            checked_at: None,
            trouble: None,
            paused: None,
            retry_at: None,
            failures: 0,
        }))
    }

    /// Keeps the evidence of a lie and pauses the feed.
    pub(crate) async fn keep(&self, name: &FeedName, conflict: Conflict) -> Result<()> {
        let name = name.clone();
        self.db.write("federation.conflict", move |tx| db::keep(tx, &name, &conflict)).await
    }

    async fn note(&self, name: &FeedName, problem: &Problem) -> Result<()> {
        let (name, now) = (name.clone(), self.clock.now());
        // What a peer sent may be part of it.
        let why: String = format!("{}: {problem}", problem.code).chars().take(500).collect();
        self.db.write("federation.failed", move |tx| db::failed(tx, &name, &why, now)).await
    }
}

use std::sync::Arc;
use std::time::Duration;

use base::{Problem, Result};
use ledger::ERASED;
use tlog::{Checkpoint, Contradiction, Note, TILE_WIDTH, Tile, Verifier};
use tokio::time::{Instant, timeout_at};

use super::payloads::{self, Content, slow};
use super::remote::{Remote, RemoteTree};
use super::taken::Taken;
use super::{Batch, Interest, Mirror, Progress};
use crate::mirror::conflict::{Conflict, Lie};
use crate::mirror::store::{self as db, Entry, State};

/// Why a round ended without anything new.
pub(crate) enum Stop {
    /// The log lied, and this shows it.
    Lie(Box<Conflict>),
    /// Something else.
    Problem(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// A signed checkpoint with the text it was opened from.
#[derive(Clone)]
struct Signed {
    note: String,
    is: Checkpoint,
}

/// One round of pulling a feed.
pub(crate) struct Round<'m> {
    mirror: &'m Mirror,
    log: &'m Verifier,
    remote: &'m Remote,
    state: State,
    start: Instant,
}

impl<'m> Round<'m> {
    pub(crate) fn new(mirror: &'m Mirror, log: &'m Verifier, remote: &'m Remote, state: State) -> Self {
        Self { mirror, log, remote, state, start: Instant::now() }
    }

    pub(crate) async fn run(&self, interest: &Interest) -> Result<Progress, Stop> {
        let (target, shown) = self.in_time(3, self.target()).await?;
        if self.state.size == target.is.size && !self.state.checkpoint.is_empty() {
            return Ok(self.nothing_new().await?);
        }
        let mut taken = self.gather(&target).await?;
        self.in_time(2, self.prove(&target, &shown, &taken)).await?;
        let (contents, stopped) =
            payloads::fetch(self.remote, &taken, interest, &self.mirror.limits, self.after(3)).await;
        match stopped {
            Some(problem) if contents.is_empty() => return Err(problem.into()),
            _ => taken.keep(contents.len()),
        }
        Ok(self.commit((&target, &shown), &taken, contents, interest).await?)
    }

    /// The moment after so many thirds of the time.
    fn after(&self, thirds: u32) -> Instant {
        self.start + Duration::from_millis(1).max(self.mirror.limits.time / 3 * thirds)
    }

    async fn in_time<T>(&self, thirds: u32, work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
        timeout_at(self.after(thirds), work).await.unwrap_or_else(|_| Err(slow().into()))
    }

    /// What to work towards, which is what was accepted before until all of that is there, and what the log signs now.
    async fn target(&self) -> Result<(Signed, Signed), Stop> {
        let shown = self.open(self.remote.text("checkpoint").await?)?;
        if self.state.checkpoint.is_empty() {
            return Ok((shown.clone(), shown));
        }
        let known = self.open(self.state.checkpoint.clone())?;
        let lie = match shown.is.size.cmp(&known.is.size) {
            std::cmp::Ordering::Less => Some(Lie::Shrunk),
            std::cmp::Ordering::Equal if shown.is.root != known.is.root => Some(Lie::Forked),
            _ => None,
        };
        if let Some(lie) = lie {
            let prefix = shown.is.root;
            let evidence = Contradiction { older: known.note, newer: shown.note, prefix, path: Vec::new() };
            return Err(self.lie(lie, evidence));
        }
        Ok((if self.state.size < known.is.size { known } else { shown.clone() }, shown))
    }

    fn open(&self, note: String) -> Result<Signed> {
        let opened = Checkpoint::open(&note, self.log);
        let (is, _) = opened.map_err(|error| {
            Problem::peer("feed-signature", "not a checkpoint this log signed").because(error)
        })?;
        Ok(Signed { note, is })
    }

    fn lie(&self, lie: Lie, evidence: Contradiction) -> Stop {
        Stop::Lie(Box::new(Conflict { lie, found_at: self.mirror.clock.now(), evidence }))
    }

    /// Fetches entries until all are there, enough for one round, something fails or a third of the time is up. What is
    /// there by then goes on.
    async fn gather(&self, target: &Signed) -> Result<Taken, Stop> {
        let mut taken = Taken::after(self.state.frontier.clone());
        let (size, limits) = (target.is.size, &self.mirror.limits);
        let most = self.state.size.saturating_add(limits.entries);
        // A round that does not reach the end stops between bundles.
        let end = if most < size { most / TILE_WIDTH * TILE_WIDTH } else { size };
        let mut index = self.state.size / TILE_WIDTH;
        while index * TILE_WIDTH < end {
            let tile = Tile::widest(0, index, size);
            let bundle = timeout_at(self.after(1), self.remote.bundle(tile, limits.bundle)).await;
            match bundle.unwrap_or_else(|_| Err(slow())) {
                Ok(bundle) => taken.add(&bundle, index * TILE_WIDTH, tile.width)?,
                Err(problem) if taken.frontier().size() == self.state.size => return Err(problem.into()),
                Err(_) => break,
            }
            index += 1;
        }
        Ok(taken)
    }

    /// Proves that what is known, followed by what was taken, is a beginning of the signed tree.
    async fn prove(&self, target: &Signed, shown: &Signed, taken: &Taken) -> Result<(), Stop> {
        let (size, root) = (taken.frontier().size(), taken.frontier().root());
        let mut tree = RemoteTree::new(self.remote, target.is.size);
        let path = if size == target.is.size { Vec::new() } else { tree.consistency(size).await? };
        if tlog::verify_consistency(size, &root, target.is.size, &target.is.root, &path).is_ok() {
            return Ok(());
        }
        Err(self.diagnose(shown).await?)
    }

    /// Entries do not lead to the signed root. Either the log signed another beginning than before, which its own tiles
    /// prove as far as they lead to the new root, or what it served is not what it signed.
    async fn diagnose(&self, shown: &Signed) -> Result<Stop, Stop> {
        let damaged = || Problem::peer("feed-damaged", "the entries served are not those the log signed");
        if self.state.checkpoint.is_empty() {
            return Ok(damaged().into());
        }
        let known = self.open(self.state.checkpoint.clone())?;
        let mut tree = RemoteTree::new(self.remote, shown.is.size);
        let (prefix, path) = (tree.prefix(known.is.size).await?, tree.consistency(known.is.size).await?);
        let evidence = Contradiction { older: known.note, newer: shown.note.clone(), prefix, path };
        Ok(match evidence.verify(self.log) {
            Ok(_) => self.lie(Lie::Rewritten, evidence),
            Err(_) => damaged().into(),
        })
    }

    async fn nothing_new(&self) -> Result<Progress> {
        let (name, now, size) = (self.state.name.clone(), self.mirror.clock.now(), self.state.size);
        self.mirror.db.write("federation.well", move |tx| db::well(tx, &name, now)).await?;
        Ok(Progress { from: size, size, target: size, erased: false })
    }

    /// Stores entries, cursor and effects together, unless another round came first.
    async fn commit(
        &self,
        (target, shown): (&Signed, &Signed),
        taken: &Taken,
        contents: Vec<Content>,
        interest: &Interest,
    ) -> Result<Progress> {
        let (name, now) = (self.state.name.clone(), self.mirror.clock.now());
        let (from, frontier) = (taken.first(), taken.frontier().clone());
        let progress = Progress { from, size: frontier.size(), target: shown.is.size, erased: false };
        let cosigned = (frontier.size() == target.is.size).then(|| self.cosign(target)).transpose()?;
        let entries: Arc<[_]> = taken
            .entries()
            .zip(contents)
            .map(|((seq, entry), content)| arrived(seq, entry, content))
            .collect();
        let (target, apply) = (target.clone(), Arc::clone(&interest.apply));
        let written = self.mirror.db.write("federation.pull", move |tx| {
            let state = db::state(tx, &name)?;
            let (size, paused) = state.map_or((0, None), |state| (state.size, state.paused));
            if size != from || paused.is_some_and(Lie::is_proven) {
                return Ok(Progress { size, ..progress });
            }
            // First of all: whoever does the same at this moment waits here, and finds the cursor moved.
            db::advance(tx, &name, &frontier, &target.note, now)?;
            let (mut erased, mut for_good) = (Vec::new(), false);
            for (entry, header) in entries.iter() {
                db::add(tx, &name, header.as_ref().map(|header| header.id), entry)?;
            }
            for (entry, header) in entries.iter() {
                let Some(header) = header else { continue };
                let before = erased.len();
                for id in &header.erases {
                    erased.extend(db::erase(tx, &name, *id, entry.seq)?);
                }
                for_good |= header.kind == ERASED
                    && erased.get(before..).is_some_and(|new| new.iter().any(|seq| *seq < from));
            }
            if let Some(note) = &cosigned {
                db::seen(tx, &name, (target.is.size, &target.is.origin), note, now)?;
            }
            erased.retain(|seq| *seq < from);
            apply(tx, &Batch { name: &name, entries: &entries, erased: &erased })?;
            Ok(Progress { erased: for_good, ..progress })
        });
        written.await
    }

    /// The checkpoint with the log's own signatures and ours as a witness.
    fn cosign(&self, target: &Signed) -> Result<String> {
        let note = Note::parse(&target.note);
        let mut note =
            note.map_err(|error| Problem::internal("checkpoint", "it opened once").because(error))?;
        note.signatures.retain(|line| line.name == self.log.name());
        let seconds = u64::try_from(self.mirror.clock.now().seconds()).unwrap_or(0);
        note.signatures.push(tlog::cosign(&self.mirror.witness, &note.text, seconds));
        Ok(note.to_string())
    }
}

fn arrived(seq: u64, entry: &super::taken::TakenEntry, content: Content) -> (Entry, Option<ledger::Header>) {
    let (content, erased, erased_by) = match content {
        Content::None => (None, false, None),
        Content::Is(content) => (Some(content), false, None),
        Content::Erased(by) => (None, true, by),
    };
    (Entry { seq, header: entry.bytes.clone(), content, erased, erased_by }, entry.header.clone())
}

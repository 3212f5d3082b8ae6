//! The feeds of other members, pulled for all modules at once: everybody whose key somebody here confirmed is asked
//! again and again, each for itself, so that one who is down, slow or lying holds up nobody. What was signed is held
//! against what others saw of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Problem, Result, Time};
use federation::peers::{self, Peer};
use federation::{Batch, FeedName, Interest, Limits, Mirror, Progress, State, View};
use futures_util::{StreamExt as _, stream};
use ledger::{Header, PUBLIC};
use tlog::Verifier;

use crate::member::Member;
use crate::module::{Module, Round, Working};

/// Seconds from one time a feed is asked to the next, while all is well.
pub const SECONDS: i64 = 30;
/// Feeds pulled at once.
const PARALLEL: usize = 4;
/// Parts of a feed pulled in a row before others have their turn.
const PARTS: u32 = 4;
/// What one part may cost.
const LIMITS: Limits =
    Limits { entries: 4096, bundle: 4 << 20, payload: 256 << 10, parallel: 8, time: Duration::from_secs(30) };
/// Entries given to the modules at once when all is made anew.
const BATCH: u32 = 256;
/// Seconds from one time the database's files are cleaned of what others erased to the next; the whole file is read.
const CLEANED: i64 = 600;

/// Pulls every feed whose time has come.
pub(crate) const PULL: Round = Round { name: "feeds.pull", seconds: 5, work: pulling };
/// Holds every feed against what one other member saw of it.
pub(crate) const COMPARE: Round = Round { name: "feeds.compare", seconds: 120, work: comparing };

/// The public feed of a member that is known here, and the key that was confirmed for it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Under which name it is mirrored: the member's host, with its port.
    pub name: FeedName,
    /// Who the member is.
    pub peer: Peer,
}

impl Source {
    /// That of a member.
    #[must_use]
    pub fn of(peer: Peer) -> Self {
        Self { name: FeedName { peer: peer.identity.did.host(), feed: PUBLIC.into() }, peer }
    }

    /// The key its checkpoints are checked with.
    #[must_use]
    pub fn log(&self) -> &Verifier {
        &self.peer.identity.keys.log.0
    }
}

/// The feeds of all who are known, each with how it goes; `None` when it was never asked for.
///
/// # Errors
/// What the database says.
pub fn sources(tx: &mut store::Tx<'_>) -> Result<Vec<(Source, Option<State>)>> {
    let mut states: BTreeMap<FeedName, State> =
        federation::states(tx)?.into_iter().map(|state| (state.name.clone(), state)).collect();
    let known = peers::all(tx)?.into_iter().map(Source::of);
    Ok(known
        .map(|source| (states.remove(&source.name), source))
        .map(|(state, source)| (source, state))
        .collect())
}

/// What this process remembers between two rounds.
#[derive(Debug, Default)]
struct Memory {
    /// Whose turn it is to be compared with.
    turn: Mutex<usize>,
    cleaned: Mutex<Option<Time>>,
}

fn pulling(member: &Arc<Member>) -> Working<'_> {
    Box::pin(pull(member))
}

fn comparing(member: &Arc<Member>) -> Working<'_> {
    Box::pin(compare(member))
}

/// Pulls the feed of everybody whose turn it is, several at once. Why one of them failed stands in its state.
///
/// # Errors
/// What the own database says; never what is wrong with somebody else.
pub async fn pull(member: &Arc<Member>) -> Result<()> {
    let now = member.clock.now();
    let known = member.db.read("feeds.due", sources).await?;
    let is_due = |state: &Option<State>| state.as_ref().is_none_or(|state| state.is_due(now, SECONDS));
    let due = known.into_iter().filter(|(_, state)| is_due(state)).map(|(source, _)| source);
    let pulls = due.map(|source| async move {
        match pull_one(member, &source).await {
            Ok(progress) => progress.erased,
            Err(problem) => {
                told(member, &source.name, &problem);
                false
            }
        }
    });
    let pulls = stream::iter(pulls.collect::<Vec<_>>()).buffer_unordered(PARALLEL);
    let erased = pulls.fold(false, |any, erased| async move { any | erased }).await;
    if erased && is_time_to_clean(member, now) {
        member.scrub().await;
    }
    Ok(())
}

fn told(member: &Member, name: &FeedName, problem: &Problem) {
    let (member, peer) = (member.slug.as_str(), name.peer.as_str());
    match problem.code {
        "feed-lie" => tracing::warn!(member, peer, %problem, "a member went back on what it had signed"),
        _ => tracing::debug!(member, peer, %problem, "a feed was not pulled"),
    }
}

/// What others erased is overwritten in the files, too: soon, but not with every round. The hourly sweep does the rest.
fn is_time_to_clean(member: &Member, now: Time) -> bool {
    let memory = member.memory::<Memory>();
    let mut cleaned = memory.cleaned.lock().unwrap_or_else(PoisonError::into_inner);
    let is_time = cleaned.is_none_or(|cleaned| cleaned.plus_seconds(CLEANED) <= now);
    if is_time {
        *cleaned = Some(now);
    }
    is_time
}

/// Pulls one feed for all modules, as far as one round may go.
///
/// # Errors
/// As [`Mirror::pull`]; `url-private` and `url-wrong` when the member may not be asked at its address.
pub async fn pull_one(member: &Arc<Member>, source: &Source) -> Result<Progress> {
    let remote = member.remote(&format!("{}/log/{}", source.peer.url, source.name.feed))?;
    let interest = interest(member.modules);
    mirror(member).pull_all(&source.name, source.log(), &remote, &interest, PARTS).await
}

fn mirror(member: &Member) -> Mirror {
    let witness = member.ledger.keys().witness();
    Mirror::new(member.db.clone(), member.clock.clone(), witness).limited(LIMITS)
}

/// What all modules together want, and what they do with it.
fn interest(modules: &'static [Module]) -> Interest {
    Interest {
        wants: Arc::new(|header: &Header| modules.iter().any(|module| (module.understands.wants)(header))),
        apply: Arc::new(|tx, batch| {
            modules.iter().try_for_each(|module| (module.understands.apply)(tx, batch))
        }),
    }
}

/// Asks one other member, another one every time, what it saw of each feed that is mirrored here. Whoever shows two
/// histories is found out, and its feed is paused with the evidence.
///
/// # Errors
/// What the own database says.
pub async fn compare(member: &Arc<Member>) -> Result<()> {
    let known = member.db.read("feeds.compare", sources).await?;
    let memory = member.memory::<Memory>();
    let turn = {
        let mut turn = memory.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *turn = turn.wrapping_add(1);
        *turn
    };
    for (at, (source, state)) in known.iter().enumerate() {
        let is_quiet = state.as_ref().is_none_or(|state| state.size == 0 || state.paused.is_some());
        // Everybody but itself, one after the other.
        let others = known.len().saturating_sub(1);
        let Some((witness, _)) =
            turn.checked_rem(others).and_then(|turn| known.get((at + 1 + turn) % known.len()))
        else {
            continue;
        };
        if !is_quiet {
            ask_witness(member, source, witness).await;
        }
    }
    Ok(())
}

async fn ask_witness(member: &Arc<Member>, source: &Source, witness: &Source) {
    let (name, seen_by) = (&source.name, witness.name.peer.as_str());
    let view = async {
        let remote = member.remote(&format!("{}/witness", witness.peer.url))?;
        mirror(member).cross_check(name, source.log(), &remote).await
    };
    match view.await {
        Ok(View::Other(_)) => {
            let (member, peer) = (member.slug.as_str(), name.peer.as_str());
            tracing::warn!(member, peer, seen_by, "a member showed somebody else another history");
        }
        Ok(_) => {}
        // A witness that never saw the log, or is not there, says nothing.
        Err(problem) => tracing::debug!(member = member.slug, seen_by, %problem, "a witness was not asked"),
    }
}

/// Forgets what a member at a host published, and all that modules made of it: for when the member is known no more.
///
/// # Errors
/// What the database says, and what a module does.
pub fn forget(tx: &mut store::Tx<'_>, member: &Member, host: &str) -> Result<()> {
    for state in federation::states(tx)?.into_iter().filter(|state| state.name.peer == host) {
        member.modules.iter().try_for_each(|module| (module.understands.forget)(tx, &state.name))?;
        federation::drop_mirror(tx, &state.name)?;
    }
    Ok(())
}

/// Lets all modules forget what they made of a feed and make it anew from the mirror. Gives how many entries there are.
///
/// # Errors
/// What the database says, and what a module does.
pub async fn make_anew(member: &Arc<Member>, name: &FeedName) -> Result<u64> {
    let (modules, own) = (member.modules, name.clone());
    let forget = move |tx: &mut store::Tx<'_>| {
        modules.iter().try_for_each(|module| (module.understands.forget)(tx, &own))
    };
    member.db.write("feeds.forget", forget).await?;
    let mut from = 0;
    loop {
        let own = name.clone();
        let apply = move |tx: &mut store::Tx<'_>| {
            let entries = federation::entries(tx, &own, from, BATCH)?.into_iter();
            let entries: Vec<_> = entries
                .map(|entry| (serde_json::from_slice(&entry.header).ok(), entry))
                .map(|(header, entry)| (entry, header))
                .collect();
            let batch = Batch { name: &own, entries: &entries, erased: &[] };
            modules.iter().try_for_each(|module| (module.understands.apply)(tx, &batch))?;
            Ok(entries.last().map(|(entry, _)| entry.seq + 1))
        };
        match member.db.write("feeds.apply", apply).await? {
            Some(next) => from = next,
            None => return Ok(from),
        }
    }
}

use std::path::Path;

use base::{Problem, Result, Time};
use clap::Subcommand;
use federation::{FeedName, State};
use web::feeds::{Source, sources};

use super::Of;
use crate::config::Config;
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List what other members publish: how much of it is here, how old it is, and what is wrong
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Compute the roots of mirrored feeds anew from their entries, and check every checkpoint that was kept
    Verify {
        #[command(flatten)]
        of: Of,
        /// Only the feed of this member, by its host
        peer: Option<String>,
    },
    /// Make what the modules know from a feed anew from its mirror
    Rebuild {
        #[command(flatten)]
        of: Of,
        /// Only the feed of this member, by its host
        peer: Option<String>,
    },
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        match self {
            Self::List { of } => list(data, config, &of.member).await,
            Self::Verify { of, peer } => verify(data, config, (&of.member, peer.as_deref())).await,
            Self::Rebuild { of, peer } => rebuild(data, config, (&of.member, peer.as_deref())).await,
        }
    }
}

async fn list(data: &Path, config: &Config, slug: &str) -> Result<()> {
    let member = open_member(data, config, slug).await?;
    let read = |tx: &mut store::Tx<'_>| Ok((sources(tx)?, federation::lies(tx)?));
    let (known, lies) = member.db.read("feed.list", read).await?;
    let now = member.clock.now();
    println!("{:<32} {:>10} {:>10} {:>9}  state", "member", "entries", "age", "failures");
    for (source, state) in known {
        let lies = lies.iter().find(|(name, _)| *name == source.name).map_or(0, |(_, count)| *count);
        println!("{}", line(&source, state.as_ref(), lies, now));
    }
    Ok(())
}

/// One feed on one line.
fn line(source: &Source, state: Option<&State>, lies: i64, now: Time) -> String {
    let Some(state) = state else {
        return format!("{:<32} {:>10} {:>10} {:>9}  never asked", source.name.peer, 0, "–", 0);
    };
    let age = state.checked_at.map_or_else(|| "–".to_owned(), |at| age(now.seconds() - at.seconds()));
    let mut what = match (state.paused, &state.trouble) {
        (Some(lie), _) => format!("paused: {}", lie.name()),
        (None, Some(trouble)) => trouble.last_error.clone(),
        (None, None) => "in order".to_owned(),
    };
    if lies > 0 {
        what = format!("{what} ({lies} contradictions kept as evidence)");
    }
    format!("{:<32} {:>10} {age:>10} {:>9}  {what}", source.name.peer, state.size, state.failures)
}

fn age(seconds: i64) -> String {
    match seconds.max(0) {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7200 => format!("{} min", seconds / 60),
        seconds if seconds < 172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// The feeds a command is about.
fn chosen(tx: &mut store::Tx<'_>, peer: Option<&str>) -> Result<Vec<Source>> {
    let known = sources(tx)?.into_iter().filter(|(_, state)| state.is_some()).map(|(source, _)| source);
    let known: Vec<_> = known.filter(|source| peer.is_none_or(|peer| peer == source.name.peer)).collect();
    match (known.is_empty(), peer) {
        (true, Some(peer)) => {
            let detail = format!("nothing of a member at '{peer}' is mirrored here");
            Err(Problem::not_found("feed", detail).hint("raum feed list names those that are"))
        }
        _ => Ok(known),
    }
}

async fn verify(data: &Path, config: &Config, (slug, peer): (&str, Option<&str>)) -> Result<()> {
    let member = open_member(data, config, slug).await?;
    let (peer, witness) = (peer.map(str::to_owned), member.ledger.keys().witness().verifier());
    let checked = member.db.scan("feed.verify", move |tx| {
        let mut checked = Vec::new();
        for source in chosen(tx, peer.as_deref())? {
            let findings = federation::verify(tx, &source.name, source.log(), &witness)?;
            checked.push((source.name, findings));
        }
        Ok(checked)
    });
    let mut faults = 0;
    for (FeedName { peer, .. }, findings) in checked.await? {
        println!("{peer}: {} entries, {} cosigned checkpoints", findings.entries, findings.checkpoints);
        findings.faults.iter().for_each(|fault| println!("  {fault}"));
        faults += findings.faults.len();
    }
    if faults > 0 {
        return Err(Problem::input("verify", format!("{faults} faults"))
            .hint("raum feed rebuild does not mend this; the entries themselves are not what was signed"));
    }
    println!("everything is in order");
    Ok(())
}

async fn rebuild(data: &Path, config: &Config, (slug, peer): (&str, Option<&str>)) -> Result<()> {
    let member = open_member(data, config, slug).await?;
    let peer = peer.map(str::to_owned);
    for source in member.db.read("feed.rebuild", move |tx| chosen(tx, peer.as_deref())).await? {
        let entries = web::feeds::make_anew(&member, &source.name).await?;
        println!("{}: made anew from {entries} entries", source.name.peer);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_short() {
        assert_eq!([-5, 5, 200, 7200, 200_000].map(age), ["0 s", "5 s", "3 min", "2 h", "2 d"]);
    }
}

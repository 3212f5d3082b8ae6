use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use tlog::{Checkpoint, Contradiction, Frontier, Hash, Leaves, Verifier};

use base::{Problem, Result};

use crate::mirror::conflict::{Conflict, Lie};
use crate::mirror::pull::{Mirror, Remote};
use crate::mirror::store::{self, FeedName};

/// The SHA-256 of a log's origin, by which a witness is asked for it (C2SP tlog-witness).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginHash(pub(crate) Hash);

impl OriginHash {
    /// That of the log with this origin.
    #[must_use]
    pub fn of(origin: &str) -> Self {
        Self(Sha256::digest(origin).into())
    }

    /// Reads 64 lower-case hex digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hash = HEXLOWER.decode(text.as_bytes()).ok()?;
        hash.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for OriginHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", HEXLOWER.encode_display(&self.0))
    }
}

/// What somebody else's view of a log is beside ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    /// The same history.
    Same,
    /// They saw more than we have; that says nothing yet.
    Ahead,
    /// Another history: the log lied to one of us, and this proves it.
    Other(Contradiction),
}

impl Mirror {
    /// Asks a witness what it saw of a log we mirror, and holds it against what we saw.
    ///
    /// # Errors
    /// When the witness does not answer, or what it answers was not signed by the log.
    pub async fn cross_check(&self, name: &FeedName, log: &Verifier, witness: &Remote) -> Result<View> {
        let path = format!("{}/checkpoint", OriginHash::of(log.name()));
        let note = witness.text(&path).await?;
        self.hold_against(name, log, &note).await
    }

    /// Holds a checkpoint of a log, as somebody else saw it, against our mirror of that log. Another history is kept as
    /// evidence and pauses the feed. Reads the mirror as far as the checkpoint goes.
    ///
    /// # Errors
    /// When the log did not sign it, or what the database says.
    pub async fn hold_against(&self, name: &FeedName, log: &Verifier, note: &str) -> Result<View> {
        let opened = Checkpoint::open(note, log);
        let (theirs, _) = opened.map_err(|error| {
            Problem::peer("feed-signature", "not a checkpoint of this log").because(error)
        })?;
        let (own, note) = (name.clone(), note.to_owned());
        let log = log.clone();
        let compared = self.db.scan("federation.compare", move |tx| {
            let Some(state) = store::state(tx, &own)? else { return Ok(View::Ahead) };
            let Ok((ours, _)) = Checkpoint::open(&state.checkpoint, &log) else { return Ok(View::Ahead) };
            if theirs.size > ours.size || state.size != ours.size {
                return Ok(View::Ahead);
            }
            // What was seen at that size before needs no reading of the whole log.
            let before = store::seen_at(tx, &own, theirs.size)?;
            let before = before.and_then(|note| Checkpoint::open(&note, &log).ok());
            if before.is_some_and(|(before, _)| before.root == theirs.root) {
                return Ok(View::Same);
            }
            let leaves = store::leaves(tx, &own)?;
            let seen = usize::try_from(theirs.size).ok().and_then(|size| leaves.get(..size));
            let seen = seen.ok_or_else(|| Problem::internal("mirror", "the mirror has a gap"))?;
            let mut frontier = Frontier::default();
            frontier.extend(seen.iter().copied());
            if frontier.root() == theirs.root {
                return Ok(View::Same);
            }
            let Ok(path) = tlog::consistency_proof(theirs.size, ours.size, &mut Leaves(&leaves));
            let newer = state.checkpoint;
            Ok(View::Other(Contradiction { older: note.clone(), newer, prefix: frontier.root(), path }))
        });
        let view = compared.await?;
        if let View::Other(evidence) = &view {
            let conflict =
                Conflict { lie: Lie::Split, found_at: self.clock.now(), evidence: evidence.clone() };
            self.keep(name, conflict).await?;
        }
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_hash_has_one_form() {
        let hash = OriginHash::of("koeln.example/log/public");
        assert_eq!(OriginHash::parse(&hash.to_string()), Some(hash));
        let upper = hash.to_string().to_uppercase();
        for wrong in ["", "00", &upper, &format!("{hash}0"), &format!("{hash}00"), &"x".repeat(64)] {
            assert_eq!(OriginHash::parse(wrong), None, "{wrong}");
        }
    }
}

//! What this member publishes of trials in its public feed, and what it takes from the feeds of others.

use std::io::Write;

use base::{CaseId, Problem, Result, TrialId};
use federation::{Batch, Did};
use ledger::{Actor, Fact, Header, PUBLIC};
use store::Tx;
use web::{Member, Settings, Understands};

use crate::model::{Participant, Published, Trial};
use crate::store as db;

/// The kind of its entries.
pub(crate) const KIND: &str = "trial.published";

/// What is taken from others.
pub(crate) const UNDERSTANDS: Understands = Understands { wants, apply, forget: db::forget };

fn wants(header: &Header) -> bool {
    header.kind == KIND
}

fn apply(tx: &mut Tx<'_>, batch: &Batch<'_>) -> Result<()> {
    // A feed speaks for the member at its host and for nobody else.
    let Ok(publisher) = Did::of_host(&batch.name.peer) else { return Ok(()) };
    for (entry, header) in batch.entries {
        let content = entry.content.as_deref().filter(|_| header.as_ref().is_some_and(wants));
        if let Some(published) = content.and_then(|content| Published::read(content, &publisher)) {
            db::tell(tx, batch.name, entry.seq, &published)?;
        }
    }
    batch.erased.iter().try_for_each(|seq| db::erased(tx, batch.name, *seq))
}

/// What the ledger calls the trial: all it says of one stands together, and the newest takes the place of the others.
pub(crate) fn case(id: TrialId) -> Option<CaseId> {
    CaseId::from_bytes(id.as_bytes())
}

/// Tells everybody how a member's part stands, in the place of what was told before.
pub(crate) fn publish(
    tx: &mut Tx<'_>,
    member: &Member,
    trial: &Trial,
    participants: Vec<Participant>,
) -> Result<()> {
    let keys = member.node_keys()?;
    let published = Published::of(trial, (keys.did(), &member.settings.name), participants);
    let payload = serde_json::to_vec(&published)
        .map_err(|error| Problem::internal("trial", "it cannot be written").because(error))?;
    let (case, payload) = (case(trial.id), Some(payload.as_slice()));
    let fact = Fact { feed: PUBLIC, kind: KIND, actor: Actor::Node, case, subject: None, payload };
    member.ledger.supersede(tx, &fact).map(drop)
}

/// Every trial this member takes part in or prepares, and what others said of trials, in the form in which members tell each
/// other (docs/protocol.md).
pub(crate) fn write_all(tx: &mut Tx<'_>, settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let own = Did::of_url(&settings.url)
        .map_err(|flaw| Problem::internal("export", "the member cannot be named").because(flaw))?;
    let own = |trial: &Trial| Published::of(trial, (&own, &settings.name), Vec::new());
    let mut said: Vec<_> = db::every(tx)?.iter().map(own).collect();
    said.extend(db::everything_told(tx)?);
    serde_json::to_writer_pretty(out, &said)
        .map_err(|error| Problem::internal("export", "it cannot be written").because(error))
}

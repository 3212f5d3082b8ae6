//! What the public record tells others of a report, and what is made of what they tell: their reports in a table of
//! their own, which follows their feeds and can be made anew from the mirror.

use std::sync::Arc;

use ::store::Tx;
use base::{CaseId, Result};
use federation::{Batch, FeedName};
use ledger::{Header, PUBLIC};
use web::{Member, Understands, Working};

use crate::model::{Heard, Regional, Report, Snapshot};
use crate::store as db;

/// What this module takes from the feeds of others.
pub(crate) const UNDERSTANDS: Understands = Understands { wants, apply, forget };

/// What everybody may know of a report as it is now, see [`web::Module::published`].
pub(crate) fn published(tx: &mut Tx<'_>, member: &Member, id: CaseId) -> Result<Option<Vec<u8>>> {
    let Some(report) = db::by_id(tx, id)?.filter(Report::is_public) else { return Ok(None) };
    let (group, name) = db::peers::names(tx, &report.category)?;
    let told = db::peers::last_told(tx, id)?.unwrap_or(report.opened);
    Ok(Some(Snapshot::of(&member.settings.url, &report, (&group, &name), told).to_bytes()))
}

fn wants(header: &Header) -> bool {
    header.feed == PUBLIC && header.case.is_some() && header.kind.starts_with("report.")
}

fn apply(tx: &mut Tx<'_>, batch: &Batch<'_>) -> Result<()> {
    let peer = &batch.name.peer;
    if batch.name.feed != PUBLIC {
        return Ok(());
    }
    for seq in batch.erased {
        db::peers::drop_at(tx, peer, *seq)?;
    }
    for (entry, header) in batch.entries {
        let Some(case) = header.as_ref().filter(|header| wants(header)).and_then(|header| header.case) else {
            continue;
        };
        let Some(content) = &entry.content else { continue };
        match Regional::hear(content, peer, case) {
            Some(Heard::Is(report)) => db::peers::put(tx, &report, entry.seq)?,
            Some(Heard::Elsewhere) => db::peers::drop_case(tx, peer, case)?,
            None => {}
        }
    }
    Ok(())
}

fn forget(tx: &mut Tx<'_>, name: &FeedName) -> Result<()> {
    if name.feed == PUBLIC { db::peers::forget(tx, &name.peer) } else { Ok(()) }
}

/// Tells in the public record what is not told there yet: reports from before it told so much, and what changed about
/// a report without a step, such as the name of its category when something happens next.
pub(crate) fn tell_all(member: &Arc<Member>) -> Working<'_> {
    Box::pin(async move {
        loop {
            let (own, now) = (member.clone(), member.clock.now());
            if !member.db.write("report.publish", move |tx| tell_next(tx, &own, now)).await? {
                return Ok(());
            }
        }
    })
}

/// Looks at the next reports that changed; `false` when there are no more.
fn tell_next(tx: &mut Tx<'_>, member: &Member, now: base::Time) -> Result<bool> {
    const NAME: &str = "publish";
    let walk = db::figures::walk(tx, NAME)?;
    let mut walk = walk.unwrap_or_else(|| db::figures::begin(base::Time(0), now));
    let changed = db::figures::step(tx, &mut walk, now)?;
    for report in &changed {
        if let Some(case) = cases::by_id(tx, report.case_id)? {
            web::desk::say_anew(member, tx, &case)?;
        }
    }
    db::figures::set_walk(tx, NAME, &walk)?;
    Ok(!changed.is_empty())
}

//! What ends by itself: drafts nobody touches, addresses nobody confirmed. And what is counted now and then: how fast
//! reports of each category really end.

use std::sync::Arc;

use base::{Result, Time};
use store::{FileHash, Tx};
use web::{Member, Working};

use crate::store as db;

const DAY: i64 = 24 * 3600;
/// How long a draft is kept after it was last touched.
pub(crate) const DRAFT_SECONDS: i64 = 30 * DAY;
/// How long an address waits to be confirmed.
const CONFIRM_SECONDS: i64 = 7 * DAY;
/// The time over which the pace of a category is measured.
const PACE_SECONDS: i64 = 365 * DAY;

/// Removes what has expired, a part of it in each transaction, and measures anew.
pub(crate) fn sweep(member: &Arc<Member>) -> Working<'_> {
    Box::pin(async move {
        let now = member.clock.now();
        while member.db.write("report.sweep", move |tx| expire_addresses(tx, now)).await? {}
        while let Some(files) = member.db.write("report.sweep", move |tx| expire_drafts(tx, now)).await? {
            for file in files {
                member.files.delete(file).await?;
            }
        }
        measure(member, now).await
    })
}

/// Whether there was any.
fn expire_addresses(tx: &mut Tx<'_>, now: Time) -> Result<bool> {
    let waited = db::drop_unconfirmed(tx, now.plus_seconds(-CONFIRM_SECONDS))?;
    waited.iter().try_for_each(|gone| db::forget_follower(tx, gone))?;
    Ok(!waited.is_empty())
}

/// The files nobody needs any more; `None` when there was no draft to remove.
fn expire_drafts(tx: &mut Tx<'_>, now: Time) -> Result<Option<Vec<FileHash>>> {
    db::drop_old_drafts(tx, now.plus_seconds(-DRAFT_SECONDS))
}

async fn measure(member: &Arc<Member>, now: Time) -> Result<()> {
    let from = now.plus_seconds(-PACE_SECONDS);
    let paces = member.db.scan("report.pace", move |tx| {
        let mut paces = Vec::new();
        for category in db::categories(tx)? {
            paces.extend(db::measure_pace(tx, &category.code, from)?);
        }
        Ok(paces)
    });
    let paces = paces.await?;
    member.db.write("report.pace", move |tx| paces.iter().try_for_each(|pace| db::keep_pace(tx, pace))).await
}

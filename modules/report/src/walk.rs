//! What is done again and again: the copy that maps and statistics count, and the news for whoever follows.

use std::sync::Arc;

use base::Result;
use web::{Member, Round, Working};

use crate::store as db;

/// The rounds of this module.
pub(crate) const ROUNDS: &[Round] = &[Round { name: "report.figures", seconds: 5, work: figures }];

fn figures(member: &Arc<Member>) -> Working<'_> {
    Box::pin(refresh(member))
}

/// Brings the copy up to date, a part of it in each transaction.
pub(crate) async fn refresh(member: &Arc<Member>) -> Result<()> {
    loop {
        let (atlas, now) = (member.atlas(), member.clock.now());
        let more = member.db.write("report.figures", move |tx| db::figures::refresh(tx, &atlas, now));
        if !more.await? {
            return Ok(());
        }
    }
}

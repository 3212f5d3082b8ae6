//! What is done again and again: the copy that maps and statistics count, the news for whoever
//! follows, what the public record does not tell yet, and tidying up.

use std::sync::Arc;

use base::Result;
use web::{Member, Round, Working};

use crate::store as db;
use crate::{follow, peers, sweep};

/// The rounds of this module.
pub(crate) const ROUNDS: &[Round] = &[
    Round { name: "report.figures", seconds: 5, work: figures },
    Round { name: "report.follow", seconds: 10, work: news },
    Round { name: "report.publish", seconds: 60, work: peers::tell_all },
    Round { name: "report.sweep", seconds: 3600, work: sweep::sweep },
];

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

fn news(member: &Arc<Member>) -> Working<'_> {
    Box::pin(tell(member))
}

/// Notes what is new for whoever follows, and writes down the mails that are due.
pub(crate) async fn tell(member: &Arc<Member>) -> Result<()> {
    loop {
        let (own, now) = (member.clone(), member.clock.now());
        if !member.db.write("report.look", move |tx| follow::look(tx, &own, now)).await? {
            break;
        }
    }
    loop {
        let (own, now) = (member.clone(), member.clock.now());
        if !member.db.write("report.send_news", move |tx| follow::send(tx, &own, now)).await? {
            return Ok(());
        }
        member.new_job.notify_one();
    }
}

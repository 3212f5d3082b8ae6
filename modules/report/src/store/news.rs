//! What is new about reports: each public line of a timeline is told once, in the transaction that wrote it or that made
//! the report public.

use ::store::{Tx, params, statements};
use base::{CaseId, Result, Time};

use super::{follow, webhooks};
use crate::model::{News, Report};

statements! {
    TOLD = "report.told": "select place from report_told_line where case_id = ?1";
    SET_TOLD = "report.set_told":
        "insert into report_told_line (case_id, place) values (?1, ?2)
         on conflict (case_id) do update set place = excluded.place";
    LINES = "report.untold":
        // Whom an office asks, and that it asks nobody any more, is told to whoever looks, not to everybody who listens.
        "select place, at, kind from case_event where case_id = ?1 and place > ?2 and public = 1
         and kind not in ('handed', 'withdrawn', 'arrived') order by place";
    WAIT = "report.wait_news":
        "insert into report_waiting_news (case_id, is_new, at) values (?1, ?2, ?3)
         on conflict (case_id) do update set at = excluded.at";
    WAITING = "report.waiting_news": "select case_id, is_new, at from report_waiting_news order by case_id limit ?1";
    TAKEN = "report.taken_news": "delete from report_waiting_news where case_id = ?1";
}

/// A public line of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) place: i64,
    pub(crate) at: Time,
    pub(crate) news: News,
}

/// News that whoever follows is still to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) case_id: CaseId,
    /// Whether nobody has heard of the report before.
    pub(crate) is_new: bool,
    /// When the last of it happened.
    pub(crate) at: Time,
}

/// Tells what nobody was told yet of a report, in the transaction that changed it: webhooks get their messages, and
/// whoever follows finds it waiting. Of what is not public nothing is told until it is.
pub(crate) fn tell(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let Some(report) = super::by_id(tx, id)?.filter(Report::is_public) else { return Ok(()) };
    let told = tx.get::<i64>(&TOLD, params![&id])?;
    let lines = tx.all(&LINES, params![&id, told.unwrap_or(0)], |row| {
        Ok(Line { place: row.get(0)?, at: row.get(1)?, news: super::named(row, 2, "news")? })
    })?;
    let Some(last) = lines.last() else { return Ok(()) };
    let hooks = webhooks::webhooks(tx)?;
    for line in &lines {
        webhooks::send(tx, &hooks, &report, line)?;
    }
    let mailed = lines.iter().rfind(|line| line.news.is_mailed());
    if let Some(line) = mailed
        && follow::has_any(tx)?
    {
        tx.exec(&WAIT, params![&id, told.is_none(), line.at])?;
    }
    tx.exec(&SET_TOLD, params![&id, last.place])?;
    Ok(())
}

/// Takes the next news that wait for whoever follows; what is taken waits no more.
pub(crate) fn take_waiting(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Waiting>> {
    let waiting = tx.all(&WAITING, params![limit], |row| {
        Ok(Waiting { case_id: row.get(0)?, is_new: row.get::<i64>(1)? == 1, at: row.get(2)? })
    })?;
    for news in &waiting {
        tx.exec(&TAKEN, params![&news.case_id])?;
    }
    Ok(waiting)
}

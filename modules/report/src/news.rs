//! Mail to those who follow a report, when the office answers or its state changes.

use base::{CaseId, Problem, Result};
use cases::{Change, EventKind};
use store::Tx;
use web::Member;
use web::mail::{self, Mail};

use crate::model::{Report, Visibility};
use crate::store::{self as db, Follower};
use crate::{file, secret};

/// What follows from a change of a report, see [`web::Module::changed`]: whoever wants to know of it is told, by
/// webhook, feed or mail, each once.
pub(crate) fn changed(tx: &mut Tx<'_>, member: &Member, id: CaseId, change: &Change) -> Result<()> {
    db::tell(tx, id)?;
    write_to_followers(tx, member, id, change)
}

/// Writes to everybody who confirmed their address. Whoever opened their own report again knows that already.
fn write_to_followers(tx: &mut Tx<'_>, member: &Member, id: CaseId, change: &Change) -> Result<()> {
    if !change.lines.iter().any(|(kind, _)| matches!(kind, EventKind::Answer | EventKind::State)) {
        return Ok(());
    }
    let followers = db::followers(tx, id)?;
    if followers.is_empty() {
        return Ok(());
    }
    let report = db::by_id(tx, id)?.ok_or_else(|| Problem::internal("report", "the report is gone"))?;
    let by_reporter = change.lines.iter().any(|(kind, _)| *kind == EventKind::Reopened);
    for follower in followers {
        if follower.reporter && by_reporter {
            continue;
        }
        // What is not public concerns nobody but whoever sent it.
        if follower.reporter || report.visibility == Visibility::Public {
            let (mail, end) = mail_to(member, &report, &follower, change);
            mail::send_list(tx, (&member.clock, &member.entropy), &mail, &end)?;
        }
    }
    Ok(())
}

/// The mail, and the address that ends it with one click.
fn mail_to(member: &Member, report: &Report, follower: &Follower, change: &Change) -> (Mail, String) {
    let text = |key: &str, args: &[(&str, &str)]| member.texts.get(follower.lang, key, args);
    let mut parts = vec![text("report-news-body", &[("title", &report.title)])];
    for (kind, line) in &change.lines {
        match kind {
            EventKind::Answer => parts.push(format!("{}\n{line}", text("event", &[("name", "answer")]))),
            EventKind::State => {
                let state = text("state", &[("name", line)]);
                parts.push(format!("{} {state}", text("event-state", &[])));
            }
            _ => {}
        }
    }
    let (url, id) = (&member.settings.url, report.case_id);
    let page = match follower.reporter {
        true => file::tracking(member, id),
        false => format!("/anliegen/{}", report.number),
    };
    parts.push(format!("{url}{page}"));
    let end = secret::follow(member, id, &follower.email);
    parts.push(format!("{}\n{url}/anliegen/post/{end}", text("report-post-end", &[])));
    parts.push(member.settings.name.clone());
    let subject = text("report-post-subject", &[("number", &report.number)]);
    let mail = Mail { to: follower.email.clone(), subject, body: parts.join("\n\n") + "\n" };
    (mail, format!("{url}/anliegen/abbestellen/post/{end}"))
}

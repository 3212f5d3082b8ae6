use base::{Lang, Result, Time};
use store::Tx;
use web::mail::{self, Mail};
use web::{Form, Member, parse_form};

use super::words::words;
use crate::model::{Category, Known, Report, Wanted};
use crate::store::figures;
use crate::store::follow::{self, Follow};
use crate::store::{self as db, by_id};

/// The name of the walk.
const WALK: &str = "follow";
/// Mails written down in one transaction.
const MAILS: i64 = 50;
/// Reports named in one mail; of more it tells how many.
const LINES: usize = 40;
/// Seconds an address may stay unconfirmed.
const UNCONFIRMED: i64 = 3 * 24 * 3600;

/// Looks at the next reports that changed and notes for everybody who follows them what is to be told. How far it came
/// is noted in the same transaction, so that each change is told once, whatever happens in between. `false` when there
/// is nothing more to look at.
pub(crate) fn look(tx: &mut Tx<'_>, member: &Member, now: Time) -> Result<bool> {
    let Some(mut walk) = figures::walk(tx, WALK)? else {
        figures::set_walk(tx, WALK, &figures::begin(now.plus_seconds(-figures::SETTLED), now))?;
        return Ok(false);
    };
    follow::sweep(tx, now.plus_seconds(-UNCONFIRMED))?;
    let changed = figures::step(tx, &mut walk, now)?;
    if changed.is_empty() {
        return Ok(false);
    }
    let (categories, atlas) = (db::categories(tx)?, member.atlas());
    let known = Known { categories: &categories, atlas: &atlas, region: &member.settings.ars };
    // A question about a category or an area that is gone asks for nothing any more.
    let ask = |follow: Follow| Some((Wanted::parse(&form(&follow.query), &known).ok()?, follow));
    let follows: Vec<_> = follow::confirmed(tx)?.into_iter().filter_map(ask).collect();
    for report in changed.iter().filter(|report| report.is_public()) {
        tell(tx, report, &follows, &known, (walk.began, now))?;
    }
    figures::set_walk(tx, WALK, &walk)?;
    Ok(true)
}

fn form(query: &str) -> Form {
    parse_form(query.as_bytes()).unwrap_or_default()
}

/// Notes a report for everybody who wants to know of it.
fn tell(
    tx: &mut Tx<'_>,
    report: &Report,
    follows: &[(Wanted, Follow)],
    known: &Known<'_>,
    (began, now): (Time, Time),
) -> Result<()> {
    let events = cases::events(tx, report.case_id, true)?;
    let told = follow::told(tx, report.case_id)?;
    follow::set_told(tx, report.case_id, i64::try_from(events.len()).unwrap_or(i64::MAX))?;
    let is_new = told.is_none() && report.opened >= began;
    let seen = usize::try_from(told.unwrap_or(0)).unwrap_or(0);
    let last = events.iter().skip(seen).map(|event| event.at).max();
    for (wanted, follow) in follows {
        let wants_changes = follow.changes || wanted.number.is_some();
        let changed = wants_changes && last.is_some_and(|at| Some(at) > follow.confirmed);
        let what = if is_new { "new" } else { "changed" };
        if (is_new || changed) && wanted.holds(report, known, true) {
            let due = follow.rhythm.due(follow.sent, now);
            follow::add_news(tx, &follow.secret, report.case_id, what, (now, due))?;
        }
    }
    Ok(())
}

/// Writes down the mails that are due: what they tell is taken away in the same transaction. `false` when there are no
/// more.
pub(crate) fn send(tx: &mut Tx<'_>, member: &Member, now: Time) -> Result<bool> {
    let due = follow::due(tx, now, MAILS)?;
    let categories = if due.is_empty() { vec![] } else { db::categories(tx)? };
    for follow in &due {
        let mut reports = Vec::new();
        for (case, what) in follow::news(tx, &follow.secret)? {
            // What is no longer public is not told any more.
            reports.extend(by_id(tx, case)?.filter(Report::is_public).map(|report| (report, what)));
        }
        if !reports.is_empty() {
            let mail = mail(member, follow, &reports, &categories);
            let url = format!("{}/anliegen/abbestellen/{}", member.settings.url, follow.secret);
            mail::send_list(tx, (&member.clock, &member.entropy), &mail, &url)?;
        }
        follow::sent(tx, &follow.secret, now)?;
    }
    Ok(!due.is_empty())
}

fn mail(member: &Member, follow: &Follow, reports: &[(Report, String)], categories: &[Category]) -> Mail {
    let lang = Lang::from_tag(&follow.lang).unwrap_or_default();
    let t = |key: &str, args: &[(&str, &str)]| member.texts.get(lang, key, args);
    let (url, atlas) = (&member.settings.url, member.atlas());
    let count = reports.len().to_string();
    let known = Known { categories, atlas: &atlas, region: &member.settings.ars };
    let asked = Wanted::parse(&form(&follow.query), &known).unwrap_or_default();
    let said = words(&member.texts, lang, &asked, &known);
    let mut body = t("report-news-lead", &[("count", &count)]);
    if !said.is_empty() {
        body.push_str(&format!("\n{}", said.join(" · ")));
    }
    for (report, what) in reports.iter().take(LINES) {
        let state = t("state", &[("name", report.state.name())]);
        let what =
            t(if what == "new" { "report-news-new" } else { "report-news-changed" }, &[("state", &state)]);
        let Report { number, title, .. } = report;
        body.push_str(&format!("\n\n{title}\n{number}, {what}\n{url}/anliegen/{number}"));
    }
    if let Some(more) = reports.len().checked_sub(LINES).filter(|more| *more > 0) {
        let list = asked.address("/anliegen", &[("sortierung", "geaendert".to_owned())]);
        body.push_str(&format!(
            "\n\n{}\n{url}{list}",
            t("report-news-more", &[("count", &more.to_string())])
        ));
    }
    let manage = format!("{url}/anliegen/folgen/{}", follow.secret);
    body.push_str(&format!(
        "\n\n-- \n{}\n{manage}\n",
        t("report-news-end", &[("name", &member.settings.name)])
    ));
    let subject = t("report-news-subject", &[("count", &count), ("name", &member.settings.name)]);
    Mail { to: follow.email.clone(), subject, body }
}

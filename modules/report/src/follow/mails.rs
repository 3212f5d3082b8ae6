use base::{Lang, Result, Time};
use store::Tx;
use web::mail::{self, Mail};
use web::{Form, Member, parse_form};

use super::words::words;
use crate::model::{Category, Known, Report, Wanted};
use crate::store::follow::{self, Follow};
use crate::store::news::take_waiting;
use crate::store::{self as db, by_id};

/// News looked at in one transaction.
const BATCH: i64 = 200;
/// Mails written down in one transaction.
const MAILS: i64 = 50;
/// Reports named in one mail; of more it tells how many.
const LINES: usize = 40;
/// Seconds an address may stay unconfirmed.
const UNCONFIRMED: i64 = 3 * 24 * 3600;

/// Takes the next news that wait and notes for everybody who follows them what is to be told. Both are one transaction,
/// so that each change is told once, whatever happens in between. `false` when nothing waits any more.
pub(crate) fn look(tx: &mut Tx<'_>, member: &Member, now: Time) -> Result<bool> {
    follow::sweep(tx, now.plus_seconds(-UNCONFIRMED))?;
    let waiting = take_waiting(tx, BATCH)?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let (categories, atlas) = (db::categories(tx)?, member.atlas());
    let known = Known { categories: &categories, atlas: &atlas, region: &member.settings.ars };
    // A question about a category or an area that is gone asks for nothing any more.
    let ask = |follow: Follow| Some((Wanted::parse(&form(&follow.query), &known).ok()?, follow));
    let follows: Vec<_> = follow::confirmed(tx)?.into_iter().filter_map(ask).collect();
    for news in waiting {
        let Some(report) = by_id(tx, news.case_id)?.filter(Report::is_public) else { continue };
        for (wanted, follow) in &follows {
            let wants = news.is_new || follow.changes || wanted.number.is_some();
            if wants && Some(news.at) > follow.confirmed && wanted.holds(&report, &known, true) {
                let (what, due) =
                    (if news.is_new { "new" } else { "changed" }, follow.rhythm.due(follow.sent, now));
                follow::add_news(tx, &follow.secret, news.case_id, what, (now, due))?;
            }
        }
    }
    Ok(true)
}

fn form(query: &str) -> Form {
    parse_form(query.as_bytes()).unwrap_or_default()
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

//! All SQL of this module.

mod add;
mod admin;
mod catalogue;
mod categories;
mod drafts;
pub(crate) mod figures;
mod find;
pub(crate) mod follow;
mod followers;
mod indicators;
mod keys;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod news;
pub(crate) mod peers;
mod people;
pub(crate) mod region;
mod staff;
pub(crate) mod statistics;
#[cfg(test)]
mod stories;
mod support;
#[cfg(test)]
mod sweep_stories;
#[cfg(test)]
mod town;
mod updates;
mod webhooks;

use std::str::FromStr;

use ::store::search::{self, Doc};
use ::store::{Error, Row, Sql, Tx, Value, params, statements};
use base::{CaseId, Problem, Result};
use cases::Case;
use federation::handover::{Phase, Side};
use place::Point;
use web::{Figure, Label, Panel};

pub(crate) use add::{Photo, add, add_photo, by_client_id};
pub(crate) use admin::{
    add_rule, body, category, drop_rule, order_categories, responsible_for, rules, set_body,
};
pub(crate) use catalogue::{Catalogue, catalogue, changeset};
pub use categories::set_up;
pub(crate) use categories::{categories, find_category, put_category, set_categories};
pub(crate) use drafts::{
    DraftHash, Kept, add_draft_photo, draft, drop_draft, drop_draft_photo, drop_old_drafts, keep_draft,
};
pub(crate) use find::{
    CODES, Filter, answers, by_id, by_number, by_number_among, changed, count, every, is_crowded, near,
    newest_from, newest_within, photos,
};
pub(crate) use followers::{
    Follower, add_follower, confirm_follower, drop_follower, drop_unconfirmed, follower, followers, reporter,
};
pub(crate) use indicators::INDICATORS;
pub use keys::add_api_key;
pub(crate) use keys::{key_by_secret, keys, put_key, revoke_key, touch_key};
pub(crate) use news::tell;
pub(crate) use people::{erase, erase_case, export, forget_follower};
pub(crate) use staff::{
    OfficePhoto, Taken, choose_photo, earlier_texts, facts, office_photos, photo_at, set_category, set_place,
    set_text, set_visibility, swap_photo, text_before,
};
pub(crate) use support::{Pace, keep_pace, measure_pace, paces, support, supporters};
pub(crate) use updates::{Place as UpdatePlace, Update, known_update, remember_update, updates};
pub(crate) use webhooks::{
    add_webhook, delivered, event, failed, remove_webhook, resume_webhook, webhook, webhooks,
};

use crate::model::Visibility;

/// The statements of this module.
pub(crate) const STATEMENTS: &[&[Sql]] = &[
    ALL,
    add::ALL,
    admin::ALL,
    catalogue::ALL,
    categories::ALL,
    figures::ALL,
    find::ALL,
    follow::ALL,
    indicators::ALL,
    keys::ALL,
    map::ALL,
    news::ALL,
    peers::ALL,
    people::ALL,
    region::ALL,
    staff::ALL,
    statistics::ALL,
    updates::ALL,
    webhooks::ALL,
    drafts::ALL,
    followers::ALL,
    support::ALL,
];

statements! {
    CONTACT = "report.contact": "select contact_name, contact_email from report where case_id = ?1";
    OPEN_COUNT = "report.open_count": "select count(*) from case_file where module = 'report' and closed is null";
    CLOSED_COUNT = "report.closed_count":
        "select count(*) from case_file where module = 'report' and closed is not null";
}

/// A column that holds the name of one of a few things.
fn named<T: FromStr>(row: &Row<'_>, index: usize, what: &'static str) -> Result<T, Error> {
    match row.column(index)? {
        Value::Text(name) => name.parse().map_err(|_| Error::Column(index, what)),
        _ => Err(Error::Column(index, what)),
    }
}

fn point(row: &Row<'_>, index: usize) -> Result<Option<Point>, Error> {
    let (lat, lon): (Option<i32>, Option<i32>) = (row.get(index)?, row.get(index + 1)?);
    Ok(lat.zip(lon).map(|(lat, lon)| Point { lat, lon }))
}

pub(crate) fn figures(tx: &mut Tx<'_>) -> Result<Vec<Figure>> {
    let open = tx.get(&OPEN_COUNT, &[])?.unwrap_or(0);
    let closed = tx.get(&CLOSED_COUNT, &[])?.unwrap_or(0);
    Ok(vec![Figure { key: "report-open", value: open }, Figure { key: "report-closed", value: closed }])
}

/// Name and e-mail address of whoever sent it, when they said.
pub(crate) fn contact(tx: &mut Tx<'_>, id: CaseId) -> Result<(Option<String>, Option<String>)> {
    Ok(tx.one(&CONTACT, params![&id], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or_default())
}

pub(crate) fn panel(tx: &mut Tx<'_>, id: CaseId) -> Result<Panel> {
    let report = by_id(tx, id)?.ok_or_else(|| Problem::not_found("report", "there is no such report"))?;
    let (name, email) = contact(tx, id)?;
    let category = find_category(tx, &report.category)?;
    let outside = body(tx, id)?;
    let asked = web::handover::asked_of(tx, id)?;
    let mut rows = vec![(Label::Key("report-address"), report.address)];
    rows.extend(report.place.map(|place| (Label::Key("report-point"), place.to_string())));
    rows.extend(outside.map(|body| {
        let words = [body.name, body.contact, body.url];
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        (Label::Key("report-body"), words.join(", "))
    }));
    rows.extend(asked.into_iter().map(|asked| {
        let key = match (asked.handover.side, asked.handover.phase) {
            (Side::Receiver, _) => "report-came-from",
            (Side::Sender, Phase::Offered) => "report-asked",
            (Side::Sender, Phase::Accepted) => "report-with",
            (Side::Sender, _) => "report-was-asked",
        };
        let number = asked.number.unwrap_or_default();
        (Label::Key(key), format!("{} {number}", asked.name).trim_end().to_owned())
    }));
    rows.extend(name.map(|name| (Label::Key("report-name"), name)));
    rows.extend(email.map(|email| (Label::Key("email"), email)));
    if let Some(category) = category {
        rows.push((Label::Key("report-category"), category.name.clone()));
        for (code, value) in answers(tx, id)? {
            let Some(question) = category.questions.iter().find(|question| question.code == code) else {
                continue;
            };
            let chosen = question.choices.iter().find(|choice| choice.key == value);
            rows.push((
                Label::Text(question.text.clone()),
                chosen.map_or(value, |choice| choice.name.clone()),
            ));
        }
    }
    let pictures =
        office_photos(tx, id)?.into_iter().map(|photo| (photo.hash, photo.width, photo.height)).collect();
    let public_url = format!("/anliegen/{}", report.number);
    Ok(Panel { rows, text: report.text, place: report.place, pictures, public_url })
}

/// Makes a report findable: for everybody by what is public, for its office by who sent it.
pub(crate) fn index(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    let (Some(case), Some(report)) = (cases::by_id(tx, id)?, by_id(tx, id)?) else { return Ok(()) };
    let key = id.to_string();
    let seen = format!("{} {} {}", case.number, report.text, report.address);
    let contact = contact(tx, id)?;
    let contact = [contact.0.unwrap_or_default(), contact.1.unwrap_or_default()].join(" ");
    let (url, desk, office) =
        (format!("/anliegen/{}", case.number), desk_url(&case), format!("office:{}", case.office));
    let doc = |audience, text, url| {
        let (title, at) = (case.title.as_str(), case.updated);
        Doc { module: "report", key: &key, audience, title, url, text, at }
    };
    let is_public = report.visibility == Visibility::Public;
    let office_text =
        if is_public { contact.trim().to_owned() } else { format!("{seen} {}", contact.trim()) };
    let mut docs = Vec::new();
    if is_public {
        docs.push(doc("public", seen.as_str(), url.as_str()));
    }
    if !office_text.is_empty() {
        docs.push(doc(&office, &office_text, &desk));
        docs.push(doc("staff", &office_text, &desk));
    }
    Ok(search::replace(tx, "report", &key, &docs)?)
}

fn desk_url(case: &Case) -> String {
    format!("/arbeitsplatz/fall/{}", case.number)
}

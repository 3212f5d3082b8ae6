//! Reports on their way between members: what is said of one, and what is made of one that comes.

use base::{CaseId, Problem, Result};
use cases::Case;
use ledger::Actor;
use place::Point;
use serde::{Deserialize, Serialize};
use store::{FileHash, Tx};
use web::Member;
use web::handover::{Arrival, Packed, Sharing};

use crate::file::{self, Begin};
use crate::model::{Body, Category, LONGEST, Valid, Visibility, Whereabouts, clean};
use crate::store::{self as db, Photo};

/// What this module says of its cases to other members.
pub(crate) const SHARING: Sharing = Sharing { pack, take, away, ours, forget };

/// A report as other members read it. Who sent it is not their business.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Shared {
    category: String,
    /// Its name and that of its group, where the other has no category of that code.
    category_name: String,
    group: String,
    text: String,
    /// Micro-degrees of WGS 84.
    place: Option<Point>,
    address: String,
    /// The questions in words, with what was answered.
    answers: Vec<(String, String)>,
    visibility: String,
}

/// What only we read again, should we ever need it: who sent it, and the answers as they were given.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Own {
    name: Option<String>,
    email: Option<String>,
    answers: Vec<(String, String)>,
}

fn pack(tx: &mut Tx<'_>, _: &Member, case: &Case) -> Result<Packed> {
    let nothing = || Problem::not_found("report", "there is no such report");
    let report = db::by_id(tx, case.id)?.ok_or_else(nothing)?;
    let category = db::category(tx, &report.category)?;
    let answers = db::answers(tx, case.id)?;
    let (name, email) = db::contact(tx, case.id)?;
    let files = db::office_photos(tx, case.id)?.into_iter().filter(|photo| photo.is_shown());
    let shared = Shared {
        category: category.code.clone(),
        category_name: category.name.clone(),
        group: category.group.clone(),
        text: report.text,
        place: report.place,
        address: report.address,
        answers: answers.iter().filter_map(|answer| in_words(&category, answer)).collect(),
        visibility: report.visibility.name().into(),
    };
    let json = |error| Problem::internal("report", "it cannot be packed").because(error);
    Ok(Packed {
        content: serde_json::to_value(shared).map_err(json)?,
        own: serde_json::to_value(Own { name, email, answers }).map_err(json)?,
        files: files.map(|photo| photo.hash).collect(),
    })
}

fn in_words(category: &Category, (code, value): &(String, String)) -> Option<(String, String)> {
    let question = category.questions.iter().find(|question| question.code == *code)?;
    let chosen = question.choices.iter().find(|choice| choice.key == *value);
    Some((question.text.clone(), chosen.map_or(value, |choice| &choice.name).clone()))
}

fn take(tx: &mut Tx<'_>, member: &Member, arrival: &Arrival<'_>) -> Result<()> {
    let wrong = |error| Problem::input("handover-report", "not a report").because(error);
    let shared: Shared = serde_json::from_value(arrival.content.clone()).map_err(wrong)?;
    let own = arrival.own.and_then(|own| serde_json::from_value::<Own>(own.clone()).ok()).unwrap_or_default();
    let categories = db::categories(tx)?;
    let category = fitting(&categories, &shared)
        .ok_or_else(|| Problem::input("handover-category", "there is no category for it here"))?;
    let (is_ours, address) = (arrival.number.is_some(), clean(&shared.address).chars().take(300).collect());
    let mut category = category.clone();
    // Nobody else sees it before it is accepted.
    category.visibility = match shared.visibility.parse() {
        Ok(visibility) if is_ours => visibility,
        _ => Visibility::Private,
    };
    let report = Valid {
        text: told(&shared, &category, is_ours),
        whereabouts: match shared.place.and_then(on_earth) {
            Some(point) => Whereabouts::Point(point, address),
            None => Whereabouts::Address(address),
        },
        name: own.name,
        email: own.email,
        answers: own.answers,
        client_id: None,
        category,
    };
    let photos: Vec<_> = arrival.pictures.iter().map(Photo::from).collect();
    let at = if is_ours { arrival.opened } else { member.clock.now() };
    let begin = Begin { id: arrival.case, number: arrival.number, review: false, at };
    file::insert_as(tx, member, &report, &photos, (None, Actor::Node), &begin).map(drop)
}

/// The category of the same code, else of the same name, else the first of the same group, else the last there is.
fn fitting<'a>(categories: &'a [Category], shared: &Shared) -> Option<&'a Category> {
    let active = || categories.iter().filter(|category| category.active);
    let same =
        |pick: fn(&Category) -> &String, wanted: &str| active().find(|category| pick(category) == wanted);
    same(|category| &category.code, &shared.category)
        .or_else(|| same(|category| &category.name, &shared.category_name))
        .or_else(|| same(|category| &category.group, &shared.group))
        .or_else(|| active().next_back())
}

/// The words of whoever sent it, and below them what else the other member's form asked.
fn told(shared: &Shared, category: &Category, is_ours: bool) -> String {
    let mut text = clean(&shared.text);
    if !is_ours {
        if category.name != shared.category_name && !shared.category_name.is_empty() {
            text = format!("{}\n\n{text}", shared.category_name);
        }
        let answers = shared.answers.iter().map(|(question, answer)| format!("\n{question}: {answer}"));
        text.push_str(&answers.collect::<String>());
    }
    clean(&text).chars().take(LONGEST).collect()
}

fn on_earth(point: Point) -> Option<Point> {
    Point::from_degrees(point.lat_degrees(), point.lon_degrees())
}

fn away(tx: &mut Tx<'_>, member: &Member, id: CaseId, peer: Option<&federation::peers::Peer>) -> Result<()> {
    let body = match peer {
        Some(peer) => {
            let identity = &peer.identity;
            Some(Body {
                name: identity.name.clone(),
                contact: identity.contact.clone(),
                url: peer.url.clone(),
            })
        }
        None => {
            let Some(report) = db::by_id(tx, id)? else { return Ok(()) };
            let category = db::category(tx, &report.category)?;
            db::responsible_for(tx, &member.atlas(), &category, report.place)?.body
        }
    };
    db::set_body(tx, id, body.as_ref())
}

/// From now on everybody sees it who sees others of its kind.
fn ours(tx: &mut Tx<'_>, _: &Member, id: CaseId) -> Result<()> {
    let Some(report) = db::by_id(tx, id)? else { return Ok(()) };
    let category = db::category(tx, &report.category)?;
    db::set_visibility(tx, id, category.visibility)?;
    db::index(tx, id)?;
    db::tell(tx, id)
}

fn forget(tx: &mut Tx<'_>, id: CaseId, words: bool) -> Result<Vec<FileHash>> {
    db::erase_case(tx, id, words)
}

use std::collections::HashSet;

use access::Action;
use askama::Template;
use axum::extract::{Multipart, Query};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use base::{Fault, FormId, OfficeId, Problem, Result, Time};
use bytes::Bytes;
use cases::errands::{self, Errand};
use cases::{Assignee, Case, Change, EventKind, Inbox, Sort, SortBy, Stage, State, Step};
use place::{Point, route, route_metres};
use store::Tx;

use super::crumbs;
use crate::context::Ctx;
use crate::desk::{Deed, carry_out, permitted, readable};
use crate::failure::Handled;
use crate::form::{Form, read_upload};
use crate::page::{Page, html, see_other};
use crate::pages::files::{KeptPicture, attach, keep_picture};
use crate::pages::{MapView, Pin};

/// Stops of one way, at most: more than a crew does in a day.
const STOPS: i64 = 40;
/// Bytes of a photo as it is sent, at most.
const PHOTO: usize = 12 << 20;
/// Two photos and the form around them.
pub(super) const UPLOAD_LIMIT: usize = 2 * PHOTO + (1 << 20);
/// Longest edge of a kept photo, in pixels.
const PHOTO_EDGE: u32 = 2048;

#[derive(Template)]
#[template(path = "desk/field.html")]
struct View {
    page: Page,
    stops: Vec<Stop>,
    /// Put off today, and those without a place.
    others: Vec<Stop>,
    map: MapView,
    /// Numbers on the drawing: x, y and the number.
    numbers: Vec<(f64, f64, usize)>,
    /// How long the way is.
    metres: f64,
    start: Option<Point>,
    whole_office: bool,
    offices: Vec<(String, String, bool)>,
}

struct Stop {
    number: usize,
    case: Case,
    address: String,
    place: Option<Point>,
    is_overdue: bool,
}

/// What a crew has to do today, in the order of a short way.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let scopes = ctx.scopes(Action::WorkOnCase);
    if scopes.is_empty() {
        readable(&ctx)?;
        return Err(Problem::denied("denied", "no role of this person permits it").into());
    }
    let whole_office = form.get("wer") == "amt";
    let here = position(&form)?;
    let now = ctx.member().clock.now();
    let person = ctx.who().person();
    let assignee = match person.filter(|_| !whole_office) {
        Some(person) => Assignee::Person(person),
        None => Assignee::Any,
    };
    let wanted = Inbox { scopes: scopes.clone(), stage: Stage::Todo, assignee, ..Inbox::default() };
    let asking = ctx.clone();
    let loaded = ctx.member().db.read("field.list", move |tx| {
        let sort = Sort { by: SortBy::Due, descending: false };
        let mut stops = Vec::new();
        for case in cases::inbox(tx, &wanted, sort, None, STOPS)? {
            let facts = (asking.member().module(&case.module)?.facts)(tx, case.id)?;
            stops.push((case, facts.address, facts.place));
        }
        let put_off = match person {
            Some(person) => errands::put_off(tx, person, midnight(now))?,
            None => Vec::new(),
        };
        let named: Vec<OfficeId> = scopes.iter().filter_map(|scope| scope.office).collect();
        let own = named.first().copied().or_else(|| stops.first().map(|(case, ..)| case.office));
        let depot = own.map(|own| errands::depot(tx, own)).transpose()?.flatten();
        let offices = identity::offices(tx)?.into_iter();
        let whole = scopes.iter().any(|scope| scope.office.is_none());
        let offices = offices.filter(|each| whole || named.contains(&each.id));
        Ok((stops, put_off, depot, offices.map(|each| (each.id.to_string(), each.name, false)).collect()))
    });
    let (stops, put_off, depot, offices) = loaded.await?;
    let start = here.or(depot.map(|(lat, lon)| Point { lat, lon }));
    let put_off: HashSet<_> = put_off.into_iter().collect();
    let stop = |(case, address, place): (Case, String, Option<Point>)| {
        let is_overdue = case.is_overdue(now);
        Stop { number: 0, case, address, place, is_overdue }
    };
    let (today, others): (Vec<Stop>, Vec<Stop>) = stops
        .into_iter()
        .map(stop)
        .partition(|stop| stop.place.is_some() && !put_off.contains(&stop.case.id));
    let (stops, metres) = along(today, start);
    let pin = |stop: &Stop| {
        let title = format!("{}. {}", stop.number, stop.case.title);
        let url = format!("#halt-{}", stop.number);
        stop.place.map(|place| Pin { place, title, open: true, url })
    };
    let pins: Vec<Pin> = stops.iter().filter_map(pin).collect();
    let map = MapView::new(ctx.member(), 480.0, &pins);
    let numbers = stops.iter().filter_map(|stop| {
        let (x, y) = map.frame.project(stop.place?);
        Some((x.round(), y.round(), stop.number))
    });
    let numbers = numbers.collect();
    let page = ctx.page_titled(ctx.t("field"), crumbs(&ctx)).with_map().with_island("field.js");
    html(&View { page, stops, others, map, numbers, metres, start, whole_office, offices })
}

/// The beginning of the day in Germany.
fn midnight(now: Time) -> Time {
    let at = now.in_germany();
    Time::parse_civil(&format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())).unwrap_or(now)
}

fn position(form: &Form) -> Result<Option<Point>> {
    let (Some(lat), Some(lon)) = (form.find("lat"), form.find("long")) else { return Ok(None) };
    let degrees = |text: &str| text.replace(',', ".").parse::<f64>().ok();
    let point = degrees(lat).zip(degrees(lon)).and_then(|(lat, lon)| Point::from_degrees(lat, lon));
    let wrong = || Problem::input("position", "the position is no place on the earth");
    point.map(Some).ok_or_else(wrong)
}

/// The stops along a short way, numbered, and its length in metres.
fn along(stops: Vec<Stop>, start: Option<Point>) -> (Vec<Stop>, f64) {
    let places: Vec<Point> = stops.iter().filter_map(|stop| stop.place).collect();
    let order = route(start, &places);
    let metres = route_metres(
        start,
        &order.iter().filter_map(|index| places.get(*index).copied()).collect::<Vec<_>>(),
    );
    let mut rest: Vec<Option<Stop>> = stops.into_iter().map(Some).collect();
    let ordered = order.iter().filter_map(|index| rest.get_mut(*index).and_then(Option::take));
    let numbered = (1..).zip(ordered).map(|(number, stop)| Stop { number, ..stop }).collect();
    (numbered, metres)
}

/// Lets the crews of an office start at a place.
pub(crate) async fn set_depot(ctx: Ctx, form: Form) -> Handled {
    let wrong = || Problem::input("office", "there is no such office");
    let office: OfficeId = form.get("amt").parse().map_err(|_| wrong())?;
    let ask = access::Ask { action: Action::WorkOnCase, module: None, office: Some(office) };
    let permit = ctx.permit(&ask)?;
    let place = position(&form)?.ok_or_else(|| Problem::input("position", "no position was given"))?;
    let acting = ctx.clone();
    let set = ctx.member().db.write("field.depot", move |tx| {
        errands::set_depot(tx, office, (place.lat, place.lon))?;
        let about = serde_json::json!({ "office": office });
        acting.audit(tx, &permit, "depot.set", None, &about)
    });
    set.await?;
    Ok(see_other("/arbeitsplatz/unterwegs"))
}

/// What a crew did at a stop.
#[derive(Clone, Debug)]
struct Visit {
    id: FormId,
    number: String,
    outcome: Outcome,
    note: String,
    photos: Vec<(&'static str, KeptPicture)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Impossible,
    Later,
}

impl Outcome {
    fn read(name: &str) -> Result<Self> {
        Ok(match name {
            "done" => Self::Done,
            "impossible" => Self::Impossible,
            "later" => Self::Later,
            _ => return Err(Problem::input("outcome", "there is no such outcome")),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Impossible => "impossible",
            Self::Later => "later",
        }
    }
}

/// Takes what a crew did. The crew's device gives it an id, so that sending it again, even days later, does nothing
/// twice. A form leads back to the list; the queue of the device gets a status code and the problem as JSON.
pub(crate) async fn errand(ctx: Ctx, multipart: Multipart) -> Handled {
    readable(&ctx)?;
    let (form, uploads) = read_upload(multipart, 2, PHOTO).await?;
    let wrong = || Problem::input("client-id", "the errand has no id");
    let sent = form.find("id").or(form.find("_form")).and_then(|id| id.parse().ok());
    let outcome = Outcome::read(form.get("outcome"))?;
    if outcome == Outcome::Impossible && form.find("note").is_none() {
        return Err(Problem::faults(vec![Fault::new("note", "visit-why")]).into());
    }
    let mut photos = Vec::new();
    for upload in uploads {
        let kind = if upload.field == "before" { "before" } else { "after" };
        photos.push((kind, keep_picture(ctx.member(), picture(upload.content)?, PHOTO_EDGE, "photo").await?));
    }
    let visit = Visit {
        id: sent.ok_or_else(wrong)?,
        number: form.get("number").to_owned(),
        outcome,
        note: form.get("note").to_owned(),
        photos,
    };
    let acting = ctx.clone();
    let first = ctx.member().db.write("field.visit", move |tx| note_visit(&acting, tx, &visit)).await?;
    ctx.member().new_job.notify_one();
    if form.find("queue").is_some() {
        let body = serde_json::json!({ "first": first }).to_string();
        return Ok((StatusCode::OK, [(CONTENT_TYPE, "application/json")], body).into_response());
    }
    Ok(see_other("/arbeitsplatz/unterwegs"))
}

fn picture(content: Bytes) -> Result<Bytes> {
    let unreadable = || Problem::faults(vec![Fault::new("photo", "picture-unreadable")]);
    store::sniff(&content).map(|_| content).ok_or_else(unreadable)
}

/// Writes a visit down once; `false` when it was written down before.
fn note_visit(ctx: &Ctx, tx: &mut Tx<'_>, visit: &Visit) -> Result<bool> {
    let (case, permit) = permitted(ctx, tx, &visit.number, Action::WorkOnCase)?;
    let at = ctx.member().clock.now();
    let outcome = visit.outcome.name().to_owned();
    let errand = Errand { id: visit.id, case_id: case.id, person: permit.person(), outcome, at };
    if !errands::add(tx, &errand)? {
        return Ok(false);
    }
    if case.state.is_closed() {
        return Err(Problem::conflict("visit-closed", "the case has ended meanwhile"));
    }
    let mut change = match visit.outcome {
        Outcome::Done => cases::decide(&case, &Step::State(State::Done)).map_err(Problem::from)?,
        // Whoever sent it there answers the citizen; the crew only says why.
        Outcome::Impossible | Outcome::Later => Change::of(&case),
    };
    if visit.outcome == Outcome::Impossible {
        change.to.assignee = None;
    }
    let said = format!("{} {}", visit.outcome.name(), visit.note);
    change = change.line(EventKind::Visit, said.trim_end());
    for (kind, photo) in &visit.photos {
        let place = attach(tx, case.id, photo, at)?;
        change = change.line(EventKind::Visit, format!("{kind} {place}"));
    }
    let deed = Deed { what: "unterwegs", change: &change, undo: Some((visit.id, "")) };
    carry_out(ctx, tx, &permit, &case, &deed)?;
    Ok(true)
}

use std::io::Write;
use std::sync::Arc;

use access::{Action, Ask, Program};
use axum::http::header::LINK;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use base::{Kind, Lang, Problem, Result, Time};
use cases::{EventKind, State};
use ledger::{AUDIT, Actor, Fact};
use store::search::{self, Audience};
use store::{FileHash, Tx};
use web::{Ctx, Member, Settings};

use super::answer::{Answer, Format};
use super::call::{Call, refused};
use super::query::{self, Cursor, Listing, Order};
use super::updates;
use crate::model::{Category, Datatype, Key, Report, Scope, detailed_status};
use crate::store::{self as db, Catalogue, Filter};

/// Reports in a box, beside those wanted, up to which all their places are looked at; in a fuller one the newest are
/// soon found among all.
const SPARSE: usize = 5_000;
/// Rows up to which a list is read on the thread that serves the request.
const QUICK: usize = 200;
/// Reports that words may find.
const HITS: i64 = 1000;
/// How far behind the present a list of changes ends on PostgreSQL, in seconds: longer than a transaction that began
/// earlier may still take, so that nothing appears behind a reader.
const SETTLING: i64 = 5;

/// A report as the extensions tell more of it.
struct More {
    report: Report,
    photos: Vec<(FileHash, i64, i64)>,
    answers: Vec<(String, String)>,
    events: Vec<cases::Event>,
}

pub(super) async fn list(call: &Call) -> Result<Response> {
    let key = call.enter().await?;
    let categories = call.categories().await?;
    let now = call.ctx.member().clock.now();
    let mut listing = query::read(&call.query, &categories, now)?;
    listing.filter.with_hidden = sees_hidden(key.as_ref());
    if call.ctx.member().db.is_postgres() && listing.order == Order::Changed {
        let settled = now.plus_seconds(-SETTLING);
        listing.updated.1 = Some(listing.updated.1.map_or(settled, |until| until.min(settled)));
    }
    if listing.just_count {
        // Only what is public is counted, so that a count needs no entry in the audit.
        let filter = Filter { with_hidden: false, ..listing.filter };
        let count = call.ctx.member().db.scan("open311.count", move |tx| db::count(tx, &filter)).await?;
        let answer = Answer::object(call.format, "service_requests", |answer| answer.int("count", count));
        return Ok(answer.respond(StatusCode::OK));
    }
    let wanted = listing.clone();
    let near = matches!(listing.order, Order::Nearest(..));
    let slow = listing.size > QUICK || listing.offset > QUICK || listing.words.is_some() || near;
    let writing = Writing::new(call, listing.extensions, listing.filter.with_hidden);
    let found = read(call, key, ("open311.list", slow), move |tx| {
        let (reports, next) = page(tx, &wanted)?;
        let rows = reports.into_iter().map(|report| more(tx, report, wanted.extensions));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        Ok((writing.rows(&rows, &categories), next))
    });
    let (answer, next) = found.await?;
    let mut response = answer.respond(StatusCode::OK);
    if listing.paged {
        paging(call, &mut response, &listing, next.as_ref());
    }
    Ok(response)
}

/// One report (GET Service Request).
pub(super) async fn one(call: Call) -> Response {
    let result = find(&call).await;
    call.done(result)
}

async fn find(call: &Call) -> Result<Response> {
    let key = call.enter().await?;
    let with_hidden = sees_hidden(key.as_ref());
    let extensions = matches!(call.query.get("extensions"), "true" | "1");
    let number = call.name.clone();
    let memory = call.ctx.member().memory::<Catalogue>();
    let categories = if with_hidden { Some(call.categories().await?) } else { None };
    let writing = Writing::new(call, extensions, with_hidden);
    let answer = read(call, key, ("open311.one", false), move |tx| {
        let filter = Filter { with_hidden, ..Filter::default() };
        let report = db::by_number_among(tx, &number, &filter)?;
        let report =
            report.ok_or_else(|| refused(Kind::NotFound, "service_request_id", "open311-request-unknown"))?;
        let categories = match &categories {
            Some(categories) => Arc::clone(categories),
            None => db::catalogue(tx, &memory)?,
        };
        Ok(writing.rows(&[more(tx, report, extensions)?], &categories))
    });
    Ok(answer.await?.respond(StatusCode::OK))
}

fn sees_hidden(key: Option<&Key>) -> bool {
    key.is_some_and(|key| key.scopes.contains(&Scope::ReadPrivate))
}

/// Reads, what is slow apart from the threads that serve requests; what only an office may see is read by a program with its
/// permit, and that is written into the audit first.
async fn read<T: Send + 'static>(
    call: &Call,
    key: Option<Key>,
    (name, slow): (&'static str, bool),
    work: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let db = &call.ctx.member().db;
    if let Some(key) = key.filter(|key| sees_hidden(Some(key))) {
        let ctx = call.ctx.clone();
        let write = move |tx: &mut Tx<'_>| audit(tx, &ctx, &key, Action::ReadCase, "open311.read").map(drop);
        db.write("open311.read", write).await?;
    }
    if slow { db.scan(name, work).await } else { db.read(name, work).await }
}

/// Decides what a program may do to cases, and writes into the audit that it does.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    key: &Key,
    action: Action,
    kind: &str,
) -> Result<access::Permit> {
    let allowed = |scope: &Scope| match scope {
        Scope::Report => None,
        Scope::Update => Some(Action::WorkOnCase),
        Scope::ReadPrivate => Some(Action::ReadCase),
    };
    let may = key.scopes.iter().filter_map(allowed).collect();
    let program = Program { id: key.id, module: "report", may };
    let permit = access::decide_program(&program, &Ask { action, module: Some("report"), office: None })?;
    let about = serde_json::json!({ "program": key.name, "path": ctx.path().split('?').next() }).to_string();
    let payload = Some(about.as_bytes());
    let fact = Fact { feed: AUDIT, kind, actor: Actor::Program, case: None, subject: None, payload };
    ctx.member().ledger.append(tx, &fact)?;
    Ok(permit)
}

/// The reports of a page, and where it ends when there are further ones.
fn page(tx: &mut Tx<'_>, listing: &Listing) -> Result<(Vec<Report>, Option<Cursor>)> {
    if !listing.ids.is_empty() {
        let all = Filter { with_hidden: listing.filter.with_hidden, ..Filter::default() };
        let found = listing.ids.iter().map(|id| db::by_number_among(tx, id, &all));
        return Ok((found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect(), None));
    }
    let wanted = listing.size + 1;
    let mut reports = match (&listing.words, listing.order) {
        (Some(words), order) => sorted(by_words(tx, words, listing)?, order, listing),
        (None, Order::Nearest(point, metres)) => nearest(tx, listing, (point, metres))?,
        (None, Order::Changed) => changed(tx, listing, wanted)?,
        (None, Order::Newest) => newest(tx, listing, wanted)?,
    };
    let more = reports.len() > listing.size;
    reports.truncate(listing.size);
    let next = reports.last().filter(|_| more).map(|last| place_of(last, listing.order));
    Ok((reports, next))
}

/// Where a report stands in an order.
fn place_of(report: &Report, order: Order) -> Cursor {
    let at = match order {
        Order::Newest => report.opened.0,
        Order::Changed => report.updated.0,
        Order::Nearest(point, _) => millimetres(report, point),
    };
    Cursor { at, id: report.case_id }
}

#[expect(clippy::cast_possible_truncation, reason = "millimetres on the earth fit")]
fn millimetres(report: &Report, point: place::Point) -> i64 {
    report.place.map_or(i64::MAX, |place| (place.metres_to(point) * 1000.0).round() as i64)
}

/// Sorts what was read as a whole, and leaves out the pages before.
fn sorted(mut reports: Vec<Report>, order: Order, listing: &Listing) -> Vec<Report> {
    let key = |report: &Report| {
        let Cursor { at, id } = place_of(report, order);
        (at, *id.as_bytes())
    };
    reports.sort_by_key(key);
    if order == Order::Newest {
        reports.reverse();
    }
    let end = listing.cursor.map(|cursor| (cursor.at, *cursor.id.as_bytes()));
    let later = |report: &Report| match (end, order) {
        (None, _) => true,
        (Some(end), Order::Newest) => key(report) < end,
        (Some(end), _) => key(report) > end,
    };
    reports.into_iter().filter(later).skip(listing.offset).collect()
}

fn newest(tx: &mut Tx<'_>, listing: &Listing, wanted: usize) -> Result<Vec<Report>> {
    let before = listing.cursor.map(|cursor| (Time(cursor.at), cursor.id));
    if let Some(bounds) = &listing.filter.bounds
        && !db::is_crowded(tx, bounds, rows_of(listing.size + SPARSE))?
    {
        return db::newest_within(tx, bounds, &listing.filter, before.as_ref(), listing.offset, wanted);
    }
    db::newest_from(tx, &listing.filter, before.as_ref(), rows_of(listing.offset), rows_of(wanted))
}

fn changed(tx: &mut Tx<'_>, listing: &Listing, wanted: usize) -> Result<Vec<Report>> {
    let (after, until) =
        (listing.updated.0.unwrap_or(Time(i64::MIN)), listing.updated.1.unwrap_or(Time(i64::MAX)));
    let cursor = listing.cursor.map(|cursor| (Time(cursor.at), cursor.id));
    let place = cursor.as_ref().map_or((after, None), |(time, id)| (*time, Some(id)));
    let mut reports = db::changed(tx, &listing.filter, place, until, rows_of(wanted + listing.offset))?;
    drop(reports.drain(..listing.offset.min(reports.len())));
    Ok(reports)
}

fn nearest(tx: &mut Tx<'_>, listing: &Listing, (point, metres): (place::Point, f64)) -> Result<Vec<Report>> {
    // A page further out needs everything nearer, too, to be told apart from it.
    let mut limit = listing.size + listing.offset + 1;
    loop {
        let found = db::near(tx, point, metres, &listing.filter, limit)?;
        let read = found.len();
        let reports = found.into_iter().map(|(report, _)| report).collect();
        let reports = sorted(reports, listing.order, listing);
        if reports.len() > listing.size || read < limit {
            return Ok(reports);
        }
        limit *= 2;
    }
}

/// What holds every word, among what everybody may find.
fn by_words(tx: &mut Tx<'_>, words: &str, listing: &Listing) -> Result<Vec<Report>> {
    let audience = |name: &str| Audience { name: name.to_owned(), module: Some("report".to_owned()) };
    let mut audiences = vec![audience("public")];
    audiences.extend(listing.filter.with_hidden.then(|| audience("staff")));
    let mut reports: Vec<Report> = Vec::new();
    for hit in search::find(tx, words, &audiences, HITS)? {
        let number = hit.url.rsplit('/').next().unwrap_or_default();
        if reports.iter().all(|report| report.number != number) {
            reports.extend(db::by_number_among(tx, number, &listing.filter)?);
        }
    }
    let (after, until) =
        (listing.updated.0.unwrap_or(Time(i64::MIN)), listing.updated.1.unwrap_or(Time(i64::MAX)));
    reports.retain(|report| report.updated > after && report.updated <= until);
    Ok(reports)
}

fn rows_of(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What the extensions tell beside the standard's fields.
fn more(tx: &mut Tx<'_>, report: Report, extensions: bool) -> Result<More> {
    if !extensions {
        return Ok(More { report, photos: vec![], answers: vec![], events: vec![] });
    }
    let id = report.case_id;
    let (photos, answers, events) = (db::photos(tx, id)?, db::answers(tx, id)?, cases::events(tx, id, true)?);
    Ok(More { report, photos, answers, events })
}

/// How reports are to be written: where they are read, so that what was read is freed where it was made.
struct Writing {
    member: Arc<Member>,
    lang: Lang,
    format: Format,
    extensions: bool,
    with_hidden: bool,
}

impl Writing {
    fn new(call: &Call, extensions: bool, with_hidden: bool) -> Self {
        let (member, lang) = (Arc::clone(call.ctx.member()), call.ctx.lang());
        Self { member, lang, format: call.format, extensions, with_hidden }
    }

    fn rows(&self, rows: &[More], categories: &[Category]) -> Answer {
        let to = Reader { url: &self.member.settings.url, lang: self.lang };
        Answer::list(self.format, "service_requests", |answer| {
            answer.reserve(rows.len());
            for row in rows {
                let category = categories.iter().find(|category| category.code == row.report.category);
                answer.object_in("request", |answer| {
                    request(answer, to, row, category);
                    if self.extensions {
                        extended(answer, to, row, category, self.with_hidden);
                    }
                });
            }
        })
    }
}

/// What an answer needs to know of where it is read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    /// The member's address.
    url: &'a str,
    lang: Lang,
}

/// Every report with everything about it, as a program may read it that may read all.
pub(crate) fn write_all(tx: &mut Tx<'_>, settings: &Settings, out: &mut dyn Write) -> Result<()> {
    let categories = db::categories(tx)?;
    let to = Reader { url: &settings.url, lang: Lang::De };
    let stopped = |error: std::io::Error| Problem::internal("export", "it cannot be written").because(error);
    let mut mark = "[\n";
    db::every(tx, &Filter { with_hidden: true, ..Filter::default() }, |tx, report| {
        let row = more(tx, report, true)?;
        let category = categories.iter().find(|category| category.code == row.report.category);
        let answer = Answer::object(Format::Json, "request", |answer| {
            request(answer, to, &row, category);
            extended(answer, to, &row, category, true);
        });
        out.write_all(mark.as_bytes()).and_then(|()| out.write_all(&answer.into_bytes())).map_err(stopped)?;
        mark = ",\n";
        Ok(())
    })?;
    let end = if mark == "[\n" { "[]\n" } else { "\n]\n" };
    out.write_all(end.as_bytes()).map_err(stopped)
}

/// All seventeen fields, so that every client finds what it expects.
fn request(answer: &mut Answer, to: Reader<'_>, row: &More, category: Option<&Category>) {
    let report = &row.report;
    answer.text("service_request_id", &report.number);
    answer.text("status", if report.state.is_closed() { "closed" } else { "open" });
    answer.text("status_notes", report.answer.as_deref().unwrap_or_default());
    answer.text("service_name", category.map_or("", |category| category.name(to.lang)));
    answer.text("service_code", &report.category);
    answer.text("description", &report.text);
    answer.text("agency_responsible", report.body.as_ref().unwrap_or(&report.office));
    answer.null("service_notice");
    answer.text("requested_datetime", &report.opened.rfc3339());
    // The standard wants the closing time of what is closed, whatever was noted afterwards.
    answer.text("updated_datetime", &report.closed.unwrap_or(report.updated).rfc3339());
    answer.text("expected_datetime", &report.due.map(Time::rfc3339).unwrap_or_default());
    answer.text("address", &report.address);
    answer.null("address_id");
    answer.text("zipcode", zipcode(&report.address));
    answer.number("lat", report.place.map(place::Point::lat_degrees));
    answer.number("long", report.place.map(place::Point::lon_degrees));
    let photo = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
    answer.text("media_url", &photo.map(|hash| media_url(to, hash)).unwrap_or_default());
}

fn media_url(to: Reader<'_>, hash: FileHash) -> String {
    format!("{}/dateien/{hash}", to.url)
}

/// A German postal code in an address: five digits that stand alone.
fn zipcode(address: &str) -> &str {
    let words = address.split(|c: char| !c.is_alphanumeric());
    let mut codes = words.filter(|word| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit()));
    codes.next().unwrap_or_default()
}

fn extended(answer: &mut Answer, to: Reader<'_>, row: &More, category: Option<&Category>, with_hidden: bool) {
    answer.object_in("extended_attributes", |answer| {
        answer.text("title", &row.report.title);
        answer.text("detailed_status", detailed_status(row.report.state));
        answer.list_in("media_urls", |answer| {
            for (hash, ..) in &row.photos {
                answer.text("media_url", &media_url(to, *hash));
            }
        });
    });
    answer.list_in("attributes", |answer| {
        for (code, value) in &row.answers {
            let question = category.and_then(|category| category.questions.iter().find(|q| q.code == *code));
            let Some(question) = question else { continue };
            // Nobody was told that what they wrote freely into an answer is published.
            if matches!(question.datatype, Datatype::String | Datatype::Text) && !with_hidden {
                continue;
            }
            let choice = question.choices.iter().find(|choice| choice.key == *value);
            answer.object_in("attribute", |answer| {
                answer.text("code", code);
                answer.text("label", question.text(to.lang));
                answer.text("name", choice.map_or("", |choice| choice.name(to.lang)));
                answer.text("value", value);
            });
        }
    });
    answer.list_in("notes", |answer| {
        for event in &row.events {
            answer.object_in("note", |answer| {
                answer.text("datetime", &event.at.rfc3339());
                answer.text("type", event.kind.name());
                let text = match event.text.parse::<State>() {
                    Ok(state) if event.kind == EventKind::State => updates::word(state),
                    _ => &event.text,
                };
                answer.text("description", text);
            });
        }
    });
}

/// The addresses of the other pages, as RFC 8288 and as 6aika write them.
fn paging(call: &Call, response: &mut Response, listing: &Listing, next: Option<&Cursor>) {
    let at = |place: &[(&str, String)]| {
        let path = call.ctx.path().split('?').next().unwrap_or_default();
        let moves = |name: &str| matches!(name, "cursor" | "page" | "offset" | "api_key");
        let kept = call.query.fields().iter().filter(|(name, _)| !moves(name));
        let mut query: Vec<(&str, &str)> =
            kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        query.extend(place.iter().map(|(name, value)| (*name, value.as_str())));
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        format!("{}{path}?{query}", call.ctx.member().settings.url)
    };
    let mut links = vec![("first", at(&[]))];
    if let Some(cursor) = next {
        let url = at(&[("cursor", cursor.to_string())]);
        put(response, "x-next-page-url", &url);
        links.push(("next", url));
    }
    if listing.offset > 0 {
        let url = at(&[("offset", listing.offset.saturating_sub(listing.size).to_string())]);
        put(response, "x-previous-page-url", &url);
        links.push(("prev", url));
    }
    put(response, "x-page-size", &listing.size.to_string());
    let links: Vec<_> = links.iter().map(|(rel, url)| format!("<{url}>; rel=\"{rel}\"")).collect();
    put(response, LINK.as_str(), &links.join(", "));
}

fn put(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// That a report does not exist, or is not for whoever asks.
pub(super) fn unknown() -> Problem {
    refused(Kind::NotFound, "service_request_id", "open311-request-unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postal_code_is_five_digits_that_stand_alone() {
        for (address, code) in [
            ("50667 Köln - Altstadt, Domkloster 4", "50667"),
            ("Domkloster  4, 50667 Köln", "50667"),
            ("Straße 123456, Köln", ""),
            ("Köln,", ""),
            ("Mast 4711a", ""),
        ] {
            assert_eq!(zipcode(address), code, "{address}");
        }
    }
}

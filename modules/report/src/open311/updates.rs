//! The updates extension (`servicerequestupdates`), both directions, in the words of FixMyStreet's clients and servers.

use access::Action;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::Response;
use base::{Fault, Kind, Problem, Result, Time};
use cases::{Case, Change, EventKind, State, Step};
use ledger::Actor;
use store::Tx;
use web::desk::follow_up;
use web::{Ctx, Form};

use super::answer::Answer;
use super::body;
use super::call::{Call, refused};
use super::requests;
use crate::file;
use crate::model::{Key, LONGEST, Scope, clean};
use crate::store::{self as db, Photo, Update, UpdatePlace};

/// Lines of one answer, at most.
const ROWS: i64 = 1000;
/// Days an answer spans when nothing else is said.
const DAYS: i64 = 90;
const DAY: i64 = 24 * 3600;
/// Characters of an id, at most.
const ID: usize = 100;
/// How far a sender's clock may be ahead, in seconds.
const AHEAD: i64 = 3600;

/// The word for a state.
pub(crate) fn word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::InProgress => "in_progress",
        State::Done => "fixed",
        State::Declined => "no_further_action",
    }
}

/// What a word of the extension means here; the inner `None` for those that change no state.
fn state_of(word: &str) -> Option<Option<State>> {
    Some(match word {
        "open" | "reopen" => Some(State::Open),
        "in_progress" | "planned" | "action_scheduled" | "investigating" | "for_triage" => {
            Some(State::InProgress)
        }
        "closed" | "fixed" => Some(State::Done),
        "duplicate" | "not_councils_responsibility" | "no_further_action" | "cancelled" => {
            Some(State::Declined)
        }
        "internal_referral" | "unchanged" => None,
        _ => return None,
    })
}

/// What happened in a while (GET Service Request Updates), the oldest first.
pub(super) async fn list(call: &Call) -> Result<Response> {
    let key = call.enter().await?;
    let with_hidden = key.as_ref().is_some_and(|key| key.scopes.contains(&Scope::ReadPrivate));
    let (place, until) = window(call)?;
    let number = call.query.find("service_request_id").map(str::to_owned);
    let ctx = call.ctx.clone();
    let work = move |tx: &mut Tx<'_>| {
        if let Some(key) = key.as_ref().filter(|_| with_hidden) {
            requests::audit(tx, &ctx, key, Action::ReadCase, "open311.read")?;
        }
        db::updates(tx, place, until, (with_hidden, number.as_deref()), ROWS)
    };
    let found = match with_hidden {
        true => call.ctx.member().db.write("open311.updates", work).await?,
        false => call.ctx.member().db.read("open311.updates", work).await?,
    };
    let (updates, more) = found;
    let answer = Answer::list(call.format, "service_request_updates", |answer| {
        for update in &updates {
            answer.object_in("request_update", |answer| row(answer, update));
        }
    });
    let mut response = answer.respond(StatusCode::OK);
    if let Some(last) = updates.last().filter(|_| more) {
        next_page(call, &mut response, last);
    }
    Ok(response)
}

fn row(answer: &mut Answer, update: &Update) {
    answer.text("update_id", &format!("{}-{}", update.number, update.place));
    answer.text("service_request_id", &update.number);
    answer.text("status", word(update.state));
    answer.text("updated_datetime", &update.at.rfc3339());
    answer.text("description", &update.text);
    answer.null("media_url");
    answer.text("external_status_code", update.state.name());
}

/// From where to when: the dates, or the end of the page before.
fn window(call: &Call) -> Result<(UpdatePlace, Time)> {
    let mut faults = Vec::new();
    let mut date = |name: &'static str| {
        let text = call.query.find(name)?;
        let time = Time::parse_rfc3339(text).or_else(|| Time::parse_rfc3339(&text.replace(' ', "+")));
        if time.is_none() {
            faults.push(Fault::new(name, "open311-date"));
        }
        time
    };
    let (from, to) = (date("start_date"), date("end_date"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        faults.push(Fault::new("end_date", "open311-dates-order"));
    }
    let now = call.ctx.member().clock.now();
    // Times are told in whole seconds: the end takes the rest of its second in, the beginning all of its own.
    let until = to.map_or(now, |to| Time(to.0.saturating_add(999_999)));
    let from = from.unwrap_or(until.plus_seconds(-DAYS * DAY));
    let mut place = (Time(from.0.saturating_sub(1)), None, 0);
    if let Some(text) = call.query.find("cursor") {
        let mut parts = text.split('-');
        let (at, case, line) = (parts.next(), parts.next(), parts.next());
        let at = at.and_then(|at| at.parse().ok());
        match (at, case.and_then(|id| id.parse().ok()), line.and_then(|line| line.parse().ok())) {
            (Some(at), Some(case), Some(line)) => place = (Time(at), Some(case), line),
            _ => faults.push(Fault::new("cursor", "open311-cursor")),
        }
    }
    if faults.is_empty() { Ok((place, until)) } else { Err(Problem::faults(faults)) }
}

fn next_page(call: &Call, response: &mut Response, last: &Update) {
    let path = call.ctx.path().split('?').next().unwrap_or_default();
    let cursor = format!("{}-{}-{}", last.at.0, last.case_id, last.place);
    let kept = call.query.fields().iter().filter(|(name, _)| name != "cursor" && name != "api_key");
    let mut query: Vec<_> = kept.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    query.push(("cursor", &cursor));
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let link = format!("<{}{path}?{query}>; rel=\"next\"", call.ctx.member().settings.url);
    if let Ok(link) = link.parse() {
        response.headers_mut().insert(LINK, link);
    }
}

/// An update that was sent and makes sense in itself.
#[derive(Clone, Debug)]
struct Sent {
    number: String,
    update_id: String,
    state: Option<State>,
    text: String,
    /// Whether somebody is named whose words it passes on; else the program speaks for the office.
    of_citizen: bool,
}

/// Takes an update (POST Service Request Updates). Sending an id again is no error and changes nothing.
pub(super) async fn take(call: &Call, request: Request) -> Result<Response> {
    let body = body::read(request).await?;
    let key = call.program(&body.form, Scope::Update).await?;
    body.check()?;
    let sent = read(&body.form, call.ctx.member().clock.now())?;
    if !call.trial {
        let photos = file::keep_photos(call.ctx.member(), body.photos).await?;
        let (ctx, sent) = (call.ctx.clone(), sent.clone());
        let work = move |tx: &mut Tx<'_>| record(tx, &ctx, &key, &sent, &photos);
        call.ctx.member().db.write("open311.update", work).await?;
        call.ctx.member().new_job.notify_one();
    }
    let answer = Answer::list(call.format, "service_request_updates", |answer| {
        answer.object_in("request_update", |answer| answer.text("update_id", &sent.update_id));
    });
    Ok(answer.respond(StatusCode::OK))
}

fn read(form: &Form, now: Time) -> Result<Sent> {
    let mut faults = Vec::new();
    for name in ["service_request_id", "update_id", "updated_datetime", "status"] {
        if form.find(name).is_none() {
            faults.push(Fault::new(name, "open311-missing"));
        }
    }
    let mut wrong = |field: &'static str, code| faults.push(Fault::new(field, code));
    if form.get("update_id").chars().count() > ID {
        wrong("update_id", "report-client-id-long");
    }
    if let Some(text) = form.find("updated_datetime") {
        let time = Time::parse_rfc3339(text);
        if time.is_none_or(|time| time > now.plus_seconds(AHEAD)) {
            wrong("updated_datetime", "open311-date");
        }
    }
    let state = form.find("status").map(|status| state_of(&status.to_lowercase()));
    if state == Some(None) {
        wrong("status", "open311-update-status");
    }
    let text = clean(form.get("description"));
    if text.chars().count() > LONGEST {
        wrong("description", "text-too-long");
    }
    if !faults.is_empty() {
        return Err(Problem::faults(faults));
    }
    Ok(Sent {
        number: form.get("service_request_id").into(),
        update_id: form.get("update_id").into(),
        state: state.flatten().flatten(),
        text,
        of_citizen: ["email", "first_name", "last_name"].iter().any(|name| form.find(name).is_some()),
    })
}

/// Does it: the step, the timeline, the public record and the audit are one transaction. The actor is the program.
fn record(tx: &mut Tx<'_>, ctx: &Ctx, key: &Key, sent: &Sent, photos: &[Photo]) -> Result<()> {
    if db::known_update(tx, key.id, &sent.update_id)?.is_some() {
        return Ok(());
    }
    let member = ctx.member();
    let permit = requests::audit(tx, ctx, key, Action::WorkOnCase, "open311.update")?;
    let case = cases::by_number(tx, &sent.number)?.filter(|case| case.module == "report");
    let case = case.ok_or_else(requests::unknown)?;
    let now = member.clock.now();
    let change = change(&case, sent, &format!("{} ({})", key.name, sent.update_id))?;
    cases::record(tx, &permit, &case, &change, now)?;
    let report = db::by_id(tx, case.id)?.ok_or_else(requests::unknown)?;
    let public = report.visibility == crate::model::Visibility::Public && !sent.of_citizen;
    for photo in photos {
        let place = db::add_photo(tx, case.id, photo, public, now)?;
        if sent.of_citizen {
            // What somebody else sent is for the office, until it releases it.
            db::choose_photo(tx, case.id, place, Some(false))?;
        }
    }
    follow_up(member, tx, &case, (&change, Actor::Program), Some(permit.person()))?;
    db::remember_update(tx, key.id, &sent.update_id, case.id, now)
}

/// What an update makes of a case. What a citizen said elsewhere is for the office to read, and can at most open a case
/// again; what the program itself says is the office's answer. A line for the office names the program.
fn change(case: &Case, sent: &Sent, program: &str) -> Result<Change> {
    let state = sent.state.map(|state| entered(case, state)).filter(|state| *state != case.state);
    let state = state.filter(|state| !sent.of_citizen || case.state.is_closed() && !state.is_closed());
    let step = match (sent.of_citizen, sent.text.is_empty(), state) {
        (false, false, state) => Some(Step::Answer(sent.text.clone(), state)),
        (_, _, Some(state)) => Some(Step::State(state)),
        _ => None,
    };
    let mut change = match step {
        Some(step) => cases::decide(case, &step).map_err(|refusal| match Problem::from(refusal) {
            problem if problem.code == "wrong-state" => {
                refused(Kind::Input, "status", "open311-update-order")
            }
            problem => problem,
        })?,
        None => Change::of(case),
    };
    let note = match sent.of_citizen && !sent.text.is_empty() {
        true => format!("{program}: {}", sent.text),
        false => program.to_owned(),
    };
    change.lines.push((EventKind::Note, note));
    Ok(change)
}

/// The state a case comes into: one that has ended is taken up again by being worked on.
fn entered(case: &Case, state: State) -> State {
    if case.state.is_closed() && state == State::Open { State::InProgress } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_given_is_taken_back_as_the_same_state() {
        for state in State::ALL {
            assert_eq!(state_of(word(state)), Some(Some(state)));
        }
        assert_eq!(state_of("unchanged"), Some(None));
        assert_eq!(state_of("ajar"), None);
    }
}

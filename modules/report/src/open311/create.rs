use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use base::{Fault, Kind, Problem, Result};
use bytes::Bytes;
use ledger::Actor;
use web::Form;

use super::answer::Answer;
use super::body;
use super::call::Call;
use super::services;
use crate::file::{self, Sender};
use crate::model::{Category, Draft, Key, Scope, Valid, check};

/// What a report that is only tried out is called: no case has this number.
const TRIAL_NUMBER: &str = "0-0";

/// Takes a report (POST Service Request).
pub(super) async fn take(call: &Call, request: Request) -> Result<Response> {
    let body = body::read(request).await?;
    let key = call.program(&body.form, Scope::Report).await?;
    body.check()?;
    let categories = call.categories().await?;
    let mut valid = own_place(call, valid(&body.form, &categories)?).await?;
    let category = valid.category.clone();
    // Ids of programs do not meet: what one calls "1" is nothing to another.
    valid.client_id = valid.client_id.map(|id| format!("{}:{id}", key.id));
    let number = match call.trial {
        true => try_photos(&body.photos).map(|()| TRIAL_NUMBER.to_owned())?,
        false => file(call, &key, valid, body.photos).await?,
    };
    let token = match services::kind(&category) {
        "batch" => Some(token(call, &number).await?),
        _ => None,
    };
    let hours = category.promise_hours.map(|hours| hours.to_string()).unwrap_or_default();
    let notice = match hours.as_str() {
        "" => String::new(),
        hours => call.ctx.t1("open311-notice", "hours", hours),
    };
    let answer = Answer::list(call.format, "service_requests", |answer| {
        answer.object_in("request", |answer| {
            match &token {
                Some(token) => answer.text("token", token),
                None => answer.text("service_request_id", &number),
            }
            answer.text("service_notice", &notice);
            answer.null("account_id");
        });
    });
    Ok(answer.respond(StatusCode::OK))
}

async fn file(call: &Call, key: &Key, valid: Valid, photos: Vec<Bytes>) -> Result<String> {
    let photos = file::keep_photos(call.ctx.member(), photos).await?;
    tracing::debug!(program = %key.id, "a report comes in");
    let (actor, lang) = (Actor::Program, call.ctx.lang());
    let sender = Sender { person: None, actor, form: None, draft: None, address: None, lang };
    Ok(file::file(call.ctx.member(), valid, photos, sender).await?.number)
}

/// Whether the pictures look like some; nothing is kept.
fn try_photos(photos: &[Bytes]) -> Result<()> {
    match photos.iter().all(|photo| store::sniff(photo).is_some()) {
        true => Ok(()),
        false => Err(Problem::faults(vec![Fault::new("media", "picture-unreadable")])),
    }
}

/// What stands for the id until the report can be read.
async fn token(call: &Call, number: &str) -> Result<String> {
    let number = number.to_owned();
    let case = call.ctx.member().db.read("open311.token_of", move |tx| cases::by_number(tx, &number)).await?;
    Ok(case.map(|case| case.id.to_string()).unwrap_or_default())
}

/// Reads a report and collects everything that is wrong with it, each fault under the standard's name for the field.
fn valid(form: &Form, categories: &[Category]) -> Result<Valid> {
    let mut draft = draft(form);
    let known = categories.iter().find(|category| category.code == draft.category && category.active);
    // The standard does not ask for words; the service says what is meant.
    if let Some(category) = known.filter(|_| draft.text.is_empty()) {
        draft.text.clone_from(&category.name);
    }
    let mut faults = match check(&draft, categories) {
        Ok(valid) => return Ok(valid),
        Err(faults) => faults,
    };
    let unknown = known.is_none() && !draft.category.is_empty();
    for fault in &mut faults {
        match fault.code {
            "report-category-missing" if unknown => fault.code = "open311-service-unknown",
            "report-place-missing" if form.find("address_id").is_some() => {
                *fault = Fault::new("address_id", "open311-address-id");
            }
            "report-place-missing" => fault.field = "lat, long, address_string, address_id".into(),
            "report-place-wrong" => fault.field = "lat, long".into(),
            _ => {}
        }
    }
    // Whoever gave no words was not asked for any.
    faults.retain(|fault| fault.code != "report-text-missing");
    let mut problem = Problem::faults(faults);
    if unknown {
        problem.kind = Kind::NotFound;
    }
    Err(problem)
}

async fn own_place(call: &Call, valid: Valid) -> Result<Valid> {
    match file::own_place(call.ctx.member(), &valid).await {
        Ok(()) => Ok(valid),
        Err(_) => Err(Problem::faults(vec![Fault::new("lat, long", "problem-elsewhere")])),
    }
}

fn draft(form: &Form) -> Draft {
    let name = [form.get("first_name"), form.get("last_name")].join(" ");
    Draft {
        category: form.get("service_code").into(),
        text: form.get("description").into(),
        lat: form.get("lat").into(),
        long: form.get("long").into(),
        address: form.get("address_string").into(),
        name: name.trim().into(),
        email: form.get("email").into(),
        answers: form.fields().iter().filter_map(answer).collect(),
        client_id: form.get("client_request_id").into(),
    }
}

/// `attribute[CODE]` and, for several values, `attribute[CODE][]`.
fn answer((name, value): &(String, String)) -> Option<(String, String)> {
    let (code, rest) = name.strip_prefix("attribute[")?.split_once(']')?;
    matches!(rest, "" | "[]").then(|| (code.to_owned(), value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_with_and_without_a_second_pair_of_brackets() {
        let pair = |name: &str| answer(&(name.to_owned(), "v".to_owned())).map(|(code, _)| code);
        assert_eq!(pair("attribute[seit]").as_deref(), Some("seit"));
        assert_eq!(pair("attribute[stoffe][]").as_deref(), Some("stoffe"));
        for other in ["attribute", "attribute[", "attribute[x]y", "attributes[x]", "x"] {
            assert_eq!(pair(other), None, "{other}");
        }
    }
}

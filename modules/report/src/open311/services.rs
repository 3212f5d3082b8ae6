use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use base::{Kind, Lang, Result};
use place::Point;

use super::answer::Answer;
use super::call::{Call, refused};
use crate::model::{Category, Question, Visibility};
use crate::store as db;

/// Where the interface is (Service Discovery).
pub(super) async fn discovery(call: Call) -> Response {
    let result = describe(&call).await;
    call.done(result)
}

async fn describe(call: &Call) -> Result<Response> {
    if call.name != "discovery" {
        return Ok(super::call::nothing(call.clone()).await);
    }
    call.enter().await?;
    let member = call.ctx.member();
    let now = member.clock.now();
    let changeset = member.db.write("open311.changeset", move |tx| db::changeset(tx, now)).await?.rfc3339();
    let settings = &member.settings;
    let answer = Answer::object(call.format, "discovery", |answer| {
        answer.text("changeset", &changeset);
        answer.text("contact", &format!("{} <{}>", settings.name, settings.email));
        answer.text("key_service", &format!("{}/impressum, {}", settings.url, settings.email));
        answer.list_in("endpoints", |answer| {
            for (kind, path) in [("production", "/open311/v2"), ("test", "/open311/test/v2")] {
                answer.object_in("endpoint", |answer| {
                    answer.text("specification", "http://wiki.open311.org/GeoReport_v2");
                    answer.text("url", &format!("{}{path}", settings.url));
                    answer.text("changeset", &changeset);
                    answer.text("type", kind);
                    answer.list_in("formats", |answer| {
                        answer.text("format", "text/xml");
                        answer.text("format", "application/json");
                    });
                });
            }
        });
    });
    let mut response = answer.respond(StatusCode::OK);
    // Old validators compare the bare media type here; the encoding stands in the XML declaration.
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(call.format.media_type()));
    Ok(response)
}

/// What can be reported (GET Service List): all of it, or what there is at a place, in a group, for some words.
pub(super) async fn list(call: &Call) -> Result<Response> {
    call.enter().await?;
    let here = match point(call)? {
        Some(point) => call.ctx.member().owns(point),
        None => true,
    };
    let group = call.query.find("group").map(str::to_lowercase);
    let words: Vec<String> =
        call.query.get("keywords").split(',').map(|word| word.trim().to_lowercase()).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let categories = call.categories().await?;
    let wanted = |category: &&Category| {
        let known = [&category.name, &category.name_en, &category.keywords].map(|text| text.to_lowercase());
        category.active
            && group.as_ref().is_none_or(|group| category.group.to_lowercase() == *group)
            && (words.is_empty() || words.iter().any(|word| known.iter().any(|text| text.contains(*word))))
    };
    let answer = Answer::list(call.format, "services", |answer| {
        for category in categories.iter().filter(|_| here).filter(wanted) {
            answer.object_in("service", |answer| service(answer, category, call.ctx.lang()));
        }
    });
    Ok(answer.respond(StatusCode::OK))
}

/// The place that is asked about.
fn point(call: &Call) -> Result<Option<Point>> {
    let (lat, long) = (call.query.find("lat"), call.query.find("long"));
    let degrees = |text: Option<&str>| text.and_then(|text| text.parse::<f64>().ok());
    match (lat, long) {
        (None, None) => Ok(None),
        _ => {
            let point =
                degrees(lat).zip(degrees(long)).and_then(|(lat, long)| Point::from_degrees(lat, long));
            point.map(Some).ok_or_else(|| refused(Kind::Input, "lat, long", "report-place-wrong"))
        }
    }
}

/// How the id of a report becomes known: at once, or later by a token where somebody looks at it first.
pub(super) fn kind(category: &Category) -> &'static str {
    if category.visibility == Visibility::Waiting { "batch" } else { "realtime" }
}

fn service(answer: &mut Answer, category: &Category, lang: Lang) {
    answer.text("service_code", &category.code);
    answer.text("service_name", category.name(lang));
    answer.text("description", &category.description);
    answer.flag("metadata", !category.questions.is_empty());
    answer.text("type", kind(category));
    answer.text("keywords", &category.keywords);
    answer.text("group", &category.group);
}

/// The questions of a service (GET Service Definition).
pub(super) async fn definition(call: Call) -> Response {
    let result = define(&call).await;
    call.done(result)
}

async fn define(call: &Call) -> Result<Response> {
    call.enter().await?;
    let categories = call.categories().await?;
    let category = categories.iter().find(|category| category.code == call.name);
    let category =
        category.ok_or_else(|| refused(Kind::NotFound, "service_code", "open311-service-unknown"))?;
    let answer = Answer::object(call.format, "service_definition", |answer| {
        answer.text("service_code", &category.code);
        answer.list_in("attributes", |answer| {
            for (order, question) in (1_i64..).zip(&category.questions) {
                answer.object_in("attribute", |answer| attribute(answer, order, question, call.ctx.lang()));
            }
        });
    });
    Ok(answer.respond(StatusCode::OK))
}

fn attribute(answer: &mut Answer, order: i64, question: &Question, lang: Lang) {
    answer.flag("variable", question.asked);
    answer.text("code", &question.code);
    answer.text("datatype", question.datatype.name());
    answer.flag("required", question.required && question.asked);
    answer.text("datatype_description", &question.hint);
    answer.int("order", order);
    answer.text("description", question.text(lang));
    answer.list_in("values", |answer| {
        for choice in question.choices.iter().filter(|_| question.datatype.is_list()) {
            answer.object_in("value", |answer| {
                answer.text("key", &choice.key);
                answer.text("name", choice.name(lang));
            });
        }
    });
}

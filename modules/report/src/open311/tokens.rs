use axum::http::StatusCode;
use axum::response::Response;
use base::{CaseId, Kind, Result};

use super::answer::Answer;
use super::call::{Call, refused};

/// The id of the report that was sent for this token (GET service_request_id from a token). The number is given as soon
/// as it is asked for; whether the report can be read by it is another question.
pub(super) async fn show(call: Call) -> Response {
    let result = find(&call).await;
    call.done(result)
}

async fn find(call: &Call) -> Result<Response> {
    call.enter().await?;
    let unknown = || refused(Kind::NotFound, "token", "open311-token-unknown");
    let id: CaseId = call.name.parse().map_err(|_| unknown())?;
    let case = call.ctx.member().db.read("open311.token", move |tx| cases::by_id(tx, id)).await?;
    let case = case.filter(|case| case.module == "report").ok_or_else(unknown)?;
    let answer = Answer::list(call.format, "service_requests", |answer| {
        answer.object_in("request", |answer| {
            answer.text("service_request_id", &case.number);
            answer.text("token", &call.name);
        });
    });
    Ok(answer.respond(StatusCode::OK))
}

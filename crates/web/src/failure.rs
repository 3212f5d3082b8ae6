use std::sync::Arc;

use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base::{Kind, Problem};

use crate::context::Ctx;
use crate::pages::problem_page;

/// What a handler gives back.
pub type Handled = Result<Response, Failure>;

/// A problem on its way to whoever asked. It becomes a page or JSON in one place, [`present`].
#[derive(Clone, Debug)]
pub struct Failure(pub Arc<Problem>);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(Arc::new(problem))
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Problem::from(error).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The status code of every kind of problem.
pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Input => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Gone => StatusCode::GONE,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Peer => StatusCode::BAD_GATEWAY,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Turns a failure into what the asker can read: a page, the way to sign in, or `application/problem+json` (RFC 9457).
pub(crate) fn present(ctx: Option<&Ctx>, problem: &Problem) -> Response {
    log(problem);
    let mut response = match ctx {
        Some(ctx) if ctx.wants_page() && problem.kind == Kind::Unauthenticated => sign_in(ctx, problem),
        Some(ctx) if ctx.wants_page() => problem_page(ctx, problem),
        _ => problem_json(problem),
    };
    if let Some(seconds) = problem.retry_after
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

/// The cause goes to the log, and only there.
fn log(problem: &Problem) {
    match problem.kind {
        Kind::Internal => tracing::error!(code = problem.code, %problem, "fault"),
        Kind::Busy | Kind::Peer => tracing::warn!(code = problem.code, %problem, "not now"),
        _ => tracing::debug!(code = problem.code, %problem, "refused"),
    }
}

fn sign_in(ctx: &Ctx, problem: &Problem) -> Response {
    let page = if problem.code == "second-factor" { "/anmelden/zweiter-faktor" } else { "/anmelden" };
    let query = serde_urlencoded::to_string([("weiter", ctx.path())]).unwrap_or_default();
    (StatusCode::SEE_OTHER, [(LOCATION, format!("{page}?{query}"))]).into_response()
}

pub(crate) fn problem_json(problem: &Problem) -> Response {
    problem_response(problem, &problem_body(problem))
}

/// As `application/problem+json` with a member of its own (RFC 9457 § 3.2).
pub(crate) fn problem_json_with(problem: &Problem, name: &str, value: serde_json::Value) -> Response {
    let mut body = problem_body(problem);
    body[name] = value;
    problem_response(problem, &body)
}

fn problem_response(problem: &Problem, body: &serde_json::Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/problem+json")];
    (status(problem.kind), headers, body.to_string()).into_response()
}

fn problem_body(problem: &Problem) -> serde_json::Value {
    let status = status(problem.kind);
    let errors: Vec<_> = problem
        .faults
        .iter()
        .map(|fault| serde_json::json!({ "pointer": format!("#/{}", fault.field), "code": fault.code }))
        .collect();
    serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "code": problem.code,
        "detail": problem.detail,
        "hint": problem.hint,
        "errors": errors,
    })
}

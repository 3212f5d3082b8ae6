//! Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): the interface for programs that report or read reports.
//!
//! What is asked for as the standard says is answered as the standard says; everything beyond it has to be asked for.
//! Below `/open311/test/` the same is checked and nothing is kept.

mod answer;
mod body;
mod call;
mod create;
mod limits;
mod openapi;
mod query;
mod requests;
mod services;
mod tokens;
mod updates;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::Response;
use axum::routing::get;
use base::Problem;

use call::Call;

pub(crate) use requests::write_all;
pub(crate) use updates::word;

pub(crate) fn routes() -> Router {
    let versioned = || {
        Router::new()
            .route("/v2/{file}", get(read).post(write))
            .route("/v2/services/{file}", get(services::definition))
            .route("/v2/requests/{file}", get(requests::one))
            .route("/v2/tokens/{file}", get(tokens::show))
            .layer(DefaultBodyLimit::max(body::LIMIT))
    };
    Router::new()
        .route("/open311/openapi.json", get(openapi::show))
        .route("/open311/{file}", get(services::discovery))
        .nest("/open311", versioned())
        .nest("/open311/test", versioned())
}

async fn read(call: Call) -> Response {
    let result = match call.name.as_str() {
        "services" => services::list(&call).await,
        "requests" => requests::list(&call).await,
        "servicerequestupdates" => updates::list(&call).await,
        _ => return call::nothing(call).await,
    };
    call.done(result)
}

async fn write(call: Call, request: Request) -> Response {
    let result = match call.name.as_str() {
        "requests" => create::take(&call, request).await,
        "servicerequestupdates" => updates::take(&call, request).await,
        _ => Err(Problem::not_found("not-found", "nothing can be sent to this address")),
    };
    call.done(result)
}

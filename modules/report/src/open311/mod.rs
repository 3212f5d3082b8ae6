//! Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): the interface for programs that report or read reports.

mod answer;
mod requests;
mod services;

use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/open311/{file}", get(services::discovery))
        .route("/open311/v2/{file}", get(requests::list_or_services).post(requests::post))
        .route("/open311/v2/services/{file}", get(services::definition))
        .route("/open311/v2/requests/{file}", get(requests::one))
}

//! The pages: what is tried out and what came of it, for everybody; and at the desk what it takes to get there.

mod desk;
mod public;
mod shown;

use axum::Router;
use axum::routing::get;
use base::{Problem, Result, TrialId};

/// Their routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/erprobungen", get(public::list))
        .route("/erprobungen/{id}", get(public::show))
        .route("/erprobungen/{id}/daten.csv", get(public::data))
        .merge(desk::routes())
}

/// The id in an address.
fn id_of(text: &str) -> Result<TrialId> {
    text.parse().map_err(|_| missing())
}

fn missing() -> Problem {
    Problem::not_found("trial", "there is no such trial")
}

//! The pages: who we are and what we agreed, for everybody; and at the desk what the member's representatives decide.

mod desk;
mod notes;
mod public;
mod shown;

use axum::Router;
use axum::routing::get;
use base::{Problem, Result};
use federation::Hash;

/// Their routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/verbund", get(public::show))
        .route("/verbund/vereinbarungen/{hash}", get(public::agreement))
        .route("/verbund/vereinbarungen/{hash}/signiert.json", get(public::bundle))
        .route("/verbund/vereinbarungen/{hash}/texte/{name}", get(public::note))
        .merge(desk::routes())
}

/// The hash in an address.
fn hash_of(text: &str) -> Result<Hash> {
    text.parse().map_err(|_| Problem::not_found("agreement", "there is no such agreement"))
}

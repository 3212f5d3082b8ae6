//! The pages people see.

mod list;
mod new;
mod offline;
mod owner;
mod show;
mod support;

use axum::Router;
use axum::routing::{get, post};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/anliegen", get(list::show))
        .merge(new::routes())
        .route("/anliegen/v/{secret}", get(show::tracking))
        .route("/anliegen/v/{secret}/foto/{place}", get(owner::photo))
        .route("/anliegen/v/{secret}/quittung", get(show::own_receipt))
        .route("/anliegen/v/{secret}/nicht-erledigt", post(owner::reopen))
        .route("/anliegen/v/{secret}/loeschen", get(owner::show_erase).post(owner::erase))
        .route("/anliegen/offline", get(offline::write))
        .route("/anliegen/ausgang", offline::outbox())
        .route("/anliegen/geloescht", get(owner::erased))
        .route("/anliegen/post/{secret}", get(support::show_post).post(support::send_post))
        .route("/anliegen/{number}", get(show::public))
        .route("/anliegen/{number}/betrifft-mich", post(support::send))
        .route("/anliegen/{number}/quittung", get(show::receipt))
}

//! The pages people see.

mod desk;
pub(crate) mod list;
mod new;
mod offline;
mod owner;
mod region;
mod show;
mod statistics;
mod support;

use axum::Router;
use axum::routing::{get, post};

pub(crate) use list::pin;

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/anliegen", get(list::show))
        .route("/anliegen/karte.json", get(list::map::json))
        .route("/anliegen/waermekarte", get(list::heat::show))
        .route("/anliegen/daten.csv", get(list::download::csv))
        .route("/anliegen/daten.geojson", get(list::download::geojson))
        .route("/anliegen/statistik", get(statistics::show))
        .route("/anliegen/statistik/{name}", get(statistics::file))
        .route("/region", get(region::show))
        .route("/region/karte.json", get(region::map::json))
        .route("/region/statistik.csv", get(region::standing_file))
        .route("/region/daten.csv", get(region::download::csv))
        .route("/region/daten.geojson", get(region::download::geojson))
        .route("/region/daten.json", get(region::download::json))
        .merge(crate::follow::routes())
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
        .merge(desk::routes())
        .merge(crate::staff::routes())
}

/// Where mail programs end something with one click. Only the secret in the address counts there: such a program has
/// neither our pages nor our cookies (RFC 8058 § 3.2).
pub(crate) fn routes_for_mail() -> Router {
    crate::follow::routes_for_mail().route(
        "/anliegen/abbestellen/post/{secret}",
        get(support::unsubscribe_page).post(support::unsubscribe),
    )
}

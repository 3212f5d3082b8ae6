//! The pages people see.

mod desk;
pub(crate) mod list;
mod new;
mod show;
mod statistics;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

pub(crate) use list::pin;

/// Three photos of twelve megabytes and the form around them.
const UPLOAD_LIMIT: usize = 3 * new::PHOTO_LIMIT + (1 << 20);

pub(crate) fn routes() -> Router {
    let upload = get(new::show).post(new::send).layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    Router::new()
        .route("/anliegen", get(list::show))
        .route("/anliegen/karte.json", get(list::map::json))
        .route("/anliegen/waermekarte", get(list::heat::show))
        .route("/anliegen/daten.csv", get(list::download::csv))
        .route("/anliegen/daten.geojson", get(list::download::geojson))
        .route("/anliegen/statistik", get(statistics::show))
        .route("/anliegen/statistik/{name}", get(statistics::file))
        .route("/anliegen/neu", upload)
        .route("/anliegen/v/{secret}", get(show::tracking))
        .merge(crate::follow::routes())
        .route("/anliegen/{number}", get(show::public))
        .route("/anliegen/{number}/quittung", get(show::receipt))
        .merge(desk::routes())
        .merge(crate::staff::routes())
}

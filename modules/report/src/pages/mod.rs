//! The pages people see.

mod desk;
mod list;
mod new;
mod show;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// Three photos of twelve megabytes and the form around them.
const UPLOAD_LIMIT: usize = 3 * new::PHOTO_LIMIT + (1 << 20);

pub(crate) fn routes() -> Router {
    let upload = get(new::show).post(new::send).layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    Router::new()
        .route("/anliegen", get(list::show))
        .route("/anliegen/neu", upload)
        .route("/anliegen/v/{secret}", get(show::tracking))
        .route("/anliegen/{number}", get(show::public))
        .route("/anliegen/{number}/quittung", get(show::receipt))
        .merge(desk::routes())
}

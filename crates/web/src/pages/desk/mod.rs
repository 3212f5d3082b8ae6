//! The desk: one inbox for the cases of all modules, and a page for each.

mod act;
mod audit;
mod bulk;
mod case;
mod export;
mod field;
mod filters;
mod inbox;
mod listing;
mod undo;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use store::Sql;

use crate::context::Ctx;
use crate::page::Crumb;

/// The statements of these pages.
pub(super) const STATEMENTS: &[Sql] = audit::ALL;

/// Their routes.
pub(super) fn routes() -> Router {
    let errand = post(field::errand).layer(DefaultBodyLimit::max(field::UPLOAD_LIMIT));
    Router::new()
        .route("/arbeitsplatz", get(inbox::show))
        .route("/arbeitsplatz/filter", post(filters::change))
        .route("/arbeitsplatz/auswahl", get(bulk::confirm).post(bulk::run))
        .route("/arbeitsplatz/getan/{action}", get(bulk::done))
        .route("/arbeitsplatz/zurueck/{action}", post(undo::run))
        .route("/arbeitsplatz/export.csv", get(export::csv))
        .route("/arbeitsplatz/export.geojson", get(export::geojson))
        .route("/arbeitsplatz/fall/{number}", get(case::show).post(act::act))
        .route("/arbeitsplatz/unterwegs", get(field::show))
        .route("/arbeitsplatz/unterwegs/start", post(field::set_depot))
        .route("/arbeitsplatz/unterwegs/tat", errand)
        .route("/arbeitsplatz/protokoll", get(audit::audit))
}

/// The way to every page below the desk.
pub(super) fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() }]
}

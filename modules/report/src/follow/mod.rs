//! Following: mail, feeds and a calendar for the same questions the list answers.

mod calendar;
mod feeds;
mod mails;
mod rhythm;
mod subscribe;
mod words;

use axum::Router;
use axum::routing::get;

pub(crate) use mails::{look, send};
pub(crate) use rhythm::Rhythm;
pub(crate) use subscribe::one_click;

/// The pages and feeds.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/anliegen/feed.atom", get(feeds::atom))
        .route("/anliegen/feed.rss", get(feeds::rss))
        .route("/anliegen/termine.ics", get(calendar::show))
        .route("/anliegen/folgen", get(subscribe::show).post(subscribe::send))
        .route("/anliegen/folgen/{secret}", get(subscribe::manage).post(subscribe::change))
}

/// Where mail programs end a subscription with one click.
pub(crate) fn routes_for_mail() -> Router {
    Router::new().route(
        "/anliegen/abbestellen/{secret}",
        get(subscribe::unsubscribe_page).post(subscribe::unsubscribe),
    )
}

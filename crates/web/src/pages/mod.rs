//! The pages that belong to no module.

mod account;
mod address;
mod desk;
mod files;
mod home;
mod legal;
mod log;
mod map;
mod problem;
mod search;
mod session;
mod style;

use axum::Router;
use axum::routing::{get, post};

pub use map::{CLICK_WIDTH, MapView, Pin};

pub(crate) const STATEMENTS: &[&[store::Sql]] = &[desk::STATEMENTS, files::STATEMENTS];
pub(crate) use problem::problem_page;

/// Their routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/suche", get(search::show))
        .route("/stil", get(style::show))
        .route("/impressum", get(legal::imprint))
        .route("/datenschutz", get(legal::privacy))
        .route("/barrierefreiheit", get(legal::accessibility))
        .route("/einstellungen", post(home::settings))
        .route("/anmelden", get(session::show).post(session::sign_in))
        .route("/anmelden/link", post(session::send_link))
        .route("/anmelden/link/{secret}", get(session::show_link).post(session::use_link))
        .route("/anmelden/zweiter-faktor", get(session::show_second).post(session::second))
        .route("/abmelden", post(session::sign_out))
        .route("/konto", get(account::show))
        .route("/konto/passwort", post(account::set_password))
        .route("/konto/zweiter-faktor", get(account::show_totp).post(account::set_totp))
        .route("/konto/daten.json", get(account::export))
        .route("/konto/loeschen", get(account::show_erase).post(account::erase))
        .route("/arbeitsplatz", get(desk::inbox))
        .route("/arbeitsplatz/fall/{number}", get(desk::show).post(desk::act))
        .route("/arbeitsplatz/protokoll", get(desk::audit))
        .route("/karte/adresse", get(address::find))
        .route("/karte/umriss.svg", get(map::outline))
        .route("/karte/umrisse.geojson", get(map::outlines))
        .route("/karte/kacheln/{z}/{x}/{y}", get(map::tile))
        .route("/log/{feed}/key", get(log::key))
        .route("/log/{feed}/checkpoint", get(log::checkpoint))
        .route("/dateien/{hash}", get(files::show))
}

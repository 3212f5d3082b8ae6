//! The pages that belong to no module.

mod account;
mod address;
mod app;
mod desk;
mod files;
mod home;
mod legal;
mod log;
mod map;
mod people;
mod problem;
mod search;
mod session;
mod style;
mod witness;

use axum::Router;
use axum::routing::{get, post};

use account::factors;
pub use files::{KeptPicture, keep_picture};
pub use map::{CLICK_WIDTH, MapView, Pin, whole};

pub(crate) const STATEMENTS: &[&[store::Sql]] = &[desk::STATEMENTS, files::STATEMENTS];
pub(crate) use problem::problem_page;

/// Their routes.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/manifest.webmanifest", get(app::manifest))
        .route("/sw.js", get(app::worker))
        .route("/suche", get(search::show))
        .route("/stil", get(style::show))
        .route("/impressum", get(legal::imprint))
        .route("/datenschutz", get(legal::privacy))
        .route("/barrierefreiheit", get(legal::accessibility))
        .route("/einstellungen", post(home::settings))
        .route("/anmelden", get(session::show).post(session::sign_in))
        .route("/anmelden/link", post(session::link::send_link))
        .route("/anmelden/link/{secret}", get(session::link::show_link).post(session::link::use_link))
        .route("/anmelden/zweiter-faktor", get(session::second::show_second).post(session::second::second))
        .route("/anmelden/passkey", post(session::passkey::sign_in))
        .route("/anmelden/passkey/frage", post(session::passkey::ask))
        .route("/anmelden/anbieter", get(session::oidc::depart))
        .route("/anmelden/anbieter/zurueck", get(session::oidc::arrive))
        .route("/abmelden", post(session::sign_out))
        .route("/konto", get(account::show))
        .route("/konto/passwort", post(account::set_password))
        .route("/konto/einrichten", get(factors::show_set_up))
        .route("/konto/zweiter-faktor", get(factors::show_totp).post(factors::set_totp))
        .route("/konto/passkeys", post(factors::add_passkey))
        .route("/konto/passkeys/frage", post(factors::ask_passkey))
        .route("/konto/passkeys/loeschen", post(factors::delete_passkey))
        .route("/konto/daten.json", get(account::export))
        .route("/konto/loeschen", get(account::show_erase).post(account::erase))
        .route("/arbeitsplatz/personen", get(people::list))
        .route("/arbeitsplatz/personen/neu", get(people::show_new).post(people::add))
        .route("/arbeitsplatz/personen/{id}", get(people::person::show).post(people::person::act))
        .route("/arbeitsplatz/aemter", get(people::offices::show).post(people::offices::act))
        .route("/karte/adresse", get(address::find))
        .route("/karte/umriss.svg", get(map::outline))
        .route("/karte/umrisse.geojson", get(map::outlines))
        .route("/karte/kacheln/{z}/{x}/{y}", get(map::tile))
        .route("/log/{feed}/key", get(log::key))
        .route("/log/{feed}/checkpoint", get(log::checkpoint))
        .route("/log/{feed}/tile/{*path}", get(log::tile))
        .route("/log/{feed}/payload/{seq}", get(log::payload))
        .route("/witness/key", get(witness::key))
        .route("/witness/{log}/checkpoint", get(witness::checkpoint))
        .route("/dateien/{hash}", get(files::show))
        .merge(desk::routes())
}

//! The pages on which the administration sets the module up.

mod keys;
mod webhooks;

use access::{Action, Ask, Permit};
use axum::Router;
use axum::routing::{get, post};
use base::Result;
use web::{Crumb, Ctx};

pub(super) fn routes() -> Router {
    Router::new()
        .route("/arbeitsplatz/anliegen/schluessel", get(keys::show).post(keys::make))
        .route("/arbeitsplatz/anliegen/schluessel/{id}/widerrufen", post(keys::revoke))
        .route("/arbeitsplatz/anliegen/webhooks", get(webhooks::show).post(webhooks::make))
        .route("/arbeitsplatz/anliegen/webhooks/{id}", post(webhooks::change))
}

/// That whoever asks may change the settings of this module.
fn permit(ctx: &Ctx) -> Result<Permit> {
    ctx.permit(&Ask { action: Action::ManageSettings, module: Some("report"), office: None })
}

fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() }]
}

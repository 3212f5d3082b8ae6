//! The pages on which the administration sets the module up.

mod categories;
mod districts;
mod holidays;
mod hours;
mod imports;
mod keys;
mod overview;
mod questions;
mod responsibility;
mod streets;
mod templates;
mod webhooks;

use access::{Action, Ask, Permit};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use base::Result;
use place::import::LARGEST;
use store::Tx;
use web::{Crumb, Ctx, Form, see_other};

pub(super) fn routes() -> Router {
    let upload = get(imports::show).post(imports::upload).layer(DefaultBodyLimit::max(LARGEST + (1 << 20)));
    Router::new()
        .route("/arbeitsplatz/anliegen", get(overview::show))
        .route("/arbeitsplatz/anliegen/kategorien", get(categories::list))
        .route("/arbeitsplatz/anliegen/kategorien/neu", get(categories::blank).post(categories::add))
        .route("/arbeitsplatz/anliegen/kategorien/{code}", get(categories::show).post(categories::change))
        .route("/arbeitsplatz/anliegen/kategorien/{code}/verschieben", post(categories::shift))
        .route("/arbeitsplatz/anliegen/kategorien/{code}/fragen", get(questions::list).post(questions::add))
        .route(
            "/arbeitsplatz/anliegen/kategorien/{code}/fragen/{question}",
            get(questions::show).post(questions::change),
        )
        .route("/arbeitsplatz/anliegen/vorlagen", get(templates::list).post(templates::add))
        .route("/arbeitsplatz/anliegen/vorlagen/{id}", get(templates::show).post(templates::change))
        .route("/arbeitsplatz/anliegen/stadtteile", get(districts::show))
        .route("/arbeitsplatz/anliegen/feiertage", get(holidays::show).post(holidays::change))
        .route("/arbeitsplatz/anliegen/dienstzeiten", get(hours::show).post(hours::change))
        .route(
            "/arbeitsplatz/anliegen/zustaendigkeiten",
            get(responsibility::show).post(responsibility::change),
        )
        .route("/arbeitsplatz/anliegen/strassen", get(streets::show))
        .route("/arbeitsplatz/anliegen/importe", upload)
        .route("/arbeitsplatz/anliegen/importe/{id}", get(imports::preview).post(imports::decide))
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
    vec![
        Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() },
        Crumb { name: ctx.t("report-admin"), href: "/arbeitsplatz/anliegen".into() },
    ]
}

/// Changes something once, however often the form is sent, with its line in the audit, and leads to a page.
async fn act(
    ctx: &Ctx,
    form: &Form,
    (kind, about): (&'static str, serde_json::Value),
    location: &str,
    work: impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static,
) -> Result<Response> {
    let (permit, form_id) = (permit(ctx)?, form.id()?);
    let (acting, target) = (ctx.clone(), location.to_owned());
    let done = ctx.member().db.write(kind, move |tx| {
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        work(tx)?;
        acting.audit(tx, &permit, kind, None, &about)?;
        identity::remember_form(tx, form_id, &target, acting.member().clock.now())
    });
    done.await?;
    Ok(see_other(location))
}

//! The pages at the desk: what others want of us, what we agreed, and the forms with which the member's
//! representatives sign.

mod agreement;
mod feeds;
mod members;
mod overview;
mod propose;

use access::{Action, Permit};
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use base::Result;
use store::Tx;
use web::{Crumb, Ctx, Form, see_other};

const HERE: &str = "/arbeitsplatz/verbund";

pub(super) fn routes() -> Router {
    Router::new()
        .route("/arbeitsplatz/verbund", get(overview::show))
        .route("/arbeitsplatz/verbund/mitglieder", post(members::pin))
        .route("/arbeitsplatz/verbund/mitglieder/neu", get(members::blank).post(members::ask))
        .route("/arbeitsplatz/verbund/mitglieder/{host}", get(members::show).post(members::ask_again))
        .route("/arbeitsplatz/verbund/protokolle", get(feeds::show))
        .route("/arbeitsplatz/verbund/protokolle/{host}", post(feeds::resume))
        .route("/arbeitsplatz/verbund/protokolle/{host}/belege/{number}", get(feeds::evidence))
        .route("/arbeitsplatz/verbund/vorschlagen", get(propose::blank).post(propose::propose))
        .route("/arbeitsplatz/verbund/vereinbarungen/{hash}", get(agreement::show).post(agreement::act))
        .route("/arbeitsplatz/verbund/vereinbarungen/{hash}/signiert.json", get(agreement::bundle))
        .route("/arbeitsplatz/verbund/vereinbarungen/{hash}/texte/{name}", get(agreement::note))
}

fn may_read(ctx: &Ctx) -> Result<Permit> {
    ctx.permit_all(Action::ReadAgreements)
}

fn may_sign(ctx: &Ctx) -> Result<Permit> {
    ctx.permit_all(Action::SignAgreements)
}

fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![
        Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() },
        Crumb { name: ctx.t("verbund-desk"), href: HERE.into() },
    ]
}

/// Does something once, however often the form is sent, and leads to where it leads.
async fn once(
    ctx: &Ctx,
    form: &Form,
    name: &'static str,
    work: impl Fn(&mut Tx<'_>) -> Result<String> + Send + 'static,
) -> Result<Response> {
    let (form_id, clock) = (form.id()?, ctx.member().clock.clone());
    let done = ctx.member().db.write(name, move |tx| {
        if let Some(location) = identity::form_done(tx, form_id)? {
            return Ok(location);
        }
        let location = work(tx)?;
        identity::remember_form(tx, form_id, &location, clock.now())?;
        Ok(location)
    });
    let location = done.await?;
    ctx.member().new_job.notify_one();
    Ok(see_other(&location))
}

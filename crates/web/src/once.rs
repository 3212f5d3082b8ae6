use axum::response::Response;
use base::Result;
use store::Tx;

use crate::context::Ctx;
use crate::form::Form;
use crate::page::see_other;

/// Does something once, however often the form is sent, and leads to where it leads.
///
/// # Errors
/// What the work says, or that the form has no id.
pub async fn once(
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

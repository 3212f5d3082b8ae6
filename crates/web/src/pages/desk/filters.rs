use base::{FormId, Problem};
use cases::filters::{self, Filter};

use crate::context::Ctx;
use crate::desk::readable;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::see_other;

/// Keeps, chooses or removes a filter of the person who asks. Nobody else's are touched: the store knows the person.
pub(crate) async fn change(ctx: Ctx, form: Form) -> Handled {
    readable(&ctx)?;
    let nobody = || Problem::new(base::Kind::Unauthenticated, "sign-in", "nobody is signed in");
    let person = ctx.who().person().ok_or_else(nobody)?;
    let query = form.get("liste").to_owned();
    let back = format!("/arbeitsplatz?{}", if query.is_empty() { "status=todo" } else { &query });
    let id = form.id()?;
    let named =
        || form.get("filter").parse::<FormId>().map_err(|_| Problem::not_found("filter", "no such filter"));
    match form.get("tat") {
        "merken" => {
            let is_default = form.find("start").is_some();
            let filter = Filter { id, name: form.get("name").to_owned(), query, is_default };
            ctx.member().db.write("filter.put", move |tx| filters::put(tx, person, &filter)).await?;
        }
        "start" => {
            let chosen = named()?;
            ctx.member()
                .db
                .write("filter.start", move |tx| filters::set_default(tx, person, Some(chosen)))
                .await?;
        }
        "ohne" => {
            ctx.member().db.write("filter.plain", move |tx| filters::set_default(tx, person, None)).await?;
        }
        "entfernen" => {
            let chosen = named()?;
            ctx.member().db.write("filter.remove", move |tx| filters::remove(tx, person, chosen)).await?;
        }
        other => return Err(Problem::input("step", format!("there is no step '{other}'")).into()),
    }
    Ok(see_other(&back))
}

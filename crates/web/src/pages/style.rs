use askama::Template;
use base::Fault;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::page::{Page, Paging, html};

#[derive(Template)]
#[template(path = "style.html")]
struct View {
    page: Page,
    paging: Paging,
}

/// Every component of the design system as it is used here, in all its states.
pub(crate) async fn show(ctx: Ctx) -> Handled {
    let fault = Fault::new("beispiel_falsch", "field-missing");
    let page = ctx.page_titled(ctx.t("style"), vec![]).with_faults(vec![fault]);
    let paging = Paging { first: Some("/stil".into()), next: Some("/stil?seite=2".into()) };
    html(&View { page, paging })
}

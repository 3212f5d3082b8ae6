use askama::Template;
use web::{Crumb, Ctx, Handled, Page, html};

use super::permit;

/// The pages of the administration, by address and message key; each has a text of the key with `-text`.
const PAGES: &[(&str, &str)] = &[
    ("kategorien", "report-categories"),
    ("zustaendigkeiten", "report-responsibility"),
    ("vorlagen", "report-templates"),
    ("dienstzeiten", "report-service-hours"),
    ("feiertage", "report-holidays"),
    ("stadtteile", "report-districts"),
    ("strassen", "report-streets"),
    ("importe", "report-imports"),
    ("schluessel", "report-keys"),
    ("webhooks", "report-hooks"),
];

#[derive(Template)]
#[template(path = "report_admin.html")]
struct View {
    page: Page,
    pages: Vec<(String, String, String)>,
}

/// What can be set up.
pub(super) async fn show(ctx: Ctx) -> Handled {
    permit(&ctx)?;
    let entry = |(path, key): &(&str, &str)| {
        (format!("/arbeitsplatz/anliegen/{path}"), ctx.t(key), ctx.t(&format!("{key}-text")))
    };
    let pages = PAGES.iter().map(entry).collect();
    let crumbs = vec![Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() }];
    html(&View { page: ctx.page_titled(ctx.t("report-admin"), crumbs), pages })
}

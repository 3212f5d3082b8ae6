use askama::Template;

use crate::context::Ctx;
use crate::failure::Handled;
use crate::member::Settings;
use crate::page::{Page, html};

#[derive(Template)]
#[template(path = "legal.html")]
struct View {
    page: Page,
    settings: Settings,
    texts: Vec<String>,
}

fn view(ctx: &Ctx, title: &str, keys: &[&str]) -> Handled {
    let page = ctx.page_titled(ctx.t(title), vec![]);
    let texts = keys.iter().map(|key| ctx.t(key)).collect();
    html(&View { page, settings: ctx.member().settings.clone(), texts })
}

/// Impressum (§ 5 DDG).
pub(crate) async fn imprint(ctx: Ctx) -> Handled {
    view(&ctx, "imprint", &["imprint-text"])
}

/// What happens to personal data (Art. 13 GDPR).
pub(crate) async fn privacy(ctx: Ctx) -> Handled {
    view(&ctx, "privacy", &["privacy-data", "privacy-cookies", "privacy-rights"])
}

/// Erklärung zur Barrierefreiheit (§ 10 BGG NRW, BITVNRW).
pub(crate) async fn accessibility(ctx: Ctx) -> Handled {
    view(&ctx, "accessibility", &["accessibility-state", "accessibility-feedback"])
}

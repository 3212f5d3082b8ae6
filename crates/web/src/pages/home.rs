use askama::Template;
use axum::response::IntoResponse as _;
use base::Lang;

use crate::context::{Ctx, LANG, THEME, Theme, set_cookie};
use crate::failure::Handled;
use crate::form::Form;
use crate::module::Figure;
use crate::page::{Page, html, see_other};
use crate::pages::map::{MapView, Pin};

#[derive(Template)]
#[template(path = "home.html")]
struct View {
    page: Page,
    figures: Vec<Figure>,
    map: MapView,
    demo: bool,
}

pub(crate) async fn show(ctx: Ctx) -> Handled {
    let modules = ctx.member().modules;
    let figures = ctx.member().db.read("home.figures", move |tx| {
        let mut figures = Vec::new();
        for module in modules {
            figures.extend((module.figures)(tx)?);
        }
        Ok(figures)
    });
    let figures = figures.await?;
    let map = MapView::new(ctx.member(), 640.0, &[] as &[Pin]);
    let page = Page::new(ctx.clone(), ctx.member().settings.name.clone());
    html(&View { page, figures, map, demo: ctx.member().settings.demo })
}

/// Language and brightness, kept in cookies of this host.
pub(crate) async fn settings(ctx: Ctx, form: Form) -> Handled {
    const YEAR: i64 = 365 * 24 * 3600;
    let mut response = see_other(own_path(form.get("weiter")));
    let mut keep = |name, value: &str| {
        if let Ok(cookie) = set_cookie(ctx.member(), name, Some(value), YEAR).parse() {
            response.headers_mut().append("set-cookie", cookie);
        }
    };
    if let Some(lang) = Lang::from_tag(form.get("sprache")) {
        keep(LANG, lang.tag());
    }
    if let Some(theme) = Theme::from_name(form.get("darstellung")) {
        keep(THEME, theme.name());
    }
    Ok(response.into_response())
}

/// Only an address of this host, so that nobody can be sent elsewhere.
pub(crate) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']);
    if own { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(own_path("/anliegen?seite=2"), "/anliegen?seite=2");
        for foreign in ["https://example.org", "//example.org", "/\\example.org", "", "anliegen", "/\n/x"] {
            assert_eq!(own_path(foreign), "/");
        }
    }
}

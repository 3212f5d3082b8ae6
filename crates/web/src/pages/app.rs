//! What makes the pages an app that can be installed and works without a network: its description, and the service
//! worker with the list of what it keeps.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base::Problem;

use crate::assets;
use crate::context::Ctx;
use crate::failure::Handled;

/// Assets every offline page is made of.
const SHELL: [&str; 7] = [
    "raum.css",
    "page.js",
    "offline.js",
    "outbox.js",
    "icon.svg",
    "fira-sans-400.woff2",
    "fira-sans-600.woff2",
];

/// The description of the app (W3C Web Application Manifest).
pub(crate) async fn manifest(ctx: Ctx) -> Handled {
    let name = &ctx.member().settings.name;
    let icon = |asset: &str, sizes: &str, kind: &str| serde_json::json!({ "src": assets::url(asset), "sizes": sizes, "type": kind });
    let body = serde_json::json!({
        "id": "/",
        "name": name,
        "short_name": name,
        "lang": ctx.lang().tag(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#2044aa",
        "icons": [
            icon("icon.svg", "any", "image/svg+xml"),
            icon("icon-192.png", "192x192", "image/png"),
            icon("icon-512.png", "512x512", "image/png"),
        ],
        "shortcuts": [{ "name": ctx.t("home-report"), "url": "/anliegen/neu" }],
    });
    let headers = [(CONTENT_TYPE, "application/manifest+json"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, body.to_string()).into_response())
}

/// The service worker. It changes when one of the files it keeps does, and browsers look for a change at every visit.
pub(crate) async fn worker(ctx: Ctx) -> Handled {
    let script = assets::content("sw.js").and_then(|script| std::str::from_utf8(script).ok());
    let script = script.ok_or_else(|| Problem::internal("assets", "there is no service worker"))?;
    let pages: Vec<&str> = ctx.member().modules.iter().flat_map(|module| module.offline).copied().collect();
    // The worker's own asset changes with its content, and so does its address.
    let shell = serde_json::json!({
        "version": assets::url("sw.js").rsplit('/').next(),
        "assets": SHELL.map(assets::url),
        "pages": pages,
    });
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, format!("const SHELL = {shell};\n{script}")).into_response())
}

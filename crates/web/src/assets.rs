//! The files built by npm, embedded in the binary and served under names that change with their content.

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

struct Asset {
    name: &'static str,
    url: &'static str,
    media_type: &'static str,
    body: &'static [u8],
    brotli: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an asset by its plain name, such as `raum.css`; the root when there is none.
#[must_use]
pub fn url(name: &str) -> &'static str {
    find(name).map_or("/", |asset| asset.url)
}

/// The content of an asset by its plain name.
#[must_use]
pub fn content(name: &str) -> Option<&'static [u8]> {
    find(name).map(|asset| asset.body)
}

fn find(name: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.name.cmp(name)).ok()?;
    ASSETS.get(at)
}

/// Serves an asset: for good, and compressed when the browser can.
pub(crate) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let found = ASSETS.iter().find(|asset| asset.url.strip_prefix("/assets/") == Some(file.as_str()));
    let Some(asset) = found else { return StatusCode::NOT_FOUND.into_response() };
    let common = [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (VARY, "accept-encoding"),
    ];
    let accepts = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match asset.brotli {
        Some(brotli) if accepts.split(',').any(|coding| coding.trim() == "br") => {
            (common, [(CONTENT_ENCODING, "br")], brotli).into_response()
        }
        _ => (common, asset.body).into_response(),
    }
}

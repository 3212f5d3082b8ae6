use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Extension, Router};
use base::Time;
use web::{Ctx, Handled, Members, Page, html};

use crate::http::{Request, load, serve};
use crate::{ROUNDS, compare};

/// Short, so that a round and its peer's meet the same machine.
const ROUND: Duration = Duration::from_millis(500);

#[derive(Template)]
#[template(path = "rows.html")]
struct View {
    page: Page,
    rows: Rows,
}

/// The rows as a query would have given them: what is measured is the page.
type Rows = Arc<Vec<(String, String, Time)>>;

fn rows_of_a_query() -> Rows {
    let row = |number: i64| {
        (
            format!("{number}-2026"),
            format!("Straßenlaterne defekt, Hauptstraße {number}"),
            Time(number * 1_000_000_000),
        )
    };
    Arc::new((0..100).map(row).collect())
}

async fn page(Extension(rows): Extension<Rows>, ctx: Ctx) -> Handled {
    html(&View { page: ctx.page("desk"), rows })
}

/// The whole page once, to be answered as bytes.
async fn bare(Extension(bytes): Extension<axum::body::Bytes>) -> axum::response::Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], bytes).into_response()
}

/// A rendered page of 100 rows through every layer, beside the framework's bare answer of the same bytes, over HTTP.
pub(crate) async fn rows() {
    let data = tempfile::tempdir().unwrap();
    let config = node::Config::default();
    let settings = serde_json::json!({
        "name": "Stadt Köln", "ars": "05315", "host": "koeln.localhost", "url": "http://koeln.localhost",
        "email": "amt@koeln.example",
    });
    let settings = serde_json::from_value(settings).unwrap();
    let member = node::create_member(data.path(), &config, "koeln", &settings).await.unwrap();
    let full = web::app::router_with(
        Router::new().route("/rows", get(page)).layer(Extension(rows_of_a_query())),
        Members::new([member]),
        &[],
        config.options(),
    );
    let full = serve("127.0.0.1:0", full).await;
    let request = Request::get("/rows");
    let bytes = request.answer(full).await.body;
    let plain = Router::new().route("/rows", get(bare)).layer(Extension(bytes));
    let plain = serve("127.0.0.1:0", plain).await;
    let (mut ours, mut peer) = (vec![], vec![]);
    for _ in 0..6 * ROUNDS {
        ours.push(load(full, &request, ROUND).await);
        peer.push(load(plain, &request, ROUND).await);
    }
    compare("page of 100 rows over HTTP beside the bare bytes", "/s", ours, peer);
}

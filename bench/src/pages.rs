use std::sync::Arc;
use std::time::{Duration, Instant};

use askama::Template;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::{Extension, Router};
use base::Time;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use web::{Ctx, Handled, Members, Page, html};

use crate::{ROUNDS, compare, per_second};

const CLIENTS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);

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
    let full = serve(full).await;
    let bytes = fetch_once(full, "/rows").await;
    let plain = Router::new().route("/rows", get(bare)).layer(Extension(axum::body::Bytes::from(bytes)));
    let plain = serve(plain).await;
    let (mut ours, mut peer) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        ours.push(load(full).await);
        peer.push(load(plain).await);
    }
    compare("page of 100 rows over HTTP beside the bare bytes", "/s", ours, peer);
}

async fn serve(router: Router) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(web::server::serve(listener, router, std::future::pending()));
    address
}

async fn fetch_once(address: std::net::SocketAddr, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: koeln.localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    answer.split_off(end + 4)
}

/// Requests per second of a few clients that ask again as soon as they are answered.
async fn load(address: std::net::SocketAddr) -> f64 {
    let start = Instant::now();
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(ask(address, start + ROUND))).collect();
    let mut total = 0;
    for client in clients {
        total += client.await.unwrap();
    }
    per_second(total, start)
}

async fn ask(address: std::net::SocketAddr, end: Instant) -> u64 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut buffer = vec![0; 64 << 10];
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(b"GET /rows HTTP/1.1\r\nhost: koeln.localhost\r\n\r\n").await.unwrap();
        let (mut read, mut whole) = (0, usize::MAX);
        while read < whole {
            let got = stream.read(buffer.get_mut(read..).unwrap()).await.unwrap();
            assert!(got > 0, "the server closed the connection");
            read += got;
            if whole == usize::MAX {
                whole = length(buffer.get(..read).unwrap()).unwrap_or(usize::MAX);
            }
        }
        count += 1;
    }
    count
}

/// The whole length of an answer, once its head is there.
fn length(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(answer.get(..head)?).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head + 4 + line.trim().parse::<usize>().ok()?)
}

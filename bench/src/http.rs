//! Clients that ask over HTTP again and again, and wait for each answer as little as possible.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::per_second;

/// Clients that ask at once.
const CLIENTS: usize = 16;
/// Who is asked, unless somebody else is named.
const KOELN: &str = "koeln.localhost";

/// A request as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request(Bytes);

/// What came back.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Bytes,
}

impl Request {
    pub(crate) fn get(path: &str) -> Self {
        Self::get_with(path, "")
    }

    /// With a cookie, as a browser has one.
    pub(crate) fn get_with(path: &str, cookie: &str) -> Self {
        Self::new((KOELN, &format!("GET {path}")), &format!("cookie: {cookie}\r\n"), "")
    }

    /// A form that is sent, with a cookie if there is one.
    pub(crate) fn post(path: &str, cookie: &str, form: &str) -> Self {
        Self::post_to(KOELN, path, cookie, form)
    }

    /// The same, to the member with this host name.
    pub(crate) fn post_to(host: &str, path: &str, cookie: &str, form: &str) -> Self {
        let kind = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
        Self::new((host, &format!("POST {path}")), &format!("{kind}cookie: {cookie}\r\n"), form)
    }

    fn new((host, line): (&str, &str), headers: &str, body: &str) -> Self {
        let length = body.len();
        Self(
            format!("{line} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
                .into(),
        )
    }

    /// Asks once.
    pub(crate) async fn answer(&self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let mut buffer = Vec::new();
        let end = self.ask(&mut stream, &mut buffer).await;
        let body = Bytes::from(buffer.split_off(end));
        Answer { head: String::from_utf8(buffer).unwrap(), body }
    }

    /// Asks and reads the whole answer; gives where its body begins.
    async fn ask(&self, stream: &mut TcpStream, buffer: &mut Vec<u8>) -> usize {
        stream.write_all(&self.0).await.unwrap();
        buffer.clear();
        let mut ends = None;
        loop {
            if let Some((head, whole)) = ends
                && buffer.len() >= whole
            {
                return head;
            }
            let got = stream.read_buf(buffer).await.unwrap();
            assert!(got > 0, "the server closed the connection");
            ends = ends.or_else(|| lengths(buffer));
        }
    }
}

/// Requests per second of a few clients that ask again as soon as they are answered. What is not answered well ends it.
pub(crate) async fn load(address: SocketAddr, request: &Request, round: Duration) -> f64 {
    let start = Instant::now();
    per_second(count(address, request, round).await, start)
}

/// As [`load`], as the number of answers.
pub(crate) async fn count(address: SocketAddr, request: &Request, round: Duration) -> u64 {
    let end = Instant::now() + round;
    let clients: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(client(address, request.clone(), end))).collect();
    let mut total = 0;
    for client in clients {
        total += client.await.unwrap();
    }
    total
}

async fn client(address: SocketAddr, request: Request, end: Instant) -> u64 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut buffer = Vec::with_capacity(64 << 10);
    let mut count = 0;
    while Instant::now() < end {
        request.ask(&mut stream, &mut buffer).await;
        assert!(buffer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&buffer));
        count += 1;
    }
    count
}

/// Where the head and the whole answer end, once the head is there.
fn lengths(answer: &[u8]) -> Option<(usize, usize)> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(answer.get(..head)?).ok()?;
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some((head + 4, head + 4 + length.trim().parse::<usize>().ok()?))
}

/// Serves a router for as long as the process runs.
pub(crate) async fn serve(address: &str, router: Router) -> SocketAddr {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(web::server::serve(listener, router, std::future::pending()));
    address
}

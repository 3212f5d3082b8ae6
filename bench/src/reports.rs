//! A member with very many reports: what a request costs the node in processor time, beside the plain `SELECT` of the
//! same rows and beside a server that knows the answer's bytes already. The node runs as its own process.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use rusqlite::{Connection, OpenFlags};

use crate::http::{Request, count, serve};
use crate::process::{Running, raum, resident};
use crate::{cpu, cpu_of, many, precise};

const ROUND: Duration = Duration::from_secs(3);
const DATABASE: &str = "members/koeln/raum.db";
/// Reports the demonstration makes; more are copies of them.
const MADE: u32 = 100_000;
/// Seconds after a start in which the node does nothing, until it counts as quiet: the rarest round of those that
/// matter comes every ten.
const QUIET: u32 = 12;
/// In the middle of Köln.
const MIDDLE: (f64, f64) = (50.9375, 6.9603);
const LIST: &str = "/open311/v2/requests.json";
const ROW: &str = "select c.*, r.* from case_file c join report r on r.case_id = c.id where c.number = ?1";

/// Measures with so many reports. What was made stays in `keep`, if that is given, and a copy of it is measured.
pub(crate) async fn reports(number: u32, keep: Option<&Path>) {
    let folder = tempfile::tempdir().unwrap();
    let kept = keep.unwrap_or(folder.path()).join(number.to_string());
    if !kept.join("quiet").exists() {
        make(number, &kept);
    }
    let dir = folder.path().join("measured");
    assert!(
        Command::new("cp").args(["-r", "--reflink=auto"]).arg(&kept).arg(&dir).status().unwrap().success()
    );
    let (node, address) = node(&dir);
    settle(&node);
    let measured = Measured { number, node: &node, address, database: dir.join(DATABASE) };
    let newest = measured.get("100 rows", &format!("{LIST}?page_size=100"), 3.0).await;
    let one = newest.first().unwrap().clone();
    measured.get("one request", &format!("/open311/v2/requests/{one}.json"), 0.3).await;
    measured.get("500 in a box", &crowded(address).await, 5.0).await;
    let (lat, long) = MIDDLE;
    let around = format!("{LIST}?lat={lat}&long={long}&radius=200&page_size=20");
    measured.get("radius of 200 m", &around, 1.0).await;
    measured.duplicates().await;
    measured.memory("after reading");
    measured.post().await;
    measured.memory("after all this");
}

fn make(number: u32, dir: &Path) {
    let making = Instant::now();
    let cases = number.min(MADE).to_string();
    let args = ["demo", "--no-serve", "--only", "koeln", "--cases", &cases, "--dir"];
    let made = Command::new(raum()).args(args).arg(dir).stdout(Stdio::null()).status();
    assert!(made.unwrap().success(), "build the program with the same profile first");
    if number > MADE {
        many::multiply(&dir.join(DATABASE), number / MADE);
    }
    println!("| {number} reports made | {:.0} s | | |", making.elapsed().as_secs_f64());
    let (node, _) = node(dir);
    let spent = settle(&node);
    println!(
        "| {number} reports: work after the first start | {:.1} s of processor time | | |",
        spent.as_secs_f64()
    );
    std::fs::write(dir.join("quiet"), "").unwrap();
}

/// Waits until the node has done what it does after a start, such as the copy that maps and statistics count: that is no
/// part of what a request costs. Gives its processor time.
fn settle(node: &Running) -> Duration {
    let id = node.0.id().to_string();
    let mut quiet = 0;
    while quiet < QUIET {
        let before = cpu_of(&id);
        std::thread::sleep(Duration::from_secs(1));
        let is_quiet = cpu_of(&id) - before <= Duration::from_millis(20);
        quiet = if is_quiet { quiet + 1 } else { 0 };
    }
    cpu_of(&id)
}

fn node(dir: &Path) -> (Running, SocketAddr) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(raum());
    command.args(["serve", "--data"]).arg(dir);
    command.env("RAUM_LISTEN", address.to_string()).env("RAUM_LOG", "error");
    let child = Running(command.spawn().unwrap());
    while std::net::TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }
    (child, address)
}

/// A list of everything in a box that holds at least 500 reports, and not many more.
async fn crowded(address: SocketAddr) -> String {
    let (lat, long) = MIDDLE;
    let mut side = 0.001;
    loop {
        let corners =
            [long - side, lat - side, long + side, lat + side].map(|degrees| format!("{degrees:.5}"));
        let path = format!("{LIST}?bbox={}&page_size=500", corners.join(","));
        if numbers(&Request::get(&path).answer(address).await.body).len() == 500 {
            return path;
        }
        side *= 1.1;
    }
}

/// The reports an answer tells of.
fn numbers(body: &[u8]) -> Vec<String> {
    let rows: Vec<serde_json::Value> = serde_json::from_slice(body).unwrap();
    rows.iter().filter_map(|row| row["service_request_id"].as_str().map(str::to_owned)).collect()
}

struct Measured<'a> {
    number: u32,
    node: &'a Running,
    address: SocketAddr,
    database: std::path::PathBuf,
}

impl Measured<'_> {
    /// Gives the numbers of the reports in the answer.
    async fn get(&self, what: &str, path: &str, promised: f64) -> Vec<String> {
        let request = Request::get(path);
        let body = request.answer(self.address).await.body;
        let numbers = numbers(&body);
        let select = select(&self.database, &numbers);
        let (bare, bare_rate) = bare(body).await;
        let (spent, rate) = spent(self.node, self.address, &request).await;
        println!(
            "| {} reports: {what} ({} rows) | {spent:.3} ms, {rate:.0} /s | SELECT {select:.3} ms, bare bytes {bare:.3} ms, {bare_rate:.0} /s | ≤ {promised} ms |",
            self.number,
            numbers.len(),
        );
        numbers
    }

    /// The page of similar reports before one is sent: those near a lamp that somebody reported.
    async fn duplicates(&self) {
        let lamps = Request::get(&format!("{LIST}?service_code=laterne&status=open&page_size=1"));
        let body = lamps.answer(self.address).await.body;
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
        let place = format!("lat={}&long={}&address_string=x", rows[0]["lat"], rows[0]["long"]);
        let begun = Request::post("/anliegen/neu/ort", "", &place).answer(self.address).await;
        let cookie = begun.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap();
        Request::post("/anliegen/neu/kategorie", cookie, "service_code=laterne").answer(self.address).await;
        let request = Request::get_with("/anliegen/neu/aehnlich", cookie);
        let (spent, rate) = spent(self.node, self.address, &request).await;
        println!(
            "| {} reports: page of similar ones | {spent:.3} ms, {rate:.0} /s | | ≤ 1 ms |",
            self.number
        );
    }

    fn memory(&self, when: &str) {
        let resident = resident(self.node.0.id()).unwrap();
        println!("| {} reports: memory {when} | {resident:.0} MB | | ≤ 300 MB |", self.number);
    }

    async fn post(&self) {
        let (lat, long) = MIDDLE;
        let form = format!(
            "api_key=demo-koeln&service_code=laterne&lat={lat}&long={long}&description=Die+Laterne+ist+aus"
        );
        let request = Request::post(LIST, "", &form);
        let (spent, rate) = spent(self.node, self.address, &request).await;
        println!("| {} reports: durable POST | {spent:.3} ms, {rate:.0} /s | | ≤ 2 ms |", self.number);
    }
}

/// Processor time of the node for one request in milliseconds, and requests per second.
async fn spent(node: &Running, address: SocketAddr, request: &Request) -> (f64, f64) {
    let id = node.0.id().to_string();
    let (before, start) = (cpu_of(&id), Instant::now());
    let answered = count(address, request, ROUND).await;
    let rate = crate::per_second(answered, start);
    ((cpu_of(&id) - before).as_secs_f64() * 1000.0 / precise(answered), rate)
}

/// The same for a process that does nothing but send these bytes.
async fn bare(body: Bytes) -> (f64, f64) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &body).unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    let child = Running(command.arg("bytes").arg(file.path()).arg(address.to_string()).spawn().unwrap());
    while std::net::TcpStream::connect(address).is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    spent(&child, address, &Request::get("/")).await
}

/// The process [`bare`] starts.
pub(crate) async fn bytes(file: &str, address: &str) {
    let body = Bytes::from(std::fs::read(file).unwrap());
    let answer = move || std::future::ready(([("content-type", "application/json")], body.clone()));
    serve(address, Router::new().route("/", get(answer))).await;
    std::future::pending::<()>().await;
}

/// Processor time of SQLite for these rows one after the other, in milliseconds.
fn select(database: &Path, numbers: &[String]) -> f64 {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = connection.prepare(ROW).unwrap();
    let columns = statement.column_count();
    let (before, end, mut rounds) = (cpu(), Instant::now() + ROUND / 3, 0);
    while Instant::now() < end {
        for number in numbers {
            let mut rows = statement.query([number]).unwrap();
            let row = rows.next().unwrap().unwrap();
            for column in 0..columns {
                std::hint::black_box(row.get_ref(column).unwrap());
            }
        }
        rounds += 1;
    }
    (cpu() - before).as_secs_f64() * 1000.0 / precise(rounds)
}

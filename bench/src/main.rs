//! Measures what the node promises to be fast at, always beside a peer in the same run: the raw engine with the same
//! statements, or the framework's bare answer of the same bytes. Rounds alternate, and the median of each is taken, so
//! that a noisy machine troubles both alike. Prints the table of `docs/performance.md`; with the names of parts (writes,
//! reads, ledger, feeds, handovers, places, pages, process, logins, reports) only those, and with `scale` the tables of
//! `docs/scale.md`. `reports=100000` measures with so many reports, and
//! `keep=FOLDER` keeps what was made for the next time.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on should stop")]

mod feeds;
mod handovers;
mod http;
mod many;
mod pages;
mod places;
mod process;
mod reports;
mod scale;
mod stores;

use std::path::Path;
use std::time::{Duration, Instant};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of each measurement; odd, so that there is a middle one.
const ROUNDS: usize = 5;

/// Reports a member has in the measurements of Anliegen.
const REPORTS: [u32; 2] = [100_000, 500_000];

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [what, file, address] = wanted.as_slice()
        && what == "bytes"
    {
        return reports::bytes(file, address).await;
    }
    println!("| what | ours | peer | ratio |\n|---|---|---|---|");
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    if is_wanted("writes") {
        stores::writes().await;
    }
    if is_wanted("reads") {
        stores::reads().await;
    }
    if is_wanted("ledger") {
        stores::ledger().await;
    }
    if is_wanted("feeds") {
        feeds::feeds().await;
    }
    if is_wanted("handovers") {
        handovers::handovers().await;
    }
    if is_wanted("places") {
        places::owners();
    }
    // The whole country on one machine is no measure of this machine: only when it is asked for.
    if wanted.iter().any(|name| name == "scale") {
        scale::scale().await;
    }
    if is_wanted("pages") {
        pages::rows().await;
    }
    if is_wanted("process") {
        process::start_and_memory();
    }
    if is_wanted("logins") {
        process::logins().await;
    }
    let option = |name: &str| wanted.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    let number = option("reports").map(|number| number.parse::<u32>().unwrap());
    if is_wanted("reports") || number.is_some() {
        for number in number.map_or(REPORTS.to_vec(), |number| vec![number]) {
            reports::reports(number, option("keep").map(Path::new)).await;
        }
    }
}

/// The middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// A line of the table; the ratio says how much of the peer's rate is reached. It is the middle of the ratios of rounds
/// that followed each other, for a machine that others use too is now quick and now slow.
fn compare(what: &str, unit: &str, ours: Vec<f64>, peer: Vec<f64>) {
    let ratio = median(ours.iter().zip(&peer).map(|(ours, peer)| ours / peer).collect());
    println!("| {what} | {:.0} {unit} | {:.0} {unit} | {ratio:.2} |", median(ours), median(peer));
}

/// How often something was done in a second.
fn per_second(count: u64, start: Instant) -> f64 {
    precise(count) / start.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^52")]
fn precise(count: u64) -> f64 {
    count as f64
}

/// The processor time this process has used, in user and kernel together.
fn cpu() -> Duration {
    cpu_of("self")
}

/// The same of another process.
fn cpu_of(process: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

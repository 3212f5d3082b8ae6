//! A region of processes, made by the demonstration and then taken apart: each member has a folder and a process of its
//! own, and finds the others through a network that can fail.

use std::path::Path;
use std::time::{Duration, Instant};

use federation::Did;
use tempfile::TempDir;
use testkit::Network;
use tokio::time::sleep;

use crate::books::{Book, agree};
use crate::process::{Node, raum};

/// How long members may take to agree when the network is well: they ask each other every 20 seconds.
const PATIENCE: Duration = Duration::from_secs(100);

/// A place that is surely a member's own.
pub(crate) fn place(slug: &str) -> (f64, f64) {
    match slug {
        "koeln" => (50.94, 6.96),
        "bonn" => (50.73, 7.09),
        "rhein-sieg-kreis" => (50.795, 7.205),
        "rhein-erft-kreis" => (50.955, 6.64),
        other => panic!("where is {other}?"),
    }
}

pub(crate) struct Region {
    pub(crate) network: Network,
    pub(crate) nodes: Vec<Node>,
    _folder: TempDir,
}

impl Region {
    /// Members that know each other and have agreed to hand cases over; none of them runs yet.
    pub(crate) async fn new(slugs: &[&str]) -> Self {
        let (network, folder) = (Network::new().await, tempfile::tempdir().unwrap());
        let made = folder.path().join("made");
        let (dir, port) = (made.to_str().unwrap().to_owned(), network.address.port().to_string());
        let mut args = vec!["demo", "--no-serve", "--cases", "1", "--dir", &dir, "--port", &port];
        args.extend(slugs.iter().flat_map(|slug| ["--only", slug]));
        tokio::task::block_in_place(|| raum(&made, &args));
        let nodes: Vec<_> = slugs.iter().map(|slug| take_out(folder.path(), &made, slug)).collect();
        nodes.iter().for_each(|node| network.lead(&node.host(), node.address));
        Self { network, nodes, _folder: folder }
    }

    pub(crate) async fn start(&self) {
        for node in &self.nodes {
            node.start().await;
        }
    }

    pub(crate) fn node(&self, slug: &str) -> &Node {
        self.nodes.iter().find(|node| node.slug == slug).unwrap()
    }

    /// The host a member is known by, with the network's port.
    pub(crate) fn known_host(&self, slug: &str) -> String {
        format!("{slug}.localhost:{}", self.network.address.port())
    }

    pub(crate) fn did(&self, slug: &str) -> Did {
        Did::of_host(&self.known_host(slug)).unwrap()
    }

    /// What every member has written down.
    pub(crate) fn books(&self) -> Vec<Book> {
        self.nodes.iter().map(|node| Book::read(node, self.did(&node.slug).to_string())).collect()
    }

    /// Waits until all members say the same, and gives what that is.
    pub(crate) async fn agreed(&self) -> Vec<Book> {
        let (start, end) = (Instant::now(), Instant::now() + PATIENCE);
        let mut last = String::new();
        loop {
            let books = self.books();
            match agree(&books) {
                Ok(()) => {
                    println!("agreed after {:.1} s, in the end: {last}", start.elapsed().as_secs_f64());
                    return books;
                }
                Err(why) => {
                    last.clone_from(&why);
                    let logs: String = self.nodes.iter().map(|node| tail(&node.log())).collect();
                    assert!(Instant::now() < end, "they do not agree: {why}\n{logs}");
                }
            }
            sleep(Duration::from_millis(300)).await;
        }
    }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, patience: u64, is_so: impl Fn() -> F) {
    let end = Instant::now() + Duration::from_secs(patience);
    while !is_so().await {
        assert!(Instant::now() < end, "not within {patience} seconds: {what}");
        sleep(Duration::from_millis(200)).await;
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    lines.iter().rev().take(8).rev().map(|line| format!("{line}\n")).collect()
}

/// Gives a member of the demonstration a data folder of its own.
fn take_out(folder: &Path, made: &Path, slug: &str) -> Node {
    let data = folder.join(slug);
    std::fs::create_dir_all(data.join("members")).unwrap();
    std::fs::rename(made.join("members").join(slug), data.join("members").join(slug)).unwrap();
    std::fs::copy(made.join("demo.json"), data.join("demo.json")).unwrap();
    Node::new(slug, data)
}

//! The program itself, started, killed and started again.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base::Entropy;
use tokio::net::TcpStream;
use tokio::time::sleep;

const RAUM: &str = env!("CARGO_BIN_EXE_raum");

/// How long a process may take to begin, and to end when it is told to.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a command of the program to its end and gives what it says.
pub(crate) fn raum(data: &Path, args: &[&str]) -> String {
    let output = Command::new(RAUM).arg("--data").arg(data).args(args).env("RAUM_LOG", "error").output();
    let output = output.unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A port nobody listens at, outside of those that connections begin at, so that it is free again after a kill.
fn port() -> u16 {
    let entropy = Entropy::system();
    loop {
        let port = 15_000 + u16::from_le_bytes(entropy.bytes()) % 15_000;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// A member in a process of its own, with a folder of its own.
pub(crate) struct Node {
    pub(crate) slug: String,
    pub(crate) data: PathBuf,
    /// Where the process itself listens, behind the network.
    pub(crate) address: SocketAddr,
    child: Mutex<Option<Child>>,
    /// By how many seconds its clock is wrong.
    clock: Mutex<Option<i64>>,
}

impl Node {
    pub(crate) fn new(slug: &str, data: PathBuf) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port()));
        Self { slug: slug.into(), data, address, child: Mutex::default(), clock: Mutex::default() }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.data.join("members").join(&self.slug)
    }

    pub(crate) fn host(&self) -> String {
        format!("{}.localhost", self.slug)
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap()
    }

    /// Sets its clock wrong by so many seconds; at once when it runs with a wrong clock already, else when it starts.
    pub(crate) fn set_clock(&self, seconds: i64) {
        std::fs::write(self.data.join("clock"), format!("{seconds:+}\n")).unwrap();
        *self.clock.lock().unwrap() = Some(seconds);
    }

    /// By how many seconds its clock is wrong.
    pub(crate) fn shift(&self) -> i64 {
        self.clock.lock().unwrap().unwrap_or(0)
    }

    /// Serves from now on.
    pub(crate) async fn start(&self) {
        let end = Instant::now() + PATIENCE;
        *self.child() = Some(self.spawn());
        while TcpStream::connect(self.address).await.is_err() {
            assert!(Instant::now() < end, "{} does not serve: {}", self.slug, self.log());
            let exited = self.child().as_mut().unwrap().try_wait().unwrap();
            assert!(exited.is_none(), "{} ended: {}", self.slug, self.log());
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn spawn(&self) -> Child {
        let log = OpenOptions::new().create(true).append(true).open(self.data.join("log")).unwrap();
        let mut command = Command::new(RAUM);
        command.arg("--data").arg(&self.data).arg("serve");
        command
            .env("RAUM_LISTEN", self.address.to_string())
            .env("RAUM_LOG", std::env::var("RAUM_FAULTS_LOG").unwrap_or_else(|_| "warn".into()));
        if self.clock.lock().unwrap().is_some() {
            // The time of day alone is wrong: how long something takes is measured by another clock.
            command
                .env("LD_PRELOAD", faketime())
                .env("FAKETIME_TIMESTAMP_FILE", self.data.join("clock"))
                .env("FAKETIME_CACHE_DURATION", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("NO_FAKE_STAT", "1");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    /// Ends it in the middle of whatever it does.
    pub(crate) fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(&self) {
        let id = self.child().as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let end = Instant::now() + PATIENCE;
        while self.child().as_mut().unwrap().try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "{} does not stop", self.slug);
            sleep(Duration::from_millis(20)).await;
        }
        *self.child() = None;
    }

    /// The most memory it ever held, in kilobytes.
    pub(crate) fn peak(&self) -> u64 {
        let id = self.child().as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.data.join("log")).unwrap_or_default()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            println!("what {} logged:\n{}", self.slug, self.log());
        }
    }
}

/// The library that lets a program see another time (Debian's libfaketime).
fn faketime() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    let found = found.find(|path| File::open(path).is_ok());
    found.unwrap_or_else(|| panic!("libfaketime is not installed (Debian: apt-get install libfaketime)"))
}

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use identity::Passwords;

use crate::{ROUNDS, median, per_second};

/// From the start of the process to the first answer, and the memory of four members with 2,000 cases each at rest.
pub(crate) fn start_and_memory() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("demo");
    let making = Instant::now();
    let made =
        Command::new(raum()).args(["demo", "--no-serve", "--dir"]).arg(&dir).stdout(Stdio::null()).status();
    let Ok(true) = made.map(|status| status.success()) else {
        println!("| start, memory | not measured: build the binary with the same profile first | | |");
        return;
    };
    println!("| demo region of 4 × 2,000 cases | {:.1} s | 60 s | |", making.elapsed().as_secs_f64());
    let (mut starts, mut memory) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let start = Instant::now();
        let child = Command::new(raum())
            .args(["serve", "--data"])
            .arg(&dir)
            .env("RAUM_LISTEN", address.to_string())
            .env("RAUM_LOG", "error")
            .spawn()
            .unwrap();
        let child = Running(child);
        while std::net::TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(2));
        }
        starts.push(start.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_secs(2));
        memory.extend(resident(child.0.id()));
    }
    println!("| start with four members to the first connection | {:.0} ms | 1000 ms | |", median(starts));
    println!("| memory at rest with four members | {:.0} MB | 100 MB | |", median(memory));
}

/// The program, built with the same profile.
pub(crate) fn raum() -> PathBuf {
    std::env::current_exe().unwrap().with_file_name("raum")
}

/// A process that ends with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Resident memory in megabytes.
pub(crate) fn resident(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// Passwords checked in a second, two at once.
pub(crate) async fn logins() {
    const LOGINS: u64 = 60;
    let passwords = Passwords::new(2);
    let stored = passwords.stretch("a long enough password".into()).await.unwrap();
    let start = Instant::now();
    let checks: Vec<_> = (0..LOGINS)
        .map(|_| {
            let (passwords, stored) = (passwords.clone(), stored.clone());
            tokio::spawn(async move { passwords.check("a long enough password".into(), Some(stored)).await })
        })
        .collect();
    for check in checks {
        assert!(check.await.unwrap().unwrap());
    }
    println!("| passwords checked | {:.0} /s | 40 /s | |", per_second(LOGINS, start));
}

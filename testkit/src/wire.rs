use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Bytes after which an endless answer ends all the same, so that a test does.
const ENDLESS: usize = 256 << 20;

/// What happens to a request or its answer on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The connection ends before the request has arrived.
    Refuse,
    /// The answer ends after so many bytes.
    Cut(usize),
    /// The answer comes so much later.
    Delay(Duration),
    /// A bit of this byte of the answer's body is turned over, counted from its end, and anew where it is shorter.
    Flip(usize),
    /// The request arrives twice; the second answer counts.
    Twice,
    /// The answer never ends.
    Endless,
    /// The answer comes byte by byte, with so much time between.
    Trickle(Duration),
}

/// A way to an HTTP server that does what networks do. It carries one request on each connection.
pub struct Wire {
    /// Where it begins.
    pub address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Plan {
    faults: VecDeque<Fault>,
    asked: Vec<String>,
}

impl Wire {
    /// A way to the server at `target`.
    ///
    /// # Panics
    /// When this machine gives no port.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let plan = Arc::<Mutex<Plan>>::default();
        let own = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // What breaks off is what a wire is for.
                let carried = carry(stream, target, Arc::clone(&own));
                tokio::spawn(async move { drop(carried.await) });
            }
        });
        Self { address, plan, task }
    }

    /// What happens to the next requests, one after the other; to those after them nothing does.
    pub fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// The paths that were asked for since the last time this was called.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().asked)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut client: TcpStream, target: SocketAddr, plan: Arc<Mutex<Plan>>) -> io::Result<()> {
    let request = request(&mut client).await?;
    let fault = {
        let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.asked.push(request.0.split(' ').nth(1).unwrap_or_default().to_owned());
        plan.faults.pop_front().unwrap_or(Fault::None)
    };
    if fault == Fault::Refuse {
        return Ok(());
    }
    if fault == Fault::Twice {
        ask(&request, target).await?;
    }
    let mut answer = ask(&request, target).await?;
    let body = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    match fault {
        Fault::Cut(bytes) => answer.truncate(bytes),
        Fault::Delay(time) => tokio::time::sleep(time).await,
        Fault::Flip(byte) if body < answer.len() => {
            let at = answer.len() - 1 - byte % (answer.len() - body);
            answer[at] ^= 1;
        }
        Fault::Endless => return endless(client).await,
        Fault::Trickle(time) => {
            for byte in &answer {
                client.write_all(&[*byte]).await?;
                tokio::time::sleep(time).await;
            }
            return client.shutdown().await;
        }
        _ => {}
    }
    client.write_all(&answer).await?;
    client.shutdown().await
}

/// A request: its head and as much of a body as the head says.
async fn request(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length = head.lines().filter_map(|line| line.split_once(": "));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.filter_map(|(_, bytes)| bytes.parse().ok()).next().unwrap_or(0);
    let mut body = vec![0; length];
    client.read_exact(&mut body).await?;
    Ok((head, body))
}

async fn ask((head, body): &(String, Vec<u8>), target: SocketAddr) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(target).await?;
    let head = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(head.as_bytes()).await?;
    server.write_all(body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

async fn endless(mut client: TcpStream) -> io::Result<()> {
    client.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\n\r\n").await?;
    let zeros = vec![0; 64 << 10];
    for _ in 0..ENDLESS / zeros.len() {
        client.write_all(&zeros).await?;
    }
    Ok(())
}

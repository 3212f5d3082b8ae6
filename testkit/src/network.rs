use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Entropy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// What is late is so late, at most.
const LATEST: Duration = Duration::from_millis(1200);
/// A request that waits for a later one waits so long, at most.
const HELD: Duration = Duration::from_secs(2);
/// A server that cannot be reached comes back after so long, at most.
const AWAY: Duration = Duration::from_millis(1500);
/// Where an answer is cut: anywhere in its head or in the first bytes of its body.
const CUT: u64 = 3000;
/// Requests that are kept to be sent again.
const KEPT: usize = 64;

/// What can happen to a request on its way through a [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// The server cannot be reached, for a while.
    Away,
    /// The server gets the beginning of the request and no more.
    CutRequest,
    /// The server gets all of it, and whoever asked the beginning of the answer.
    CutAnswer,
    /// The request comes late.
    LateRequest,
    /// The answer comes late.
    LateAnswer,
    /// The server gets the same bytes twice; the first answer counts.
    Doubled,
    /// The server gets the same bytes twice; the second answer counts.
    Repeated,
    /// The request is held back until a later one has passed.
    Overtaken,
}

impl Mishap {
    /// Everything that can happen.
    pub const ALL: [Self; 8] = [
        Self::Away,
        Self::CutRequest,
        Self::CutAnswer,
        Self::LateRequest,
        Self::LateAnswer,
        Self::Doubled,
        Self::Repeated,
        Self::Overtaken,
    ];
}

/// A network between servers: one address behind which each is found by the host name that is asked for. It does at
/// random what networks do, for as long as it is told to. It carries one request on each connection.
pub struct Network {
    /// Where all ways begin.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    passed: Notify,
}

#[derive(Default)]
struct State {
    servers: BTreeMap<String, SocketAddr>,
    /// Where chance comes from, and how many of a hundred requests it meets.
    storm: Option<(Entropy, u64)>,
    away: BTreeMap<String, Instant>,
    mishaps: BTreeMap<Mishap, usize>,
    /// Requests that reached each server.
    passed: BTreeMap<String, u64>,
    kept: Vec<(String, Vec<u8>)>,
}

impl Network {
    /// A network that leads nowhere yet.
    ///
    /// # Panics
    /// When this machine gives no port.
    pub async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // What breaks off is what a network is for.
                let carried = carry(stream, Arc::clone(&own));
                tokio::spawn(async move { drop(carried.await) });
            }
        });
        Self { address, shared, task }
    }

    /// Who asks for this host reaches this server.
    pub fn lead(&self, host: &str, server: SocketAddr) {
        self.shared.lock().servers.insert(host.to_owned(), server);
    }

    /// From now on something happens to so many of a hundred requests, by chance.
    pub fn storm(&self, seed: u64, percent: u64) {
        self.shared.lock().storm = Some((Entropy::seeded(seed), percent));
    }

    /// From now on nothing happens to anything.
    pub fn calm(&self) {
        let mut state = self.shared.lock();
        state.storm = None;
        state.away.clear();
    }

    /// What happened so far, and how often.
    #[must_use]
    pub fn mishaps(&self) -> BTreeMap<Mishap, usize> {
        self.shared.lock().mishaps.clone()
    }

    /// The newest requests with a body that were sent to a host, byte by byte.
    #[must_use]
    pub fn kept(&self, host: &str) -> Vec<Vec<u8>> {
        let kept = &self.shared.lock().kept;
        kept.iter().filter(|(own, _)| own == host).map(|(_, bytes)| bytes.clone()).collect()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a request goes, and what happens to it; `None` when it goes nowhere.
    fn begin(&self, request: &Request) -> Option<(SocketAddr, Option<Mishap>)> {
        let mut state = self.lock();
        let server = *state.servers.get(&request.host)?;
        if request.bytes.len() > request.head {
            state.kept.push((request.host.clone(), request.bytes.clone()));
            if state.kept.len() > KEPT {
                state.kept.remove(0);
            }
        }
        if state.away.get(&request.host).is_some_and(|until| *until > Instant::now()) {
            return None;
        }
        let mishap = state.storm.as_ref().and_then(|(entropy, percent)| {
            let is_met = below(entropy, 100) < *percent;
            let which = usize::try_from(below(entropy, Mishap::ALL.len() as u64)).unwrap_or(0);
            Mishap::ALL.get(which).copied().filter(|_| is_met)
        });
        if let Some(mishap) = mishap {
            *state.mishaps.entry(mishap).or_default() += 1;
        }
        if mishap == Some(Mishap::Away) {
            let until = Instant::now() + state.some(AWAY);
            state.away.insert(request.host.clone(), until);
            return None;
        }
        Some((server, mishap))
    }

    /// Waits until a later request for the same host has passed.
    async fn overtaken(&self, host: &str) {
        let count = || self.lock().passed.get(host).copied().unwrap_or(0);
        let (before, end) = (count(), Instant::now() + HELD);
        loop {
            let passed = self.passed.notified();
            if count() > before || timeout_at(end, passed).await.is_err() {
                return;
            }
        }
    }

    fn pass(&self, host: &str) {
        *self.lock().passed.entry(host.to_owned()).or_default() += 1;
        self.passed.notify_waiters();
    }

    async fn wait(&self) {
        let time = self.lock().some(LATEST);
        tokio::time::sleep(time).await;
    }

    fn place(&self, length: u64) -> usize {
        let state = self.lock();
        let place = state.storm.as_ref().map_or(0, |(entropy, _)| below(entropy, length));
        usize::try_from(place).unwrap_or(0)
    }
}

impl State {
    /// Some time up to this.
    fn some(&self, most: Duration) -> Duration {
        self.storm.as_ref().map_or(most, |(entropy, _)| most.mul_f64(below(entropy, 100) as f64 / 100.0))
    }
}

/// A number below another.
fn below(entropy: &Entropy, end: u64) -> u64 {
    u64::from_le_bytes(entropy.bytes()) % end.max(1)
}

async fn carry(mut client: TcpStream, shared: Arc<Shared>) -> io::Result<()> {
    let request = Request::read(&mut client).await?;
    let Some((server, mishap)) = shared.begin(&request) else { return Ok(()) };
    match mishap {
        Some(Mishap::LateRequest) => shared.wait().await,
        Some(Mishap::Overtaken) => shared.overtaken(&request.host).await,
        Some(Mishap::CutRequest) => {
            let mut stream = TcpStream::connect(server).await?;
            let bytes = request.bytes.get(..shared.place(request.bytes.len() as u64));
            stream.write_all(bytes.unwrap_or_default()).await?;
            return stream.shutdown().await;
        }
        Some(Mishap::Repeated) => drop(whole(request.send(server).await?).await?),
        _ => {}
    }
    let mut stream = request.send(server).await?;
    shared.pass(&request.host);
    match mishap {
        Some(Mishap::CutAnswer) => {
            let answer = whole(stream).await?;
            let bytes = answer.get(..shared.place(CUT)).unwrap_or(&answer);
            return client.write_all(bytes).await;
        }
        Some(Mishap::LateAnswer) => {
            let answer = whole(stream).await?;
            shared.wait().await;
            client.write_all(&answer).await?;
            return client.shutdown().await;
        }
        Some(Mishap::Doubled) => {
            let answer = whole(stream).await?;
            drop(whole(request.send(server).await?).await?);
            client.write_all(&answer).await?;
            return client.shutdown().await;
        }
        _ => {}
    }
    // As it comes, so that an answer without an end has none here either.
    tokio::io::copy(&mut stream, &mut client).await?;
    client.shutdown().await
}

async fn whole(mut stream: TcpStream) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// A request as it came.
struct Request {
    host: String,
    bytes: Vec<u8>,
    /// Bytes of its head.
    head: usize,
}

impl Request {
    async fn read(client: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(client.read_u8().await?);
        }
        let (head, text) = (bytes.len(), String::from_utf8_lossy(&bytes).into_owned());
        let field = |name: &str| {
            let fields = text.lines().filter_map(|line| line.split_once(':'));
            let mut own = fields.filter(|(own, _)| own.eq_ignore_ascii_case(name));
            own.next().map(|(_, value)| value.trim().to_owned())
        };
        let length = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        bytes.resize(head + length, 0);
        client.read_exact(bytes.get_mut(head..).unwrap_or_default()).await?;
        let host = field("host").unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name).to_owned();
        Ok(Self { host, bytes, head })
    }

    /// Sends it, for one answer.
    async fn send(&self, server: SocketAddr) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(server).await?;
        let line = self.bytes.windows(2).position(|end| end == b"\r\n").map_or(0, |at| at + 2);
        let (first, rest) = self.bytes.split_at(line);
        stream.write_all(&[first, b"connection: close\r\n", rest].concat()).await?;
        Ok(stream)
    }
}

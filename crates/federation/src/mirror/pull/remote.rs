use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use base::{Problem, Result};
use bytes::Bytes;
use fetch::Fetch;
use http::{Request, Response, StatusCode};
use tlog::{Hash, Nodes, TILE_WIDTH, Tile, tile_root};

/// What is done to a request before it is sent, such as signing it.
pub type Sign = Arc<dyn Fn(&mut Request<Bytes>) -> Result<()> + Send + Sync>;

/// A signed checkpoint has some lines; the rest is for many cosignatures.
const CHECKPOINT: usize = 64 << 10;

/// Where a log is and how it is asked.
#[derive(Clone)]
pub struct Remote {
    base: String,
    fetch: Fetch,
    sign: Option<Sign>,
    outside: bool,
}

impl Remote {
    /// The log below this address, which does not end in a slash, such as `https://koeln.example/log/public`.
    #[must_use]
    pub fn new(base: impl Into<String>, fetch: Fetch) -> Self {
        Self { base: base.into(), fetch, sign: None, outside: false }
    }

    /// As this, but asked only where its name leads to an address of the public internet.
    #[must_use]
    pub fn outside(self) -> Self {
        Self { outside: true, ..self }
    }

    /// As this, with something done to every request.
    #[must_use]
    pub fn signed(self, sign: Sign) -> Self {
        Self { sign: Some(sign), ..self }
    }

    /// A short text, when it is there.
    pub(crate) async fn text(&self, path: &str) -> Result<String> {
        let body = self.body(path, CHECKPOINT).await?;
        String::from_utf8(body.into())
            .map_err(|error| Problem::peer("feed-answer", format!("{path} is no text")).because(error))
    }

    /// The hashes of a tile.
    pub(crate) async fn tile(&self, tile: Tile) -> Result<Vec<Hash>> {
        let full = Tile { width: TILE_WIDTH, ..tile };
        let bytes = self.either(&tile.path(), &full.path(), 256 * 32).await?;
        let width = usize::try_from(tile.width).unwrap_or(0);
        let hashes = bytes.as_chunks::<32>().0.get(..width).map(<[_]>::to_vec);
        hashes.ok_or_else(|| Problem::peer("feed-answer", format!("tile {} is too short", tile.path())))
    }

    /// The entries whose hashes a tile of level 0 holds, perhaps with some more after them.
    pub(crate) async fn bundle(&self, tile: Tile, limit: usize) -> Result<Bytes> {
        let full = Tile { width: TILE_WIDTH, ..tile };
        self.either(&tile.entries_path(), &full.entries_path(), limit).await
    }

    /// The answer to the question for a payload.
    pub(crate) async fn payload(&self, seq: u64, limit: usize) -> Result<Response<Bytes>> {
        self.answer(&format!("payload/{seq}"), limit).await
    }

    /// A partial tile, or the full one that took its place: logs may delete partial ones (C2SP tlog-tiles § Partial
    /// Tiles).
    async fn either(&self, partial: &str, full: &str, limit: usize) -> Result<Bytes> {
        let path = format!("tile/{partial}");
        let answer = self.answer(&path, limit).await?;
        if partial != full && matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE) {
            return self.body(&format!("tile/{full}"), limit).await;
        }
        found(&path, answer)
    }

    async fn body(&self, path: &str, limit: usize) -> Result<Bytes> {
        found(path, self.answer(path, limit).await?)
    }

    async fn answer(&self, path: &str, limit: usize) -> Result<Response<Bytes>> {
        let request = Request::get(format!("{}/{path}", self.base)).body(Bytes::new());
        let mut request = request.map_err(|error| Problem::input("url", "not an address").because(error))?;
        if let Some(sign) = &self.sign {
            sign(&mut request)?;
        }
        match self.outside {
            true => self.fetch.send_outside(request, limit).await,
            false => self.fetch.send(request, limit).await,
        }
    }
}

fn found(path: &str, answer: Response<Bytes>) -> Result<Bytes> {
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body()),
        status => Err(Problem::peer("feed-answer", format!("the answer to {path} was {status}"))),
    }
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Remote({})", self.base)
    }
}

/// The tiles of a remote tree of one size, as far as something needs them. What they say is worth nothing before it
/// leads to a signed root.
pub(crate) struct RemoteTree<'r> {
    remote: &'r Remote,
    size: u64,
    tiles: HashMap<(u32, u64), Vec<Hash>>,
}

impl<'r> RemoteTree<'r> {
    pub(crate) fn new(remote: &'r Remote, size: u64) -> Self {
        Self { remote, size, tiles: HashMap::new() }
    }

    /// The proof that the tree begins with the tree of `old` leaves.
    pub(crate) async fn consistency(&mut self, old: u64) -> Result<Vec<Hash>> {
        let size = self.size;
        let Ok(needed) = needed(|nodes| tlog::consistency_proof(old, size, nodes).map(drop));
        self.load(needed).await?;
        tlog::consistency_proof(old, size, self)
    }

    /// The root over the first `old` leaves.
    pub(crate) async fn prefix(&mut self, old: u64) -> Result<Hash> {
        let Ok(needed) = needed(|nodes| tlog::root(old, nodes).map(drop));
        self.load(needed).await?;
        tlog::root(old, self)
    }

    async fn load(&mut self, nodes: Vec<(u32, u64)>) -> Result<()> {
        for (level, index) in nodes {
            let (level, place, _) = Tile::of_node(level, index);
            if !self.tiles.contains_key(&(level, place)) {
                let tile = Tile::widest(level, place, self.size);
                self.tiles.insert((level, place), self.remote.tile(tile).await?);
            }
        }
        Ok(())
    }
}

impl Nodes for RemoteTree<'_> {
    type Error = Problem;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash> {
        let (level, place, range) = Tile::of_node(level, index);
        let hashes = self.tiles.get(&(level, place)).and_then(|tile| tile.get(range));
        hashes.and_then(tile_root).ok_or_else(|| Problem::peer("feed-damaged", "a tile lacks hashes"))
    }
}

/// The nodes a calculation asks for.
fn needed(
    calculate: impl FnOnce(&mut Asked) -> Result<(), Infallible>,
) -> Result<Vec<(u32, u64)>, Infallible> {
    let mut asked = Asked::default();
    calculate(&mut asked)?;
    Ok(asked.0)
}

#[derive(Default)]
struct Asked(Vec<(u32, u64)>);

impl Nodes for Asked {
    type Error = Infallible;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
        self.0.push((level, index));
        Ok(Hash::default())
    }
}

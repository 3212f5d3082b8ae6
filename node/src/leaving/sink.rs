//! From a transaction, which does nothing but read, to whoever writes: no more than a few parts are on the way.

use std::io::{self, Write};

use base::{Problem, Result};
use tokio::sync::mpsc;

use super::archive::Archive;
use super::manifest::Role;

/// Bytes sent at once.
const PART: usize = 64 << 10;

/// What is to be written.
pub(super) enum Piece {
    Begin(String, Role, &'static str),
    Bytes(Vec<u8>),
    End(Option<u64>),
}

/// Where a transaction puts files.
pub(super) struct Sink {
    sender: mpsc::Sender<Piece>,
    held: Vec<u8>,
}

impl Sink {
    pub(super) fn new(sender: mpsc::Sender<Piece>) -> Self {
        Self { sender, held: Vec::with_capacity(PART) }
    }

    /// Begins a file.
    pub(super) fn begin(
        &mut self,
        path: impl Into<String>,
        role: Role,
        media_type: &'static str,
    ) -> Result<()> {
        self.send(Piece::Begin(path.into(), role, media_type)).map_err(stopped)
    }

    /// Ends it; a table says how many rows it has.
    pub(super) fn end(&mut self, rows: Option<u64>) -> Result<()> {
        self.flush().and_then(|()| self.send(Piece::End(rows))).map_err(stopped)
    }

    /// A view that is in memory.
    pub(super) fn view(
        &mut self,
        path: impl Into<String>,
        media_type: &'static str,
        content: &[u8],
    ) -> Result<()> {
        self.begin(path, Role::View, media_type)?;
        self.write_all(content).map_err(stopped)?;
        self.end(None)
    }

    fn send(&self, piece: Piece) -> io::Result<()> {
        self.sender.blocking_send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Whoever writes gave up, and says why.
pub(super) fn stopped(error: io::Error) -> Problem {
    Problem::internal("export", "the writer stopped").because(error)
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PART {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::replace(&mut self.held, Vec::with_capacity(PART));
        self.send(Piece::Bytes(held))
    }
}

/// Writes what comes, until nothing does.
pub(super) async fn drain(archive: &mut Archive, pieces: &mut mpsc::Receiver<Piece>) -> Result<()> {
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Begin(path, role, media_type) => archive.begin(&path, role, media_type)?,
            Piece::Bytes(bytes) => archive.write(&bytes)?,
            Piece::End(rows) => archive.end(rows).map(drop)?,
        }
    }
    Ok(())
}

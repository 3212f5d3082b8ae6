use base::{CaseId, EntryId, Problem, Result};
use store::{Tx, params, statements};
use tlog::Tile;

use crate::{Header, Ledger, payload, signed, tiles};

statements! {
    AT = "ledger.at":
        "select entry.id, entry.header, entry.salt, entry.sealed, eraser.seq
         from ledger_entry entry left join ledger_entry eraser on eraser.id = entry.erased_by
         where entry.feed = ?1 and entry.seq = ?2";
    SINCE = "ledger.cases_since":
        "select distinct case_id from ledger_entry where feed = ?1 and seq >= ?2 and case_id is not null";
}

/// What is left of an entry's payload.
#[derive(Clone, PartialEq, Eq)]
pub enum Disclosure {
    /// The content, and the key its commitment in the header is checked with ([`crate::commits`]). Whoever may read the
    /// content may have the key: it opens nothing else, and is gone with the content.
    Content {
        /// The content.
        content: Vec<u8>,
        /// The key of the commitment.
        key: [u8; 32],
    },
    /// It was erased; the entry of the same feed that says so, when that has its place.
    Erased(Option<u64>),
    /// There is no such entry, or it never had a payload.
    Nothing,
}

impl Ledger {
    /// The hashes of a tile, one after the other; `None` when the log is not that long.
    ///
    /// # Errors
    /// What the database says.
    pub fn tile(&self, tx: &mut Tx<'_>, feed: &str, tile: Tile) -> Result<Option<Vec<u8>>> {
        if !self.has(tx, feed, tile)? {
            return Ok(None);
        }
        let hashes = tiles::hashes(tx, feed, tile)?;
        hashes
            .map(|hashes| Some(hashes.concat()))
            .ok_or_else(|| Problem::internal("ledger", "a tile of the log is missing"))
    }

    /// The entries whose hashes a tile of level 0 holds, bundled; `None` when the log is not that long.
    ///
    /// # Errors
    /// What the database says.
    pub fn entries(&self, tx: &mut Tx<'_>, feed: &str, tile: Tile) -> Result<Option<Vec<u8>>> {
        if tile.level != 0 || !self.has(tx, feed, tile)? {
            return Ok(None);
        }
        let headers = tiles::headers(tx, feed, tile, |header| header)?;
        if headers.len() as u64 != tile.width {
            return Err(Problem::internal("ledger", "an entry of the log is missing"));
        }
        let bundle = tlog::bundle(headers);
        bundle.map(Some).map_err(|error| Problem::internal("ledger", "an entry is too long").because(error))
    }

    /// What is left of the payload of the entry at a place.
    ///
    /// # Errors
    /// When the payload does not open under the member's keys.
    pub fn disclose(&self, tx: &mut Tx<'_>, feed: &str, seq: u64) -> Result<Disclosure> {
        let found = tx.one(&AT, params![feed, signed(seq)], |row| {
            let sealed = (row.get::<Option<Vec<u8>>>(2)?, row.get::<Option<Vec<u8>>>(3)?);
            let header: Vec<u8> = row.get(1)?;
            Ok((row.get::<EntryId>(0)?, header, sealed, row.get::<Option<i64>>(4)?))
        })?;
        let Some((id, header, sealed, eraser)) = found else { return Ok(Disclosure::Nothing) };
        if let (Some(salt), Some(sealed)) = sealed {
            let opened = payload::disclose(self.keys(), id, &salt, &sealed)?;
            return Ok(Disclosure::Content { content: opened.0, key: opened.1 });
        }
        let header = serde_json::from_slice::<Header>(&header);
        let header =
            header.map_err(|error| Problem::internal("ledger", "a header cannot be read").because(error))?;
        Ok(match header.commitment {
            Some(_) => Disclosure::Erased(eraser.and_then(|seq| u64::try_from(seq).ok())),
            None => Disclosure::Nothing,
        })
    }

    /// The cases that the entries from a place on are about.
    ///
    /// # Errors
    /// What the database says.
    pub fn cases_since(&self, tx: &mut Tx<'_>, feed: &str, seq: u64) -> Result<Vec<CaseId>> {
        Ok(tx.all(&SINCE, params![feed, signed(seq)], |row| row.get(0))?)
    }

    fn has(&self, tx: &mut Tx<'_>, feed: &str, tile: Tile) -> Result<bool> {
        Ok(self.checkpoint(tx, feed)?.is_some_and(|(size, _)| tile.is_in(size)))
    }
}

impl std::fmt::Debug for Disclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Content { content, .. } => write!(f, "Content({} bytes)", content.len()),
            Self::Erased(by) => write!(f, "Erased({by:?})"),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

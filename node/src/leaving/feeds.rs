//! Every feed as a folder of C2SP tlog-tiles that any web server can serve and any verifier read, and beside it the
//! contents that are not erased.

use std::io::Write as _;

use base::Result;
use data_encoding::HEXLOWER;
use ledger::{Disclosure, Ledger};
use serde_json::json;
use store::Tx;
use tlog::{TILE_WIDTH, Tile};

use super::manifest::Role;
use super::sink::{Sink, stopped};

const BYTES: &str = "application/octet-stream";
const PLAIN: &str = "text/plain; charset=utf-8";

/// Writes them all.
pub(super) fn write(tx: &mut Tx<'_>, ledger: &Ledger, sink: &mut Sink) -> Result<()> {
    for (feed, _) in ledger.feeds(tx)? {
        let Some((size, checkpoint)) = ledger.checkpoint(tx, &feed)? else { continue };
        let folder = format!("feeds/{}", name(&feed));
        let key = format!("{}\n", ledger.keys().log_verifier(&feed));
        sink.view(format!("{folder}/key"), PLAIN, key.as_bytes())?;
        sink.view(format!("{folder}/checkpoint"), PLAIN, checkpoint.as_bytes())?;
        for tile in tiles(size) {
            if let Some(hashes) = ledger.tile(tx, &feed, tile)? {
                sink.view(format!("{folder}/tile/{}", tile.path()), BYTES, &hashes)?;
            }
            if let Some(entries) = ledger.entries(tx, &feed, tile)? {
                sink.view(format!("{folder}/tile/{}", tile.entries_path()), BYTES, &entries)?;
            }
        }
        sink.begin(format!("{folder}/payloads.jsonl"), Role::View, "application/jsonl")?;
        for seq in 0..size {
            let line = match ledger.disclose(tx, &feed, seq)? {
                Disclosure::Content { content, key } => {
                    json!({ "seq": seq, "content": HEXLOWER.encode(&content), "commitment_key": HEXLOWER.encode(&key) })
                }
                Disclosure::Erased(by) => json!({ "seq": seq, "erased_by": by }),
                Disclosure::Nothing => continue,
            };
            writeln!(sink, "{line}").map_err(stopped)?;
        }
        sink.end(None)?;
    }
    Ok(())
}

/// Every tile of a log, each at its widest.
fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..8).map(move |level| (level, size >> (8 * level))).take_while(|(_, hashes)| *hashes > 0);
    levels.flat_map(move |(level, hashes)| {
        (0..hashes.div_ceil(TILE_WIDTH)).map(move |index| Tile::widest(level, index, size))
    })
}

/// A feed's name as that of a folder: letters, digits and hyphens stay, everything else becomes `%` and its hex digits.
fn name(feed: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02x}"),
    };
    feed.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_written_with_every_tile_it_has() {
        let paths = |size| tiles(size).map(|tile| tile.path()).collect::<Vec<_>>();
        assert!(paths(0).is_empty());
        assert_eq!(paths(256), ["0/000", "1/000.p/1"]);
        assert_eq!(paths(257), ["0/000", "0/001.p/1", "1/000.p/1"]);
        assert_eq!(tiles(70_000).count(), 274 + 2 + 1);
    }

    #[test]
    fn no_feed_leaves_its_folder() {
        assert_eq!(name("public"), "public");
        assert_eq!(name("../pair/Köln"), "%2e%2e%2fpair%2fK%c3%b6ln");
    }
}

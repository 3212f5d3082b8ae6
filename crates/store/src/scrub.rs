//! Erased is erased, in SQLite's file too. `secure_delete` overwrites what is deleted, but where rows moved from one
//! page to another a copy may stay behind in the part of the old page that belongs to no row. Such parts are found and
//! overwritten here, through SQLite's own view of its pages (`sqlite_dbpage`), as any other transaction.
//!
//! The form of a page: <https://www.sqlite.org/fileformat2.html#b_tree_pages>

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::Error;
use crate::sqlite::connect;
use crate::tx::sqlite_error;

/// Attempts to empty the write-ahead log.
const ATTEMPTS: u32 = 20;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(50);
/// Pages overwritten in one transaction.
const PAGES: usize = 200;
/// Up to here the first byte of a page tells whether it holds rows: other pages begin with the number of another one.
const COUNT: i64 = 1 << 25;

/// Overwrites what belongs to no row, moves the write-ahead log into the database and empties it.
pub(crate) fn scrub(path: &Path) -> Result<(), Error> {
    let wrong = |error| sqlite_error("scrub", error);
    let unclean = unclean(&connect(path, true)?).map_err(wrong)?;
    let mut connection = connect(path, false)?;
    for pages in unclean.chunks(PAGES) {
        clean(&mut connection, pages).map_err(wrong)?;
    }
    for _ in 0..ATTEMPTS {
        let busy = connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
        if busy.map_err(wrong)? == 0 {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(Error::Unavailable("readers keep the write-ahead log".into()))
}

/// The numbers of the pages with something left beside their rows. The first page, of the schema, is none of them.
fn unclean(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    if connection.query_row("pragma page_count", [], |row| row.get::<_, i64>(0))? >= COUNT {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("select pgno, data from sqlite_dbpage where pgno > 1")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if left(row.get_ref(1)?.as_blob().unwrap_or_default()).is_some() {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

fn clean(connection: &mut Connection, pages: &[i64]) -> rusqlite::Result<()> {
    let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut read = tx.prepare_cached("select data from sqlite_dbpage where pgno = ?1")?;
        let mut write = tx.prepare_cached("update sqlite_dbpage set data = ?2 where pgno = ?1")?;
        for page in pages {
            // It may have changed since it was looked at.
            let mut data = read.query_row(params![page], |row| row.get::<_, Vec<u8>>(0))?;
            if let Some(part) = left(&data).and_then(|part| data.get_mut(part)) {
                part.fill(0);
                write.execute(params![page, data])?;
            }
        }
    }
    tx.commit()
}

/// The part of a page between the list of its cells and the cells, when the page holds rows and anything is left there.
fn left(page: &[u8]) -> Option<Range<usize>> {
    let number = |at: usize| Some(usize::from(u16::from_be_bytes([*page.get(at)?, *page.get(at + 1)?])));
    let header = match page.first()? {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return None,
    };
    let cells = number(3)?;
    let content = if number(5)? == 0 { 65_536 } else { number(5)? };
    let part = header + 2 * cells..content;
    page.get(part.clone())?.iter().any(|byte| *byte != 0).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A leaf of a table with so many cells, the first of which begins at `content`.
    fn page(kind: u8, cells: u16, content: u16) -> Vec<u8> {
        let mut page = vec![kind, 0, 0];
        page.extend(cells.to_be_bytes());
        page.extend(content.to_be_bytes());
        page.resize(512, 0);
        page[usize::from(content)..].fill(b'c');
        page
    }

    #[test]
    fn only_what_belongs_to_no_row_is_left_over() {
        let mut clean = page(13, 3, 400);
        clean[8..14].fill(1);
        assert_eq!(left(&clean), None);
        let mut unclean = clean.clone();
        unclean[399] = b'x';
        assert_eq!(left(&unclean), Some(14..400));
        let mut inner = page(2, 1, 500);
        inner[8..14].fill(1);
        assert_eq!(left(&inner), None, "the pointer to the last child is none");
        inner[14] = 1;
        assert_eq!(left(&inner), Some(14..500));
        // Pages of other kinds, and what is no page at all.
        assert_eq!(left(&page(0, 3, 400)), None);
        assert_eq!(left(&page(13, 400, 100)), None);
        assert_eq!((left(&[]), left(&[13, 0])), (None, None));
    }
}

use std::sync::Arc;

use base::{Problem, Result};
use tokio::sync::mpsc;

use crate::table::{Cell, Table, tables};
use crate::{Db, Error, Migration, Tx};

/// Rows that one transaction copies.
const CHUNK: usize = 500;

/// Copies every table of `from` into the empty database `to`, from one consistent state, and gives the number of rows.
/// This is how a member moves between engines, and how a PostgreSQL member is backed up into a SQLite file.
///
/// # Errors
/// When a table of `to` is not empty, or either database fails.
pub async fn copy_all(from: &Db, to: &Db, migrations: &[Migration]) -> Result<u64> {
    let tables = Arc::new(tables(migrations)?);
    let (rows, mut chunks) = mpsc::channel::<Part>(4);
    let reader = {
        let (from, tables) = (from.clone(), Arc::clone(&tables));
        tokio::spawn(async move { from.scan("backup.read", move |tx| read_all(tx, &tables, &rows)).await })
    };
    let mut copied = 0;
    while let Some((index, is_link, chunk)) = chunks.recv().await {
        copied += if is_link { 0 } else { chunk.len() as u64 };
        let tables = Arc::clone(&tables);
        to.write("backup.write", move |tx| {
            let Some(table) = tables.get(index) else { return Ok(()) };
            for row in &chunk {
                if is_link { table.link(tx, row)? } else { table.add(tx, row)? }
            }
            Ok(())
        })
        .await?;
    }
    reader.await.map_err(|error| Problem::internal("panic", "the copy panicked").because(error))??;
    Ok(copied)
}

/// Rows of the table with this number, to be added, or to be linked after all were.
type Part = (usize, bool, Vec<Vec<Cell>>);

fn read_all(tx: &mut Tx<'_>, tables: &[Table], rows: &mpsc::Sender<Part>) -> Result<()> {
    tx.unhurried()?;
    for is_link in [false, true] {
        for (index, table) in tables.iter().enumerate().filter(|(_, table)| !is_link || table.has_links()) {
            read_table(tx, table, |chunk| {
                let part = (index, is_link, chunk);
                rows.blocking_send(part).map_err(|_| Error::Unavailable("stopped".into()))
            })?;
        }
    }
    Ok(())
}

fn read_table(
    tx: &mut Tx<'_>,
    table: &Table,
    mut send: impl FnMut(Vec<Vec<Cell>>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut chunk = Vec::with_capacity(CHUNK);
    table.each(tx, |row| {
        chunk.push(row.iter().copied().map(Cell::from).collect());
        if chunk.len() == CHUNK { send(std::mem::take(&mut chunk)) } else { Ok(()) }
    })?;
    if chunk.is_empty() { Ok(()) } else { send(chunk) }
}

use base::{Problem, Result};
use tokio::sync::mpsc;

use crate::{Db, Error, Migration, Sql, Tx, Value, migrate};

/// Tables that hold nothing of their own, or that the migrations or triggers fill.
const DERIVED: [&str; 3] = ["schema_version", "search_index", "derived_"];

/// Rows that one transaction copies.
const CHUNK: usize = 500;

/// Copies every table of `from` into the empty database `to`, from one consistent state, and gives the number of rows.
/// This is how a member moves between engines, and how a PostgreSQL member is backed up into a SQLite file.
///
/// # Errors
/// When a table of `to` is not empty, or either database fails.
pub async fn copy_all(from: &Db, to: &Db, migrations: &[Migration]) -> Result<u64> {
    let tables = tables(migrations)?;
    let (rows, mut chunks) = mpsc::channel::<(usize, Vec<Vec<Owned>>)>(4);
    let reader = {
        let (from, tables) = (from.clone(), tables.clone());
        tokio::spawn(async move {
            from.scan("backup.read", move |tx| {
                tx.unhurried()?;
                for (index, table) in tables.iter().enumerate() {
                    read_table(tx, table, |chunk| {
                        rows.blocking_send((index, chunk)).map_err(|_| Error::Unavailable("stopped".into()))
                    })?;
                }
                Ok(())
            })
            .await
        })
    };
    let mut copied = 0;
    while let Some((index, chunk)) = chunks.recv().await {
        copied += chunk.len() as u64;
        let Some(insert) = tables.get(index).map(|table| table.insert) else { continue };
        to.write("backup.write", move |tx| {
            for row in &chunk {
                let values: Vec<Value<'_>> = row.iter().map(Owned::borrow).collect();
                tx.exec(&insert, &values)?;
            }
            Ok(())
        })
        .await?;
    }
    reader.await.map_err(|error| Problem::internal("panic", "the copy panicked").because(error))??;
    Ok(copied)
}

#[derive(Clone, Copy)]
struct Table {
    select: Sql,
    insert: Sql,
    columns: usize,
}

enum Owned {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Real(number) => Self::Real(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }

    fn borrow(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Real(number) => Value::Real(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

fn read_table(
    tx: &mut Tx<'_>,
    table: &Table,
    mut send: impl FnMut(Vec<Vec<Owned>>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut chunk = Vec::with_capacity(CHUNK);
    tx.each(&table.select, &[], |row| {
        let values = (0..table.columns).map(|index| row.column(index).map(Owned::from));
        chunk.push(values.collect::<Result<Vec<_>, _>>()?);
        if chunk.len() == CHUNK { send(std::mem::take(&mut chunk)) } else { Ok(()) }
    })?;
    if chunk.is_empty() { Ok(()) } else { send(chunk) }
}

/// The tables the migrations make, parents before children, read from a fresh database in memory.
fn tables(migrations: &[Migration]) -> Result<Vec<Table>, Error> {
    let wrong = |error| crate::tx::sqlite_error("backup.tables", error);
    let mut model = rusqlite::Connection::open_in_memory().map_err(wrong)?;
    migrate::sqlite(&mut model, migrations)?;
    let mut names = model
        .prepare(
            "select name from sqlite_master where type = 'table' and sql not like '%virtual%' order by rowid",
        )
        .map_err(wrong)?;
    let names = names.query_map([], |row| row.get::<_, String>(0)).map_err(wrong)?;
    let mut tables = Vec::new();
    for name in names {
        let name = name.map_err(wrong)?;
        if DERIVED.iter().any(|derived| name.starts_with(derived)) || name.starts_with("sqlite_") {
            continue;
        }
        let mut columns = model.prepare("select name from pragma_table_info(?1)").map_err(wrong)?;
        let columns = columns.query_map([&name], |row| row.get::<_, String>(0)).map_err(wrong)?;
        let columns = columns.collect::<rusqlite::Result<Vec<_>>>().map_err(wrong)?;
        tables.push(table(&name, &columns));
    }
    Ok(tables)
}

fn table(name: &str, columns: &[String]) -> Table {
    let marks: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    let list = columns.join(", ");
    Table {
        select: once(format!("backup.read {name}"), format!("select {list} from {name}")),
        insert: once(
            format!("backup.write {name}"),
            format!("insert into {name} ({list}) values ({})", marks.join(", ")),
        ),
        columns: columns.len(),
    }
}

/// A statement made at run time. It is never freed: there are two for each table, in a command that ends.
fn once(name: String, text: String) -> Sql {
    Sql { name: name.leak(), text: text.leak() }
}

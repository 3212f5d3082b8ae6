//! A table as lines of JSON: one object for each row, whole numbers as numbers, bytes as hex digits.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};

use base::Result;
use data_encoding::HEXLOWER;
use serde_json::Value as Json;
use store::{Cell, ColumnType, Error, Table, Tx, Value};

use super::manifest::{Listed, Role};
use super::sink::Sink;
use super::source::Checked;
use super::wrong;

/// Bytes of one row as it is written, at most.
const LONGEST: u64 = 512 << 20;
/// Rows and bytes that are taken in at once.
const ROWS: usize = 500;
const BYTES: usize = 4 << 20;

/// Where a table is.
pub(super) fn path(table: &str) -> String {
    format!("tables/{table}.jsonl")
}

/// Writes a table.
pub(super) fn write(tx: &mut Tx<'_>, table: &Table, sink: &mut Sink) -> Result<()> {
    sink.begin(path(&table.name), Role::Table, "application/jsonl")?;
    let (mut line, mut rows) = (Vec::new(), 0);
    table.each(tx, |row| {
        line.clear();
        write_row(&mut line, table, row)
            .map_err(|why| Error::Unavailable(format!("{}: {why}", table.name)))?;
        rows += 1;
        sink.write_all(&line).map_err(|error| Error::Unavailable(error.to_string()))
    })?;
    sink.end(Some(rows))
}

fn write_row(line: &mut Vec<u8>, table: &Table, row: &[Value<'_>]) -> Result<(), String> {
    let mut mark = b'{';
    for (column, value) in table.columns.iter().zip(row) {
        line.push(mark);
        mark = b',';
        line.extend_from_slice(format!("\"{}\":", column.name).as_bytes());
        let written = match value {
            Value::Null => serde_json::to_writer(&mut *line, &()),
            Value::Int(number) => serde_json::to_writer(&mut *line, number),
            Value::Real(number) if number.is_finite() => serde_json::to_writer(&mut *line, number),
            Value::Real(_) => return Err(format!("{} holds a number JSON does not know", column.name)),
            Value::Text(text) => serde_json::to_writer(&mut *line, text),
            Value::Blob(bytes) => serde_json::to_writer(&mut *line, &HEXLOWER.encode(bytes)),
        };
        written.map_err(|error| error.to_string())?;
    }
    line.extend_from_slice(b"}\n");
    Ok(())
}

/// The rows of a table as they are read.
pub(super) struct Rows<'t, R> {
    table: &'t Table,
    path: String,
    reader: BufReader<Checked<R>>,
    line: u64,
}

impl<'t, R: Read> Rows<'t, R> {
    pub(super) fn new(table: &'t Table, listed: &Listed, reader: Checked<R>) -> Self {
        Self { table, path: listed.path.clone(), reader: BufReader::new(reader), line: 0 }
    }

    /// The next rows and the number of the line before them; none at the end.
    ///
    /// # Errors
    /// What is wrong with a line, and where.
    pub(super) fn next(&mut self) -> Result<(u64, Vec<Vec<Cell>>)> {
        let (before, mut rows, mut bytes) = (self.line, Vec::new(), 0);
        while rows.len() < ROWS && bytes < BYTES {
            let mut line = Vec::new();
            let read = self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut line);
            if read.map_err(|error| wrong(&self.path, error))? == 0 {
                break;
            }
            self.line += 1;
            let row = read_row(self.table, &line);
            let row = row.map_err(|why| wrong(&format!("{}, line {}", self.path, self.line), why))?;
            bytes += row.iter().map(Cell::size).sum::<usize>();
            rows.push(row);
        }
        Ok((before, rows))
    }

    /// Whether every byte was what the manifest says. Gives the number of rows.
    ///
    /// # Errors
    /// When one was not.
    pub(super) fn finish(self) -> Result<u64> {
        self.reader.into_inner().finish().map(|()| self.line)
    }
}

fn read_row(table: &Table, line: &[u8]) -> Result<Vec<Cell>, String> {
    let line = line.strip_suffix(b"\n").ok_or("it does not end")?;
    let mut row: BTreeMap<String, Json> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let cells = table.columns.iter().map(|column| {
        let found = row.remove(&column.name).ok_or_else(|| format!("'{}' is missing", column.name))?;
        let cell = match (column.kind, found) {
            (_, Json::Null) if column.nullable => Some(Cell::Null),
            (ColumnType::Integer, Json::Number(number)) => number.as_i64().map(Cell::Int),
            (ColumnType::Real, Json::Number(number)) => number.as_f64().map(Cell::Real),
            (ColumnType::Text, Json::String(text)) => Some(Cell::Text(text)),
            (ColumnType::Blob, Json::String(text)) => HEXLOWER.decode(text.as_bytes()).ok().map(Cell::Blob),
            _ => None,
        };
        cell.ok_or_else(|| format!("'{}' is no {}", column.name, super::schema::kind(column.kind)))
    });
    let cells = cells.collect::<Result<_, _>>()?;
    match row.keys().next() {
        Some(strange) => Err(format!("there is no column '{strange}'")),
        None => Ok(cells),
    }
}

#[cfg(test)]
mod tests {
    use store::{Migration, tables};

    use super::*;

    const STEPS: &[Migration] = &[Migration {
        module: "test",
        version: 1,
        sql: "create table thing (\n    id blob primary key,\n    number integer not null,\n    size real,\n    name text not null\n);",
    }];

    #[test]
    fn a_row_survives_its_line() {
        let tables = tables(STEPS).unwrap();
        let table = tables.first().unwrap();
        let row = [Value::Blob(&[0, 255]), Value::Int(i64::MAX), Value::Real(0.1), Value::Text("ä\n\"\u{1}")];
        let mut line = Vec::new();
        write_row(&mut line, table, &row).unwrap();
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        assert_eq!(read_row(table, &line).unwrap(), row.map(Cell::from));
        assert!(write_row(&mut line, table, &[Value::Null, Value::Null, Value::Real(f64::NAN)]).is_err());
    }

    #[test]
    fn what_does_not_fit_the_table_is_named() {
        let tables = tables(STEPS).unwrap();
        let table = tables.first().unwrap();
        let good = r#"{"id":"00","number":1,"size":null,"name":"x"}"#;
        assert!(read_row(table, format!("{good}\n").as_bytes()).is_ok());
        for (from, to, why) in [
            ("\"00\"", "\"0\"", "'id' is no bytes"),
            ("\"00\"", "null", "'id' is no bytes"),
            ("1,", "1.5,", "'number' is no integer"),
            ("1,", "9223372036854775808,", "'number' is no integer"),
            ("\"x\"", "7", "'name' is no text"),
            (",\"name\":\"x\"", "", "'name' is missing"),
            ("\"x\"", "\"x\",\"more\":1", "no column 'more'"),
            ("}", "", "EOF"),
        ] {
            let found = read_row(table, format!("{}\n", good.replace(from, to)).as_bytes()).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
        assert_eq!(read_row(table, good.as_bytes()).unwrap_err(), "it does not end");
    }
}

//! More reports than the demonstration makes in good time: every one it made, several times over. The copies stand
//! elsewhere, are found like the first, and have no entries in the ledger, which no measured request reads.

use std::path::Path;

use place::Point;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, Transaction, params_from_iter};

/// Degrees a copy is moved by, at most, in millionths: about as far as the next quarter.
const MOVED: i64 = 9_000;

/// Makes the reports of a database `times` as many. The triggers that keep the search index are taken away meanwhile,
/// and the index is built at once.
pub(crate) fn multiply(database: &Path, times: u32) {
    let mut connection = Connection::open(database).unwrap();
    connection
        .execute_batch("pragma cache_size = -400000; pragma synchronous = off; pragma foreign_keys = on")
        .unwrap();
    let tx = connection.transaction().unwrap();
    let trigger: String = tx
        .query_row("select sql from sqlite_master where name = 'search_doc_insert'", [], |row| row.get(0))
        .unwrap();
    tx.execute_batch("drop trigger search_doc_insert").unwrap();
    let cases = rows(&tx, "select * from case_file where module = 'report' order by id");
    for case in &cases {
        for copy in 1..times {
            self::copy(&tx, case, copy);
        }
    }
    tx.execute_batch("insert into search_index (search_index) values ('rebuild')").unwrap();
    tx.execute_batch(&trigger).unwrap();
    tx.commit().unwrap();
    connection.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
}

type Named = Vec<(String, Value)>;

fn copy(tx: &Transaction<'_>, case: &Named, copy: u32) {
    let old = blob(value(case, "id"));
    let (id, key) = renamed(&old, copy);
    let (first, year) =
        text(value(case, "number")).split_once('-').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let number = format!("{}-{year}", first.parse::<u32>().unwrap() + copy * 1_000_000);
    let mut new = case.clone();
    set(&mut new, "id", Value::Blob(id.clone()));
    set(&mut new, "number", Value::Text(number.clone()));
    for own in ["secret_hash", "owner", "merged_into", "merged_state"] {
        set(&mut new, own, Value::Null);
    }
    insert(tx, "case_file", &new);
    for mut report in of(tx, "report", &old) {
        set(&mut report, "case_id", Value::Blob(id.clone()));
        set(&mut report, "client_id", Value::Null);
        move_away(&mut report, &id, copy);
        insert(tx, "report", &report);
    }
    for table in ["case_event", "file_use", "report_answer", "report_told_line"] {
        for mut row in of(tx, table, &old) {
            set(&mut row, "case_id", Value::Blob(id.clone()));
            insert(tx, table, &row);
        }
    }
    let found = "select * from search_doc where module = 'report' and key = ?1";
    let mut statement = tx.prepare_cached(found).unwrap();
    let docs = statement.query_map([uuid(&old)], named).unwrap().map(Result::unwrap).collect::<Vec<_>>();
    for mut doc in docs {
        let Value::Integer(own) = value(&doc, "id").clone() else { continue };
        let url = text(value(&doc, "url")).replace(text(value(case, "number")), &number);
        set(&mut doc, "id", Value::Integer((own ^ (i64::from(copy) << 40)) & i64::MAX));
        set(&mut doc, "key", Value::Text(key.clone()));
        set(&mut doc, "url", Value::Text(url));
        insert(tx, "search_doc", &doc);
    }
}

/// The id of a copy: of the same moment, and how it is written.
fn renamed(id: &[u8], copy: u32) -> (Vec<u8>, String) {
    let mut id = id.to_vec();
    // Behind the moment and the version.
    for (byte, change) in id.iter_mut().skip(9).zip(copy.to_le_bytes()) {
        *byte ^= change;
    }
    let key = uuid(&id);
    (id, key)
}

fn uuid(id: &[u8]) -> String {
    base::CaseId::from_bytes(id).unwrap().to_string()
}

fn move_away(report: &mut Named, id: &[u8], copy: u32) {
    let (Value::Integer(lat), Value::Integer(lon)) =
        (value(report, "lat").clone(), value(report, "lon").clone())
    else {
        return;
    };
    let far = |byte: usize| {
        let random = i64::from(id.get(byte).copied().unwrap_or(0)) + i64::from(copy) * 71;
        random * 7919 % (2 * MOVED) - MOVED
    };
    let (lat, lon) = (lat + far(14), lon + far(15));
    let point = Point { lat: lat.try_into().unwrap(), lon: lon.try_into().unwrap() };
    set(report, "lat", Value::Integer(lat));
    set(report, "lon", Value::Integer(lon));
    set(report, "cell", Value::Integer(place::cell(point)));
}

fn rows(tx: &Transaction<'_>, sql: &str) -> Vec<Named> {
    let mut statement = tx.prepare(sql).unwrap();
    statement.query_map([], named).unwrap().map(Result::unwrap).collect()
}

/// The rows of a case.
fn of(tx: &Transaction<'_>, table: &str, case: &[u8]) -> Vec<Named> {
    let mut statement = tx.prepare_cached(&format!("select * from {table} where case_id = ?1")).unwrap();
    statement.query_map([case], named).unwrap().map(Result::unwrap).collect()
}

fn named(row: &Row<'_>) -> rusqlite::Result<Named> {
    let names: Vec<String> = row.as_ref().column_names().map(str::to_owned).collect();
    names.into_iter().enumerate().map(|(index, name)| Ok((name, row.get(index)?))).collect()
}

fn insert(tx: &Transaction<'_>, table: &str, row: &Named) {
    let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!("insert into {table} ({}) values ({marks})", names.join(", "));
    let mut statement = tx.prepare_cached(&sql).unwrap();
    statement.execute(params_from_iter(row.iter().map(|(_, value)| value))).unwrap();
}

fn value<'a>(row: &'a Named, name: &str) -> &'a Value {
    row.iter().find(|(own, _)| own == name).map(|(_, value)| value).unwrap()
}

fn set(row: &mut Named, name: &str, new: Value) {
    if let Some((_, value)) = row.iter_mut().find(|(own, _)| own == name) {
        *value = new;
    }
}

fn blob(value: &Value) -> Vec<u8> {
    if let Value::Blob(bytes) = value { bytes.clone() } else { Vec::new() }
}

fn text(value: &Value) -> &str {
    if let Value::Text(text) = value { text } else { "" }
}

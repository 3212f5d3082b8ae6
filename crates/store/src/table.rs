use rusqlite::Connection;

use crate::{Error, Migration, Sql, Tx, Value, migrate};

/// Tables that hold nothing of their own, or that the migrations or triggers fill.
const DERIVED: [&str; 3] = ["schema_version", "search_index", "derived_"];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Whole numbers of 64 bits.
    Integer,
    /// Text.
    Text,
    /// Floating point numbers.
    Real,
    /// Bytes.
    Blob,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnType,
    /// Whether it may hold nothing.
    pub nullable: bool,
    /// The table and column whose values alone it may hold.
    pub references: Option<(String, String)>,
}

/// A table with everything in it that is nobody else's: what the migrations make, without what is derived.
#[derive(Clone, Debug)]
pub struct Table {
    /// Whose migrations made it.
    pub module: &'static str,
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// The columns of its primary key.
    pub key: Vec<String>,
    /// Other sets of columns whose values are there once at most.
    pub unique: Vec<Vec<String>>,
    select: Sql,
    insert: Sql,
    /// Columns that name rows which may come later, in this table or another.
    links: Vec<usize>,
    link: Option<Sql>,
}

/// What one column of one row holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<Value<'_>> for Cell {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(number) => Self::Int(number),
            Value::Real(number) => Self::Real(number),
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl Cell {
    /// It as a parameter of a statement.
    #[must_use]
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(number) => Value::Int(*number),
            Self::Real(number) => Value::Real(*number),
            Self::Text(text) => Value::Text(text),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }

    /// Bytes it takes, about.
    #[must_use]
    pub fn size(&self) -> usize {
        let held = match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            _ => 0,
        };
        held + size_of::<Self>()
    }
}

impl Table {
    /// Calls `take` for every row, with its values in the order of the columns.
    ///
    /// # Errors
    /// What the engine or `take` says.
    pub fn each(
        &self,
        tx: &mut Tx<'_>,
        mut take: impl FnMut(&[Value<'_>]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        tx.each(&self.select, &[], |row| {
            let values = (0..self.columns.len()).map(|index| row.column(index));
            take(&values.collect::<Result<Vec<_>, _>>()?)
        })
    }

    /// Adds a row, but not yet what [`Table::link`] adds to it.
    ///
    /// # Errors
    /// What the engine says.
    pub fn add(&self, tx: &mut Tx<'_>, row: &[Cell]) -> Result<(), Error> {
        let values = row.iter().zip(0..).map(|(cell, index)| match self.links.contains(&index) {
            true => Value::Null,
            false => cell.value(),
        });
        tx.exec(&self.insert, &values.collect::<Vec<_>>()).map(drop)
    }

    /// Whether rows name others that may come later, so that [`Table::link`] is to be called for each, after all rows of
    /// all tables were added.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.link.is_some()
    }

    /// Lets an added row name the others it names.
    ///
    /// # Errors
    /// What the engine says.
    pub fn link(&self, tx: &mut Tx<'_>, row: &[Cell]) -> Result<(), Error> {
        let Some(link) = &self.link else { return Ok(()) };
        let cell = |index: usize| row.get(index).map_or(Value::Null, Cell::value);
        let links: Vec<_> = self.links.iter().map(|index| cell(*index)).collect();
        if links.iter().all(|value| *value == Value::Null) {
            return Ok(());
        }
        let place = |name: &String| self.columns.iter().position(|column| column.name == *name);
        let key = self.key.iter().filter_map(place).map(cell);
        tx.exec(link, &[links, key.collect()].concat()).map(drop)
    }
}

/// The tables the migrations make, parents before children, read from a fresh database in memory.
///
/// # Errors
/// When a migration is wrong, or a table cannot be filled row by row.
pub fn tables(migrations: &[Migration]) -> Result<Vec<Table>, Error> {
    let mut model = Connection::open_in_memory().map_err(wrong)?;
    let mut modules: Vec<(String, &'static str)> = Vec::new();
    for (count, step) in (1..).zip(migrations) {
        migrate::sqlite(&mut model, migrations.get(..count).unwrap_or(migrations))?;
        for name in names(&model)? {
            if modules.iter().all(|(known, _)| *known != name) {
                modules.push((name, step.module));
            }
        }
    }
    let names = names(&model)?;
    let module =
        |name: &str| modules.iter().find(|(known, _)| known == name).map_or("", |(_, module)| *module);
    names.iter().map(|name| table(&model, name, module(name), &names)).collect()
}

fn names(model: &Connection) -> Result<Vec<String>, Error> {
    let found = column(
        model,
        "select name from sqlite_master where type = 'table' and sql not like '%virtual%' order by rowid",
        "",
    )?;
    let is_own = |name: &String| {
        !name.starts_with("sqlite_") && !DERIVED.iter().any(|derived| name.starts_with(derived))
    };
    Ok(found.into_iter().filter(is_own).collect())
}

fn table(model: &Connection, name: &str, module: &'static str, all: &[String]) -> Result<Table, Error> {
    let (columns, key) = columns(model, name)?;
    let place = |name: &str| all.iter().position(|other| other == name);
    let comes_later = |column: &TableColumn| {
        column.references.as_ref().is_some_and(|(other, _)| place(other) >= place(name))
    };
    let links: Vec<_> =
        columns.iter().zip(0..).filter(|(column, _)| comes_later(column)).map(|(_, index)| index).collect();
    let refused = |why: &str| Error::Unavailable(format!("the table {name} cannot be copied: {why}"));
    if columns.iter().any(|column| comes_later(column) && !column.nullable) {
        return Err(refused("a row would have to name another before that is there"));
    }
    if !links.is_empty() && key.is_empty() {
        return Err(refused("it has no key"));
    }
    let list: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    let (list, marks) = (list.join(", "), (1..=columns.len()).map(|number| format!("?{number}")));
    let marks = marks.collect::<Vec<_>>().join(", ");
    Ok(Table {
        module,
        select: once(format!("table.read {name}"), format!("select {list} from {name}")),
        insert: once(format!("table.add {name}"), format!("insert into {name} ({list}) values ({marks})")),
        link: (!links.is_empty()).then(|| link(name, &columns, &links, &key)),
        unique: unique(model, name)?,
        name: name.to_owned(),
        links,
        columns,
        key,
    })
}

fn link(name: &str, columns: &[TableColumn], links: &[usize], key: &[String]) -> Sql {
    let mut number = 0;
    let mut equal = |column: &str| {
        number += 1;
        format!("{column} = ?{number}")
    };
    let links = links.iter().filter_map(|index| columns.get(*index)).map(|column| equal(&column.name));
    let set = links.collect::<Vec<_>>().join(", ");
    let key = key.iter().map(|column| equal(column)).collect::<Vec<_>>().join(" and ");
    once(format!("table.link {name}"), format!("update {name} set {set} where {key}"))
}

/// The columns, and the names of those in the primary key in its order.
fn columns(model: &Connection, table: &str) -> Result<(Vec<TableColumn>, Vec<String>), Error> {
    let mut statement = model
        .prepare("select \"from\", \"table\", coalesce(\"to\", \"from\") from pragma_foreign_key_list(?1)")
        .map_err(wrong)?;
    let references = statement.query_map([table], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
    let references: Vec<(String, (String, String))> =
        references.map_err(wrong)?.collect::<rusqlite::Result<_>>().map_err(wrong)?;
    let mut statement = model
        .prepare("select name, type, \"notnull\", pk from pragma_table_info(?1) order by cid")
        .map_err(wrong)?;
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    let mut rows = statement.query([table]).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        let (name, kind) = (row.get::<_, String>(0).map_err(wrong)?, row.get::<_, String>(1).map_err(wrong)?);
        let (is_set, pk): (bool, i64) = (row.get(2).map_err(wrong)?, row.get(3).map_err(wrong)?);
        let found = references.iter().find(|(from, _)| *from == name);
        if pk > 0 {
            key.push((pk, name.clone()));
        }
        columns.push(TableColumn {
            kind: kind_of(&kind).ok_or_else(|| Error::Unavailable(format!("{table}.{name} is a {kind}")))?,
            nullable: !is_set && pk == 0,
            references: found.map(|(_, to)| to.clone()),
            name,
        });
    }
    key.sort();
    Ok((columns, key.into_iter().map(|(_, name)| name).collect()))
}

fn kind_of(name: &str) -> Option<ColumnType> {
    match name.to_ascii_lowercase().as_str() {
        "integer" => Some(ColumnType::Integer),
        "text" => Some(ColumnType::Text),
        "real" => Some(ColumnType::Real),
        "blob" => Some(ColumnType::Blob),
        _ => None,
    }
}

/// What is unique beside the primary key, wherever it is.
fn unique(model: &Connection, table: &str) -> Result<Vec<Vec<String>>, Error> {
    let indexes = column(
        model,
        "select name from pragma_index_list(?1) where \"unique\" = 1 and origin <> 'pk' and partial = 0 order by name",
        table,
    )?;
    let columns = |index: &String| {
        column(model, "select coalesce(name, '') from pragma_index_info(?1) order by seqno", index)
    };
    indexes.iter().map(columns).collect()
}

fn column(model: &Connection, text: &str, about: &str) -> Result<Vec<String>, Error> {
    let mut statement = model.prepare(text).map_err(wrong)?;
    let about: &[&str] = if about.is_empty() { &[] } else { &[about] };
    let rows = statement.query_map(rusqlite::params_from_iter(about), |row| row.get(0)).map_err(wrong)?;
    rows.collect::<rusqlite::Result<_>>().map_err(wrong)
}

fn wrong(error: rusqlite::Error) -> Error {
    crate::tx::sqlite_error("table", error)
}

/// A statement made at run time. It is never freed: there are three for each table, in a command that ends.
fn once(name: String, text: String) -> Sql {
    Sql { name: name.leak(), text: text.leak() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: &[Migration] = &[
        Migration {
            module: "one",
            version: 1,
            sql: "create table parent (\n    id blob primary key,\n    name text not null unique,\n    size real\n);\ncreate table derived_sum (\n    id integer primary key\n);",
        },
        Migration {
            module: "two",
            version: 1,
            sql: "create table child (\n    parent blob not null references parent (id),\n    place integer not null,\n    next integer,\n    primary key (parent, place)\n);\nalter table parent add column best blob references parent (id);",
        },
    ];

    #[test]
    fn a_table_is_described_with_its_columns_keys_and_references() {
        let tables = tables(STEPS).unwrap();
        let [parent, child] = tables.as_slice() else { panic!("{tables:?}") };
        assert_eq!(
            (parent.module, parent.name.as_str(), parent.key.as_slice()),
            ("one", "parent", &["id".to_owned()][..])
        );
        let kinds: Vec<_> = parent
            .columns
            .iter()
            .map(|column| (column.name.as_str(), column.kind, column.nullable))
            .collect();
        assert_eq!(
            kinds,
            [
                ("id", ColumnType::Blob, false),
                ("name", ColumnType::Text, false),
                ("size", ColumnType::Real, true),
                ("best", ColumnType::Blob, true),
            ]
        );
        assert_eq!(parent.unique, [["name"]]);
        assert!(parent.has_links() && !child.has_links());
        assert_eq!((child.module, child.key.join(" ")), ("two", "parent place".to_owned()));
        let references = child.columns.first().and_then(|column| column.references.clone());
        assert_eq!(references, Some(("parent".to_owned(), "id".to_owned())));
    }
}

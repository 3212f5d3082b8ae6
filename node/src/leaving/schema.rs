//! What the tables hold, in a form that other programs read.

use base::{Problem, Result};
use serde::{Deserialize, Serialize};
use store::{ColumnType, Migration, Table};

use super::{rows, wrong};

/// Where it is.
pub(super) const PATH: &str = "schema.json";

/// The tables of an export and the steps that made them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schema {
    /// How values stand in the lines of a table.
    values: Values,
    /// The tables, parents before children.
    tables: Vec<Described>,
    /// The steps, in their order.
    steps: Vec<Step>,
}

/// How values stand in the lines of a table.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    integer: String,
    text: String,
    real: String,
    bytes: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    name: String,
    module: String,
    file: String,
    key: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unique: Vec<Vec<String>>,
    columns: Vec<Column>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    r#type: String,
    nullable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    references: Option<Reference>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    table: String,
    column: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    module: String,
    version: i64,
    checksum: String,
}

/// The name of a type.
pub(super) fn kind(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "integer",
        ColumnType::Text => "text",
        ColumnType::Real => "real",
        ColumnType::Blob => "bytes",
    }
}

impl Schema {
    /// That of the tables these steps make.
    #[must_use]
    pub(super) fn of(tables: &[Table], steps: &[Migration]) -> Self {
        let step = |step: &Migration| Step {
            module: step.module.to_owned(),
            version: step.version,
            checksum: step.checksum(),
        };
        Self {
            values: Values {
                integer: "a whole number of up to 64 bits with its sign; moments are microseconds since 1970-01-01T00:00:00Z, degrees are millionths, truth values are 0 and 1".into(),
                text: "a string".into(),
                real: "a number".into(),
                bytes: "a string of lower-case hex digits, two for each byte; the ids of 16 bytes are UUIDs (RFC 9562)".into(),
            },
            tables: tables.iter().map(described).collect(),
            steps: steps.iter().map(step).collect(),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        serde_json::from_slice(text).map_err(|error| wrong(PATH, error))
    }

    /// The steps of this program that made these tables; later ones are taken after the tables were filled.
    ///
    /// # Errors
    /// `export-newer` when a step is not known here, or is known in another wording.
    pub(super) fn steps(&self, known: &[Migration]) -> Result<Vec<Migration>> {
        for Step { module, version, checksum } in &self.steps {
            let found = known.iter().find(|step| step.module == module && step.version == *version);
            let why = match found {
                None => "is not known here",
                Some(step) if step.checksum() != *checksum => "is known here in another wording",
                Some(_) => continue,
            };
            let detail = format!("{PATH}: step {version} of {module} {why}");
            return Err(Problem::input("export-newer", detail).hint("take the newer program"));
        }
        let is_taken = |step: &&Migration| {
            self.steps.iter().any(|taken| taken.module == step.module && taken.version == step.version)
        };
        Ok(known.iter().filter(is_taken).copied().collect())
    }
}

fn described(table: &Table) -> Described {
    let columns = table.columns.iter().map(|column| Column {
        name: column.name.clone(),
        r#type: kind(column.kind).to_owned(),
        nullable: column.nullable,
        references: column.references.clone().map(|(table, column)| Reference { table, column }),
    });
    Described {
        name: table.name.clone(),
        module: table.module.to_owned(),
        file: rows::path(&table.name),
        key: table.key.clone(),
        unique: table.unique.clone(),
        columns: columns.collect(),
    }
}

use std::error::Error as StdError;

use base::{CaseId, EntryId, FormId, HandoverId, JobId, OfficeId, PersonId, Time, TrialId, WebhookId};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::Error;

/// A parameter of a statement, the same for both engines. Integers are 64 bits wide; times are microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// A floating point number.
    Real(f64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

/// What a column of a result holds; the same shapes as a parameter.
pub type Column<'a> = Value<'a>;

macro_rules! values {
    ($($from:ty => |$it:ident| $value:expr;)*) => {$(
        impl<'a> From<$from> for Value<'a> {
            fn from($it: $from) -> Self {
                $value
            }
        }
    )*};
}

values! {
    i64 => |it| Self::Int(it);
    i32 => |it| Self::Int(it.into());
    u32 => |it| Self::Int(it.into());
    bool => |it| Self::Int(it.into());
    f64 => |it| Self::Real(it);
    Time => |it| Self::Int(it.0);
    &'a str => |it| Self::Text(it);
    &'a String => |it| Self::Text(it);
    &'a [u8] => |it| Self::Blob(it);
    &'a Vec<u8> => |it| Self::Blob(it);
    &'a [u8; 32] => |it| Self::Blob(it);
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(it: Option<T>) -> Self {
        it.map_or(Value::Null, Into::into)
    }
}

/// Reads one column; implemented for everything a column may be.
pub trait FromColumn: Sized {
    /// What the column should hold, for the error message.
    const WHAT: &'static str;

    /// Reads it; `None` when it holds something else.
    fn from_column(column: Column<'_>) -> Option<Self>;
}

macro_rules! columns {
    ($($to:ty, $what:literal, |$it:ident| $read:expr;)*) => {$(
        impl FromColumn for $to {
            const WHAT: &'static str = $what;

            fn from_column($it: Column<'_>) -> Option<Self> {
                $read
            }
        }
    )*};
}

columns! {
    i64, "a number", |it| if let Value::Int(number) = it { Some(number) } else { None };
    i32, "a number", |it| i64::from_column(it)?.try_into().ok();
    u32, "a number", |it| i64::from_column(it)?.try_into().ok();
    bool, "a truth value", |it| Some(i64::from_column(it)? != 0);
    f64, "a number", |it| match it {
        Value::Real(number) => Some(number),
        _ => None,
    };
    Time, "a time", |it| i64::from_column(it).map(Time);
    String, "a text", |it| if let Value::Text(text) = it { Some(text.to_owned()) } else { None };
    Vec<u8>, "bytes", |it| if let Value::Blob(bytes) = it { Some(bytes.to_vec()) } else { None };
    [u8; 32], "32 bytes", |it| if let Value::Blob(bytes) = it { bytes.try_into().ok() } else { None };
}

impl<T: FromColumn> FromColumn for Option<T> {
    const WHAT: &'static str = T::WHAT;

    fn from_column(column: Column<'_>) -> Option<Self> {
        if column == Value::Null { Some(None) } else { T::from_column(column).map(Some) }
    }
}

macro_rules! ids {
    ($($id:ty),*) => {$(
        impl<'a> From<&'a $id> for Value<'a> {
            fn from(id: &'a $id) -> Self {
                Self::Blob(id.as_bytes())
            }
        }

        impl FromColumn for $id {
            const WHAT: &'static str = "an id of 16 bytes";

            fn from_column(column: Column<'_>) -> Option<Self> {
                if let Value::Blob(bytes) = column { Self::from_bytes(bytes) } else { None }
            }
        }
    )*};
}

ids!(CaseId, EntryId, FormId, HandoverId, JobId, OfficeId, PersonId, TrialId, WebhookId);

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(number),
            Self::Real(number) => ValueRef::Real(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *ty == Type::INT4 => i32::try_from(number)?.to_sql(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::Real(number) => number.to_sql_checked(ty, out),
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Blob(bytes) => bytes.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Value::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(Value::from),
            Type::FLOAT8 => f64::from_sql(ty, raw).map(Value::Real),
            Type::BYTEA => <&[u8]>::from_sql(ty, raw).map(Value::Blob),
            _ => <&str>::from_sql(ty, raw).map(Value::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Value::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::FLOAT8 | Type::BYTEA) || <&str as FromSql>::accepts(ty)
    }
}

/// One row of a result.
#[derive(Debug)]
pub struct Row<'a>(pub(crate) RowOf<'a>);

#[derive(Debug)]
pub(crate) enum RowOf<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a postgres::Row),
}

impl Row<'_> {
    /// Reads the column at `index`, counted from 0.
    ///
    /// # Errors
    /// [`Error::Column`] when the column holds something else.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, Error> {
        let column = self.column(index)?;
        T::from_column(column).ok_or(Error::Column(index, T::WHAT))
    }

    /// The column at `index`, whatever it holds.
    ///
    /// # Errors
    /// [`Error::Column`] when there is no such column.
    pub fn column(&self, index: usize) -> Result<Column<'_>, Error> {
        match self.0 {
            RowOf::Sqlite(row) => match row.get_ref(index).map_err(|_| Error::Column(index, "anything"))? {
                ValueRef::Null => Ok(Value::Null),
                ValueRef::Integer(number) => Ok(Value::Int(number)),
                ValueRef::Real(number) => Ok(Value::Real(number)),
                ValueRef::Text(text) => {
                    std::str::from_utf8(text).map(Value::Text).map_err(|_| Error::Column(index, "UTF-8"))
                }
                ValueRef::Blob(bytes) => Ok(Value::Blob(bytes)),
            },
            RowOf::Postgres(row) => row.try_get(index).map_err(|_| Error::Column(index, "a known type")),
        }
    }
}

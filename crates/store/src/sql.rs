/// A statement with a name: the name labels its metrics and errors, the text runs on both engines.
///
/// Parameters are written `?1`, `?2` …; the portable subset is described in `docs/store.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sql {
    /// `table.what`, unique in the program.
    pub name: &'static str,
    /// The portable text.
    pub text: &'static str,
}

impl Sql {
    /// The text with PostgreSQL's parameter marks.
    pub(crate) fn for_postgres(&self) -> String {
        self.text.replace('?', "$")
    }
}

/// Declares statements and a table `ALL` of them, which tests prepare on both engines.
///
/// ```
/// store::statements! {
///     /// Finds a person by id.
///     FIND = "person.find": "select name from person where id = ?1";
/// }
/// assert_eq!(ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $label:literal: $text:expr;)*) => {
        $($(#[$doc])* const $name: $crate::Sql = $crate::Sql { name: $label, text: $text };)*

        /// Every statement of this file.
        pub(crate) const ALL: &[$crate::Sql] = &[$($name),*];
    };
}

/// Builds the parameters of a statement: `params![&id, name.as_str(), 7_i64]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}

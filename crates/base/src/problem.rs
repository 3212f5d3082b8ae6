use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// What every fallible operation of this project returns unless it has a finer error of its own.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What sort of thing went wrong; the web layer maps it to a status code in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The input cannot be understood or breaks a rule.
    Input,
    /// Nobody is signed in, and somebody must be.
    Unauthenticated,
    /// Whoever asks may not.
    Denied,
    /// There is no such thing, or the asker may not know that there is.
    NotFound,
    /// It contradicts what is already there.
    Conflict,
    /// It was there and has been removed for good.
    Gone,
    /// The body is larger than allowed.
    TooLarge,
    /// The media type is not one we read.
    Unsupported,
    /// Too many attempts; try again later.
    TooMany,
    /// The node cannot do it just now.
    Busy,
    /// Another system did not answer as it should.
    Peer,
    /// A fault of ours.
    Internal,
}

/// One wrong field of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field's name as it was sent.
    pub field: Cow<'static, str>,
    /// The message key of the explanation.
    pub code: &'static str,
}

impl Fault {
    /// A wrong field and the message key of what is wrong with it.
    #[must_use]
    pub fn new(field: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        Self { field: field.into(), code }
    }
}

/// An error somebody can act on. Texts are looked up by `code` (message key `problem-<code>`); `detail` is the
/// English sentence for machines and logs and never holds personal data.
#[derive(Debug)]
pub struct Problem {
    /// What sort of thing went wrong.
    pub kind: Kind,
    /// Stable short name, for programs and for the message key.
    pub code: &'static str,
    /// One English sentence saying what is wrong and where.
    pub detail: String,
    /// What to do next, if there is something.
    pub hint: Option<String>,
    /// The wrong fields of an input, in the order of the form.
    pub faults: Vec<Fault>,
    /// After how many seconds trying again makes sense.
    pub retry_after: Option<u32>,
    /// The cause, for the log only.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $make:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $make(code: &'static str, detail: impl Into<String>) -> Self {
            Self::new(Kind::$kind, code, detail)
        }
    )*};
}

impl Problem {
    /// A problem of any kind.
    #[must_use]
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { kind, code, detail, hint: None, faults: Vec::new(), retry_after: None, source: None }
    }

    kinds! {
        /// The input cannot be understood or breaks a rule.
        input => Input;
        /// Whoever asks may not.
        denied => Denied;
        /// There is no such thing.
        not_found => NotFound;
        /// It contradicts what is already there.
        conflict => Conflict;
        /// The node cannot do it just now.
        busy => Busy;
        /// Another system did not answer as it should.
        peer => Peer;
        /// A fault of ours.
        internal => Internal;
    }

    /// An input with wrong fields.
    #[must_use]
    pub fn faults(faults: Vec<Fault>) -> Self {
        let names: Vec<_> = faults.iter().map(|fault| format!("{} ({})", fault.field, fault.code)).collect();
        let mut problem = Self::input("fields", format!("wrong fields: {}", names.join(", ")));
        problem.faults = faults;
        problem
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)?;
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

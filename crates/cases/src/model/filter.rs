use std::str::FromStr;

use access::Scope;
use base::{CaseId, OfficeId, PersonId, Problem, Time};

use super::{Case, State};

/// How far a case is, in the words of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Whatever state it is in.
    #[default]
    Any,
    /// Something is still to be done.
    Todo,
    /// It has ended.
    Ended,
    /// Exactly this state.
    In(State),
}

/// Whose cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignee {
    /// Everybody's and nobody's.
    #[default]
    Any,
    /// Nobody's.
    Nobody,
    /// This person's.
    Person(PersonId),
}

/// Which cases of the inbox are wanted. The default is none, because no scope is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// In these scopes, which do not overlap; none when there are none.
    pub scopes: Vec<Scope>,
    /// Of this office among them.
    pub office: Option<OfficeId>,
    /// Of this module.
    pub module: Option<String>,
    /// This far.
    pub stage: Stage,
    /// Given to whom.
    pub assignee: Assignee,
    /// Promised for before this moment.
    pub due_before: Option<Time>,
    /// Only what somebody must look at before the public may.
    pub review: bool,
    /// Those too that are followed up with another, or that another member has.
    pub with_merged: bool,
}

impl Inbox {
    /// The part of a scope that is wanted, if there is one.
    #[must_use]
    pub fn within(&self, scope: &Scope) -> Option<Scope> {
        fn both<T: PartialEq + Clone>(a: Option<&T>, b: Option<&T>) -> Option<Option<T>> {
            match (a, b) {
                (Some(a), Some(b)) if a != b => None,
                (a, b) => Some(a.or(b).cloned()),
            }
        }
        let office = both(scope.office.as_ref(), self.office.as_ref())?;
        Some(Scope { office, module: both(scope.module.as_ref(), self.module.as_ref())? })
    }

    /// Whether a case is wanted: what the statements ask of the database, for cases found in another way.
    #[must_use]
    pub fn wants(&self, case: &Case) -> bool {
        let permitted = self.scopes.iter().filter_map(|scope| self.within(scope)).any(|scope| {
            scope.office.is_none_or(|office| office == case.office)
                && scope.module.is_none_or(|module| module == case.module)
        });
        let stage = match self.stage {
            Stage::Any => true,
            Stage::Todo => !case.state.is_closed(),
            Stage::Ended => case.state.is_closed(),
            Stage::In(state) => state == case.state,
        };
        let assignee = match self.assignee {
            Assignee::Any => true,
            Assignee::Nobody => case.assignee.is_none(),
            Assignee::Person(person) => case.assignee == Some(person),
        };
        let due = self.due_before.is_none_or(|before| case.due.is_some_and(|due| due < before));
        permitted
            && stage
            && assignee
            && due
            && (!self.review || case.review)
            && (self.with_merged || case.merged_into.is_none() && !case.away)
    }
}

/// What the inbox is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When it began, which is the order of the numbers.
    Opened,
    /// When it is promised for; without a promise after all that have one.
    Due,
    /// When something last happened.
    #[default]
    Updated,
}

/// The order of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: SortBy::Updated, descending: true }
    }
}

/// What a case is sorted by.
pub type Key = i64;

/// A place in the order: behind the case with this key and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(pub Key, pub CaseId);

impl Sort {
    /// Every order, with its name in addresses; a minus is for descending.
    pub const ALL: [(&'static str, Self); 6] = [
        ("nummer", Self { by: SortBy::Opened, descending: false }),
        ("-nummer", Self { by: SortBy::Opened, descending: true }),
        ("frist", Self { by: SortBy::Due, descending: false }),
        ("-frist", Self { by: SortBy::Due, descending: true }),
        ("geaendert", Self { by: SortBy::Updated, descending: false }),
        ("-geaendert", Self { by: SortBy::Updated, descending: true }),
    ];

    /// The name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, sort)| *sort == self).map_or("", |(name, _)| name)
    }

    /// The same from the other end.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }

    /// Where a case stands in this order.
    #[must_use]
    pub fn place(self, case: &Case) -> Cursor {
        let key = match self.by {
            SortBy::Opened => case.opened.0,
            SortBy::Due => case.due.map_or(i64::MAX, |due| due.0),
            SortBy::Updated => case.updated.0,
        };
        Cursor(key, case.id)
    }

    /// Whether `case` comes after the place.
    #[must_use]
    pub fn is_after(self, case: &Case, cursor: Cursor) -> bool {
        let Cursor(key, id) = self.place(case);
        let order = (key, id).cmp(&(cursor.0, cursor.1));
        if self.descending { order.is_lt() } else { order.is_gt() }
    }

    /// Puts cases into this order.
    pub fn order(self, cases: &mut [Case]) {
        cases.sort_by_key(|case| {
            let Cursor(key, id) = self.place(case);
            (key, id)
        });
        if self.descending {
            cases.reverse();
        }
    }
}

impl FromStr for Sort {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("sort", format!("there is no order '{name}'"));
        Self::ALL.iter().find(|(own, _)| *own == name).map(|(_, sort)| *sort).ok_or_else(unknown)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0, self.1)
    }
}

impl FromStr for Cursor {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let wrong = || Problem::input("cursor", "the address names no page");
        let (key, id) = text.rsplit_once('-').ok_or_else(wrong)?;
        Ok(Self(key.parse().map_err(|_| wrong())?, id.parse().map_err(|_| wrong())?))
    }
}

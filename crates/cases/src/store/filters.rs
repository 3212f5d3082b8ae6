//! Filters of the inbox that a person keeps under a name.

use base::{FormId, PersonId, Problem, Result};
use store::{Tx, params, statements};

/// Filters one person can keep.
const MOST: usize = 20;
/// Characters of a name, at most.
const NAME: usize = 60;

/// A filter somebody kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its id: the form it was made with.
    pub id: FormId,
    /// How the person calls it.
    pub name: String,
    /// The query of the inbox's address.
    pub query: String,
    /// Whether the inbox opens with it.
    pub is_default: bool,
}

statements! {
    OF = "case_filter.of": "select id, name, query, is_default from case_filter where person = ?1 order by name";
    PUT = "case_filter.put":
        "insert into case_filter (id, person, name, query, is_default) values (?1, ?2, ?3, ?4, ?5)
         on conflict (person, name) do update set query = excluded.query, is_default = excluded.is_default";
    PLAIN = "case_filter.plain": "update case_filter set is_default = 0 where person = ?1";
    CHOOSE = "case_filter.choose": "update case_filter set is_default = 1 where person = ?1 and id = ?2";
    REMOVE = "case_filter.remove": "delete from case_filter where person = ?1 and id = ?2";
    FORGET = "case_filter.forget": "delete from case_filter where person = ?1";
}

/// What a person kept, by name.
///
/// # Errors
/// What the database says.
pub fn of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Filter>> {
    let rows = tx.all(&OF, params![&person], |row| {
        Ok(Filter { id: row.get(0)?, name: row.get(1)?, query: row.get(2)?, is_default: row.get(3)? })
    })?;
    Ok(rows)
}

/// Keeps a filter; one of the same name is replaced. There is at most one the inbox opens with.
///
/// # Errors
/// A fault in `name` when it is empty, too long, or one too many.
pub fn put(tx: &mut Tx<'_>, person: PersonId, filter: &Filter) -> Result<()> {
    let fault = |code| Err(Problem::faults(vec![base::Fault::new("name", code)]));
    let kept = of(tx, person)?;
    match filter.name.chars().count() {
        0 => return fault("field-missing"),
        length if length > NAME => return fault("filter-name-long"),
        _ if kept.len() >= MOST && kept.iter().all(|each| each.name != filter.name) => {
            return fault("filter-too-many");
        }
        _ => {}
    }
    if filter.is_default {
        tx.exec(&PLAIN, params![&person])?;
    }
    let (name, query) = (filter.name.as_str(), filter.query.as_str());
    tx.exec(&PUT, params![&filter.id, &person, name, query, filter.is_default])?;
    Ok(())
}

/// Opens the inbox with this filter from now on, or with none.
///
/// # Errors
/// What the database says.
pub fn set_default(tx: &mut Tx<'_>, person: PersonId, id: Option<FormId>) -> Result<()> {
    tx.exec(&PLAIN, params![&person])?;
    if let Some(id) = id {
        tx.exec(&CHOOSE, params![&person, &id])?;
    }
    Ok(())
}

/// Keeps a filter no longer.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut Tx<'_>, person: PersonId, id: FormId) -> Result<()> {
    tx.exec(&REMOVE, params![&person, &id])?;
    Ok(())
}

pub(super) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&FORGET, params![&person])?;
    Ok(())
}

//! Texts the office answers with again and again.

use base::{FormId, Result};
use store::{Error, Row, Tx, params, statements};

use crate::model::State;

/// An answer that is written once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id: the form it was made with.
    pub id: FormId,
    /// The module whose cases it is for.
    pub module: String,
    /// The kind of case in the module's own words; every kind when absent.
    pub category: Option<String>,
    /// The state the case gets with it; none in particular when absent.
    pub state: Option<State>,
    /// How the office calls it.
    pub name: String,
    /// The text.
    pub text: String,
}

statements! {
    PUT = "case_template.put":
        "insert into case_template (id, module, category, state, name, text) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (id) do update set module = excluded.module, category = excluded.category,
         state = excluded.state, name = excluded.name, text = excluded.text";
    REMOVE = "case_template.remove": "delete from case_template where id = ?1";
    OF = "case_template.of":
        "select id, module, category, state, name, text from case_template where module = ?1 order by name, id";
    BY_ID = "case_template.by_id":
        "select id, module, category, state, name, text from case_template where id = ?1";
}

/// Keeps a template; one of the same id is replaced.
///
/// # Errors
/// What the database says.
pub fn put(tx: &mut Tx<'_>, template: &Template) -> Result<()> {
    let params = params![
        &template.id,
        template.module.as_str(),
        template.category.as_deref(),
        template.state.map(State::name),
        template.name.as_str(),
        template.text.as_str()
    ];
    tx.exec(&PUT, params)?;
    Ok(())
}

/// Removes a template.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut Tx<'_>, id: FormId) -> Result<()> {
    tx.exec(&REMOVE, params![&id])?;
    Ok(())
}

/// Every template of a module, by name.
///
/// # Errors
/// What the database says.
pub fn of_module(tx: &mut Tx<'_>, module: &str) -> Result<Vec<Template>> {
    Ok(tx.all(&OF, params![module], template)?)
}

/// The template with this id.
///
/// # Errors
/// What the database says.
pub fn by_id(tx: &mut Tx<'_>, id: FormId) -> Result<Option<Template>> {
    Ok(tx.one(&BY_ID, params![&id], template)?)
}

fn template(row: &Row<'_>) -> Result<Template, Error> {
    let state: Option<String> = row.get(3)?;
    Ok(Template {
        id: row.get(0)?,
        module: row.get(1)?,
        category: row.get(2)?,
        state: state.and_then(|state| state.parse().ok()),
        name: row.get(4)?,
        text: row.get(5)?,
    })
}

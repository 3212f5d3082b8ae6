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
    /// The German text, with `{number}`, `{title}`, `{office}` and `{due}` where the case's own words go.
    pub text: String,
}

statements! {
    PUT = "case_template.put":
        "insert into case_template (id, module, category, state, name, text) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (id) do update set module = excluded.module, category = excluded.category,
         state = excluded.state, name = excluded.name, text = excluded.text";
    REMOVE = "case_template.remove": "delete from case_template where id = ?1";
    OF = "case_template.of":
        "select id, module, category, state, name, text from case_template
         where module = ?1 and (category is null or category = ?2 or ?3 = 1) order by name, id";
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
    Ok(tx.all(&OF, params![module, Option::<&str>::None, true], template)?)
}

/// The templates for a case of this kind, by name.
///
/// # Errors
/// What the database says.
pub fn fitting(tx: &mut Tx<'_>, module: &str, category: &str) -> Result<Vec<Template>> {
    Ok(tx.all(&OF, params![module, category, false], template)?)
}

/// The template with this id.
///
/// # Errors
/// What the database says.
pub fn by_id(tx: &mut Tx<'_>, id: FormId) -> Result<Option<Template>> {
    Ok(tx.one(&BY_ID, params![&id], template)?)
}

/// Puts words in the places that are named in braces. A name nobody knows stays as it is, so that a mistake is seen
/// before the answer is sent; what is put in is not looked at again.
#[must_use]
pub fn fill(text: &str, words: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, behind)| {
            words.iter().find(|(own, _)| *own == name).map(|(_, word)| (*word, behind))
        });
        match known {
            Some((word, behind)) => {
                filled.push_str(word);
                rest = behind;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

fn template(row: &Row<'_>) -> Result<Template, Error> {
    Ok(Template {
        id: row.get(0)?,
        module: row.get(1)?,
        category: row.get(2)?,
        state: super::old_state(row, 3)?,
        name: row.get(4)?,
        text: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_where_they_are_named_and_nowhere_else() {
        let words = [("number", "7-2026"), ("office", "{number}")];
        assert_eq!(fill("Ihr Anliegen {number}: {office}.", &words), "Ihr Anliegen 7-2026: {number}.");
        assert_eq!(fill("{nummer} {number", &words), "{nummer} {number");
        assert_eq!(fill("{{number}}", &words), "{7-2026}");
    }
}

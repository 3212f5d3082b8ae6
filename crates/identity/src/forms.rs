use base::{FormId, Result, Time};
use store::{Tx, params, statements};

statements! {
    DONE = "form.done": "select location from form_done where id = ?1";
    REMEMBER = "form.remember": "insert into form_done (id, location, at) values (?1, ?2, ?3)";
}

/// Where sending this form led the first time, if it was sent before. Sending a form twice is sending it once.
///
/// # Errors
/// What the database says.
pub fn form_done(tx: &mut Tx<'_>, form: FormId) -> Result<Option<String>> {
    Ok(tx.get(&DONE, params![&form])?)
}

/// Notes where sending this form led, in the transaction that did it.
///
/// # Errors
/// A conflict when it was sent before.
pub fn remember_form(tx: &mut Tx<'_>, form: FormId, location: &str, now: Time) -> Result<()> {
    tx.exec(&REMEMBER, params![&form, location, now])?;
    Ok(())
}

use ::store::{Tx, params, statements};
use base::Result;

statements! {
    ADD = "report.add_key": "insert into report_api_key (hash, name) values (?1, ?2)";
    FIND = "report.find_key": "select name from report_api_key where hash = ?1";
}

/// Lets a program report; only the key's hash is kept.
///
/// # Errors
/// A conflict when the key is there already.
pub fn add_api_key(tx: &mut Tx<'_>, key: &str, name: &str) -> Result<()> {
    tx.exec(&ADD, params![&identity::hash(key), name])?;
    Ok(())
}

/// The name of the program with this key.
pub(crate) fn api_key(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>> {
    Ok(tx.get(&FIND, params![&identity::hash(key)])?)
}

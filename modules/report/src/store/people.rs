use ::store::{FileHash, Tx, params, statements};
use base::{CaseId, PersonId, Result};

statements! {
    OF_OWNER = "report.of_owner":
        "select r.case_id, r.text, r.address, r.contact_name, r.contact_email
         from report r join case_file c on c.id = r.case_id where c.owner = ?1";
    ERASE = "report.erase":
        "update report set contact_name = null, contact_email = null
         where case_id in (select id from case_file where owner = ?1)";
}

/// What a person reported, with what they said of themselves.
pub(crate) fn export(tx: &mut Tx<'_>, owner: PersonId) -> Result<serde_json::Value> {
    let rows = tx.all(&OF_OWNER, params![&owner], |row| {
        let text = |index| row.get::<Option<String>>(index);
        Ok(serde_json::json!({
            "id": row.get::<CaseId>(0)?, "text": text(1)?, "address": text(2)?, "name": text(3)?, "email": text(4)?,
        }))
    })?;
    let email = identity::by_id(tx, owner)?.and_then(|account| account.email);
    let follows = email.map(|email| super::follow::of_email(tx, &email)).transpose()?;
    let follows = follows.unwrap_or_default().into_iter().map(|follow| {
        serde_json::json!({
            "question": follow.query, "rhythm": follow.rhythm.name(), "since": follow.created.rfc3339(),
        })
    });
    Ok(serde_json::json!({ "reports": rows, "follows": follows.collect::<Vec<_>>() }))
}

/// Removes what a person said of themselves from everything they reported.
pub(crate) fn erase(tx: &mut Tx<'_>, owner: PersonId) -> Result<Vec<FileHash>> {
    if let Some(email) = identity::by_id(tx, owner)?.and_then(|account| account.email) {
        super::follow::forget(tx, &email)?;
    }
    let ids = tx.all(&OF_OWNER, params![&owner], |row| row.get::<CaseId>(0))?;
    tx.exec(&ERASE, params![&owner])?;
    for id in ids {
        super::staff::forget_changes(tx, id)?;
        super::index(tx, id)?;
    }
    Ok(Vec::new())
}

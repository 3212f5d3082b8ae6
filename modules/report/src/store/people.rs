//! What is kept about people, to be handed out and to be erased.

use ::store::{FileHash, Tx, jobs, params, statements};
use base::{CaseId, PersonId, Result};
use web::mail;

use super::{Follower, drafts, followers, support};
use crate::model::title;

statements! {
    OF_OWNER = "report.of_owner":
        "select r.case_id, r.text, r.address, r.contact_name, r.contact_email
         from report r join case_file c on c.id = r.case_id where c.owner = ?1";
    OF_EMAIL = "report.of_email": "select case_id from report where contact_email = ?1";
    FORGET_CONTACT = "report.forget_contact":
        "update report set contact_name = null, contact_email = null, client_id = null where case_id = ?1";
    FORGET_EMAIL = "report.forget_email": "update report set contact_email = null where case_id = ?1";
    FORGET_WORDS = "report.forget_words":
        "update report set text = '', address = case when lat is null then address else '' end where case_id = ?1";
    FORGET_ANSWERS = "report.forget_answers":
        "delete from report_answer where case_id = ?1 and question in
         (select q.code from report_question q join report r on r.category = q.category
          where r.case_id = ?1 and q.datatype in ('string', 'text'))";
    FORGET_PHOTOS = "report.forget_photos": "delete from file_use where case_id = ?1 returning hash";
    NAMED = "report.named":
        "select k.name, r.address from report r join report_category k on k.code = r.category where r.case_id = ?1";
}

/// What a person reported and follows, with what they said of themselves.
pub(crate) fn export(tx: &mut Tx<'_>, owner: PersonId) -> Result<serde_json::Value> {
    let rows = tx.all(&OF_OWNER, params![&owner], |row| {
        let text = |index| row.get::<Option<String>>(index);
        Ok(serde_json::json!({
            "id": row.get::<CaseId>(0)?, "text": text(1)?, "address": text(2)?, "name": text(3)?, "email": text(4)?,
        }))
    })?;
    let email = identity::by_id(tx, owner)?.and_then(|account| account.email).unwrap_or_default();
    let followed = followers::followed_by(tx, &email)?;
    let followed: Vec<_> = followed.iter().map(|follower| follower.case_id.to_string()).collect();
    let follows = super::follow::of_email(tx, &email)?.into_iter().map(|follow| {
        serde_json::json!({
            "question": follow.query, "rhythm": follow.rhythm.name(), "since": follow.created.rfc3339(),
        })
    });
    Ok(serde_json::json!({
        "reports": rows, "followed": followed, "follows": follows.collect::<Vec<_>>(),
    }))
}

/// Removes what a person said of themselves from everything they reported: under their account, and under the e-mail
/// address that is theirs. Gives the files nobody needs any more.
pub(crate) fn erase(tx: &mut Tx<'_>, owner: PersonId) -> Result<Vec<FileHash>> {
    let email = identity::by_id(tx, owner)?.and_then(|account| account.email);
    let mut ids = tx.all(&OF_OWNER, params![&owner], |row| row.get::<CaseId>(0))?;
    if let Some(email) = &email {
        ids.extend(tx.all(&OF_EMAIL, params![email], |row| row.get::<CaseId>(0))?);
        followers::drop_followers_at(tx, email)?;
        super::follow::forget(tx, email)?;
    }
    for id in ids {
        erase_case(tx, id, false)?;
    }
    support::forget_supporter(tx, owner)?;
    drafts::drop_drafts_of(tx, Some(owner), email.as_deref())
}

/// Removes from one report what tells who sent it; with `words`, its texts and photos too. What happened to it, and
/// when and where, stays for the statistics. Gives the files nobody needs any more.
pub(crate) fn erase_case(tx: &mut Tx<'_>, id: CaseId, words: bool) -> Result<Vec<FileHash>> {
    if let (_, Some(email)) = super::contact(tx, id)? {
        jobs::erase(tx, mail::JOB, &email.to_lowercase())?;
    }
    followers::drop_reporter(tx, id)?;
    tx.exec(&FORGET_CONTACT, params![&id])?;
    cases::erase_author(tx, id)?;
    super::staff::forget_changes(tx, id)?;
    let mut files = Vec::new();
    if words {
        tx.exec(&FORGET_WORDS, params![&id])?;
        tx.exec(&FORGET_ANSWERS, params![&id])?;
        let photos = tx.all(&FORGET_PHOTOS, params![&id], |row| row.get(0).map(FileHash))?;
        files = drafts::free(tx, photos)?;
        let named = tx.one(&NAMED, params![&id], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
        if let Some((category, address)) = named {
            cases::retitle(tx, id, &title(&category, &address))?;
        }
    }
    super::index(tx, id)?;
    Ok(files)
}

/// Removes what is left of somebody who gets no mail about a report any more: the address in the report, when they
/// sent it, and in mail that waits, when nobody else writes there.
pub(crate) fn forget_follower(tx: &mut Tx<'_>, gone: &Follower) -> Result<()> {
    if followers::followed_by(tx, &gone.email)?.is_empty()
        && super::follow::of_email(tx, &gone.email)?.is_empty()
    {
        jobs::erase(tx, mail::JOB, &gone.email)?;
    }
    if gone.reporter {
        tx.exec(&FORGET_EMAIL, params![&gone.case_id])?;
        super::index(tx, gone.case_id)?;
    }
    Ok(())
}

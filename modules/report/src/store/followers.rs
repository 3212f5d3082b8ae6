//! Who gets mail about a report. An address counts only after the link in the first mail was clicked.

use ::store::{Tx, params, statements};
use base::{CaseId, Lang, Result, Time};

statements! {
    ADD = "report.follower.add":
        "insert into report_follower (hash, case_id, email, reporter, lang, created) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (hash) do nothing";
    FIND = "report.follower":
        "select case_id, email, reporter, lang, confirmed from report_follower where hash = ?1";
    CONFIRM = "report.follower.confirm":
        "update report_follower set confirmed = ?2 where hash = ?1 and confirmed is null";
    DROP = "report.follower.drop": "delete from report_follower where hash = ?1";
    CONFIRMED = "report.follower.confirmed":
        "select case_id, email, reporter, lang, confirmed from report_follower
         where case_id = ?1 and confirmed is not null";
    REPORTER = "report.follower.reporter":
        "select case_id, email, reporter, lang, confirmed from report_follower where case_id = ?1 and reporter = 1";
    DROP_REPORTER = "report.follower.drop_reporter":
        "delete from report_follower where case_id = ?1 and reporter = 1";
    DROP_EMAIL = "report.follower.drop_email": "delete from report_follower where email = ?1";
    OF_EMAIL = "report.follower.of_email":
        "select case_id, email, reporter, lang, confirmed from report_follower where email = ?1";
    WAITING = "report.follower.waiting":
        "delete from report_follower where hash in
         (select hash from report_follower where confirmed is null and created <= ?1 limit 200)
         returning case_id, email, reporter, lang, confirmed";
}

/// Somebody who gets mail about a report, or will when they confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Follower {
    pub(crate) case_id: CaseId,
    pub(crate) email: String,
    /// Whether they sent the report.
    pub(crate) reporter: bool,
    pub(crate) lang: Lang,
    pub(crate) confirmed: bool,
}

/// Keeps an address that has not been confirmed; one that is there already stays as it is.
pub(crate) fn add_follower(tx: &mut Tx<'_>, hash: &[u8; 32], follower: &Follower, now: Time) -> Result<()> {
    let (email, lang) = (follower.email.as_str(), follower.lang.tag());
    tx.exec(&ADD, params![hash, &follower.case_id, email, follower.reporter, lang, now])?;
    Ok(())
}

/// Whoever has this secret.
pub(crate) fn follower(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<Option<Follower>> {
    Ok(tx.one(&FIND, params![hash], read)?)
}

/// Counts an address from now on.
pub(crate) fn confirm_follower(tx: &mut Tx<'_>, hash: &[u8; 32], now: Time) -> Result<()> {
    tx.exec(&CONFIRM, params![hash, now])?;
    Ok(())
}

/// Removes an address.
pub(crate) fn drop_follower(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<()> {
    tx.exec(&DROP, params![hash])?;
    Ok(())
}

/// Everybody who gets mail about a report.
pub(crate) fn followers(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Follower>> {
    Ok(tx.all(&CONFIRMED, params![&case], read)?)
}

/// The address of whoever sent a report, if one was given and is still kept.
pub(crate) fn reporter(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Follower>> {
    Ok(tx.one(&REPORTER, params![&case], read)?)
}

/// Every report an address follows.
pub(crate) fn followed_by(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Follower>> {
    Ok(tx.all(&OF_EMAIL, params![email], read)?)
}

/// Removes whoever sent a report from those who get mail about it.
pub(crate) fn drop_reporter(tx: &mut Tx<'_>, case: CaseId) -> Result<()> {
    tx.exec(&DROP_REPORTER, params![&case])?;
    Ok(())
}

/// Removes an address everywhere.
pub(crate) fn drop_followers_at(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    tx.exec(&DROP_EMAIL, params![email])?;
    Ok(())
}

/// Removes addresses that were left before `before` and never confirmed, two hundred at most, and gives them.
pub(crate) fn drop_unconfirmed(tx: &mut Tx<'_>, before: Time) -> Result<Vec<Follower>> {
    Ok(tx.all(&WAITING, params![before], read)?)
}

fn read(row: &::store::Row<'_>) -> Result<Follower, ::store::Error> {
    Ok(Follower {
        case_id: row.get(0)?,
        email: row.get(1)?,
        reporter: row.get(2)?,
        lang: Lang::from_tag(&row.get::<String>(3)?).unwrap_or_default(),
        confirmed: row.get::<Option<Time>>(4)?.is_some(),
    })
}

//! Who follows what by mail, and what they have not been told yet.

use ::store::{Error, Row, Tx, jobs, params, statements};
use base::{CaseId, Kind, Problem, Result, Time};
use web::mail;

use crate::follow::Rhythm;

/// Questions one address may follow, at most.
const PER_EMAIL: i64 = 20;

/// Somebody who follows a question by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Follow {
    /// Stands in the links of their mails. It opens nothing but this subscription, so it is kept as it is: every mail
    /// needs it again.
    pub(crate) secret: String,
    pub(crate) email: String,
    /// The tag of their language.
    pub(crate) lang: String,
    /// The question, as a query.
    pub(crate) query: String,
    pub(crate) rhythm: Rhythm,
    /// Whether they want to know of changes too, not of new reports alone.
    pub(crate) changes: bool,
    pub(crate) created: Time,
    /// When they confirmed the address; nothing is sent before.
    pub(crate) confirmed: Option<Time>,
    /// When they last got a mail.
    pub(crate) sent: Option<Time>,
}

macro_rules! follows {
    ($tail:literal) => {
        concat!(
            "select secret, email, lang, query, rhythm, changes, created, confirmed, sent from report_follow ",
            $tail
        )
    };
}

statements! {
    ADD = "report.add_follow":
        "insert into report_follow (secret, email, lang, query, rhythm, changes, created)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    COUNT = "report.count_follows": "select count(*) from report_follow where email = ?1";
    FIND = "report.find_follow": follows!("where secret = ?1");
    OF_EMAIL = "report.follows_of": follows!("where email = ?1 order by created, secret");
    CONFIRMED = "report.confirmed_follows": follows!("where confirmed is not null order by secret");
    ANY = "report.any_follow": "select 1 from report_follow where confirmed is not null limit 1";
    DUE = "report.due_follows": follows!("where due <= ?1 order by due, secret limit ?2");
    CONFIRM = "report.confirm_follow":
        "update report_follow set confirmed = coalesce(confirmed, ?2) where secret = ?1";
    SET_RHYTHM = "report.set_rhythm": "update report_follow set rhythm = ?2, due = ?3 where secret = ?1";
    SET_DUE = "report.set_follow_due":
        "update report_follow set due = ?2 where secret = ?1 and due is null";
    SENT = "report.follow_sent": "update report_follow set sent = ?2, due = null where secret = ?1";
    REMOVE = "report.remove_follow": "delete from report_follow where secret = ?1";
    FORGET = "report.forget_follows": "delete from report_follow where email = ?1";
    SWEEP = "report.sweep_follows": "delete from report_follow where confirmed is null and created < ?1";
    ADD_NEWS = "report.add_news":
        "insert into report_follow_news (secret, case_id, at, what) values (?1, ?2, ?3, ?4)
         on conflict (secret, case_id) do update set at = excluded.at";
    NEWS = "report.news":
        "select case_id, what from report_follow_news where secret = ?1 order by at, case_id";
    DROP_NEWS = "report.drop_news": "delete from report_follow_news where secret = ?1";
}

/// Writes a subscription down; it waits until the address is confirmed.
///
/// # Errors
/// `too-many` when the address follows too much already.
pub(crate) fn add(tx: &mut Tx<'_>, follow: &Follow) -> Result<()> {
    if tx.get::<i64>(&COUNT, params![&follow.email])?.unwrap_or(0) >= PER_EMAIL {
        return Err(Problem::new(Kind::TooMany, "report-follows-many", "the address follows too much"));
    }
    let (rhythm, changes) = (follow.rhythm.name(), follow.changes);
    let Follow { secret, email, lang, query, .. } = follow;
    tx.exec(&ADD, params![secret, email, lang, query, rhythm, changes, follow.created])?;
    Ok(())
}

/// The subscription with this secret.
pub(crate) fn find(tx: &mut Tx<'_>, secret: &str) -> Result<Option<Follow>> {
    Ok(tx.one(&FIND, params![secret], follow)?)
}

/// What an address follows.
pub(crate) fn of_email(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Follow>> {
    Ok(tx.all(&OF_EMAIL, params![&email.to_lowercase()], follow)?)
}

/// Everybody who has confirmed.
pub(crate) fn confirmed(tx: &mut Tx<'_>) -> Result<Vec<Follow>> {
    Ok(tx.all(&CONFIRMED, &[], follow)?)
}

/// Whether anybody follows anything.
pub(crate) fn has_any(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.get::<i64>(&ANY, &[])?.is_some())
}

/// Those whose mail is due.
pub(crate) fn due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<Follow>> {
    Ok(tx.all(&DUE, params![now, limit], follow)?)
}

/// The address is theirs, and they want it.
pub(crate) fn confirm(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<()> {
    tx.exec(&CONFIRM, params![secret, now])?;
    Ok(())
}

/// How often from now on; `due` is when what waits already goes.
pub(crate) fn set_rhythm(tx: &mut Tx<'_>, secret: &str, rhythm: Rhythm, due: Option<Time>) -> Result<()> {
    tx.exec(&SET_RHYTHM, params![secret, rhythm.name(), due])?;
    Ok(())
}

/// Ends a subscription and erases its address.
pub(crate) fn remove(tx: &mut Tx<'_>, secret: &str) -> Result<()> {
    tx.exec(&REMOVE, params![secret])?;
    Ok(())
}

/// Ends everything an address follows and erases it here and from mails that wait; for whoever asks for erasure
/// (Art. 17 DSGVO).
pub(crate) fn forget(tx: &mut Tx<'_>, email: &str) -> Result<()> {
    let email = email.to_lowercase();
    tx.exec(&FORGET, params![&email])?;
    jobs::erase(tx, mail::JOB, &email)?;
    Ok(())
}

/// Erases what nobody confirmed.
pub(crate) fn sweep(tx: &mut Tx<'_>, before: Time) -> Result<()> {
    tx.exec(&SWEEP, params![before])?;
    Ok(())
}

/// Notes something to be told, and when the mail goes unless one is due already.
pub(crate) fn add_news(
    tx: &mut Tx<'_>,
    secret: &str,
    case: CaseId,
    what: &str,
    (now, due): (Time, Time),
) -> Result<()> {
    tx.exec(&ADD_NEWS, params![secret, &case, now, what])?;
    tx.exec(&SET_DUE, params![secret, due])?;
    Ok(())
}

/// What is to be told: cases and what happened.
pub(crate) fn news(tx: &mut Tx<'_>, secret: &str) -> Result<Vec<(CaseId, String)>> {
    Ok(tx.all(&NEWS, params![secret], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Everything that waited has been told.
pub(crate) fn sent(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<()> {
    tx.exec(&DROP_NEWS, params![secret])?;
    tx.exec(&SENT, params![secret, now])?;
    Ok(())
}

fn follow(row: &Row<'_>) -> Result<Follow, Error> {
    Ok(Follow {
        secret: row.get(0)?,
        email: row.get(1)?,
        lang: row.get(2)?,
        query: row.get(3)?,
        rhythm: super::named(row, 4, "a rhythm")?,
        changes: row.get(5)?,
        created: row.get(6)?,
        confirmed: row.get(7)?,
        sent: row.get(8)?,
    })
}

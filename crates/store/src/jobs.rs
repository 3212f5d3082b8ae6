//! Durable work with retries. A job is enqueued in the transaction that makes it necessary, so there is never work
//! without a reason nor a reason without its work.

use base::{Clock, Entropy, JobId, Time};

use crate::{Error, Tx, params, statements};

/// Attempts before a job is set aside for a person to look at.
pub const ATTEMPTS: u32 = 12;

/// A job that has been claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What sort of work, such as `mail`.
    pub kind: String,
    /// What the work needs, as JSON.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempt: u32,
}

statements! {
    ENQUEUE = "job.enqueue": "insert into job (id, kind, subject, payload, run_at) values (?1, ?2, ?3, ?4, ?5)";
    ENQUEUE_ONCE = "job.enqueue_once":
        "insert into job (id, kind, payload, run_at) values (?1, ?2, ?3, ?4) on conflict (id) do nothing";
    ENQUEUE_SOON = "job.enqueue_soon":
        "insert into job (id, kind, subject, payload, run_at) select ?1, ?2, ?3, ?3, ?4 where not exists
         (select 1 from job where subject = ?3 and kind = ?2 and attempts = 0)";
    CLAIM = "job.claim":
        "update job set locked_until = ?2, attempts = attempts + 1
         where id = (select id from job where run_at <= ?1 and locked_until <= ?1 order by run_at, id limit 1)
         returning id, kind, payload, attempts";
    DONE = "job.done": "delete from job where id = ?1";
    FAILED = "job.failed": "update job set run_at = ?2, locked_until = 0, last_error = ?3 where id = ?1";
    WAITING = "job.waiting": "select count(*), min(run_at) from job where run_at < ?1";
    SET_ASIDE = "job.set_aside": "select count(*) from job where run_at = ?1";
    BRING_FORWARD = "job.bring_forward":
        "update job set run_at = ?1, locked_until = 0 where run_at < ?3 and (run_at > ?2 or locked_until > ?2)";
    ERASE = "job.erase": "delete from job where subject = ?2 and kind = ?1";
}

/// Adds a job to be done at `run_at` or soon after.
///
/// # Errors
/// What the database says.
pub fn enqueue(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    kind: &str,
    payload: &str,
    run_at: Time,
) -> Result<JobId, Error> {
    add(tx, (clock, entropy), (kind, None), payload, run_at)
}

/// As [`enqueue`], for work that concerns somebody: `subject` is the e-mail address or whatever else tells who, and
/// [`erase`] finds the job by it.
///
/// # Errors
/// What the database says.
pub fn enqueue_about(
    tx: &mut Tx<'_>,
    at: (&Clock, &Entropy),
    (kind, subject): (&str, &str),
    payload: &str,
    run_at: Time,
) -> Result<JobId, Error> {
    add(tx, at, (kind, Some(subject)), payload, run_at)
}

fn add(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    (kind, subject): (&str, Option<&str>),
    payload: &str,
    run_at: Time,
) -> Result<JobId, Error> {
    let id = JobId::new(clock, entropy);
    tx.exec(&ENQUEUE, params![&id, kind, subject, payload, run_at])?;
    Ok(id)
}

/// Adds a job whose id says what it is about: adding it again while it waits changes nothing.
///
/// # Errors
/// What the database says.
pub fn enqueue_once(
    tx: &mut Tx<'_>,
    id: JobId,
    kind: &str,
    payload: &str,
    run_at: Time,
) -> Result<(), Error> {
    tx.exec(&ENQUEUE_ONCE, params![&id, kind, payload, run_at]).map(drop)
}

/// Adds a job that does whatever there is to do about `subject`, which is its payload too: one that nobody has claimed yet
/// does for this one as well.
///
/// # Errors
/// What the database says.
pub fn enqueue_soon(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    kind: &str,
    subject: &str,
) -> Result<(), Error> {
    tx.exec(&ENQUEUE_SOON, params![&JobId::new(clock, entropy), kind, subject, clock.now()]).map(drop)
}

/// Takes the next job that is due and keeps others from it for `seconds`.
///
/// # Errors
/// What the database says.
pub fn claim(tx: &mut Tx<'_>, now: Time, seconds: i64) -> Result<Option<Job>, Error> {
    tx.one(&CLAIM, params![now, now.plus_seconds(seconds)], |row| {
        Ok(Job { id: row.get(0)?, kind: row.get(1)?, payload: row.get(2)?, attempt: row.get(3)? })
    })
}

/// Removes a job that is done.
///
/// # Errors
/// What the database says.
pub fn done(tx: &mut Tx<'_>, id: JobId) -> Result<(), Error> {
    tx.exec(&DONE, params![&id]).map(drop)
}

/// Puts a failed job back: after 2, 4, 8 … seconds, at most an hour, and set aside for good after [`ATTEMPTS`].
///
/// # Errors
/// What the database says.
pub fn failed(tx: &mut Tx<'_>, job: &Job, now: Time, why: &str) -> Result<(), Error> {
    let again = match job.attempt {
        attempt if attempt >= ATTEMPTS => NEVER,
        attempt => now.plus_seconds(2_i64.saturating_pow(attempt).min(LONGEST)),
    };
    tx.exec(&FAILED, params![&job.id, again, why]).map(drop)
}

/// Removes the jobs of a kind that concern `subject`; used when a person's data is erased.
///
/// # Errors
/// What the database says.
pub fn erase(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<u64, Error> {
    tx.exec(&ERASE, params![kind, subject])
}

/// Makes those due that wait longer than anything is put off: a clock that was wrong said when. How many there were.
///
/// # Errors
/// What the database says.
pub fn bring_forward(tx: &mut Tx<'_>, now: Time) -> Result<u64, Error> {
    tx.exec(&BRING_FORWARD, params![now, now.plus_seconds(2 * LONGEST), NEVER])
}

/// How many jobs wait, since when the first is due, and how many were set aside.
///
/// # Errors
/// What the database says.
pub fn figures(tx: &mut Tx<'_>) -> Result<(i64, Option<Time>, i64), Error> {
    let (waiting, first) =
        tx.one(&WAITING, params![NEVER], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or((0, None));
    Ok((waiting, first, tx.get(&SET_ASIDE, params![NEVER])?.unwrap_or(0)))
}

const NEVER: Time = Time(i64::MAX);
/// Seconds for which a job is put off, at most.
const LONGEST: i64 = 3600;

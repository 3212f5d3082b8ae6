use base::{Kind, Problem, Result, Time};
use store::{Tx, params, statements};

use crate::hash;

/// How often something may happen in a while.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is counted; part of the key.
    pub what: &'static str,
    /// How often.
    pub times: i64,
    /// In how many seconds.
    pub seconds: i64,
}

statements! {
    HIT = "throttle.hit":
        "insert into throttle (key, count, ends) values (?1, 1, ?3)
         on conflict (key) do update set
         count = case when throttle.ends <= ?2 then 1 else throttle.count + 1 end,
         ends = case when throttle.ends <= ?2 then excluded.ends else throttle.ends end
         returning count, ends";
    PEEK = "throttle.peek": "select count, ends from throttle where key = ?1 and ends > ?2";
    CLEAR = "throttle.clear": "delete from throttle where key = ?1";
}

/// Counts one more for `who` (an address or a name; only its hash is stored).
///
/// # Errors
/// `too-many` with the time to wait when it was too often.
pub fn hit(tx: &mut Tx<'_>, limit: Limit, who: &str, now: Time) -> Result<()> {
    let ends = now.plus_seconds(limit.seconds);
    let row = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<Time>(1)?));
    let counted = tx.one(&HIT, params![&key(limit, who), now, ends], row)?;
    check(limit, counted, now)
}

/// Whether `who` has used up the limit, without counting.
///
/// # Errors
/// `too-many` with the time to wait.
pub fn peek(tx: &mut Tx<'_>, limit: Limit, who: &str, now: Time) -> Result<()> {
    let row = |row: &store::Row<'_>| Ok((row.get::<i64>(0)? + 1, row.get::<Time>(1)?));
    let counted = tx.one(&PEEK, params![&key(limit, who), now], row)?;
    check(limit, counted, now)
}

/// Forgets what was counted, as after a successful login.
///
/// # Errors
/// What the database says.
pub fn clear(tx: &mut Tx<'_>, limit: Limit, who: &str) -> Result<()> {
    tx.exec(&CLEAR, params![&key(limit, who)])?;
    Ok(())
}

fn check(limit: Limit, counted: Option<(i64, Time)>, now: Time) -> Result<()> {
    match counted {
        Some((count, ends)) if count > limit.times => {
            let wait = u32::try_from(ends.seconds() - now.seconds()).unwrap_or(1).max(1);
            Err(Problem::new(Kind::TooMany, "too-many", format!("too many attempts: {}", limit.what))
                .retry_after(wait))
        }
        _ => Ok(()),
    }
}

fn key(limit: Limit, who: &str) -> [u8; 32] {
    hash(&format!("{}\0{}", limit.what, who.trim().to_lowercase()))
}

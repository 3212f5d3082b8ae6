use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base::{Kind, Problem, Result, Time};

/// Askers that are remembered, at most; above it those whose time is over are forgotten.
const REMEMBERED: usize = 10_000;

/// How often each program or network address asked of late. In memory and for one process: a read should not wait for
/// a disk, and a limit that forgets at a restart still holds off a script.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<HashMap<String, (Time, u32)>>);

impl Limits {
    /// Counts one more for `who`, who may ask `times` in so many seconds.
    ///
    /// # Errors
    /// `too-many` with the time to wait.
    pub(crate) fn count(&self, who: &str, times: u32, seconds: i64, now: Time) -> Result<()> {
        let mut askers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if askers.len() >= REMEMBERED && !askers.contains_key(who) {
            askers.retain(|_, (ends, _)| *ends > now);
        }
        let (ends, count) = askers.entry(who.to_owned()).or_insert((now.plus_seconds(seconds), 0));
        if *ends <= now {
            (*ends, *count) = (now.plus_seconds(seconds), 0);
        }
        if *count >= times {
            let wait = u32::try_from(ends.seconds() - now.seconds()).unwrap_or(1).max(1);
            let detail = format!("at most {times} requests in {seconds} seconds");
            return Err(Problem::new(Kind::TooMany, "too-many", detail).retry_after(wait));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_waits_until_its_minute_is_over_and_nobody_else_does() {
        let limits = Limits::default();
        for _ in 0..3 {
            limits.count("a", 3, 60, Time(0)).unwrap();
        }
        let problem = limits.count("a", 3, 60, Time(20_000_000)).unwrap_err();
        assert_eq!((problem.kind, problem.retry_after), (Kind::TooMany, Some(40)));
        limits.count("b", 3, 60, Time(20_000_000)).unwrap();
        limits.count("a", 3, 60, Time(60_000_000)).unwrap();
    }

    #[test]
    fn a_flood_of_addresses_is_forgotten() {
        let limits = Limits::default();
        for number in 0..30_000_i64 {
            limits.count(&number.to_string(), 1, 60, Time(number * 100_000)).unwrap();
        }
        assert!(limits.0.lock().unwrap().len() <= REMEMBERED);
    }
}

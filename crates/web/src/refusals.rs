//! What was refused to other members and to whoever spoke in their name, since the process began: for the people who
//! look at that member and for whoever watches the process. A restart forgets it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base::{Kind, Problem, Time};

use crate::context::Ctx;
use crate::failure::Handled;
use crate::member::Member;
use crate::peer::Caller;

/// Characters of a reason that are kept; what somebody sent may be part of it.
const LONGEST: usize = 300;

/// What was refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The code of the problem.
    pub code: &'static str,
    /// How often.
    pub times: i64,
    /// When for the last time.
    pub last: Time,
    /// What the last one was told.
    pub why: String,
}

/// By the host of the member that asked, or in whose name somebody did; by an empty one for everybody else. Both are
/// bounded: only members that are known have a name here, and codes are the program's own.
#[derive(Debug, Default)]
struct Table(Mutex<BTreeMap<(String, &'static str), Refused>>);

impl Table {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, &'static str), Refused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Member {
    /// Notes that something was refused to a member that is known by this host, or to a stranger with `None`.
    pub(crate) fn note_refusal(&self, host: Option<String>, problem: &Problem) {
        if matches!(problem.kind, Kind::Internal | Kind::Busy | Kind::Peer) {
            return;
        }
        let (table, now, host) = (self.memory::<Table>(), self.clock.now(), host.unwrap_or_default());
        let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let why: String = format!("{}{hint}", problem.detail).chars().take(LONGEST).collect();
        let is_first = {
            let mut table = table.lock();
            let fresh = || Refused { code: problem.code, times: 0, last: now, why: String::new() };
            let refused = table.entry((host.clone(), problem.code)).or_insert_with(fresh);
            (refused.times, refused.last) = (refused.times.saturating_add(1), now);
            refused.why.clone_from(&why);
            refused.times == 1
        };
        if is_first {
            // Whoever repeats it fills no log; how often it was stands in the figures.
            let (member, code) = (self.slug.as_str(), problem.code);
            tracing::warn!(member, peer = host, code, why, "a request in the name of a member was refused");
        }
    }

    /// What was refused to a member, or to somebody in its name, since the process began.
    #[must_use]
    pub fn refused(&self, host: &str) -> Vec<Refused> {
        let table = self.memory::<Table>();
        let found = table.lock();
        found.iter().filter(|((own, _), _)| own == host).map(|(_, refused)| refused.clone()).collect()
    }

    /// The same of everybody: host, code and how often.
    pub(crate) fn all_refused(&self) -> Vec<(String, &'static str, i64)> {
        let table = self.memory::<Table>();
        let found = table.lock();
        found.iter().map(|((host, code), refused)| (host.clone(), *code, refused.times)).collect()
    }
}

impl Ctx {
    /// Passes an answer to another member on, and notes it when it is a refusal.
    ///
    /// # Errors
    /// What was refused.
    pub fn answering(&self, caller: &Caller, answer: Handled) -> Handled {
        if let Err(failure) = &answer {
            let host = caller.known().map(|peer| peer.identity.did.host());
            self.member().note_refusal(host, &failure.0);
        }
        answer
    }
}

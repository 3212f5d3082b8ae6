//! What another member publishes, pulled, verified, kept, and witnessed.

mod conflict;
mod pull;
mod store;
mod verify;
mod witness;

#[cfg(test)]
pub(crate) use self::store::fill;
pub(crate) use self::store::{ALL, content_of, leaves};
pub use self::store::{
    Entry, FeedName, State, Trouble, conflicts, cosigned, drop_mirror, entries, lies, payload, resume, state,
    states,
};
pub use conflict::{Conflict, Lie};
pub use pull::{Apply, Batch, Interest, Limits, Mirror, Progress, Remote, Sign, Taken, Want};
pub use verify::{Findings, verify};
pub use witness::{OriginHash, View};

//! A case goes from one member to another, exactly once.
//!
//! What both sides do with it are [`Act`]s, a set that only grows; what follows from them is decided in [`Course`], the
//! same on both sides. An act travels as an entry of the feed that its author writes for the other side, sealed for it.
//! Whoever was restored from an older copy begins a new life with a new feed, tells what it still has, and gets back what
//! it lost ([`pair`], [`voice`]).

mod act;
mod consent;
mod course;
mod exchange;
mod message;
mod outbox;
mod pair;
mod seal;
mod store;
#[cfg(test)]
mod stories;
mod voice;

pub use self::store::{
    Feed, Handover, Kept, Pair, acts, add_pair, applied, by_case, by_id, feeds, file_of, is_unconfirmed,
    lied, met, of_partner, pair, pairs, pin_feed, raise_all, reader, report, trouble,
};
pub use act::{Act, Deed, Mark, Pen, Said, Side};
pub use consent::{SERVICE, may_hand_over};
pub use course::{Course, Phase, Refusal, stays};
pub use exchange::{Partner, Taken, open_file, open_message};
pub use message::{Carried, FILE, LONGEST_CONTENT, Line, MESSAGE, Message};
pub use outbox::{Waiting, WaitingKind, outbox, sent};
pub use pair::{Report, Seen, Written, feed_name, is_lost, next_life, reader_of, unread};
pub use seal::Secrets;
pub use voice::{Heard, Lie, Origin, Voice, case_of};

pub(crate) use self::store::ALL;
pub(crate) use outbox::ALL as OUTBOX;

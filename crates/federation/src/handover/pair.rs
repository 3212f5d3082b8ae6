//! What two members tell each other of their feeds before they read them, and what follows from it. Pure.

use serde::{Deserialize, Serialize};

use crate::did::Did;
use crate::form::{Hash, Vkey};

/// The feed that one member writes for another, in one of the writer's lives.
#[must_use]
pub fn feed_name(reader: &Did, epoch: u32) -> String {
    // A host has no underscore, so that two readers never share a feed.
    format!("to_{}_{epoch}", reader.host().replace(':', "_"))
}

/// The reader and the epoch a feed's name stands for.
#[must_use]
pub fn reader_of(feed: &str) -> Option<(Did, u32)> {
    let (host, epoch) = feed.strip_prefix("to_")?.rsplit_once('_')?;
    let reader = Did::of_host(&host.replacen('_', ":", 1)).ok()?;
    let epoch = epoch.parse().ok()?;
    (feed_name(&reader, epoch) == feed).then_some((reader, epoch))
}

/// A feed as its writer has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The writer's life.
    pub epoch: u32,
    /// How many entries it has.
    pub size: u64,
    /// What its checkpoints are checked with.
    pub key: Vkey,
}

/// A feed as its reader has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The writer's life.
    pub epoch: u32,
    /// How many entries the reader has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// How many of them it has taken in, when it says that: what is erased before it is taken in does not get to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<u64>,
}

/// What one member tells the other before both read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The feeds it writes for the other.
    pub written: Vec<Written>,
    /// What it has of the other's.
    pub seen: Vec<Seen>,
}

/// Feeds a report names, at most, and lives a member can have: each is gone through at every meeting, so that nobody may
/// make them endless by claiming to have seen a late one.
pub(super) const MOST_FEEDS: usize = 256;

impl Report {
    /// Whether it names so many feeds, or feeds of so late lives, that nobody honest has them.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        let mut epochs =
            self.written.iter().map(|feed| feed.epoch).chain(self.seen.iter().map(|feed| feed.epoch));
        let is_late = |epoch: u32| usize::try_from(epoch).is_ok_and(|epoch| epoch > MOST_FEEDS);
        self.written.len() > MOST_FEEDS || self.seen.len() > MOST_FEEDS || epochs.any(is_late)
    }
}

/// The life a writer has to begin because of what the reader has: the reader knows a later life, more of this one, or
/// another beginning of it. Whoever hears that was restored from an older copy. `root_at` gives the root over the
/// first entries of the present life.
#[must_use]
pub fn next_life(
    (epoch, size): (u32, u64),
    seen: &[Seen],
    root_at: impl Fn(u64) -> Option<Hash>,
) -> Option<u32> {
    let newest = seen.iter().max_by_key(|seen| seen.epoch)?;
    let is_other = || newest.size > size || newest.size > 0 && root_at(newest.size) != Some(newest.root);
    let is_behind = newest.epoch > epoch || newest.epoch == epoch && is_other();
    is_behind.then(|| newest.epoch.saturating_add(1))
}

/// The feeds of a writer that its reader has not wholly read, the oldest first.
#[must_use]
pub fn unread(written: &[Written], size_of: impl Fn(u32) -> u64) -> Vec<&Written> {
    let mut unread: Vec<_> = written.iter().filter(|feed| feed.size > size_of(feed.epoch)).collect();
    unread.sort_by_key(|feed| feed.epoch);
    unread
}

/// Whether its reader has to bring an act back that it got in a feed at a place: the writer says what it still has of
/// its feeds, as epochs and sizes, and this is not among it.
#[must_use]
pub fn is_lost(left: &[(u32, u64)], (epoch, seq): (u32, u64)) -> bool {
    left.iter().find(|(own, _)| *own == epoch).is_none_or(|(_, size)| seq >= *size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_named_after_its_reader_and_back() {
        for host in ["bonn.example", "bonn.localhost:8115", "a-b.example:1"] {
            let reader = Did::of_host(host).unwrap();
            assert_eq!(reader_of(&feed_name(&reader, 7)), Some((reader, 7)));
        }
        for name in
            ["public", "to_bonn.example", "to_bonn.example_x", "to__1", "to_bonn.example_01", "to_a_b_c_1"]
        {
            assert_eq!(reader_of(name), None, "{name}");
        }
    }

    #[test]
    fn whoever_was_restored_learns_it_from_what_others_have() {
        let seen = |epoch, size| Seen { epoch, size, root: Hash::of("root"), taken: None };
        let same = |_| Some(Hash::of("root"));
        assert_eq!(next_life((1, 5), &[], same), None);
        assert_eq!(next_life((1, 5), &[seen(1, 5)], same), None);
        assert_eq!(next_life((1, 5), &[seen(1, 0)], |_| None), None);
        assert_eq!(next_life((1, 5), &[seen(1, 6)], same), Some(2), "the reader has more");
        assert_eq!(
            next_life((1, 5), &[seen(1, 4)], |_| Some(Hash::of("other"))),
            Some(2),
            "another beginning"
        );
        assert_eq!(next_life((1, 5), &[seen(1, 9), seen(3, 1)], same), Some(4), "a later life");
        assert_eq!(next_life((4, 0), &[seen(1, 9), seen(3, 1)], same), None, "old lives are over");
    }

    #[test]
    fn nobody_makes_the_lives_of_another_endless() {
        let seen = |epoch| Seen { epoch, size: 1, root: Hash::of("root"), taken: None };
        let report = |seen| Report { written: vec![], seen };
        assert!(!report((1..=256).map(seen).collect()).is_endless());
        assert!(report((0..=256).map(seen).collect()).is_endless());
        for late in [257, u32::MAX] {
            assert!(report(vec![seen(late)]).is_endless(), "{late}");
        }
    }

    #[test]
    fn what_stands_behind_what_is_left_is_lost() {
        let left = [(1, 5), (2, 0)];
        assert!(!is_lost(&left, (1, 4)));
        assert!(is_lost(&left, (1, 5)) && is_lost(&left, (2, 0)) && is_lost(&left, (3, 0)));
    }
}

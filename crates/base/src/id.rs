use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Clock, Entropy};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// A UUIDv7 (RFC 9562 § 5.7): unique everywhere, and sorted by the time it was made.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, made of the present millisecond and 74 random bits.
            #[must_use]
            pub fn new(clock: &Clock, entropy: &Entropy) -> Self {
                let millis = u64::try_from(clock.now().0.div_euclid(1000)).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy.bytes()).into_uuid())
            }

            /// As [`Self::new`], but with 26 bits of a count before the random ones, so that ids of one moment are
            /// sorted as they were made (RFC 9562 § 6.2, method 1).
            #[must_use]
            pub fn counted(clock: &Clock, entropy: &Entropy, count: u32) -> Self {
                let millis = u64::try_from(clock.now().0.div_euclid(1000)).unwrap_or(0);
                let [high, next, low, last] = [count >> 22, count >> 14, count >> 8 & 0x3f, count]
                    .map(|bits| bits.to_le_bytes()[0]);
                let [a, b, c, d, e, f] = entropy.bytes();
                let bytes = [high, next, low, last, a, b, c, d, e, f];
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
            }

            /// The id as it is stored: 16 bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the stored form; `None` unless there are exactly 16 bytes.
            #[must_use]
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// What members have agreed, through all its versions.
    AgreementId;
    /// A case: what work is about.
    CaseId;
    /// A ledger entry, before and after it has its place in the feed.
    EntryId;
    /// One rendering of a form: sending it twice is the same as sending it once.
    FormId;
    /// A case on its way from one member to another; the case has this id at whoever gets it.
    HandoverId;
    /// A job: durable work with retries.
    JobId;
    /// An office of a member.
    OfficeId;
    /// A person who acts, human or system.
    PersonId;
    /// A trial ("Erprobung"), at every member that takes part in it.
    TrialId;
    /// An address a member's news is sent to.
    WebhookId;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;

    #[test]
    fn ids_of_one_moment_sort_by_their_count() {
        let (clock, entropy) = (Clock::fixed(Time(1_000_000_000)), Entropy::seeded(1));
        let counts = [0, 1, 255, 256, 257, 16_383, 16_384, (1 << 22) - 1, 1 << 22, (1 << 26) - 1];
        let ids = counts.map(|count| EntryId::counted(&clock, &entropy, count));
        assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
        assert_eq!(ids[3].0.get_version_num(), 7);
        assert_ne!(EntryId::counted(&clock, &entropy, 7), EntryId::counted(&clock, &entropy, 7));
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let (clock, entropy) = (Clock::fixed(Time(1_000_000_000)), Entropy::seeded(1));
        let first = CaseId::new(&clock, &entropy);
        clock.advance(1);
        let second = CaseId::new(&clock, &entropy);
        assert!(first < second);
        assert_eq!(first.to_string().parse::<CaseId>().unwrap(), first);
        assert_eq!(CaseId::from_bytes(first.as_bytes()), Some(first));
        assert_eq!(CaseId::from_bytes(&[1, 2]), None);
    }
}

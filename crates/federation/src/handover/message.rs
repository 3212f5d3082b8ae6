use base::{EntryId, HandoverId};
use serde::{Deserialize, Serialize};

use super::act::Mark;
use crate::form::{Flaw, Hash, ensure};

/// Bytes of what is said with an act, at most.
pub const LONGEST_CONTENT: usize = 256 << 10;
/// Lines of a receipt, at most.
pub(crate) const MOST_LINES: usize = 100;

/// The kind of the entries that carry a message.
pub const MESSAGE: &str = "handover.message";
/// The kind of the entries that carry a file of one.
pub const FILE: &str = "handover.file";

/// What one member writes into its feed for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Message {
    /// An act of the writer.
    Act(Carried),
    /// An act of the reader, which the reader lost: it is brought back.
    Back(Carried),
    /// The writer was restored from an older copy. This is what it still has of its feeds for the reader; what came behind
    /// that it asks back.
    Life {
        /// Epochs, sizes, and the root over as many entries.
        left: Vec<(u32, u64, Hash)>,
    },
    /// What the writer took in.
    Receipt(Vec<Line>),
}

/// An act on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    /// The act's text.
    pub act: String,
    /// Its author's mark.
    pub mark: Mark,
    /// What is said with it, unless it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Its files that come along: the hash of each, and the entry of the same feed that carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<(Hash, EntryId)>,
}

/// That an act was taken in, and in which entry it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The handover.
    pub handover: HandoverId,
    /// The act.
    pub act: Hash,
    /// The feed's epoch.
    pub epoch: u32,
    /// The place in the feed.
    pub seq: u64,
    /// The entry's leaf hash.
    pub leaf: Hash,
}

impl Message {
    /// The bytes that are sealed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<Vec<u8>, Flaw> {
        serde_json::to_vec(self).map_err(|error| Flaw::new("message", error.to_string()))
    }

    /// Reads what was sealed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, Flaw> {
        let message: Self =
            serde_json::from_slice(bytes).map_err(|error| Flaw::new("message", error.to_string()))?;
        match &message {
            Self::Act(carried) | Self::Back(carried) => {
                let length = carried.content.as_ref().map_or(0, String::len);
                ensure(length <= LONGEST_CONTENT, "content", "too long")?;
            }
            Self::Life { left } => ensure(left.len() <= super::pair::MOST_FEEDS, "left", "too many feeds")?,
            Self::Receipt(lines) => ensure(lines.len() <= MOST_LINES, "receipt", "too many lines")?,
        }
        Ok(message)
    }
}

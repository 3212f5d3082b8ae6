use std::fmt;
use std::str::FromStr;

use base::HandoverId;
use serde::{Deserialize, Serialize};

use crate::did::Did;
use crate::form::{At, Flaw, Hash, ensure};

/// The longest text of an act; what people write stands in its content.
const LONGEST: usize = 16 * 1024;
/// Files of an act, at most.
const MOST_FILES: usize = 20;

/// One of the two members of a handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Where somebody started the case.
    Sender,
    /// Whom it is handed over to.
    Receiver,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Sender => Self::Receiver,
            Self::Receiver => Self::Sender,
        }
    }

    /// The name as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Receiver => "receiver",
        }
    }
}

impl FromStr for Side {
    type Err = Flaw;

    fn from_str(name: &str) -> Result<Self, Flaw> {
        let found = [Self::Sender, Self::Receiver].into_iter().find(|side| side.name() == name);
        found.ok_or_else(|| Flaw::new("side", "neither sender nor receiver"))
    }
}

/// What one side does. Nothing personal stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Deed {
    /// The sender offers the case; it stays with the sender until somebody accepts.
    Offer,
    /// The sender keeps it after all, for good: to offer it again is another handover.
    Withdraw,
    /// The sender passes on what whoever started the case has to say since.
    Word,
    /// Whoever started the case wants to be forgotten; with `words`, what they wrote and showed too.
    Erase {
        /// Whether texts and files go too.
        words: bool,
    },
    /// The receiver takes the case.
    Accept,
    /// The receiver does not take it or gives it back, for good.
    Decline,
    /// The receiver worked on it.
    Progress {
        /// Whether nothing more is to be done.
        closed: bool,
    },
    /// The receiver has forgotten what it was to forget.
    Erased,
}

impl Deed {
    /// Whose deed it is.
    #[must_use]
    pub fn side(self) -> Side {
        match self {
            Self::Offer | Self::Withdraw | Self::Word | Self::Erase { .. } => Side::Sender,
            Self::Accept | Self::Decline | Self::Progress { .. } | Self::Erased => Side::Receiver,
        }
    }

    /// The name in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Withdraw => "withdraw",
            Self::Word => "word",
            Self::Erase { .. } => "erase",
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Progress { .. } => "progress",
            Self::Erased => "erased",
        }
    }
}

/// One act of one side of a handover, written once and never changed. Both sides put together what they have of them: a
/// set that only grows, so that order, repetition and detours change nothing. The hash of its text is its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The handover.
    pub handover: HandoverId,
    /// What is done, and by which side.
    pub deed: Deed,
    /// Which life of its author it comes from: whoever is restored from an older copy begins another.
    pub epoch: u32,
    /// Counts the author's acts in this handover, from one.
    pub number: u32,
    /// When.
    pub at: At,
    /// The hash of what is said with it. That text has a salt in it and can be erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Hash>,
    /// The hashes of the files that belong to it, as they were at the author's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Hash>,
}

impl Act {
    /// Whose act it is.
    #[must_use]
    pub fn side(&self) -> Side {
        self.deed.side()
    }

    /// The place among its author's acts; the hash decides between two that were written at the same place because the
    /// author forgot the first.
    #[must_use]
    pub fn place(&self) -> (u32, u32) {
        (self.epoch, self.number)
    }
}

/// An act with exactly the text that its author wrote, and the author's mark on it.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    act: Act,
    text: String,
    hash: Hash,
    mark: Mark,
}

/// By what an author knows its own words again when somebody brings them back: nobody else can make it, and nobody else
/// can check it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub(crate) Hash);

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark(…)")
    }
}

/// The key an author marks its acts with.
pub trait Pen {
    /// The mark on a text for a partner.
    fn mark(&self, partner: &Did, text: &str) -> Mark;
}

impl Said {
    /// Writes an act for a partner.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(act: &Act, partner: &Did, pen: &dyn Pen) -> Result<Self, Flaw> {
        let text = serde_json::to_string(act).map_err(|error| Flaw::new("act", error.to_string()))?;
        let mark = pen.mark(partner, &text);
        Self::read(text, mark)
    }

    /// Reads an act that somebody sent, or that was kept.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: String, mark: Mark) -> Result<Self, Flaw> {
        ensure(text.len() <= LONGEST, "act", "too long")?;
        let act: Act = serde_json::from_str(&text).map_err(|error| Flaw::new("act", error.to_string()))?;
        ensure(act.files.len() <= MOST_FILES, "act.files", "too many")?;
        ensure(act.files.is_empty() || act.deed == Deed::Offer, "act.files", "only an offer has files")?;
        ensure(act.epoch >= 1 && act.number >= 1, "act", "counts from one")?;
        Ok(Self { hash: Hash::of(&text), act, text, mark })
    }

    /// Whether the holder of this pen wrote it for this partner.
    #[must_use]
    pub fn is_by(&self, partner: &Did, pen: &dyn Pen) -> bool {
        // Not a secret of whoever sent it: a wrong guess at 256 bits learns nothing from how long this takes.
        pen.mark(partner, &self.text) == self.mark
    }

    /// What it says.
    #[must_use]
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// Exactly what was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its name.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The author's mark.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.mark
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({})", self.text)
    }
}

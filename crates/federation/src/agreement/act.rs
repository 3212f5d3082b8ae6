use base::Time;
use serde::{Deserialize, Serialize};
use tlog::{Note, Signer};

use super::document::{read_note, write_note};
use crate::did::Did;
use crate::form::{At, Cents, Flaw, Hash, check_text};

/// The longest note that is read.
const LONGEST: usize = 16 * 1024;
/// The first line of an act.
const HEADER: &str = "erprobungsraum/act@v1";

/// What a party does about a document: exactly the text that it signed.
#[derive(Clone, Debug)]
pub struct Act {
    note: Note,
    hash: Hash,
    content: Content,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    document: Hash,
    party: Did,
    at: At,
    deed: Deed,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Deed {
    /// The party agrees (§ 147 BGB).
    Accept,
    /// The party does not agree, for good (§ 146 BGB): to agree after all needs a new document.
    Refuse {
        /// Why.
        reason: String,
    },
    /// The proposer takes the proposal back: nobody can accept it any more. Towards those who already had, this is an
    /// ending.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// The party ends it: data stops at once, money and work when the notice has passed.
    End {
        /// Why.
        reason: String,
    },
    /// A party to whom money is owed says that it got some.
    Received {
        /// For which duty of the document, counted from zero.
        duty: usize,
        /// How much.
        cents: Cents,
    },
}

impl Act {
    /// The signed note in which `party` does this about a document.
    ///
    /// # Errors
    /// When a reason is too long.
    pub fn sign(document: Hash, party: Did, at: Time, deed: Deed, signer: &Signer) -> Result<String, Flaw> {
        let content = Content { document, party, at: At::new(at), deed };
        content.deed.check()?;
        write_note(HEADER, &content, signer)
    }

    /// Reads an act. Who signed it is asked when its document is known.
    ///
    /// # Errors
    /// What is wrong with its form, and where.
    pub fn parse(note: &str) -> Result<Self, Flaw> {
        let (note, json) = read_note(note, HEADER, LONGEST)?;
        let content: Content =
            serde_json::from_str(&json).map_err(|error| Flaw::new("act", error.to_string()))?;
        content.deed.check()?;
        Ok(Self { hash: Hash::of(&note.text), note, content })
    }

    /// Whether its time is close enough to when it was received. A node takes no other acts in: nobody can act into
    /// the past, such as end before what it owes was owed.
    #[must_use]
    pub fn is_fresh(&self, received: Time, tolerance_seconds: i64) -> bool {
        (received.seconds() - self.at().seconds()).abs() <= tolerance_seconds
    }

    /// The hash of its text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The document it is about.
    #[must_use]
    pub fn document(&self) -> Hash {
        self.content.document
    }

    /// Who acts.
    #[must_use]
    pub fn party(&self) -> &Did {
        &self.content.party
    }

    /// When, by its own clock.
    #[must_use]
    pub fn at(&self) -> Time {
        self.content.at.time()
    }

    /// What is done.
    #[must_use]
    pub fn deed(&self) -> &Deed {
        &self.content.deed
    }

    /// The signed note, as it was read.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }
}

impl Deed {
    fn check(&self) -> Result<(), Flaw> {
        match self {
            Self::Refuse { reason } | Self::Withdraw { reason } | Self::End { reason } => {
                check_text(reason, 2000, "deed.reason")
            }
            Self::Accept | Self::Received { .. } => Ok(()),
        }
    }
}

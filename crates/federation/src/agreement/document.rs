use tlog::{Note, Signer};

use super::terms::Terms;
use crate::form::{Flaw, Hash, ensure};

/// The longest note that is read.
const LONGEST: usize = 512 * 1024;
/// How many signature lines a note has, at most; those that nobody asks for are not looked at.
const MOST_SIGNATURES: usize = 16;
/// The first line of a document: what it is, and in which version of this form.
const HEADER: &str = "erprobungsraum/agreement@v1";

/// A proposed agreement: exactly the text that its proposer signed.
#[derive(Clone, Debug)]
pub struct Document {
    note: Note,
    hash: Hash,
    terms: Terms,
}

impl Document {
    /// The signed note in which a member proposes these terms.
    ///
    /// # Errors
    /// What is wrong with the terms, or that the signer is not the proposer's key for agreements.
    pub fn propose(terms: &Terms, signer: &Signer) -> Result<String, Flaw> {
        let note = write_note(HEADER, terms, signer)?;
        Self::parse(&note).map(|_| note)
    }

    /// Reads a proposal: its form, its terms and its proposer's signature by the key that it pins for the proposer.
    /// Whether that key really is the proposer's, [`super::Agreement::of`] asks.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(note: &str) -> Result<Self, Flaw> {
        let (note, json) = read_note(note, HEADER, LONGEST)?;
        let terms: Terms =
            serde_json::from_str(&json).map_err(|error| Flaw::new("terms", error.to_string()))?;
        terms.check()?;
        let proposer = terms.party(&terms.proposer).ok_or_else(|| Flaw::new("proposer", "not a party"))?;
        let signed = proposer.keys.agreements.0.verify(&note);
        signed.map_err(|error| Flaw::new("signature", error.to_string()))?;
        Ok(Self { hash: Hash::of(&note.text), note, terms })
    }

    /// Whether this is the next version of another document: the same agreement, one version on, naming its text.
    ///
    /// # Errors
    /// What does not fit. Nobody should accept a version that claims to replace what it does not.
    pub fn check_follows(&self, before: &Self) -> Result<(), Flaw> {
        ensure(self.terms.id == before.terms.id, "id", "another agreement")?;
        let is_next = before.terms.version.checked_add(1) == Some(self.terms.version);
        ensure(is_next, "version", "not the next version")?;
        ensure(self.terms.replaces == Some(before.hash), "replaces", "another text")
    }

    /// What it says.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The hash of its text, by which acts name it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The signed note, as it was read.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// A note of one header line and JSON.
pub(super) fn write_note(
    header: &str,
    content: &impl serde::Serialize,
    signer: &Signer,
) -> Result<String, Flaw> {
    let json = serde_json::to_string_pretty(content).map_err(|error| Flaw::new("text", error.to_string()))?;
    let text = format!("{header}\n{json}\n");
    let signatures = vec![signer.sign(&text)];
    Ok(Note { text, signatures }.to_string())
}

/// The note and its JSON.
pub(super) fn read_note(note: &str, header: &str, longest: usize) -> Result<(Note, String), Flaw> {
    ensure(note.len() <= longest, "note", "too long")?;
    let note = Note::parse(note).map_err(|error| Flaw::new("note", error.to_string()))?;
    ensure(note.signatures.len() <= MOST_SIGNATURES, "note", "too many signatures")?;
    // C2SP signed-note § Format: no control characters but the newline.
    let is_plain = note.text.chars().all(|letter| letter == '\n' || !letter.is_ascii_control());
    ensure(is_plain, "note", "control characters")?;
    let json = note.text.strip_prefix(header).and_then(|rest| rest.strip_prefix('\n'));
    let json = json.ok_or_else(|| Flaw::new("header", format!("not {header}")))?.to_owned();
    Ok((note, json))
}

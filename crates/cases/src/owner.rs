use base::{CaseId, Result, Time};
use store::{Tx, params, statements};

use crate::model::{Case, Change, EventKind};

statements! {
    ERASE_AUTHOR = "case.erase_author": "update case_file set owner = null, secret_hash = null where id = ?1";
    ERASE_TEXTS = "case.erase_texts":
        "update case_event set actor = null, text = '' where case_id = ?1 and kind in ('opened', 'reopened')";
    RETITLE = "case.retitle": "update case_file set title = ?2 where id = ?1";
}

/// The proof that somebody started a case: they hold the secret of its tracking link. Only [`owner`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner(Case);

impl Owner {
    /// The case they started.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.0
    }
}

/// Who holds the secret with this hash.
///
/// # Errors
/// What the database says.
pub fn owner(tx: &mut Tx<'_>, secret_hash: &[u8; 32]) -> Result<Option<Owner>> {
    Ok(crate::by_secret(tx, secret_hash)?.map(Owner))
}

/// Records what a step of whoever started a case made of it. Needs the proof that they did.
///
/// # Errors
/// What the database says.
pub fn record_by_owner(tx: &mut Tx<'_>, owner: &Owner, change: &Change, now: Time) -> Result<()> {
    crate::store::save(tx, owner.case(), change, owner.case().owner, now)
}

/// Cuts every tie between a case and whoever started it, and removes what they wrote into its timeline. The tracking
/// link ends.
///
/// # Errors
/// What the database says.
pub fn erase_author(tx: &mut Tx<'_>, id: CaseId) -> Result<()> {
    tx.exec(&ERASE_AUTHOR, params![&id])?;
    tx.exec(&ERASE_TEXTS, params![&id])?;
    Ok(())
}

/// Gives a case another title.
///
/// # Errors
/// What the database says.
pub fn retitle(tx: &mut Tx<'_>, id: CaseId, title: &str) -> Result<()> {
    tx.exec(&RETITLE, params![&id, title])?;
    Ok(())
}

impl EventKind {
    /// Whether whoever started the case sees it, beside what is public.
    #[must_use]
    pub fn is_owners(self) -> bool {
        self == Self::Reopened
    }
}

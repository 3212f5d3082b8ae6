use base::{PersonId, Problem, Result};
use store::{Tx, params, statements};

use crate::oidc::Claims;
use crate::{Account, by_email, by_id, grants};

statements! {
    FIND = "subject.find": "select person_id from subject where issuer = ?1 and subject = ?2";
    TIED = "subject.tied": "select subject from subject where person_id = ?1 and issuer = ?2";
    TIE = "subject.tie": "insert into subject (issuer, subject, person_id) values (?1, ?2, ?3)";
    OF = "subject.of": "select issuer, subject from subject where person_id = ?1";
    FORGET = "subject.forget": "delete from subject where person_id = ?1";
}

/// The member of staff a provider speaks of: the first time by the verified e-mail address, from then on by the
/// provider's own name for them (OpenID Connect Core 1.0 § 5.7). Nobody is added by it.
///
/// # Errors
/// `oidc-stranger` when nobody with a role has this address, or the address belongs to somebody the provider calls
/// otherwise; `oidc-unverified` when the provider has not verified it.
pub fn staff_by_claims(tx: &mut Tx<'_>, issuer: &str, claims: &Claims) -> Result<Account> {
    let stranger =
        || Problem::denied("oidc-stranger", "the provider's account belongs to no member of staff");
    let known: Option<PersonId> = tx.get(&FIND, params![issuer, &claims.subject])?;
    if let Some(id) = known {
        let is_staff = !grants(tx, id)?.is_empty();
        return by_id(tx, id)?.filter(|_| is_staff).ok_or_else(stranger);
    }
    let email = claims.verified_email.as_deref().ok_or_else(|| {
        Problem::denied("oidc-unverified", "the provider has not verified the account's e-mail address")
    })?;
    let account = by_email(tx, email)?.ok_or_else(stranger)?;
    let tied: Option<String> = tx.get(&TIED, params![&account.id, issuer])?;
    if tied.is_some() || grants(tx, account.id)?.is_empty() {
        return Err(stranger());
    }
    tx.exec(&TIE, params![issuer, &claims.subject, &account.id])?;
    Ok(account)
}

/// What providers call a person: issuer and name.
///
/// # Errors
/// What the database says.
pub fn subjects(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<(String, String)>> {
    Ok(tx.all(&OF, params![&person], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Forgets what providers call a person.
pub(crate) fn forget(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    tx.exec(&FORGET, params![&person])?;
    Ok(())
}

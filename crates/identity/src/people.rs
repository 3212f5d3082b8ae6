use base::{Clock, Entropy, PersonId, Problem, Result, Time};
use store::{Row, Tx, params, statements};

/// What is stored about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Their id.
    pub id: PersonId,
    /// Their e-mail address; gone when erased.
    pub email: Option<String>,
    /// Their name as they want to be called.
    pub name: String,
    /// The stretched password, if they have one.
    pub password: Option<String>,
    /// The secret of their authenticator app in Base32, if they have one.
    pub totp: Option<String>,
    /// How many passkeys they have.
    pub passkeys: i64,
    /// Since when.
    pub created: Time,
    /// Since when they may not sign in.
    pub blocked: Option<Time>,
}

impl Account {
    /// Whether they can prove themselves with more than a password or a mailbox.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.totp.is_some() || self.passkeys > 0
    }
}

/// A person to be added.
#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    /// Their e-mail address.
    pub email: &'a str,
    /// Their name.
    pub name: &'a str,
    /// The stretched password, if they have one.
    pub password: Option<&'a str>,
    /// The secret of a second factor, if they have one.
    pub totp: Option<&'a str>,
}

statements! {
    ADD = "person.add":
        "insert into person (id, email, name, password, totp, created) values (?1, ?2, ?3, ?4, ?5, ?6)";
    BY_ID = "person.by_id":
        "select id, email, name, password, totp, (select count(*) from passkey where person_id = person.id),
         created, blocked
         from person where id = ?1 and erased is null";
    BY_EMAIL = "person.by_email":
        "select id, email, name, password, totp, (select count(*) from passkey where person_id = person.id),
         created, blocked
         from person where email = ?1 and erased is null";
    SET_NAME = "person.set_name": "update person set name = ?2 where id = ?1";
    SET_PASSWORD = "person.set_password": "update person set password = ?2 where id = ?1";
    SET_TOTP = "person.set_totp": "update person set totp = ?2, totp_step = 0 where id = ?1";
    ERASE = "person.erase":
        "update person set email = null, name = '', password = null, totp = null, erased = ?2 where id = ?1";
}

/// Adds a person.
///
/// # Errors
/// `email-taken` when somebody has that address.
pub fn add_person(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    new: &NewPerson<'_>,
) -> Result<PersonId> {
    let email = normal(new.email);
    if by_email(tx, &email)?.is_some() {
        return Err(Problem::conflict("email-taken", "there is an account with this e-mail address"));
    }
    let id = PersonId::new(clock, entropy);
    tx.exec(&ADD, params![&id, &email, new.name, new.password, new.totp, clock.now()])?;
    Ok(id)
}

/// The citizen with this address, added when there is none.
///
/// # Errors
/// What the database says.
pub fn citizen(tx: &mut Tx<'_>, at: (&Clock, &Entropy), email: &str) -> Result<PersonId> {
    match by_email(tx, email)? {
        Some(account) => Ok(account.id),
        None => add_person(tx, at, &NewPerson { email, name: "", password: None, totp: None }),
    }
}

/// The person with this id, unless erased.
///
/// # Errors
/// What the database says.
pub fn by_id(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Account>> {
    Ok(tx.one(&BY_ID, params![&id], account)?)
}

/// The person with this e-mail address.
///
/// # Errors
/// What the database says.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<Account>> {
    Ok(tx.one(&BY_EMAIL, params![&normal(email)], account)?)
}

/// Sets what a person is called.
///
/// # Errors
/// What the database says.
pub fn set_name(tx: &mut Tx<'_>, id: PersonId, name: &str) -> Result<()> {
    tx.exec(&SET_NAME, params![&id, name])?;
    Ok(())
}

/// Sets the stretched password, or takes it away.
///
/// # Errors
/// What the database says.
pub fn set_password(tx: &mut Tx<'_>, id: PersonId, password: Option<&str>) -> Result<()> {
    tx.exec(&SET_PASSWORD, params![&id, password])?;
    Ok(())
}

/// Sets the secret of the second factor, or takes it away.
///
/// # Errors
/// What the database says.
pub fn set_totp(tx: &mut Tx<'_>, id: PersonId, secret: Option<&str>) -> Result<()> {
    tx.exec(&SET_TOTP, params![&id, secret])?;
    Ok(())
}

/// Removes everything personal about an account. The row stays, so that nobody else gets its id.
///
/// # Errors
/// What the database says.
pub fn erase(tx: &mut Tx<'_>, id: PersonId, now: Time) -> Result<()> {
    crate::end_all(tx, id)?;
    crate::staff::forget(tx, id)?;
    reset_factors(tx, id)?;
    tx.exec(&ERASE, params![&id, now])?;
    Ok(())
}

/// Takes a person's app, their passkeys and what ties them to the provider of sign-ins, so that they can begin anew.
///
/// # Errors
/// What the database says.
pub fn reset_factors(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    set_totp(tx, id, None)?;
    crate::passkeys::delete_all(tx, id)?;
    crate::ceremonies::forget(tx, id)?;
    crate::subjects::forget(tx, id)
}

pub(crate) fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn account(row: &Row<'_>) -> Result<Account, store::Error> {
    Ok(Account {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password: row.get(3)?,
        totp: row.get(4)?,
        passkeys: row.get(5)?,
        created: row.get(6)?,
        blocked: row.get(7)?,
    })
}

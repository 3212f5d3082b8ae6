use access::Grant;
use base::{Clock, Entropy, OfficeId, PersonId, Problem, Result, Time};
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
    /// The secret of their second factor in Base32, if they have one.
    pub totp: Option<String>,
    /// Since when.
    pub created: Time,
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

/// An office of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Its name.
    pub name: String,
    /// Where it is reached.
    pub email: String,
}

statements! {
    ADD = "person.add":
        "insert into person (id, email, name, password, totp, created) values (?1, ?2, ?3, ?4, ?5, ?6)";
    BY_ID = "person.by_id":
        "select id, email, name, password, totp, created from person where id = ?1 and erased is null";
    BY_EMAIL = "person.by_email":
        "select id, email, name, password, totp, created from person where email = ?1 and erased is null";
    SET_PASSWORD = "person.set_password": "update person set password = ?2 where id = ?1";
    SET_TOTP = "person.set_totp": "update person set totp = ?2, totp_step = 0 where id = ?1";
    ERASE = "person.erase":
        "update person set email = null, name = '', password = null, totp = null, erased = ?2 where id = ?1";
    GRANT = "person.grant": "insert into role_grant (person_id, role, office_id, module) values (?1, ?2, ?3, ?4)";
    GRANTS = "person.grants": "select role, office_id, module from role_grant where person_id = ?1";
    UNGRANT = "person.ungrant": "delete from role_grant where person_id = ?1";
    STAFF = "person.staff":
        "select p.id, p.email, p.name, null, null, p.created from person p
         where p.erased is null and p.id in (select person_id from role_grant) order by p.name";
    ADD_OFFICE = "office.add": "insert into office (id, name, email) values (?1, ?2, ?3)";
    OFFICES = "office.all": "select id, name, email from office order by name";
    OFFICE = "office.find": "select id, name, email from office where id = ?1";
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
    tx.exec(&UNGRANT, params![&id])?;
    tx.exec(&ERASE, params![&id, now])?;
    Ok(())
}

/// Gives a person a role.
///
/// # Errors
/// What the database says.
pub fn grant(tx: &mut Tx<'_>, id: PersonId, grant: &Grant) -> Result<()> {
    let (role, module) = (grant.role.name(), grant.module.as_deref());
    tx.exec(&GRANT, params![&id, role, grant.office.as_ref(), module])?;
    Ok(())
}

/// What a person was given.
///
/// # Errors
/// What the database says.
pub fn grants(tx: &mut Tx<'_>, id: PersonId) -> Result<Vec<Grant>> {
    let rows = tx.all(&GRANTS, params![&id], |row| Ok((row.get::<String>(0)?, row.get(1)?, row.get(2)?)))?;
    rows.into_iter().map(|(role, office, module)| Ok(Grant { role: role.parse()?, office, module })).collect()
}

/// Everybody with a role, by name. Without secrets.
///
/// # Errors
/// What the database says.
pub fn staff(tx: &mut Tx<'_>) -> Result<Vec<Account>> {
    Ok(tx.all(&STAFF, &[], account)?)
}

/// Adds an office.
///
/// # Errors
/// A conflict when there is one of this name.
pub fn add_office(
    tx: &mut Tx<'_>,
    (clock, entropy): (&Clock, &Entropy),
    name: &str,
    email: &str,
) -> Result<OfficeId> {
    let id = OfficeId::new(clock, entropy);
    tx.exec(&ADD_OFFICE, params![&id, name, email])?;
    Ok(id)
}

/// Every office, by name.
///
/// # Errors
/// What the database says.
pub fn offices(tx: &mut Tx<'_>) -> Result<Vec<Office>> {
    Ok(tx.all(&OFFICES, &[], office)?)
}

/// One office.
///
/// # Errors
/// What the database says.
pub fn find_office(tx: &mut Tx<'_>, id: OfficeId) -> Result<Option<Office>> {
    Ok(tx.one(&OFFICE, params![&id], office)?)
}

fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

fn account(row: &Row<'_>) -> Result<Account, store::Error> {
    Ok(Account {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password: row.get(3)?,
        totp: row.get(4)?,
        created: row.get(5)?,
    })
}

fn office(row: &Row<'_>) -> Result<Office, store::Error> {
    Ok(Office { id: row.get(0)?, name: row.get(1)?, email: row.get(2)? })
}

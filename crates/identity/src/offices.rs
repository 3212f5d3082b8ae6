use base::{Clock, Entropy, OfficeId, Result};
use store::{Row, Tx, params, statements};

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
    ADD = "office.add": "insert into office (id, name, email) values (?1, ?2, ?3)";
    ALL_OFFICES = "office.all": "select id, name, email from office order by name";
    FIND = "office.find": "select id, name, email from office where id = ?1";
    CHANGE = "office.change": "update office set name = ?2, email = ?3 where id = ?1";
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
    tx.exec(&ADD, params![&id, name, email])?;
    Ok(id)
}

/// Every office, by name.
///
/// # Errors
/// What the database says.
pub fn offices(tx: &mut Tx<'_>) -> Result<Vec<Office>> {
    Ok(tx.all(&ALL_OFFICES, &[], office)?)
}

/// One office.
///
/// # Errors
/// What the database says.
pub fn find_office(tx: &mut Tx<'_>, id: OfficeId) -> Result<Option<Office>> {
    Ok(tx.one(&FIND, params![&id], office)?)
}

/// Gives an office its name and where it is reached.
///
/// # Errors
/// A conflict when there is another of this name.
pub fn change_office(tx: &mut Tx<'_>, changed: &Office) -> Result<()> {
    tx.exec(&CHANGE, params![&changed.id, &changed.name, &changed.email])?;
    Ok(())
}

fn office(row: &Row<'_>) -> Result<Office, store::Error> {
    Ok(Office { id: row.get(0)?, name: row.get(1)?, email: row.get(2)? })
}

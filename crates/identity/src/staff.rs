use access::Grant;
use base::{PersonId, Result, Time};
use store::{Tx, params, statements};

use crate::Account;
use crate::people::account;

statements! {
    GRANT = "grant.add": "insert into role_grant (person_id, role, office_id, module) values (?1, ?2, ?3, ?4)";
    OF = "grant.of": "select person_id, role, office_id, module from role_grant where person_id = ?1";
    EVERY = "grant.all": "select person_id, role, office_id, module from role_grant";
    REVOKE = "grant.revoke":
        "delete from role_grant where person_id = ?1 and role = ?2
         and office_id is not distinct from ?3 and module is not distinct from ?4";
    FORGET = "grant.forget": "delete from role_grant where person_id = ?1";
    STAFF = "person.staff":
        "select p.id, p.email, p.name, null, null, 0, p.created, p.blocked from person p
         where p.erased is null and p.id in (select person_id from role_grant) order by p.name";
    ADMINS = "grant.admins":
        "select count(*) from role_grant g join person p on p.id = g.person_id
         where g.role = 'admin' and g.office_id is null and g.module is null and p.blocked is null";
    SET_BLOCKED = "person.set_blocked": "update person set blocked = ?2 where id = ?1";
}

/// Gives a person a role; what they have already stays as it is.
///
/// # Errors
/// What the database says.
pub fn grant(tx: &mut Tx<'_>, id: PersonId, grant: &Grant) -> Result<()> {
    if !grants(tx, id)?.contains(grant) {
        let (role, module) = (grant.role.name(), grant.module.as_deref());
        tx.exec(&GRANT, params![&id, role, grant.office.as_ref(), module])?;
    }
    Ok(())
}

/// Takes a role; `false` when the person does not have it.
///
/// # Errors
/// What the database says.
pub fn revoke(tx: &mut Tx<'_>, id: PersonId, grant: &Grant) -> Result<bool> {
    let (role, module) = (grant.role.name(), grant.module.as_deref());
    Ok(tx.exec(&REVOKE, params![&id, role, grant.office.as_ref(), module])? > 0)
}

/// What a person was given.
///
/// # Errors
/// What the database says.
pub fn grants(tx: &mut Tx<'_>, id: PersonId) -> Result<Vec<Grant>> {
    read(tx.all(&OF, params![&id], row)?).map(|grants| grants.into_iter().map(|(_, grant)| grant).collect())
}

/// What everybody was given.
///
/// # Errors
/// What the database says.
pub fn all_grants(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, Grant)>> {
    read(tx.all(&EVERY, &[], row)?)
}

/// Everybody with a role, by name. Without secrets.
///
/// # Errors
/// What the database says.
pub fn staff(tx: &mut Tx<'_>) -> Result<Vec<Account>> {
    Ok(tx.all(&STAFF, &[], account)?)
}

/// How many may administrate everything. When there is none, nobody can make one but who has the machine.
///
/// # Errors
/// What the database says.
pub fn admins(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.get(&ADMINS, &[])?.unwrap_or(0))
}

/// Keeps a person from signing in and ends their sessions at once.
///
/// # Errors
/// What the database says.
pub fn block(tx: &mut Tx<'_>, id: PersonId, now: Time) -> Result<()> {
    crate::end_all(tx, id)?;
    tx.exec(&SET_BLOCKED, params![&id, now])?;
    Ok(())
}

/// Lets a person sign in again.
///
/// # Errors
/// What the database says.
pub fn unblock(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    tx.exec(&SET_BLOCKED, params![&id, None::<Time>])?;
    Ok(())
}

/// Takes all roles.
pub(crate) fn forget(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    tx.exec(&FORGET, params![&id])?;
    Ok(())
}

type Stored = (PersonId, String, Option<base::OfficeId>, Option<String>);

fn row(row: &store::Row<'_>) -> Result<Stored, store::Error> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn read(rows: Vec<Stored>) -> Result<Vec<(PersonId, Grant)>> {
    let grant = |(id, role, office, module): Stored| Ok((id, Grant { role: role.parse()?, office, module }));
    rows.into_iter().map(grant).collect()
}

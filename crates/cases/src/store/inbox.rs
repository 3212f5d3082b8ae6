use base::{CaseId, OfficeId, PersonId, Result, Time};
use store::{Sql, Tx, Value, params, statements};

use super::case;
use crate::model::{Assignee, Case, Cursor, Inbox, Sort, SortBy, Stage};

/// Offices one person can be granted separately, for the inbox.
const OFFICES: usize = 6;

/// The tests of an [`Inbox`]; ?1 to ?17 belong to them, ?18 and ?19 are the place in the order, ?20 is the limit.
/// Whoever's cases are wanted is a test of its own, so that the index on persons serves it.
macro_rules! wanted {
    ($whose:literal, $tail:literal) => {
        super::case_where!(
            "where (?1 = 1 or office_id in (?2, ?3, ?4, ?5, ?6, ?7)) and ",
            $whose,
            " and (office_id = ?9 or ?9 is null) and (module = ?10 or ?10 is null)
             and (?11 = 0 or (?11 = 1 and closed is null) or (?11 = 2 and closed is not null))
             and (state = ?12 or ?12 is null) and (?13 = 0 or assignee is null)
             and (?14 = 0 or due < ?15) and (?16 = 0 or review = 1) and (?17 = 1 or merged_into is null) ",
            $tail,
            " limit ?20"
        )
    };
}

/// Everybody's cases: ?8 is null, and named so that both families have the same parameters.
macro_rules! of_all {
    ($tail:literal) => {
        wanted!("(assignee = ?8 or ?8 is null)", $tail)
    };
}

/// One person's cases.
macro_rules! of_one {
    ($tail:literal) => {
        wanted!("assignee = ?8", $tail)
    };
}

statements! {
    OPENED_UP_ALL = "case.inbox_opened_up_all":
        of_all!("and (opened, id) > (?18, ?19) order by opened, id");
    OPENED_UP_ONE = "case.inbox_opened_up_one":
        of_one!("and (opened, id) > (?18, ?19) order by opened, id");
    OPENED_DOWN_ALL = "case.inbox_opened_down_all":
        of_all!("and (opened, id) < (?18, ?19) order by opened desc, id desc");
    OPENED_DOWN_ONE = "case.inbox_opened_down_one":
        of_one!("and (opened, id) < (?18, ?19) order by opened desc, id desc");
    DUE_UP_ALL = "case.inbox_due_up_all":
        of_all!("and (coalesce(due, 9223372036854775807), id) > (?18, ?19) order by coalesce(due, 9223372036854775807), id");
    DUE_UP_ONE = "case.inbox_due_up_one":
        of_one!("and (coalesce(due, 9223372036854775807), id) > (?18, ?19) order by coalesce(due, 9223372036854775807), id");
    DUE_DOWN_ALL = "case.inbox_due_down_all":
        of_all!("and (coalesce(due, 9223372036854775807), id) < (?18, ?19) order by coalesce(due, 9223372036854775807) desc, id desc");
    DUE_DOWN_ONE = "case.inbox_due_down_one":
        of_one!("and (coalesce(due, 9223372036854775807), id) < (?18, ?19) order by coalesce(due, 9223372036854775807) desc, id desc");
    UPDATED_UP_ALL = "case.inbox_updated_up_all":
        of_all!("and (updated, id) > (?18, ?19) order by updated, id");
    UPDATED_UP_ONE = "case.inbox_updated_up_one":
        of_one!("and (updated, id) > (?18, ?19) order by updated, id");
    UPDATED_DOWN_ALL = "case.inbox_updated_down_all":
        of_all!("and (updated, id) < (?18, ?19) order by updated desc, id desc");
    UPDATED_DOWN_ONE = "case.inbox_updated_down_one":
        of_one!("and (updated, id) < (?18, ?19) order by updated desc, id desc");
    TALLY = "case.tally":
        "select count(*), count(*) filter (where assignee = ?8), count(*) filter (where assignee is null),
                count(*) filter (where due < ?9), count(*) filter (where review = 1)
         from case_file
         where closed is null and merged_into is null and (?1 = 1 or office_id in (?2, ?3, ?4, ?5, ?6, ?7))";
}

/// What waits for the offices of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Everything that has not ended.
    pub todo: i64,
    /// What is this person's.
    pub mine: i64,
    /// What is nobody's.
    pub nobodys: i64,
    /// What was promised for earlier.
    pub overdue: i64,
    /// What somebody must look at before the public may.
    pub review: i64,
}

/// The cases of the inbox behind a place in the order. Every order has a last difference in the id, so that paging
/// meets every case that stays as it is exactly once.
///
/// # Errors
/// What the database says.
pub fn inbox(
    tx: &mut Tx<'_>,
    wanted: &Inbox,
    sort: Sort,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Case>> {
    let (all, offices) = office_params(&wanted.offices);
    let person = match &wanted.assignee {
        Assignee::Person(person) => Some(person),
        _ => None,
    };
    let (stage, state) = match wanted.stage {
        Stage::Any => (0_i64, None),
        Stage::Todo => (1, None),
        Stage::Ended => (2, None),
        Stage::In(state) => (0, Some(state.name())),
    };
    let end = CaseId::from_bytes(&[if sort.descending { 0xff } else { 0 }; 16]);
    let start = if sort.descending { i64::MAX } else { i64::MIN };
    let (key, id) = after.map_or((start, end), |Cursor(key, id)| (key, Some(id)));
    let mut params: Vec<Value<'_>> = vec![all.into()];
    params.extend(offices.iter().map(|office| Value::from(office.as_ref())));
    params.extend_from_slice(params![
        person,
        wanted.office.as_ref(),
        wanted.module.as_deref(),
        stage,
        state,
        wanted.assignee == Assignee::Nobody,
        wanted.due_before.is_some(),
        wanted.due_before.unwrap_or(Time(0)),
        wanted.review,
        wanted.with_merged,
        key,
        id.as_ref(),
        limit
    ]);
    Ok(tx.all(statement(sort, person), &params, case)?)
}

fn statement(sort: Sort, person: Option<&PersonId>) -> &'static Sql {
    match (sort.by, sort.descending, person.is_some()) {
        (SortBy::Opened, false, false) => &OPENED_UP_ALL,
        (SortBy::Opened, false, true) => &OPENED_UP_ONE,
        (SortBy::Opened, true, false) => &OPENED_DOWN_ALL,
        (SortBy::Opened, true, true) => &OPENED_DOWN_ONE,
        (SortBy::Due, false, false) => &DUE_UP_ALL,
        (SortBy::Due, false, true) => &DUE_UP_ONE,
        (SortBy::Due, true, false) => &DUE_DOWN_ALL,
        (SortBy::Due, true, true) => &DUE_DOWN_ONE,
        (SortBy::Updated, false, false) => &UPDATED_UP_ALL,
        (SortBy::Updated, false, true) => &UPDATED_UP_ONE,
        (SortBy::Updated, true, false) => &UPDATED_DOWN_ALL,
        (SortBy::Updated, true, true) => &UPDATED_DOWN_ONE,
    }
}

/// What waits for these offices.
///
/// # Errors
/// What the database says.
pub fn tally(
    tx: &mut Tx<'_>,
    offices: &[Option<OfficeId>],
    person: Option<PersonId>,
    now: Time,
) -> Result<Tally> {
    let (all, offices) = office_params(offices);
    let mut params: Vec<Value<'_>> = vec![all.into()];
    params.extend(offices.iter().map(|office| Value::from(office.as_ref())));
    params.extend_from_slice(params![person.as_ref(), now]);
    let counted = tx.one(&TALLY, &params, |row| {
        Ok(Tally {
            todo: row.get(0)?,
            mine: row.get(1)?,
            nobodys: row.get(2)?,
            overdue: row.get(3)?,
            review: row.get(4)?,
        })
    })?;
    Ok(counted.unwrap_or_default())
}

fn office_params(offices: &[Option<OfficeId>]) -> (bool, [Option<OfficeId>; OFFICES]) {
    (offices.contains(&None), std::array::from_fn(|index| offices.get(index).copied().flatten()))
}

use access::Scope;
use base::{CaseId, PersonId, Result, Time};
use store::{Sql, Tx, params, statements};

use super::case;
use crate::model::{Assignee, Case, Cursor, Inbox, Sort, SortBy, Stage};

/// The tests of an [`Inbox`] in one scope; ?1 to ?10 belong to them, ?11 and ?12 are the place in the order, ?13 is the
/// limit. What names few cases stands alone, so that the index on it serves it.
macro_rules! wanted {
    ($whose:literal, $tail:literal) => {
        super::case_where!(
            "where ",
            $whose,
            " and (module = ?3 or ?3 is null)
             and (?4 = 0 or (?4 = 1 and closed is null) or (?4 = 2 and closed is not null))
             and (state = ?5 or ?5 is null) and (?6 = 0 or assignee is null)
             and (?7 = 0 or due < ?8) and (?9 = 0 or review = 1) and (?10 = 1 or merged_into is null and away = 0) ",
            $tail,
            " limit ?13"
        )
    };
}

/// One order in four families: everything, what is still to be done, one office's, one person's. All have the same
/// parameters.
macro_rules! families {
    ($name:literal, $tail:literal) => {
        [
            Sql {
                name: concat!("case.inbox_", $name),
                text: wanted!("(office_id = ?1 or ?1 is null) and (assignee = ?2 or ?2 is null)", $tail),
            },
            Sql {
                name: concat!("case.inbox_", $name, "_todo"),
                text: wanted!(
                    "closed is null and (office_id = ?1 or ?1 is null) and (assignee = ?2 or ?2 is null)",
                    $tail
                ),
            },
            Sql {
                name: concat!("case.inbox_", $name, "_of_office"),
                text: wanted!("office_id = ?1 and (assignee = ?2 or ?2 is null)", $tail),
            },
            Sql {
                name: concat!("case.inbox_", $name, "_of_person"),
                text: wanted!("(office_id = ?1 or ?1 is null) and assignee = ?2", $tail),
            },
        ]
    };
}

/// Every order, upwards and downwards. Each has a last difference in the id.
const OPENED: [[Sql; 4]; 2] = [
    families!("opened", "and (opened, id) > (?11, ?12) order by opened, id"),
    families!("opened_down", "and (opened, id) < (?11, ?12) order by opened desc, id desc"),
];
const DUE: [[Sql; 4]; 2] = [
    families!(
        "due",
        "and (coalesce(due, 9223372036854775807), id) > (?11, ?12)
         order by coalesce(due, 9223372036854775807), id"
    ),
    families!(
        "due_down",
        "and (coalesce(due, 9223372036854775807), id) < (?11, ?12)
         order by coalesce(due, 9223372036854775807) desc, id desc"
    ),
];
const UPDATED: [[Sql; 4]; 2] = [
    families!("updated", "and (updated, id) > (?11, ?12) order by updated, id"),
    families!("updated_down", "and (updated, id) < (?11, ?12) order by updated desc, id desc"),
];

/// The statements of every order.
pub(super) const ORDERS: [&[Sql]; 6] = [&OPENED[0], &OPENED[1], &DUE[0], &DUE[1], &UPDATED[0], &UPDATED[1]];

statements! {
    TALLY = "case.tally":
        "select count(*), count(*) filter (where assignee = ?2), count(*) filter (where assignee is null),
                count(*) filter (where due < ?3), count(*) filter (where review = 1)
         from case_file
         where closed is null and merged_into is null and away = 0 and (module = ?1 or ?1 is null)";
    TALLY_OF_OFFICE = "case.tally_of_office":
        "select count(*), count(*) filter (where assignee = ?2), count(*) filter (where assignee is null),
                count(*) filter (where due < ?3), count(*) filter (where review = 1)
         from case_file
         where closed is null and merged_into is null and away = 0 and (module = ?1 or ?1 is null) and office_id = ?4";
}

/// What waits for one person's offices.
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

/// The cases of the inbox behind a place in the order. Paging meets every case that stays as it is exactly once.
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
    let mut cases = Vec::new();
    for scope in wanted.scopes.iter().filter_map(|scope| wanted.within(scope)) {
        cases.extend(part(tx, wanted, &scope, (sort, after), limit)?);
    }
    sort.order(&mut cases);
    cases.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(cases)
}

/// The first of one scope.
fn part(
    tx: &mut Tx<'_>,
    wanted: &Inbox,
    scope: &Scope,
    (sort, after): (Sort, Option<Cursor>),
    limit: i64,
) -> Result<Vec<Case>> {
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
    let params = params![
        scope.office.as_ref(),
        person,
        scope.module.as_deref(),
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
    ];
    Ok(tx.all(statement(sort, wanted, scope), params, case)?)
}

fn statement(sort: Sort, wanted: &Inbox, scope: &Scope) -> &'static Sql {
    let [up, down] = match sort.by {
        SortBy::Opened => &OPENED,
        SortBy::Due => &DUE,
        SortBy::Updated => &UPDATED,
    };
    let [all, todo, of_office, of_person] = if sort.descending { down } else { up };
    match wanted {
        Inbox { assignee: Assignee::Person(_), .. } => of_person,
        Inbox { stage: Stage::Todo, .. } => todo,
        _ if scope.office.is_some() => of_office,
        _ => all,
    }
}

/// What waits in these scopes, which do not overlap.
///
/// # Errors
/// What the database says.
pub fn tally(tx: &mut Tx<'_>, scopes: &[Scope], person: Option<PersonId>, now: Time) -> Result<Tally> {
    let mut sum = Tally::default();
    for Scope { office, module } in scopes {
        let row = |row: &store::Row<'_>| {
            sum.todo += row.get::<i64>(0)?;
            sum.mine += row.get::<i64>(1)?;
            sum.nobodys += row.get::<i64>(2)?;
            sum.overdue += row.get::<i64>(3)?;
            sum.review += row.get::<i64>(4)?;
            Ok(())
        };
        let (module, person) = (module.as_deref(), person.as_ref());
        match office {
            None => tx.each(&TALLY, params![module, person, now], row)?,
            Some(office) => tx.each(&TALLY_OF_OFFICE, params![module, person, now, office], row)?,
        }
    }
    Ok(sum)
}

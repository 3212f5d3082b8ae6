use access::{Action, Scope};
use base::{CaseId, Problem, Result, Time};
use cases::{Assignee, Case, Cursor, Inbox, Sort, Stage, State};
use store::{Tx, search};

use crate::context::Ctx;
use crate::form::Form;
use crate::pages::search::audiences;

/// Hits of the search a list looks at; whoever has more should say more.
const HITS: i64 = 500;

/// A list of cases as its address describes it.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// The fields of the address that say something, without the place in the list.
    pub(super) fields: Vec<(String, String)>,
    wanted: Inbox,
    pub(super) sort: Sort,
    text: String,
}

/// The fields of an address that describe a list.
const FIELDS: [&str; 8] = ["status", "amt", "wer", "frist", "modul", "pruefen", "q", "sort"];

impl Listing {
    /// Reads an address; only cases in these scopes are in the list.
    ///
    /// # Errors
    /// When a field says nothing that is known.
    pub(super) fn read(ctx: &Ctx, form: &Form, scopes: Vec<Scope>) -> Result<Self> {
        let value = |name: &str| form.find(name).map(|value| (name.to_owned(), value.to_owned()));
        let fields = FIELDS.iter().filter_map(|name| value(name)).collect();
        let office = form.find("amt").map(str::parse).transpose();
        let stage = stage(form.get("status"))?;
        let wanted = Inbox {
            scopes,
            office: office.map_err(|_| Problem::input("office", "there is no such office"))?,
            module: form.find("modul").map(str::to_owned),
            stage,
            assignee: assignee(ctx, form.get("wer"))?,
            due_before: due_before(form.get("frist"), ctx.member().clock.now())?,
            review: form.find("pruefen").is_some(),
            with_merged: stage == Stage::Any,
        };
        let sort = form.find("sort").map(str::parse).transpose()?.unwrap_or_default();
        Ok(Self { fields, wanted, sort, text: form.get("q").chars().take(200).collect() })
    }

    /// Reads the part of another page's address that says which list it was reached from.
    ///
    /// # Errors
    /// As [`Listing::read`].
    pub(super) fn read_query(ctx: &Ctx, query: &str) -> Result<Self> {
        let fields = serde_urlencoded::from_str(query);
        let fields = fields.map_err(|error| Problem::input("list", "no list is meant").because(error))?;
        Self::read(ctx, &Form::new(fields), ctx.scopes(Action::ReadCase))
    }

    /// The query of the list's address.
    pub(super) fn query(&self) -> String {
        serde_urlencoded::to_string(&self.fields).unwrap_or_default()
    }

    /// What a field of the address says.
    pub(super) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    /// The query of the same list with one field said otherwise; without it when the value is empty.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let mut fields: Vec<(&str, &str)> =
            self.fields.iter().map(|(own, value)| (own.as_str(), value.as_str())).collect();
        fields.retain(|(own, _)| *own != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
        serde_urlencoded::to_string(fields).unwrap_or_default()
    }

    /// The cases behind a place in the list.
    pub(super) fn find(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<Vec<Case>> {
        self.find_sorted(ctx, tx, self.sort, after, limit)
    }

    fn find_sorted(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        sort: Sort,
        after: Option<Cursor>,
        limit: i64,
    ) -> Result<Vec<Case>> {
        if self.text.is_empty() {
            return cases::inbox(tx, &self.wanted, sort, after, limit);
        }
        let mut keys: Vec<String> =
            search::find(tx, &self.text, &audiences(ctx), HITS)?.into_iter().map(|hit| hit.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut found = Vec::new();
        for id in keys.iter().filter_map(|key| key.parse::<CaseId>().ok()) {
            found.extend(cases::by_id(tx, id)?.filter(|case| self.wanted.wants(case)));
        }
        sort.order(&mut found);
        found.retain(|case| after.is_none_or(|after| sort.is_after(case, after)));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// The cases before and after one in the list.
    pub(super) fn beside(
        &self,
        ctx: &Ctx,
        tx: &mut Tx<'_>,
        case: &Case,
    ) -> Result<(Option<Case>, Option<Case>)> {
        let mut next = |sort: Sort| -> Result<Option<Case>> {
            Ok(self.find_sorted(ctx, tx, sort, Some(sort.place(case)), 1)?.pop())
        };
        Ok((next(self.sort.reversed())?, next(self.sort)?))
    }
}

fn stage(name: &str) -> Result<Stage> {
    Ok(match name {
        "" | "todo" => Stage::Todo,
        "alle" => Stage::Any,
        "beendet" => Stage::Ended,
        other => Stage::In(other.parse::<State>()?),
    })
}

fn assignee(ctx: &Ctx, name: &str) -> Result<Assignee> {
    let nobody = || Problem::input("person", "there is no such person");
    Ok(match name {
        "" => Assignee::Any,
        "niemand" => Assignee::Nobody,
        "ich" => ctx.who().person().map_or(Assignee::Nobody, Assignee::Person),
        id => Assignee::Person(id.parse().map_err(|_| nobody())?),
    })
}

/// What is overdue, or is due until the end of the week, which is Sunday at midnight in Germany.
fn due_before(name: &str, now: Time) -> Result<Option<Time>> {
    let day = |after: i64| {
        let at = now.plus_seconds(after * 24 * 3600).in_germany();
        Time::parse_civil(&format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()))
    };
    Ok(match name {
        "" => None,
        "ueberfaellig" => Some(now),
        "heute" => day(1),
        "woche" => day(7 - i64::from(now.in_germany().weekday().to_monday_zero_offset())),
        other => return Err(Problem::input("due", format!("there is no choice '{other}'"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_week_ends_on_sunday_night_in_german_time() {
        let tuesday = Time::parse_rfc3339("2026-11-24T23:30:00+01:00").unwrap();
        let read = |name| due_before(name, tuesday).unwrap().map(Time::rfc3339);
        assert_eq!(read("woche").as_deref(), Some("2026-11-29T23:00:00Z"));
        assert_eq!(read("heute").as_deref(), Some("2026-11-24T23:00:00Z"));
        assert_eq!(read("ueberfaellig").as_deref(), Some("2026-11-24T22:30:00Z"));
        let sunday = Time::parse_rfc3339("2026-11-29T12:00:00+01:00").unwrap();
        assert_eq!(
            due_before("woche", sunday).unwrap().map(Time::rfc3339).as_deref(),
            Some("2026-11-29T23:00:00Z")
        );
        assert!(due_before("morgen", tuesday).is_err());
    }
}

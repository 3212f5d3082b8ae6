use access::{Action, Ask};
use askama::Template;
use axum::extract::Query;
use base::{OfficeId, PersonId, Time};
use cases::filters::Filter;
use cases::templates::Template as Answer;
use cases::{Case, Cursor, State, Tally};
use identity::{Account, Office};

use super::listing::Listing;
use crate::context::Ctx;
use crate::desk::readable;
use crate::failure::Handled;
use crate::form::Form;
use crate::module::{ModuleStep, Nav};
use crate::page::{Page, Paging, html, see_other};

/// Cases on one page of the inbox.
const ROWS: i64 = 50;

/// Something to choose: value, text, and whether it is chosen.
pub(super) type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "desk/inbox.html")]
struct View {
    page: Page,
    listing: Listing,
    cases: Vec<Case>,
    tally: Tally,
    filters: Vec<Filter>,
    offices: Vec<Office>,
    staff: Vec<Account>,
    answers: Vec<Answer>,
    steps: Vec<&'static ModuleStep>,
    may_assign: bool,
    may_export: bool,
    may_people: bool,
    may_audit: bool,
    /// What the modules have here for this person: address and message key.
    entries: Vec<&'static Nav>,
    now: Time,
    paging: Paging,
}

impl View {
    fn office(&self, id: &OfficeId) -> &str {
        self.offices.iter().find(|office| office.id == *id).map_or("", |office| &office.name)
    }

    fn person(&self, id: &Option<PersonId>) -> &str {
        self.staff.iter().find(|person| Some(person.id) == *id).map_or("", |person| &person.name)
    }

    /// Whether the list is exactly this one; `query` has one field.
    fn is_at(&self, query: &str) -> bool {
        self.listing.query() == query
    }

    /// Whether more was chosen than one of the usual lists, so that it should be seen what.
    fn is_filtered(&self) -> bool {
        ["q", "amt", "modul"].iter().any(|name| !self.listing.get(name).is_empty())
    }

    fn states(&self) -> Vec<Choice> {
        let chosen = self.listing.get("status");
        let named = [("todo", "desk-todo"), ("alle", "all"), ("beendet", "desk-ended")];
        let groups = named.map(|(value, key)| {
            (
                value.to_owned(),
                self.page.ctx().t(key),
                chosen == value || chosen.is_empty() && value == "todo",
            )
        });
        let states = State::ALL.map(|state| {
            (
                state.name().to_owned(),
                self.page.ctx().t1("state", "name", state.name()),
                chosen == state.name(),
            )
        });
        groups.into_iter().chain(states).collect()
    }

    fn office_choices(&self) -> Vec<Choice> {
        let chosen = self.listing.get("amt");
        let choice = |office: &Office| {
            let id = office.id.to_string();
            let is_chosen = id == chosen;
            (id, office.name.clone(), is_chosen)
        };
        self.offices.iter().map(choice).collect()
    }

    fn people(&self) -> Vec<Choice> {
        let chosen = self.listing.get("wer");
        let named = [("ich", "desk-mine"), ("niemand", "nobody")]
            .map(|(value, key)| (value.to_owned(), self.page.ctx().t(key), chosen == value));
        let staff = self.staff.iter().map(|person| {
            let id = person.id.to_string();
            let is_chosen = id == chosen;
            (id, person.name.clone(), is_chosen)
        });
        named.into_iter().chain(staff).collect()
    }

    fn dues(&self) -> Vec<Choice> {
        let chosen = self.listing.get("frist");
        [("ueberfaellig", "desk-overdue"), ("heute", "desk-today"), ("woche", "desk-week")]
            .map(|(value, key)| (value.to_owned(), self.page.ctx().t(key), chosen == value))
            .to_vec()
    }

    /// The order a column's link leads to: this column upwards, or the other way when it is the one now.
    fn sort_link(&self, column: &str) -> String {
        let name = self.listing.sort.name();
        let next = if name == column { format!("-{column}") } else { column.to_owned() };
        format!("/arbeitsplatz?{}", self.listing.with("sort", &next))
    }

    /// How a column is sorted, for `aria-sort`.
    fn sorted(&self, column: &str) -> &'static str {
        match self.listing.sort.name() {
            name if name == column => "ascending",
            name if name.strip_prefix('-') == Some(column) => "descending",
            _ => "none",
        }
    }

    /// The list as a part of another address.
    fn list(&self) -> String {
        serde_urlencoded::to_string([("liste", self.listing.query())]).unwrap_or_default()
    }
}

/// The cases of all modules that this person may read. Without a query it opens with the filter the person chose.
pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let scopes = readable(&ctx)?;
    let listing = Listing::read(&ctx, &form, scopes.clone())?;
    let after = form.find("vor").map(str::parse::<Cursor>).transpose()?;
    let (asking, asked) = (ctx.clone(), listing.clone());
    let now = ctx.member().clock.now();
    let found = ctx.member().db.read("desk.inbox", move |tx| {
        let person = asking.who().person();
        let cases = asked.find(&asking, tx, after, ROWS + 1)?;
        let filters = person.map(|person| cases::filters::of(tx, person)).transpose()?.unwrap_or_default();
        let tally = cases::tally(tx, &scopes, person, now)?;
        let mut answers = Vec::new();
        for module in asking.member().modules {
            answers.extend(cases::templates::of_module(tx, module.name)?);
        }
        Ok((cases, filters, tally, answers, identity::offices(tx)?, identity::staff(tx)?))
    });
    let (mut cases, filters, tally, answers, offices, staff) = found.await?;
    let default = filters.iter().find(|filter| filter.is_default && !filter.query.is_empty());
    if let Some(filter) = default.filter(|_| form.fields().is_empty()) {
        return Ok(see_other(&format!("/arbeitsplatz?{}", filter.query)));
    }
    let address = |query: String| format!("/arbeitsplatz?{query}");
    let first = after.map(|_| address(listing.with("vor", "")));
    let more = cases.len() > usize::try_from(ROWS).unwrap_or(usize::MAX);
    cases.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let next = cases.last().filter(|_| more);
    let next = next.map(|last| address(listing.with("vor", &listing.sort.place(last).to_string())));
    let steps = ctx.member().modules.iter().flat_map(|module| module.steps).filter(|step| step.in_bulk);
    let may = |action| !ctx.scopes(action).is_empty();
    html(&View {
        steps: steps.collect(),
        may_assign: may(Action::AssignCase),
        may_export: may(Action::ExportCases),
        may_people: ctx.permit_all(Action::ReadPeople).is_ok(),
        entries: entries(&ctx),
        may_audit: ctx.permit_all(Action::ReadAudit).is_ok(),
        page: ctx.page_titled(ctx.t("desk"), vec![]).with_island("desk.js"),
        paging: Paging { first, next },
        listing,
        cases,
        tally,
        filters,
        offices,
        staff,
        answers,
        now,
    })
}

/// What modules have at the desk for this person beside cases.
fn entries(ctx: &Ctx) -> Vec<&'static Nav> {
    let may = |action, name| ctx.permit(&Ask { action, module: Some(name), office: None }).is_ok();
    let all = ctx
        .member()
        .modules
        .iter()
        .flat_map(|module| module.desk.iter().map(|(action, nav)| (*action, module.name, nav)));
    all.filter(|(action, name, _)| may(*action, name)).map(|(_, _, nav)| nav).collect()
}

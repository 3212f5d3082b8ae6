use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, PersonId, Result};
use cases::templates::{self, Template as Answer};
use cases::{Case, Event, EventKind, Taken};
use identity::{Account, Office};
use store::Tx;

use super::inbox::Choice;
use super::listing::Listing;
use super::{crumbs, undo};
use crate::context::Ctx;
use crate::desk::{self, filled, permitted};
use crate::failure::Handled;
use crate::form::Form;
use crate::module::{ModuleStep, Panel};
use crate::page::{Page, html};

#[derive(Template)]
#[template(path = "desk/case.html")]
struct View {
    page: Page,
    case: Case,
    office: String,
    panel: Panel,
    events: Vec<(Event, String)>,
    offices: Vec<Choice>,
    staff: Vec<Choice>,
    answers: Vec<Answer>,
    steps: Vec<&'static ModuleStep>,
    /// The step that can be taken back: its action and its name.
    taken: Option<(String, String)>,
    merged: Vec<Case>,
    into: Option<Case>,
    before: Option<String>,
    after: Option<String>,
    here: String,
    list: String,
    is_mine: bool,
    is_overdue: bool,
    may_assign: bool,
    text: String,
    state: String,
    /// The form that was refused.
    sent: Form,
}

impl View {
    /// The day of the promise as a date field wants it.
    fn due_day(&self) -> String {
        if let Some(day) = self.sent.find("frist") {
            return day.to_owned();
        }
        let Some(at) = self.case.due.map(base::Time::in_germany) else { return String::new() };
        format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
    }

    fn has_step_pages(&self) -> bool {
        self.steps.iter().any(|step| step.has_page)
    }

    /// The page of a step that needs more than a button.
    fn step_page(&self, name: &str) -> String {
        let list = serde_urlencoded::to_string([("liste", &self.list)]).unwrap_or_default();
        format!("/arbeitsplatz/fall/{}/{name}?{list}", self.case.number)
    }
}

struct Loaded {
    case: Case,
    panel: Panel,
    events: Vec<Event>,
    offices: Vec<Office>,
    staff: Vec<Account>,
    answers: Vec<Answer>,
    taken: Option<Taken>,
    merged: Vec<Case>,
    into: Option<Case>,
    beside: (Option<Case>, Option<Case>),
    steps: Vec<&'static ModuleStep>,
    /// The template that was chosen, with the words of the case, and the state that goes with it.
    chosen: Option<(String, String)>,
}

/// The address of a case's page as reached from a list.
pub(super) fn address(number: &str, list: &str) -> String {
    let query = serde_urlencoded::to_string([("liste", list)]).unwrap_or_default();
    if list.is_empty() {
        format!("/arbeitsplatz/fall/{number}")
    } else {
        format!("/arbeitsplatz/fall/{number}?{query}")
    }
}

pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    case_page(&ctx, number, &query, vec![], &Form::default()).await
}

/// Reads a case with everything that is not public. The reading is written into the audit before anything is shown.
pub(super) async fn case_page(
    ctx: &Ctx,
    number: String,
    query: &Form,
    faults: Vec<Fault>,
    sent: &Form,
) -> Handled {
    let (asking, asked) = (ctx.clone(), query.clone());
    let loaded = ctx.member().db.write("desk.case", move |tx| load(&asking, tx, &number, &asked)).await?;
    let list = query.get("liste").to_owned();
    let page = ctx.page_titled(format!("{} {}", loaded.case.number, loaded.case.title), crumbs(ctx));
    let page = page.with_map().with_island("desk.js").with_faults(faults);
    html(&view(ctx, page, loaded, list, sent.clone())?)
}

fn load(ctx: &Ctx, tx: &mut Tx<'_>, number: &str, query: &Form) -> Result<Loaded> {
    let (case, permit) = permitted(ctx, tx, number, Action::ReadCase)?;
    let about = serde_json::json!({ "number": case.number });
    ctx.audit(tx, &permit, "case.read", Some(case.id), &about)?;
    let module = ctx.member().module(&case.module)?;
    let category = (module.facts)(tx, case.id)?.category;
    let answers = templates::fitting(tx, &case.module, &category)?;
    let chosen = answers.iter().find(|answer| answer.id.to_string() == query.get("vorlage")).cloned();
    let chosen = match chosen {
        Some(answer) => {
            let state = answer.state.map(|state| state.name().to_owned()).unwrap_or_default();
            Some((filled(ctx, tx, &answer, &case)?, state))
        }
        None => None,
    };
    let listing = query.find("liste").and_then(|list| Listing::read_query(ctx, list).ok());
    let beside = listing.map(|listing| listing.beside(ctx, tx, &case)).transpose()?.unwrap_or_default();
    let mut steps = Vec::new();
    for step in module.steps {
        if desk::permit(ctx, &case, step.action).is_ok() && (step.offered)(tx, &case)? {
            steps.push(step);
        }
    }
    Ok(Loaded {
        steps,
        panel: (module.panel)(tx, case.id)?,
        events: cases::events(tx, case.id, false)?,
        offices: identity::offices(tx)?,
        staff: identity::staff(tx)?,
        taken: cases::undoable(tx, &case)?.filter(|taken| undo::permit(ctx, &case, taken).is_ok()),
        merged: cases::merged_with(tx, case.id)?,
        into: case.merged_into.map(|id| cases::by_id(tx, id)).transpose()?.flatten(),
        answers,
        beside,
        chosen,
        case,
    })
}

fn view(ctx: &Ctx, page: Page, loaded: Loaded, list: String, sent: Form) -> Result<View> {
    let Loaded { case, panel, events, offices, staff, answers, taken, merged, into, beside, chosen, steps } =
        loaded;
    let name = |id: Option<PersonId>| {
        staff.iter().find(|each| Some(each.id) == id).map(|each| each.name.clone()).unwrap_or_default()
    };
    let events = events.into_iter().map(|mut event| {
        event.text = words(ctx, &case, &event, &name);
        let who = name(event.actor);
        (event, who)
    });
    let events = events.collect();
    let office = offices.iter().find(|each| each.id == case.office).map(|each| each.name.clone());
    let link = |case: Option<Case>| case.map(|case| address(&case.number, &list));
    let taken = taken.map(|taken| (taken.action.to_string(), step_name(ctx, &case.module, &taken.what)));
    let (chosen, state) = chosen.unwrap_or_default();
    let offices = offices.into_iter().map(|each| (each.id.to_string(), each.name, each.id == case.office));
    let offices = offices.collect();
    let staff = staff.into_iter().filter(|each| each.blocked.is_none());
    let staff = staff.map(|each| (each.id.to_string(), each.name, case.assignee == Some(each.id)));
    let staff = staff.collect();
    Ok(View {
        office: office.unwrap_or_default(),
        steps,
        before: link(beside.0),
        after: link(beside.1),
        here: address(&case.number, &list),
        is_mine: case.assignee.is_some() && case.assignee == ctx.who().person(),
        is_overdue: case.is_overdue(ctx.member().clock.now()),
        may_assign: desk::permit(ctx, &case, Action::AssignCase).is_ok(),
        text: sent.find("text").map_or(chosen, str::to_owned),
        page,
        case,
        panel,
        events,
        offices,
        staff,
        answers,
        taken,
        merged,
        into,
        list,
        state,
        sent,
    })
}

/// What a line of the timeline says where the database keeps a name or an id.
fn words(ctx: &Ctx, case: &Case, event: &Event, name: &impl Fn(Option<PersonId>) -> String) -> String {
    match event.kind {
        EventKind::Assigned if event.text.is_empty() => ctx.t("nobody"),
        EventKind::Assigned => name(event.text.parse().ok()),
        EventKind::Published | EventKind::Hidden => match event.text.strip_prefix("photo ") {
            Some(number) => ctx.t1("photo-number", "number", number),
            None => event.text.clone(),
        },
        EventKind::Undone => step_name(ctx, &case.module, &event.text),
        EventKind::Visit => {
            let (outcome, rest) = event.text.split_once(' ').unwrap_or((&event.text, ""));
            format!("{} {rest}", ctx.t1("visit", "name", outcome)).trim_end().to_owned()
        }
        _ => event.text.clone(),
    }
}

/// What a step is called.
pub(super) fn step_name(ctx: &Ctx, module: &str, what: &str) -> String {
    let steps = ctx.member().module(module).map_or(&[][..], |module| module.steps);
    let own = steps.iter().find(|step| step.name == what);
    own.map_or_else(|| ctx.t1("step", "name", what), |step| ctx.t(step.key))
}

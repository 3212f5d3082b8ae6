use access::{Action, Ask, Permit, Scope, Who};
use askama::Template;
use axum::extract::{Path, Query};
use base::{OfficeId, PersonId, Problem, Result};
use cases::{Case, Event, EventKind, Inbox, State, Step};
use identity::{Account, Office};
use ledger::{Fact, PUBLIC};
use store::{Sql, Tx, params};

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::module::Panel;
use crate::page::{Crumb, Page, Paging, html, parse_cursor, see_other};

/// Cases on one page of the inbox.
const ROWS: i64 = 50;

store::statements! {
    AUDIT = "desk.audit":
        "select id, seq, header from ledger_entry where feed = 'audit' and seq is not null and seq < ?1
         order by seq desc limit 50";
}

/// The statements of this file.
pub(super) const STATEMENTS: &[Sql] = ALL;

#[derive(Template)]
#[template(path = "desk.html")]
struct InboxView {
    page: Page,
    cases: Vec<Case>,
    counts: Vec<(State, i64, bool)>,
    mine: bool,
    offices: Vec<Office>,
    may_audit: bool,
    may_people: bool,
    paging: Paging,
}

impl InboxView {
    fn office(&self, id: &OfficeId) -> &str {
        self.offices.iter().find(|office| office.id == *id).map_or("", |office| &office.name)
    }

    /// Whether no state was chosen.
    fn any_state(&self) -> bool {
        self.counts.iter().all(|(_, _, chosen)| !chosen)
    }
}

pub(super) fn desk_crumb(ctx: &Ctx) -> Vec<Crumb> {
    vec![Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() }]
}

/// The cases of all modules that this person may work on.
pub(crate) async fn inbox(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let scopes = readable(&ctx)?;
    let state = form.find("status").map(str::parse::<State>).transpose()?;
    let mine = form.find("meine").is_some();
    let before = form.find("vor").map(parse_cursor).transpose()?;
    let assignee = ctx.who().person().filter(|_| mine);
    let wanted = Inbox { scopes, state, assignee, before };
    let found = ctx.member().db.read("desk.inbox", move |tx| {
        let cases = cases::inbox(tx, &wanted, ROWS + 1)?;
        Ok((cases, cases::counts(tx, &wanted.scopes)?, identity::offices(tx)?))
    });
    let (mut cases, counts, offices) = found.await?;
    let mut query: Vec<(&str, String)> = Vec::new();
    query.extend(state.map(|state| ("status", state.name().to_owned())));
    query.extend(mine.then(|| ("meine", "1".to_owned())));
    let address = |query: &[(&str, String)]| {
        format!("/arbeitsplatz?{}", serde_urlencoded::to_string(query).unwrap_or_default())
    };
    let first = before.is_some().then(|| address(&query));
    let more = cases.len() > usize::try_from(ROWS).unwrap_or(usize::MAX);
    cases.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let next = cases.last().filter(|_| more).map(|last| {
        query.push(("vor", format!("{}-{}", last.updated.0, last.id)));
        address(&query)
    });
    let counts = State::ALL.map(|each| {
        let count = counts.iter().find(|(counted, _)| *counted == each).map_or(0, |(_, count)| *count);
        (each, count, state == Some(each))
    });
    let may_audit = ctx.permit_all(Action::ReadAudit).is_ok();
    let may_people = ctx.permit_all(Action::ReadPeople).is_ok();
    let page = ctx.page_titled(ctx.t("desk"), vec![]);
    let (counts, paging) = (counts.to_vec(), Paging { first, next });
    html(&InboxView { page, cases, counts, mine, offices, may_audit, may_people, paging })
}

/// Where this person may read cases. Whoever works for the member has an inbox; revision and administration see it
/// empty, and whoever is still to prove a second factor is told so.
fn readable(ctx: &Ctx) -> Result<Vec<Scope>> {
    let own = match ctx.who() {
        Who::Person { grants, .. } => grants.first(),
        Who::Anonymous => None,
    };
    let module = own.and_then(|grant| grant.module.as_deref());
    ctx.permit(&Ask { action: Action::ReadPeople, module, office: own.and_then(|grant| grant.office) })?;
    Ok(ctx.scopes(Action::ReadCase))
}

/// A person or an office to choose: id, name, and whether it is the one now.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "desk_case.html")]
struct CaseView {
    page: Page,
    case: Case,
    office: String,
    panel: Panel,
    events: Vec<(Event, String)>,
    offices: Vec<Choice>,
    staff: Vec<Choice>,
    is_mine: bool,
    may_assign: bool,
    text: String,
}

struct Loaded {
    case: Case,
    panel: Panel,
    events: Vec<Event>,
    offices: Vec<Office>,
    staff: Vec<Account>,
}

pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>) -> Handled {
    case_page(&ctx, number, vec![], String::new()).await
}

/// Reads a case with everything that is not public. The reading is written into the audit before anything is shown.
async fn case_page(ctx: &Ctx, number: String, faults: Vec<base::Fault>, text: String) -> Handled {
    let asking = ctx.clone();
    let loaded = ctx.member().db.write("desk.case", move |tx| {
        let (case, permit) = permitted(&asking, tx, &number, Action::ReadCase)?;
        asking.audit(
            tx,
            &permit,
            "case.read",
            Some(case.id),
            &serde_json::json!({ "number": case.number }),
        )?;
        let panel = (asking.member().module(&case.module)?.panel)(tx, case.id)?;
        let events = cases::events(tx, case.id, false)?;
        Ok(Loaded { case, panel, events, offices: identity::offices(tx)?, staff: identity::staff(tx)? })
    });
    let Loaded { case, panel, events, offices, staff } = loaded.await?;
    let name = |id: Option<PersonId>| {
        staff
            .iter()
            .find(|person| Some(person.id) == id)
            .map(|person| person.name.clone())
            .unwrap_or_default()
    };
    let events = events.into_iter().map(|mut event| {
        if event.kind == EventKind::Assigned {
            event.text = name(event.text.parse().ok());
        }
        let who = name(event.actor);
        (event, who)
    });
    let events = events.collect();
    let office = offices.iter().find(|office| office.id == case.office).map(|office| office.name.clone());
    let page = ctx.page_titled(format!("{} {}", case.number, case.title), desk_crumb(ctx)).with_map();
    let ask = Ask { action: Action::AssignCase, module: Some(&case.module), office: Some(case.office) };
    let may_assign = ctx.permit(&ask).is_ok();
    let office = office.unwrap_or_default();
    let is_mine = case.assignee.is_some() && case.assignee == ctx.who().person();
    let offices =
        offices.into_iter().map(|each| (each.id.to_string(), each.name, each.id == case.office)).collect();
    let staff = staff.into_iter().filter(|each| each.blocked.is_none());
    let staff = staff.map(|each| (each.id.to_string(), each.name, case.assignee == Some(each.id)));
    let (staff, page) = (staff.collect(), page.with_faults(faults));
    html(&CaseView { page, case, office, panel, events, offices, staff, is_mine, may_assign, text })
}

fn permitted(ctx: &Ctx, tx: &mut Tx<'_>, number: &str, action: Action) -> Result<(Case, Permit)> {
    let case = cases::by_number(tx, number)?;
    // Who may read no case at all learns nothing of this one either.
    let Some(case) = case else {
        readable(ctx)?;
        return Err(Problem::not_found("case", "there is no such case"));
    };
    let permit = ctx.permit(&Ask { action, module: Some(&case.module), office: Some(case.office) })?;
    Ok((case, permit))
}

fn step(form: &Form, tx: &mut Tx<'_>) -> Result<(Step, Action)> {
    let text = form.get("text").to_owned();
    let state = || form.find("status").map(str::parse::<State>).transpose();
    Ok(match form.get("schritt") {
        "antwort" => (Step::Answer(text, state()?), Action::WorkOnCase),
        "notiz" => (Step::Note(text), Action::WorkOnCase),
        "status" => {
            let state = state()?.ok_or_else(|| Problem::input("state", "no state was chosen"))?;
            (Step::State(state), Action::WorkOnCase)
        }
        "nehmen" => (Step::Assign(None), Action::WorkOnCase),
        "zuweisen" => {
            let person = form.find("person").map(str::parse).transpose();
            let person = person.map_err(|_| Problem::input("person", "there is no such person"))?;
            (Step::Assign(person), Action::AssignCase)
        }
        "abgeben" => {
            let id: OfficeId =
                form.get("amt").parse().map_err(|_| Problem::input("office", "there is no such office"))?;
            let office = identity::find_office(tx, id)?;
            let office = office.ok_or_else(|| Problem::input("office", "there is no such office"))?;
            (Step::Move(id, office.name), Action::WorkOnCase)
        }
        other => return Err(Problem::input("step", format!("there is no step '{other}'"))),
    })
}

/// Does a step with a case. The step, the timeline, the public record and the audit are one transaction.
pub(crate) async fn act(ctx: Ctx, Path(number): Path<String>, form: Form) -> Handled {
    let (acting, wanted, sent) = (ctx.clone(), number.clone(), form.clone());
    let done = ctx.member().db.write("desk.act", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        let (step, action) = step(&sent, tx)?;
        let (case, permit) = permitted(&acting, tx, &wanted, action)?;
        let step = if sent.get("schritt") == "nehmen" { Step::Assign(Some(permit.person())) } else { step };
        let change = cases::decide(&case, &step).map_err(Problem::from)?;
        let now = acting.member().clock.now();
        cases::record(tx, &permit, &case, &change, now)?;
        (acting.member().module(&case.module)?.changed)(tx, acting.member(), case.id, &change)?;
        (acting.member().module(&case.module)?.index)(tx, case.id)?;
        if change.lines.iter().any(|(kind, _)| kind.is_public()) {
            let kind = format!("{}.{}", case.module, change.state.name());
            let fact = Fact {
                feed: PUBLIC,
                kind: &kind,
                actor: ledger::Actor::Node,
                case: Some(case.id),
                subject: None,
                payload: None,
            };
            acting.member().ledger.append(tx, &fact)?;
        }
        let about = serde_json::json!({ "number": case.number, "step": sent.get("schritt") });
        acting.audit(tx, &permit, "case.changed", Some(case.id), &about)?;
        identity::remember_form(tx, form_id, "", now)
    });
    match done.await {
        Err(problem) if !problem.faults.is_empty() => {
            let text = form.get("text").to_owned();
            case_page(&ctx, number, problem.faults, text).await
        }
        other => other.map(|()| see_other(&format!("/arbeitsplatz/fall/{number}"))).map_err(Into::into),
    }
}

#[derive(Template)]
#[template(path = "desk_audit.html")]
struct AuditView {
    page: Page,
    rows: Vec<AuditRow>,
    paging: Paging,
}

struct AuditRow {
    seq: i64,
    at: String,
    kind: String,
    actor: String,
    about: String,
}

/// The account of privileged reads and writes; reading it is written into it.
pub(crate) async fn audit(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let permit = ctx.permit_all(Action::ReadAudit)?;
    let before = form.find("vor").map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| Problem::input("cursor", "the address names no page"))?;
    let asking = ctx.clone();
    let rows = ctx.member().db.write("desk.audit", move |tx| {
        asking.audit(tx, &permit, "audit.read", None, &serde_json::json!({}))?;
        let entries = tx.all(&AUDIT, params![before.unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get::<i64>(1)?, row.get::<Vec<u8>>(2)?))
        })?;
        let mut rows = Vec::new();
        for (id, seq, header) in entries {
            let Ok(header) = serde_json::from_slice::<ledger::Header>(&header) else { continue };
            let about = asking.member().ledger.payload(tx, id)?.unwrap_or_default();
            let about = String::from_utf8_lossy(&about).into_owned();
            rows.push(AuditRow { seq, at: header.at, kind: header.kind, actor: header.actor, about });
        }
        Ok(rows)
    });
    let rows = rows.await?;
    let next =
        rows.last().filter(|row| row.seq > 0).map(|row| format!("/arbeitsplatz/protokoll?vor={}", row.seq));
    let first = before.map(|_| "/arbeitsplatz/protokoll".to_owned());
    let page = ctx.page_titled(ctx.t("audit"), desk_crumb(&ctx));
    html(&AuditView { page, rows, paging: Paging { first, next } })
}

use std::borrow::Cow;

use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{FormId, Kind, Problem, Result};
use cases::{Case, templates};
use store::Tx;

use super::case::step_name;
use super::crumbs;
use super::undo;
use crate::context::Ctx;
use crate::desk::{self, Proposal, propose, readable, take};
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html, see_other};

/// Cases one action can be about: what one page of the inbox shows.
const MOST: usize = 50;

/// A case that a step was not taken with, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) number: String,
    /// The problem's code.
    pub(super) code: String,
}

/// Whether a problem is about one case, so that the others can go on.
pub(super) fn is_refusal(problem: &Problem) -> bool {
    use Kind::*;
    matches!(problem.kind, Input | Unauthenticated | Denied | NotFound | Conflict | Gone)
}

#[derive(Template)]
#[template(path = "desk/confirm.html")]
struct ConfirmView {
    page: Page,
    step: String,
    /// What the step is told: the text, the person, the office or the state, in words.
    detail: String,
    possible: Vec<(Case, String)>,
    refused: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

/// Shows what an action will do before it does anything: with each case on its own.
pub(crate) async fn confirm(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    readable(&ctx)?;
    let numbers = numbers(&form)?;
    let (asking, asked) = (ctx.clone(), form.clone());
    let (possible, refused, detail) = ctx
        .member()
        .db
        .read("desk.confirm", move |tx| {
            let (mut possible, mut refused) = (Vec::new(), Vec::new());
            for number in &numbers {
                match propose(&asking, tx, &asked, number) {
                    Ok((case, _, proposal)) => possible.push((case, outcome(&asking, &proposal))),
                    Err(problem) if is_refusal(&problem) => refused.push((number.clone(), problem)),
                    Err(problem) => return Err(problem),
                }
            }
            Ok((possible, refused, detail(&asking, tx, &asked)?))
        })
        .await?;
    let page = ctx.page_titled(ctx.t("bulk-title"), crumbs(&ctx));
    let refused = refused.into_iter().map(|(number, problem)| (number, reason(&ctx, &problem))).collect();
    let kept = ["schritt", "fall[]", "text", "status", "person", "amt", "vorlage", "frist", "liste"];
    let fields = form.fields().iter().filter(|(name, _)| kept.contains(&name.as_str())).cloned().collect();
    let step = step_title(&ctx, form.get("schritt"));
    html(&ConfirmView { page, step, detail, possible, refused, fields })
}

/// Takes the step with every case it is permitted and possible with; the others stay as they are.
pub(crate) async fn run(ctx: Ctx, form: Form) -> Handled {
    let numbers = numbers(&form)?;
    let form_id = form.id()?;
    let acting = ctx.clone();
    let refused = ctx.member().db.write("desk.bulk", move |tx| {
        if let Some(location) = identity::form_done(tx, form_id)? {
            return Ok(location);
        }
        let mut refused = Vec::new();
        for number in &numbers {
            match take(&acting, tx, &form, number, form_id) {
                Ok(_) => {}
                Err(problem) if is_refusal(&problem) => {
                    let code = problem.faults.first().map_or(problem.code, |fault| fault.code).to_owned();
                    refused.push(Refused { number: number.clone(), code });
                }
                Err(problem) => return Err(problem),
            }
        }
        let location = done_address(form_id, &refused, false);
        identity::remember_form(tx, form_id, &location, acting.member().clock.now())?;
        Ok(location)
    });
    let location = refused.await?;
    ctx.member().new_job.notify_one();
    Ok(see_other(&location))
}

fn numbers(form: &Form) -> Result<Vec<String>> {
    let chosen = form.fields().iter().filter(|(name, _)| name == "fall[]");
    let mut numbers: Vec<String> = chosen.map(|(_, number)| number.clone()).collect();
    numbers.dedup();
    match numbers.len() {
        0 => Err(Problem::input("bulk-none", "no case was chosen")),
        count if count > MOST => Err(Problem::input("bulk-many", format!("at most {MOST} cases at once"))),
        _ => Ok(numbers),
    }
}

/// What becomes of one case, in a few words.
fn outcome(ctx: &Ctx, proposal: &Proposal) -> String {
    match proposal {
        Proposal::Change(change) => ctx.t1("state", "name", change.to.state.name()),
        Proposal::Module(step) => ctx.t(step.key),
    }
}

fn detail(ctx: &Ctx, tx: &mut Tx<'_>, form: &Form) -> Result<String> {
    Ok(match form.get("schritt") {
        "zuweisen" => match form.get("person").parse() {
            Ok(person) => identity::by_id(tx, person)?.map(|person| person.name).unwrap_or_default(),
            Err(_) => ctx.t("nobody"),
        },
        "abgeben" => match form.get("amt").parse() {
            Ok(office) => identity::find_office(tx, office)?.map(|office| office.name).unwrap_or_default(),
            Err(_) => String::new(),
        },
        "antwort" if form.find("text").is_none() => match form.get("vorlage").parse() {
            Ok(id) => templates::by_id(tx, id)?.map(|template| template.text).unwrap_or_default(),
            Err(_) => String::new(),
        },
        "status" => form.find("status").map(|state| ctx.t1("state", "name", state)).unwrap_or_default(),
        _ => form.get("text").to_owned(),
    })
}

fn step_title(ctx: &Ctx, name: &str) -> String {
    let modules = ctx.member().modules;
    let module = modules.iter().find(|module| module.steps.iter().any(|step| step.name == name));
    step_name(ctx, module.map_or("", |module| module.name), name)
}

/// Why it cannot be done, in words.
fn reason(ctx: &Ctx, problem: &Problem) -> String {
    match problem.faults.first() {
        Some(fault) => ctx.t(fault.code),
        None => words(ctx, problem.code),
    }
}

fn words(ctx: &Ctx, code: &str) -> String {
    let texts = &ctx.member().texts;
    let found = [format!("problem-{code}"), code.to_owned()];
    let found = found.iter().find_map(|key| texts.find(ctx.lang(), key, &[]));
    found.map_or_else(|| ctx.t(if code == "denied" { "status-403" } else { "status-409" }), Cow::into_owned)
}

/// Where what an action did is shown.
pub(super) fn done_address(action: FormId, refused: &[Refused], back: bool) -> String {
    let mut query: Vec<(&str, String)> =
        refused.iter().map(|each| ("nicht", format!("{}:{}", each.number, each.code))).collect();
    query.extend(back.then(|| ("zurueck", "1".to_owned())));
    format!("/arbeitsplatz/getan/{action}?{}", serde_urlencoded::to_string(query).unwrap_or_default())
}

#[derive(Template)]
#[template(path = "desk/done.html")]
struct DoneView {
    page: Page,
    action: String,
    step: String,
    is_answer: bool,
    cases: Vec<Case>,
    refused: Vec<(String, String)>,
    may_undo: bool,
}

/// What an action did, and the way to take it back.
pub(crate) async fn done(ctx: Ctx, Path(action): Path<String>, Query(form): Query<Form>) -> Handled {
    let action: FormId =
        action.parse().map_err(|_| Problem::not_found("action", "there is no such action"))?;
    readable(&ctx)?;
    let asking = ctx.clone();
    let (what, cases, may_undo) = ctx
        .member()
        .db
        .read("desk.done", move |tx| {
            let (mut cases, mut may_undo, mut what) = (Vec::new(), false, String::new());
            for taken in cases::taken_in(tx, action)? {
                let Some(case) = cases::by_id(tx, taken.case_id)? else { continue };
                let last = cases::undoable(tx, &case)?;
                may_undo |= last.is_some_and(|last| last.action == action)
                    && undo::permit(&asking, &case, &taken).is_ok();
                what = taken.what;
                if desk::permit(&asking, &case, Action::ReadCase).is_ok() {
                    cases.push(case);
                }
            }
            Ok((what, cases, may_undo))
        })
        .await?;
    let back = form.find("zurueck").is_some();
    let page = ctx.page_titled(ctx.t(if back { "undo-title" } else { "bulk-done" }), crumbs(&ctx));
    let refused = form.fields().iter().filter(|(name, _)| name == "nicht");
    let refused = refused.filter_map(|(_, value)| value.split_once(':'));
    let refused: Vec<_> = refused.map(|(number, code)| (number.to_owned(), words(&ctx, code))).collect();
    let cases = match back {
        true => cases.into_iter().filter(|case| refused.iter().all(|(no, _)| *no != case.number)).collect(),
        false => cases,
    };
    html(&DoneView {
        step: step_title(&ctx, &what),
        is_answer: what == "antwort",
        action: action.to_string(),
        page,
        cases,
        refused,
        may_undo,
    })
}

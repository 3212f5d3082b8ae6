//! Steps with cases: what every change of a case at the desk goes through, of whatever module, from whatever page.

use access::{Action, Ask, Permit, Scope, Who};
use base::{CaseId, FormId, PersonId, Problem, Result};
use cases::{Case, Change, State, Step, templates};
use ledger::{Actor, Fact, PUBLIC};
use store::Tx;

use crate::context::Ctx;
use crate::form::Form;
use crate::handover;
use crate::member::Member;
use crate::module::{Doing, Module, ModuleStep};

/// The case with this number, when who asks may do that with it.
///
/// # Errors
/// `case` when there is none, `sign-in`, `second-factor` or `denied`; who may read no case at all learns nothing of
/// whether there is one.
pub fn permitted(ctx: &Ctx, tx: &mut Tx<'_>, number: &str, action: Action) -> Result<(Case, Permit)> {
    let Some(case) = cases::by_number(tx, number)? else {
        readable(ctx)?;
        return Err(Problem::not_found("case", "there is no such case"));
    };
    let permit = permit(ctx, &case, action)?;
    Ok((case, permit))
}

/// Whether who asks may do that with this case.
///
/// # Errors
/// `sign-in`, `second-factor` or `denied`.
pub fn permit(ctx: &Ctx, case: &Case, action: Action) -> Result<Permit> {
    ctx.permit(&Ask { action, module: Some(&case.module), office: Some(case.office) })
}

/// Where this person may read cases. Whoever works for the member has an inbox; revision and administration see it
/// empty, and whoever is still to prove a second factor is told so.
pub(crate) fn readable(ctx: &Ctx) -> Result<Vec<Scope>> {
    let own = match ctx.who() {
        Who::Person { grants, .. } => grants.first(),
        Who::Anonymous => None,
    };
    let module = own.and_then(|grant| grant.module.as_deref());
    ctx.permit(&Ask { action: Action::ReadPeople, module, office: own.and_then(|grant| grant.office) })?;
    Ok(ctx.scopes(Action::ReadCase))
}

/// What somebody wants to do with a case, and may.
pub(crate) enum Proposal {
    /// What every case can go through, already decided.
    Change(Change),
    /// What only the cases of this module can; its module decides when it is taken.
    Module(&'static ModuleStep),
}

/// Looks at one step with one case: whether it is permitted and possible. Nothing is changed.
pub(crate) fn propose(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    form: &Form,
    number: &str,
) -> Result<(Case, Permit, Proposal)> {
    let name = form.get("schritt");
    let needs = action(name);
    let (case, permit) = permitted(ctx, tx, number, needs.unwrap_or(Action::ReadCase))?;
    if needs.is_none() {
        let steps = ctx.member().module(&case.module)?.steps;
        let unknown = || Problem::input("step", format!("there is no step '{name}'"));
        let step = steps.iter().find(|step| step.name == name).ok_or_else(unknown)?;
        let permit = self::permit(ctx, &case, step.action)?;
        if !(step.offered)(tx, &case)? {
            return Err(cases::Refusal::Nothing.into());
        }
        return Ok((case, permit, Proposal::Module(step)));
    }
    let step = read_step(ctx, tx, form, &case, &permit)?;
    let change = cases::decide(&case, &step).map_err(|refusal| at_field(refusal.into(), words(name)))?;
    Ok((case, permit, Proposal::Change(change)))
}

/// What one must be allowed to do for a step that every case can go through; `None` for other names.
fn action(name: &str) -> Option<Action> {
    match name {
        "antwort" | "notiz" | "status" | "nehmen" | "abgeben" | "frist" => Some(Action::WorkOnCase),
        "zuweisen" => Some(Action::AssignCase),
        _ => None,
    }
}

/// The field with the words of a step; each form of a case's page has its own.
fn words(name: &str) -> &'static str {
    match name {
        "notiz" => "notiz",
        "frist" => "frist-grund",
        _ => "text",
    }
}

/// The problem with its faults at the field they are about.
fn at_field(mut problem: Problem, field: &'static str) -> Problem {
    problem.faults.iter_mut().for_each(|fault| fault.field = field.into());
    problem
}

fn read_step(ctx: &Ctx, tx: &mut Tx<'_>, form: &Form, case: &Case, permit: &Permit) -> Result<Step> {
    let text = form.get(words(form.get("schritt"))).to_owned();
    let state = || form.find("status").map(str::parse::<State>).transpose();
    Ok(match form.get("schritt") {
        "antwort" if text.is_empty() && form.find("vorlage").is_some() => {
            let template = template(tx, form.get("vorlage"), case)?;
            let state = template.state.filter(|state| *state != case.state);
            Step::Answer(filled(ctx, tx, &template, case)?, state)
        }
        "antwort" => Step::Answer(text, state()?),
        "notiz" => Step::Note(text),
        "status" => {
            let state = state()?.ok_or_else(|| Problem::input("state", "no state was chosen"))?;
            Step::State(state)
        }
        "nehmen" => Step::Assign(Some(permit.person())),
        "zuweisen" => {
            let person = form.find("person").map(str::parse).transpose();
            Step::Assign(person.map_err(|_| Problem::input("person", "there is no such person"))?)
        }
        "abgeben" => {
            let unknown = || Problem::input("office", "there is no such office");
            let id = form.get("amt").parse().map_err(|_| unknown())?;
            Step::Move(id, identity::find_office(tx, id)?.ok_or_else(unknown)?.name)
        }
        _ => Step::Due(due(form)?, text),
    })
}

/// Until the end of the day that was chosen; none when the field is empty.
fn due(form: &Form) -> Result<Option<base::Time>> {
    let Some(day) = form.find("frist") else { return Ok(None) };
    let end = base::Time::parse_civil(&format!("{day}T23:59"));
    let wrong = || Problem::faults(vec![base::Fault::new("frist", "due-wrong")]);
    end.map(Some).ok_or_else(wrong)
}

fn template(tx: &mut Tx<'_>, id: &str, case: &Case) -> Result<templates::Template> {
    let unknown = || Problem::input("template", "there is no such template");
    let template = templates::by_id(tx, id.parse().map_err(|_| unknown())?)?;
    template.filter(|template| template.module == case.module).ok_or_else(unknown)
}

/// A template with the words of a case.
pub(crate) fn filled(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    template: &templates::Template,
    case: &Case,
) -> Result<String> {
    let office = identity::find_office(tx, case.office)?.map(|office| office.name).unwrap_or_default();
    let due = case.due.map(|due| ctx.page("desk").day(&due)).unwrap_or_default();
    let words = [
        ("number", case.number.as_str()),
        ("title", case.title.as_str()),
        ("office", office.as_str()),
        ("due", due.as_str()),
    ];
    Ok(templates::fill(&template.text, &words))
}

/// Takes a step of the form with the case of this number; `action` is what it can be taken back by.
pub(crate) fn take(ctx: &Ctx, tx: &mut Tx<'_>, form: &Form, number: &str, action: FormId) -> Result<Case> {
    let (case, permit, proposal) = propose(ctx, tx, form, number)?;
    let what = form.get("schritt");
    let (change, before) = match proposal {
        Proposal::Change(change) => (change, String::new()),
        Proposal::Module(step) => {
            let done = (step.run)(tx, &Doing { ctx, case: &case, form })?;
            (done.change, done.before)
        }
    };
    // What another member was told cannot be taken back by one side.
    let undo = (!handover::STEPS.contains(&what)).then_some((action, before.as_str()));
    carry_out(ctx, tx, &permit, &case, &Deed { what, change: &change, undo })?;
    Ok(case)
}

/// What is done to a case.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// Its name, for the audit and for whoever takes it back.
    pub what: &'a str,
    /// What it makes of the case.
    pub change: &'a Change,
    /// How it can be taken back: the action it belongs to and what the module knew before; absent for an undo.
    pub undo: Option<(FormId, &'a str)>,
}

/// Does it: the fields, the timeline, everything that follows from them and the audit. The one place where a case
/// changes at the desk.
///
/// # Errors
/// What the database says.
pub fn carry_out(ctx: &Ctx, tx: &mut Tx<'_>, permit: &Permit, case: &Case, deed: &Deed<'_>) -> Result<()> {
    let now = ctx.member().clock.now();
    match deed.undo {
        Some((action, before)) => {
            cases::record_step(tx, permit, case, deed.change, (action, deed.what, before), now)?;
        }
        None => cases::record(tx, permit, case, deed.change, now)?,
    }
    follow_up(ctx.member(), tx, case, (deed.change, Actor::Node), Some(permit.person()))?;
    let about = serde_json::json!({ "number": case.number, "step": deed.what });
    ctx.audit(tx, permit, "case.changed", Some(case.id), &about)
}

/// What follows from a change that was recorded: what is found, news for whoever wants to know, the public record, and
/// all of it for the cases that are followed up with this one.
///
/// # Errors
/// What the database says.
pub fn follow_up(
    member: &Member,
    tx: &mut Tx<'_>,
    case: &Case,
    (change, actor): (&Change, Actor),
    by: Option<PersonId>,
) -> Result<()> {
    follow(member, tx, case, (change, actor), by)?;
    handover::changed(tx, member, case.id, change)
}

/// As [`follow_up`], when another member did it.
pub(crate) fn follow_partner(
    member: &Member,
    tx: &mut Tx<'_>,
    case: &Case,
    change: (&Change, Actor),
) -> Result<()> {
    follow(member, tx, case, change, None)
}

fn follow(
    member: &Member,
    tx: &mut Tx<'_>,
    case: &Case,
    (change, actor): (&Change, Actor),
    by: Option<PersonId>,
) -> Result<()> {
    publish(member, tx, case, (change, actor))?;
    for merged in cases::merged_with(tx, case.id)? {
        let Some(echo) = cases::echo(&merged, change) else { continue };
        cases::record_echo(tx, (&merged, case.id), &echo, by, member.clock.now())?;
        publish(member, tx, &merged, (&echo, actor))?;
        handover::changed(tx, member, merged.id, &echo)?;
    }
    Ok(())
}

fn publish(member: &Member, tx: &mut Tx<'_>, case: &Case, (change, actor): (&Change, Actor)) -> Result<()> {
    let module = member.module(&case.module)?;
    (module.index)(tx, case.id)?;
    (module.changed)(tx, member, case.id, change)?;
    let is_told = change.lines.iter().any(|(kind, _)| kind.is_public());
    say(member, tx, (module, case.id, change.to.state), is_told, actor)
}

/// Brings what the public record says of a case up to date, after something about it was changed that is no step: words
/// were erased, or how its module tells of it.
///
/// # Errors
/// What the database says.
pub fn say_anew(member: &Member, tx: &mut Tx<'_>, case: &Case) -> Result<()> {
    let module = member.module(&case.module)?;
    say(member, tx, (module, case.id, case.state), false, Actor::Node)
}

/// The one place where the public record is told of a case: an entry when something happened that everybody may know,
/// with what can be seen now in the place of what was said before. What not everybody may see any more is erased.
fn say(
    member: &Member,
    tx: &mut Tx<'_>,
    (module, id, state): (&Module, CaseId, State),
    is_told: bool,
    actor: Actor,
) -> Result<()> {
    let ledger = &member.ledger;
    let content = (module.published)(tx, member, id)?;
    let said = ledger.said_of_case(tx, PUBLIC, id)?;
    if content.is_none() && said.is_some() {
        ledger.erase_case(tx, PUBLIC, id, Actor::Node)?;
    }
    if !is_told && (content.is_none() || content == said) {
        return Ok(());
    }
    let kind = format!("{}.{}", module.name, state.name());
    let payload = content.as_deref();
    let fact = Fact { feed: PUBLIC, kind: &kind, actor, case: Some(id), subject: None, payload };
    match payload {
        Some(_) => ledger.supersede(tx, &fact).map(drop),
        None => ledger.append(tx, &fact).map(drop),
    }
}

/// Takes the step of a form with a case, once however often the form is sent.
///
/// # Errors
/// What the step says: faults of its fields, a refusal, a missing permit.
pub async fn act(ctx: &Ctx, number: &str, form: &Form) -> Result<()> {
    let (acting, number, form) = (ctx.clone(), number.to_owned(), form.clone());
    let done = ctx.member().db.write("desk.act", move |tx| {
        let form_id = form.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(());
        }
        take(&acting, tx, &form, &number, form_id)?;
        identity::remember_form(tx, form_id, "", acting.member().clock.now())
    });
    done.await?;
    ctx.member().new_job.notify_one();
    Ok(())
}

use access::{Action, Ask, Permit};
use axum::extract::Path;
use base::{FormId, Kind, Problem, Result};
use cases::{Case, Taken};
use store::Tx;

use super::bulk::{Refused, done_address, is_refusal};
use super::case::address;
use crate::context::Ctx;
use crate::desk::{Deed, carry_out};
use crate::failure::Handled;
use crate::form::Form;
use crate::page::see_other;

/// Who may take a step back: whoever took it and may still work where the case was, or whoever distributes the work
/// of the office it is in now.
pub(super) fn permit(ctx: &Ctx, case: &Case, taken: &Taken) -> Result<Permit> {
    let ask = |action, office| ctx.permit(&Ask { action, module: Some(&case.module), office: Some(office) });
    if ctx.who().person() == Some(taken.person)
        && let Ok(permit) = ask(Action::WorkOnCase, taken.before.office)
    {
        return Ok(permit);
    }
    ask(Action::AssignCase, case.office)
}

/// Takes the steps of one action back, each where nothing happened since.
pub(crate) async fn run(ctx: Ctx, Path(action): Path<String>, form: Form) -> Handled {
    let action: FormId =
        action.parse().map_err(|_| Problem::not_found("action", "there is no such action"))?;
    let (acting, sent) = (ctx.clone(), form.clone());
    let refused = ctx.member().db.write("desk.undo", move |tx| {
        let form_id = sent.id()?;
        if identity::form_done(tx, form_id)?.is_some() {
            return Ok(Vec::new());
        }
        let refused = undo_all(&acting, tx, action)?;
        identity::remember_form(tx, form_id, "", acting.member().clock.now())?;
        Ok(refused)
    });
    let refused = refused.await?;
    ctx.member().new_job.notify_one();
    match form.find("fall") {
        Some(number) if refused.is_empty() => Ok(see_other(&address(number, form.get("liste")))),
        _ => Ok(see_other(&done_address(action, &refused, true))),
    }
}

fn undo_all(ctx: &Ctx, tx: &mut Tx<'_>, action: FormId) -> Result<Vec<Refused>> {
    let mut refused = Vec::new();
    let steps = cases::taken_in(tx, action)?;
    if steps.is_empty() {
        return Err(Problem::not_found("action", "there is no such action"));
    }
    let mut undone = 0;
    // The last step of a case first.
    for taken in steps.iter().rev() {
        let Some(case) = cases::by_id(tx, taken.case_id)? else { continue };
        match undo_one(ctx, tx, &case, taken) {
            Ok(()) => undone += 1,
            Err(problem) if is_refusal(&problem) => {
                refused.push(Refused { number: case.number, code: problem.code.to_owned() });
            }
            Err(problem) => return Err(problem),
        }
    }
    // Whoever may take nothing back is told so, not shown whose cases they were.
    let all_denied =
        refused.iter().all(|each| matches!(each.code.as_str(), "denied" | "sign-in" | "second-factor"));
    if undone == 0 && all_denied {
        return Err(Problem::new(
            Kind::Denied,
            "denied",
            "nothing of this action may be taken back by this person",
        ));
    }
    Ok(refused)
}

fn undo_one(ctx: &Ctx, tx: &mut Tx<'_>, case: &Case, taken: &Taken) -> Result<()> {
    let permit = permit(ctx, case, taken)?;
    let office = identity::find_office(tx, taken.before.office)?.map(|office| office.name);
    let last = cases::last_taken(tx, case.id)?.map_or(0, |(_, last)| last);
    let change = cases::undo(case, taken, last, &office.unwrap_or_default()).map_err(Problem::from)?;
    if !taken.module_state.is_empty() {
        (ctx.member().module(&case.module)?.restore)(tx, case.id, &taken.module_state)?;
    }
    carry_out(ctx, tx, &permit, case, &Deed { what: "zurueck", change: &change, undo: None })
}

//! The pages at the desk: who starts something and works on it prepares, measures and writes down; whoever signs for the
//! member invites, joins and leaves.

mod act;
mod list;
mod outcome;
mod plan;
mod show;

use access::{Action, Permit};
use axum::Router;
use axum::routing::get;
use base::{Problem, Result, TrialId};
use store::Tx;
use web::{Crumb, Ctx};

use crate::model::{Refusal, State, Step, Trial, decide};
use crate::work;
use federation::Day;

const HERE: &str = "/arbeitsplatz/erprobungen";

pub(super) fn routes() -> Router {
    Router::new()
        .route("/arbeitsplatz/erprobungen", get(list::show))
        .route("/arbeitsplatz/erprobungen/beitreten", axum::routing::post(act::join))
        .route("/arbeitsplatz/erprobungen/neu", get(plan::blank).post(plan::start))
        .route("/arbeitsplatz/erprobungen/{id}", get(show::show).post(act::act))
        .route("/arbeitsplatz/erprobungen/{id}/plan", get(plan::show).post(plan::change))
        .route("/arbeitsplatz/erprobungen/{id}/ergebnis", get(outcome::show).post(outcome::change))
}

fn may_read(ctx: &Ctx) -> Result<Permit> {
    ctx.permit_all(Action::ReadAgreements)
}

/// The permit a step needs: to join and to leave is to sign.
fn may(ctx: &Ctx, step: Step) -> Result<Permit> {
    ctx.permit_all(match step {
        Step::Invite | Step::Leave => Action::SignAgreements,
        Step::Plan | Step::Discard | Step::Begin | Step::Record | Step::Finish | Step::Abandon => {
            Action::RunTrials
        }
    })
}

fn crumbs(ctx: &Ctx) -> Vec<Crumb> {
    vec![
        Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() },
        Crumb { name: ctx.t("trial-desk"), href: HERE.into() },
    ]
}

fn address(id: TrialId) -> String {
    format!("{HERE}/{id}")
}

/// The trial, when the step can be taken with it now, and the state it leads to.
fn ready(tx: &mut Tx<'_>, ctx: &Ctx, id: TrialId, step: Step) -> Result<(Trial, State)> {
    let trial = work::find(tx, id)?;
    let state = check(ctx, &trial, step)?.map_err(refused)?;
    Ok((trial, state))
}

/// Whether a step can be taken now.
fn check(ctx: &Ctx, trial: &Trial, step: Step) -> Result<std::result::Result<State, Refusal>> {
    let member = ctx.member();
    let is_leader = trial.leader == *member.node_keys()?.did();
    Ok(decide(trial, is_leader, step, Day::of(member.clock.now())))
}

fn refused(why: Refusal) -> Problem {
    let (code, detail) = match why {
        Refusal::State => ("trial-state", "this cannot be done as things stand"),
        Refusal::Leader => ("trial-leader", "it is for another member to do"),
        Refusal::NotOver => ("trial-not-over", "the last day has not passed"),
        Refusal::Over => ("trial-over", "the last day has passed"),
        Refusal::NoOutcome => ("trial-no-outcome", "results and lessons are not written down"),
    };
    Problem::conflict(code, detail)
}

/// The audit says who did something with a trial.
fn audit(ctx: &Ctx, tx: &mut Tx<'_>, permit: &Permit, kind: &str, id: TrialId) -> Result<()> {
    ctx.audit(tx, permit, kind, None, &serde_json::json!({ "trial": id }))
}

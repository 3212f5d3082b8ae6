use access::Permit;
use axum::extract::Path;
use axum::response::Response;
use base::{AgreementId, Fault, Problem, Result, TrialId};
use federation::agreement::{Deed, Party};
use federation::{Did, Hash, peers};
use store::Tx;
use web::sign::{self, By};
use web::{Ctx, Form, Handled, once};

use super::{HERE, address, audit, may, ready, show};
use crate::agree::{self, Stands};
use crate::model::{Plan, State, Step};
use crate::pages::shown::Words;
use crate::pages::{id_of, missing};
use crate::work::{self, Agreed};
use crate::{measure, seen, store as db};

/// Characters of a reason, at most.
const LONGEST: usize = 1000;

/// Takes the step that was chosen.
pub(super) async fn act(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let id = id_of(&id)?;
    Ok(match form.get("schritt") {
        "beginnen" => measured(&ctx, &form, id, Step::Begin).await?,
        "abschliessen" => measured(&ctx, &form, id, Step::Finish).await?,
        "verwerfen" => discard(&ctx, &form, id).await?,
        "abbrechen" => return give_up(&ctx, &form, id, Step::Abandon).await,
        "ausscheiden" => return give_up(&ctx, &form, id, Step::Leave).await,
        "einladen" => return invite(&ctx, &form, id).await,
        "annehmen" => accept(&ctx, &form, id).await?,
        other => return Err(Problem::input("step", format!("there is no step '{other}'")).into()),
    })
}

/// Begins or ends a trial with the figures as they are now.
async fn measured(ctx: &Ctx, form: &Form, id: TrialId, step: Step) -> Result<Response> {
    let permit = may(ctx, step)?;
    let (asking, now) = (ctx.clone(), ctx.member().clock.now());
    let found = ctx.member().db.read("trial.ready", move |tx| {
        // A form that is sent again is answered as before, whatever became of the trial.
        work::find(tx, id).map(|trial| (trial.plan.clone(), ready(tx, &asking, id, step).is_ok()))
    });
    let (plan, is_ready) = found.await?;
    let figures = if is_ready { measure::measure(ctx.member(), &plan, now).await? } else { Vec::new() };
    let acting = ctx.clone();
    once(ctx, form, "trial.measured", move |tx| {
        let (mut trial, state) = ready(tx, &acting, id, step)?;
        (trial.state, trial.figures, trial.measured) = (state, figures.clone(), Some(now));
        (trial.updated, trial.published) = (now, trial.published.or(Some(now)));
        db::put(tx, &trial)?;
        let kind = if step == Step::Begin { "trial.begun" } else { "trial.finished" };
        audit(&acting, tx, &permit, kind, id)?;
        work::tell(tx, acting.member(), &trial, now)?;
        Ok(address(id))
    })
    .await
}

async fn discard(ctx: &Ctx, form: &Form, id: TrialId) -> Result<Response> {
    let (permit, acting) = (may(ctx, Step::Discard)?, ctx.clone());
    once(ctx, form, "trial.discard", move |tx| {
        ready(tx, &acting, id, Step::Discard)?;
        db::drop_one(tx, id)?;
        audit(&acting, tx, &permit, "trial.discarded", id)?;
        Ok(HERE.to_owned())
    })
    .await
}

/// Gives a trial up, or leaves it: then what binds to it is ended, too.
async fn give_up(ctx: &Ctx, form: &Form, id: TrialId, step: Step) -> Handled {
    let (permit, acting) = (may(ctx, step)?, ctx.clone());
    let reason = form.get("grund").replace("\r\n", "\n");
    if reason.is_empty() || reason.chars().count() > LONGEST {
        let code = if reason.is_empty() { "trial-reason-missing" } else { "trial-too-long" };
        return show::view(ctx, id, &reason, vec![Fault::new("grund", code)]).await;
    }
    let done = once(ctx, form, "trial.give_up", move |tx| {
        let (mut trial, state) = ready(tx, &acting, id, step)?;
        let (member, now) = (acting.member(), acting.member().clock.now());
        if step == Step::Leave {
            let papers = Agreed::load(tx, member)?.about_trials(now);
            for paper in papers.iter().filter(|paper| paper.trial == id && paper.may_end) {
                sign::act(
                    By::Person(&acting, &permit),
                    tx,
                    paper.hash,
                    Deed::End { reason: reason.clone() },
                )?;
            }
        }
        (trial.state, trial.reason, trial.updated) = (state, reason.clone(), now);
        db::put(tx, &trial)?;
        let kind = if step == Step::Leave { "trial.left" } else { "trial.abandoned" };
        audit(&acting, tx, &permit, kind, id)?;
        work::tell(tx, member, &trial, now)?;
        Ok(address(id))
    });
    Ok(done.await?)
}

/// Proposes to other members to take part, to each by a text of its own: what one of them does changes nothing for the
/// others.
async fn invite(ctx: &Ctx, form: &Form, id: TrialId) -> Handled {
    let (permit, acting) = (may(ctx, Step::Invite)?, ctx.clone());
    let chosen = form.fields().iter().filter(|(name, _)| name == "partei[]");
    let chosen: Vec<Did> = chosen.filter_map(|(_, did)| did.parse().ok()).collect();
    if chosen.is_empty() {
        return show::view(ctx, id, "", vec![Fault::new("partei-0", "trial-party-missing")]).await;
    }
    let done = once(ctx, form, "trial.invite", move |tx| {
        let (trial, _) = ready(tx, &acting, id, Step::Invite)?;
        for did in &chosen {
            propose(&acting, tx, &permit, (id, &trial.plan), did)?;
        }
        audit(&acting, tx, &permit, "trial.invited", id)?;
        Ok(address(id))
    });
    Ok(done.await?)
}

/// Signs the text under which this member and another take part in a trial together.
fn propose(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    permit: &Permit,
    (id, plan): (TrialId, &Plan),
    other: &Did,
) -> Result<Hash> {
    let member = ctx.member();
    let peer =
        peers::one(tx, other)?.ok_or_else(|| Problem::input("peer", "no known member is called so"))?;
    let peer = peer.identity;
    let other = Party { did: peer.did, name: peer.name, ars: peer.ars, keys: peer.keys };
    let own = sign::party(member)?;
    let agreement = AgreementId::new(&member.clock, &member.entropy);
    let indicators = Words(ctx).indicators(plan);
    let terms = agree::terms(agreement, (id, plan, &indicators), (own, other), member.clock.now());
    sign::propose(By::Person(ctx, permit), tx, &terms)
}

/// Takes part where this member is asked to, or lets one in that asked for it.
async fn accept(ctx: &Ctx, form: &Form, id: TrialId) -> Result<Response> {
    let (permit, acting) = (may(ctx, Step::Invite)?, ctx.clone());
    let hash: Hash = form.get("vereinbarung").parse().map_err(|_| missing())?;
    once(ctx, form, "trial.accept", move |tx| {
        let (member, now) = (acting.member(), acting.member().clock.now());
        let agreed = Agreed::load(tx, member)?;
        let papers = agreed.about_trials(now);
        let paper =
            papers.iter().find(|paper| paper.hash == hash && paper.trial == id).ok_or_else(missing)?;
        let own = db::one(tx, id)?;
        let is_leader = own.is_some_and(|trial| trial.leader == agreed.own);
        if is_leader {
            ready(tx, &acting, id, Step::Invite)?;
        }
        if paper.stands != Stands::Asked {
            return Err(Problem::conflict("agreement-state", "nobody is asked for this any more"));
        }
        sign::act(By::Person(&acting, &permit), tx, hash, Deed::Accept)?;
        audit(&acting, tx, &permit, "trial.joined", id)?;
        work::look_soon(tx, member)?;
        Ok(if is_leader { address(id) } else { HERE.to_owned() })
    })
    .await
}

/// Asks who leads a trial to be let in.
pub(super) async fn join(ctx: Ctx, form: Form) -> Handled {
    let (permit, acting) = (may(&ctx, Step::Invite)?, ctx.clone());
    let id = id_of(form.get("erprobung"))?;
    let leader: Did = form.get("leitung").parse().map_err(|_| missing())?;
    let done = once(&ctx, &form, "trial.join", move |tx| {
        let (member, now) = (acting.member(), acting.member().clock.now());
        let seen = seen::one(tx, member, id, Some(&leader.host()))?.ok_or_else(missing)?;
        let is_open = seen.state == State::Running && !seen.plan.period.is_over(federation::Day::of(now));
        let agreed = Agreed::load(tx, member)?;
        let is_free = db::one(tx, id)?.is_none_or(|trial| trial.is_left_by(&agreed.own));
        let papers = agreed.about_trials(now);
        let is_asked = agree::open(&papers, id).next().is_some();
        if !is_open || !is_free || is_asked {
            return Err(Problem::conflict("trial-state", "this trial cannot be joined as things stand"));
        }
        propose(&acting, tx, &permit, (id, &seen.plan), &leader)?;
        audit(&acting, tx, &permit, "trial.asked", id)?;
        Ok(HERE.to_owned())
    });
    Ok(done.await?)
}

use askama::Template;
use base::{Result, Time};
use federation::{Hash, peers};
use store::Tx;
use web::{Ctx, Handled, Page, html};

use super::{crumbs, may, may_read};
use crate::agree::{self, Stands};
use crate::model::{State, Step};
use crate::pages::shown::{Row, Words};
use crate::store as db;
use crate::work::Agreed;
use crate::{model::Trial, seen};

#[derive(Template)]
#[template(path = "trial_desk.html")]
struct View {
    page: Page,
    may_run: bool,
    may_sign: bool,
    asked: Vec<Asked>,
    own: Vec<Row>,
    others: Vec<Joinable>,
}

/// Somebody asks this member: to take part, or to be let in.
struct Asked {
    hash: Hash,
    title: String,
    who: String,
    /// The trial's page here, when it is known.
    href: String,
    /// Where the answer is sent.
    action: String,
}

/// A trial of another member that this one could join.
struct Joinable {
    row: Row,
    trial: String,
    leader: String,
    /// Whether this member has asked already.
    is_asked: bool,
}

/// What waits for an answer, what this member tries out, and what it could join.
pub(super) async fn show(ctx: Ctx) -> Handled {
    may_read(&ctx)?;
    let asking = ctx.clone();
    html(&ctx.member().db.read("trial.desk", move |tx| view(&asking, tx)).await?)
}

fn view(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<View> {
    let (member, words, now) = (ctx.member(), Words(ctx), ctx.member().clock.now());
    let agreed = Agreed::load(tx, member)?;
    let papers = agreed.about_trials(now);
    let trials = db::every(tx)?;
    let names: Vec<_> = peers::all(tx)?;
    let mut asked = Vec::new();
    for paper in papers.iter().filter(|paper| paper.stands == Stands::Asked) {
        let is_here = trials.iter().any(|trial| trial.id == paper.trial);
        let others: Vec<_> = paper.others.iter().map(|(_, name)| name.as_str()).collect();
        asked.push(Asked {
            hash: paper.hash,
            title: paper.title.clone(),
            who: others.join(", "),
            action: super::address(paper.trial),
            href: if is_here { super::address(paper.trial) } else { String::new() },
        });
    }
    let mut others = Vec::new();
    for seen in seen::every(tx, member)? {
        let is_known = names.iter().any(|peer| peer.identity.did == seen.leader);
        let is_open = seen.state == State::Running && !seen.plan.period.is_over(federation::Day::of(now));
        let is_left = trials.iter().any(|trial| trial.id == seen.id && trial.is_left_by(&agreed.own));
        let is_asked = agree::open(&papers, seen.id).any(|stands| stands == Stands::Offered);
        let is_bound = agree::open(&papers, seen.id).any(|stands| stands != Stands::Offered);
        if (!seen.is_ours || is_left) && is_known && is_open && !is_bound {
            others.push(Joinable {
                row: words.row(&seen),
                trial: seen.id.to_string(),
                leader: seen.leader.to_string(),
                is_asked,
            });
        }
    }
    Ok(View {
        page: ctx.page_titled(ctx.t("trial-desk"), crumbs(ctx).into_iter().take(1).collect()),
        may_run: may(ctx, Step::Plan).is_ok(),
        may_sign: may(ctx, Step::Invite).is_ok(),
        asked,
        own: own(ctx, tx, &trials, now)?,
        others,
    })
}

fn own(ctx: &Ctx, tx: &mut Tx<'_>, trials: &[Trial], now: Time) -> Result<Vec<Row>> {
    let words = Words(ctx);
    let agreed = Agreed::load(tx, ctx.member())?;
    let row = |trial: &Trial| {
        let is_own = trial.leader == agreed.own;
        let leader = if is_own { ctx.member().settings.name.clone() } else { trial.leader.host() };
        Row {
            href: super::address(trial.id),
            title: trial.plan.title.clone(),
            question: trial.plan.question.clone(),
            leader,
            participants: agreed.participants(trial, now).len() + 1,
            period: words.span(&trial.plan.period),
            state: trial.state,
        }
    };
    Ok(trials.iter().map(row).collect())
}

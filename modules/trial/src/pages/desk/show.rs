use askama::Template;
use axum::extract::Path;
use base::{Fault, Result, Time, TrialId};
use federation::{Day, Hash, peers};
use store::Tx;
use web::{Ctx, Handled, Page, html};

use super::{address, check, crumbs, may, may_read};
use crate::agree::Stands;
use crate::model::{Refusal, State, Step, Trial};
use crate::pages::id_of;
use crate::pages::shown::Words;
use crate::work::{self, Agreed};

/// Characters of each text that go into an offer; an address cannot hold more.
const EXCERPT: usize = 700;

#[derive(Template)]
#[template(path = "trial_show.html")]
struct View {
    page: Page,
    here: String,
    plan: String,
    outcome: String,
    state: State,
    question: String,
    tried: String,
    baseline: String,
    period: String,
    indicators: Vec<String>,
    leader: String,
    is_leader: bool,
    /// The report everybody reads.
    report: Option<String>,
    participants: Vec<(String, Time, Option<Time>)>,
    papers: Vec<Waiting>,
    /// Members that can be invited.
    peers: Vec<(String, String)>,
    offer: Option<String>,
    may: May,
    reason: String,
}

/// An agreement about it that is not settled.
struct Waiting {
    hash: Hash,
    who: String,
    /// Whether this member is asked, and not the other.
    is_asked: bool,
}

/// What can be done now, by who looks at it.
#[derive(Default)]
struct May {
    plan: bool,
    begin: bool,
    record: bool,
    invite: bool,
    finish: bool,
    abandon: bool,
    leave: bool,
    sign: bool,
    /// Why it cannot be finished yet, as a word in message keys.
    not_finished: Option<&'static str>,
}

/// One trial, and what can be done with it.
pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Handled {
    view(&ctx, id_of(&id)?, "", vec![]).await
}

pub(super) async fn view(ctx: &Ctx, id: TrialId, reason: &str, faults: Vec<Fault>) -> Handled {
    may_read(ctx)?;
    let (asking, reason) = (ctx.clone(), reason.to_owned());
    let read = move |tx: &mut Tx<'_>| load(&asking, tx, id, &reason, &faults);
    html(&ctx.member().db.read("trial.show_desk", read).await?)
}

fn load(ctx: &Ctx, tx: &mut Tx<'_>, id: TrialId, reason: &str, faults: &[Fault]) -> Result<View> {
    let (member, words, now) = (ctx.member(), Words(ctx), ctx.member().clock.now());
    let trial = work::find(tx, id)?;
    let agreed = Agreed::load(tx, member)?;
    let is_leader = trial.leader == agreed.own;
    let participants = agreed.participants(&trial, now);
    let about: Vec<_> = agreed.about_trials(now).into_iter().filter(|paper| paper.trial == id).collect();
    let known = peers::all(tx)?;
    let is_open = |did: &federation::Did| {
        !participants.iter().any(|own| own.member == *did && own.until.is_none())
            && !about.iter().any(|paper| {
                matches!(paper.stands, Stands::Asked | Stands::Offered)
                    && paper.others.iter().any(|(other, _)| other == did)
            })
    };
    let invited = known.iter().map(|peer| &peer.identity).filter(|peer| is_open(&peer.did));
    let waiting = about.iter().filter(|paper| matches!(paper.stands, Stands::Asked | Stands::Offered));
    let waiting = waiting.map(|paper| {
        let names: Vec<_> = paper.others.iter().map(|(_, name)| name.as_str()).collect();
        Waiting { hash: paper.hash, who: names.join(", "), is_asked: paper.stands == Stands::Asked }
    });
    let leader = known.iter().find(|peer| peer.identity.did == trial.leader);
    let leader = match leader {
        _ if is_leader => member.settings.name.clone(),
        Some(peer) => peer.identity.name.clone(),
        None => trial.leader.host(),
    };
    Ok(View {
        page: ctx.page_titled(trial.plan.title.clone(), crumbs(ctx)).with_faults(faults.to_vec()),
        here: address(id),
        plan: format!("{}/plan", address(id)),
        outcome: format!("{}/ergebnis", address(id)),
        state: trial.state,
        question: trial.plan.question.clone(),
        tried: trial.plan.tried.clone(),
        baseline: words.span(&trial.plan.baseline),
        period: words.span(&trial.plan.period),
        indicators: words.indicators(&trial.plan),
        leader,
        is_leader,
        report: trial.state.is_public().then(|| format!("/erprobungen/{id}")),
        participants: participants
            .iter()
            .map(|own| (own.name.clone(), own.since.begins(), own.until.map(Day::begins)))
            .collect(),
        papers: waiting.collect(),
        peers: invited.map(|peer| (peer.did.to_string(), peer.name.clone())).collect(),
        offer: offer(ctx, &trial),
        may: rights(ctx, &trial)?,
        reason: reason.to_owned(),
    })
}

fn rights(ctx: &Ctx, trial: &Trial) -> Result<May> {
    let can = |step: Step| Ok::<_, base::Problem>(may(ctx, step).is_ok() && check(ctx, trial, step)?.is_ok());
    let finish = check(ctx, trial, Step::Finish)?;
    let not_finished = match finish {
        Err(why @ (Refusal::NotOver | Refusal::NoOutcome)) => Some(why.name()),
        _ => None,
    };
    Ok(May {
        plan: can(Step::Plan)?,
        begin: can(Step::Begin)?,
        record: can(Step::Record)?,
        invite: can(Step::Invite)?,
        finish: can(Step::Finish)?,
        abandon: can(Step::Abandon)?,
        leave: can(Step::Leave)?,
        sign: may(ctx, Step::Invite).is_ok(),
        not_finished,
    })
}

/// The form for an offer to others, filled with what came of it; for who may sign one.
fn offer(ctx: &Ctx, trial: &Trial) -> Option<String> {
    may(ctx, Step::Invite).ok().filter(|_| trial.state == State::Finished)?;
    let excerpt = |text: &str| {
        let cut: String = text.chars().take(EXCERPT).collect();
        if cut.len() < text.len() { format!("{cut} …") } else { cut }
    };
    let (url, title) = (&ctx.member().settings.url, &trial.plan.title);
    let purpose = [
        format!("Erprobt und zur Nachnutzung angeboten: {title}"),
        format!("Was erprobt wurde: {}", excerpt(&trial.plan.tried)),
        format!("Ergebnis: {}", excerpt(&trial.outcome.results)),
        format!("Erkenntnisse: {}", excerpt(&trial.outcome.lessons)),
        format!("Bericht: {url}/erprobungen/{}", trial.id),
    ];
    let fields = [("art", "offer"), ("titel", title), ("zweck", &purpose.join("\n\n"))];
    let query = serde_urlencoded::to_string(fields).ok()?;
    Some(format!("/arbeitsplatz/verbund/vorschlagen?{query}"))
}

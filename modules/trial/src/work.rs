//! What goes on by itself: a trial that was joined is taken in as soon as its plan is known here, figures are measured
//! anew once a day, and what became different is published.

use std::sync::Arc;

use base::{Problem, Result, Time, TrialId};
use federation::Did;
use federation::papers::Papers;
use federation::peers::Keyring;
use ledger::PUBLIC;
use store::{Tx, jobs};
use web::{Member, Round, Working};

use crate::agree::{self, Paper, Stands};
use crate::model::{Figure, Outcome, Participant, Published, State, Trial};
use crate::{measure, peers, store as db};

/// Looks after the trials of a member.
pub(crate) const LOOK: Round = Round { name: "trial.look", seconds: 60, work: look_round };
/// The kind of job that does so at once.
pub(crate) const JOB: &str = "trial.look";
/// Seconds after which a running trial is measured anew.
const A_DAY: i64 = 24 * 3600;

fn look_round(member: &Arc<Member>) -> Working<'_> {
    Box::pin(look(member))
}

/// As [`LOOK`], as a job; see [`web::JobHandler`].
pub(crate) fn look_now<'a>(member: &'a Arc<Member>, _: &'a str) -> Working<'a> {
    Box::pin(look(member))
}

/// Lets the worker look as soon as the transaction is through.
pub(crate) fn look_soon(tx: &mut Tx<'_>, member: &Member) -> Result<()> {
    Ok(jobs::enqueue_soon(tx, (&member.clock, &member.entropy), JOB, "trials")?)
}

/// What a member has agreed about trials.
pub(crate) struct Agreed {
    pub(crate) papers: Papers,
    pub(crate) keyring: Keyring,
    pub(crate) own: Did,
}

impl Agreed {
    pub(crate) fn load(tx: &mut Tx<'_>, member: &Member) -> Result<Self> {
        let keys = member.node_keys()?;
        let keyring = web::sign::keyring(tx, &keys)?;
        Ok(Self { papers: Papers::load(tx)?, keyring, own: keys.did().clone() })
    }

    /// The agreements about trials this member is party to.
    pub(crate) fn about_trials(&self, now: Time) -> Vec<Paper> {
        agree::papers(&self.papers, &self.keyring, &self.own, now)
    }

    /// Who takes part in a trial that this member leads, as it must tell others.
    pub(crate) fn participants(&self, trial: &Trial, now: Time) -> Vec<Participant> {
        match trial.leader == self.own {
            true => agree::participants(&self.papers.book(&self.keyring, now), trial.id, &self.own),
            false => Vec::new(),
        }
    }
}

/// What is to be done with one trial.
struct Errand {
    trial: Trial,
    measures: bool,
    turn: Turn,
}

/// What became of a member's part in a trial.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Stays,
    /// No agreement binds the member to it any more.
    Leaves,
    /// One does again.
    Returns,
}

async fn look(member: &Arc<Member>) -> Result<()> {
    let (own, now) = (member.clone(), member.clock.now());
    for errand in member.db.read("trial.look", move |tx| errands(tx, &own, now)).await? {
        let figures = match errand.measures {
            true => Some(measure::measure(member, &errand.trial.plan, now).await?),
            false => None,
        };
        let own = member.clone();
        member.db.write("trial.keep", move |tx| keep(tx, &own, &errand, figures.as_ref(), now)).await?;
    }
    Ok(())
}

/// Keeps what came of an errand, and tells everybody what is different.
fn keep(
    tx: &mut Tx<'_>,
    member: &Member,
    errand: &Errand,
    figures: Option<&Vec<Figure>>,
    now: Time,
) -> Result<()> {
    // What happened meanwhile counts.
    let mut trial = db::one(tx, errand.trial.id)?.unwrap_or_else(|| errand.trial.clone());
    match (errand.turn, trial.state) {
        (Turn::Leaves, State::Running) => (trial.state, trial.updated) = (State::Abandoned, now),
        (Turn::Returns, State::Abandoned) => {
            (trial.state, trial.reason, trial.updated) = (State::Running, String::new(), now);
        }
        _ => {}
    }
    if let Some(figures) = figures.filter(|_| trial.state == State::Running) {
        (trial.figures, trial.measured) = (figures.clone(), Some(now));
    }
    trial.published = trial.published.or(Some(now));
    db::put(tx, &trial)?;
    tell(tx, member, &trial, now)
}

/// Publishes a member's part unless the same was published before.
pub(crate) fn tell(tx: &mut Tx<'_>, member: &Member, trial: &Trial, now: Time) -> Result<()> {
    let agreed = Agreed::load(tx, member)?;
    let participants = agreed.participants(trial, now);
    let new = Published::of(trial, (&agreed.own, &member.settings.name), participants.clone());
    let said = match peers::case(trial.id) {
        Some(case) => member.ledger.said_of_case(tx, PUBLIC, case)?,
        None => None,
    };
    let said = said.and_then(|said| Published::read(&said, &agreed.own));
    // That it was looked at again is no news.
    let is_same = said.is_some_and(|said| Published { measured: new.measured, ..said } == new);
    if is_same { Ok(()) } else { peers::publish(tx, member, trial, participants) }
}

fn errands(tx: &mut Tx<'_>, member: &Member, now: Time) -> Result<Vec<Errand>> {
    let agreed = Agreed::load(tx, member)?;
    let papers = agreed.about_trials(now);
    let trials = db::every(tx)?;
    let mut errands = Vec::new();
    for id in joined(&papers) {
        if !trials.iter().any(|trial| trial.id == id)
            && let Some(trial) = adopted(tx, &papers, id, now)?
        {
            errands.push(Errand { trial, measures: true, turn: Turn::Stays });
        }
    }
    for trial in trials.into_iter().filter(|trial| trial.state.is_public()) {
        let is_bound = joined(&papers).any(|id| id == trial.id);
        let turn = match trial.state {
            // The leader ended it, or the representation did on its own pages.
            State::Running if trial.leader != agreed.own && !is_bound => Turn::Leaves,
            State::Abandoned
                if is_bound
                    && trial.is_left_by(&agreed.own)
                    && led_on(tx, trial.id)?.any(|said| said.leader == trial.leader) =>
            {
                Turn::Returns
            }
            _ => Turn::Stays,
        };
        let is_old = trial.measured.is_none_or(|measured| measured.plus_seconds(A_DAY) <= now);
        let measures = turn == Turn::Returns || trial.state == State::Running && is_old;
        errands.push(Errand { trial, measures, turn });
    }
    Ok(errands)
}

/// Trials of which an agreement binds the member now.
fn joined(papers: &[Paper]) -> impl Iterator<Item = TrialId> {
    papers
        .iter()
        .filter(|paper| matches!(paper.stands, Stands::InForce | Stands::Agreed))
        .map(|paper| paper.trial)
}

/// A trial that another member leads, as this one takes part in it from now on; `None` while its leader has not said
/// what it is.
fn adopted(tx: &mut Tx<'_>, papers: &[Paper], id: TrialId, now: Time) -> Result<Option<Trial>> {
    let others = || papers.iter().filter(|paper| paper.trial == id).flat_map(|paper| &paper.others);
    let said = led_on(tx, id)?.find(|said| others().any(|(did, _)| *did == said.leader));
    Ok(said.map(|said| Trial {
        id,
        leader: said.leader,
        state: State::Running,
        plan: said.plan,
        outcome: Outcome::default(),
        reason: String::new(),
        figures: Vec::new(),
        created: now,
        updated: now,
        measured: None,
        published: None,
    }))
}

/// What is said of a trial by those who lead it and say that it is going on.
fn led_on(tx: &mut Tx<'_>, id: TrialId) -> Result<impl Iterator<Item = Published>> {
    let told = db::told(tx, id)?.into_iter();
    Ok(told.filter(|said| said.member == said.leader && said.state == State::Running))
}

/// The trial a page is about.
///
/// # Errors
/// `trial` when this member has none with this id.
pub(crate) fn find(tx: &mut Tx<'_>, id: TrialId) -> Result<Trial> {
    db::one(tx, id)?.ok_or_else(|| Problem::not_found("trial", "there is no such trial"))
}

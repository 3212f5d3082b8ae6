//! A trial as a whole: who takes part and what each of them said, the own part from the tables, that of others from
//! verified mirrors.

use base::{Result, Time, TrialId};
use federation::{Day, Did, FeedName};
use ledger::PUBLIC;
use store::Tx;
use web::Member;

use crate::model::{Participant, Plan, Published, State};
use crate::store as db;
use crate::work::Agreed;

/// A trial, and everything known of it here.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) id: TrialId,
    pub(crate) leader: Did,
    pub(crate) leader_name: String,
    /// As who leads it says.
    pub(crate) state: State,
    pub(crate) plan: Plan,
    /// Who leads it first, then the others by their names.
    pub(crate) parts: Vec<Part>,
    /// Whether this member takes part.
    pub(crate) is_ours: bool,
}

/// The part of one member.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) member: Did,
    pub(crate) name: String,
    pub(crate) is_leader: bool,
    /// From which day on it takes part; who leads it does from the beginning.
    pub(crate) since: Option<Day>,
    pub(crate) until: Option<Day>,
    /// What it said, if it is known here.
    pub(crate) said: Option<Published>,
    /// How it was learned.
    pub(crate) source: Source,
}

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It is this member's own.
    Own,
    /// From the mirror of its feed, last read then.
    Mirror(Option<Time>),
    /// From a mirror that was found to contradict itself.
    Doubted,
}

/// A trial of this member or one it takes part in; else one that a known member leads. Of several who say they lead it,
/// the one at `host` is meant.
pub(crate) fn one(tx: &mut Tx<'_>, member: &Member, id: TrialId, host: Option<&str>) -> Result<Option<Seen>> {
    let agreed = Agreed::load(tx, member)?;
    let own = own(tx, member, &agreed, id)?.filter(|own| host.is_none_or(|host| own.leader.host() == host));
    let told = db::told(tx, id)?;
    gather(tx, &agreed.own, own.as_ref(), &told, host)
}

/// All of them that everybody may know of, the newest first.
pub(crate) fn every(tx: &mut Tx<'_>, member: &Member) -> Result<Vec<Seen>> {
    let agreed = Agreed::load(tx, member)?;
    let told = db::everything_told(tx)?;
    let mut all = Vec::new();
    for trial in db::every(tx)?.into_iter().filter(|trial| trial.state.is_public()) {
        let own = own(tx, member, &agreed, trial.id)?;
        let about: Vec<_> = told.iter().filter(|said| said.trial == trial.id).cloned().collect();
        all.extend(gather(tx, &agreed.own, own.as_ref(), &about, None)?);
    }
    for leader in told.iter().filter(|said| said.member == said.leader) {
        let is_there = all.iter().any(|seen: &Seen| seen.id == leader.trial && seen.leader == leader.leader);
        if !is_there {
            let about: Vec<_> = told.iter().filter(|said| said.trial == leader.trial).cloned().collect();
            all.extend(gather(tx, &agreed.own, None, &about, Some(&leader.member.host()))?);
        }
    }
    all.sort_by(|one, other| {
        (other.plan.period.first, &one.plan.title).cmp(&(one.plan.period.first, &other.plan.title))
    });
    Ok(all)
}

/// What this member itself says of a trial, if everybody may know of it.
fn own(tx: &mut Tx<'_>, member: &Member, agreed: &Agreed, id: TrialId) -> Result<Option<Published>> {
    let trial = db::one(tx, id)?.filter(|trial| trial.state.is_public());
    let now = member.clock.now();
    let name = member.settings.name.as_str();
    Ok(trial.map(|trial| Published::of(&trial, (&agreed.own, name), agreed.participants(&trial, now))))
}

fn gather(
    tx: &mut Tx<'_>,
    own_did: &Did,
    own: Option<&Published>,
    told: &[Published],
    host: Option<&str>,
) -> Result<Option<Seen>> {
    let is_meant = |said: &&Published| {
        said.member == said.leader
            && host.is_none_or(|host| said.leader.host() == host)
            && own.is_none_or(|own| own.leader == said.leader)
    };
    let leads = own.filter(|own| own.member == own.leader).or_else(|| told.iter().find(is_meant));
    // Who takes part knows the plan, even when its leader is not to be read.
    let Some(known) = leads.or(own) else { return Ok(None) };
    let (id, leader, plan) = (known.trial, known.leader.clone(), known.plan.clone());
    let mut listed = leads.map_or_else(Vec::new, |leads| leads.participants.clone());
    if let Some(own) = own.filter(|own| own.member != leader)
        && !listed.iter().any(|listed| listed.member == own.member)
    {
        let (member, name, since) = (own.member.clone(), own.name.clone(), own.plan.period.first);
        listed.push(Participant { member, name, since, until: None });
    }
    listed.sort_by(|one, other| (&one.name, &one.member).cmp(&(&other.name, &other.member)));
    let leader_name = leads.map_or_else(|| leader.host(), |leads| leads.name.clone());
    let mut parts = vec![(leader.clone(), leader_name.clone(), None, None)];
    parts.extend(listed.into_iter().map(|own| (own.member, own.name, Some(own.since), own.until)));
    let mut found = Vec::new();
    for (member, name, since, until) in parts {
        let is_own = member == *own_did;
        let said = match is_own {
            true => own.cloned(),
            false => told.iter().find(|said| said.member == member && said.leader == leader).cloned(),
        };
        let source = if is_own { Source::Own } else { source(tx, &member)? };
        let is_leader = member == leader;
        found.push(Part { member, name, is_leader, since, until, said, source });
    }
    let state = known.state;
    Ok(Some(Seen { id, leader, leader_name, state, plan, parts: found, is_ours: own.is_some() }))
}

fn source(tx: &mut Tx<'_>, member: &Did) -> Result<Source> {
    let name = FeedName { peer: member.host(), feed: PUBLIC.into() };
    let state = federation::state(tx, &name)?;
    Ok(match state {
        Some(state) if state.paused.is_some_and(federation::Lie::is_proven) => Source::Doubted,
        state => Source::Mirror(state.and_then(|state| state.checked_at)),
    })
}

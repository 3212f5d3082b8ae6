//! All SQL of this module.

use ::store::{Error, Row, Sql, Tx, params, statements};
use base::{Problem, Result, TrialId};
use federation::{Day, Did, FeedName};
use web::{Better, Unit};

use crate::model::{Cost, Figure, Measure, Outcome, Plan, Published, Span, State, Trial};

/// The statements of this module.
pub(crate) const STATEMENTS: &[&[Sql]] = &[ALL];

statements! {
    EVERY = "trial.every":
        "select id, leader, state, title, question, tried, baseline_first, baseline_last, period_first, period_last,
                results, lessons, reason, created, updated, measured, published
         from trial order by period_first desc, id";
    ONE = "trial.one":
        "select id, leader, state, title, question, tried, baseline_first, baseline_last, period_first, period_last,
                results, lessons, reason, created, updated, measured, published
         from trial where id = ?1";
    PUT = "trial.put":
        "insert into trial (id, leader, state, title, question, tried, baseline_first, baseline_last, period_first,
                            period_last, results, lessons, reason, created, updated, measured, published)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
         on conflict (id) do update set state = excluded.state, title = excluded.title, question = excluded.question,
         tried = excluded.tried, baseline_first = excluded.baseline_first, baseline_last = excluded.baseline_last,
         period_first = excluded.period_first, period_last = excluded.period_last, results = excluded.results,
         lessons = excluded.lessons, reason = excluded.reason, updated = excluded.updated,
         measured = excluded.measured, published = excluded.published";
    DROP = "trial.drop": "delete from trial where id = ?1";
    INDICATORS = "trial.indicators":
        "select name, unit, better, baseline, period from trial_indicator where trial = ?1 order by place";
    ADD_INDICATOR = "trial.add_indicator":
        "insert into trial_indicator (trial, place, name, unit, better, baseline, period)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    CLEAR_INDICATORS = "trial.clear_indicators": "delete from trial_indicator where trial = ?1";
    COSTS = "trial.costs": "select subject, cents from trial_cost where trial = ?1 order by place";
    ADD_COST = "trial.add_cost": "insert into trial_cost (trial, place, subject, cents) values (?1, ?2, ?3, ?4)";
    CLEAR_COSTS = "trial.clear_costs": "delete from trial_cost where trial = ?1";
    RUNNING = "trial.running": "select count(*) from trial where state = 'running'";
    TELL = "trial.tell":
        "insert into trial_told (trial, member, peer, feed, seq, content) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (trial, member) do update set peer = excluded.peer, feed = excluded.feed, seq = excluded.seq,
         content = excluded.content where excluded.seq >= trial_told.seq";
    TOLD = "trial.told": "select member, content from trial_told where trial = ?1 order by member";
    EVERYTHING_TOLD = "trial.everything_told": "select member, content from trial_told order by trial, member";
    ERASED = "trial.erased": "delete from trial_told where peer = ?1 and feed = ?2 and seq = ?3";
    FORGET = "trial.forget": "delete from trial_told where peer = ?1 and feed = ?2";
}

/// Every trial this member takes part in or prepares, the newest first.
pub(crate) fn every(tx: &mut Tx<'_>) -> Result<Vec<Trial>> {
    let rows = tx.all(&EVERY, &[], read)?;
    rows.into_iter().map(|trial| whole(tx, trial)).collect()
}

/// The trial with this id, if this member takes part in it or prepares it.
pub(crate) fn one(tx: &mut Tx<'_>, id: TrialId) -> Result<Option<Trial>> {
    let found = tx.one(&ONE, params![&id], read)?;
    found.map(|trial| whole(tx, trial)).transpose()
}

/// With what stands in other tables.
fn whole(tx: &mut Tx<'_>, mut trial: Trial) -> Result<Trial> {
    let rows = tx.all(&INDICATORS, params![&trial.id], |row| {
        let unit = Unit::from_name(&row.get::<String>(1)?).ok_or(Error::Column(1, "a unit"))?;
        let better =
            Better::from_name(&row.get::<String>(2)?).ok_or(Error::Column(2, "what is hoped for"))?;
        let measure = Measure { key: row.get(0)?, unit, better };
        let figure = Figure { key: measure.key.clone(), baseline: row.get(3)?, period: row.get(4)? };
        Ok((measure, figure))
    })?;
    (trial.plan.indicators, trial.figures) = rows.into_iter().unzip();
    trial.outcome.costs =
        tx.all(&COSTS, params![&trial.id], |row| Ok(Cost { subject: row.get(0)?, cents: row.get(1)? }))?;
    Ok(trial)
}

fn read(row: &Row<'_>) -> Result<Trial, Error> {
    let day = |at: usize| row.get::<String>(at)?.parse::<Day>().map_err(|_| Error::Column(at, "a day"));
    let state = State::from_name(&row.get::<String>(2)?).ok_or(Error::Column(2, "a state"))?;
    let leader: Did = row.get::<String>(1)?.parse().map_err(|_| Error::Column(1, "a member's name"))?;
    let plan = Plan {
        title: row.get(3)?,
        question: row.get(4)?,
        tried: row.get(5)?,
        baseline: Span { first: day(6)?, last: day(7)? },
        period: Span { first: day(8)?, last: day(9)? },
        indicators: Vec::new(),
    };
    let outcome = Outcome { results: row.get(10)?, lessons: row.get(11)?, costs: Vec::new() };
    Ok(Trial {
        id: row.get(0)?,
        leader,
        state,
        plan,
        outcome,
        reason: row.get(12)?,
        figures: Vec::new(),
        created: row.get(13)?,
        updated: row.get(14)?,
        measured: row.get(15)?,
        published: row.get(16)?,
    })
}

/// Keeps a trial as it is now.
pub(crate) fn put(tx: &mut Tx<'_>, trial: &Trial) -> Result<()> {
    let Trial { id, plan, outcome, .. } = trial;
    let leader = trial.leader.to_string();
    let days = [plan.baseline.first, plan.baseline.last, plan.period.first, plan.period.last];
    let [baseline_first, baseline_last, period_first, period_last] = days.map(|day| day.to_string());
    let row = params![
        id,
        leader.as_str(),
        trial.state.name(),
        plan.title.as_str(),
        plan.question.as_str(),
        plan.tried.as_str(),
        baseline_first.as_str(),
        baseline_last.as_str(),
        period_first.as_str(),
        period_last.as_str(),
        outcome.results.as_str(),
        outcome.lessons.as_str(),
        trial.reason.as_str(),
        trial.created,
        trial.updated,
        trial.measured,
        trial.published
    ];
    tx.exec(&PUT, row)?;
    clear(tx, *id)?;
    for (place, measure) in (1_i64..).zip(&plan.indicators) {
        let figure = trial.figures.iter().find(|figure| figure.key == measure.key);
        let (baseline, period) = figure.map_or((None, None), |figure| (figure.baseline, figure.period));
        let (unit, better) = (measure.unit.name(), measure.better.name());
        tx.exec(&ADD_INDICATOR, params![id, place, measure.key.as_str(), unit, better, baseline, period])?;
    }
    for (place, cost) in (1_i64..).zip(&outcome.costs) {
        tx.exec(&ADD_COST, params![id, place, cost.subject.as_str(), cost.cents])?;
    }
    Ok(())
}

fn clear(tx: &mut Tx<'_>, id: TrialId) -> Result<()> {
    tx.exec(&CLEAR_INDICATORS, params![&id])?;
    tx.exec(&CLEAR_COSTS, params![&id])?;
    Ok(())
}

/// Throws a trial away.
pub(crate) fn drop_one(tx: &mut Tx<'_>, id: TrialId) -> Result<()> {
    clear(tx, id)?;
    tx.exec(&DROP, params![&id])?;
    Ok(())
}

/// How many trials run.
pub(crate) fn running(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.get(&RUNNING, &[])?.unwrap_or(0))
}

/// Keeps what another member published of a trial, unless something newer is kept.
pub(crate) fn tell(tx: &mut Tx<'_>, feed: &FeedName, seq: u64, published: &Published) -> Result<()> {
    let content = serde_json::to_string(published)
        .map_err(|error| Problem::internal("trial", "it cannot be written").because(error))?;
    let member = published.member.to_string();
    let row =
        params![&published.trial, member.as_str(), &feed.peer, &feed.feed, signed(seq), content.as_str()];
    tx.exec(&TELL, row)?;
    Ok(())
}

/// What other members published of a trial.
pub(crate) fn told(tx: &mut Tx<'_>, id: TrialId) -> Result<Vec<Published>> {
    Ok(tx.all(&TOLD, params![&id], content)?.into_iter().filter_map(kept).collect())
}

/// What other members published of all trials.
pub(crate) fn everything_told(tx: &mut Tx<'_>) -> Result<Vec<Published>> {
    Ok(tx.all(&EVERYTHING_TOLD, &[], content)?.into_iter().filter_map(kept).collect())
}

fn content(row: &Row<'_>) -> Result<(String, String), Error> {
    Ok((row.get(0)?, row.get(1)?))
}

/// It was sound when it was kept; what a newer program finds unsound is read as if it were not there.
fn kept((member, content): (String, String)) -> Option<Published> {
    Published::read(content.as_bytes(), &member.parse().ok()?)
}

/// Drops what a member published at this place, because it was erased there.
pub(crate) fn erased(tx: &mut Tx<'_>, feed: &FeedName, seq: u64) -> Result<()> {
    tx.exec(&ERASED, params![&feed.peer, &feed.feed, signed(seq)])?;
    Ok(())
}

/// Drops everything that was read of a feed.
pub(crate) fn forget(tx: &mut Tx<'_>, feed: &FeedName) -> Result<()> {
    tx.exec(&FORGET, params![&feed.peer, &feed.feed])?;
    Ok(())
}

fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

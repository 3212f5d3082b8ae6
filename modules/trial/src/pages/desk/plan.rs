use std::collections::BTreeSet;

use askama::Template;
use axum::extract::Path;
use base::{Fault, Result, TrialId};
use federation::Day;
use web::{Ctx, Form, Handled, Page, html, once};

use super::{address, audit, crumbs, may, ready};
use crate::model::{LONGEST_TEXT, LONGEST_TITLE, Measure, Outcome, Plan, Span, State, Step, Trial};
use crate::pages::id_of;
use crate::pages::shown::Words;
use crate::{measure, store as db};

#[derive(Template)]
#[template(path = "trial_plan.html")]
struct View {
    page: Page,
    form: Form,
    /// Where it is sent.
    action: String,
    /// Every indicator: key, name, what it counts, and whether it is chosen.
    indicators: Vec<(&'static str, String, String, bool)>,
}

/// The form with which somebody begins to prepare a trial.
pub(super) async fn blank(ctx: Ctx) -> Handled {
    page(&ctx, None, Form::default(), vec![])
}

/// The same with what was prepared.
pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Handled {
    may(&ctx, Step::Plan)?;
    let (asking, id) = (ctx.clone(), id_of(&id)?);
    let (trial, _) = ctx.member().db.read("trial.plan", move |tx| ready(tx, &asking, id, Step::Plan)).await?;
    page(&ctx, Some(id), filled(&trial.plan), vec![])
}

fn filled(plan: &Plan) -> Form {
    let mut fields: Vec<(String, String)> = [
        ("titel", plan.title.clone()),
        ("frage", plan.question.clone()),
        ("vorgehen", plan.tried.clone()),
        ("vorher_ab", plan.baseline.first.to_string()),
        ("vorher_bis", plan.baseline.last.to_string()),
        ("ab", plan.period.first.to_string()),
        ("bis", plan.period.last.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    fields.extend(plan.indicators.iter().map(|measure| ("kennzahl[]".to_owned(), measure.key.clone())));
    Form::new(fields)
}

fn page(ctx: &Ctx, id: Option<TrialId>, form: Form, faults: Vec<Fault>) -> Handled {
    may(ctx, Step::Plan)?;
    let title = if id.is_some() { "trial-plan" } else { "trial-new" };
    html(&View {
        page: ctx.page_titled(ctx.t(title), crumbs(ctx)).with_faults(faults),
        indicators: indicators(ctx, &form),
        action: id.map_or_else(|| format!("{}/neu", super::HERE), |id| format!("{}/plan", address(id))),
        form,
    })
}

/// Every indicator, and whether it is chosen.
fn indicators(ctx: &Ctx, form: &Form) -> Vec<(&'static str, String, String, bool)> {
    let (words, chosen) = (Words(ctx), chosen(form));
    let line = |key: &'static str| (key, words.indicator(key), words.meaning(key), chosen.contains(key));
    measure::offered(ctx.member()).map(|own| line(own.key)).collect()
}

fn chosen(form: &Form) -> BTreeSet<&str> {
    form.fields().iter().filter(|(name, _)| name == "kennzahl[]").map(|(_, key)| key.as_str()).collect()
}

/// Keeps a new draft.
pub(super) async fn start(ctx: Ctx, form: Form) -> Handled {
    let permit = may(&ctx, Step::Plan)?;
    let plan = match Reading::of(&ctx, &form).plan() {
        Ok(plan) => plan,
        Err(faults) => return page(&ctx, None, form, faults),
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "trial.start", move |tx| {
        let member = acting.member();
        let (now, leader) = (member.clock.now(), member.node_keys()?.did().clone());
        let id = TrialId::new(&member.clock, &member.entropy);
        let trial = Trial {
            id,
            leader,
            state: State::Draft,
            plan: plan.clone(),
            outcome: Outcome::default(),
            reason: String::new(),
            figures: Vec::new(),
            created: now,
            updated: now,
            measured: None,
            published: None,
        };
        db::put(tx, &trial)?;
        audit(&acting, tx, &permit, "trial.planned", id)?;
        Ok(address(id))
    });
    Ok(done.await?)
}

/// Keeps the draft as it is now.
pub(super) async fn change(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let (permit, id) = (may(&ctx, Step::Plan)?, id_of(&id)?);
    let plan = match Reading::of(&ctx, &form).plan() {
        Ok(plan) => plan,
        Err(faults) => return page(&ctx, Some(id), form, faults),
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "trial.change", move |tx| {
        let (trial, state) = ready(tx, &acting, id, Step::Plan)?;
        let updated = acting.member().clock.now();
        db::put(tx, &Trial { state, plan: plan.clone(), updated, figures: Vec::new(), ..trial })?;
        audit(&acting, tx, &permit, "trial.planned", id)?;
        Ok(address(id))
    });
    Ok(done.await?)
}

/// What the form says, and everything that is wrong with it.
struct Reading<'a> {
    ctx: &'a Ctx,
    form: &'a Form,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    fn of(ctx: &'a Ctx, form: &'a Form) -> Self {
        Self { ctx, form, faults: Vec::new() }
    }

    fn plan(mut self) -> Result<Plan, Vec<Fault>> {
        let title = self.words("titel", LONGEST_TITLE);
        let question = self.words("frage", LONGEST_TEXT);
        let tried = self.words("vorgehen", LONGEST_TEXT);
        let indicators = self.indicators();
        let baseline = self.span("vorher_ab", "vorher_bis");
        let period = self.span("ab", "bis");
        if let (Some(baseline), Some(period)) = (baseline, period)
            && baseline.last >= period.first
        {
            self.blame("vorher_bis", "trial-baseline-late");
        }
        match (baseline, period) {
            (Some(baseline), Some(period)) if self.faults.is_empty() => {
                Ok(Plan { title, question, tried, baseline, period, indicators })
            }
            _ => Err(self.faults),
        }
    }

    fn blame(&mut self, field: &'static str, code: &'static str) {
        self.faults.push(Fault::new(field, code));
    }

    /// A text that must be there, in one form whatever the browser sends between lines.
    fn words(&mut self, field: &'static str, longest: usize) -> String {
        let text = self.form.get(field).replace("\r\n", "\n");
        if text.is_empty() {
            self.blame(field, "field-missing");
        } else if text.chars().count() > longest
            || text.chars().any(|letter| letter.is_control() && letter != '\n')
        {
            self.blame(field, "trial-too-long");
        }
        text
    }

    fn day(&mut self, field: &'static str) -> Option<Day> {
        let day = self.form.get(field).parse().ok();
        if day.is_none() {
            self.blame(field, "trial-day-wrong");
        }
        day
    }

    fn span(&mut self, first: &'static str, last: &'static str) -> Option<Span> {
        let span = self.day(first).zip(self.day(last)).map(|(first, last)| Span { first, last });
        if span.is_some_and(|span| span.last < span.first) {
            self.blame(last, "trial-days-reversed");
        }
        span
    }

    fn indicators(&mut self) -> Vec<Measure> {
        let chosen = chosen(self.form);
        let offered = measure::offered(self.ctx.member()).filter(|own| chosen.contains(own.key));
        let measures: Vec<_> = offered
            .map(|own| Measure { key: own.key.to_owned(), unit: own.unit, better: own.better })
            .take(crate::model::MOST_INDICATORS)
            .collect();
        if measures.is_empty() {
            self.blame("kennzahl-0", "trial-indicator-missing");
        }
        measures
    }
}

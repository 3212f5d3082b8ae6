//! What is measured, by what modules offer: each member in its own tables.

use std::sync::Arc;

use base::{Result, Time};
use store::Tx;
use web::{Indicator, Member};

use crate::model::{Figure, Plan};

/// Every indicator that a module of this member offers.
pub(crate) fn offered(member: &Member) -> impl Iterator<Item = &'static Indicator> {
    member.modules.iter().flat_map(|module| module.indicators)
}

/// The figures of a plan by now, one for each of its indicators. One that nobody offers here has none.
pub(crate) async fn measure(member: &Arc<Member>, plan: &Plan, now: Time) -> Result<Vec<Figure>> {
    let (own, plan) = (member.clone(), plan.clone());
    member.db.scan("trial.measure", move |tx| figures(tx, &own, &plan, now)).await
}

fn figures(tx: &mut Tx<'_>, member: &Member, plan: &Plan, now: Time) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for measure in &plan.indicators {
        let known = offered(member).find(|own| own.key == measure.key && own.unit == measure.unit);
        let mut value = |span: Option<(Time, Time)>| match (known, span) {
            (Some(indicator), Some((from, to))) => (indicator.compute)(tx, from, to).map(sensible),
            _ => Ok(None),
        };
        let (baseline, period) = (value(plan.baseline.until(now))?, value(plan.period.until(now))?);
        figures.push(Figure { key: measure.key.clone(), baseline, period });
    }
    Ok(figures)
}

/// To the thousandth, so that the same tables always give the same number.
fn sensible(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite()).map(|value| (value * 1000.0).round() / 1000.0)
}

use askama::Template;
use axum::extract::Path;
use base::{Fault, Result, TrialId};
use web::money::cents;
use web::{Crumb, Ctx, Form, Handled, Page, html, once};

use super::{address, audit, crumbs, may, ready};
use crate::model::{
    Cost, LONGEST_SUBJECT, LONGEST_TEXT, MOST_CENTS, MOST_COSTS, Outcome, State, Step, Trial,
};
use crate::pages::id_of;
use crate::{store as db, work};

/// Empty lines for further costs.
const MORE: usize = 3;

#[derive(Template)]
#[template(path = "trial_outcome.html")]
struct View {
    page: Page,
    action: String,
    results: String,
    lessons: String,
    /// Lines of costs: names of the fields and what stands in them.
    costs: Vec<Line>,
    is_finished: bool,
}

struct Line {
    subject_name: String,
    subject: String,
    amount_name: String,
    amount: String,
}

/// The form in which costs, results and lessons are written down.
pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Handled {
    let trial = load(&ctx, id_of(&id)?).await?;
    page(&ctx, &trial, &filled(&trial.outcome), vec![])
}

async fn load(ctx: &Ctx, id: TrialId) -> Result<Trial> {
    may(ctx, Step::Record)?;
    let asking = ctx.clone();
    let found = ctx.member().db.read("trial.outcome", move |tx| ready(tx, &asking, id, Step::Record));
    Ok(found.await?.0)
}

fn filled(outcome: &Outcome) -> Form {
    let mut fields = vec![
        ("ergebnis".to_owned(), outcome.results.clone()),
        ("erkenntnisse".to_owned(), outcome.lessons.clone()),
    ];
    for (place, cost) in outcome.costs.iter().enumerate() {
        fields.push((format!("posten-{place}"), cost.subject.clone()));
        fields.push((format!("betrag-{place}"), format!("{},{:02}", cost.cents / 100, cost.cents % 100)));
    }
    Form::new(fields)
}

fn page(ctx: &Ctx, trial: &Trial, form: &Form, faults: Vec<Fault>) -> Handled {
    let line = |place: usize| {
        let (subject_name, amount_name) = (format!("posten-{place}"), format!("betrag-{place}"));
        let [subject, amount] = [&subject_name, &amount_name].map(|name| form.get(name).to_owned());
        Line { subject_name, subject, amount_name, amount }
    };
    let filled = (0..MOST_COSTS).rev().find(|place| {
        let line = line(*place);
        !line.subject.is_empty() || !line.amount.is_empty()
    });
    let lines = (filled.map_or(0, |last| last + 1) + MORE).min(MOST_COSTS);
    let mut way = crumbs(ctx);
    way.push(Crumb { name: trial.plan.title.clone(), href: address(trial.id) });
    html(&View {
        page: ctx.page_titled(ctx.t("trial-outcome"), way).with_faults(faults),
        action: format!("{}/ergebnis", address(trial.id)),
        results: form.get("ergebnis").to_owned(),
        lessons: form.get("erkenntnisse").to_owned(),
        costs: (0..lines).map(line).collect(),
        is_finished: trial.state == State::Finished,
    })
}

/// Keeps what was written; when the trial is finished already, everybody is told anew.
pub(super) async fn change(ctx: Ctx, Path(id): Path<String>, form: Form) -> Handled {
    let (permit, id) = (may(&ctx, Step::Record)?, id_of(&id)?);
    let outcome = match read(&form) {
        Ok(outcome) => outcome,
        Err(faults) => return page(&ctx, &load(&ctx, id).await?, &form, faults),
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "trial.record", move |tx| {
        let (trial, state) = ready(tx, &acting, id, Step::Record)?;
        let member = acting.member();
        let now = member.clock.now();
        let trial = Trial { state, outcome: outcome.clone(), updated: now, ..trial };
        db::put(tx, &trial)?;
        audit(&acting, tx, &permit, "trial.recorded", id)?;
        work::tell(tx, member, &trial, now)?;
        Ok(address(id))
    });
    Ok(done.await?)
}

/// What the form says. While a trial runs everything may still be empty; nothing of it is told to anybody then.
fn read(form: &Form) -> Result<Outcome, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut words = |field: &'static str| {
        let text = form.get(field).replace("\r\n", "\n");
        if text.chars().count() > LONGEST_TEXT {
            faults.push(Fault::new(field, "trial-too-long"));
        }
        text
    };
    let (results, lessons) = (words("ergebnis"), words("erkenntnisse"));
    let mut costs = Vec::new();
    for place in 0..MOST_COSTS {
        let (subject_name, amount_name) = (format!("posten-{place}"), format!("betrag-{place}"));
        let (subject, amount) = (form.get(&subject_name).to_owned(), form.get(&amount_name));
        if subject.is_empty() && amount.is_empty() {
            continue;
        }
        if subject.is_empty() {
            faults.push(Fault::new(subject_name, "field-missing"));
        } else if subject.chars().count() > LONGEST_SUBJECT {
            faults.push(Fault::new(subject_name, "trial-too-long"));
        }
        match cents(amount).filter(|cents| (0..=MOST_CENTS).contains(cents)) {
            Some(cents) => costs.push(Cost { subject, cents }),
            None => faults.push(Fault::new(amount_name, "trial-amount-wrong")),
        }
    }
    if faults.is_empty() { Ok(Outcome { results, lessons, costs }) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_read_line_by_line_and_empty_lines_are_none() {
        let form = |fields: &[(&str, &str)]| {
            Form::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let read = |fields: &[(&str, &str)]| super::read(&form(fields));
        assert_eq!(read(&[]), Ok(Outcome::default()));
        let costs = read(&[
            ("posten-0", "Personal"),
            ("betrag-0", "1.200,50"),
            ("posten-2", "Nichts"),
            ("betrag-2", "0"),
        ]);
        let wanted = [("Personal", 120_050), ("Nichts", 0)];
        let wanted = wanted.map(|(subject, cents)| Cost { subject: subject.into(), cents });
        assert_eq!(costs.unwrap().costs, wanted);
        let faults = read(&[("betrag-1", "5"), ("posten-2", "x"), ("betrag-2", "viel")]).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_ref()).collect();
        assert_eq!(fields, ["posten-1", "betrag-2"]);
        assert_eq!(
            filled(&read(&[("posten-0", "a"), ("betrag-0", "7,05")]).unwrap()).get("betrag-0"),
            "7,05"
        );
    }
}

use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, Problem};
use store::FileHash;
use web::{Ctx, Form, Handled, Page, desk, html, see_other};

use super::{back, crumbs, here, look_at, report_of};
use crate::model::Report;
use crate::store::{self as db, Filter};

/// How far away a report may be to be offered, at least, in metres.
const FAR: f64 = 150.0;
/// Reports that are offered.
const OFFERED: usize = 20;

#[derive(Template)]
#[template(path = "staff/merge.html")]
struct View {
    page: Page,
    here: String,
    number: String,
    report: Report,
    candidates: Vec<Candidate>,
}

struct Candidate {
    report: Report,
    metres: i64,
    photo: Option<String>,
}

/// Reports near by, in any state, of which this may be a twin.
pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    page(&ctx, &number, &query, vec![]).await
}

async fn page(ctx: &Ctx, number: &str, query: &Form, faults: Vec<Fault>) -> Handled {
    let (asking, asked) = (ctx.clone(), number.to_owned());
    let found = ctx.member().db.write("report.twins", move |tx| {
        let case = look_at(&asking, tx, &asked, Action::WorkOnCase)?;
        let report = report_of(tx, &case)?;
        let category = db::find_category(tx, &report.category)?;
        let metres = category.map_or(FAR, |category| f64::from(category.near_metres) * 2.0).max(FAR);
        let every = Filter { with_hidden: true, ..Filter::default() };
        let near = match report.place {
            Some(place) => db::near(tx, place, metres, &every, OFFERED * 2)?,
            None => Vec::new(),
        };
        let mut twins = Vec::new();
        for (twin, metres) in near {
            let Some(other) = cases::by_id(tx, twin.case_id)? else { continue };
            // Only what this person could merge it with.
            let may = desk::permit(&asking, &other, Action::WorkOnCase).is_ok();
            if may && other.id != case.id && other.merged_into.is_none() {
                twins.push((twin, metres));
            }
        }
        twins.truncate(OFFERED);
        Ok((report, twins))
    });
    let (report, twins) = found.await?;
    let candidates = twins.into_iter().map(|(report, metres)| {
        let photo = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
        #[expect(clippy::cast_possible_truncation, reason = "some hundred metres")]
        let metres = metres.round() as i64;
        Candidate { photo: photo.map(|hash| format!("/dateien/{hash}")), metres, report }
    });
    let page = ctx.page_titled(ctx.t("report-step-merge"), crumbs(ctx, number, query)).with_faults(faults);
    let here = here(number, "zusammenfuehren", query);
    html(&View { page, here, number: number.to_owned(), report, candidates: candidates.collect() })
}

pub(crate) async fn send(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    match desk::act(&ctx, &number, &form.with("schritt", "zusammenfuehren")).await {
        Err(Problem { faults, .. }) if !faults.is_empty() => page(&ctx, &number, &query, faults).await,
        other => other.map(|()| see_other(&back(&number, &query))).map_err(Into::into),
    }
}

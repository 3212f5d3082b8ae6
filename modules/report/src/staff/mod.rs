//! What only the office of a report can do with it: release it, follow it up with another, put it right.

mod edit;
mod hand;
mod merge;
mod photo;
mod steps;

use access::Action;
use axum::Router;
use axum::routing::get;
use base::Problem;
use cases::Case;
use store::Tx;
use web::{Crumb, Ctx, Form};

use steps::case_for;
pub(crate) use steps::{STEPS, restore};

use crate::model::Report;
use crate::store as db;

/// The pages of the steps that need more than a button.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/arbeitsplatz/fall/{number}/zusammenfuehren", get(merge::show).post(merge::send))
        .route("/arbeitsplatz/fall/{number}/weitergeben", get(hand::show).post(hand::send))
        .route("/arbeitsplatz/fall/{number}/ablehnen", get(hand::show_back).post(hand::send_back))
        .route("/arbeitsplatz/fall/{number}/kategorie", get(edit::category).post(edit::send_category))
        .route("/arbeitsplatz/fall/{number}/ort", get(edit::place).post(edit::send_place))
        .route("/arbeitsplatz/fall/{number}/text", get(edit::text).post(edit::send_text))
        .route("/arbeitsplatz/fall/{number}/fotos", get(photo::list).post(photo::choose))
        .route("/arbeitsplatz/fall/{number}/schwaerzen", get(photo::show).post(photo::send))
}

/// The case with this number, for whoever may do this with it; looking at it stands in the audit.
fn look_at(ctx: &Ctx, tx: &mut Tx<'_>, number: &str, action: Action) -> base::Result<Case> {
    let (case, permit) = case_for(ctx, tx, number, action)?;
    let about = serde_json::json!({ "number": case.number });
    ctx.audit(tx, &permit, "case.read", Some(case.id), &about)?;
    Ok(case)
}

/// The report of a case, when the case is one.
fn report_of(tx: &mut Tx<'_>, case: &Case) -> base::Result<Report> {
    let nothing = || Problem::not_found("report", "there is no such report");
    db::by_id(tx, case.id)?.ok_or_else(nothing)
}

/// The way to a page below a case.
fn crumbs(ctx: &Ctx, number: &str, query: &Form) -> Vec<Crumb> {
    vec![
        Crumb { name: ctx.t("desk"), href: "/arbeitsplatz".into() },
        Crumb { name: number.to_owned(), href: back(number, query) },
    ]
}

/// The page of a case, as it was reached.
fn back(number: &str, query: &Form) -> String {
    match query.find("liste") {
        Some(list) => {
            let query = serde_urlencoded::to_string([("liste", list)]).unwrap_or_default();
            format!("/arbeitsplatz/fall/{number}?{query}")
        }
        None => format!("/arbeitsplatz/fall/{number}"),
    }
}

/// The page of a step below that of its case, as it was reached.
fn here(number: &str, name: &str, query: &Form) -> String {
    let back = back(number, query);
    match back.split_once('?') {
        Some((path, query)) => format!("{path}/{name}?{query}"),
        None => format!("{back}/{name}"),
    }
}

use access::Action;
use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, Problem};
use cases::Case;
use federation::Did;
use federation::handover::{Handover, Phase, Side, by_case};
use store::Tx;
use web::handover;
use web::{Ctx, Doing, Done, Form, Handled, Page, desk, html, see_other};

use super::{back, crumbs, here, look_at, report_of};

#[derive(Template)]
#[template(path = "staff/hand_over.html")]
struct HandView {
    page: Page,
    here: String,
    /// Who can be asked: the name for programs, the name for people, and whether the place is theirs.
    partners: Vec<(String, String, bool)>,
    note: String,
}

#[derive(Template)]
#[template(path = "staff/hand_back.html")]
struct BackView {
    page: Page,
    here: String,
    name: String,
    text: String,
}

/// Whether a case can be offered to another member.
pub(super) fn can_offer(tx: &mut Tx<'_>, case: &Case) -> base::Result<bool> {
    let is_free = !case.state.is_closed() && case.merged_into.is_none() && !case.away;
    Ok(is_free && handover::may_leave(tx, case.id)?)
}

/// Whether a case was offered to another member and waits for an answer.
pub(super) fn can_keep(tx: &mut Tx<'_>, case: &Case) -> base::Result<bool> {
    is_so(tx, case, |handover| (handover.side, handover.phase) == (Side::Sender, Phase::Offered))
}

/// Whether a case was offered to us.
pub(super) fn can_accept(tx: &mut Tx<'_>, case: &Case) -> base::Result<bool> {
    is_so(tx, case, |handover| (handover.side, handover.phase) == (Side::Receiver, Phase::Offered))
}

/// Whether a case of another member is ours to give back.
pub(super) fn can_decline(tx: &mut Tx<'_>, case: &Case) -> base::Result<bool> {
    is_so(tx, case, |handover| handover.side == Side::Receiver && handover.phase.is_live())
}

fn is_so(tx: &mut Tx<'_>, case: &Case, wanted: impl Fn(&Handover) -> bool) -> base::Result<bool> {
    Ok(by_case(tx, case.id)?.iter().any(wanted))
}

pub(super) fn offer(tx: &mut Tx<'_>, doing: &Doing<'_>) -> base::Result<Done> {
    let Doing { ctx, case, form } = doing;
    let nobody = || Problem::faults(vec![Fault::new("partner", "report-hand-nobody")]);
    let did: Did = form.get("partner").parse().map_err(|_| nobody())?;
    let partners = ctx.member().partners(tx)?;
    let partner = partners.iter().find(|partner| partner.identity.did == did).ok_or_else(nobody)?;
    let change = handover::offer(tx, ctx.member(), case, partner, form.get("text"))?;
    Ok(Done { change, before: String::new() })
}

pub(super) fn keep(tx: &mut Tx<'_>, doing: &Doing<'_>) -> base::Result<Done> {
    Ok(Done { change: handover::take_back(tx, doing.ctx.member(), doing.case)?, before: String::new() })
}

pub(super) fn accept(tx: &mut Tx<'_>, doing: &Doing<'_>) -> base::Result<Done> {
    Ok(Done { change: handover::accept(tx, doing.ctx.member(), doing.case)?, before: String::new() })
}

pub(super) fn decline(tx: &mut Tx<'_>, doing: &Doing<'_>) -> base::Result<Done> {
    let reason = doing.form.get("text");
    Ok(Done { change: handover::decline(tx, doing.ctx.member(), doing.case, reason)?, before: String::new() })
}

pub(crate) async fn show(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    hand_page(&ctx, &number, &query, (String::new(), vec![])).await
}

async fn hand_page(ctx: &Ctx, number: &str, query: &Form, (note, faults): (String, Vec<Fault>)) -> Handled {
    let (asking, asked) = (ctx.clone(), number.to_owned());
    let found = ctx.member().db.write("report.hand", move |tx| {
        let case = look_at(&asking, tx, &asked, Action::WorkOnCase)?;
        let place = report_of(tx, &case)?.place;
        let theirs = place.map(|place| asking.member().partner_at(tx, place)).transpose()?.flatten();
        Ok((asking.member().partners(tx)?, theirs))
    });
    let (partners, theirs) = found.await?;
    let theirs = theirs.map(|theirs| theirs.identity.did);
    let partners = partners.into_iter().map(|peer| {
        let is_theirs = theirs.as_ref() == Some(&peer.identity.did);
        (peer.identity.did.to_string(), peer.identity.name, is_theirs)
    });
    let page = ctx.page_titled(ctx.t("report-step-hand"), crumbs(ctx, number, query)).with_faults(faults);
    html(&HandView { page, here: here(number, "weitergeben", query), partners: partners.collect(), note })
}

pub(crate) async fn send(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    match desk::act(&ctx, &number, &form.with("schritt", "weitergeben")).await {
        Err(Problem { faults, .. }) if !faults.is_empty() => {
            hand_page(&ctx, &number, &query, (form.get("text").to_owned(), faults)).await
        }
        other => other.map(|()| see_other(&back(&number, &query))).map_err(Into::into),
    }
}

pub(crate) async fn show_back(ctx: Ctx, Path(number): Path<String>, Query(query): Query<Form>) -> Handled {
    back_page(&ctx, &number, &query, (String::new(), vec![])).await
}

async fn back_page(ctx: &Ctx, number: &str, query: &Form, (text, faults): (String, Vec<Fault>)) -> Handled {
    let (asking, asked) = (ctx.clone(), number.to_owned());
    let name = ctx.member().db.write("report.back", move |tx| {
        let case = look_at(&asking, tx, &asked, Action::WorkOnCase)?;
        let from =
            handover::asked_of(tx, case.id)?.into_iter().find(|asked| asked.handover.side == Side::Receiver);
        from.map(|from| from.name).ok_or_else(|| Problem::not_found("handover", "it came from nobody"))
    });
    let name = name.await?;
    let page = ctx.page_titled(ctx.t("report-step-decline"), crumbs(ctx, number, query)).with_faults(faults);
    html(&BackView { page, here: here(number, "ablehnen", query), name, text })
}

pub(crate) async fn send_back(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    match desk::act(&ctx, &number, &form.with("schritt", "ablehnen")).await {
        Err(Problem { faults, .. }) if !faults.is_empty() => {
            back_page(&ctx, &number, &query, (form.get("text").to_owned(), faults)).await
        }
        other => other.map(|()| see_other(&back(&number, &query))).map_err(Into::into),
    }
}

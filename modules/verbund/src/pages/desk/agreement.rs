use access::Permit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Problem, Result};
use federation::agreement::{Deed, Owed};
use federation::papers::{self, Delivery, Papers};
use federation::{Cents, Hash};
use store::Tx;
use web::{Ctx, Form, Handled, Page, html};

use super::{HERE, crumbs, may_read, may_sign, once};
use crate::model::{Standing, State, cents};
use crate::own;
use crate::pages::shown::{Reading, Shown};
use crate::pages::{hash_of, notes};
use crate::sign::{self, By};

/// Characters of a reason, at most.
const LONGEST: usize = 2000;

#[derive(Template)]
#[template(path = "verbund_agreement.html")]
struct View {
    page: Page,
    agreement: Shown,
    /// Where this page and the texts are.
    base: String,
    may_sign: bool,
    may_withdraw: bool,
    may_end: bool,
    may_be_replaced: bool,
    /// The duties by which money is owed to us.
    receivable: Vec<Choice>,
    amount: String,
    /// Whom we could not tell yet, and since when.
    waiting: Vec<(String, Delivery)>,
    reason: String,
}

/// One agreement: what it says, who signed, what binds whom, and what can be done.
pub(super) async fn show(ctx: Ctx, Path(hash): Path<String>) -> Handled {
    view(&ctx, hash_of(&hash)?, &Form::default(), vec![]).await
}

/// Something to choose: value, text, and whether it is chosen.
type Choice = (String, String, bool);

async fn view(ctx: &Ctx, hash: Hash, form: &Form, faults: Vec<Fault>) -> Handled {
    may_read(ctx)?;
    let asking = ctx.clone();
    let read = ctx.member().db.read("verbund.agreement", move |tx| {
        let (shown, standing, receivable) = load(&asking, tx, hash)?;
        let undone = papers::deliveries(tx, hash)?
            .into_iter()
            .filter(|delivery| !delivery.is_done() || delivery.error.is_some());
        Ok((shown, standing, receivable, undone.collect::<Vec<_>>()))
    });
    let (agreement, standing, mut receivable, undone) = read.await?;
    receivable.iter_mut().for_each(|(value, _, chosen)| *chosen = value == form.get("pflicht"));
    let name = |delivery: Delivery| {
        let did = delivery.did.to_string();
        let party = agreement.parties.iter().find(|party| party.did == did);
        (party.map_or(did.clone(), |party| party.name.clone()), delivery)
    };
    let may_sign = may_sign(ctx).is_ok();
    html(&View {
        page: ctx.page_titled(agreement.title.clone(), crumbs(ctx)).with_faults(faults),
        waiting: undone.into_iter().map(name).collect(),
        base: format!("{HERE}/vereinbarungen/{hash}"),
        may_sign,
        may_withdraw: may_sign && standing.may_withdraw(),
        may_end: may_sign && standing.may_end(),
        may_be_replaced: may_sign && standing.may_be_replaced(),
        receivable: if may_sign { receivable } else { Vec::new() },
        amount: form.get("betrag").to_owned(),
        agreement,
        reason: form.get("grund").to_owned(),
    })
}

/// The document as people read it, how it stands, and what is to be paid to us by it.
fn load(ctx: &Ctx, tx: &mut Tx<'_>, hash: Hash) -> Result<(Shown, Standing, Vec<Choice>)> {
    let missing = || Problem::not_found("agreement", "there is no such agreement");
    let (keys, now) = (ctx.member().node_keys()?, ctx.member().clock.now());
    let keyring = own::keyring(tx, &keys)?;
    let reading = Reading { ctx, keys: &keyring, now };
    let paper = papers::document(tx, hash)?.ok_or_else(missing)?;
    if !paper.checked {
        let shown = reading.document(&paper.document, State::Unchecked);
        return Ok((shown, Standing::UNCHECKED, Vec::new()));
    }
    let kept = Papers::load(tx)?;
    let standing = Standing::of(&kept, &keyring, keys.did(), hash, now).ok_or_else(missing)?;
    let book = kept.book(&keyring, now);
    let agreement = book.agreements().iter().find(|agreement| agreement.document().hash() == hash);
    let agreement = agreement.ok_or_else(missing)?;
    let shown = reading.agreement(&book, agreement, &kept.acts_of(hash), &standing);
    let may_receive = standing.may_receive();
    let duties =
        paper.document.terms().duties.iter().enumerate().filter(|(_, duty)| {
            may_receive && duty.to == *keys.did() && matches!(duty.owed, Owed::Money { .. })
        });
    let receivable = duties.map(|(at, duty)| (at.to_string(), reading.duty(&paper.document, duty), false));
    let receivable = receivable.collect();
    Ok((shown, standing, receivable))
}

/// Signs what was chosen.
pub(super) async fn act(ctx: Ctx, Path(hash): Path<String>, form: Form) -> Handled {
    let (permit, hash) = (may_sign(&ctx)?, hash_of(&hash)?);
    if form.get("schritt") == "verwerfen" {
        return Ok(discard(&ctx, &form, permit, hash).await?);
    }
    let deed = match deed(&form)? {
        Ok(deed) => deed,
        Err(fault) => return view(&ctx, hash, &form, vec![fault]).await,
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.act", move |tx| {
        sign::act(By::Person(&acting, &permit), tx, hash, deed.clone())?;
        Ok(format!("{HERE}/vereinbarungen/{hash}"))
    });
    Ok(done.await?)
}

/// What was chosen, or what is wrong with the form.
fn deed(form: &Form) -> Result<Result<Deed, Fault>> {
    let reason = || {
        let reason = form.get("grund").replace("\r\n", "\n");
        match reason.chars().count() {
            0 => Err(Fault::new("grund", "verbund-reason-missing")),
            1..=LONGEST => Ok(reason),
            _ => Err(Fault::new("grund", "verbund-reason-long")),
        }
    };
    Ok(match form.get("schritt") {
        "annehmen" => Ok(Deed::Accept),
        "ablehnen" => reason().map(|reason| Deed::Refuse { reason }),
        "zuruecknehmen" => reason().map(|reason| Deed::Withdraw { reason }),
        "beenden" => reason().map(|reason| Deed::End { reason }),
        "erhalten" => received(form),
        other => return Err(Problem::input("step", format!("there is no step '{other}'"))),
    })
}

/// How much was received for which duty.
fn received(form: &Form) -> Result<Deed, Fault> {
    let duty = form.get("pflicht").parse().map_err(|_| Fault::new("pflicht", "field-missing"))?;
    let cents = cents(form.get("betrag")).and_then(|cents| Cents::try_from(cents).ok());
    let cents = cents.ok_or_else(|| Fault::new("betrag", "verbund-amount-wrong"))?;
    Ok(Deed::Received { duty, cents })
}

/// Throws a stranger's proposal away.
async fn discard(ctx: &Ctx, form: &Form, permit: Permit, hash: Hash) -> Result<Response> {
    let acting = ctx.clone();
    let done = once(ctx, form, "verbund.discard", move |tx| {
        if papers::discard(tx, hash)? {
            let about = serde_json::json!({ "document": hash });
            acting.audit(tx, &permit, "agreement.discarded", None, &about)?;
        }
        Ok(HERE.to_owned())
    });
    done.await
}

/// One signed text.
pub(super) async fn note(ctx: Ctx, Path((hash, name)): Path<(String, String)>) -> Handled {
    notes::one(&signed(&ctx, &hash).await?, &name)
}

/// All signed texts in one file.
pub(super) async fn bundle(ctx: Ctx, Path(hash): Path<String>) -> Handled {
    notes::all(&signed(&ctx, &hash).await?)
}

async fn signed(ctx: &Ctx, hash: &str) -> Result<notes::Signed> {
    may_read(ctx)?;
    let hash = hash_of(hash)?;
    ctx.member().db.read("verbund.texts", move |tx| notes::load(tx, hash)).await
}

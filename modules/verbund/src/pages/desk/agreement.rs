use access::Permit;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Fault, Problem, Result};
use federation::Hash;
use federation::agreement::Deed;
use federation::papers::{self, Delivery, Papers};
use store::Tx;
use web::{Ctx, Form, Handled, Page, html};

use super::{HERE, crumbs, may_read, may_sign, once};
use crate::model::{Standing, State};
use crate::pages::shown::{Reading, Shown};
use crate::pages::{hash_of, notes};
use crate::{own, sign};

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
    /// Whom we could not tell yet, and since when.
    waiting: Vec<(String, Delivery)>,
    reason: String,
}

/// One agreement: what it says, who signed, what binds whom, and what can be done.
pub(super) async fn show(ctx: Ctx, Path(hash): Path<String>) -> Handled {
    view(&ctx, hash_of(&hash)?, "", vec![]).await
}

async fn view(ctx: &Ctx, hash: Hash, reason: &str, faults: Vec<Fault>) -> Handled {
    may_read(ctx)?;
    let asking = ctx.clone();
    let read = ctx.member().db.read("verbund.agreement", move |tx| {
        let (shown, standing) = load(&asking, tx, hash)?;
        let undone = papers::deliveries(tx, hash)?.into_iter().filter(|delivery| !delivery.is_done());
        Ok((shown, standing, undone.collect::<Vec<_>>()))
    });
    let (agreement, standing, undone) = read.await?;
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
        agreement,
        reason: reason.to_owned(),
    })
}

/// The document as people read it, and how it stands.
fn load(ctx: &Ctx, tx: &mut Tx<'_>, hash: Hash) -> Result<(Shown, Standing)> {
    let missing = || Problem::not_found("agreement", "there is no such agreement");
    let (keys, now) = (own::keys(ctx.member())?, ctx.member().clock.now());
    let keyring = own::keyring(tx, &keys)?;
    let reading = Reading { ctx, keys: &keyring, now };
    let paper = papers::document(tx, hash)?.ok_or_else(missing)?;
    if !paper.checked {
        return Ok((reading.document(&paper.document, State::Unchecked), Standing::UNCHECKED));
    }
    let kept = Papers::load(tx)?;
    let standing = Standing::of(&kept, &keyring, keys.did(), hash, now).ok_or_else(missing)?;
    let book = kept.book(&keyring, now);
    let agreement = book.agreements().iter().find(|agreement| agreement.document().hash() == hash);
    let agreement = agreement.ok_or_else(missing)?;
    let shown = reading.agreement(&book, agreement, &kept.acts_of(hash), &standing);
    Ok((shown, standing))
}

/// Signs what was chosen.
pub(super) async fn act(ctx: Ctx, Path(hash): Path<String>, form: Form) -> Handled {
    let (permit, hash) = (may_sign(&ctx)?, hash_of(&hash)?);
    let reason = form.get("grund").to_owned();
    let step = form.get("schritt");
    let needs_reason = matches!(step, "ablehnen" | "zuruecknehmen" | "beenden");
    if needs_reason && (reason.is_empty() || reason.chars().count() > LONGEST) {
        let code = if reason.is_empty() { "verbund-reason-missing" } else { "verbund-reason-long" };
        return view(&ctx, hash, &reason, vec![Fault::new("grund", code)]).await;
    }
    let deed = match step {
        "annehmen" => Deed::Accept,
        "ablehnen" => Deed::Refuse { reason },
        "zuruecknehmen" => Deed::Withdraw { reason },
        "beenden" => Deed::End { reason },
        "verwerfen" => return Ok(discard(&ctx, &form, permit, hash).await?),
        other => return Err(Problem::input("step", format!("there is no step '{other}'")).into()),
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.act", move |tx| {
        sign::act(&acting, tx, &permit, hash, deed.clone())?;
        Ok(format!("{HERE}/vereinbarungen/{hash}"))
    });
    Ok(done.await?)
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

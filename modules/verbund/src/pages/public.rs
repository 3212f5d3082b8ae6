use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use base::{Problem, Result};
use federation::papers::Papers;
use federation::peers::{self, Peer};
use store::Tx;
use web::{Crumb, Ctx, Handled, Page, html};

use super::hash_of;
use super::notes::{self, Signed};
use super::shown::{Reading, Shown};
use crate::model::{Standing, State};
use crate::own;

#[derive(Template)]
#[template(path = "verbund_public.html")]
struct View {
    page: Page,
    did: String,
    ars: String,
    fingerprint: String,
    contact: String,
    services: BTreeMap<String, String>,
    peers: Vec<Peer>,
    agreements: Vec<Shown>,
}

/// Who we are, with whom we work, and what we agreed with them.
pub(super) async fn show(ctx: Ctx) -> Handled {
    let identity = own::identity(ctx.member())?;
    let asking = ctx.clone();
    let found =
        ctx.member().db.read("verbund.public", move |tx| Ok((peers::all(tx)?, in_force(&asking, tx)?)));
    let (peers, agreements) = found.await?;
    html(&View {
        page: ctx.page_titled(ctx.t("nav-verbund"), vec![]),
        did: identity.did.to_string(),
        ars: identity.ars.to_string(),
        fingerprint: own::fingerprint(&identity.keys),
        contact: identity.contact,
        services: identity.services,
        peers,
        agreements,
    })
}

/// The agreements that bind the member now, or will.
fn in_force(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Shown>> {
    let all = public(ctx, tx)?;
    Ok(all.into_iter().filter(|shown| !matches!(shown.state, State::Ended)).collect())
}

/// Every agreement that ever bound the member.
fn public(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Vec<Shown>> {
    let (keys, now) = (ctx.member().node_keys()?, ctx.member().clock.now());
    let (papers, keyring) = (Papers::load(tx)?, own::keyring(tx, &keys)?);
    let book = papers.book(&keyring, now);
    let reading = Reading { ctx, keys: &keyring, now };
    let mut all = Vec::new();
    for agreement in book.agreements() {
        let document = agreement.document();
        let acts = papers.acts_of(document.hash());
        let is_party = document.terms().party(keys.did()).is_some();
        let standing = Standing::within(&book, agreement, &acts, keys.did(), now);
        if is_party && standing.is_public() {
            // What a party did that never agreed is its own affair.
            let acts: Vec<_> =
                acts.into_iter().filter(|act| agreement.consents().contains_key(act.party())).collect();
            all.push(reading.agreement(&book, agreement, &acts, &standing));
        }
    }
    all.sort_by(|one, other| one.title.cmp(&other.title));
    Ok(all)
}

#[derive(Template)]
#[template(path = "verbund_agreement_public.html")]
struct One {
    page: Page,
    agreement: Shown,
    /// Where the texts are.
    base: String,
}

/// One agreement as everybody may read it.
pub(super) async fn agreement(ctx: Ctx, Path(hash): Path<String>) -> Handled {
    let hash = hash_of(&hash)?;
    let asking = ctx.clone();
    let all = ctx.member().db.read("verbund.public_one", move |tx| public(&asking, tx)).await?;
    let agreement = all.into_iter().find(|shown| shown.hash == hash).ok_or_else(missing)?;
    let crumbs = vec![Crumb { name: ctx.t("nav-verbund"), href: "/verbund".into() }];
    let page = ctx.page_titled(agreement.title.clone(), crumbs);
    html(&One { page, agreement, base: format!("/verbund/vereinbarungen/{hash}") })
}

fn missing() -> Problem {
    Problem::not_found("agreement", "there is no such agreement")
}

/// One signed text.
pub(super) async fn note(ctx: Ctx, Path((hash, name)): Path<(String, String)>) -> Handled {
    notes::one(&signed(&ctx, &hash).await?, &name)
}

/// All signed texts of an agreement.
pub(super) async fn bundle(ctx: Ctx, Path(hash): Path<String>) -> Handled {
    notes::all(&signed(&ctx, &hash).await?)
}

async fn signed(ctx: &Ctx, hash: &str) -> Result<Signed> {
    let hash = hash_of(hash)?;
    let asking = ctx.clone();
    let read = move |tx: &mut Tx<'_>| {
        let shown = public(&asking, tx)?.into_iter().find(|shown| shown.hash == hash).ok_or_else(missing)?;
        let (document, mut acts) = notes::load(tx, hash)?;
        acts.retain(|act| shown.acts.iter().any(|shown| shown.hash == act.hash()));
        Ok((document, acts))
    };
    ctx.member().db.read("verbund.public_texts", read).await
}

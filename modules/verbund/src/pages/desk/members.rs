use askama::Template;
use axum::extract::{Path, Query};
use base::{Fault, Problem, Result};
use federation::handover::{self, Pair};
use federation::papers::Papers;
use federation::peers::{self, KnownKey, Peer};
use federation::{Did, Hash, Identity};
use serde::Deserialize;
use web::{Crumb, Ctx, Form, Handled, Page, html, redirect};

use super::{HERE, crumbs, may_read, may_sign};
use crate::own;
use web::once;
use web::sign::{self, By};

#[derive(Template)]
#[template(path = "verbund_member_new.html")]
struct New {
    page: Page,
    address: String,
}

/// What is asked for in the address.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    adresse: Option<String>,
}

/// The form for the address of a member.
pub(super) async fn blank(ctx: Ctx, Query(asked): Query<Asked>) -> Handled {
    may_sign(&ctx)?;
    form_page(&ctx, asked.adresse.as_deref().unwrap_or_default(), vec![])
}

fn form_page(ctx: &Ctx, address: &str, faults: Vec<Fault>) -> Handled {
    let page = ctx.page_titled(ctx.t("verbund-member-new"), crumbs(ctx)).with_faults(faults);
    html(&New { page, address: address.to_owned() })
}

#[derive(Template)]
#[template(path = "verbund_member_confirm.html")]
struct Confirm {
    page: Page,
    identity: Identity,
    url: String,
    fingerprint: String,
    /// The key that was confirmed before, when it is another.
    before: Option<String>,
}

/// Asks the member at an address who it is, and shows it to be compared.
pub(super) async fn ask(ctx: Ctx, form: Form) -> Handled {
    may_sign(&ctx)?;
    let url = own::address(form.get("adresse"));
    match own::ask_other(ctx.member(), &url).await {
        Ok(identity) => confirm(&ctx, url, identity).await,
        Err(problem) => form_page(&ctx, form.get("adresse"), vec![fault(&problem)]),
    }
}

fn fault(problem: &Problem) -> Fault {
    let code = match problem.code {
        "url-wrong" => "verbund-url-wrong",
        "url-private" | "private-address" => "verbund-url-private",
        "own-member" => "verbund-url-own",
        "identity" => "verbund-identity-wrong",
        "key-differs" => "verbund-key-differs",
        _ => "verbund-no-answer",
    };
    Fault::new("adresse", code)
}

async fn confirm(ctx: &Ctx, url: String, identity: Identity) -> Handled {
    let did = identity.did.clone();
    let known = ctx.member().db.read("verbund.known", move |tx| peers::one(tx, &did)).await?;
    let before = known.map(|peer| peer.identity.keys).filter(|keys| *keys != identity.keys);
    html(&Confirm {
        page: ctx.page_titled(ctx.t("verbund-member-confirm"), crumbs(ctx)),
        fingerprint: own::fingerprint(&identity.keys),
        before: before.as_ref().map(own::fingerprint),
        identity,
        url,
    })
}

/// Takes the member in with the key that was compared, when it still is the member's.
pub(super) async fn pin(ctx: Ctx, form: Form) -> Handled {
    let (permit, stolen) = (may_sign(&ctx)?, form.find("gestohlen").is_some());
    let url = own::address(form.get("adresse"));
    let compared = form.get("schluessel").parse::<Hash>();
    let compared = compared.map_err(|_| Problem::input("key", "what was compared is no fingerprint"))?;
    let checked = own::compared(ctx.member(), &url, compared).await;
    let identity = match checked {
        Ok(identity) => identity,
        Err(problem) => return form_page(&ctx, form.get("adresse"), vec![fault(&problem)]),
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.pin", move |tx| {
        sign::confirm(By::Person(&acting, &permit), tx, (&url, &identity), stolen)?;
        Ok(format!("{HERE}/mitglieder/{}", identity.did.host()))
    });
    Ok(done.await?)
}

#[derive(Template)]
#[template(path = "verbund_member.html")]
struct View {
    page: Page,
    peer: Peer,
    fingerprint: String,
    /// The key it names now, when it is another than the confirmed one.
    found: Option<String>,
    /// The keys for agreements it has given up.
    ended: Vec<KnownKey>,
    may_sign: bool,
    agreements: Vec<(Hash, String)>,
    /// How handing cases over goes, where it ever began.
    pair: Option<Pair>,
}

/// One member that is known.
pub(super) async fn show(ctx: Ctx, Path(host): Path<String>) -> Handled {
    view(&ctx, &host, vec![]).await
}

async fn view(ctx: &Ctx, host: &str, faults: Vec<Fault>) -> Handled {
    may_read(ctx)?;
    let did = did_of(host)?;
    let read = ctx.member().db.read("verbund.member", move |tx| {
        let peer = peers::one(tx, &did)?.ok_or_else(unknown)?;
        let documents = Papers::load(tx)?.documents.into_iter();
        let common = documents.filter(|document| document.terms().party(&did).is_some());
        let keys = peers::keys_of(tx, &did)?.into_iter().filter(|key| key.ended.is_some());
        let titles = common.map(|document| (document.hash(), document.terms().title.clone()));
        Ok((peer, keys.collect::<Vec<_>>(), titles.collect::<Vec<_>>(), handover::pair(tx, &did)?))
    });
    let (peer, ended, agreements, pair) = read.await?;
    let mut crumbs = crumbs(ctx);
    crumbs.push(Crumb { name: ctx.t("verbund-members"), href: format!("{HERE}#mitglieder") });
    html(&View {
        page: ctx.page_titled(peer.identity.name.clone(), crumbs).with_faults(faults),
        fingerprint: own::fingerprint(&peer.identity.keys),
        pair,
        found: peer.found.as_ref().map(|found| own::fingerprint(&found.keys)),
        ended,
        may_sign: may_sign(ctx).is_ok(),
        peer,
        agreements,
    })
}

fn unknown() -> Problem {
    Problem::not_found("member", "no such member is known here")
}

fn did_of(host: &str) -> Result<Did> {
    Did::of_host(host).map_err(|_| unknown())
}

/// Asks a known member again who it is.
pub(super) async fn ask_again(ctx: Ctx, Path(host): Path<String>) -> Handled {
    may_sign(&ctx)?;
    let did = did_of(&host)?;
    let peer = ctx.member().db.read("verbund.member", move |tx| peers::one(tx, &did)).await?;
    match own::ask_known(ctx.member(), peer.ok_or_else(unknown)?).await {
        Ok(()) => redirect(&format!("{HERE}/mitglieder/{host}")),
        Err(problem) => view(&ctx, &host, vec![fault(&problem)]).await,
    }
}

//! The form with which something is proposed to other members.

mod lines;
mod reading;

use askama::Template;
use axum::extract::Query;
use base::{Fault, Problem, Result};
use federation::Day;
use federation::agreement::{Document, Owed};
use federation::papers::{self, Papers};
use federation::peers::{self, Peer};
use serde::Deserialize;
use store::Tx;
use web::{Ctx, Form, Handled, Page, html};

use super::{HERE, crumbs, may_sign};
use crate::model::{KINDS, Standing, kind_name};
use crate::own;
use crate::pages::hash_of;
use crate::pages::shown::Reading as Shown;
use lines::{Choice, Row, Sort};
use reading::Reading;
use web::once;
use web::sign::{self, By};

/// For how long others can usually accept.
const WEEKS: u16 = 6;

#[derive(Template)]
#[template(path = "verbund_propose.html")]
struct View {
    page: Page,
    form: Form,
    kinds: Vec<Choice>,
    parties: Vec<Choice>,
    payments: Vec<Row>,
    works: Vec<Row>,
    tasks: Vec<Row>,
    has_works: bool,
    has_tasks: bool,
    exchanges: bool,
    hands_over: bool,
    /// The title and number of the version that is to be replaced.
    replaced: Option<(String, u32)>,
    /// What stays of it beside what the form shows.
    kept: Vec<String>,
}

/// What is asked for in the address.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// The version that is to be replaced.
    ersetzt: Option<String>,
    /// What a new one begins with, where another page leads here.
    #[serde(default)]
    art: String,
    #[serde(default)]
    titel: String,
    #[serde(default)]
    zweck: String,
}

/// The form, empty, or with what a version says that is to be replaced.
pub(super) async fn blank(ctx: Ctx, Query(asked): Query<Asked>) -> Handled {
    may_sign(&ctx)?;
    let today = Day::of(ctx.member().clock.now());
    let (first, accept_by) = (today.plus_days(1), today.plus_days(WEEKS * 7));
    let form = match before(&ctx, asked.ersetzt.as_deref()).await? {
        Some(document) => lines::again(&document, ctx.member().node_keys()?.did(), first, accept_by),
        None => {
            let usual =
                [("ab", first.to_string()), ("annahme", accept_by.to_string()), ("frist", "90".into())];
            let given = [("art", asked.art), ("titel", asked.titel), ("zweck", asked.zweck)];
            let fields = usual.into_iter().chain(given).map(|(name, value)| (name.to_owned(), value));
            Form::new(fields.collect())
        }
    };
    page(&ctx, form, vec![]).await
}

/// The version that is to be replaced, if one is named: one that binds us.
async fn before(ctx: &Ctx, hash: Option<&str>) -> Result<Option<Document>> {
    let Some(hash) = hash.filter(|hash| !hash.is_empty()) else { return Ok(None) };
    let hash = hash_of(hash)?;
    let (keys, now) = (ctx.member().node_keys()?, ctx.member().clock.now());
    let read = move |tx: &mut Tx<'_>| {
        let missing = || Problem::not_found("agreement", "there is no such agreement");
        let (kept, keyring) = (Papers::load(tx)?, web::sign::keyring(tx, &keys)?);
        let standing = Standing::of(&kept, &keyring, keys.did(), hash, now).ok_or_else(missing)?;
        let paper = papers::document(tx, hash)?.ok_or_else(missing)?;
        if !standing.may_be_replaced() || lines::is_too_long(paper.document.terms()) {
            return Err(Problem::conflict("agreement-state", "this cannot be replaced as things stand"));
        }
        Ok(Some(paper.document))
    };
    ctx.member().db.read("verbund.before", read).await
}

async fn page(ctx: &Ctx, form: Form, faults: Vec<Fault>) -> Handled {
    may_sign(ctx)?;
    let before = before(ctx, form.find("ersetzt")).await?;
    let (peers, keyring, own) = {
        let keys = ctx.member().node_keys()?;
        let read = move |tx: &mut Tx<'_>| Ok((peers::all(tx)?, web::sign::keyring(tx, &keys)?));
        let (peers, keyring) = ctx.member().db.read("verbund.peers", read).await?;
        (peers, keyring, own::identity(ctx.member())?)
    };
    let named = |peer: &Peer| (peer.identity.did.to_string(), peer.identity.name.clone());
    let others: Vec<_> = peers.iter().map(named).collect();
    let everybody: Vec<_> =
        std::iter::once((own.did.to_string(), own.name.clone())).chain(others.iter().cloned()).collect();
    let kinds = lines::named(ctx, "verbund-kind", KINDS.map(kind_name));
    let rows = |sort| lines::rows(ctx, &form, sort, &everybody);
    let reading = Shown { ctx, keys: &keyring, now: ctx.member().clock.now() };
    let title = if before.is_some() { "verbund-propose-version" } else { "verbund-propose" };
    html(&View {
        page: ctx.page_titled(ctx.t(title), crumbs(ctx)).with_faults(faults),
        kinds: lines::choices(&form, "art", &kinds),
        parties: lines::choices(&form, "partei[]", &others),
        payments: rows(Sort::Payment),
        works: rows(Sort::Work),
        tasks: rows(Sort::Task),
        has_works: lines::has_any(&form, Sort::Work) || lines::count(&form, Sort::Work) > 1,
        has_tasks: lines::has_any(&form, Sort::Task) || lines::count(&form, Sort::Task) > 1,
        exchanges: form.find("austausch").is_some(),
        hands_over: form.find("abgabe").is_some(),
        replaced: before.as_ref().map(|before| (before.terms().title.clone(), before.terms().version)),
        kept: before.as_ref().map(|before| kept(&reading, before)).unwrap_or_default(),
        form,
    })
}

/// The data that flows under a version and is no choice of the form.
fn kept(reading: &Shown<'_>, document: &Document) -> Vec<String> {
    let mut lines = reading.flows_of(document, |flow| !lines::is_public(&flow.source));
    let duties = document.terms().duties.iter().filter(|duty| matches!(duty.owed, Owed::Data { .. }));
    lines.extend(duties.map(|duty| reading.duty(document, duty)));
    lines
}

/// Signs the proposal and sends it to all its parties; or gives the form room for one more line.
pub(super) async fn propose(ctx: Ctx, form: Form) -> Handled {
    let permit = may_sign(&ctx)?;
    if let Some(sort) = form.find("mehr") {
        return page(&ctx, lines::with_one_more(&form, sort), vec![]).await;
    }
    let peers = ctx.member().db.read("verbund.peers", peers::all).await?;
    let before = before(&ctx, form.find("ersetzt")).await?;
    let terms = match Reading::of(&ctx, &form, before.as_ref(), &peers)?.terms() {
        Ok(terms) => terms,
        Err(faults) => return page(&ctx, form, faults).await,
    };
    let acting = ctx.clone();
    let done = once(&ctx, &form, "verbund.propose", move |tx| {
        let hash = sign::propose(By::Person(&acting, &permit), tx, &terms)?;
        Ok(format!("{HERE}/vereinbarungen/{hash}"))
    });
    Ok(done.await?)
}

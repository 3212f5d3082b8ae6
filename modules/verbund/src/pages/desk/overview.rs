use askama::Template;
use base::{Problem, Result, Time};
use federation::agreement::{Book, Owed};
use federation::papers::{self, Paper, Papers};
use federation::peers::{self, Peer};
use federation::{Balance, Day, Did, Hash};
use store::Tx;
use web::{Ctx, Handled, Page, html};

use super::{crumbs, may_read, may_sign};
use crate::model::{Standing, State, euros, kind_name};
use crate::own;
use crate::pages::shown::{Reading, name_of};

#[derive(Template)]
#[template(path = "verbund_overview.html")]
struct View {
    page: Page,
    may_sign: bool,
    fingerprint: String,
    peers: Vec<Peer>,
    groups: Vec<Group>,
    running: Vec<String>,
    lines: Vec<Line>,
    debts: String,
    claims: String,
}

/// Agreements that stand alike.
struct Group {
    /// The words in message keys: the heading is `verbund-group-…`.
    name: &'static str,
    rows: Vec<Row>,
}

struct Row {
    hash: Hash,
    title: String,
    kind: String,
    state: State,
    proposer: String,
    parties: String,
    accept_by: Time,
}

/// What stands under one duty to pay.
struct Line {
    hash: Hash,
    title: String,
    from: String,
    to: String,
    agreed: String,
    received: String,
    open: String,
}

/// What waits for us, what holds, what ended, and what it costs.
pub(super) async fn show(ctx: Ctx) -> Handled {
    may_read(&ctx)?;
    let asking = ctx.clone();
    html(&ctx.member().db.read("verbund.overview", move |tx| view(&asking, tx)).await?)
}

fn view(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<View> {
    let (keys, now) = (own::keys(ctx.member())?, ctx.member().clock.now());
    let (papers, keyring) = (Papers::load(tx)?, own::keyring(tx, &keys)?);
    let book = papers.book(&keyring, now);
    let (lines, debts, claims) = money(ctx, &book, keys.did(), now)?;
    let reading = Reading { ctx, keys: &keyring, now };
    let is_own = |did: &Did| did == keys.did();
    let running = book
        .duties(now)
        .filter(|(_, _, duty)| is_own(&duty.from) || is_own(&duty.to))
        .filter(|(_, _, duty)| !matches!(duty.owed, Owed::Data { .. }))
        .map(|(agreement, _, duty)| reading.duty(agreement.document(), duty));
    let running = running.collect();
    Ok(View {
        page: ctx.page_titled(ctx.t("verbund-desk"), crumbs(ctx).into_iter().take(1).collect()),
        may_sign: may_sign(ctx).is_ok(),
        fingerprint: own::fingerprint(keys.public()),
        peers: peers::all(tx)?,
        groups: groups(ctx, (&papers, &papers::unchecked(tx)?), &book, keys.did(), now),
        running,
        lines,
        debts,
        claims,
    })
}

/// Everything that concerns us, by how it stands.
fn groups(
    ctx: &Ctx,
    (papers, strangers): (&Papers, &[Paper]),
    book: &Book<'_>,
    own: &Did,
    now: Time,
) -> Vec<Group> {
    let mut rows: Vec<Row> = Vec::new();
    let row = |document: &federation::agreement::Document, state| {
        let terms = document.terms();
        let others = terms.parties.iter().filter(|party| party.did != *own);
        let others: Vec<_> = others.map(|party| party.name.as_str()).collect();
        Row {
            hash: document.hash(),
            title: terms.title.clone(),
            kind: ctx.t1("verbund-kind", "name", kind_name(terms.kind)),
            state,
            proposer: name_of(document, &terms.proposer),
            parties: others.join(", "),
            accept_by: terms.accept_by.begins(),
        }
    };
    rows.extend(strangers.iter().map(|paper| row(&paper.document, State::Unchecked)));
    for agreement in book.agreements() {
        let document = agreement.document();
        if document.terms().party(own).is_some() {
            let acts = papers.acts_of(document.hash());
            rows.push(row(document, Standing::within(book, agreement, &acts, own, now).state));
        }
    }
    rows.sort_by(|one, other| (one.state, &one.title).cmp(&(other.state, &other.title)));
    let mut groups: Vec<Group> =
        ["waiting", "unchecked", "offered", "force", "ended"].map(|name| Group { name, rows: vec![] }).into();
    for row in rows {
        let place = match row.state {
            State::Asked => 0,
            State::Unchecked => 1,
            State::Offered => 2,
            State::Agreed | State::InForce | State::Ending => 3,
            State::Ended | State::Lapsed => 4,
        };
        if let Some(group) = groups.get_mut(place) {
            group.rows.push(row);
        }
    }
    // What waits for us and what holds is said even when it is nothing.
    groups.retain(|group| !group.rows.is_empty() || matches!(group.name, "waiting" | "force"));
    groups
}

/// What we owe and are owed, duty by duty and together.
fn money(ctx: &Ctx, book: &Book<'_>, own: &Did, now: Time) -> Result<(Vec<Line>, String, String)> {
    let too_large = |error| Problem::internal("balance", "the amounts cannot be added up").because(error);
    let balance = Balance::of(&book.claims(Day::of(now)), &book.received()).map_err(too_large)?;
    let text = |cents| euros(cents, ctx.lang());
    let mut lines = Vec::new();
    for line in balance.lines().iter().filter(|line| line.debtor == *own || line.creditor == *own) {
        let agreement =
            book.agreements().iter().find(|agreement| agreement.document().hash() == line.document);
        let Some(document) = agreement.map(|agreement| agreement.document()) else { continue };
        lines.push(Line {
            hash: line.document,
            title: document.terms().title.clone(),
            from: name_of(document, &line.debtor),
            to: name_of(document, &line.creditor),
            agreed: text(line.account.agreed),
            received: text(line.account.received),
            open: text(line.account.open),
        });
    }
    Ok((lines, text(balance.debts(own).open), text(balance.claims(own).open)))
}

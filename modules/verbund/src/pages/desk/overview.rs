use askama::Template;
use base::{Result, Time};
use federation::agreement::Book;
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
    members: Vec<Known>,
    groups: Vec<Group>,
    /// What we give others at present, and what we get.
    running: [Vec<Running>; 2],
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

/// A member that is known, and how many agreements bind us and it now.
struct Known {
    peer: Peer,
    bonds: usize,
}

/// Something one gives or gets, and under which agreement.
struct Running {
    hash: Hash,
    title: String,
    lines: Vec<String>,
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
    let (keys, now) = (ctx.member().node_keys()?, ctx.member().clock.now());
    let (papers, keyring) = (Papers::load(tx)?, own::keyring(tx, &keys)?);
    let book = papers.book(&keyring, now);
    let (lines, debts, claims) = money(ctx, &book, keys.did(), now);
    let reading = Reading { ctx, keys: &keyring, now };
    let bonds = |other: &Did| {
        let all = book.agreements().iter().filter_map(|agreement| book.bond(agreement, keys.did(), other));
        all.filter(|bond| bond.lets_flow(now)).count()
    };
    let known = |peer: Peer| Known { bonds: bonds(&peer.identity.did), peer };
    Ok(View {
        page: ctx.page_titled(ctx.t("verbund-desk"), crumbs(ctx).into_iter().take(1).collect()),
        may_sign: may_sign(ctx).is_ok(),
        fingerprint: own::fingerprint(keys.public()),
        members: peers::all(tx)?.into_iter().map(known).collect(),
        groups: groups(ctx, (&papers, &papers::unchecked(tx)?), &book, keys.did(), now),
        running: running(&reading, &book, keys.did()),
        lines,
        debts,
        claims,
    })
}

/// What we give others now, and what we get, agreement by agreement.
fn running(reading: &Reading<'_>, book: &Book<'_>, own: &Did) -> [Vec<Running>; 2] {
    let mut running = [Vec::new(), Vec::new()];
    for agreement in book.agreements() {
        let document = agreement.document();
        let both = reading.given_and_got(book, agreement, own);
        for (all, lines) in running.iter_mut().zip(both).filter(|(_, lines)| !lines.is_empty()) {
            all.push(Running { hash: document.hash(), title: document.terms().title.clone(), lines });
        }
    }
    running
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
fn money(ctx: &Ctx, book: &Book<'_>, own: &Did, now: Time) -> (Vec<Line>, String, String) {
    let balance = Balance::of(&book.claims(Day::of(now)), &book.received());
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
    (lines, text(balance.debts(own).open), text(balance.claims(own).open))
}

use access::{Action, Who};
use askama::Template;
use axum::extract::Query;
use store::search::{self, Hit};

use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html};

/// Hits shown; whoever has more should say more.
const HITS: i64 = 50;

#[derive(Template)]
#[template(path = "search.html")]
struct View {
    page: Page,
    query: String,
    hits: Vec<Hit>,
}

pub(crate) async fn show(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let query: String = form.get("q").chars().take(200).collect();
    let audiences = audiences(ctx.who());
    let asked = query.clone();
    let hits =
        ctx.member().db.read("search", move |tx| Ok(search::find(tx, &asked, &audiences, HITS)?)).await?;
    html(&View { page: ctx.page_titled(ctx.t("search"), vec![]), query, hits })
}

/// For whom documents are meant that this person may find.
pub(super) fn audiences(who: &Who) -> Vec<String> {
    let mut audiences = vec!["public".to_owned()];
    audiences.extend(who.person().map(|id| format!("person:{id}")));
    for office in who.offices(Action::ReadCase) {
        audiences.push(office.map_or_else(|| "staff".to_owned(), |office| format!("office:{office}")));
    }
    audiences.truncate(search::AUDIENCES);
    audiences
}

use access::Action;
use askama::Template;
use axum::extract::Query;
use store::search::{self, Audience, Hit};

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
    let audiences = audiences(&ctx);
    let asked = query.clone();
    let hits =
        ctx.member().db.read("search", move |tx| Ok(search::find(tx, &asked, &audiences, HITS)?)).await?;
    html(&View { page: ctx.page_titled(ctx.t("search"), vec![]), query, hits })
}

/// For whom documents are meant that this person may find.
pub(super) fn audiences(ctx: &Ctx) -> Vec<Audience> {
    let audience = |name: String| Audience { name, module: None };
    let mut audiences = vec![audience("public".into())];
    audiences.extend(ctx.who().person().map(|id| audience(format!("person:{id}"))));
    audiences.extend(ctx.scopes(Action::ReadCase).into_iter().map(|scope| Audience {
        name: scope.office.map_or_else(|| "staff".to_owned(), |office| format!("office:{office}")),
        module: scope.module,
    }));
    audiences
}

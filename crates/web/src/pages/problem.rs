use std::borrow::Cow;

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::Problem;

use crate::context::Ctx;
use crate::failure::{problem_json, status};
use crate::page::{Page, html_with};

#[derive(Template)]
#[template(path = "problem.html")]
struct View {
    page: Page,
    text: String,
    code: u16,
    wait: Option<u32>,
}

/// A problem as a page, in words for people.
pub(crate) fn problem_page(ctx: &Ctx, problem: &Problem) -> Response {
    let status = status(problem.kind);
    let texts = &ctx.member().texts;
    let own = texts.find(ctx.lang(), &format!("problem-{}", problem.code), &[]);
    let general = || ctx.t(&format!("status-{}", status.as_u16()));
    let view = View {
        page: ctx.page("problem-title"),
        text: own.map_or_else(general, Cow::into_owned),
        code: status.as_u16(),
        wait: problem.retry_after,
    };
    html_with(status, &view).unwrap_or_else(|_| problem_json(problem)).into_response()
}

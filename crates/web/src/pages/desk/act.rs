use axum::extract::{Path, Query};

use super::case::{address, case_page};
use crate::context::Ctx;
use crate::desk;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::see_other;

/// Does a step with a case. The step, the timeline, the public record and the audit are one transaction.
pub(crate) async fn act(
    ctx: Ctx,
    Path(number): Path<String>,
    Query(query): Query<Form>,
    form: Form,
) -> Handled {
    match desk::act(&ctx, &number, &form).await {
        Err(problem) if !problem.faults.is_empty() => {
            case_page(&ctx, number, &query, problem.faults, &form).await
        }
        other => {
            other?;
            Ok(see_other(&address(&number, query.get("liste"))))
        }
    }
}

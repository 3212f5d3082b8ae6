use access::Action;
use askama::Template;
use axum::extract::Query;
use base::Problem;
use store::params;

use super::crumbs;
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, Paging, html};

store::statements! {
    AUDIT = "desk.audit":
        "select id, seq, header from ledger_entry where feed = 'audit' and seq is not null and seq < ?1
         order by seq desc limit 50";
}

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct AuditView {
    page: Page,
    rows: Vec<AuditRow>,
    paging: Paging,
}

struct AuditRow {
    seq: i64,
    at: String,
    kind: String,
    actor: String,
    about: String,
}

/// The account of privileged reads and writes; reading it is written into it.
pub(crate) async fn audit(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    let permit = ctx.permit_all(Action::ReadAudit)?;
    let before = form.find("vor").map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| Problem::input("cursor", "the address names no page"))?;
    let asking = ctx.clone();
    let noted = ctx.member().db.write("desk.note_audit", move |tx| {
        asking.audit(tx, &permit, "audit.read", None, &serde_json::json!({}))
    });
    noted.await?;
    let member = ctx.member().clone();
    let rows = ctx.member().db.read("desk.audit", move |tx| {
        let entries = tx.all(&AUDIT, params![before.unwrap_or(i64::MAX)], |row| {
            Ok((row.get(0)?, row.get::<i64>(1)?, row.get::<Vec<u8>>(2)?))
        })?;
        let mut rows = Vec::new();
        for (id, seq, header) in entries {
            let Ok(header) = serde_json::from_slice::<ledger::Header>(&header) else { continue };
            let about = member.ledger.payload(tx, id)?.unwrap_or_default();
            let about = String::from_utf8_lossy(&about).into_owned();
            rows.push(AuditRow { seq, at: header.at, kind: header.kind, actor: header.actor, about });
        }
        Ok(rows)
    });
    let rows = rows.await?;
    let next =
        rows.last().filter(|row| row.seq > 0).map(|row| format!("/arbeitsplatz/protokoll?vor={}", row.seq));
    let first = before.map(|_| "/arbeitsplatz/protokoll".to_owned());
    let page = ctx.page_titled(ctx.t("audit"), crumbs(&ctx));
    html(&AuditView { page, rows, paging: Paging { first, next } })
}

use askama::Template;
use axum::extract::Query;
use base::Fault;

use super::{PER_CODE, enter, signed_in};
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::page::{Page, html, see_other};
use crate::pages::home::own_path;

#[derive(Template)]
#[template(path = "second_factor.html")]
struct Second {
    page: Page,
    next: String,
    has_app: bool,
    has_passkey: bool,
    demo_code: Option<String>,
}

pub(crate) async fn show_second(ctx: Ctx, Query(form): Query<Form>) -> Handled {
    second_page(&ctx, own_path(form.get("weiter")), vec![]).await
}

async fn second_page(ctx: &Ctx, next: &str, faults: Vec<Fault>) -> Handled {
    let account = signed_in(ctx).await?;
    if !account.has_second_factor() {
        return Ok(see_other("/konto/einrichten"));
    }
    let (now, demo) = (ctx.member().clock.now(), ctx.member().settings.demo);
    let code = account.totp.as_ref().filter(|_| demo).map(|secret| identity::current_code(secret, now));
    let (demo_code, has_app) = (code.transpose()?, account.totp.is_some());
    let page = ctx.page_titled(ctx.t("second-factor"), vec![]).with_island("passkey.js").with_faults(faults);
    html(&Second { page, next: next.into(), has_app, has_passkey: account.passkeys > 0, demo_code })
}

pub(crate) async fn second(ctx: Ctx, form: Form) -> Handled {
    let account = signed_in(&ctx).await?;
    let next = own_path(form.get("weiter")).to_owned();
    let (code, now, checked) = (form.get("code").to_owned(), ctx.member().clock.now(), account.clone());
    let fits = ctx.member().db.write("login.second", move |tx| {
        let email = checked.email.as_deref().unwrap_or_default();
        identity::peek(tx, PER_CODE, email, now)?;
        let secret = checked.totp.as_deref().unwrap_or_default();
        let fits = !secret.is_empty() && identity::check_totp(tx, checked.id, secret, &code, now)?;
        if !fits {
            drop(identity::hit(tx, PER_CODE, email, now));
        }
        Ok(fits)
    });
    if fits.await? {
        enter(&ctx, &account, true, &next).await
    } else {
        second_page(&ctx, &next, vec![Fault::new("code", "code-wrong")]).await
    }
}

use askama::Template;
use axum::extract::Path;
use base::{Fault, Problem, Result};
use store::Tx;

use super::{PER_ADDRESS, PER_LINK, account, enter, page};
use crate::context::Ctx;
use crate::failure::Handled;
use crate::form::Form;
use crate::mail::{self, Mail};
use crate::member::Member;
use crate::page::{Page, html, see_other};

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct Link {
    page: Page,
    secret: String,
}

pub(crate) async fn send_link(ctx: Ctx, form: Form) -> Handled {
    let email = form.get("email").to_lowercase();
    if email.parse::<lettre::Address>().is_err() {
        let faults = vec![Fault::new("link_email", "email-wrong")];
        return page(&ctx, "/", email, false, faults);
    }
    let (member, address) = (ctx.member().clone(), ctx.address().to_owned());
    let (subject, body) = (ctx.t("link-mail-subject"), ctx.t("link-mail-body"));
    ctx.member()
        .db
        .write("login.link", move |tx| {
            let now = member.clock.now();
            identity::hit(tx, PER_ADDRESS, &address, now)?;
            identity::hit(tx, PER_LINK, &email, now)?;
            mail_link(tx, &member, &email, (&subject, &body), identity::LINK_SECONDS)
        })
        .await?;
    ctx.member().new_job.notify_one();
    Ok(see_other("/anmelden?gesendet=1"))
}

/// Writes down a mail with a link that signs in.
pub(crate) fn mail_link(
    tx: &mut Tx<'_>,
    member: &Member,
    email: &str,
    (subject, body): (&str, &str),
    seconds: i64,
) -> Result<()> {
    let at = (&member.entropy, member.clock.now());
    let secret = identity::new_link(tx, at, email, seconds)?;
    let url = format!("{}/anmelden/link/{}", member.settings.url, secret.reveal());
    let body = format!("{body}\n\n{url}\n\n{}\n", member.settings.name);
    mail::send(
        tx,
        (&member.clock, &member.entropy),
        &Mail { to: email.into(), subject: subject.into(), body },
    )
}

/// Asks for one more click: programs that look at mails follow links, and the link works only once.
pub(crate) async fn show_link(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    html(&Link { page: ctx.page("sign-in"), secret })
}

/// Signs in whoever has the mail. A new colleague goes on to what is still to be set up.
pub(crate) async fn use_link(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let member = ctx.member().clone();
    let found = ctx.member().db.write("login.use_link", move |tx| {
        let email = identity::use_link(tx, &secret, member.clock.now())?;
        let email =
            email.ok_or_else(|| Problem::new(base::Kind::Gone, "link-gone", "the link has expired"))?;
        let id = identity::citizen(tx, (&member.clock, &member.entropy), &email)?;
        Ok((account(tx, id)?, !identity::grants(tx, id)?.is_empty()))
    });
    let (account, is_staff) = found.await?;
    let new = is_staff && !account.has_second_factor();
    enter(&ctx, &account, false, if new { "/konto/einrichten" } else { "/konto" }).await
}

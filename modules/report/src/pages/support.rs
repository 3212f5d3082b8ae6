//! "Betrifft mich auch": counted once for each person, address and browser, with mail about what happens for those who
//! want it. And the page behind the link in every mail, where an address is confirmed or leaves.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base::{CaseId, Fault, Problem, Result};
use identity::{Limit, Secret};
use store::Tx;
use web::mail::{self, Mail};
use web::{Ctx, Form, Handled, Page, cookie, html, see_other, set_cookie_at};

use crate::follow::one_click;
use crate::model::Report;
use crate::store::{self as db, Follower};
use crate::{file, secret};

/// The cookie by which a browser counts once.
const COOKIE: &str = "raum_dabei";
const YEAR: i64 = 365 * 24 * 3600;

/// From one network address: more than a household ever supports.
const SUPPORTS: Limit = Limit { what: "report-support", times: 60, seconds: 3600 };
/// Mails an unconfirmed address may get, so that nobody can be flooded in another's name.
const MAILS: Limit = Limit { what: "report-post", times: 5, seconds: 24 * 3600 };

fn nothing() -> Problem {
    Problem::not_found("report", "there is no such report")
}

/// Counts whoever asks for the public report with this number, and gives the secret of their browser.
pub(super) async fn count(ctx: &Ctx, headers: &HeaderMap, number: &str) -> Result<String> {
    support(ctx, headers, number, None).await
}

async fn support(ctx: &Ctx, headers: &HeaderMap, number: &str, email: Option<String>) -> Result<String> {
    let fresh = || Secret::new(&ctx.member().entropy).reveal().to_owned();
    let browser = cookie(headers, COOKIE).map_or_else(fresh, str::to_owned);
    let (asking, number, known) = (ctx.clone(), number.to_owned(), browser.clone());
    ctx.member()
        .db
        .write("report.support", move |tx| {
            let member = asking.member();
            identity::hit(tx, SUPPORTS, asking.address(), member.clock.now())?;
            let report = db::by_number(tx, &number)?.ok_or_else(nothing)?;
            let person = asking.who().person();
            let mut who = vec![format!("browser/{known}")];
            who.extend(person.map(|person| format!("person/{person}")));
            who.extend(email.as_ref().map(|email| format!("mail/{email}")));
            let keys: Vec<_> = who.iter().map(|who| secret::supporter(member, report.case_id, who)).collect();
            db::support(tx, report.case_id, &keys, person)?;
            match &email {
                Some(email) => follow(tx, &asking, &report, email),
                None => Ok(()),
            }
        })
        .await?;
    ctx.member().new_job.notify_one();
    Ok(browser)
}

/// Asks an address whether it wants mail about a report.
fn follow(tx: &mut Tx<'_>, ctx: &Ctx, report: &Report, email: &str) -> Result<()> {
    let member = ctx.member();
    let now = member.clock.now();
    let secret = secret::follow(member, report.case_id, email);
    let hash = identity::hash(&secret);
    if db::follower(tx, &hash)?.is_some_and(|follower| follower.confirmed) {
        return Ok(());
    }
    identity::hit(tx, MAILS, email, now)?;
    let (case_id, email, lang) = (report.case_id, email.to_owned(), ctx.lang());
    let follower = Follower { case_id, email: email.clone(), reporter: false, lang, confirmed: false };
    db::add_follower(tx, &hash, &follower, now)?;
    let args = [("title", report.title.as_str())];
    let lead = member.texts.get(lang, "report-support-mail", &args);
    let body =
        format!("{lead}\n\n{}/anliegen/post/{secret}\n\n{}\n", member.settings.url, member.settings.name);
    let subject = member.texts.get(lang, "report-post-subject", &[("number", &report.number)]);
    mail::send(tx, (&member.clock, &member.entropy), &Mail { to: email, subject, body })
}

pub(super) fn with_cookie(ctx: &Ctx, browser: &str, mut response: Response) -> Response {
    if let Ok(value) = set_cookie_at(ctx.member(), "/anliegen", (COOKIE, Some(browser)), YEAR).parse() {
        response.headers_mut().append("set-cookie", value);
    }
    response
}

/// Takes part: from the report's page, perhaps with an address.
pub(super) async fn send(ctx: Ctx, headers: HeaderMap, Path(number): Path<String>, form: Form) -> Handled {
    let email = form.find("email").map(str::to_lowercase);
    if email.as_ref().is_some_and(|email| email.parse::<lettre::Address>().is_err()) {
        let wrong = (vec![Fault::new("email", "email-wrong")], form.get("email").to_owned());
        return super::show::public_with(&ctx, number, wrong).await;
    }
    let told = if email.is_some() { "post" } else { "1" };
    let browser = support(&ctx, &headers, &number, email).await?;
    Ok(with_cookie(&ctx, &browser, see_other(&format!("/anliegen/{number}?dabei={told}"))))
}

#[derive(Template)]
#[template(path = "report_post.html")]
struct PostView {
    page: Page,
    /// The follower and what they follow; `None` after they left.
    follower: Option<(Follower, Report)>,
}

/// The page behind the link in a mail. Opening it changes nothing, because mail programs open links by themselves.
pub(super) async fn show_post(ctx: Ctx, Path(secret): Path<String>) -> Handled {
    let hash = identity::hash(&secret);
    let found = ctx.member().db.read("report.post", move |tx| {
        let Some(follower) = db::follower(tx, &hash)? else { return Ok(None) };
        let report = db::by_id(tx, follower.case_id)?;
        Ok(report.map(|report| (follower, report)))
    });
    let follower = found.await?;
    let page = ctx.page_titled(ctx.t("report-post-title"), vec![]);
    html(&PostView { page, follower })
}

/// Confirms an address or removes it.
pub(super) async fn send_post(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    let (hash, now) = (identity::hash(&secret), ctx.member().clock.now());
    let leave = form.get("schritt") == "abbestellen";
    ctx.member()
        .db
        .write("report.post", move |tx| {
            if !leave {
                return db::confirm_follower(tx, &hash, now);
            }
            leave_post(tx, &hash)
        })
        .await?;
    Ok(see_other(&format!("/anliegen/post/{secret}")))
}

/// Removes an address from where it was left.
fn leave_post(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<()> {
    let Some(follower) = db::follower(tx, hash)? else { return Ok(()) };
    db::drop_follower(tx, hash)?;
    db::forget_follower(tx, &follower)
}

/// The link of the mail's header, opened by a person.
pub(super) async fn unsubscribe_page(Path(secret): Path<String>) -> Handled {
    Ok(see_other(&format!("/anliegen/post/{secret}")))
}

/// Ends mail about a report with one click (RFC 8058 § 3.1). To end it twice is to end it.
pub(super) async fn unsubscribe(ctx: Ctx, Path(secret): Path<String>, form: Form) -> Handled {
    one_click(&form)?;
    let hash = identity::hash(&secret);
    ctx.member().db.write("report.post", move |tx| leave_post(tx, &hash)).await?;
    Ok(StatusCode::OK.into_response())
}

/// Where a follower sees the report.
impl PostView {
    fn link(&self, follower: &Follower, report: &Report) -> String {
        if follower.reporter { self.tracking(report.case_id) } else { format!("/anliegen/{}", report.number) }
    }

    fn tracking(&self, id: CaseId) -> String {
        file::tracking(self.page.member(), id)
    }
}

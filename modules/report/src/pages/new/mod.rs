//! The way to a report: one thing on a page, in any order, without script. What was said is kept by the server under a
//! secret in a cookie, so that neither going back nor a mistake loses anything.

mod category;
mod check;
pub(super) mod details;
mod near;
mod photos;
mod place;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base::{Fault, Result};
use identity::{Limit, Secret};
use store::FileHash;
use web::{Crumb, Ctx, Form, Handled, Page, cookie, see_other, set_cookie_at};

use crate::model::{Begun, Category, PHOTOS, Station, check as check_draft};
use crate::store::{self as db, DraftHash, Kept};
use crate::sweep::DRAFT_SECONDS;

/// The cookie with a draft's secret, sent back on this way only.
const COOKIE: &str = "raum_entwurf";
const PATH: &str = "/anliegen/neu";

/// Drafts from one network address: more than a household ever begins.
const DRAFTS: Limit = Limit { what: "report-draft", times: 120, seconds: 3600 };

/// Photos of twelve megabytes and the form around them.
const UPLOAD_LIMIT: usize = PHOTOS * photos::PHOTO_LIMIT + (1 << 20);

pub(super) fn routes() -> Router {
    let upload = get(photos::show).post(photos::send).layer(DefaultBodyLimit::max(UPLOAD_LIMIT));
    Router::new()
        .route(PATH, get(place::start))
        .route(Station::Place.path(), get(place::show).post(place::send))
        .route(Station::Photos.path(), upload)
        .route("/anliegen/neu/foto/weg", post(photos::remove))
        .route("/anliegen/neu/foto/{place}", get(photos::picture))
        .route(Station::Category.path(), get(category::show).post(category::send))
        .route(Station::Near.path(), get(near::show).post(near::send))
        .route(Station::Details.path(), get(details::show).post(details::send))
        .route(Station::Check.path(), get(check::show).post(check::send))
        .route("/anliegen/neu/verwerfen", post(discard))
}

/// The draft of whoever asks.
#[derive(Clone, Debug, Default)]
struct Own {
    /// The secret it is kept under, once something was kept.
    secret: Option<String>,
    kept: Kept,
}

impl Own {
    fn hash(&self) -> Option<DraftHash> {
        self.secret.as_deref().map(identity::hash)
    }

    fn begun(&self) -> &Begun {
        &self.kept.begun
    }
}

/// Reads the draft the cookie names; an empty one when there is none.
async fn own(ctx: &Ctx, headers: &HeaderMap) -> Result<Own> {
    let Some(secret) = cookie(headers, COOKIE).map(str::to_owned) else { return Ok(Own::default()) };
    let hash = identity::hash(&secret);
    let kept = ctx.member().db.read("report.draft", move |tx| db::draft(tx, &hash)).await?;
    Ok(kept.map(|kept| Own { secret: Some(secret), kept }).unwrap_or_default())
}

/// Changes the draft and keeps it. A secret nobody keeps a draft under is replaced by a new one, so that none can be
/// set from outside.
async fn change(ctx: &Ctx, headers: &HeaderMap, edit: impl Fn(&mut Begun) + Send + 'static) -> Result<Own> {
    let asking = ctx.clone();
    let given = cookie(headers, COOKIE).map(str::to_owned);
    let changed = ctx.member().db.write("report.draft", move |tx| {
        let member = asking.member();
        let found = match &given {
            Some(secret) => db::draft(tx, &identity::hash(secret))?.map(|kept| (secret.clone(), kept)),
            None => None,
        };
        let (secret, mut kept) = match found {
            Some(found) => found,
            None => {
                identity::hit(tx, DRAFTS, asking.address(), member.clock.now())?;
                (Secret::new(&member.entropy).reveal().to_owned(), Kept::default())
            }
        };
        edit(&mut kept.begun);
        let person = asking.who().person();
        db::keep_draft(tx, &identity::hash(&secret), person, &kept.begun, member.clock.now())?;
        Ok(Own { secret: Some(secret), kept })
    });
    changed.await
}

/// Sends the browser to a page of the way, with the cookie renewed.
fn go(ctx: &Ctx, own: &Own, to: &str) -> Response {
    with_cookie(ctx, own.secret.as_deref(), see_other(to))
}

fn with_cookie(ctx: &Ctx, secret: Option<&str>, mut response: Response) -> Response {
    let text = set_cookie_at(ctx.member(), PATH, (COOKIE, secret), DRAFT_SECONDS);
    if let Ok(value) = text.parse() {
        response.headers_mut().append("set-cookie", value);
    }
    response
}

/// A page of the way, as all of them begin.
fn page(ctx: &Ctx, key: &str, faults: Vec<Fault>) -> Page {
    let crumbs = vec![Crumb { name: ctx.t("nav-report"), href: "/anliegen".into() }];
    ctx.page_titled(ctx.t(key), crumbs).with_faults(faults)
}

/// What a page has to complain about in the draft, when its address says that it should: `?fehler=1`.
fn faults_of(own: &Own, categories: &[Category], form: &Form, here: Station) -> Vec<Fault> {
    if form.find("fehler").is_none() {
        return vec![];
    }
    let faults = check_draft(&own.begun().draft, categories).err().unwrap_or_default();
    faults.into_iter().filter(|fault| Station::of_field(&fault.field) == here).collect()
}

/// Forgets the draft.
async fn discard(ctx: Ctx, headers: HeaderMap) -> Handled {
    drop_own(&ctx, &own(&ctx, &headers).await?).await?;
    Ok(with_cookie(&ctx, None, see_other("/anliegen")).into_response())
}

async fn drop_own(ctx: &Ctx, own: &Own) -> Result<()> {
    let Some(hash) = own.hash() else { return Ok(()) };
    let files: Vec<FileHash> =
        ctx.member().db.write("report.draft.drop", move |tx| db::drop_draft(tx, &hash)).await?;
    for file in files {
        ctx.member().files.delete(file).await?;
    }
    Ok(())
}

//! What every request to the interface has in common: its form, its language, who asks, how often, and how problems
//! are told.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::header::{ACCEPT_LANGUAGE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base::{Fault, Kind, Lang, Problem, Result};
use web::{Ctx, Form};

use super::answer::{Answer, Format};
use super::limits::Limits;
use crate::model::{Category, Key, Scope};
use crate::store::{self as db, Catalogue};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) ctx: Ctx,
    pub(super) format: Format,
    /// The last part of the address, without the end that tells the form.
    pub(super) name: String,
    pub(super) query: Form,
    /// Whether it is for trying out: everything is checked and nothing kept.
    pub(super) trial: bool,
    /// The language problems are told in.
    lang: Lang,
}

/// A problem of one field, with a text in every language.
pub(super) fn refused(kind: Kind, field: &'static str, code: &'static str) -> Problem {
    let mut problem = Problem::faults(vec![Fault::new(field, code)]);
    problem.kind = kind;
    problem
}

/// The beginning of the addresses at which nothing is kept.
pub(super) const TRIAL: &str = "/open311/test/";

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, Response> {
        let Ok(ctx) = Ctx::from_request_parts(parts, state).await;
        let file = Path::<String>::from_request_parts(parts, state).await.map(|Path(file)| file);
        let file = file.unwrap_or_default();
        let query = parts.uri.query().unwrap_or_default();
        let query = Form::new(serde_urlencoded::from_str(query).unwrap_or_default());
        let (lang, trial) = (lang(&parts.headers), ctx.path().starts_with(TRIAL));
        match Format::split(&file) {
            Some((name, format)) => Ok(Self { ctx, format, name: name.to_owned(), query, trial, lang }),
            // XML is the form every client of the standard reads.
            None => Err(nothing(Self { ctx, format: Format::Xml, name: file, query, trial, lang }).await),
        }
    }
}

/// The standard's texts are English; whoever asks for German gets German.
fn lang(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accepted.filter(|accepted| *accepted != "*").map_or(Lang::En, Lang::negotiate)
}

impl Call {
    /// Checks what holds for every reading request, and gives the key when there is one.
    pub(super) async fn enter(&self) -> Result<Option<Key>> {
        sound(&self.query)?;
        if self.name.contains(char::is_control) {
            return Err(Problem::not_found("not-found", "there is nothing at this address"));
        }
        let key = match self.query.find("api_key") {
            Some(secret) => Some(self.key(secret).await?),
            None => {
                self.count_address()?;
                None
            }
        };
        self.jurisdiction(&self.query)?;
        Ok(key)
    }

    /// The key a writing request was sent with, which must be good for `scope`.
    pub(super) async fn program(&self, form: &Form, scope: Scope) -> Result<Key> {
        let key = self.key(form.get("api_key")).await?;
        if !key.scopes.contains(&scope) {
            return Err(refused(Kind::Denied, "api_key", "open311-key-scope"));
        }
        self.jurisdiction(form)?;
        Ok(key)
    }

    async fn key(&self, secret: &str) -> Result<Key> {
        let (member, now) = (self.ctx.member(), self.ctx.member().clock.now());
        let wanted = secret.to_owned();
        let known = member.db.read("open311.key", move |tx| db::key_by_secret(tx, &wanted));
        let Some(key) = known.await? else {
            self.count_address()?;
            return Err(refused(Kind::Denied, "api_key", "open311-key-wrong"));
        };
        member.memory::<Limits>().count(&key.id.to_string(), key.per_hour, HOUR, now)?;
        if key.used.is_none_or(|used| used.plus_seconds(HOUR) <= now) {
            let id = key.id;
            member.db.write("open311.touch", move |tx| db::touch_key(tx, id, now)).await?;
        }
        Ok(key)
    }

    fn count_address(&self) -> Result<()> {
        let member = self.ctx.member();
        let times = member.settings.programs.requests_per_minute;
        member.memory::<Limits>().count(self.ctx.address(), times, MINUTE, member.clock.now())
    }

    /// A jurisdiction that is named must be this one; an empty name is none (GeoReport v2, Jurisdiction).
    fn jurisdiction(&self, form: &Form) -> Result<()> {
        let settings = &self.ctx.member().settings;
        let own = |name: &str| {
            let mut names = settings.programs.names.iter().chain([&settings.host]);
            names.any(|own| own.eq_ignore_ascii_case(name))
        };
        match form.find("jurisdiction_id") {
            Some(name) if !own(name) => {
                Err(refused(Kind::NotFound, "jurisdiction_id", "open311-jurisdiction-unknown"))
            }
            _ => Ok(()),
        }
    }

    /// What can be reported, as it is now.
    pub(super) async fn categories(&self) -> Result<Arc<Vec<Category>>> {
        let memory = self.ctx.member().memory::<Catalogue>();
        self.ctx.member().db.read("open311.catalogue", move |tx| db::catalogue(tx, &memory)).await
    }

    /// A text of the interface in the language problems are told in.
    fn say(&self, key: &str, field: &str) -> Option<String> {
        self.ctx.member().texts.find(self.lang, key, &[("field", field)]).map(Cow::into_owned)
    }

    /// What the handler made, or its problem in the standard's form.
    pub(super) fn done(&self, result: Result<Response>) -> Response {
        result.unwrap_or_else(|problem| self.problem(&problem))
    }

    /// One error for every fault, each naming its field (GeoReport v2, Errors).
    fn problem(&self, problem: &Problem) -> Response {
        if problem.kind == Kind::Internal {
            tracing::error!(code = problem.code, %problem, "fault");
        }
        let status = status(problem.kind);
        let told = |fault: &Fault| {
            let text = self.say(fault.code, &fault.field).unwrap_or_else(|| fault.code.to_owned());
            format!("{}: {text}", fault.field)
        };
        let mut errors: Vec<String> = problem.faults.iter().map(told).collect();
        if errors.is_empty() {
            let own =
                if self.lang == Lang::En { None } else { self.say(&format!("problem-{}", problem.code), "") };
            errors.push(own.unwrap_or_else(|| problem.detail.clone()));
        }
        let code = status.as_u16().to_string();
        let answer = Answer::list(self.format, "errors", |answer| {
            for description in &errors {
                answer.object_in("error", |answer| {
                    answer.text("code", &code);
                    answer.text("description", description);
                });
            }
        });
        let mut response = answer.respond(status);
        if let Some(seconds) = problem.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Refuses what no client means to send: text that is not UTF-8, and control characters, which a database may not take.
pub(super) fn sound(form: &Form) -> Result<()> {
    let wrong = |text: &str| text.contains(|c: char| c.is_control() || c == '\u{fffd}');
    let faults = form.fields().iter().filter(|(name, value)| wrong(name) || wrong(value));
    let named = |name: &str| if wrong(name) { "query".to_owned() } else { name.to_owned() };
    let faults: Vec<_> = faults.map(|(name, _)| Fault::new(named(name), "open311-characters")).collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::faults(faults)) }
}

/// 404 for what does not exist, 403 for the key, 400 for everything else that is the asker's fault.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Denied | Kind::Unauthenticated => StatusCode::FORBIDDEN,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Busy | Kind::Peer => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Whatever stands below the interface and is nothing.
pub(super) async fn nothing(call: Call) -> Response {
    call.problem(&Problem::not_found("not-found", "there is nothing at this address"))
}

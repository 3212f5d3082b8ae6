use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use access::{Action, Ask, Permit, Scope, Who};
use axum::extract::{FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, COOKIE};
use axum::http::request::Parts;
use base::{Lang, Result};
use ledger::{AUDIT, Actor, Fact};
use store::Tx;

use crate::member::Member;
use crate::page::{Crumb, Page};

/// How bright the pages are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device wants it.
    #[default]
    Auto,
    /// Dark letters on a light ground.
    Light,
    /// Light letters on a dark ground.
    Dark,
}

impl Theme {
    /// Every choice, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The name in the cookie and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// Names of the cookies. None of them is for anybody else than this host.
pub(crate) const SESSION: &str = "raum_session";
pub(crate) const LANG: &str = "raum_lang";
pub(crate) const THEME: &str = "raum_theme";

/// Who asks for what, of which member. Made once for every request.
#[derive(Clone, Debug)]
pub struct Ctx(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    member: Arc<Member>,
    who: Who,
    name: String,
    asked: Asked,
    address: String,
}

/// What a request says of itself, before anybody is looked up.
#[derive(Debug)]
pub(crate) struct Asked {
    session: Option<String>,
    lang: Lang,
    theme: Theme,
    path: String,
    wants_page: bool,
}

impl Asked {
    /// Reads it. A program's interface ignores cookies, so that no other site can use somebody's session there.
    pub(crate) fn of(request: &Request, is_api: bool) -> Self {
        let headers = request.headers();
        let accepted = || header(headers, &ACCEPT_LANGUAGE).map(Lang::negotiate).unwrap_or_default();
        Self {
            session: cookie(headers, SESSION).filter(|_| !is_api).map(str::to_owned),
            lang: cookie(headers, LANG).and_then(Lang::from_tag).unwrap_or_else(accepted),
            theme: cookie(headers, THEME).and_then(Theme::from_name).unwrap_or_default(),
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            wants_page: !is_api
                && header(headers, &ACCEPT).is_some_and(|accept| accept.contains("text/html")),
        }
    }
}

impl Ctx {
    /// Learns who asks.
    pub(crate) async fn new(member: Arc<Member>, asked: Asked, address: String) -> Result<Self> {
        let (who, name) = match &asked.session {
            Some(session) => who_is(&member, session.clone()).await?,
            None => (Who::Anonymous, String::new()),
        };
        Ok(Self(Arc::new(Inner { member, who, name, asked, address })))
    }

    /// The member that is asked.
    #[must_use]
    pub fn member(&self) -> &Arc<Member> {
        &self.0.member
    }

    /// Who asks.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.who
    }

    /// Whether who asks is signed in with two factors.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        matches!(self.who(), Who::Person { strong: true, .. })
    }

    /// The name of who asks, empty when they have none or are not signed in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The language to answer in.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.0.asked.lang
    }

    /// How bright to answer.
    #[must_use]
    pub fn theme(&self) -> Theme {
        self.0.asked.theme
    }

    /// The address that was asked for, without host.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.asked.path
    }

    /// The network address of who asks; for limits only, never stored in the clear.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn session(&self) -> Option<&str> {
        self.0.asked.session.as_deref()
    }

    pub(crate) fn wants_page(&self) -> bool {
        self.0.asked.wants_page
    }

    /// The ledger's name for who asks.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.who().person().map_or(Actor::Anonymous, Actor::Person)
    }

    /// Decides whether who asks may do something.
    ///
    /// # Errors
    /// `sign-in`, `second-factor` or `denied`.
    pub fn permit(&self, ask: &Ask<'_>) -> Result<Permit> {
        access::decide(self.who(), ask)
    }

    /// As [`Ctx::permit`], for what belongs to no office and no module.
    ///
    /// # Errors
    /// `sign-in`, `second-factor` or `denied`.
    pub fn permit_all(&self, action: Action) -> Result<Permit> {
        self.permit(&Ask { action, module: None, office: None })
    }

    /// Where who asks may do something, in scopes that do not overlap.
    #[must_use]
    pub fn scopes(&self, action: Action) -> Vec<Scope> {
        let modules: Vec<_> = self.member().modules.iter().map(|module| module.name).collect();
        self.who().scopes(action, &modules)
    }

    /// Writes a privileged read or write into the audit, in the transaction that does it. `about` says what was seen
    /// or done; it is sealed.
    ///
    /// # Errors
    /// What the database says.
    pub fn audit(
        &self,
        tx: &mut Tx<'_>,
        permit: &Permit,
        kind: &str,
        case: Option<base::CaseId>,
        about: &serde_json::Value,
    ) -> Result<()> {
        let payload = about.to_string().into_bytes();
        let actor = Actor::Person(permit.person());
        let fact = Fact { feed: AUDIT, kind, actor, case, subject: None, payload: Some(&payload) };
        self.member().ledger.append(tx, &fact).map(drop)
    }

    /// A text of the user interface.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.member().texts.get(self.lang(), key, &[])
    }

    /// A text with one value.
    #[must_use]
    pub fn t1(&self, key: &str, name: &str, value: impl fmt::Display) -> String {
        self.member().texts.get(self.lang(), key, &[(name, &value.to_string())])
    }

    /// A page with this message key as its title.
    #[must_use]
    pub fn page(&self, title_key: &str) -> Page {
        Page::new(self.clone(), self.t(title_key))
    }

    /// A page with a title that is no message, below others.
    #[must_use]
    pub fn page_titled(&self, title: String, crumbs: Vec<Crumb>) -> Page {
        Page::new(self.clone(), title).below(crumbs)
    }
}

impl<S: Sync> FromRequestParts<S> for Ctx {
    type Rejection = Infallible;

    #[expect(
        clippy::expect_used,
        reason = "a route outside the layer that makes the context is a fault of ours"
    )]
    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().expect("the context layer runs before every handler"))
    }
}

async fn who_is(member: &Member, session: String) -> Result<(Who, String)> {
    let now = member.clock.now();
    member
        .db
        .read("session.who", move |tx| {
            let Some(session) = identity::find_session(tx, &session, now)? else {
                return Ok(Default::default());
            };
            let Some(account) = identity::by_id(tx, session.person)? else { return Ok(Default::default()) };
            let grants = identity::grants(tx, account.id)?;
            Ok((Who::Person { id: account.id, strong: session.strong, grants }, account.name))
        })
        .await
}

fn header<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// One cookie of a request (RFC 6265 § 5.4).
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    pairs.flat_map(|value| value.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A `Set-Cookie` for this host alone (RFC 6265 § 4.1); `None` removes the cookie.
pub(crate) fn set_cookie(member: &Member, name: &str, value: Option<&str>, seconds: i64) -> String {
    set_cookie_at(member, "/", (name, value), seconds)
}

/// As a `Set-Cookie` for every page, but sent back only below `path`. Lives so many seconds; without a value it ends.
#[must_use]
pub fn set_cookie_at(
    member: &Member,
    path: &str,
    (name, value): (&str, Option<&str>),
    seconds: i64,
) -> String {
    let secure = if member.settings.url.starts_with("https:") { "; Secure" } else { "" };
    let seconds = value.map_or(0, |_| seconds);
    let value = value.unwrap_or_default();
    format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

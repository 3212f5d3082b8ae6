//! The router of a process: which member is asked, who asks, what every answer carries.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{self, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use base::{Kind, Problem, Result};

use crate::assets;
use crate::context::{Asked, Ctx};
use crate::failure::{Failure, present, problem_json, status};
use crate::form::FORM_LIMIT;
use crate::member::Members;
use crate::metrics::Requests;
use crate::module::Module;

/// A request that takes longer than this is given up, beside the time its body may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Bytes per second at which a body has to come in: photos from the edge of a mobile network.
const SLOWEST: u64 = 32 << 10;

/// No body takes longer, whatever length was announced.
const BODY_LIMIT: Duration = Duration::from_secs(20 * 60);

/// What no page needs from elsewhere it cannot get from elsewhere. Pictures in `data:` are KERN's icons.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; \
    worker-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer carries unless it says something else itself.
static PROTECTION: LazyLock<HeaderMap> = LazyLock::new(|| {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(self), microphone=()"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
});

/// How a process meets the network.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether the last address in `X-Forwarded-For` is the asker's, because a proxy of ours wrote it.
    pub behind_proxy: bool,
    /// Whether anybody may read `/metrics`, not this machine alone.
    pub open_metrics: bool,
}

#[derive(Clone)]
struct App {
    members: Members,
    requests: Arc<Requests>,
    prefixes: Arc<[&'static str]>,
    options: Options,
}

/// The routes of all modules and the shared pages, for these members.
pub fn router(members: Members, modules: &'static [Module], options: Options) -> Router {
    router_with(Router::new(), members, modules, options)
}

/// As [`router`], with further pages below the same layers.
pub fn router_with(pages: Router, members: Members, modules: &'static [Module], options: Options) -> Router {
    let apis = || modules.iter().flat_map(|module| module.apis);
    let prefixes = apis().map(|api| api.prefix).collect();
    let app = App { members, requests: Arc::default(), prefixes, options };
    let mut routes = crate::pages::routes().merge(pages);
    for module in modules {
        routes = routes.merge((module.pages)());
    }
    for api in apis() {
        routes = routes.merge((api.routes)());
    }
    let routes = routes
        .fallback(|| async {
            Failure::from(Problem::not_found("not-found", "there is nothing at this address"))
        })
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(from_fn_with_state(app.clone(), gate));
    Router::new()
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(app)
        .route("/health", get(|| async { "ok\n" }))
        .route("/assets/{file}", get(assets::serve))
        .merge(routes)
}

/// Every request comes in here and every answer leaves here.
async fn gate(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let answer =
        tokio::time::timeout(patience(request.body().size_hint().exact()), admit(&app, request, next)).await;
    let mut response = answer.unwrap_or_else(|_| problem_json(&Problem::busy("timeout", "it took too long")));
    protect(&mut response);
    let (code, time) = (response.status().as_u16(), start.elapsed());
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    app.requests.count(route, method.as_str(), code, time);
    tracing::info!(%method, route, status = code, micros = time.as_micros(), "request");
    response
}

/// How long a request with a body of this announced length may take.
fn patience(length: Option<u64>) -> Duration {
    let body = Duration::from_secs(length.unwrap_or_default() / SLOWEST);
    LIMIT + body.min(BODY_LIMIT)
}

async fn admit(app: &App, mut request: Request, next: Next) -> Response {
    let Some(member) = host(&request).and_then(|host| app.members.at(host)).cloned() else {
        let problem = Problem::not_found("unknown-host", "no member answers at this host name");
        let mut response = problem_json(&problem);
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        return response;
    };
    let path = request.uri().path();
    let is_api = app.prefixes.iter().any(|prefix| path.starts_with(prefix));
    let address = address(&request, app.options);
    let asked = Asked::of(&request, is_api);
    let ctx = match Ctx::new(member, asked, address).await {
        Ok(ctx) => ctx,
        Err(problem) => return present(None, &problem),
    };
    if !is_api && let Err(problem) = same_site(&request) {
        return present(Some(&ctx), &problem);
    }
    request.extensions_mut().insert(ctx.clone());
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(Failure(problem)) => present(Some(&ctx), problem),
        None => response,
    }
}

fn host(request: &Request) -> Option<&str> {
    let header = request.headers().get(HOST).and_then(|value| value.to_str().ok());
    request.uri().authority().map(axum::http::uri::Authority::as_str).or(header)
}

fn address(request: &Request, options: Options) -> String {
    let direct = request.extensions().get::<SocketAddr>().map(|peer| peer.ip().to_string());
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    match forwarded.and_then(|list| list.rsplit(',').next()) {
        Some(last) if options.behind_proxy => last.trim().to_owned(),
        _ => direct.unwrap_or_default(),
    }
}

/// Refuses what another site made the browser send: by `Sec-Fetch-Site`, and by `Origin` where a browser is too old
/// for that. A request with neither comes from no browser's page and is refused too.
fn same_site(request: &Request) -> Result<()> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let own = match (text(HeaderName::from_static("sec-fetch-site")), text(ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == host(request),
        (None, None) => false,
    };
    if own { Ok(()) } else { Err(Problem::denied("cross-site", "the form was sent from another site")) }
}

fn protect(response: &mut Response) {
    let own = std::mem::replace(response.headers_mut(), PROTECTION.clone());
    response.headers_mut().extend(own);
}

async fn ready(State(app): State<App>) -> Response {
    for member in app.members.all() {
        if let Err(problem) = member.db.read("ready", |tx| identity::offices(tx).map(drop)).await {
            tracing::warn!(member = member.slug, %problem, "not ready");
            return (status(Kind::Busy), "not ready\n").into_response();
        }
    }
    "ready\n".into_response()
}

async fn metrics(State(app): State<App>, peer: Option<Extension<SocketAddr>>, request: Request) -> Response {
    let local = peer.is_some_and(|Extension(peer)| peer.ip().is_loopback());
    let direct = !request.headers().contains_key("x-forwarded-for");
    if !(app.options.open_metrics || local && direct) {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([("content-type", "text/plain; version=0.0.4")], app.requests.render(&app.members).await).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_much_over_a_slow_line_is_given_the_time_it_takes() {
        let seconds = |length| patience(length).as_secs();
        assert_eq!(seconds(None), 60);
        assert_eq!(seconds(Some(300)), 60);
        assert_eq!(seconds(Some(12 << 20)), 60 + 384);
        assert_eq!(seconds(Some(u64::MAX)), 60 + 1200, "an announced length is no promise");
    }
}

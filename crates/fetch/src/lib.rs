//! The one way this program asks others over HTTP: TLS by rustls with ring and the public roots, limits on time and
//! size, and no redirects, so that nobody is led to an address that was not meant.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use base::{Problem, Result};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::Service;

mod outside;

use outside::Outside;
pub use outside::is_public;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Fetch {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    outside: Client<HttpsConnector<HttpConnector<Outside>>, Full<Bytes>>,
    patience: Duration,
}

impl Fetch {
    /// A client that waits so long for an answer to begin, and as long again for it to end.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(patience: Duration) -> Result<Self> {
        Ok(Self {
            client: client(HttpConnector::new_with_resolver(Resolver(GaiResolver::new())))?,
            outside: client(HttpConnector::new_with_resolver(Outside))?,
            patience,
        })
    }

    /// As [`Fetch::send`], but only to an address of the public internet, whatever the name in the address says when
    /// it is looked up: for addresses that somebody else wrote down.
    ///
    /// # Errors
    /// As [`Fetch::send`], and when the address is not a public one.
    pub async fn send_outside(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>> {
        let host = request.uri().host().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        if literal.is_ok_and(|address| !is_public(address)) {
            return Err(Problem::peer("private-address", "the address is not on the public internet"));
        }
        let answer = self.outside.request(request.map(Full::new));
        self.whole(self.begun(answer).await?, limit).await
    }

    /// Sends a request and gives the answer as soon as its head is there.
    ///
    /// # Errors
    /// A problem with a peer when nobody answers in time.
    pub async fn open(&self, request: Request<Bytes>) -> Result<Response<Incoming>> {
        self.begun(self.client.request(request.map(Full::new))).await
    }

    async fn begun(&self, answer: ResponseFuture) -> Result<Response<Incoming>> {
        let answer = tokio::time::timeout(self.patience, answer).await;
        let answer = answer.map_err(|_| Problem::peer("fetch", "no answer in time"))?;
        answer.map_err(|error| Problem::peer("fetch", "no answer").because(causes(&error)))
    }

    /// Sends a request and gives the whole answer, when it has at most `limit` bytes.
    ///
    /// # Errors
    /// A problem with a peer when nobody answers in time, or with more.
    pub async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>> {
        self.whole(self.open(request).await?, limit).await
    }

    async fn whole(&self, answer: Response<Incoming>, limit: usize) -> Result<Response<Bytes>> {
        let (head, body) = answer.into_parts();
        let body = tokio::time::timeout(self.patience, Limited::new(body, limit).collect()).await;
        let body = body.map_err(|_| Problem::peer("fetch", "the answer did not end in time"))?;
        let body = body
            .map_err(|error| Problem::peer("fetch", "the answer broke off or is too large").because(error))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }

    /// Gets what is at an address, when it is there and has at most `limit` bytes.
    ///
    /// # Errors
    /// A problem with a peer when it is not.
    pub async fn get(&self, url: &str, limit: usize) -> Result<Bytes> {
        let request = Request::get(url).body(Bytes::new());
        let request = request.map_err(|error| Problem::input("url", "not an address").because(error))?;
        let answer = self.send(request, limit).await?;
        match answer.status() {
            status if status.is_success() => Ok(answer.into_body()),
            status => Err(Problem::peer("fetch", format!("the answer was {status}"))),
        }
    }
}

/// A client whose names this resolver looks up.
fn client<R>(mut http: HttpConnector<R>) -> Result<Client<HttpsConnector<HttpConnector<R>>, Full<Bytes>>>
where
    HttpsConnector<HttpConnector<R>>: Connect + Clone,
{
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT));
    let tls = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| Problem::internal("tls", "TLS cannot be set up").because(error))?;
    let connector = tls.https_or_http().enable_http1().wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector))
}

/// An error with everything that led to it: the outermost alone says little here.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Finds addresses of host names by asking the system, except below `localhost`: those are this machine (RFC 6761
/// § 6.3), which not every system knows.
#[derive(Clone, Debug)]
struct Resolver(GaiResolver);

/// Addresses of a host.
type Addresses = Box<dyn Iterator<Item = SocketAddr> + Send>;

impl Service<Name> for Resolver {
    type Response = Addresses;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Addresses>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        if host == "localhost" || host.ends_with(".localhost") {
            let own: Addresses = Box::new(std::iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
            return Box::pin(std::future::ready(Ok(own)));
        }
        let asked = self.0.call(name);
        Box::pin(async move { Ok(Box::new(asked.await?) as Addresses) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_below_localhost_are_this_machine() {
        let mut resolver = Resolver(GaiResolver::new());
        for name in ["koeln.localhost", "a.b.LOCALHOST", "localhost"] {
            let found: Vec<_> = resolver.call(name.parse().unwrap()).await.unwrap().collect();
            assert_eq!(found, ["127.0.0.1:0".parse().unwrap()], "{name}");
        }
        // A name that only ends alike is none of ours: nobody may register it (RFC 6761 § 6.4).
        assert!(resolver.call("notlocalhost.invalid".parse().unwrap()).await.is_err());
    }
}

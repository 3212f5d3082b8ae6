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
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::Service;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A client. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Fetch {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    patience: Duration,
}

impl Fetch {
    /// A client that waits so long for an answer to begin, and as long again for it to end.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(patience: Duration) -> Result<Self> {
        let mut http = HttpConnector::new_with_resolver(Resolver(GaiResolver::new()));
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT));
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(|error| Problem::internal("tls", "TLS cannot be set up").because(error))?;
        let connector = tls.https_or_http().enable_http1().wrap_connector(http);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Ok(Self { client, patience })
    }

    /// Sends a request and gives the answer as soon as its head is there.
    ///
    /// # Errors
    /// A problem with a peer when nobody answers in time.
    pub async fn open(&self, request: Request<Bytes>) -> Result<Response<Incoming>> {
        let answer = tokio::time::timeout(self.patience, self.client.request(request.map(Full::new))).await;
        let answer = answer.map_err(|_| Problem::peer("fetch", "no answer in time"))?;
        answer.map_err(|error| Problem::peer("fetch", "no answer").because(error))
    }

    /// Sends a request and gives the whole answer, when it has at most `limit` bytes.
    ///
    /// # Errors
    /// A problem with a peer when nobody answers in time, or with more.
    pub async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>> {
        let (head, body) = self.open(request).await?.into_parts();
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

use std::net::IpAddr;

use axum::http::uri::Uri;
use axum::http::{Request, Response};
use base::{Problem, Result};
use bytes::Bytes;
use federation::Remote;

use crate::member::Member;

/// Asking others at addresses that somebody wrote down.
impl Member {
    /// Whether something may be sent to an address: over TLS, and to no address of the member's own network unless the
    /// settings allow that. Names are looked up when something is sent, and then once more held against it.
    ///
    /// # Errors
    /// `url-wrong` or `url-private`.
    pub fn check_url(&self, url: &str) -> Result<()> {
        let no_address = || Problem::input("url-wrong", "the address is none of https");
        let uri: Uri = url.parse().map_err(|_| no_address())?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(no_address)?;
        if uri.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(no_address());
        }
        let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let local = host == "localhost"
            || host.ends_with(".localhost")
            || literal.is_some_and(|address| address.is_loopback());
        let private = local || literal.is_some_and(|address| !fetch::is_public(address));
        match uri.scheme_str() {
            _ if private && !self.may_ask_inside() => {
                Err(Problem::input("url-private", "the address is not on the public internet"))
            }
            Some("https") => Ok(()),
            Some("http") if local => Ok(()),
            _ => Err(no_address()),
        }
    }

    /// Sends a request to such an address and gives the whole answer, when it has at most `limit` bytes.
    ///
    /// # Errors
    /// A problem with a peer when nobody answers in time, with more, or from where nobody may be asked.
    pub async fn send(&self, request: Request<Bytes>, limit: usize) -> Result<Response<Bytes>> {
        match self.may_ask_inside() {
            true => self.fetch.send(request, limit).await,
            false => self.fetch.send_outside(request, limit).await,
        }
    }

    /// A log or a witness of another member at such an address.
    ///
    /// # Errors
    /// `url-wrong` or `url-private`.
    pub fn remote(&self, url: &str) -> Result<Remote> {
        self.check_url(url)?;
        let remote = Remote::new(url, self.fetch.clone());
        Ok(if self.may_ask_inside() { remote } else { remote.outside() })
    }

    fn may_ask_inside(&self) -> bool {
        self.settings.demo || self.settings.programs.private_webhooks
    }
}

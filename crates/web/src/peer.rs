//! Requests between members: signed by who sends them, and checked by who gets them (RFC 9421, RFC 9530).
//!
//! A handler that wants to know which member asks takes [`Signed`] as its last argument:
//!
//! ```
//! # use web::{Ctx, Handled, peer::Signed, redirect};
//! async fn take(ctx: Ctx, request: Signed) -> Handled {
//!     let peer = request.caller.peer()?; // or an answer with the reason: 401 `unsigned`, `unknown-key`
//!     // `peer.identity.did` asks, with the whole of `request.body`, and never asked this before.
//! #   redirect("/")
//! }
//! ```
//!
//! Whoever asks others signs with [`Member::send_signed`], or gives [`Member::signs`] to a [`federation::Remote`].

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse as _;
use base::{Kind, Problem, Result};
use federation::peers::{self, Peer};
use federation::{Did, NodeKeys, Sign, requests};
use httpsig::{Message, Refusal, Start};

use crate::context::Ctx;
use crate::failure::Failure;
use crate::member::Member;

/// Seconds by which the clocks of two members may differ.
const SKEW: u32 = 300;

/// A request with its whole body, and who sent it. A signature of a member that is known here was checked: it fits
/// method, address, body and media type, it is fresh, and it was never taken before; where one of that is not so, the
/// request ends with 401 and the reason (`signature`, `replayed`). That no known member signed is no error here: ask
/// [`Caller::peer`] where one must have. How large a body may be says the route's `DefaultBodyLimit`.
#[derive(Debug)]
pub struct Signed {
    /// Who sent it.
    pub caller: Caller,
    /// The body, as it was signed.
    pub body: Bytes,
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A member whose keys somebody here has confirmed, as it is known.
    Known(Box<Peer>),
    /// Somebody with a key that nobody here has confirmed; the signature was not checked and says nothing.
    Stranger {
        /// The key's DID URL, as the request gives it.
        keyid: String,
    },
    /// Somebody who did not sign.
    Nobody,
}

impl Caller {
    /// The member, if it is known here.
    #[must_use]
    pub fn known(&self) -> Option<&Peer> {
        match self {
            Self::Known(peer) => Some(peer),
            Self::Stranger { .. } | Self::Nobody => None,
        }
    }

    /// The member, where only a known one may ask.
    ///
    /// # Errors
    /// `unsigned` or `unknown-key`.
    pub fn peer(&self) -> Result<&Peer> {
        match self {
            Self::Known(peer) => Ok(peer),
            Self::Nobody => Err(refused("unsigned", "only members ask this; sign the request (RFC 9421)")),
            Self::Stranger { keyid } => {
                let why = format!("nobody here has confirmed the key {keyid}");
                Err(refused("unknown-key", why).hint("people of both members compare fingerprints first"))
            }
        }
    }

    async fn of(ctx: &Ctx, (method, uri, headers): &Head, body: &Bytes) -> Result<Self> {
        if !headers.contains_key("signature") && !headers.contains_key("signature-input") {
            return Ok(Self::Nobody);
        }
        let member = ctx.member();
        let target = target(member, uri)?;
        let message = Message { start: Start::Request { method, target: &target }, headers, body };
        let keyid =
            httpsig::keyid(&message).map_err(|why| noted(member, None, bad_signature(member, &why)))?;
        let Some(peer) = holder(member, &keyid).await? else { return Ok(Self::Stranger { keyid }) };
        let noted = |problem| noted(member, Some(&peer), problem);
        let (now, key) = (member.clock.now(), peer.identity.keys.requests.0);
        let verified = httpsig::verify(&message, now, SKEW, |_| Some(key));
        let verified = verified.map_err(|why| noted(bad_signature(member, &why)))?;
        let remember = move |tx: &mut store::Tx<'_>| {
            requests::remember(tx, &verified.keyid, &verified.nonce, verified.remember)
        };
        match member.db.write("peer.remember", remember).await? {
            true => Ok(Self::Known(Box::new(peer))),
            false => Err(noted(refused("replayed", "this very request was taken before"))),
        }
    }
}

/// Method, address and header fields of a request.
type Head = (Method, Uri, HeaderMap);

impl<S: Send + Sync> FromRequest<S> for Signed {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let head = (request.method().clone(), request.uri().clone(), request.headers().clone());
        let ctx = request.extensions().get::<Ctx>().cloned();
        let ctx = ctx.ok_or_else(|| Problem::internal("context", "a route outside the layers"))?;
        let body = Bytes::from_request(request, state).await.map_err(unread)?;
        let caller = Caller::of(&ctx, &head, &body).await?;
        Ok(Self { caller, body })
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Kind::TooLarge, "too-large", "the body is larger than may be sent here")
        }
        _ => Problem::input("body", "the body broke off"),
    }
}

/// The whole address of a request as its sender knows it.
fn target(member: &Member, uri: &Uri) -> Result<Uri> {
    let scheme = if member.settings.url.starts_with("https:") { "https" } else { "http" };
    let (host, path) = (member.node_keys()?.did().host(), uri.path_and_query());
    let whole = Uri::builder().scheme(scheme).authority(host);
    let whole = whole.path_and_query(path.map_or("/", |path| path.as_str())).build();
    whole.map_err(|error| Problem::internal("own-name", "the member has no address").because(error))
}

/// The known member whose confirmed key has this name.
async fn holder(member: &Member, keyid: &str) -> Result<Option<Peer>> {
    let Some(did) = keyid.split_once('#').and_then(|(did, _)| did.parse::<Did>().ok()) else {
        return Ok(None);
    };
    let found = member.db.read("peer.holder", move |tx| peers::one(tx, &did)).await?;
    Ok(found.filter(|peer| peer.identity.request_key_id() == keyid))
}

/// Notes what is refused to a member, or to somebody in its name.
fn noted(member: &Member, peer: Option<&Peer>, problem: Problem) -> Problem {
    member.note_refusal(peer.map(|peer| peer.identity.did.host()), &problem);
    problem
}

fn bad_signature(member: &Member, why: &Refusal) -> Problem {
    let now = member.clock.now().rfc3339();
    match why {
        Refusal::TooOld | Refusal::FromTheFuture => refused("signature", format!("{why}: here it is {now}"))
            .hint("compare both clocks with the true time"),
        _ => refused("signature", why.to_string()),
    }
}

fn refused(code: &'static str, why: impl Into<String>) -> Problem {
    Problem::new(Kind::Unauthenticated, code, why)
}

/// Asking other members.
impl Member {
    /// The keys with which the member meets others.
    ///
    /// # Errors
    /// When it cannot be named after its address.
    pub fn node_keys(&self) -> Result<NodeKeys> {
        let kept = self.memory::<OnceLock<NodeKeys>>();
        if let Some(keys) = kept.get() {
            return Ok(keys.clone());
        }
        let keys = NodeKeys::new(&self.settings.url, self.ledger.keys()).map_err(|flaw| {
            Problem::internal("own-name", "the member cannot be named after its address").because(flaw)
        })?;
        Ok(kept.get_or_init(|| keys).clone())
    }

    /// Signs a request with the member's key for requests: for a minute, and for this one sending.
    ///
    /// # Errors
    /// When the request has no whole address, or a body without media type.
    pub fn sign(&self, request: &mut axum::http::Request<Bytes>) -> Result<()> {
        let keys = self.node_keys()?;
        let fields = keys.requests().sign(&Message::request(request), self.clock.now(), self.entropy.bytes());
        let fields = fields
            .map_err(|why| Problem::internal("signature", "a request cannot be signed").because(why))?;
        request.headers_mut().extend(fields);
        Ok(())
    }

    /// As [`Member::send`], signed.
    ///
    /// # Errors
    /// As both.
    pub async fn send_signed(
        &self,
        mut request: axum::http::Request<Bytes>,
        limit: usize,
    ) -> Result<axum::http::Response<Bytes>> {
        self.sign(&mut request)?;
        self.send(request, limit).await
    }

    /// What signs every request of a [`federation::Remote`].
    #[must_use]
    pub fn signs(self: &Arc<Self>) -> Sign {
        let own = Arc::clone(self);
        Arc::new(move |request| own.sign(request))
    }
}

//! Signed HTTP messages between nodes: HTTP Message Signatures (RFC 9421) in one fixed profile, and content digests
//! (RFC 9530). Pure functions over the parts of a message; nothing here sends, stores or asks a clock.
//!
//! The profile: one signature with the label `sig1` by Ed25519 over
//! - of a request: `@method`, `@target-uri`, and with a body `content-digest` and `content-type`;
//! - of a response: `@status`, the request's `signature` (`;req`), and with a body the same two;
//!
//! with the parameters `created`, `expires` (at most [`LIFETIME`] later), `nonce`, `keyid` (a DID URL), `alg` and
//! `tag`, all of them present and no other. Whatever deviates is refused with the reason.

mod base_text;
mod digest;
mod sign;
mod verify;

use http::{HeaderMap, Method, StatusCode, Uri};

pub use digest::content_digest;
pub use sign::Signer;
pub use verify::{Verified, keyid, verify};

/// The label of the one signature.
const LABEL: &sfv::KeyRef = sfv::key_ref("sig1");
/// What the signature is for (RFC 9421 § 2.3): a signature made for anything else does not count here.
const TAG: &sfv::StringRef = sfv::string_ref("erprobungsraum");
/// Ed25519 in the registry of RFC 9421 § 6.2.2.
const ALGORITHM: &sfv::StringRef = sfv::string_ref("ed25519");
/// For how many seconds a signature counts, at most.
pub const LIFETIME: i64 = 60;

/// A message to sign or to check. The header fields are those of the message itself; those that a signature adds are
/// given back by [`Signer::sign`].
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// What the message begins with.
    pub start: Start<'a>,
    /// Its header fields.
    pub headers: &'a HeaderMap,
    /// Its whole content.
    pub body: &'a [u8],
}

/// The first line of a message, and for an answer what it answers.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// A request.
    Request {
        /// The method.
        method: &'a Method,
        /// The whole address: a server must put scheme and authority, as its peers know them, before the path.
        target: &'a Uri,
    },
    /// An answer.
    Response {
        /// The status.
        status: StatusCode,
        /// The header fields of the request it answers, with that request's signature.
        to: &'a HeaderMap,
    },
}

impl<'a> Message<'a> {
    /// A request as a client holds it.
    pub fn request(request: &'a http::Request<impl AsRef<[u8]>>) -> Self {
        let start = Start::Request { method: request.method(), target: request.uri() };
        Self { start, headers: request.headers(), body: request.body().as_ref() }
    }

    /// The answer to a request with these header fields.
    pub fn response(response: &'a http::Response<impl AsRef<[u8]>>, to: &'a HeaderMap) -> Self {
        let start = Start::Response { status: response.status(), to };
        Self { start, headers: response.headers(), body: response.body().as_ref() }
    }
}

/// Why a message is not signed as it must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header field is not there.
    #[error("the field {0} is missing")]
    Missing(&'static str),
    /// A field or parameter has not the form it must have.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// There is not exactly one signature with the label `sig1`.
    #[error("there must be one signature, labelled sig1")]
    Labels,
    /// The signature does not cover what it must.
    #[error("{0} is not signed")]
    Unsigned(&'static str),
    /// The signature covers something twice, or what the profile does not know.
    #[error("{0} must not be among the signed components")]
    Component(String),
    /// A parameter is not there.
    #[error("the parameter {0} is missing")]
    NoParameter(&'static str),
    /// There is a parameter that the profile does not know.
    #[error("the parameter {0} must not be there")]
    Parameter(String),
    /// The signature was made for something else.
    #[error("the signature is tagged for another purpose")]
    Tag,
    /// The signature claims an algorithm other than Ed25519.
    #[error("the algorithm is not ed25519")]
    Algorithm,
    /// The signature is valid for longer than [`LIFETIME`], or ends before it begins.
    #[error("the signature lives too long")]
    LivesTooLong,
    /// The signature has expired.
    #[error("the signature is too old")]
    TooOld,
    /// The signature was made later than now.
    #[error("the signature is from the future")]
    FromTheFuture,
    /// The content is not what its digest says.
    #[error("the content differs from its digest")]
    Digest,
    /// Nobody known has this key.
    #[error("the key {0} is not known")]
    UnknownKey(String),
    /// The signature does not fit the message.
    #[error("the signature does not fit the message")]
    Signature,
}

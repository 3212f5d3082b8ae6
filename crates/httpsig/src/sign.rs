use base::Time;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use http::{HeaderMap, HeaderValue};
use sfv::{BareItem, DictSerializer, InnerList, KeyRef};

use crate::base_text::{Component, parameters, signature_base};
use crate::{ALGORITHM, LABEL, LIFETIME, Message, Refusal, TAG, content_digest};

/// A private key with its name that signs messages.
#[derive(Clone)]
pub struct Signer {
    keyid: sfv::String,
    key: SigningKey,
}

impl Signer {
    /// A signer from the 32 bytes of an Ed25519 seed (RFC 8032 § 5.1.5). `keyid` is the DID URL under which others find
    /// the public half.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] when the name has other than printable ASCII.
    pub fn new(keyid: &str, seed: &[u8; 32]) -> Result<Self, Refusal> {
        let keyid = sfv::StringRef::from_str(keyid).map_err(|_| Refusal::Malformed("keyid"))?;
        Ok(Self { keyid: keyid.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// The public half (RFC 8032 § 5.1.5).
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// Signs a message for the next [`LIFETIME`] seconds. Gives the fields to put into it: `Content-Digest` when it has
    /// a body, `Signature-Input` and `Signature` (RFC 9421 § 4). The nonce must never have been used before.
    ///
    /// # Errors
    /// [`Refusal::Missing`] when a body has no content type or an answered request no signature,
    /// [`Refusal::Malformed`] when the target is not a whole address.
    pub fn sign(&self, message: &Message<'_>, now: Time, nonce: [u8; 16]) -> Result<HeaderMap, Refusal> {
        let digest = content_digest(message.body);
        let covered = self.covered(&Component::required(message), now, nonce)?;
        let base = signature_base(&covered, |item| match Component::of(item) {
            Some(Component::ContentDigest) => Ok(digest.clone()),
            Some(component) => component.value(message),
            None => Err(Refusal::Malformed("signature-input")),
        })?;
        let mut fields = HeaderMap::new();
        if !message.body.is_empty() {
            fields.insert("content-digest", value(&digest)?);
        }
        let mut signature = DictSerializer::new();
        signature.bare_item(LABEL, self.key.sign(base.as_bytes()).to_bytes().as_slice());
        fields.insert("signature-input", value(&format!("{}={}", LABEL.as_str(), parameters(&covered)))?);
        fields.insert("signature", value(&signature.finish().unwrap_or_default())?);
        Ok(fields)
    }

    fn covered(&self, components: &[Component], now: Time, nonce: [u8; 16]) -> Result<InnerList, Refusal> {
        let time = |seconds: i64| sfv::Integer::try_from(seconds).map_err(|_| Refusal::Malformed("created"));
        let nonce = sfv::String::from_string(URL_SAFE_NO_PAD.encode(nonce));
        let mut covered = InnerList::new(components.iter().map(|component| component.item()).collect());
        let parameters: [(&KeyRef, BareItem); 6] = [
            (sfv::key_ref("created"), time(now.seconds())?.into()),
            (sfv::key_ref("expires"), time(now.seconds() + LIFETIME)?.into()),
            (sfv::key_ref("nonce"), nonce.map_err(|_| Refusal::Malformed("nonce"))?.into()),
            (sfv::key_ref("keyid"), self.keyid.clone().into()),
            (sfv::key_ref("alg"), ALGORITHM.to_owned().into()),
            (sfv::key_ref("tag"), TAG.to_owned().into()),
        ];
        covered.params.extend(parameters.map(|(name, value)| (name.to_owned(), value)));
        Ok(covered)
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.keyid.as_str())
    }
}

fn value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::Malformed("signature"))
}

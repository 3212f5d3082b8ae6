use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base::Ars;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::form::{Flaw, Hash, Key, Vkey, as_text, check_text, ensure};

/// The longest document that is read.
const LONGEST: usize = 64 * 1024;
/// The contexts of the document (W3C DID Core 1.0 § 4.1).
const CONTEXT: [&str; 2] = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"];

/// A member's name for programs: `did:web:stadt.example`, with the colon before a port written as `%3A` (W3C CCG
/// did:web § Method-specific identifier). A host and no path below it: one host is one member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Did(String);

impl Did {
    /// The name of the member at a host (`stadt.example` or `stadt.localhost:8115`).
    ///
    /// # Errors
    /// When it is not a host in small letters with at most a port.
    pub fn of_host(host: &str) -> Result<Self, Flaw> {
        let wrong = "not a host name in small letters with at most a port";
        let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(is_letter)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        ensure(name.len() <= 253 && name.split('.').all(is_label), "did", wrong)?;
        let is_port =
            |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
        ensure(port.is_none_or(is_port), "did", wrong)?;
        Ok(Self(format!("did:web:{}", host.replace(':', "%3A"))))
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> String {
        self.0.replacen("did:web:", "", 1).replace("%3A", ":")
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Did {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let host = text.strip_prefix("did:web:").ok_or_else(|| Flaw::new("did", "not a did:web"))?;
        let did = Self::of_host(&host.replace("%3A", ":"))?;
        ensure(did.0 == text, "did", "not in its one form").map(|()| did)
    }
}

as_text!(Did);

/// The public keys of a member, each for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeys {
    /// Checks its requests and answers (Ed25519, RFC 9421).
    pub requests: Key,
    /// Checks what it proposes, accepts and ends (C2SP signed-note).
    pub agreements: Vkey,
    /// Checks the checkpoints of its public feed (C2SP tlog-checkpoint).
    pub log: Vkey,
    /// Seals what only it may open (X25519, RFC 7748).
    pub sealing: Key,
}

impl PublicKeys {
    /// What two people compare to know that they see the same keys: the SHA-256 of all of them, one in each line.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        let Self { requests, agreements, log, sealing } = self;
        Hash::of(&format!("{requests}\n{agreements}\n{log}\n{sealing}\n"))
    }

    /// The DID URL of the key that signs requests: the `keyid` of RFC 9421.
    #[must_use]
    pub fn request_key_id(&self, did: &Did) -> String {
        key_id(did, "Ed25519", self.requests)
    }

    /// Whether the keys are well-formed and named after the member: a note's key must say whose it is.
    pub(crate) fn check(&self, did: &Did, at: &str) -> Result<(), Flaw> {
        let is_point = VerifyingKey::from_bytes(&self.requests.0).is_ok_and(|key| !key.is_weak());
        ensure(is_point, format!("{at}.requests"), "not a point of the curve")?;
        ensure(self.sealing.0 != [0; 32], format!("{at}.sealing"), "not a key")?;
        let host = did.host();
        // A log is named after the host alone: it stays the same log when the member moves to another port.
        let log_host = host.split(':').next().unwrap_or_default();
        let own = |key: &Vkey, name: &str, host: &str, what: &str| {
            let is_own = key.0.name().strip_prefix(host).is_some_and(|rest| rest.starts_with(what));
            ensure(is_own, format!("{at}.{name}"), &format!("the key's name must begin with {host}{what}"))
        };
        own(&self.agreements, "agreements", &host, "/agreements")?;
        own(&self.log, "log", log_host, "/log/")
    }
}

/// Who a member is, as its `/.well-known/did.json` says (W3C DID Core 1.0; did:web § Read). The keys stand there as
/// JWK (RFC 8037), under the thumbprint of each (RFC 7638): a key's id never comes to mean another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its name for programs.
    pub did: Did,
    /// Its name for people.
    pub name: String,
    /// Its official key.
    pub ars: Ars,
    /// How to reach the people responsible.
    pub contact: String,
    /// Its public keys.
    pub keys: PublicKeys,
    /// What it offers: a short name and the address, on its own host.
    pub services: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "@context")]
    context: Vec<String>,
    id: Did,
    verification_method: Vec<Method>,
    authentication: Vec<String>,
    key_agreement: Vec<String>,
    service: Vec<Service>,
    member: Member,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    id: String,
    r#type: String,
    controller: Did,
    public_key_jwk: Jwk,
}

/// RFC 8037 § 2. `d` is only there to be refused: it would be the secret.
#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: Key,
    #[serde(skip_serializing, default)]
    d: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    id: String,
    r#type: String,
    service_endpoint: String,
}

/// What DID Core has no word for.
#[derive(Serialize, Deserialize)]
struct Member {
    name: String,
    ars: Ars,
    contact: String,
    agreements: Vkey,
    log: Vkey,
}

impl Identity {
    /// The document as it is published.
    ///
    /// # Errors
    /// The flaw that others would find in it.
    pub fn publish(&self) -> Result<String, Flaw> {
        let [requests, sealing] = [("Ed25519", self.keys.requests), ("X25519", self.keys.sealing)];
        let document = Document {
            context: CONTEXT.map(str::to_owned).to_vec(),
            id: self.did.clone(),
            verification_method: [requests, sealing].map(|(curve, key)| self.method(curve, key)).into(),
            authentication: vec![key_id(&self.did, requests.0, requests.1)],
            key_agreement: vec![key_id(&self.did, sealing.0, sealing.1)],
            service: self.services.iter().map(|(name, url)| self.service(name, url)).collect(),
            member: Member {
                name: self.name.clone(),
                ars: self.ars.clone(),
                contact: self.contact.clone(),
                agreements: self.keys.agreements.clone(),
                log: self.keys.log.clone(),
            },
        };
        let text =
            serde_json::to_string_pretty(&document).map_err(|error| Flaw::new("did", error.to_string()))?;
        Self::parse(&self.did.host(), &text).map(|_| text)
    }

    /// Reads the document that was found at a host.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(host: &str, text: &str) -> Result<Self, Flaw> {
        ensure(text.len() <= LONGEST, "document", "too long")?;
        let document: Document =
            serde_json::from_str(text).map_err(|error| Flaw::new("document", error.to_string()))?;
        ensure(
            document.context.first().is_some_and(|first| first == CONTEXT[0]),
            "@context",
            "not DID Core's",
        )?;
        let id = &document.id;
        ensure(*id == Did::of_host(host)?, "id", "not the name of the host it was found at")?;
        let keys = PublicKeys {
            requests: document.key("authentication", &document.authentication, "Ed25519")?,
            sealing: document.key("keyAgreement", &document.key_agreement, "X25519")?,
            agreements: document.member.agreements.clone(),
            log: document.member.log.clone(),
        };
        keys.check(id, "keys")?;
        let services = document.services(host)?;
        let Member { name, ars, contact, .. } = document.member;
        check_text(&name, 200, "member.name")?;
        check_text(&contact, 200, "member.contact")?;
        Ok(Self { did: document.id, name, ars, contact, keys, services })
    }

    /// The DID URL of the key that signs its requests: the `keyid` of RFC 9421.
    #[must_use]
    pub fn request_key_id(&self) -> String {
        self.keys.request_key_id(&self.did)
    }

    fn method(&self, curve: &str, key: Key) -> Method {
        Method {
            id: key_id(&self.did, curve, key),
            r#type: "JsonWebKey2020".into(),
            controller: self.did.clone(),
            public_key_jwk: Jwk { kty: "OKP".into(), crv: curve.into(), x: key, d: None },
        }
    }

    fn service(&self, name: &str, url: &str) -> Service {
        let id = format!("{}#{name}", self.did);
        Service { id, r#type: "Erprobungsraum".into(), service_endpoint: url.to_owned() }
    }
}

impl Document {
    /// The one key that stands for a purpose.
    fn key(&self, purpose: &str, ids: &[String], curve: &str) -> Result<Key, Flaw> {
        let [id] = ids else { return Err(Flaw::new(purpose, "must name one key")) };
        let found = self.verification_method.iter().enumerate().find(|(_, method)| method.id == *id);
        let (at, method) = found.ok_or_else(|| Flaw::new(purpose, "names a key that is not there"))?;
        let (at, jwk) = (format!("verificationMethod[{at}]"), &method.public_key_jwk);
        ensure(method.controller == self.id, format!("{at}.controller"), "not the member itself")?;
        ensure(jwk.kty == "OKP" && jwk.crv == curve, format!("{at}.publicKeyJwk"), &format!("not {curve}"))?;
        ensure(jwk.d.is_none(), format!("{at}.publicKeyJwk.d"), "a secret key must not be published")?;
        ensure(*id == key_id(&self.id, curve, jwk.x), format!("{at}.id"), "not the key's thumbprint")?;
        Ok(jwk.x)
    }

    fn services(&self, host: &str) -> Result<BTreeMap<String, String>, Flaw> {
        let mut services = BTreeMap::new();
        for (at, service) in self.service.iter().enumerate() {
            let at = format!("service[{at}]");
            let name = service.id.strip_prefix(&format!("{}#", self.id)).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| Flaw::new(format!("{at}.id"), "not an id of this member"))?;
            let url = &service.service_endpoint;
            let path = ["https://", "http://"]
                .iter()
                .find_map(|scheme| url.strip_prefix(scheme)?.strip_prefix(host));
            let is_own = path.is_some_and(|path| path.starts_with('/'));
            ensure(is_own, format!("{at}.serviceEndpoint"), "not an address on the member's own host")?;
            let is_new = services.insert(name.to_owned(), url.clone()).is_none();
            ensure(is_new, format!("{at}.id"), "there twice")?;
        }
        Ok(services)
    }
}

/// The DID URL of a key: its thumbprint (RFC 7638 § 3, with the members that RFC 8037 § 2 requires) as fragment.
fn key_id(did: &Did, curve: &str, key: Key) -> String {
    let jwk = format!("{{\"crv\":\"{curve}\",\"kty\":\"OKP\",\"x\":\"{key}\"}}");
    format!("{did}#{}", URL_SAFE_NO_PAD.encode(Sha256::digest(jwk)))
}

#[cfg(test)]
mod tests {
    use tlog::Signer;

    use super::*;

    fn identity(host: &str) -> Identity {
        let name = host.split(':').next().unwrap();
        let vkey = |name: &str| Vkey(Signer::new(format!("{host}/{name}"), &[3; 32]).verifier());
        Identity {
            did: Did::of_host(host).unwrap(),
            name: "Köln".into(),
            ars: "053150000000".parse().unwrap(),
            contact: "verbund@stadt.example".into(),
            keys: PublicKeys {
                requests: Key(ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes()),
                agreements: vkey("agreements"),
                log: Vkey(Signer::new(format!("{name}/log/public"), &[3; 32]).verifier()),
                sealing: Key([9; 32]),
            },
            services: [("log".to_owned(), format!("https://{host}/log/"))].into(),
        }
    }

    #[test]
    fn a_name_is_a_host_and_its_port() {
        let did = Did::of_host("stadt.localhost:8115").unwrap();
        assert_eq!(did.to_string(), "did:web:stadt.localhost%3A8115");
        assert_eq!(did.host(), "stadt.localhost:8115");
        assert_eq!("did:web:stadt.localhost%3A8115".parse(), Ok(did));
        for wrong in [
            "did:web:",
            "did:web:A.example",
            "did:web:a.example:users",
            "did:web:a.example%3a80",
            "did:key:z6Mk",
            "did:web:a.example%3A0",
            "did:web:a.example%3A08",
            "did:web:-a.example",
            "did:web:a..example",
            "did:web:köln.example",
            "did:web:a.example/x",
            "did:web:a%3A1%3A2",
            "did:web:did:web:a.example",
        ] {
            assert!(wrong.parse::<Did>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_published_identity_is_read_back() {
        for host in ["stadt.example", "stadt.localhost:8115"] {
            let own = identity(host);
            let text = own.publish().unwrap();
            assert_eq!(Identity::parse(host, &text), Ok(own.clone()));
            assert!(own.request_key_id().starts_with(&format!("{}#", own.did)));
        }
    }

    /// RFC 8037, appendix A.3.
    #[test]
    fn the_id_of_a_key_is_the_thumbprint_of_the_standard() {
        let did = Did::of_host("a.example").unwrap();
        let key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap();
        let id = key_id(&did, "Ed25519", key);
        assert_eq!(id, "did:web:a.example#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = identity("stadt.example").publish().unwrap();
        let id = identity("stadt.example").request_key_id();
        let cases = [
            ("\"did:web:stadt.example\",\n  \"verif", "\"did:web:other.example\",\n  \"verif", "id"),
            ("\"crv\": \"Ed25519\"", "\"crv\": \"P-256\"", "verificationMethod[0].publicKeyJwk"),
            (
                "\"crv\": \"Ed25519\"",
                "\"crv\": \"Ed25519\", \"d\": \"x\"",
                "verificationMethod[0].publicKeyJwk.d",
            ),
            ("\"x\": \"", "\"x\": \"A", "document"),
            (id.as_str(), "did:web:stadt.example#main", "verificationMethod[0].id"),
            ("stadt.example/agreements", "other.example/agreements", "document"),
            ("https://stadt.example/log/", "https://other.example/log/", "service[0].serviceEndpoint"),
            ("https://stadt.example/log/", "https://stadt.example.evil/log/", "service[0].serviceEndpoint"),
            ("\"name\": \"Köln\"", "\"name\": \"\"", "member.name"),
            ("053150000000", "05315x", "document"),
            ("https://www.w3.org/ns/did/v1", "https://www.w3.org/ns/did/v9", "@context"),
        ];
        for (from, to, at) in cases {
            let changed = text.replace(from, to);
            assert_ne!(changed, text, "{from}");
            assert_eq!(Identity::parse("stadt.example", &changed).unwrap_err().at, at, "{from} -> {to}");
        }
        assert_eq!(Identity::parse("other.example", &text).unwrap_err().at, "id");
        let mut other = identity("stadt.example");
        other.keys.log = identity("other.example").keys.log;
        assert_eq!(other.publish().unwrap_err().at, "keys.log");
    }
}

//! What two nodes say to each other, what others change on the way, and why that is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use base::Time;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use httpsig::{LIFETIME, Message, Refusal, Signer, Start, Verified, verify};
use proptest::prelude::*;

const KEYID: &str = "did:web:stadt.example#key";
const NOW: Time = Time(1_700_000_000_000_000);
const SKEW: u32 = 30;

fn signer() -> Signer {
    Signer::new(KEYID, &[7; 32]).unwrap()
}

fn known(keyid: &str) -> Option<[u8; 32]> {
    (keyid == KEYID).then(|| signer().public())
}

/// A request that can be changed.
#[derive(Clone, Debug)]
struct Sent {
    method: Method,
    target: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Sent {
    fn new(method: &str, target: &str, body: &[u8]) -> Self {
        let mut headers = HeaderMap::new();
        if !body.is_empty() {
            headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        let method = method.parse().unwrap();
        Self { method, target: target.parse().unwrap(), headers, body: body.to_vec() }
    }

    fn post() -> Self {
        Self::new("POST", "https://kreis.example/federation/query/ort?q=1", b"{\"a\":1}").signed()
    }

    fn message(&self) -> Message<'_> {
        let start = Start::Request { method: &self.method, target: &self.target };
        Message { start, headers: &self.headers, body: &self.body }
    }

    fn signed(mut self) -> Self {
        let fields = signer().sign(&self.message(), NOW, [9; 16]).unwrap();
        self.headers.extend(fields);
        self
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    fn text(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    fn with(self, name: &'static str, from: &str, to: &str) -> Self {
        let changed = self.text(name).replace(from, to);
        assert_ne!(changed, self.text(name), "nothing to change");
        self.set(name, &changed)
    }

    fn verify(&self) -> Result<Verified, Refusal> {
        verify(&self.message(), NOW, SKEW, known)
    }
}

#[test]
fn what_was_signed_is_accepted_and_says_what_to_remember() {
    let verified = Sent::post().verify().unwrap();
    assert_eq!((verified.keyid.as_str(), verified.created), (KEYID, NOW));
    assert_eq!(verified.nonce, "CQkJCQkJCQkJCQkJCQkJCQ");
    assert_eq!(verified.remember, NOW.plus_seconds(LIFETIME + i64::from(SKEW) + 1));
    assert!(Sent::new("GET", "https://kreis.example/log/public/checkpoint", b"").signed().verify().is_ok());
}

#[test]
fn the_fields_are_those_of_the_profile() {
    let sent = Sent::post();
    assert_eq!(
        sent.text("signature-input"),
        "sig1=(\"@method\" \"@target-uri\" \"content-digest\" \"content-type\");created=1700000000;\
        expires=1700000060;nonce=\"CQkJCQkJCQkJCQkJCQkJCQ\";keyid=\"did:web:stadt.example#key\";alg=\"ed25519\";\
        tag=\"erprobungsraum\""
    );
    assert!(sent.text("signature").starts_with("sig1=:"));
    assert_eq!(sent.text("content-digest"), httpsig::content_digest(b"{\"a\":1}"));
}

#[test]
fn a_change_on_the_way_is_refused_with_its_reason() {
    let post = Sent::post;
    let cases = [
        (Sent { method: Method::PUT, ..post() }, Refusal::Signature),
        (
            Sent { target: "https://kreis.example/federation/query/ort?q=2".parse().unwrap(), ..post() },
            Refusal::Signature,
        ),
        (
            Sent { target: "http://kreis.example/federation/query/ort?q=1".parse().unwrap(), ..post() },
            Refusal::Signature,
        ),
        (
            Sent { target: "/federation/query/ort?q=1".parse().unwrap(), ..post() },
            Refusal::Malformed("@target-uri"),
        ),
        (Sent { body: b"{\"a\":2}".to_vec(), ..post() }, Refusal::Digest),
        (Sent { body: Vec::new(), ..post() }, Refusal::Digest),
        (post().set("content-digest", &httpsig::content_digest(b"x")), Refusal::Digest),
        (post().set("content-type", "text/html"), Refusal::Signature),
        (post().with("signature", "sig1=:", "sig1=:AAAA"), Refusal::Signature),
        (post().with("signature-input", "created=1700000000", "created=1700000001"), Refusal::Signature),
        (post().with("signature-input", "expires=1700000060", "expires=1700000059"), Refusal::Signature),
        (post().with("signature-input", "CQkJ", "AQkJ"), Refusal::Signature),
        (post().with("signature-input", " \"content-type\"", ""), Refusal::Unsigned("content-type")),
        (post().with("signature-input", "\"@target-uri\" ", ""), Refusal::Unsigned("@target-uri")),
        (post().with("signature-input", " \"content-digest\"", ""), Refusal::Unsigned("content-digest")),
    ];
    for (sent, why) in cases {
        assert_eq!(sent.verify(), Err(why), "{sent:?}");
    }
    let other = |_: &str| Some([7; 32]);
    assert_eq!(verify(&post().message(), NOW, SKEW, other), Err(Refusal::Signature));
}

#[test]
fn what_the_profile_does_not_know_is_refused_with_its_reason() {
    let input = |from: &str, to: &str| Sent::post().with("signature-input", from, to);
    let cases = [
        (input("did:web:stadt", "did:web:other"), Refusal::UnknownKey("did:web:other.example#key".into())),
        (input("erprobungsraum", "something"), Refusal::Tag),
        (input("\"ed25519\"", "\"hmac-sha256\""), Refusal::Algorithm),
        (input(";alg=\"ed25519\"", ""), Refusal::NoParameter("alg")),
        (input(";created=1700000000", ""), Refusal::NoParameter("created")),
        (input(";expires=1700000060", ""), Refusal::NoParameter("expires")),
        (input(";nonce=\"CQkJCQkJCQkJCQkJCQkJCQ\"", ""), Refusal::NoParameter("nonce")),
        (input("CQkJCQkJCQkJCQkJCQkJCQ", "short"), Refusal::Malformed("nonce")),
        (input("expires=1700000060", "expires=1700000060.0"), Refusal::Malformed("expires")),
        (input("expires=1700000060", "expires=1700000061"), Refusal::LivesTooLong),
        (input("expires=1700000060", "expires=1699999999"), Refusal::LivesTooLong),
        (input("alg=", "realm=\"x\";alg="), Refusal::Parameter("realm".into())),
        (input("\"@method\"", "\"@method\" \"@method\""), Refusal::Component("\"@method\"".into())),
        (input("\"@method\"", "\"@method\";req"), Refusal::Component("\"@method\";req".into())),
        (input("\"@method\"", "\"@method\" \"@status\""), Refusal::Component("@status".into())),
        (input("\"@method\"", "\"@method\" \"host\""), Refusal::Component("\"host\"".into())),
        (input("sig1=", "sig2="), Refusal::Labels),
        (input("sig1=", "sig0=(), sig1="), Refusal::Labels),
        (Sent::post().set("signature", "sig1=:AA==:, sig2=:AA==:"), Refusal::Labels),
        (Sent::post().set("signature-input", "sig1"), Refusal::Malformed("signature-input")),
        (Sent::post().set("signature-input", "((("), Refusal::Malformed("signature-input")),
        (Sent::post().set("signature", "sig1=(:AA==:)"), Refusal::Malformed("signature")),
    ];
    for (sent, why) in cases {
        assert_eq!(sent.verify(), Err(why), "{sent:?}");
    }
    for name in ["signature", "signature-input", "content-digest", "content-type"] {
        let mut without = Sent::post();
        without.headers.remove(name);
        assert_eq!(without.verify(), Err(Refusal::Missing(name)));
        let mut twice = Sent::post();
        let again = twice.headers[name].clone();
        twice.headers.append(name, again);
        assert_eq!(twice.verify(), Err(Refusal::Malformed(name)));
    }
}

#[test]
fn a_clock_may_be_wrong_as_far_as_allowed_and_no_further() {
    let sent = Sent::post();
    let at = |seconds: i64, skew| verify(&sent.message(), NOW.plus_seconds(seconds), skew, known).err();
    assert_eq!(at(60, 0), None);
    assert_eq!(at(61, 0), Some(Refusal::TooOld));
    assert_eq!(at(90, 30), None);
    assert_eq!(at(91, 30), Some(Refusal::TooOld));
    assert_eq!(at(-1, 0), Some(Refusal::FromTheFuture));
    assert_eq!(at(-30, 30), None);
    assert_eq!(at(-31, 30), Some(Refusal::FromTheFuture));
    assert_eq!(at(2 * 86_400, 30), Some(Refusal::TooOld));
    assert_eq!(at(2 * 86_400, 2 * 86_400), None);
}

#[test]
fn nothing_without_a_content_type_or_an_address_is_signed() {
    let mut sent = Sent::new("POST", "https://a.example/", b"x");
    sent.headers.clear();
    let sign = |sent: &Sent| signer().sign(&sent.message(), NOW, [0; 16]).err();
    assert_eq!(sign(&sent), Some(Refusal::Missing("content-type")));
    assert_eq!(sign(&Sent::new("GET", "/x", b"")), Some(Refusal::Malformed("@target-uri")));
    assert_eq!(Signer::new("did:web:köln.example", &[7; 32]).err(), Some(Refusal::Malformed("keyid")));
}

fn answer<'a>(headers: &'a HeaderMap, status: StatusCode, to: &'a HeaderMap) -> Message<'a> {
    Message { start: Start::Response { status, to }, headers, body: b"[]" }
}

#[test]
fn an_answer_belongs_to_one_request() {
    let asked = Sent::post();
    let other = Sent::new("GET", "https://kreis.example/", b"").signed();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let fields = signer().sign(&answer(&headers, StatusCode::OK, &asked.headers), NOW, [3; 16]).unwrap();
    headers.extend(fields);
    let check = |status, to| verify(&answer(&headers, status, to), NOW, SKEW, known).map(|found| found.keyid);
    assert_eq!(check(StatusCode::OK, &asked.headers), Ok(KEYID.to_owned()));
    assert_eq!(check(StatusCode::OK, &other.headers), Err(Refusal::Signature));
    assert_eq!(check(StatusCode::CREATED, &asked.headers), Err(Refusal::Signature));
    assert_eq!(check(StatusCode::OK, &HeaderMap::new()), Err(Refusal::Missing("signature")));
    let start = Start::Request { method: &asked.method, target: &asked.target };
    let as_request = Message { start, headers: &headers, body: b"[]" };
    assert_eq!(verify(&as_request, NOW, SKEW, known), Err(Refusal::Unsigned("@method")));
}

/// A place in a signed request, and what to put there instead.
fn changes() -> impl Strategy<Value = (usize, String)> {
    (0_usize..4, "[ -~]{0,40}")
}

proptest! {
    #[test]
    fn every_request_comes_back_and_no_changed_one_does(
        method in "GET|POST|PUT|DELETE|PATCH",
        path in "(/[a-zA-Z0-9._~-]{0,8}){1,4}(\\?[a-z0-9=&%]{0,12})?",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        (place, instead) in changes(),
        flip in any::<proptest::sample::Index>(),
    ) {
        let sent = Sent::new(&method, &format!("https://kreis.example{path}"), &body).signed();
        prop_assert!(sent.verify().is_ok());
        let mut changed = sent.clone();
        match place {
            0 => changed.method = Method::from_bytes(format!("X{method}").as_bytes()).unwrap(),
            1 => changed.target = format!("https://kreis.example{path}x").parse().unwrap(),
            2 if body.is_empty() => changed.body.push(0),
            2 => changed.body[flip.index(body.len())] ^= 1,
            _ => {
                let name = ["signature-input", "signature", "content-type", "content-digest"][flip.index(4)];
                let value = HeaderValue::from_str(&instead).unwrap();
                let same = sent.headers.get(name).is_some_and(|old| old == value);
                prop_assume!(!same && (!body.is_empty() || !name.starts_with("content")));
                changed.headers.insert(name, value);
            }
        }
        prop_assert!(changed.verify().is_err());
    }

    #[test]
    fn a_changed_byte_in_the_signed_parameters_is_refused(at in any::<proptest::sample::Index>(), to in b' '..=b'~') {
        let sent = Sent::post();
        let mut input = sent.text("signature-input").into_bytes();
        let at = at.index(input.len());
        prop_assume!(input[at] != to);
        input[at] = to;
        let changed = sent.set("signature-input", std::str::from_utf8(&input).unwrap());
        prop_assert!(changed.verify().is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(
        fields in proptest::collection::vec((0_usize..5, proptest::collection::vec(any::<u8>(), 0..80)), 0..6),
        like in "sig1=\\(([\"@;=a-z -]{0,60})\\)(;[a-z]{1,8}=[\"0-9:?@%a-z.-]{0,20}){0,6}",
    ) {
        let mut sent = Sent::post().set("signature-input", &like);
        let _ = sent.verify();
        let names = ["signature", "signature-input", "content-digest", "content-type", "x"];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                sent.headers.append(HeaderName::from_static(names[name]), value);
            }
        }
        let _ = sent.verify();
    }
}

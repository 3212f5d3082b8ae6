//! Lets programs in other languages sign and check messages with this crate: one JSON object from standard input, one
//! to standard output. For the tests in `tests/foreign`; no part of the node.

#![expect(clippy::unwrap_used, reason = "a test's helper that cannot go on should stop")]

use std::collections::HashMap;

use base::Time;
use http::{HeaderMap, Method, StatusCode, Uri};
use httpsig::{Message, Signer, Start, verify};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Order {
    /// `sign` or `verify`.
    order: String,
    method: String,
    target: String,
    /// For an answer: its status and the fields of the request.
    status: Option<u16>,
    #[serde(default)]
    to: HashMap<String, String>,
    headers: HashMap<String, String>,
    body: String,
    now: i64,
    keyid: String,
    /// The seed to sign with, or the public key to check with, as 32 numbers.
    key: [u8; 32],
}

fn fields(given: &HashMap<String, String>) -> HeaderMap {
    HeaderMap::try_from(given).unwrap()
}

fn main() {
    let order: Order = serde_json::from_reader(std::io::stdin()).unwrap();
    let (method, target): (Method, Uri) = (order.method.parse().unwrap(), order.target.parse().unwrap());
    let (headers, to) = (fields(&order.headers), fields(&order.to));
    let start = match order.status {
        Some(status) => Start::Response { status: StatusCode::from_u16(status).unwrap(), to: &to },
        None => Start::Request { method: &method, target: &target },
    };
    let message = Message { start, headers: &headers, body: order.body.as_bytes() };
    let now = Time(0).plus_seconds(order.now);
    let answer = if order.order == "sign" {
        let signer = Signer::new(&order.keyid, &order.key).unwrap();
        let added =
            signer.sign(&message, now, order.key.map(|byte| !byte)[..16].try_into().unwrap()).unwrap();
        let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
        json!(added.iter().map(|(name, value)| (name.to_string(), text(value))).collect::<HashMap<_, _>>())
    } else {
        match verify(&message, now, 5, |keyid| (keyid == order.keyid).then_some(order.key)) {
            Ok(verified) => json!({ "keyid": verified.keyid, "nonce": verified.nonce }),
            Err(refusal) => json!({ "refused": refusal.to_string() }),
        }
    };
    println!("{answer}");
}

//! What it costs to hand a case over, from the offer to the confirmed acceptance, beside the durable commits and the
//! signatures it cannot do without.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::{Grant, Role};
use base::FormId;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use federation::handover::{self as deeds, Phase};
use identity::Session;
use web::Member;

use crate::http::Request;
use crate::scale::{Sample, Served};
use crate::stores::raw_sqlite;
use crate::{ROUNDS, compare, cpu, precise};

/// Cases that are handed over in one measurement.
const CASES: u64 = 200;
/// Steps that must not be forgotten once they were answered: offered, taken in, accepted, heard of.
const STEPS: u64 = 4;
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// Handovers per second, and per second of processor time of both members.
pub(crate) async fn handovers() {
    let [mut ours, mut durable, mut spent, mut signed] = [const { vec![] }; 4];
    for _ in 0..ROUNDS {
        let (wall, processor) = hand_over().await;
        ours.push(precise(CASES) / wall.as_secs_f64());
        spent.push(precise(CASES) / processor.as_secs_f64());
        let folder = tempfile::tempdir().unwrap();
        let raw = folder.path().join("raw.db");
        durable.push(raw_sqlite(&raw, 1, (CASES * STEPS).cast_signed()).await / precise(STEPS));
        signed.push(signatures());
    }
    compare("handovers, one after the other, beside four bare durable commits for each", "/s", ours, durable);
    compare(
        "handovers per second of processor time of both members, beside four Ed25519 signatures made and checked",
        "/s",
        spent,
        signed,
    );
}

/// Lets one of two members hand all its cases over to the other; how long that took, and how much of the processor.
async fn hand_over() -> (Duration, Duration) {
    let sample = Sample::ring(2, 1).await;
    let [from, to] = sample.served() else { unreachable!("the ring has two") };
    let clerks = [Clerk::new(from).await, Clerk::new(to).await];
    let cases = report(from).await;
    let partner = to.member.node_keys().unwrap().did().to_string().replace('%', "%25");
    let (before, start) = (cpu(), Instant::now());
    for number in &cases {
        let path = format!("/arbeitsplatz/fall/{number}/weitergeben");
        clerks[0].send(&path, &format!("partner={partner}&text=Ihre+Stra%C3%9Fe")).await;
    }
    meet(from, to).await;
    for number in 1..=CASES {
        clerks[1].send(&format!("/arbeitsplatz/fall/{number}-2026"), "schritt=annehmen").await;
    }
    meet(from, to).await;
    let took = (start.elapsed(), cpu() - before);
    assert_eq!(accepted(from, to).await, CASES);
    took
}

/// Somebody who works at a member.
struct Clerk<'a> {
    at: &'a Served,
    cookie: String,
}

impl<'a> Clerk<'a> {
    async fn new(at: &'a Served) -> Self {
        let own = at.member.clone();
        let session = at.member.db.write("bench.clerk", move |tx| {
            let clock = (&own.clock, &own.entropy);
            let office = identity::add_office(tx, clock, "Tiefbauamt", "amt@stadt.example")?;
            own.modules.iter().try_for_each(|module| (module.set_up)(tx, office))?;
            report::add_api_key(tx, clock, KEY, "Test")?;
            let person = identity::citizen(tx, clock, "clerk@stadt.example")?;
            identity::grant(tx, person, &Grant { role: Role::Clerk, office: None, module: None })?;
            let session = Session { person, strong: true };
            let secret = identity::start_session(tx, &own.entropy, own.clock.now(), &session)?;
            Ok(secret.reveal().to_owned())
        });
        Self { at, cookie: format!("raum_session={}", session.await.unwrap()) }
    }

    async fn send(&self, path: &str, form: &str) {
        let own = &self.at.member;
        let form = format!("{form}&_form={}", FormId::new(&own.clock, &own.entropy));
        let request = Request::post_to(&own.settings.host, path, &self.cookie, &form);
        let answer = request.answer(self.at.address()).await;
        assert!(answer.head.starts_with("HTTP/1.1 303"), "{path}: {}", answer.head);
    }
}

/// The numbers of reports that a program sent.
async fn report(at: &Served) -> Vec<String> {
    let host = &at.member.settings.host;
    let form =
        format!("api_key={KEY}&service_code=laterne&lat=50.94&long=6.96&description=Die+Laterne+ist+dunkel");
    let request = Request::post_to(host, "/open311/v2/requests.json", "", &form);
    let mut numbers = Vec::new();
    for _ in 0..CASES {
        let answer = request.answer(at.address()).await;
        let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        numbers.push(told[0]["service_request_id"].as_str().unwrap().to_owned());
    }
    numbers
}

/// Tells the other what there is, and lets both do what follows from it.
async fn meet(one: &Served, other: &Served) {
    for (own, to) in [(one, other), (other, one)] {
        web::handover::meet(&own.member, to.member.node_keys().unwrap().did()).await.unwrap();
        work(&other.member).await;
        work(&one.member).await;
    }
}

async fn work(member: &Arc<Member>) {
    while web::server::work_once(member).await.unwrap() {}
}

/// Cases that both say the other has, with nothing that was not confirmed.
async fn accepted(from: &Served, to: &Served) -> u64 {
    let mut counts = Vec::new();
    for (own, other) in [(from, to), (to, from)] {
        let did = other.member.node_keys().unwrap().did().clone();
        let count = own.member.db.read("bench.accepted", move |tx| {
            let mut count = 0;
            for handover in deeds::of_partner(tx, &did, i64::MAX)? {
                let is_confirmed =
                    deeds::acts(tx, handover.id)?.iter().all(|act| !act.own || act.receipt.is_some());
                count += u64::from(handover.phase == Phase::Accepted && is_confirmed);
            }
            Ok(count)
        });
        counts.push(count.await.unwrap());
    }
    counts.into_iter().min().unwrap_or(0)
}

/// As many signatures made and checked as handovers have steps, in handovers per second of processor time.
fn signatures() -> f64 {
    let key = SigningKey::from_bytes(&[1; 32]);
    let (text, checked) = ([7; 200], VerifyingKey::from(&key));
    let before = cpu();
    for _ in 0..CASES * STEPS * 10 {
        checked.verify_strict(&text, &black_box(key.sign(black_box(&text)))).unwrap();
    }
    precise(CASES * 10) / (cpu() - before).as_secs_f64()
}

//! A member that has another key: what it signed stays signed, and it gets out of what it agreed to with the old one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(unreachable_pub, dead_code, reason = "helpers of tests")]

mod common;

use common::*;
use federation::agreement::{Agreement, Deed, Document, Refusal, Trust};
use federation::papers::Papers;
use federation::peers::{self, Keyring};
use federation::{At, Did, Identity, Vkey};
use testkit::Fresh;

/// Somebody who compared all of these members' keys.
struct Known<'a>(&'a [&'a Member]);

impl Trust for Known<'_> {
    fn knows(&self, did: &Did, key: &Vkey) -> bool {
        self.keys(did).contains(key)
    }

    fn keys(&self, did: &Did) -> Vec<Vkey> {
        self.0.iter().filter(|member| member.did == *did).map(|member| member.vkey()).collect()
    }
}

fn refusals(agreement: &Agreement<'_>) -> Vec<Refusal> {
    agreement.refused().iter().map(|refused| refused.why).collect()
}

#[test]
fn a_new_key_ends_what_the_old_one_agreed_to_and_agrees_to_nothing() {
    let (koeln, bonn, bonn_later) = (Member::new("koeln", 1), Member::new("bonn", 2), Member::new("bonn", 3));
    let document = koeln.propose(&terms(&[&koeln, &bonn]));
    let accepted = bonn.act(&document, noon("2026-02-01"), Deed::Accept);
    let ended = bonn_later.act(&document, noon("2026-03-01"), end());
    let (before, after) = ([&koeln, &bonn], [&koeln, &bonn, &bonn_later]);
    let now = noon("2026-06-01");

    let agreement = Agreement::of(&document, [&accepted], &Known(&after), now);
    assert!(agreement.bond(&koeln.did, &bonn.did).unwrap().lets_flow(now), "the old signature counts");
    let agreement = Agreement::of(&document, [&accepted, &ended], &Known(&before), now);
    assert_eq!(refusals(&agreement), [Refusal::Unsigned], "a key nobody has compared ends nothing");
    assert!(agreement.bond(&koeln.did, &bonn.did).unwrap().lets_flow(now));
    let agreement = Agreement::of(&document, [&accepted, &ended], &Known(&after), now);
    assert_eq!(refusals(&agreement), []);
    assert!(!agreement.bond(&koeln.did, &bonn.did).unwrap().lets_flow(now));
    assert_eq!(agreement.consents()[&bonn.did].closed, Some(noon("2026-03-01")));

    let accepted = bonn_later.act(&document, noon("2026-02-01"), Deed::Accept);
    let agreement = Agreement::of(&document, [&accepted], &Known(&after), now);
    assert_eq!(refusals(&agreement), [Refusal::Unsigned], "the text names another key");
    assert!(agreement.bond(&koeln.did, &bonn.did).is_none());
    let agreement = Agreement::of(&document, [&ended], &Known(&[&koeln, &bonn_later]), now);
    assert_eq!(refusals(&agreement), [Refusal::StrangeKey], "the key that the text names was never compared");
}

fn identity(member: &Member) -> Identity {
    let keys = member.party().keys;
    let (did, services) = (member.did.clone(), [].into());
    let (name, contact) = ("Bonn".into(), "amt@bonn.example".into());
    Identity { did, name, ars: "05314".parse().unwrap(), contact, keys, services }
}

#[tokio::test]
async fn a_key_that_was_given_up_signs_nothing_new_and_a_stolen_one_nothing_at_all() {
    for fresh in Fresh::everywhere() {
        let migrations: Vec<_> = [store::MIGRATIONS, ledger::MIGRATIONS, federation::MIGRATIONS].concat();
        let db = fresh.open(&migrations, None).unwrap();
        let (bonn, later) = (Member::new("bonn", 2), Member::new("bonn", 3));
        let pin = async |member: &Member, stolen: bool, day: &str| {
            let (identity, at) = (identity(member), noon(day));
            let write =
                move |tx: &mut store::Tx<'_>| peers::pin(tx, "https://bonn.example", &identity, stolen, at);
            db.write("test.pin", write).await.unwrap();
            db.read("test.keys", peers::keyring).await.unwrap()
        };
        let takes = |keys: &Keyring, member: &Member, day| keys.takes(&bonn.did, &member.vkey(), noon(day));
        let keys = pin(&bonn, false, "2026-01-01").await;
        assert!(takes(&keys, &bonn, "2026-09-01") && !takes(&keys, &later, "2026-09-01"));

        let keys = pin(&later, false, "2026-06-01").await;
        assert!(takes(&keys, &later, "2026-09-01"));
        assert!(takes(&keys, &bonn, "2026-05-31"), "what it signed before may still arrive");
        assert!(!takes(&keys, &bonn, "2026-06-02"));
        assert!(keys.knows(&bonn.did, &bonn.vkey()) && keys.is_ended(&bonn.did, &bonn.vkey()));

        let keys = pin(&later, true, "2026-07-01").await;
        assert!(!takes(&keys, &bonn, "2026-05-31"), "who stole it can write any date");
        assert!(keys.knows(&bonn.did, &bonn.vkey()), "what is here already stays valid");
        let keys = pin(&later, false, "2026-08-01").await;
        assert!(!takes(&keys, &bonn, "2026-05-31"), "a stolen key stays stolen");

        let did = bonn.did.clone();
        let at = noon("2026-09-01");
        assert!(db.write("test.forget", move |tx| peers::forget(tx, &did, at)).await.unwrap());
        let (did, keys) = (bonn.did.clone(), db.read("test.keys", peers::keyring).await.unwrap());
        assert!(db.read("test.one", move |tx| peers::one(tx, &did)).await.unwrap().is_none());
        assert!(keys.knows(&bonn.did, &later.vkey()) && !takes(&keys, &later, "2026-09-02"));
    }
}

#[test]
fn a_keyring_trusts_what_is_in_it() {
    let (koeln, bonn) = (Member::new("koeln", 1), Member::new("bonn", 2));
    let mut terms = terms(&[&koeln, &bonn]);
    terms.proposed = At::new(noon("2026-01-02"));
    let document = koeln.propose(&terms);
    let accepted = bonn.act(&document, noon("2026-02-01"), Deed::Accept);
    let keys = Keyring::default().with(&koeln.did, &koeln.vkey()).with(&bonn.did, &bonn.vkey());
    assert_eq!(keys.signed(&accepted), Some(bonn.vkey()));
    assert_eq!(keys.signed(&Member::new("bonn", 9).act(&document, noon("2026-02-01"), Deed::Accept)), None);
    let papers = Papers { documents: vec![document], acts: vec![accepted] };
    let book = papers.book(&keys, noon("2026-03-01"));
    assert!(book.agreements()[0].bond(&koeln.did, &bonn.did).is_some());
    assert_eq!(Document::hash(&papers.documents[0]), papers.acts[0].document());
}

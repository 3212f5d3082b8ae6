//! Two regions, Rheinland and Rhein-Neckar, exchange under a letter of intent by the same means as neighbours do: no
//! member is special, and nobody speaks for its region.

use axum::http::StatusCode;
use base::Clock;
use federation::agreement::Source;
use federation::papers::Papers;
use federation::peers;
use federation::{Day, Hash};
use ledger::PUBLIC;

use crate::clock;
use crate::town::{HERE, Town, agreement, engines};

/// Whether what both signed lets `to` have the public record of `from`, as `at` works it out for itself.
async fn flows(at: &Town, from: &Town, to: &Town) -> bool {
    let (from, to) = (from.did().clone(), to.did().clone());
    let (own, keys, now) = (at.did().clone(), at.keys.public().agreements.clone(), at.member.clock.now());
    let read = move |tx: &mut store::Tx<'_>| {
        let (papers, keyring) = (Papers::load(tx)?, peers::keyring(tx)?.with(&own, &keys));
        let book = papers.book(&keyring, now);
        Ok(book.flow(&from, &to, &Source::Feed(PUBLIC.into()), now).is_some())
    };
    at.member.db.read("test.flows", read).await.unwrap()
}

async fn intend(from: &Town, to: &Town) -> Hash {
    let today = Day::of(from.member.clock.now());
    let (first, by, did) = (today.to_string(), today.plus_days(30).to_string(), to.did().to_string());
    let fields = [
        ("art", "intent"),
        ("titel", "Rheinland und Rhein-Neckar lernen voneinander"),
        ("zweck", "Ergebnisse von Erprobungen austauschen."),
        ("grundlage", "Art. 28 Abs. 2 GG"),
        ("ab", &first),
        ("annahme", &by),
        ("frist", "0"),
        ("austausch", "1"),
        ("partei[]", &did),
    ];
    let sent = from.post(&format!("{HERE}/vorschlagen"), &fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    sent.location.rsplit('/').next().unwrap().parse().unwrap()
}

async fn towns(fresh: fn() -> testkit::Fresh, clock: &Clock) -> [Town; 4] {
    let mut all = [
        Town::new(fresh(), "koeln", 1, clock).await,
        Town::new(fresh(), "bonn", 2, clock).await,
        Town::new(fresh(), "mannheim", 3, clock).await,
        Town::new(fresh(), "heidelberg", 4, clock).await,
    ];
    for town in &mut all {
        town.start().await;
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_intent_lets_two_regions_exchange_and_its_ending_stops_it() {
    for fresh in engines() {
        let clock = clock();
        let all = towns(fresh, &clock).await;
        let keys: Vec<_> = all.iter().map(|town| town.member.settings.ars.to_string()).collect();
        assert_eq!(
            keys,
            ["05315", "05314", "08222", "08221"],
            "North Rhine-Westphalia and Baden-Württemberg"
        );
        let [koeln, bonn, mannheim, heidelberg] = &all;
        // Whoever begins and whoever ends it: it is the same from every side.
        for (one, other, ends) in [(koeln, mannheim, mannheim), (heidelberg, bonn, heidelberg)] {
            one.meet(other).await;
            other.meet(one).await;
            for at in [one, other] {
                assert!(!flows(at, one, other).await && !flows(at, other, one).await);
            }
            let hash = intend(one, other).await;
            one.work().await;
            assert!(!flows(other, one, other).await, "what one wants alone binds nobody");
            clock.advance(60);
            let accepted = other.post(&agreement(hash), &[("schritt", "annehmen")]).await;
            assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.body);
            other.work().await;
            for at in [one, other] {
                assert!(flows(at, one, other).await && flows(at, other, one).await);
                let page = at.public(&format!("/verbund/vereinbarungen/{hash}")).await;
                assert_eq!(page.status, StatusCode::OK, "everybody can read it");
            }
            // Nobody else of either region is bound by it, nor knows of it without being told.
            for third in all.iter().filter(|town| ![one.did(), other.did()].contains(&town.did())) {
                assert!(!flows(third, one, other).await);
                assert!(!flows(one, one, third).await && !flows(other, third, other).await);
            }
            clock.advance(60);
            let ended = [("schritt", "beenden"), ("grund", "Die Region geht eigene Wege.")];
            let ended = ends.post(&agreement(hash), &ended).await;
            assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
            ends.work().await;
            for at in [one, other] {
                assert!(!flows(at, one, other).await && !flows(at, other, one).await);
                assert_eq!(at.standing(hash).await, "beendet");
            }
        }
    }
}

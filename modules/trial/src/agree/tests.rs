use base::{Clock, Entropy};
use federation::NodeKeys;
use federation::agreement::{Act, Deed, Document};
use ledger::Keys;
use proptest::prelude::*;
use web::{Better, Unit};

use super::*;
use crate::model::{Measure, Span};

const HOUR: i64 = 3600;

fn member(host: &str, seed: u8) -> NodeKeys {
    NodeKeys::new(&format!("https://{host}"), &Keys::new(host, [seed; 32])).unwrap()
}

fn party(keys: &NodeKeys) -> Party {
    let (did, keys) = (keys.did().clone(), keys.public().clone());
    Party { name: did.host(), did, ars: "05315".parse().unwrap(), keys }
}

fn start() -> Time {
    Time::parse_rfc3339("2026-11-01T09:00:00Z").unwrap()
}

fn plan() -> Plan {
    let day = |text: &str| text.parse::<Day>().unwrap();
    Plan {
        title: "Abends antworten".into(),
        question: "Wird schneller geantwortet?".into(),
        tried: "Zwei Stunden länger.".into(),
        baseline: Span { first: day("2026-01-01"), last: day("2026-06-30") },
        period: Span { first: day("2026-11-01"), last: day("2027-03-31") },
        indicators: vec![Measure { key: "report.opened".into(), unit: Unit::Count, better: Better::Neither }],
    }
}

fn trial(seed: u64) -> TrialId {
    TrialId::new(&Clock::fixed(Time(0)), &Entropy::seeded(seed))
}

fn paper(id: TrialId, proposer: &NodeKeys, other: &NodeKeys) -> Document {
    let agreement = AgreementId::new(&Clock::fixed(start()), &Entropy::seeded(1));
    let indicators = ["Eingegangene Anliegen".to_owned()];
    let terms = terms(agreement, (id, &plan(), &indicators), (party(proposer), party(other)), start());
    Document::parse(&Document::propose(&terms, proposer.agreements()).unwrap()).unwrap()
}

fn act(document: &Document, keys: &NodeKeys, hours: i64, deed: Deed) -> Act {
    let at = start().plus_seconds(hours * HOUR);
    let note = Act::sign(document.hash(), keys.did().clone(), at, deed, keys.agreements()).unwrap();
    Act::parse(&note).unwrap()
}

fn ends() -> Deed {
    Deed::End { reason: "genug".into() }
}

#[test]
fn what_is_signed_names_the_trial_obliges_nobody_and_can_be_read_by_people() {
    let [koeln, bonn] = [member("koeln.example", 1), member("bonn.example", 2)];
    let document = paper(trial(1), &koeln, &bonn);
    let terms = document.terms();
    assert_eq!(trial_of(terms), Some(trial(1)));
    assert!(terms.duties.is_empty() && terms.authorities.is_empty() && terms.notice_days == 0);
    for word in ["Wird schneller geantwortet?", "2026-11-01", "Eingegangene Anliegen"] {
        assert!(terms.purpose.contains(word), "{word}");
    }
    let mut other = terms.clone();
    other.kind = Kind::Topic;
    assert_eq!(trial_of(&other), None);
    other.kind = Kind::Trial;
    other.flows.clear();
    assert_eq!(trial_of(&other), None);
}

#[test]
fn who_only_was_asked_takes_no_part_and_a_text_without_the_leader_makes_nobody_part_of_it() {
    let [koeln, bonn, kreis] =
        [member("koeln.example", 1), member("bonn.example", 2), member("kreis.example", 3)];
    let documents =
        [paper(trial(1), &koeln, &bonn), paper(trial(1), &kreis, &bonn), paper(trial(2), &koeln, &kreis)];
    let acts = [act(&documents[1], &bonn, 1, Deed::Accept), act(&documents[2], &kreis, 1, Deed::Accept)];
    let book =
        Book::of(&documents, &acts, &|_: &Did, _: &federation::Vkey| true, start().plus_seconds(48 * HOUR));
    assert_eq!(participants(&book, trial(1), koeln.did()), []);
    let found = participants(&book, trial(2), koeln.did());
    assert_eq!(found.iter().map(|own| &own.member).collect::<Vec<_>>(), [kreis.did()]);
}

proptest! {
    /// Whatever the two do, in whatever order it is heard of: who takes part signed, and who ended it does so no more.
    #[test]
    fn nobody_takes_part_who_did_not_sign_and_everybody_can_leave(
        asks in any::<bool>(),
        deeds in proptest::collection::vec((any::<bool>(), 0_u8..3, 1_i64..200), 0..8),
        turned in any::<bool>(),
    ) {
        let [leader, other] = [member("koeln.example", 1), member("bonn.example", 2)];
        let document = if asks { paper(trial(1), &other, &leader) } else { paper(trial(1), &leader, &other) };
        let mut acts: Vec<_> = deeds
            .iter()
            .map(|(is_leader, what, hours)| {
                let deed = match what {
                    0 => Deed::Accept,
                    1 => Deed::Refuse { reason: "nein".into() },
                    _ => ends(),
                };
                act(&document, if *is_leader { &leader } else { &other }, *hours, deed)
            })
            .collect();
        if turned {
            acts.reverse();
        }
        let now = start().plus_seconds(300 * HOUR);
        let documents = [document];
        let book = Book::of(&documents, &acts, &|_: &Did, _: &federation::Vkey| true, now);
        let found = participants(&book, trial(1), leader.did());
        let accepted = |who: bool| deeds.iter().any(|(is_leader, what, _)| *is_leader == who && *what == 0);
        // Who proposes has signed; the other must have accepted.
        prop_assert!(found.is_empty() || accepted(asks));
        prop_assert!(found.iter().all(|own| own.member == *other.did()));
        let is_ended = deeds.iter().any(|(_, what, _)| *what == 2);
        if let Some(own) = found.first().filter(|_| is_ended) {
            let bond = book.bond(&book.agreements()[0], leader.did(), other.did()).unwrap();
            prop_assert!(!bond.lets_flow(now), "an ending stops it");
            prop_assert!(own.until.is_some());
        }
    }
}

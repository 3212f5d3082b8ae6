//! Who is bound by what, told as stories of three cities.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(unreachable_pub, reason = "helpers of tests")]

mod common;

use base::Time;
use common::*;
use federation::agreement::{Act, Agreement, Deed, Document, Refusal, Rhythm, Terms};
use federation::{Balance, Hash, Vkey};

struct Three {
    koeln: Member,
    bonn: Member,
    kreis: Member,
}

fn three() -> Three {
    Three { koeln: Member::new("koeln", 1), bonn: Member::new("bonn", 2), kreis: Member::new("kreis", 3) }
}

impl Three {
    fn all(&self) -> [&Member; 3] {
        [&self.koeln, &self.bonn, &self.kreis]
    }

    /// Everybody pays everybody ten euros a month and lets it have a feed.
    fn terms(&self) -> Terms {
        let mut terms = terms(&self.all());
        for from in self.all() {
            for to in self.all().into_iter().filter(|to| to.did != from.did) {
                terms.duties.push(money(from, to, 1000, Rhythm::Monthly));
                terms.flows.push(flow(from, to));
            }
        }
        terms
    }

    fn open(&self, documents: &[Document], acts: &[Act], from: &Member, to: &Member, today: &str) -> i64 {
        let book = book(&self.all(), documents, acts, noon(today));
        let balance = Balance::of(&book.claims(day(today)), &book.received()).unwrap();
        balance.between(&from.did, &to.did).open
    }

    fn flows(&self, documents: &[Document], acts: &[Act], from: &Member, to: &Member, at: Time) -> bool {
        book(&self.all(), documents, acts, at).flow(&from.did, &to.did, &feed(), at).is_some()
    }

    fn refusals(&self, document: &Document, acts: &[Act], now: Time) -> Vec<Refusal> {
        let is_key = |did: &federation::Did, key: &Vkey| {
            self.all().iter().any(|member| member.did == *did && member.vkey() == *key)
        };
        Agreement::of(document, acts, &is_key, now).refused().iter().map(|refused| refused.why).collect()
    }
}

#[test]
fn an_offer_binds_nobody_and_its_acceptance_binds_two() {
    let cities = three();
    let document = cities.koeln.propose(&cities.terms());
    let documents = [document.clone()];
    let Three { koeln, bonn, kreis } = &cities;
    assert_eq!(cities.open(&documents, &[], koeln, bonn, "2027-01-01"), 0);
    assert!(!cities.flows(&documents, &[], koeln, bonn, noon("2026-06-01")));

    let acts = [bonn.act(&document, noon("2026-03-10"), Deed::Accept)];
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2026-04-09"), 0);
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2026-04-10"), 1000);
    assert_eq!(cities.open(&documents, &acts, bonn, koeln, "2027-03-10"), 12_000);
    assert!(cities.flows(&documents, &acts, koeln, bonn, noon("2026-03-10")));
    assert!(!cities.flows(&documents, &acts, koeln, bonn, time("2026-03-10T10:59:59Z")));
    for other in [koeln, bonn] {
        assert_eq!(cities.open(&documents, &acts, kreis, other, "2027-03-10"), 0);
        assert_eq!(cities.open(&documents, &acts, other, kreis, "2027-03-10"), 0);
        assert!(!cities.flows(&documents, &acts, kreis, other, noon("2026-06-01")));
    }
}

#[test]
fn nothing_begins_before_it_is_valid_or_lasts_longer() {
    let cities = three();
    let mut terms = cities.terms();
    terms.until = Some(day("2026-04-30"));
    let document = cities.koeln.propose(&terms);
    let acts = [cities.bonn.act(&document, noon("2026-01-02"), Deed::Accept)];
    let documents = [document];
    let Three { koeln, bonn, .. } = &cities;
    let flows = |at| cities.flows(&documents, &acts, koeln, bonn, at);
    assert!(!flows(time("2026-01-31T22:59:59Z")) && flows(time("2026-01-31T23:00:00Z")));
    assert!(flows(time("2026-04-30T21:59:59Z")) && !flows(time("2026-04-30T22:00:00Z")));
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2026-02-28"), 0);
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2026-03-01"), 1000);
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2030-01-01"), 3000);
}

#[test]
fn either_side_ends_it_data_stops_at_once_and_money_after_the_notice() {
    let cities = three();
    let document = cities.koeln.propose(&cities.terms());
    let Three { koeln, bonn, kreis } = &cities;
    let acts = [
        bonn.act(&document, noon("2026-02-01"), Deed::Accept),
        kreis.act(&document, noon("2026-02-01"), Deed::Accept),
        bonn.act(&document, noon("2026-05-02"), end()),
    ];
    let documents = [document];
    for (from, to) in [(koeln, bonn), (bonn, koeln), (kreis, bonn)] {
        assert!(cities.flows(&documents, &acts, from, to, time("2026-05-02T10:59:59Z")));
        assert!(!cities.flows(&documents, &acts, from, to, noon("2026-05-02")));
        // Thirty days after 2 May is 1 June: May is owed, June is not.
        assert_eq!(cities.open(&documents, &acts, from, to, "2027-01-01"), 4000);
    }
    assert_eq!(cities.open(&documents, &acts, koeln, kreis, "2027-02-01"), 12_000);
    assert!(cities.flows(&documents, &acts, koeln, kreis, noon("2027-01-01")));
}

#[test]
fn what_was_received_is_no_longer_owed_and_pays_for_nothing_else() {
    let cities = three();
    let Three { koeln, bonn, kreis } = &cities;
    let document = koeln.propose(&cities.terms());
    let to_bonn =
        document.terms().duties.iter().position(|duty| duty.from == koeln.did && duty.to == bonn.did);
    let received = |cents: i64| Deed::Received { duty: to_bonn.unwrap(), cents: cents.try_into().unwrap() };
    let acts = [
        bonn.act(&document, noon("2026-02-01"), Deed::Accept),
        kreis.act(&document, noon("2026-02-01"), Deed::Accept),
        bonn.act(&document, noon("2026-03-05"), received(400)),
        koeln.act(&document, noon("2026-03-05"), received(600)),
    ];
    assert_eq!(cities.refusals(&document, &acts, noon("2026-04-01")), [Refusal::NotTheCreditor]);
    let documents = [document.clone()];
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2026-03-05"), 600);
    let more = [acts[0].clone(), acts[1].clone(), bonn.act(&document, noon("2026-03-05"), received(5000))];
    let book = book(&cities.all(), &documents, &more, noon("2026-03-05"));
    let balance = Balance::of(&book.claims(day("2026-03-05")), &book.received()).unwrap();
    let account = balance.debts(&koeln.did);
    assert_eq!((account.agreed, account.received, account.open, account.excess), (2000, 5000, 1000, 4000));
    assert_eq!(balance.between(&bonn.did, &koeln.did).open, 1000);
    assert_eq!(balance.under(document.hash()).agreed, 6000);
}

#[test]
fn a_new_version_moves_only_those_who_sign_it() {
    let cities = three();
    let Three { koeln, bonn, kreis } = &cities;
    let first = koeln.propose(&cities.terms());
    let mut terms = cities.terms();
    terms.version = 2;
    terms.replaces = Some(first.hash());
    terms.from = day("2026-08-01");
    terms.duties.iter_mut().for_each(|duty| {
        let federation::agreement::Owed::Money { cents, .. } = &mut duty.owed else { return };
        *cents = 2000.try_into().unwrap();
    });
    terms.flows.clear();
    let second = koeln.propose(&terms);
    assert_eq!(second.check_follows(&first), Ok(()));
    assert_eq!(first.check_follows(&second).unwrap_err().at, "version");
    let acts = [
        bonn.act(&first, noon("2026-02-01"), Deed::Accept),
        kreis.act(&first, noon("2026-02-01"), Deed::Accept),
        bonn.act(&second, noon("2026-07-01"), Deed::Accept),
    ];
    let documents = [first, second];
    // Six months by the old version, five by the new one.
    assert_eq!(cities.open(&documents, &acts, koeln, bonn, "2027-01-01"), 6 * 1000 + 5 * 2000);
    assert_eq!(cities.open(&documents, &acts, koeln, kreis, "2027-01-01"), 11 * 1000);
    assert!(cities.flows(&documents, &acts, koeln, bonn, noon("2026-07-31")));
    assert!(!cities.flows(&documents, &acts, koeln, bonn, noon("2026-08-01")));
    assert!(cities.flows(&documents, &acts, bonn, kreis, noon("2026-08-01")));
    // The old version does not come back when the new one ends.
    let ended = [acts.to_vec(), vec![bonn.act(&documents[1], noon("2026-08-02"), end())]].concat();
    assert_eq!(cities.open(&documents, &ended, koeln, bonn, "2027-01-01"), 6 * 1000 + 2000);
    assert!(!cities.flows(&documents, &ended, koeln, bonn, noon("2026-12-01")));
}

#[test]
fn work_data_and_acting_for_another_exist_only_between_those_who_signed() {
    let cities = three();
    let Three { koeln, bonn, kreis } = &cities;
    let mut terms = terms(&cities.all());
    terms.duties = vec![work(bonn, koeln), work(kreis, koeln)];
    terms.authorities = vec![authority(kreis, koeln), authority(bonn, koeln)];
    let documents = [koeln.propose(&terms)];
    let acts = [
        bonn.act(&documents[0], noon("2026-02-01"), Deed::Accept),
        bonn.act(&documents[0], noon("2026-03-01"), end()),
    ];
    let at = |at: Time| {
        let book = book(&cities.all(), &documents, &acts, at);
        let duties: Vec<_> = book.duties(at).map(|(_, index, _)| index).collect();
        let acting = |competent: &Member| book.authorities(&competent.did, &koeln.did, at).count();
        (duties, acting(bonn), acting(kreis))
    };
    assert_eq!(at(noon("2026-01-15")), (vec![], 0, 0));
    assert_eq!(at(noon("2026-02-15")), (vec![0], 1, 0));
    assert_eq!(at(noon("2026-03-15")), (vec![0], 0, 0));
    assert_eq!(at(noon("2026-03-31")), (vec![], 0, 0));
}

#[test]
fn acts_that_do_not_count_are_named_with_their_reason() {
    let cities = three();
    let Three { koeln, bonn, kreis } = &cities;
    let document = koeln.propose(&cities.terms());
    let other = koeln.propose(&Terms { title: "Etwas anderes".into(), ..cities.terms() });
    let mallory = Member { did: bonn.did.clone(), signer: Member::new("bonn", 66).signer };
    let stranger = Member::new("stranger", 9);
    let refuse = || Deed::Refuse { reason: "zu teuer".into() };
    let withdraw = || Deed::Withdraw { reason: "Irrtum".into() };
    let accept = |who: &Member, day: &str| who.act(&document, noon(day), Deed::Accept);
    let cases: Vec<(Vec<Act>, Vec<Refusal>)> = vec![
        (vec![bonn.act(&other, noon("2026-02-01"), Deed::Accept)], vec![Refusal::OtherDocument]),
        (vec![accept(&stranger, "2026-02-01")], vec![Refusal::NotAParty]),
        (vec![accept(&mallory, "2026-02-01")], vec![Refusal::Unsigned]),
        (vec![accept(bonn, "2026-06-02")], vec![Refusal::FromTheFuture]),
        (vec![accept(bonn, "2025-12-31")], vec![Refusal::BeforeProposal]),
        (vec![accept(bonn, "2026-02-01"), accept(bonn, "2026-02-01")], vec![]),
        (vec![accept(bonn, "2026-02-01"), accept(bonn, "2026-02-02")], vec![Refusal::Again]),
        (vec![accept(koeln, "2026-02-01")], vec![Refusal::Again]),
        (vec![bonn.act(&document, noon("2026-02-01"), end())], vec![Refusal::NothingToEnd]),
        (
            vec![
                accept(bonn, "2026-02-01"),
                bonn.act(&document, noon("2026-02-02"), end()),
                accept(bonn, "2026-02-03"),
            ],
            vec![Refusal::Closed],
        ),
        (
            vec![bonn.act(&document, noon("2026-02-01"), refuse()), accept(bonn, "2026-02-02")],
            vec![Refusal::Closed],
        ),
        (vec![bonn.act(&document, noon("2026-02-01"), withdraw())], vec![Refusal::NotTheProposer]),
        (
            vec![koeln.act(&document, noon("2026-02-01"), withdraw()), accept(kreis, "2026-02-02")],
            vec![Refusal::Withdrawn],
        ),
        (
            vec![
                accept(bonn, "2026-02-01"),
                bonn.act(&document, noon("2026-02-02"), end()),
                bonn.act(&document, noon("2026-02-03"), end()),
            ],
            vec![Refusal::Again],
        ),
    ];
    for (acts, why) in cases {
        assert_eq!(cities.refusals(&document, &acts, noon("2026-06-01")), why, "{acts:#?}");
    }
    let late = accept(bonn, "2027-01-01");
    assert_eq!(cities.refusals(&document, &[late], noon("2027-06-01")), [Refusal::TooLate]);
}

#[test]
fn a_document_that_names_a_false_key_for_somebody_binds_them_to_nothing() {
    let cities = three();
    let Three { koeln, bonn, .. } = &cities;
    let false_bonn = Member { did: bonn.did.clone(), signer: Member::new("bonn", 66).signer };
    let mut terms = terms(&[koeln, &false_bonn]);
    terms.duties.push(money(&false_bonn, koeln, 500_000, Rhythm::Monthly));
    let document = koeln.propose(&terms);
    let acts = [false_bonn.act(&document, noon("2026-02-01"), Deed::Accept)];
    assert_eq!(cities.refusals(&document, &acts, noon("2026-06-01")), [Refusal::StrangeKey]);
    let documents = [document];
    assert_eq!(cities.open(&documents, &acts, bonn, koeln, "2027-01-01"), 0);
    // And the true Bonn does not accept by accident: its key is not the one the document pins.
    let acts = [bonn.act(&documents[0], noon("2026-02-01"), Deed::Accept)];
    assert_eq!(cities.refusals(&documents[0], &acts, noon("2026-06-01")), [Refusal::StrangeKey]);

    // A proposal under somebody else's name is no consent of theirs.
    let terms = Terms { proposer: bonn.did.clone(), ..terms };
    let documents = [false_bonn.propose(&terms)];
    let acts = [koeln.act(&documents[0], noon("2026-02-01"), Deed::Accept)];
    assert_eq!(cities.open(&documents, &acts, bonn, koeln, "2027-01-01"), 0);
}

#[test]
fn a_changed_text_is_not_what_was_signed() {
    let cities = three();
    let note = Document::propose(&cities.terms(), &cities.koeln.signer).unwrap();
    for (from, to) in [("1000", "9000"), ("monthly", "yearly"), ("Grenze", "Grenzen"), ("}\n\n", "} \n\n")] {
        let changed = note.replacen(from, to, 1);
        assert_ne!(changed, note);
        assert_eq!(Document::parse(&changed).unwrap_err().at, "signature", "{from}");
    }
    let document = Document::parse(&note).unwrap();
    assert_eq!(document.hash(), Hash::of(&document.note().text));
    assert_eq!(document.note().to_string(), note);
    let act = cities.bonn.act(&document, noon("2026-02-01"), Deed::Accept).note().to_string();
    let changed = Act::parse(&act.replace("2026-02-01", "2026-02-02")).unwrap();
    assert_eq!(cities.refusals(&document, &[changed], noon("2026-06-01")), [Refusal::BadSignature]);
    assert!(cities.bonn.act(&document, noon("2026-02-01"), end()).is_fresh(noon("2026-02-02"), 86_400));
    assert!(!cities.bonn.act(&document, noon("2026-02-01"), end()).is_fresh(noon("2026-02-03"), 86_400));
}

#[test]
fn terms_that_make_no_sense_are_refused_with_their_place() {
    type Change = fn(&mut Terms, &Three);
    let cases: Vec<(&str, Change)> = vec![
        ("version", |terms, _| terms.version = 0),
        ("replaces", |terms, _| terms.version = 2),
        ("replaces", |terms, _| terms.replaces = Some(Hash::of(""))),
        ("title", |terms, _| terms.title = " ".into()),
        ("purpose", |terms, _| terms.purpose = "x".repeat(10_001)),
        ("accept_by", |terms, _| terms.accept_by = day("2025-12-31")),
        ("until", |terms, _| terms.until = Some(day("2026-01-31"))),
        ("notice_days", |terms, _| terms.notice_days = 2000),
        ("parties", |terms, _| terms.parties.truncate(1)),
        ("parties[3].did", |terms, cities| terms.parties.push(cities.bonn.party())),
        ("parties[1].keys.agreements", |terms, cities| {
            terms.parties[1].keys.agreements = Member::new("bonn", 1).vkey();
            assert_ne!(terms.parties[1].keys.agreements, cities.koeln.vkey());
        }),
        ("parties[1].keys.agreements", |terms, cities| {
            terms.parties[1].keys.agreements = cities.kreis.vkey();
        }),
        ("proposer", |terms, _| terms.proposer = Member::new("other", 5).did),
        ("duties[1]", |terms, _| terms.duties[1].to = Member::new("other", 5).did),
        ("duties[0]", |terms, _| terms.duties[0].to = terms.duties[0].from.clone()),
        ("flows[0]", |terms, _| terms.flows[0].from = Member::new("other", 5).did),
        ("flows[0].data", |terms, _| terms.flows[0].data.clear()),
        ("flows[0].source", |terms, _| {
            terms.flows[0].source = federation::agreement::Source::Feed("../x y".into());
        }),
        ("duties", |terms, _| terms.duties = vec![terms.duties[0].clone(); 1025]),
    ];
    let cities = three();
    for (at, change) in cases {
        let mut terms = cities.terms();
        change(&mut terms, &cities);
        assert_eq!(Document::propose(&terms, &cities.koeln.signer).unwrap_err().at, at);
    }
    let own = Document::propose(&cities.terms(), &cities.bonn.signer).unwrap_err();
    assert_eq!(own.at, "signature");
}

#[test]
fn hostile_texts_are_refused_before_they_are_believed() {
    let cities = three();
    let note = Document::propose(&cities.terms(), &cities.koeln.signer).unwrap();
    let text = &Document::parse(&note).unwrap().note().text.clone();
    let sign = |text: &str| {
        let signatures = vec![cities.koeln.signer.sign(text)];
        tlog::Note { text: text.to_owned(), signatures }.to_string()
    };
    let cases = [
        (text.replacen("\"cents\": 1000", "\"cents\": -1000", 1), "terms"),
        (text.replacen("\"cents\": 1000", "\"cents\": 0", 1), "terms"),
        (text.replacen("\"cents\": 1000", "\"cents\": 10.0", 1), "terms"),
        (text.replacen("\"cents\": 1000", "\"cents\": 9223372036854775808", 1), "terms"),
        (text.replacen("\"cents\": 1000", "\"cents\": 1000, \"cents\": 2000", 1), "terms"),
        (text.replacen("\"title\"", "\"unknown\": 1, \"title\"", 1), "terms"),
        (text.replacen("\"money\"", "\"gold\"", 1), "terms"),
        (text.replacen("agreement@v1", "agreement@v2", 1), "header"),
        (text.replacen("agreement@v1", "act@v1", 1), "header"),
        (format!("{text}{{}}\n"), "terms"),
        (text.replacen('{', "\u{1b}{", 1), "note"),
        (format!("{text}{}\n", " ".repeat(600_000)), "note"),
        (format!("erprobungsraum/agreement@v1\n{}\n", "[".repeat(100_000)), "terms"),
    ];
    for (changed, at) in cases {
        assert_ne!(&changed, text);
        assert_eq!(Document::parse(&sign(&changed)).unwrap_err().at, at, "{}", &changed[..60]);
    }
    let lines = "\u{2014} x AAAAAAAA\n".repeat(17);
    assert_eq!(Document::parse(&format!("{note}{lines}")).unwrap_err().at, "note");
    let act = cities.bonn.act(&Document::parse(&note).unwrap(), noon("2026-02-01"), end()).note().to_string();
    assert!(Act::parse(&act.replace("\"reason\"", "\"why\"")).is_err());
    assert!(Act::parse(&act.replace("\"end\"", "\"forgive\"")).is_err());
    assert!(Act::parse(&note).is_err());
}

#[test]
fn sums_beyond_sixty_four_bits_are_an_error_and_never_wrong() {
    let cities = three();
    let Three { koeln, bonn, .. } = &cities;
    let mut terms = terms(&[koeln, bonn]);
    terms.duties = vec![money(koeln, bonn, 1_000_000_000_000, Rhythm::Monthly); 1024];
    let documents = [koeln.propose(&terms)];
    let acts = [bonn.act(&documents[0], noon("2026-02-01"), Deed::Accept)];
    let book = book(&cities.all(), &documents, &acts, noon("2026-02-01"));
    let balance = |today: &str| Balance::of(&book.claims(day(today)), &[]);
    assert_eq!(balance("2026-03-01").unwrap().debts(&koeln.did).open, 1024 * 1_000_000_000_000);
    let mut claims = book.claims(day("2026-04-01"));
    claims[0].cents = i64::MAX;
    assert_eq!(Balance::of(&claims, &[]), Err(federation::Overflow));
}

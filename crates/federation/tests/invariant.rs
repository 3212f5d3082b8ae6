//! Nobody owes what it did not itself sign for: random histories of honest and hostile members.
//!
//! The judge here shares nothing with what it judges. It keeps, for each honest member, the texts which that member
//! deliberately signed and ended, reads them as plain JSON, and counts days and months by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(unreachable_pub, reason = "helpers of tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use base::{AgreementId, Clock, Entropy, Time};
use common::*;
use federation::agreement::{Act, Book, Deed, Document, Owed, Rhythm, Terms};
use federation::{At, Balance, Day, Did, Hash};
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use tlog::Note;

const HONEST: usize = 3;
const ALL: usize = 5;

#[derive(Clone, Debug)]
struct Step {
    who: usize,
    what: u8,
    a: usize,
    b: usize,
    days: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..ALL, 0_u8..24, any::<u16>(), any::<u16>(), 0_i64..45)
        .prop_map(|(who, what, a, b, days)| Step { who, what, a: a.into(), b: b.into(), days });
    proptest::collection::vec(step, 1..40)
}

/// What an honest member deliberately signed.
#[derive(Clone, Debug)]
struct Signed {
    who: Did,
    text: String,
    json: Value,
    at: Time,
    ended: Option<Time>,
}

struct World {
    members: Vec<Member>,
    now: Time,
    documents: Vec<Document>,
    acts: Vec<Act>,
    signed: Vec<Signed>,
    /// What honest members refused or ended without ever having agreed.
    closed: BTreeSet<(Did, String)>,
    ids: u64,
}

fn json(document: &Document) -> Value {
    serde_json::from_str(document.note().text.split_once('\n').unwrap().1).unwrap()
}

impl World {
    fn new() -> Self {
        let names = ["koeln", "bonn", "kreis", "mallory", "trudy"];
        let members = names.iter().zip(1..).map(|(name, seed)| Member::new(name, seed)).collect();
        let (documents, acts, signed) = (Vec::new(), Vec::new(), Vec::new());
        Self { members, now: noon("2026-01-01"), documents, acts, signed, closed: BTreeSet::new(), ids: 0 }
    }

    fn is_honest(&self, did: &Did) -> bool {
        self.members[..HONEST].iter().any(|member| member.did == *did)
    }

    fn pick(&self, at: usize) -> Option<Document> {
        (!self.documents.is_empty()).then(|| self.documents[at % self.documents.len()].clone())
    }

    /// Any terms between any members, with `proposer` among them; everybody may be made to owe anything.
    fn terms(&mut self, proposer: usize, a: usize, b: usize) -> Terms {
        let mut chosen: Vec<usize> = (0..ALL).filter(|at| *at == proposer || (a >> at) & 1 == 1).collect();
        if chosen.len() < 2 {
            chosen.push((proposer + 1) % ALL);
        }
        let parties: Vec<&Member> = chosen.iter().map(|at| &self.members[*at]).collect();
        let mut terms = terms(&parties);
        self.ids += 1;
        terms.id = AgreementId::new(&Clock::fixed(self.now), &Entropy::seeded(self.ids));
        terms.proposer = self.members[proposer].did.clone();
        terms.proposed = At::new(self.now);
        terms.accept_by = Day::of(self.now.plus_seconds(86_400 * (b % 700) as i64));
        terms.from = Day::of(self.now.plus_seconds(86_400 * ((a >> 5) % 90) as i64 - 86_400 * 20));
        terms.until = b.is_multiple_of(3).then(|| terms.from.plus_days(200));
        terms.notice_days = [0, 14, 90][b % 3];
        for (number, from) in parties.iter().enumerate() {
            let to = parties[(number + 1 + b % (parties.len() - 1)) % parties.len()];
            if from.did == to.did {
                continue;
            }
            let rhythm = [Rhythm::Once, Rhythm::Monthly, Rhythm::Yearly, Rhythm::Monthly][(a + number) % 4];
            terms.duties.push(money(from, to, 1 + (a * 7 + b) as i64 % 5000, rhythm));
            terms.duties.push(work(from, to));
            terms.flows.push(flow(from, to));
            terms.authorities.push(authority(from, to));
        }
        terms
    }

    fn publish(&mut self, proposer: usize, terms: &Terms) {
        let document = self.members[proposer].propose(terms);
        if proposer < HONEST {
            self.sign(proposer, &document);
        }
        self.documents.push(document);
    }

    fn sign(&mut self, who: usize, document: &Document) {
        let (who, text) = (self.members[who].did.clone(), document.note().text.clone());
        let json = json(document);
        let is_late = Day::of(self.now).to_string().as_str() > json["accept_by"].as_str().unwrap();
        let is_party =
            json["parties"].as_array().unwrap().iter().any(|party| party["did"] == who.to_string());
        let is_known = self.signed.iter().any(|signed| signed.who == who && signed.text == text);
        if is_party && !is_late && !is_known && !self.closed.contains(&(who.clone(), text.clone())) {
            self.signed.push(Signed { who, text, json, at: self.now, ended: None });
        }
    }

    fn act(&mut self, who: usize, document: &Document, deed: Deed) {
        let act = self.members[who].act(document, self.now, deed);
        self.acts.push(act);
    }

    fn close(&mut self, who: usize, document: &Document, deed: Deed) {
        let did = self.members[who].did.clone();
        let now = self.now;
        let own = self.signed.iter_mut().find(|own| own.who == did && own.text == document.note().text);
        match own {
            Some(own) => own.ended = own.ended.or(Some(now)),
            None => drop(self.closed.insert((did, document.note().text.clone()))),
        }
        self.act(who, document, deed);
    }

    fn honest(&mut self, step: &Step) {
        let who = step.who;
        let Some(document) = self.pick(step.b).filter(|_| step.what >= 6) else {
            let terms = self.terms(who, step.a, step.b);
            return self.publish(who, &terms);
        };
        let reason = || String::from("darum");
        match step.what {
            6..=14 => {
                self.sign(who, &document);
                self.act(who, &document, Deed::Accept);
            }
            15..=17 => self.close(who, &document, Deed::End { reason: reason() }),
            18 => self.close(who, &document, Deed::Refuse { reason: reason() }),
            19 if document.terms().proposer == self.members[who].did => {
                self.close(who, &document, Deed::Withdraw { reason: reason() });
            }
            20 => {
                self.act(who, &document, Deed::Received { duty: step.a % 6, cents: 700.try_into().unwrap() });
            }
            _ => {
                let terms = self.next_version(who, &document, step);
                self.publish(who, &terms);
            }
        }
    }

    fn next_version(&mut self, who: usize, document: &Document, step: &Step) -> Terms {
        let terms = self.terms(who, step.a, step.b);
        let (id, version) = (document.terms().id, document.terms().version + 1);
        Terms { id, version, replaces: Some(document.hash()), ..terms }
    }

    /// What somebody does who signs whatever it likes, with its own keys.
    fn hostile(&mut self, step: &Step) {
        let who = step.who;
        let own = self.members[who].clone();
        let victim = self.members[step.a % HONEST].clone();
        // Its key, under the victim's name.
        let seed = u8::try_from(who + 1).unwrap();
        let mask = Member::new(victim.did.host().trim_end_matches(".example"), seed);
        let false_time = self.now.plus_seconds([-40, -400, 3, 300][step.b % 4] * 86_400);
        let Some(document) = self.pick(step.b).filter(|_| step.what >= 4) else {
            let terms = self.terms(who, step.a, step.b);
            return self.publish(who, &terms);
        };
        match step.what {
            4..=6 => self.act(who, &document, Deed::Accept),
            7 => self.acts.push(own.act(&document, false_time, Deed::Accept)),
            8 => self.acts.push(own.act(&document, false_time, end())),
            9 | 10 => self.acts.push(mask.act(&document, self.now, Deed::Accept)),
            11 => self.acts.push(Member { did: victim.did.clone(), ..own }.act(
                &document,
                self.now,
                Deed::Accept,
            )),
            12 => self.false_key(&victim, &mask, &own, step),
            13 => self.false_key(&victim, &mask, &mask, step),
            14 | 15 => self.alter(&document, &own, step),
            16 => self.replay(&document, step),
            17 => self.rename_signature(&victim, &document, &own),
            18 | 19 => {
                let terms = self.next_version(who, &document, step);
                self.publish(who, &terms);
            }
            20 => self.acts.push(mask.act(&document, false_time, end())),
            21 => self.act(who, &document, Deed::Received { duty: step.a % 6, cents: 1.try_into().unwrap() }),
            _ => self.acts.extend(self.acts.get(step.a % self.acts.len().max(1)).cloned()),
        }
    }

    /// A document that names a key of the liar for the victim; the victim may even be named as the proposer.
    fn false_key(&mut self, victim: &Member, mask: &Member, signer: &Member, step: &Step) {
        let own = self.members.iter().position(|member| member.did == signer.did).unwrap();
        let mut terms = self.terms(own, step.a | 1 << (step.a % HONEST), step.b);
        let is_twin = terms.parties.iter().filter(|party| party.did != victim.did).any(|party| {
            party.keys.agreements.to_string().rsplit('+').next() == mask.vkey().to_string().rsplit('+').next()
        });
        if is_twin {
            terms.parties.retain(|party| party.did == victim.did || self.is_honest(&party.did));
            terms.proposer = victim.did.clone();
            let dids: BTreeSet<_> = terms.parties.iter().map(|party| party.did.clone()).collect();
            let is_in = |from: &Did, to: &Did| dids.contains(from) && dids.contains(to);
            terms.duties.retain(|duty| is_in(&duty.from, &duty.to));
            terms.flows.retain(|flow| is_in(&flow.from, &flow.to));
            terms.authorities.retain(|one| is_in(&one.competent, &one.acting));
        }
        let party = terms.parties.iter_mut().find(|party| party.did == victim.did).unwrap();
        party.keys.agreements = mask.vkey();
        let signer = if terms.proposer == victim.did { mask } else { signer };
        let note = Document::propose(&terms, &signer.signer);
        self.documents.extend(note.and_then(|note| Document::parse(&note)));
    }

    /// A signed text with other amounts under the old signatures, once also with the liar's own below.
    fn alter(&mut self, document: &Document, own: &Member, step: &Step) {
        let note = document.note();
        let text = note.text.replacen("\"cents\": ", "\"cents\": 9", 1 + step.a % 2);
        let mut signatures = note.signatures.clone();
        if step.what == 15 {
            signatures.push(own.signer.sign(&text));
        }
        self.documents.extend(Document::parse(&Note { text, signatures }.to_string()));
    }

    /// Somebody's act, turned to another document under the old signature.
    fn replay(&mut self, document: &Document, step: &Step) {
        let Some(act) = self.acts.get(step.a % self.acts.len().max(1)) else { return };
        let (old, new) = (act.document().to_string(), document.hash().to_string());
        let text = act.note().text.replace(&old, &new);
        let signatures = act.note().signatures.clone();
        self.acts.extend(Act::parse(&Note { text, signatures }.to_string()));
    }

    /// An acceptance by the liar's key, whose signature line claims the victim's name and key id.
    fn rename_signature(&mut self, victim: &Member, document: &Document, own: &Member) {
        let forged = Member { did: victim.did.clone(), ..own.clone() }.act(document, self.now, Deed::Accept);
        let mut note = forged.note().clone();
        let true_line = victim.signer.sign("something else\n");
        note.signatures[0].name.clone_from(&true_line.name);
        note.signatures[0].id = true_line.id;
        let mut both = note.clone();
        both.signatures.push(true_line);
        self.acts.extend([note, both].map(|note| Act::parse(&note.to_string()).unwrap()));
    }

    fn book(&self, at: Time) -> Book<'_> {
        book(&self.members.iter().collect::<Vec<_>>(), &self.documents, &self.acts, at)
    }

    /// What this member deliberately signed of this text, if it did.
    fn find(&self, who: &Did, document: Hash) -> Option<&Signed> {
        self.signed.iter().find(|signed| signed.who == *who && Hash::of(&signed.text) == document)
    }
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn date_of(json: &Value) -> Date {
    date(json.as_str().unwrap())
}

fn german(time: Time) -> Date {
    time.in_germany().date()
}

fn plus_days(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap()
}

/// The judge's own calendar: the same day so many months later, or the last of that month.
fn plus_months(date: Date, months: i32) -> Date {
    let all = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 + months;
    let (year, month) = (i16::try_from(all / 12).unwrap(), i8::try_from(all % 12 + 1).unwrap());
    let is_leap = Date::new(year, 2, 29).is_ok();
    let days = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    Date::new(year, month, date.day().min(days[usize::try_from(month - 1).unwrap()])).unwrap()
}

impl Signed {
    /// The first day on which this signature can make anything owed, and the day from which it cannot.
    fn days(&self) -> (Date, Date) {
        let first = german(self.at).max(date_of(&self.json["from"]));
        let notice = self.json["notice_days"].as_i64().unwrap();
        let ended = self.ended.map_or(date("2150-01-01"), |ended| plus_days(german(ended), notice));
        let until = self.json.get("until").map_or(date("2150-01-01"), |until| plus_days(date_of(until), 1));
        (first, ended.min(until))
    }

    /// Whether data may flow by this signature at a moment.
    fn is_open(&self, at: Time) -> bool {
        let is_valid = date_of(&self.json["from"]) <= german(at)
            && self.json.get("until").is_none_or(|until| german(at) <= date_of(until));
        is_valid && self.at <= at && self.ended.is_none_or(|ended| at < ended)
    }
}

/// No honest member owes money that it did not sign for, nor more, earlier or longer.
fn check_money(world: &World, book: &Book<'_>, today: Day) -> Result<(), TestCaseError> {
    let claims = book.claims(today);
    let mut dues = BTreeMap::<(Hash, usize), Vec<Date>>::new();
    for claim in claims.iter().filter(|claim| world.is_honest(&claim.debtor)) {
        let Some(signed) = world.find(&claim.debtor, claim.document) else {
            return Err(TestCaseError::fail(format!("never signed: {claim:?}")));
        };
        let duty = &signed.json["duties"][claim.duty];
        prop_assert_eq!(duty["from"].as_str().unwrap(), claim.debtor.to_string());
        prop_assert_eq!(duty["to"].as_str().unwrap(), claim.creditor.to_string());
        prop_assert_eq!(duty["owed"]["money"]["cents"].as_i64(), Some(claim.cents));
        let (first, end) = signed.days();
        let due = date(&claim.due.to_string());
        let shortest = match duty["owed"]["money"]["rhythm"].as_str().unwrap() {
            "once" => 0,
            "monthly" => 28,
            _ => 365,
        };
        prop_assert!(due >= plus_days(first, shortest), "too early: {claim:?} of {signed:?}");
        prop_assert!(due <= end && due <= date(&today.to_string()), "too late: {claim:?} of {signed:?}");
        let others = dues.entry((claim.document, claim.duty)).or_default();
        prop_assert!(shortest > 0 || others.is_empty(), "twice: {claim:?}");
        let is_apart = |other: &Date| (due.max(*other)) >= plus_days(due.min(*other), shortest);
        prop_assert!(others.iter().all(is_apart), "too often: {claim:?}");
        others.push(due);
    }
    Ok(())
}

/// Two honest members owe each other exactly what both signed, where no newer version is in play.
fn check_exactly(world: &World, book: &Book<'_>, today: Day) -> Result<usize, TestCaseError> {
    let (claims, mut owed) = (book.claims(today), 0);
    for one in &world.signed {
        let is_true = |did: &Value| {
            let party =
                one.json["parties"].as_array().unwrap().iter().find(|party| party["did"] == *did).unwrap();
            let member = world.members.iter().find(|member| *did == member.did.to_string()).unwrap();
            party["keys"]["agreements"] == member.vkey().to_string()
        };
        let versions = world.documents.iter().filter(|other| json(other)["id"] == one.json["id"]).count();
        let proposer = one.json["proposer"].as_str().unwrap().parse().unwrap();
        if versions > 1 || !world.is_honest(&proposer) {
            continue;
        }
        let document = Hash::of(&one.text);
        let withdrawn = world.acts.iter().find(|act| {
            act.document() == document
                && act.party() == &proposer
                && matches!(act.deed(), Deed::Withdraw { .. })
        });
        for (index, duty) in one.json["duties"].as_array().into_iter().flatten().enumerate() {
            let Some(money) = duty["owed"].get("money") else { continue };
            let creditor = duty["to"].as_str().unwrap().parse().unwrap();
            if duty["from"] != one.who.to_string() || !world.is_honest(&creditor) || !is_true(&duty["from"]) {
                continue;
            }
            let other = world.find(&creditor, document).filter(|_| is_true(&duty["to"]));
            let both = other.map(|other| [one, other]).filter(|both| {
                let since = both[0].at.max(both[1].at);
                let is_open = |signed: &&Signed| signed.ended.is_none_or(|ended| since < ended);
                let in_time = |signed: &&Signed| {
                    signed.who == proposer || withdrawn.is_none_or(|withdrawn| signed.at < withdrawn.at())
                };
                both.iter().all(is_open) && both.iter().all(in_time)
            });
            let expected = both.map_or(0, |both| {
                let first = both[0].days().0.max(both[1].days().0);
                let end = both[0].days().1.min(both[1].days().1);
                let last = end.min(date(&today.to_string()));
                let step = match money["rhythm"].as_str().unwrap() {
                    "once" => return usize::from(first < end && first <= last),
                    "monthly" => 1,
                    _ => 12,
                };
                (1..).take_while(|times| plus_months(first, times * step) <= last).count()
            });
            let found =
                claims.iter().filter(|claim| claim.document == document && claim.duty == index).count();
            prop_assert_eq!(found, expected, "duty {} of {:?}", index, one);
            owed += found;
        }
    }
    Ok(owed)
}

/// No honest member owes work, gives data or lets others act for it without its signature.
fn check_the_rest(world: &World, book: &Book<'_>, at: Time) -> Result<(), TestCaseError> {
    for (agreement, index, duty) in book.duties(at).filter(|(_, _, duty)| world.is_honest(&duty.from)) {
        let Some(signed) = world.find(&duty.from, agreement.document().hash()) else {
            return Err(TestCaseError::fail(format!("never signed: {duty:?}")));
        };
        prop_assert_eq!(signed.json["duties"][index]["from"].as_str().unwrap(), duty.from.to_string());
        let (first, end) = signed.days();
        let is_within = first <= german(at) && german(at) < end;
        let is_allowed = if let Owed::Data { .. } = duty.owed { signed.is_open(at) } else { is_within };
        prop_assert!(is_allowed, "duty {index} of {signed:?}");
    }
    for from in &world.members[..HONEST] {
        for to in &world.members {
            if let Some((agreement, flow)) = book.flow(&from.did, &to.did, &feed(), at) {
                let signed = world.find(&from.did, agreement.document().hash());
                prop_assert!(signed.is_some_and(|signed| signed.is_open(at)), "{flow:?}");
            }
            for (agreement, authority) in book.authorities(&from.did, &to.did, at) {
                let signed = world.find(&from.did, agreement.document().hash());
                prop_assert!(signed.is_some_and(|signed| signed.is_open(at)), "{authority:?}");
            }
            for (agreement, authority) in book.authorities(&to.did, &from.did, at) {
                let signed = world.find(&from.did, agreement.document().hash());
                prop_assert!(signed.is_some_and(|signed| signed.is_open(at)), "{authority:?}");
            }
        }
    }
    Ok(())
}

/// Every cent stands on both sides, and all sides together are what was agreed.
fn check_sums(world: &World, book: &Book<'_>, today: Day) -> Result<(), TestCaseError> {
    let (claims, received) = (book.claims(today), book.received());
    let balance = Balance::of(&claims, &received).unwrap();
    let agreed: i64 = claims.iter().map(|claim| claim.cents).sum();
    let got: i64 = received.iter().map(|some| some.cents).sum();
    let side = |account: &dyn Fn(&Did) -> federation::Account| {
        world.members.iter().map(|member| account(&member.did)).fold((0, 0, 0, 0), |sum, one| {
            (sum.0 + one.agreed, sum.1 + one.received, sum.2 + one.open, sum.3 + one.excess)
        })
    };
    let (debts, credits) = (side(&|did| balance.debts(did)), side(&|did| balance.claims(did)));
    prop_assert_eq!(debts, credits);
    prop_assert_eq!((debts.0, debts.1), (agreed, got));
    prop_assert_eq!(debts.0 + debts.3, debts.1 + debts.2);
    Ok(())
}

/// The same texts mean the same, in whatever order and however often they came.
fn check_order(world: &World, at: Time) -> Result<(), TestCaseError> {
    let turned = |world: &World| {
        let documents: Vec<_> = world.documents.iter().rev().chain(&world.documents).cloned().collect();
        let acts: Vec<_> = world.acts.iter().rev().chain(&world.acts).cloned().collect();
        (documents, acts)
    };
    let (documents, acts) = turned(world);
    let (one, other) =
        (world.book(at), book(&world.members.iter().collect::<Vec<_>>(), &documents, &acts, at));
    prop_assert_eq!(one.claims(Day::of(at)), other.claims(Day::of(at)));
    prop_assert_eq!(one.received(), other.received());
    prop_assert_eq!(one.strays(), other.strays());
    for (one, other) in one.agreements().iter().zip(other.agreements()) {
        prop_assert_eq!(one.refused(), other.refused());
        prop_assert_eq!(one.consents(), other.consents());
    }
    Ok(())
}

fn play(steps: &[Step]) -> World {
    let mut world = World::new();
    for step in steps {
        world.now = world.now.plus_seconds(step.days * 86_400);
        if step.who < HONEST { world.honest(step) } else { world.hostile(step) }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_owes_what_it_did_not_itself_sign_for(steps in steps()) {
        let world = play(&steps);
        for later in [0, 29, 400, 1500] {
            let at = world.now.plus_seconds(later * 86_400);
            let (book, today) = (world.book(at), Day::of(at));
            check_money(&world, &book, today)?;
            check_exactly(&world, &book, today)?;
            check_the_rest(&world, &book, at)?;
            check_sums(&world, &book, today)?;
        }
        check_order(&world, world.now)?;
    }
}

/// The histories above are not empty ones: honest members do come to owe each other in them, and lies are told.
#[test]
fn the_histories_hold_debts_and_lies() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut owed, mut flows, mut refused) = (0, 0, BTreeSet::new());
    for _ in 0..100 {
        let world = play(&steps().new_tree(&mut runner).unwrap().current());
        let at = world.now.plus_seconds(29 * 86_400);
        let book = world.book(at);
        owed += check_exactly(&world, &book, Day::of(at)).unwrap();
        flows += book.duties(at).count();
        refused.extend(book.agreements().iter().flat_map(|one| one.refused().iter().map(|one| one.why)));
    }
    assert!(owed > 100, "{owed}");
    assert!(flows > 100, "{flows}");
    assert!(refused.len() >= 11, "{refused:?}");
}

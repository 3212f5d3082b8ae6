//! Random histories of three members with what goes wrong between them: messages cut off at every step, members that
//! are restored from older copies, with or without knowing it, and all of it again. In the end both sides of each
//! handover have the same, nothing that anybody still had is lost, and nothing happened twice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use base::{CaseId, Clock, Entropy, HandoverId, Result, Time};
use ledger::{Disclosure, Keys, Ledger};
use proptest::prelude::*;
use serde_json::json;
use store::{Db, Migration, Options, Place, Tx, params, statements};
use testkit::Fresh;
use tlog::{Tile, leaf_hash};

use super::act::{Deed, Side};
use super::course::Course;
use super::exchange::{Partner, Taken};
use super::outbox::outbox;
use super::pair::{Report, Written, feed_name, unread};
use super::seal::Secrets;
use super::store::{self as db, Handover};
use super::voice::{Heard, Voice, case_of};
use crate::form::{Hash, Key};
use crate::mirror::{FeedName, fill, state};
use crate::{Did, NodeKeys};

const TABLES: Migration = Migration {
    module: "stories",
    version: 1,
    sql: "create table held (case_id blob primary key, lines integer not null);",
};

statements! {
    HELD = "stories.held": "select lines from held where case_id = ?1";
    HOLD = "stories.hold": "insert into held (case_id, lines) values (?1, 0)";
    LINE = "stories.line": "update held set lines = lines + 1 where case_id = ?1";
    CASES = "stories.cases": "select case_id from held order by case_id";
    HANDOVERS = "stories.handovers": "select id from federation_handover order by id";
}

struct Node {
    fresh: Fresh,
    db: Option<Db>,
    path: PathBuf,
    copies: Vec<PathBuf>,
    files: usize,
    did: Did,
    sealing: Key,
    secrets: Secrets,
    ledger: Ledger,
    clock: Clock,
    entropy: Entropy,
}

fn migrations() -> Vec<Migration> {
    [ledger::MIGRATIONS, crate::MIGRATIONS, &[TABLES]].concat()
}

impl Node {
    fn new(name: &str, seed: u8, clock: &Clock) -> Self {
        let host = format!("{name}.example");
        let keys = || Keys::new(host.clone(), [seed; 32]);
        let own = NodeKeys::new(&format!("https://{host}"), &keys()).unwrap();
        let entropy = Entropy::seeded(seed.into());
        let mut node = Self {
            fresh: Fresh::sqlite(),
            db: None,
            path: PathBuf::new(),
            copies: vec![],
            files: 0,
            did: own.did().clone(),
            sealing: own.public().sealing,
            secrets: Secrets::new(own.did().clone(), &keys()),
            ledger: Ledger::new(keys(), clock.clone(), entropy.clone()),
            clock: clock.clone(),
            entropy,
        };
        node.open(None);
        node
    }

    fn next_path(&mut self) -> PathBuf {
        self.files += 1;
        self.fresh.folder.path().join(format!("{}.db", self.files))
    }

    fn open(&mut self, copy: Option<&PathBuf>) {
        drop(self.db.take());
        self.path = self.next_path();
        if let Some(copy) = copy {
            std::fs::copy(copy, &self.path).unwrap();
        }
        let migrations = migrations();
        let before_commit = Some(self.ledger.sequencer());
        let place = Place::Sqlite(self.path.clone());
        let options = Options { place, migrations: &migrations, before_commit, connections: 1 };
        self.db = Some(Db::open(&options).unwrap());
    }

    fn copy(&mut self) {
        let target = self.next_path();
        store::snapshot_file(&self.path, &target).unwrap();
        self.copies.push(target);
    }

    /// Does something in one transaction.
    async fn write<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &Voice<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (secrets, ledger, entropy) = (self.secrets.clone(), self.ledger.clone(), self.entropy.clone());
        let now = self.clock.now();
        let db = self.db.as_ref().unwrap();
        db.write("stories", move |tx| {
            work(tx, &Voice { secrets: &secrets, ledger: &ledger, entropy: &entropy, now })
        })
        .await
    }

    async fn say(&self, id: HandoverId, deed: Deed) {
        let said = self.write(move |tx, voice| {
            let Some(handover) = db::by_id(tx, id)? else { return Ok(()) };
            if handover.side != deed.side() {
                return Ok(());
            }
            let content = matches!(deed, Deed::Progress { .. } | Deed::Word).then(|| json!({ "text": "x" }));
            if matches!(deed, Deed::Erase { .. }) {
                voice.forget(tx, &handover)?;
            }
            match voice.say(tx, &handover, deed, content.as_ref()) {
                Ok(heard) => follow(tx, voice, &heard),
                Err(problem) if problem.code == "handover-state" => Err(problem),
                Err(problem) => panic!("{problem}"),
            }
        });
        // What was refused changed nothing.
        drop(said.await);
    }

    /// Everything anybody can know of it: its handovers with the acts in them.
    async fn known(&self) -> Known {
        let known = self.write(|tx, _| {
            let mut known = BTreeMap::new();
            for id in tx.all(&HANDOVERS, &[], |row| row.get::<HandoverId>(0))? {
                let acts = db::acts(tx, id)?;
                let course = Course::of(acts.iter().map(|kept| &kept.said));
                if course.as_ref().is_some_and(|course| course.erase.is_some()) {
                    let left = acts
                        .iter()
                        .any(|kept| kept.said.act().side() == Side::Sender && kept.content.is_some());
                    assert!(!left, "what was to be forgotten is still here");
                }
                let hashes = acts.iter().map(|kept| kept.said.hash()).collect();
                known.insert(id, (db::by_id(tx, id)?.unwrap(), hashes, course));
            }
            Ok(known)
        });
        known.await.unwrap()
    }

    async fn held(&self, case: CaseId) -> Option<i64> {
        self.write(move |tx, _| Ok(tx.get(&HELD, params![&case])?)).await.unwrap()
    }
}

/// What a module makes of an act: each row and each line can be made once only.
fn follow(tx: &mut Tx<'_>, voice: &Voice<'_>, heard: &Heard) -> Result<()> {
    let (handover, case) = (&heard.handover, heard.handover.case);
    for kept in &heard.fresh {
        let held = tx.get::<i64>(&HELD, params![&case])?;
        match (handover.side, kept.said.act().deed) {
            (Side::Sender, Deed::Offer) if held.is_none() => drop(tx.exec(&HOLD, params![&case])?),
            (Side::Sender, Deed::Progress { .. }) => drop(tx.exec(&LINE, params![&case])?),
            (Side::Receiver, Deed::Offer) if kept.content.is_some() => {
                assert_eq!(held, None, "a case was taken in twice");
                tx.exec(&HOLD, params![&case])?;
            }
            (Side::Receiver, Deed::Offer) => {
                let phase = db::by_id(tx, handover.id)?.map(|handover| handover.phase);
                if phase.is_some_and(super::Phase::is_live) {
                    let declined = voice.say(tx, handover, Deed::Decline, None)?;
                    follow(tx, voice, &declined)?;
                }
            }
            (Side::Receiver, Deed::Erase { .. }) => {
                voice.forget(tx, handover)?;
                if heard.after.as_ref().is_some_and(|after| !after.erased) {
                    let acts = db::acts(tx, handover.id)?;
                    let course = Course::of(acts.iter().map(|kept| &kept.said));
                    if Course::allow(course.as_ref(), Deed::Erased).is_ok() {
                        voice.say(tx, handover, Deed::Erased, None)?;
                    }
                }
            }
            (Side::Sender, Deed::Erase { .. }) if kept.own => voice.forget(tx, handover)?,
            _ => {}
        }
    }
    if handover.side == Side::Sender {
        for double in voice.settle_doubles(tx, case)? {
            follow(tx, voice, &double)?;
        }
    }
    Ok(())
}

struct World {
    nodes: Vec<Node>,
    clock: Clock,
    ids: Entropy,
    cases: Vec<(usize, CaseId)>,
    handovers: Vec<HandoverId>,
}

impl World {
    fn new() -> Self {
        let clock = Clock::fixed(Time(1_800_000_000_000_000));
        let nodes =
            ["koeln", "bonn", "kreis"].iter().zip(1..).map(|(name, seed)| Node::new(name, seed, &clock));
        let nodes = nodes.collect();
        Self { nodes, clock, ids: Entropy::seeded(99), cases: vec![], handovers: vec![] }
    }

    async fn report(&mut self, at: usize) {
        let id = CaseId::new(&self.clock, &self.ids);
        self.nodes[at].write(move |tx, _| Ok(tx.exec(&HOLD, params![&id]).map(drop)?)).await.unwrap();
        self.cases.push((at, id));
    }

    async fn offer(&mut self, case: usize, to: usize) {
        let Some((at, case)) = self.cases.get(case % self.cases.len().max(1)).copied() else { return };
        if at == to {
            return;
        }
        let id = HandoverId::new(&self.clock, &self.ids);
        let partner = self.nodes[to].did.clone();
        let offered = self.nodes[at].write(move |tx, voice| {
            if tx.get::<i64>(&HELD, params![&case])?.is_none() {
                return Ok(false);
            }
            let content = json!({ "case": case, "text": "Laterne" });
            voice.offer(tx, &partner, (id, case), (&content, vec![]))?;
            Ok(true)
        });
        if offered.await.unwrap_or(false) {
            self.handovers.push(id);
        }
    }

    fn key(&self, at: usize) -> (Did, Key) {
        (self.nodes[at].did.clone(), self.nodes[at].sealing)
    }

    /// Writes what waits at one for another, until the strength is used up.
    async fn publish(&self, from: usize, to: usize, strength: &mut u32) {
        loop {
            let (did, sealing) = self.key(to);
            let more = self.nodes[from].write(move |tx, voice| {
                let partner = Partner { did: &did, sealing: &sealing, gets: true, gives: true, offers: true };
                let Some(waiting) = outbox(tx, &did)? else { return Ok(false) };
                voice.publish(tx, &partner, &waiting, &[])
            });
            if *strength == 0 || !more.await.unwrap() {
                return;
            }
            *strength -= 1;
        }
    }

    /// One tells another what it has of the feeds between them.
    async fn tell(&self, from: usize, to: usize) -> Report {
        let (reader, _) = self.key(to);
        let report = self.nodes[from].write(move |tx, voice| {
            let pair = voice.ready(tx, &reader)?;
            db::report(tx, voice.ledger, voice.secrets.did(), &pair)
        });
        let (report, (writer, _)) = (report.await.unwrap(), self.key(from));
        let told = report.clone();
        let heard = self.nodes[to].write(move |tx, voice| {
            voice.hear_seen(tx, &writer, &told.seen)?;
            told.written
                .iter()
                .try_for_each(|written| db::pin_feed(tx, &writer, voice.secrets.did(), written))
        });
        heard.await.unwrap();
        report
    }

    /// Reads what is new in a feed into the mirror; `false` when it does not continue what is known.
    async fn mirror(&self, (from, to): (usize, usize), written: &Written, most: u64) -> bool {
        let ((writer, _), (reader, _)) = (self.key(from), self.key(to));
        let feed = feed_name(&reader, written.epoch);
        let name = FeedName { peer: writer.host(), feed: feed.clone() };
        let at = name.clone();
        let known = self.nodes[to].write(move |tx, _| state(tx, &at)).await.unwrap();
        let mut frontier = known.map(|state| state.frontier).unwrap_or_default();
        let (first, end) = (frontier.size(), written.size.min(frontier.size() + most));
        let entries = self.nodes[from].write(move |tx, voice| {
            let mut entries = Vec::new();
            for seq in first..end {
                let tile = Tile { level: 0, index: seq / 256, width: seq % 256 + 1 };
                let bundle = voice.ledger.entries(tx, &feed, tile)?.unwrap();
                let header = tlog::unbundle(&bundle).unwrap().pop().unwrap().to_vec();
                let content = match voice.ledger.disclose(tx, &feed, seq)? {
                    Disclosure::Content { content, .. } => Some(content),
                    _ => None,
                };
                entries.push((seq, header, content));
            }
            Ok((entries, voice.ledger.root(tx, &feed, end)?))
        });
        let (entries, root) = entries.await.unwrap();
        frontier.extend(entries.iter().map(|(_, header, _)| leaf_hash(header)));
        if frontier.root() != root {
            return false;
        }
        let now = self.clock.now();
        self.nodes[to].write(move |tx, _| fill(tx, &name, (&frontier, &entries), now)).await.unwrap();
        true
    }

    /// Takes in what was mirrored.
    async fn take(&self, (from, to): (usize, usize), epoch: u32, strength: &mut u32) {
        while *strength > 0 {
            let ((did, sealing), (reader, _)) = (self.key(from), self.key(to));
            let name = FeedName { peer: did.host(), feed: feed_name(&reader, epoch) };
            let more = self.nodes[to].write(move |tx, voice| {
                let applied =
                    db::feeds(tx, &did)?.into_iter().find(|feed| feed.epoch == epoch).unwrap().applied;
                let Some(entry) = crate::mirror::entries(tx, &name, applied, 1)?.pop() else {
                    return Ok(false);
                };
                let partner = Partner { did: &did, sealing: &sealing, gets: true, gives: true, offers: true };
                match voice.take(tx, &partner, epoch, &entry)? {
                    Taken::Heard(heard) => follow(tx, voice, &heard)?,
                    Taken::Lie(lie) => panic!("honest members do not lie: {lie}"),
                    Taken::Before | Taken::Nothing => {}
                }
                Ok(true)
            });
            if !more.await.unwrap() {
                return;
            }
            *strength -= 1;
        }
    }

    /// One reads what another wrote for it, with what comes before and after, until the strength is used up: a cut can
    /// come after each step. Gives whether anything was new.
    async fn meet(&self, from: usize, to: usize, mut strength: u32) -> bool {
        let before = strength;
        self.publish(from, to, &mut strength).await;
        if strength == 0 {
            return true;
        }
        self.tell(to, from).await;
        self.publish(from, to, &mut strength).await;
        let report = self.tell(from, to).await;
        let (reader, writer) = (self.key(to).0, self.key(from).0);
        let mut sizes = BTreeMap::new();
        for written in &report.written {
            let name = FeedName { peer: writer.host(), feed: feed_name(&reader, written.epoch) };
            let known = self.nodes[to].write(move |tx, _| state(tx, &name)).await.unwrap();
            sizes.insert(written.epoch, known.map_or(0, |state| state.size));
        }
        for written in unread(&report.written, |epoch| sizes[&epoch]) {
            if strength > 0 && self.mirror((from, to), written, strength.into()).await {
                strength -= 1;
            }
        }
        for written in &report.written {
            self.take((from, to), written.epoch, &mut strength).await;
        }
        strength < before
    }

    async fn restore(&mut self, at: usize, copy: usize, knows: bool) {
        let node = &mut self.nodes[at];
        let Some(copy) = node.copies.get(copy % node.copies.len().max(1)).cloned() else { return };
        node.open(Some(&copy));
        if knows {
            node.write(|tx, _| db::raise_all(tx)).await.unwrap();
        }
    }

    async fn do_step(&mut self, step: &Step) {
        let Step { what, a, b, c } = *step;
        let (one, other) = (a % 3, (a + 1 + b % 2) % 3);
        self.clock.advance(1_000_000);
        let handover = self.handovers.get(c % self.handovers.len().max(1)).copied();
        match (what, handover) {
            (0 | 1, _) => {
                self.report(one).await;
                self.offer(self.cases.len() - 1, other).await;
            }
            (2, _) => self.offer(c, other).await,
            (3..=6, _) => drop(self.meet(one, other, u32::try_from(c % 9).unwrap()).await),
            (7, _) => self.nodes[one].copy(),
            (8, _) => self.restore(one, c, b % 2 == 0).await,
            (9 | 10, Some(id)) => self.everywhere(id, Deed::Accept).await,
            (11, Some(id)) => self.everywhere(id, Deed::Decline).await,
            (12, Some(id)) => self.everywhere(id, Deed::Progress { closed: b % 2 == 0 }).await,
            (13, Some(id)) => self.everywhere(id, Deed::Word).await,
            (14, Some(id)) => self.everywhere(id, Deed::Withdraw).await,
            (15, Some(id)) => self.everywhere(id, Deed::Erase { words: b % 2 == 0 }).await,
            _ => {}
        }
    }

    /// Whoever is on the right side does it.
    async fn everywhere(&self, id: HandoverId, deed: Deed) {
        for node in &self.nodes {
            node.say(id, deed).await;
        }
    }

    /// Nothing is cut any more, until nothing is left to do.
    async fn settle(&self) {
        for _ in 0..20 {
            let mut is_busy = false;
            for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
                is_busy |= self.meet(from, to, 10_000).await;
            }
            if !is_busy {
                return;
            }
        }
        panic!("it never ends");
    }

    async fn check(&self, before: &BTreeSet<Hash>) {
        let mut all = Vec::new();
        for node in &self.nodes {
            all.push(node.known().await);
        }
        let after: BTreeSet<Hash> =
            all.iter().flat_map(|known| known.values()).flat_map(|(_, acts, _)| acts).copied().collect();
        assert!(before.is_subset(&after), "something that somebody still had is lost");
        let mut live: BTreeMap<CaseId, usize> = BTreeMap::new();
        for (at, known) in all.iter().enumerate() {
            for (id, (handover, acts, course)) in known {
                let other = self.nodes.iter().position(|node| node.did == handover.did).unwrap();
                let (_, theirs, their_course) = &all[other][id];
                assert_eq!((acts, course), (theirs, their_course), "both sides have the same");

                // Where both forgot the offer, nobody has anything left of it to go on with.
                let Some(course) = course else { continue };
                assert_eq!(course.phase, handover.phase);
                let held = self.nodes[at].held(handover.case).await;
                match handover.side {
                    Side::Sender => {
                        assert!(held.is_some(), "the sender has its case");
                        *live.entry(handover.case).or_default() += usize::from(course.phase.is_live());
                    }
                    Side::Receiver => {
                        assert_eq!(handover.case, case_of(*id));
                        let is_empty = !course.phase.is_live() || course.erase.is_some();
                        assert!(held.is_some() || is_empty, "the receiver has its case");
                    }
                }
                if course.erase.is_some() {
                    assert!(course.erased, "the receiver says that it has forgotten");
                }
            }
        }
        assert!(live.values().all(|count| *count <= 1), "a case is with two");
        self.check_lines(&all).await;
    }

    /// Every progress stands in the sender's case once.
    async fn check_lines(&self, all: &[Known]) {
        for (node, known) in self.nodes.iter().zip(all) {
            let cases: BTreeSet<_> = known
                .values()
                .filter(|(own, _, course)| own.side == Side::Sender && course.is_some())
                .map(|(own, ..)| own.case)
                .collect();
            for case in cases {
                let count = node.write(move |tx, _| {
                    let mut count = 0;
                    for handover in db::by_case(tx, case)? {
                        let acts = db::acts(tx, handover.id)?;
                        let progress =
                            acts.iter().filter(|kept| matches!(kept.said.act().deed, Deed::Progress { .. }));
                        count += i64::try_from(progress.count()).unwrap();
                    }
                    Ok(count)
                });
                assert_eq!(node.held(case).await, Some(count.await.unwrap()), "each progress is told once");
            }
        }
    }
}

/// What a node knows: each handover, the acts it has of it, and what follows from them.
type Known = BTreeMap<HandoverId, (Handover, BTreeSet<Hash>, Option<Course>)>;

#[derive(Clone, Debug)]
struct Step {
    what: u8,
    a: usize,
    b: usize,
    c: usize,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0_u8..16, 0_usize..3, 0_usize..4, 0_usize..1000).prop_map(|(what, a, b, c)| Step { what, a, b, c });
    proptest::collection::vec(step, 5..70)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_both_sides_agree_and_nothing_is_lost_or_doubled(steps in steps()) {
        live(&steps);
    }
}

/// What happens, then peace, and then everything must be well.
fn live(steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new();
        for step in steps {
            world.do_step(step).await;
        }
        let mut before = BTreeSet::new();
        for node in &world.nodes {
            before.extend(node.known().await.into_values().flat_map(|(_, acts, _)| acts));
        }
        world.settle().await;
        world.check(&before).await;
    });
}

/// Bonn offers a case to the Kreis, which has read that but not yet understood it when Bonn is restored from a copy without
/// it. Bonn writes more into the same feed than the Kreis had read, and only then learns what happened.
#[test]
fn what_was_read_and_written_over_is_brought_back() {
    let offer = Step { what: 0, a: 1, b: 0, c: 0 };
    let copy = Step { what: 7, a: 1, b: 0, c: 0 };
    let read = Step { what: 3, a: 1, b: 0, c: 2 };
    let restore = Step { what: 8, a: 1, b: 0, c: 0 };
    let word = Step { what: 13, a: 0, b: 0, c: 1 };
    live(&[copy, offer.clone(), read, restore, offer, word]);
}

/// Köln confirms what Bonn offers and is then restored from a copy that does not have it, or has read but not yet
/// understood it; meanwhile Bonn has erased what was said with the offer, so that its feed does not tell it any more.
#[test]
fn whoever_lost_what_was_erased_since_hears_it_once_more() {
    for (knows, has_read) in [(true, false), (false, false), (true, true), (false, true)] {
        let copy = Step { what: 7, a: 0, b: 0, c: 0 };
        let offer = Step { what: 0, a: 1, b: 1, c: 0 };
        let meet = |a, b, strength| Step { what: 3, a, b, c: strength };
        let (bonn_to_koeln, koeln_to_bonn) = (meet(1, 1, 8), meet(0, 0, 8));
        let read = meet(1, 1, if has_read { 2 } else { 0 });
        let erase = Step { what: 15, a: 0, b: 0, c: 0 };
        let restore = Step { what: 8, a: 0, b: usize::from(!knows), c: 0 };
        live(&[offer, read, copy, bonn_to_koeln.clone(), koeln_to_bonn, erase, restore, bonn_to_koeln]);
    }
}

//! A few real members, held against the simulation: each with its database and its address, doing for an hour of their
//! clock what a process does in its rounds, every byte on the way counted.

use std::collections::BTreeSet;

use base::{Clock, Time};
use federation::handover as deeds;
use federation::papers::{self, Papers};
use federation::{Identity, NodeKeys, peers};
use store::Tx;

use super::day::{Cost, Log, REPORT};
use super::graph::Graph;
use super::held;
use super::real::{BEGIN, Served, agreed};

/// Seconds of the clock from one round to the next.
const STEP: u64 = 30;
/// Steps from one round in which histories are compared to the next.
const COMPARE: u64 = 4;
/// Seconds that are measured.
pub(crate) const HOUR: u64 = 3600;
/// Reports every member has before.
const REPORTS: u64 = 100;
/// Copies that are held to see what one takes in memory.
const COPIES: usize = 1_000;

/// Members, and the neighbours of each.
pub(crate) struct Sample {
    served: Vec<Served>,
    graph: Graph,
    clock: Clock,
}

/// What an hour took, and what the simulation says it takes.
pub(crate) struct Hour {
    pub(crate) real: Vec<Cost>,
    pub(crate) logs: Vec<Log>,
}

impl Sample {
    /// So many members in a ring, each of which works with so many before it and after it.
    pub(crate) async fn ring(members: usize, near: usize) -> Self {
        let clock = Clock::fixed(Time::parse_rfc3339(BEGIN).unwrap());
        let mut served = Vec::new();
        for number in 0..members {
            served.push(Served::new(number + 1, &clock, REPORTS).await);
        }
        let around = |own: usize| {
            (1..=near).flat_map(move |far| [(own + far) % members, (own + members - far) % members])
        };
        let partners = (0..members).map(|own| around(own).collect::<BTreeSet<_>>()).collect();
        let graph =
            Graph { partners, groups: Vec::new(), group: vec![0; members], people: vec![0.0; members] };
        let sample = Self { served, graph, clock };
        sample.introduce().await;
        for number in 0..members {
            sample.warm_up(number).await;
        }
        sample
    }

    pub(crate) fn served(&self) -> &[Served] {
        &self.served
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Lets neighbours know each other since yesterday, agree, and have handed over to each other before.
    async fn introduce(&self) {
        let mut number = 0;
        for (own, partners) in self.graph.partners.iter().enumerate() {
            for other in partners {
                let identity = self.identity(*other).await;
                let url = self.served[*other].member.settings.url.clone();
                let yesterday = self.clock.now().plus_seconds(-24 * 3600);
                let meet = move |tx: &mut Tx<'_>| {
                    peers::pin(tx, &url, &identity, false, yesterday)?;
                    deeds::add_pair(tx, &identity.did).map(drop)
                };
                self.served[own].member.db.write("bench.meet", meet).await.unwrap();
                if own < *other {
                    number += 1;
                    self.agree([own, *other], number).await;
                }
            }
        }
    }

    async fn agree(&self, parties: [usize; 2], number: u64) {
        let keys: Vec<_> = parties.iter().map(|at| self.keys(*at)).collect();
        let (document, acts) = agreed(&keys, number);
        for at in parties {
            let (document, acts, now) = (document.clone(), acts.clone(), self.clock.now());
            let keep = move |tx: &mut Tx<'_>| {
                papers::add_document(tx, &document, true, now)?;
                acts.iter().try_for_each(|act| papers::add_act(tx, act, now).map(drop))
            };
            self.served[at].member.db.write("bench.agree", keep).await.unwrap();
        }
    }

    fn keys(&self, at: usize) -> NodeKeys {
        self.served[at].member.node_keys().unwrap()
    }

    async fn identity(&self, at: usize) -> Identity {
        let (_, text) = self.served[at].answer("/.well-known/did.json").await;
        Identity::parse(&self.keys(at).did().host(), std::str::from_utf8(&text).unwrap()).unwrap()
    }

    /// Reads all there is, so that the hour begins as any other.
    async fn warm_up(&self, number: usize) {
        let member = &self.served[number].member;
        web::feeds::pull(member).await.unwrap();
        (web::handover::ROUND.work)(member).await.unwrap();
    }

    /// What one question takes between two that hand cases over and have nothing new: its bytes, and those of the answer.
    pub(crate) async fn meeting(&self) -> [u64; 2] {
        let other = *self.graph.partners[0].first().unwrap();
        let before = self.served[other].traffic.so_far();
        web::handover::meet(&self.served[0].member, self.keys(other).did()).await.unwrap();
        let after = self.served[other].traffic.so_far();
        assert_eq!(after[0] - before[0], 1, "there was nothing new");
        [after[1] - before[1], after[2] - before[2]]
    }

    /// Lets everybody do for an hour what is due, while some report something.
    pub(crate) async fn hour(&self) -> Hour {
        let members = self.served.len();
        let mut real = vec![Cost::default(); members];
        // Everybody gets as many reports as its place in the ring says, some minutes apart.
        let times = |number: u64| {
            let rows = usize::try_from(REPORT).unwrap_or(usize::MAX);
            (0..number % 4).flat_map(move |nth| std::iter::repeat_n((nth * 13 + number) % 60 * 60, rows))
        };
        let logs: Vec<_> = (0..members as u64)
            .map(|number| {
                let mut times: Vec<_> = times(number).collect();
                times.sort_unstable();
                Log { before: REPORTS * REPORT, times }
            })
            .collect();
        for step in 0..HOUR / STEP {
            let moment = step * STEP;
            for (served, log) in self.served.iter().zip(&logs) {
                let is_due = |time: &&u64| **time <= moment && (step == 0 || **time > moment - STEP);
                served.append(log.times.iter().filter(is_due).count() as u64).await;
            }
            self.clock.advance(STEP.cast_signed());
            for number in 0..members {
                self.charged(number, &mut real, step).await;
            }
        }
        Hour { real, logs }
    }

    /// The rounds of a member whose time has come, and what each cost whom.
    async fn charged(&self, number: usize, real: &mut [Cost], step: u64) {
        let before: Vec<_> = self.served.iter().map(|served| served.traffic.so_far()).collect();
        let member = &self.served[number].member;
        web::feeds::pull(member).await.unwrap();
        if step % COMPARE == COMPARE - 1 {
            web::feeds::compare(member).await.unwrap();
        }
        (web::handover::ROUND.work)(member).await.unwrap();
        if step + 1 == HOUR / STEP {
            let mut rounds = node::MODULES.iter().flat_map(|module| module.rounds);
            let round = rounds.find(|round| round.name == "verbund.ask_again").unwrap();
            (round.work)(member).await.unwrap();
            while web::server::work_once(member).await.unwrap() {}
        }
        for (other, (served, before)) in self.served.iter().zip(before).enumerate() {
            let [requests, up, down] = served.traffic.so_far();
            let [requests, up, down] = [requests - before[0], up - before[1], down - before[2]];
            real[number].asked += requests;
            real[number].sent += up;
            real[number].got += down;
            real[other].answered += requests;
            real[other].sent += down;
            real[other].got += up;
        }
    }

    /// What a member holds in memory, all at once, of those it knows when it decides something: their documents, their
    /// agreements, and how far their feeds were read.
    pub(crate) async fn memory(&self) -> u64 {
        let copies = COPIES / self.graph.partners[0].len();
        let read = self.served[0].member.db.read("bench.memory", move |tx| {
            let mut known = || -> base::Result<_> {
                Ok((peers::all(tx)?, Papers::load(tx)?, federation::states(tx)?, deeds::pairs(tx)?))
            };
            Ok(held(copies, || known().unwrap()))
        });
        read.await.unwrap()
    }
}

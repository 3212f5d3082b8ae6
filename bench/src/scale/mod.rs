//! A day of the whole country: what a member sends, gets and keeps depends on whom it works with, not on how many there
//! are. A few real members say whether the simulation is right. Prints the tables of `docs/scale.md`.

mod day;
mod graph;
mod real;
mod sample;

use std::hint::black_box;

use day::{Cost, costs_of, simulate};
use graph::{Graph, Wanted};
pub(crate) use real::Served;
use real::{Sizes, agreement};
pub(crate) use sample::Sample;

use crate::precise;

/// As the tables of `docs/scale.md` were made.
const SEED: u64 = 2012;
/// Copies that are held to see what one takes in memory.
const COPIES: usize = 20_000;

/// Prints them.
pub(crate) async fn scale() {
    let smallest = Sample::ring(4, 1).await;
    let sizes = Sizes::measured(smallest.meeting().await).await;
    println!("\nMeasured, in bytes: {sizes:?}");
    for parties in [2, 28, 156] {
        let [sent, answered] = real::told(parties);
        let held = in_memory(parties);
        println!("agreement of {parties}: {sent} bytes told, {answered} answered, {held} in memory");
    }
    println!(
        "\n| real members | neighbours | requests made | simulated | bytes sent and got | simulated | bytes in memory |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (members, near) in [(4, 1), (8, 1), (16, 1), (8, 2), (9, 4), (17, 8)] {
        held_against(&Sample::ring(members, near).await, &sizes).await;
    }
    println!(
        "\n| members | partners | requests made | bytes sent | bytes got | bytes kept | bytes of agreements | most requests | all bytes |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for members in [100, 300, 1_000, 3_000, 11_000] {
        line(Wanted { members, degree: 6.0, counties: true }, &sizes);
    }
    println!();
    for degree in [2.0, 4.0, 8.0, 16.0, 32.0, 64.0] {
        line(Wanted { members: 3_000, degree, counties: false }, &sizes);
    }
}

/// An hour of real members beside the same hour simulated: means over the members.
async fn held_against(sample: &Sample, sizes: &Sizes) {
    let hour = sample.hour().await;
    let simulated = costs_of(sample.graph(), &hour.logs, sizes, sample::HOUR, || 0);
    let mean = |costs: &[Cost], what: fn(&Cost) -> u64| {
        precise(costs.iter().map(what).sum()) / precise(costs.len() as u64)
    };
    let bytes: fn(&Cost) -> u64 = |cost| cost.sent + cost.got;
    println!(
        "| {} | {} | {:.1} | {:.1} | {:.0} | {:.0} | {} |",
        hour.real.len(),
        sample.graph().partners[0].len(),
        mean(&hour.real, |cost| cost.asked),
        mean(&simulated, |cost| cost.asked),
        mean(&hour.real, bytes),
        mean(&simulated, bytes),
        sample.memory().await,
    );
}

/// A line of a table: means over the members, the most any of them asks, and what all send together.
fn line(wanted: Wanted, sizes: &Sizes) {
    let graph = Graph::new(wanted, SEED);
    let costs = simulate(&graph, sizes, SEED);
    let partners = graph.partners.iter().map(|partners| partners.len() as u64).sum::<u64>();
    let all = |what: fn(&Cost) -> u64| costs.iter().map(what).sum::<u64>();
    let mean = |sum: u64| precise(sum) / precise(costs.len() as u64);
    let most = costs.iter().map(|cost| cost.asked).max().unwrap_or(0);
    println!(
        "| {} | {:.1} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {most} | {} |",
        wanted.members,
        mean(partners),
        mean(all(|cost| cost.asked)),
        mean(all(|cost| cost.sent)),
        mean(all(|cost| cost.got)),
        mean(all(|cost| cost.kept)),
        mean(all(|cost| cost.papers)),
        all(|cost| cost.sent),
    );
}

/// What a signed agreement of so many takes in memory while something is decided by it.
fn in_memory(parties: usize) -> u64 {
    let (one, copies) = (agreement(parties), COPIES / parties);
    held(copies, || one.clone())
}

/// What one takes in memory, of so many that are held at once. They are never given back: what the allocator has over would
/// hide what the next measurement takes.
fn held<T>(copies: usize, make: impl FnMut() -> T) -> u64 {
    let before = resident();
    std::mem::forget(black_box(std::iter::repeat_with(make).take(copies).collect::<Vec<_>>()));
    resident().saturating_sub(before) / copies.max(1) as u64
}

/// Bytes of memory this process has.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;

    use base::Clock;
    use federation::{FeedName, Interest, Mirror, Remote};
    use fetch::Fetch;
    use ledger::PUBLIC;
    use testkit::{Fresh, Wire};

    use super::*;

    /// So long as tests run: sizes near those that are measured, which no statement here depends on.
    fn sizes() -> Sizes {
        Sizes {
            get: 600,
            post: 800,
            heads: [200; 4],
            checkpoint: 160,
            entry: [330, 250],
            payload: [200, 60],
            identity: 2_000,
            cosigned: 400,
            unseen: 300,
            meeting: [1_200, 1_000],
        }
    }

    fn mean(wanted: Wanted, what: fn(&Cost) -> u64) -> f64 {
        let costs = simulate(&Graph::new(wanted, SEED), &sizes(), SEED);
        precise(costs.iter().map(what).sum()) / precise(costs.len() as u64)
    }

    /// What is simulated is what the program does: the same questions in the same rounds, over a real wire.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_simulation_asks_what_the_program_asks() {
        let clock = Clock::fixed(base::Time::parse_rfc3339(real::BEGIN).unwrap());
        let served = real::Served::new(1, &clock, 0).await;
        let wire = Wire::to(([127, 0, 0, 1], served.port).into()).await;
        let fresh = Fresh::sqlite();
        let db = fresh.open(&[store::MIGRATIONS, federation::MIGRATIONS].concat(), None).unwrap();
        let keys = served.member.ledger.keys();
        let mirror = Mirror::new(db, Clock::system(), keys.witness());
        let (name, log) =
            (FeedName { peer: "m00001".into(), feed: PUBLIC.into() }, keys.log_verifier(PUBLIC));
        let base = served.base().replace(&served.port.to_string(), &wire.address.port().to_string());
        let interest = Interest {
            wants: Arc::new(|header: &ledger::Header| header.commitment.is_some()),
            ..Interest::in_nothing()
        };
        let mut known = 0;
        for added in [1, 0, 2, 250, 0, 10, 700, 1] {
            served.append(added).await;
            // No connection is used twice on this wire, so that no answer is waited for on a closed one.
            let remote = Remote::new(base.clone(), Fetch::new(Duration::from_secs(5)).unwrap());
            mirror.pull(&name, &log, &remote, &interest).await.unwrap();
            let mut real = wire.asked();
            let mut simulated: Vec<_> = day::round(known, known + added)
                .map(|asked| format!("/log/{PUBLIC}/{}", asked.path()))
                .collect();
            // Contents are asked for side by side.
            real.sort();
            simulated.sort();
            assert_eq!(real, simulated, "{known} and {added} more");
            known += added;
        }
    }

    /// Real members ask as often as simulated ones, and what they send and get is as long.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_hour_of_real_members_is_the_hour_that_is_simulated() {
        let sample = Sample::ring(5, 1).await;
        let sizes = Sizes::measured(sample.meeting().await).await;
        let hour = sample.hour().await;
        let simulated = costs_of(sample.graph(), &hour.logs, &sizes, sample::HOUR, || 0);
        for (real, simulated) in hour.real.iter().zip(&simulated) {
            assert_eq!((real.asked, real.answered), (simulated.asked, simulated.answered));
            for (real, simulated) in [(real.sent, simulated.sent), (real.got, simulated.got)] {
                let ratio = precise(real) / precise(simulated);
                assert!((ratio - 1.0).abs() < 0.05, "{real} bytes, and {simulated} simulated");
            }
        }
    }

    /// The promise: a member pays for its own partners, however many others there are.
    #[test]
    fn what_a_member_pays_does_not_depend_on_how_many_there_are() {
        let of = |members, what| mean(Wanted { members, degree: 6.0, counties: true }, what);
        let costs: [fn(&Cost) -> u64; 4] =
            [|cost| cost.asked, |cost| cost.sent, |cost| cost.got, |cost| cost.papers];
        for cost in costs {
            let (small, large) = (of(700, cost), of(11_000, cost));
            assert!((large / small - 1.0).abs() < 0.15, "{small} with 700, {large} with 11,000");
        }
    }

    /// Within one simulation, members with as many partners pay alike, and each further partner costs the same.
    #[test]
    fn every_further_partner_costs_the_same() {
        let graph = Graph::new(Wanted { members: 3_000, degree: 12.0, counties: false }, SEED);
        let costs = simulate(&graph, &sizes(), SEED);
        let mut by_degree: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        for (partners, cost) in graph.partners.iter().zip(&costs) {
            by_degree.entry(partners.len()).or_default().push(cost.asked);
        }
        let enough = by_degree.iter().filter(|(degree, costs)| **degree > 0 && costs.len() >= 50);
        let each: Vec<_> = enough
            .map(|(degree, costs)| precise(costs.iter().sum()) / precise(costs.len() as u64 * *degree as u64))
            .collect();
        let (least, most) = each.iter().fold((f64::MAX, 0.0_f64), |(a, b), c| (a.min(*c), b.max(*c)));
        assert!(each.len() > 8 && most / least < 1.1, "{each:?}");
    }
}

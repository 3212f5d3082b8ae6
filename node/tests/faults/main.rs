//! Members as processes of their own, each reached by the others only through a network that fails: cases are handed
//! over in all directions while connections break and processes are killed, while clocks are days apart, and while
//! members lie.
//!
//! `RAUM_FAULTS_ROUNDS` sets how many storms there are, one unless told; `RAUM_FAULTS_SEED` makes another.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod books;
mod clocks;
mod desk;
mod liar;
mod liars;
mod process;
mod region;
mod storm;

use base::Entropy;

/// A number from the environment.
fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Chance that can be repeated.
#[derive(Clone)]
struct Chance(Entropy);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(Entropy::seeded(seed))
    }

    fn below(&self, end: u64) -> u64 {
        u64::from_le_bytes(self.0.bytes()) % end
    }

    fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let place = usize::try_from(self.below(from.len().max(1) as u64)).unwrap();
        from.get(place)
    }
}

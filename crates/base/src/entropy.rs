use std::sync::{Arc, Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Where the program takes random bytes from: the operating system, or a seed when a run must be repeatable.
#[derive(Clone, Debug, Default)]
pub struct Entropy(Option<Arc<Mutex<ChaCha20Rng>>>);

impl Entropy {
    /// The operating system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A repeatable stream. Only for tests and demonstration data: who knows the seed knows every secret.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))))
    }

    /// Fills `target`.
    ///
    /// # Panics
    /// When the operating system has no randomness to give; nothing safe can be done without it.
    #[expect(clippy::expect_used, clippy::disallowed_methods, reason = "no secret may ever be guessed")]
    pub fn fill(&self, target: &mut [u8]) {
        match &self.0 {
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(target),
            None => getrandom::fill(target).expect("the operating system gives random bytes"),
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

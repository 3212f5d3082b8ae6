use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::ChaCha20Rng;
use rand::{Rng as _, SeedableRng as _};

/// Where the program takes random bytes from: a generator that the operating system seeds anew again and again, or a
/// seed when a run must be repeatable.
#[derive(Clone, Debug, Default)]
pub struct Entropy(Option<Arc<Mutex<ChaCha20Rng>>>);

impl Entropy {
    /// The thread's own generator (ChaCha, seeded by the operating system): as unguessable as the system's, without a
    /// call into it for every id.
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
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub fn fill(&self, target: &mut [u8]) {
        match &self.0 {
            Some(seeded) => seeded.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(target),
            None => rand::rng().fill_bytes(target),
        }
    }

    /// A generator of its own, seeded from here, for libraries that want one.
    #[must_use]
    pub fn generator(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(self.bytes())
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

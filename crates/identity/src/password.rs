use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base::{Problem, Result};
use tokio::sync::Semaphore;

/// Shortest password, in characters (NIST SP 800-63B § 3.1.1.2 asks for 15 where it is the only factor).
const SHORTEST: usize = 12;

/// Longest password: far beyond any human one, and short enough that hashing it costs nothing.
const LONGEST: usize = 256;

/// Stretches passwords (Argon2id, RFC 9106) a few at a time, so that many logins cannot starve the pages.
#[derive(Clone, Debug)]
pub struct Passwords(Arc<Semaphore>);

impl Passwords {
    /// At most `parallel` at once.
    #[must_use]
    pub fn new(parallel: usize) -> Self {
        Self(Arc::new(Semaphore::new(parallel.max(1))))
    }

    /// The stored form of a new password.
    ///
    /// # Errors
    /// When the machine cannot do it.
    pub async fn stretch(&self, password: String) -> Result<String> {
        self.run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| {
                Problem::internal("password", "the password cannot be stretched").because(error.to_string())
            })
        })
        .await
    }

    /// Whether `password` belongs to `stored`. Takes the same time when there is nothing stored, so that the answer
    /// does not tell who has an account.
    ///
    /// # Errors
    /// When the machine cannot do it.
    pub async fn check(&self, password: String, stored: Option<String>) -> Result<bool> {
        /// The stretched form of a password nobody has.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
            AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        self.run(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| NOBODY.into());
            let fits = Argon2::default().verify_password(password.as_bytes(), stored.as_str()).is_ok();
            Ok(fits && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let closed = |error| Problem::busy("password", "no more passwords are checked").because(error);
        let _turn = self.0.acquire().await.map_err(closed)?;
        let task = tokio::task::spawn_blocking(work).await;
        task.map_err(|error| Problem::internal("panic", "the work panicked").because(error))?
    }
}

/// What is wrong with a new password, as a message key.
#[must_use]
pub fn password_fault(password: &str) -> Option<&'static str> {
    match password.chars().count() {
        ..SHORTEST => Some("password-short"),
        LONGEST.. => Some("password-long"),
        _ => None,
    }
}

use base::{Entropy, Problem, Result};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, OpModeS, Serializable as _};
use ledger::Keys;
use zeroize::Zeroizing;

use super::act::{Mark, Pen};
use crate::did::Did;
use crate::form::{Flaw, Hash, Key};
use crate::node::SEALING;

type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Shared = <X25519HkdfSha256 as Kem>::EncappedKey;

/// Bytes before the sealed text: the key it was sealed with for once (RFC 9180 § 7.1).
const SHARED: usize = 32;

/// A member's secret side of handing over: what opens what others sealed for it, and what marks its own acts.
#[derive(Clone)]
pub struct Secrets {
    did: Did,
    sealing: Zeroizing<[u8; 32]>,
    pen: Zeroizing<[u8; 32]>,
}

impl Secrets {
    /// Those of the member of this name.
    #[must_use]
    pub fn new(did: Did, keys: &Keys) -> Self {
        Self { did, sealing: keys.derive(SEALING), pen: keys.derive("federation/handover") }
    }

    /// Whose they are.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Seals something that only a partner can open, and of which the partner knows that it is ours: HPKE with
    /// authentication, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305 (RFC 9180 § 5.1.3, § 7). It fits one
    /// feed and one kind of entry.
    ///
    /// # Errors
    /// When the partner's key is none.
    pub fn seal(
        &self,
        (partner, key): (&Did, &Key),
        (feed, kind): (&str, &str),
        text: &[u8],
        entropy: &Entropy,
    ) -> Result<Vec<u8>> {
        let no_key = |error| {
            Problem::input("sealing-key", "nothing can be sealed for this key")
                .because(Flaw::new("key", format!("{error}")))
        };
        let own = self.private()?;
        let mode = OpModeS::Auth((own.clone(), X25519HkdfSha256::sk_to_pk(&own)));
        let to = Public::from_bytes(&key.0).map_err(no_key)?;
        let (info, bound) = (about(&self.did, partner), bound(feed, kind));
        let sealed = hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &mode,
            &to,
            info.as_bytes(),
            text,
            bound.as_bytes(),
            &mut entropy.generator(),
        );
        let (shared, sealed) = sealed.map_err(no_key)?;
        Ok([shared.to_bytes().as_slice(), &sealed].concat())
    }

    /// Opens what a partner sealed for us.
    ///
    /// # Errors
    /// `sealed` when it was not sealed for us, by that partner, for this feed and kind.
    pub fn open(
        &self,
        (partner, key): (&Did, &Key),
        (feed, kind): (&str, &str),
        sealed: &[u8],
    ) -> Result<Vec<u8>> {
        let wrong = || Problem::peer("sealed", "not sealed for us by this member for this feed");
        let (shared, text) = sealed.split_at_checked(SHARED).ok_or_else(wrong)?;
        let shared = Shared::from_bytes(shared).map_err(|_| wrong())?;
        let from = Public::from_bytes(&key.0).map_err(|_| wrong())?;
        let (info, bound) = (about(partner, &self.did), bound(feed, kind));
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Auth(from),
            &self.private()?,
            &shared,
            info.as_bytes(),
            text,
            bound.as_bytes(),
        )
        .map_err(|_| wrong())
    }

    fn private(&self) -> Result<Private> {
        Private::from_bytes(self.sealing.as_slice())
            .map_err(|_| Problem::internal("sealing-key", "the member's own key is none"))
    }
}

impl Pen for Secrets {
    fn mark(&self, partner: &Did, text: &str) -> Mark {
        Mark(Hash::from_bytes(ledger::hmac(&self.pen, format!("{partner}\n{text}").as_bytes())))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.did)
    }
}

fn about(from: &Did, to: &Did) -> String {
    format!("erprobungsraum/handover@v1\n{from}\n{to}\n")
}

fn bound(feed: &str, kind: &str) -> String {
    format!("{feed}\n{kind}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(name: &str, seed: u8) -> (Secrets, Key) {
        let host = format!("{name}.example");
        let keys = Keys::new(host.clone(), [seed; 32]);
        let own = crate::NodeKeys::new(&format!("https://{host}"), &keys).unwrap();
        (Secrets::new(own.did().clone(), &keys), own.public().sealing)
    }

    #[test]
    fn only_the_receiver_opens_it_and_knows_who_sealed_it() {
        let [(koeln, koeln_key), (bonn, bonn_key), (trudy, trudy_key)] =
            [secrets("koeln", 1), secrets("bonn", 2), secrets("trudy", 3)];
        let (feed, entropy) = (("to_bonn.example_1", MESSAGE), Entropy::seeded(1));
        let sealed = koeln.seal((bonn.did(), &bonn_key), feed, b"Laterne", &entropy).unwrap();
        let again = koeln.seal((bonn.did(), &bonn_key), feed, b"Laterne", &entropy).unwrap();
        assert_ne!(sealed, again, "nobody sees that it is the same");
        assert_eq!(bonn.open((koeln.did(), &koeln_key), feed, &sealed).unwrap(), b"Laterne");
        assert!(trudy.open((koeln.did(), &koeln_key), feed, &sealed).is_err(), "somebody else opens it");
        assert!(bonn.open((trudy.did(), &trudy_key), feed, &sealed).is_err(), "somebody else claims it");
        assert!(bonn.open((koeln.did(), &koeln_key), ("to_bonn.example_2", MESSAGE), &sealed).is_err());
        assert!(bonn.open((koeln.did(), &koeln_key), (feed.0, FILE), &sealed).is_err());
        for at in [0, 31, 32, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(bonn.open((koeln.did(), &koeln_key), feed, &changed).is_err(), "{at}");
        }
        assert!(bonn.open((koeln.did(), &koeln_key), feed, &sealed[..31]).is_err());
    }

    #[test]
    fn an_author_knows_its_own_words_again_and_nobody_else_makes_them() {
        let [(koeln, _), (trudy, _)] = [secrets("koeln", 1), secrets("trudy", 3)];
        let bonn = Did::of_host("bonn.example").unwrap();
        assert_eq!(koeln.mark(&bonn, "a"), koeln.mark(&bonn, "a"));
        assert_ne!(koeln.mark(&bonn, "a"), koeln.mark(&bonn, "b"));
        assert_ne!(koeln.mark(&bonn, "a"), koeln.mark(trudy.did(), "a"));
        assert_ne!(koeln.mark(&bonn, "a"), trudy.mark(&bonn, "a"));
    }

    use super::super::message::{FILE, MESSAGE};
}

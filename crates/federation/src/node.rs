use ledger::{Keys, PUBLIC};
use tlog::Signer;

use crate::did::{Did, PublicKeys};
use crate::form::{Flaw, Key, Vkey, ensure};

/// What a member's keys for others are derived for, from the one seed its ledger has (HKDF, RFC 5869).
const REQUESTS: &str = "federation/requests";
const AGREEMENTS: &str = "federation/agreements";
pub(crate) const SEALING: &str = "federation/sealing";

/// Who a member is towards others, with what it needs to prove it. Whoever restores the member's seed has the same
/// keys again.
#[derive(Clone, Debug)]
pub struct NodeKeys {
    did: Did,
    agreements: Signer,
    requests: httpsig::Signer,
    public: PublicKeys,
}

impl NodeKeys {
    /// The keys of the member whose pages are at `url`.
    ///
    /// # Errors
    /// When the address is none a member can be named after.
    pub fn new(url: &str, keys: &Keys) -> Result<Self, Flaw> {
        let did = Did::of_url(url)?;
        let agreements = Signer::new(format!("{}/agreements", did.host()), &keys.derive(AGREEMENTS));
        let seed = keys.derive(REQUESTS);
        let requests = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
        // Only the public half of this one is wanted here.
        let sealing = x25519_dalek::x25519(*keys.derive(SEALING), x25519_dalek::X25519_BASEPOINT_BYTES);
        let public = PublicKeys {
            requests: Key(requests.to_bytes()),
            agreements: Vkey(agreements.verifier()),
            log: Vkey(keys.log_verifier(PUBLIC)),
            sealing: Key(sealing),
        };
        public.check(&did, "keys")?;
        let requests = httpsig::Signer::new(&public.request_key_id(&did), &seed);
        let requests = requests.map_err(|why| Flaw::new("keys.requests", why.to_string()))?;
        Ok(Self { did, agreements, requests, public })
    }

    /// The member's name for programs.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// What signs for the member: what it proposes, accepts, refuses, takes back and ends.
    #[must_use]
    pub fn agreements(&self) -> &Signer {
        &self.agreements
    }

    /// What signs the member's requests to others (RFC 9421).
    #[must_use]
    pub fn requests(&self) -> &httpsig::Signer {
        &self.requests
    }

    /// The public halves.
    #[must_use]
    pub fn public(&self) -> &PublicKeys {
        &self.public
    }
}

impl Did {
    /// The name of the member whose pages are at an address such as `https://stadt.example`.
    ///
    /// # Errors
    /// When it is not a scheme and a host with at most a port.
    pub fn of_url(url: &str) -> Result<Self, Flaw> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let host = rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase());
        ensure(host.is_some(), "url", "neither https nor http")?;
        Self::of_host(&host.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::did::Identity;

    fn keys(seed: u8) -> NodeKeys {
        NodeKeys::new("http://koeln.localhost:8115", &Keys::new("koeln.localhost", [seed; 32])).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_keys_and_each_key_is_another() {
        let (one, same, other) = (keys(1), keys(1), keys(2));
        assert_eq!(one.public(), same.public());
        assert_ne!(one.public().agreements, other.public().agreements);
        assert_eq!(one.did().to_string(), "did:web:koeln.localhost%3A8115");
        assert_eq!(one.public().agreements.0.name(), "koeln.localhost:8115/agreements");
        let PublicKeys { requests, sealing, .. } = one.public();
        assert_ne!(requests, sealing);
        assert_eq!(one.requests().public(), requests.0);
    }

    #[test]
    fn what_is_derived_can_be_published() {
        let own = keys(1);
        let identity = Identity {
            did: own.did().clone(),
            name: "Stadt Köln".into(),
            ars: "05315".parse().unwrap(),
            contact: "verbund@koeln.example".into(),
            keys: own.public().clone(),
            services: [("agreements".to_owned(), "http://koeln.localhost:8115/verbund/annahme".to_owned())]
                .into(),
        };
        let text = identity.publish().unwrap();
        assert_eq!(Identity::parse("koeln.localhost:8115", &text), Ok(identity));
    }

    #[test]
    fn only_a_host_names_a_member() {
        assert_eq!(Did::of_url("https://Stadt.example/").unwrap().to_string(), "did:web:stadt.example");
        for url in
            ["stadt.example", "ftp://stadt.example", "https://stadt.example/x", "https://", "https://a@b"]
        {
            assert!(Did::of_url(url).is_err(), "{url}");
        }
    }
}

use crate::did::Did;
use crate::form::Vkey;

/// Whose keys for agreements are whose, for somebody who has compared them.
pub trait Trust {
    /// Whether a key is, or was, really that member's: a document can name any key, and must not speak for somebody else
    /// by it.
    fn knows(&self, did: &Did, key: &Vkey) -> bool;

    /// Every key that is, or was, that member's. With one of them it can end what it agreed to by another: whoever lost
    /// a key is not bound for ever. Nobody can agree to anything by it.
    fn keys(&self, did: &Did) -> Vec<Vkey>;
}

impl<F: Fn(&Did, &Vkey) -> bool> Trust for F {
    fn knows(&self, did: &Did, key: &Vkey) -> bool {
        self(did, key)
    }

    fn keys(&self, _: &Did) -> Vec<Vkey> {
        Vec::new()
    }
}

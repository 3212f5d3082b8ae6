use sfv::{DictSerializer, Dictionary, KeyRef, ListEntry, Parser};
use sha2::{Digest as _, Sha256};

use crate::Refusal;

/// SHA-256 in the registry of RFC 9530 § 7.2.
const SHA256: &KeyRef = sfv::key_ref("sha-256");

/// The value of `Content-Digest` for a content (RFC 9530 § 2).
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    let mut field = DictSerializer::new();
    field.bare_item(SHA256, Sha256::digest(body).as_slice());
    field.finish().unwrap_or_default()
}

/// Checks a content against the SHA-256 in a `Content-Digest`. Digests by other algorithms may stand beside it and are
/// not looked at (RFC 9530 § 2).
pub(crate) fn check(field: &str, body: &[u8]) -> Result<(), Refusal> {
    let malformed = Refusal::Malformed("content-digest");
    let digests: Dictionary = Parser::new(field).parse().map_err(|_| malformed.clone())?;
    let Some(ListEntry::Item(digest)) = digests.get(SHA256) else { return Err(malformed) };
    let digest = digest.bare_item.as_byte_sequence().ok_or(malformed)?;
    if digest == Sha256::digest(body).as_slice() { Ok(()) } else { Err(Refusal::Digest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9530, appendices B.1 (full representation), B.2 (no content) and B.3 (partial representation).
    const EXAMPLES: [(&[u8], &str); 3] = [
        (b"{\"hello\": \"world\"}\n", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"),
        (b"", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"),
        (b"\"world\"}\n", "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:"),
    ];

    #[test]
    fn the_examples_of_the_standard_come_out_exactly() {
        for (content, field) in EXAMPLES {
            assert_eq!(content_digest(content), field);
            assert_eq!(check(field, content), Ok(()));
            assert_eq!(check(field, b"something else"), Err(Refusal::Digest));
        }
    }

    #[test]
    fn other_algorithms_may_stand_beside_but_do_not_replace() {
        let field = EXAMPLES[0].1;
        assert_eq!(check(&format!("sha-512=:AAAA:, {field}"), EXAMPLES[0].0), Ok(()));
        for broken in ["sha-512=:AAAA:", "sha-256", "sha-256=(:AAAA:)", "sha-256=\"AAAA\"", "sha-256=:A", ""]
        {
            assert_eq!(check(broken, b""), Err(Refusal::Malformed("content-digest")), "{broken}");
        }
    }
}

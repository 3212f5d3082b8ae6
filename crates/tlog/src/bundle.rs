use crate::Error;

/// Entries one after the other, each after its length in two bytes (C2SP tlog-tiles § Log entries).
///
/// # Errors
/// [`Error::Malformed`] when an entry has 64 KiB or more.
pub fn bundle<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len());
        let length = length.map_err(|_| Error::Malformed("entry bundle", "an entry has 64 KiB or more"))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle, in their order.
///
/// # Errors
/// [`Error::Malformed`] when it ends within an entry.
pub fn unbundle(mut bundle: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut entries = Vec::new();
    while !bundle.is_empty() {
        let parts = bundle
            .split_first_chunk::<2>()
            .and_then(|(length, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let (entry, rest) = parts.ok_or(Error::Malformed("entry bundle", "it ends within an entry"))?;
        entries.push(entry);
        bundle = rest;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bundle_gives_back_its_entries(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
            let bytes = bundle(&entries).unwrap();
            prop_assert_eq!(unbundle(&bytes).unwrap(), entries);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let whole = unbundle(&bytes);
            if let Ok(entries) = whole {
                prop_assert_eq!(bundle(entries).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn an_entry_too_long_for_its_length_is_refused() {
        assert!(bundle([vec![0; 65_535]]).is_ok());
        assert!(bundle([vec![0; 65_536]]).is_err());
        assert_eq!(bundle([b"ab".as_slice(), b""]), Ok(vec![0, 2, b'a', b'b', 0, 0]));
    }
}

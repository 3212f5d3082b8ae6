use base::{Problem, Result};
use ledger::Header;
use tlog::{Frontier, leaf_hash, unbundle};

/// Entries that were fetched, with the tree they make of the one before them. They are proven to be the log's as soon as
/// [`Taken::frontier`] is proven to be a beginning of a signed tree.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    start: Frontier,
    frontier: Frontier,
    entries: Vec<TakenEntry>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct TakenEntry {
    pub(crate) bytes: Vec<u8>,
    /// What this version of the program understands of it; a header of another form is kept all the same.
    pub(crate) header: Option<Header>,
}

impl Taken {
    /// Nothing yet, after the tree that is known.
    #[must_use]
    pub fn after(start: Frontier) -> Self {
        Self { frontier: start.clone(), start, entries: Vec::new() }
    }

    /// Adds the entries of a bundle that begins at entry number `first` and of which `width` count; those that are known
    /// are passed over.
    ///
    /// # Errors
    /// When the bytes are no bundle or there are fewer entries.
    pub fn add(&mut self, bundle: &[u8], first: u64, width: u64) -> Result<()> {
        let answer = |why: &str| Problem::peer("feed-answer", format!("the entries from {first} on: {why}"));
        let all = unbundle(bundle).map_err(|error| answer("no bundle").because(error))?;
        let (known, width) = (self.frontier.size().saturating_sub(first), usize::try_from(width));
        let new = width.ok().zip(usize::try_from(known).ok());
        let new = new.and_then(|(width, known)| all.get(known..width)).ok_or_else(|| answer("too few"))?;
        for entry in new {
            self.frontier.push(leaf_hash(entry));
            let header = serde_json::from_slice(entry).ok();
            self.entries.push(TakenEntry { bytes: entry.to_vec(), header });
        }
        Ok(())
    }

    /// The tree with all of them.
    #[must_use]
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The number of the first.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.start.size()
    }

    /// The entries with their numbers.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (u64, &TakenEntry)> {
        (self.first()..).zip(&self.entries)
    }

    /// Keeps the first `count` only.
    pub(crate) fn keep(&mut self, count: usize) {
        if count < self.entries.len() {
            self.entries.truncate(count);
            self.frontier = self.start.clone();
            self.frontier.extend(self.entries.iter().map(|entry| leaf_hash(&entry.bytes)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
        range.map(|number| number.to_string().into_bytes()).collect()
    }

    #[test]
    fn known_entries_are_passed_over_and_later_ones_left() {
        let bundle = tlog::bundle(entries(0..10)).unwrap();
        let mut start = Frontier::default();
        start.extend(entries(0..4).iter().map(|entry| leaf_hash(entry)));
        let mut taken = Taken::after(start.clone());
        taken.add(&bundle, 0, 8).unwrap();
        assert_eq!(taken.entries().map(|(seq, _)| seq).collect::<Vec<_>>(), [4, 5, 6, 7]);
        let mut whole = start.clone();
        whole.extend(entries(4..8).iter().map(|entry| leaf_hash(entry)));
        assert_eq!(taken.frontier(), &whole);
        taken.keep(1);
        start.extend(entries(4..5).iter().map(|entry| leaf_hash(entry)));
        assert_eq!((taken.frontier(), taken.entries().count()), (&start, 1));
        assert!(taken.add(&bundle, 0, 11).is_err(), "fewer than promised");
        assert!(taken.add(&bundle, 0, 2).is_err(), "fewer than known");
        assert!(taken.add(&[0, 5, 1], 0, 1).is_err());
    }
}

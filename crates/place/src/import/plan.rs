use crate::{Area, District};

/// What becomes of one thing when a file is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// Its name or shape changes.
    Changed,
    /// It is the same as before.
    Same,
    /// It is not in the file and falls away.
    Removed,
}

/// What taking over a file would do, thing by thing, before anything is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<T> {
    /// Each thing with what becomes of it, in the order of their keys: as it will be, or as it was when it goes.
    pub things: Vec<(Change, T)>,
    /// As they were, those that change.
    pub before: Vec<T>,
}

impl<T: Clone + PartialEq> Plan<T> {
    /// Compares what is there with what is in the file. With `replace`, what is not in the file falls away.
    fn of<K: Ord>(old: &[T], new: &[T], key: impl Fn(&T) -> K, replace: bool) -> Self {
        let (mut things, mut before) = (Vec::new(), Vec::new());
        for thing in new {
            match old.iter().find(|each| key(each) == key(thing)) {
                None => things.push((Change::Added, thing.clone())),
                Some(same) if same == thing => things.push((Change::Same, thing.clone())),
                Some(other) => {
                    before.push(other.clone());
                    things.push((Change::Changed, thing.clone()));
                }
            }
        }
        let gone = old.iter().filter(|each| replace && !new.iter().any(|thing| key(thing) == key(each)));
        things.extend(gone.map(|each| (Change::Removed, each.clone())));
        things.sort_by_key(|(_, thing)| key(thing));
        Self { things, before }
    }

    /// How many things a change concerns.
    #[must_use]
    pub fn count(&self, change: Change) -> usize {
        self.things.iter().filter(|(own, _)| *own == change).count()
    }

    /// The things as they will be.
    #[must_use]
    pub fn result(&self) -> Vec<T> {
        self.things
            .iter()
            .filter(|(change, _)| *change != Change::Removed)
            .map(|(_, thing)| thing.clone())
            .collect()
    }

    /// The things that go.
    pub fn removed(&self) -> impl Iterator<Item = &T> {
        self.things.iter().filter(|(change, _)| *change == Change::Removed).map(|(_, thing)| thing)
    }
}

impl Plan<Area> {
    /// The plan for areas.
    #[must_use]
    pub fn areas(old: &[Area], new: &[Area], replace: bool) -> Self {
        Self::of(old, new, |area| area.ars.clone(), replace)
    }
}

impl Plan<District> {
    /// The plan for districts.
    #[must_use]
    pub fn districts(old: &[District], new: &[District], replace: bool) -> Self {
        Self::of(old, new, |district| district.key.clone(), replace)
    }
}

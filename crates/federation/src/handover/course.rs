use base::Problem;

use super::act::{Act, Deed, Said, Side};
use crate::form::Hash;

/// Where a handover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// It waits for an answer; the case is the sender's.
    Offered,
    /// The case is the receiver's.
    Accepted,
    /// The receiver did not take it or gave it back; the case is the sender's. Final.
    Declined,
    /// The sender kept it after all; the case is the sender's. Final.
    Withdrawn,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 4] = [Self::Offered, Self::Accepted, Self::Declined, Self::Withdrawn];

    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether it can still lead to the receiver having the case. Once it cannot, it never can again: only then may the
    /// sender hand the case to somebody else, so that two never have it.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Offered | Self::Accepted)
    }
}

/// What follows from all acts of a handover together: the same for both sides when both have the same acts, in whatever
/// order they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Where it is.
    pub phase: Phase,
    /// The offer's text.
    pub offer: Hash,
    /// The newest progress, and whether nothing more is to be done.
    pub progress: Option<(Hash, bool)>,
    /// What is to be forgotten: who started it, or with `true` texts and files too.
    pub erase: Option<bool>,
    /// Whether the receiver said that it has forgotten it.
    pub erased: bool,
}

/// Why an act cannot be done as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It begins with an offer, and with one only.
    #[error("a handover begins with one offer")]
    Offer,
    /// That is no longer, or not yet, possible.
    #[error("this cannot be done as the handover stands")]
    Phase,
    /// It was done before.
    #[error("this was done before")]
    Again,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::conflict("handover-state", refusal.to_string())
    }
}

impl Course {
    /// What follows from these acts; `None` while the offer is not among them.
    ///
    /// Whatever gives the case to the sender is final and outweighs what gives it to the receiver. So two acts that
    /// crossed, or an act that its author forgot and replaced by another, never leave the case with both or with nobody.
    #[must_use]
    pub fn of<'a>(acts: impl IntoIterator<Item = &'a Said>) -> Option<Self> {
        let mut acts: Vec<_> = acts.into_iter().collect();
        acts.sort_by_key(|said| (said.act().place(), said.hash()));
        let has = |deed: Deed| acts.iter().any(|said| said.act().deed == deed);
        let offer = acts.iter().find(|said| said.act().deed == Deed::Offer)?.hash();
        let phase = if has(Deed::Withdraw) {
            Phase::Withdrawn
        } else if has(Deed::Decline) {
            Phase::Declined
        } else if has(Deed::Accept) {
            Phase::Accepted
        } else {
            Phase::Offered
        };
        let progress = acts.iter().rev().find_map(|said| match said.act().deed {
            Deed::Progress { closed } => Some((said.hash(), closed)),
            _ => None,
        });
        let erase = acts.iter().filter_map(|said| match said.act().deed {
            Deed::Erase { words } => Some(words),
            _ => None,
        });
        let erase = erase.max();
        Some(Self { phase, offer, progress, erase, erased: erase.is_some() && has(Deed::Erased) })
    }

    /// Whether an act can be done as things stand. Acts that come from elsewhere are not asked: they were done.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn allow(course: Option<&Self>, deed: Deed) -> Result<(), Refusal> {
        let Some(course) = course else {
            return if deed == Deed::Offer { Ok(()) } else { Err(Refusal::Offer) };
        };
        let ensure = |is_well, why| if is_well { Ok(()) } else { Err(why) };
        match deed {
            Deed::Offer => Err(Refusal::Offer),
            Deed::Withdraw | Deed::Accept => ensure(course.phase == Phase::Offered, Refusal::Phase),
            Deed::Decline | Deed::Word => ensure(course.phase.is_live(), Refusal::Phase),
            Deed::Progress { .. } => ensure(course.phase == Phase::Accepted, Refusal::Phase),
            Deed::Erase { words } => {
                ensure(course.erase.is_none_or(|before| words && !before), Refusal::Again)
            }
            Deed::Erased => ensure(course.erase.is_some() && !course.erased, Refusal::Again),
        }
    }
}

/// Whether an act can belong to a handover in which a partner has this side: it is by that side, and it begins one only
/// as an offer.
#[must_use]
pub(super) fn fits(act: &Act, author: Side) -> bool {
    act.side() == author
}

/// Of several live handovers of one case the one that stays: the first that was begun. The sender forgot it, or it would
/// have begun no other; it takes the others back when it learns of it.
#[must_use]
pub fn stays<T: Ord + Copy>(live: &[T]) -> Option<T> {
    live.iter().copied().min()
}

#[cfg(test)]
mod tests {
    use base::{HandoverId, Time};
    use proptest::prelude::*;

    use super::super::act::{Mark, Pen};
    use super::*;
    use crate::did::Did;
    use crate::form::At;

    struct NoPen;

    impl Pen for NoPen {
        fn mark(&self, _: &Did, text: &str) -> Mark {
            Mark(Hash::of(text))
        }
    }

    fn said(deed: Deed, epoch: u32, number: u32) -> Said {
        let handover = HandoverId::from_bytes(&[7; 16]).unwrap();
        let at = At::new(Time(1_800_000_000_000_000));
        let act = Act { handover, deed, epoch, number, at, content: None, files: vec![] };
        Said::write(&act, &Did::of_host("bonn.example").unwrap(), &NoPen).unwrap()
    }

    fn acts() -> impl Strategy<Value = Vec<Said>> {
        let deed = prop_oneof![
            Just(Deed::Withdraw),
            Just(Deed::Word),
            any::<bool>().prop_map(|words| Deed::Erase { words }),
            Just(Deed::Accept),
            Just(Deed::Accept),
            Just(Deed::Decline),
            any::<bool>().prop_map(|closed| Deed::Progress { closed }),
            Just(Deed::Erased),
        ];
        let act = (deed, 1_u32..4, 1_u32..5).prop_map(|(deed, epoch, number)| said(deed, epoch, number));
        proptest::collection::vec(act, 0..12)
    }

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(
            (acts, mixed) in acts().prop_flat_map(|acts| {
                let twice = [acts.clone(), acts.clone(), vec![said(Deed::Offer, 1, 1)]].concat();
                (Just(acts), Just(twice).prop_shuffle())
            })
        ) {
            let offer = said(Deed::Offer, 1, 1);
            prop_assert_eq!(Course::of(acts.iter().chain([&offer])), Course::of(&mixed));
            prop_assert_eq!(Course::of(&acts), None, "nothing begins without an offer");
        }

        #[test]
        fn what_gave_the_case_back_to_the_sender_is_never_undone(before in acts(), after in acts()) {
            let offer = said(Deed::Offer, 1, 1);
            let early = Course::of(before.iter().chain([&offer])).unwrap();
            let late = Course::of(before.iter().chain(&after).chain([&offer])).unwrap();
            prop_assert!(early.phase.is_live() || !late.phase.is_live());
            prop_assert!(early.erase <= late.erase && early.erased <= late.erased);
        }
    }

    #[test]
    fn what_can_be_done_depends_on_where_it_is() {
        let offer = said(Deed::Offer, 1, 1);
        let course = |more: &[Deed]| {
            let more: Vec<_> = more.iter().zip(1..).map(|(deed, number)| said(*deed, 1, number)).collect();
            Course::of(more.iter().chain([&offer])).unwrap()
        };
        let may = |more: &[Deed], deed| Course::allow(Some(&course(more)), deed).is_ok();
        let progress = Deed::Progress { closed: false };
        assert!(Course::allow(None, Deed::Offer).is_ok() && Course::allow(None, Deed::Accept).is_err());
        assert!(!may(&[], Deed::Offer));
        for (before, can, cannot) in [
            (&[][..], &[Deed::Accept, Deed::Decline, Deed::Withdraw, Deed::Word][..], &[progress][..]),
            (&[Deed::Accept], &[progress, Deed::Decline, Deed::Word], &[Deed::Accept, Deed::Withdraw]),
            (&[Deed::Decline], &[], &[Deed::Accept, Deed::Withdraw, progress, Deed::Decline, Deed::Word]),
            (&[Deed::Withdraw], &[], &[Deed::Accept, Deed::Decline, progress, Deed::Withdraw]),
        ] {
            can.iter().for_each(|deed| assert!(may(before, *deed), "{before:?} {deed:?}"));
            cannot.iter().for_each(|deed| assert!(!may(before, *deed), "{before:?} {deed:?}"));
        }
        let erase = |words| Deed::Erase { words };
        assert!(
            may(&[], erase(false)) && may(&[erase(false)], erase(true)) && !may(&[erase(true)], erase(false))
        );
        assert!(may(&[erase(false)], Deed::Erased) && !may(&[], Deed::Erased));
        assert!(!may(&[erase(false), Deed::Erased], Deed::Erased));
    }
}

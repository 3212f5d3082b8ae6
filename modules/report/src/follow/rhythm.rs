use std::str::FromStr;

use base::{Problem, Time};

/// Seconds between two mails to somebody who wants news at once.
const AT_ONCE: i64 = 15 * 60;
const DAY: i64 = 24 * 3600;

/// How often news are mailed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// At once, but several within a quarter of an hour together.
    AtOnce,
    /// Every morning.
    #[default]
    Daily,
    /// On Monday mornings.
    Weekly,
}

impl Rhythm {
    pub(crate) const ALL: [Self; 3] = [Self::AtOnce, Self::Daily, Self::Weekly];

    /// The name as stored and in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "sofort",
            Self::Daily => "taeglich",
            Self::Weekly => "woechentlich",
        }
    }

    /// When news of now are mailed, after a mail at `sent`.
    pub(crate) fn due(self, sent: Option<Time>, now: Time) -> Time {
        match self {
            Self::AtOnce => sent.map_or(now, |sent| sent.plus_seconds(AT_ONCE).max(now)),
            Self::Daily => mornings(now, false),
            Self::Weekly => mornings(now, true),
        }
    }
}

/// Seven o'clock in Germany, the next one; on a Monday when it must be.
fn mornings(now: Time, monday: bool) -> Time {
    let morning = |days: i64| {
        let day = now.plus_seconds(days * DAY).in_germany();
        let is_monday = day.weekday() == jiff::civil::Weekday::Monday;
        let at = Time::parse_civil(&format!("{:04}-{:02}-{:02}T07:00", day.year(), day.month(), day.day()))?;
        (at > now && (is_monday || !monday)).then_some(at)
    };
    (0..=8).find_map(morning).unwrap_or(now.plus_seconds(DAY))
}

impl FromStr for Rhythm {
    type Err = Problem;

    fn from_str(name: &str) -> Result<Self, Problem> {
        let unknown = || Problem::input("rhythm", format!("there is no rhythm '{name}'"));
        Self::ALL.into_iter().find(|each| each.name() == name).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse_civil(text).unwrap()
    }

    #[test]
    fn mornings_are_german_and_mondays_too() {
        // A Tuesday, and the night in which summer time ends.
        let due = |rhythm: Rhythm, now| rhythm.due(None, at(now));
        assert_eq!(due(Rhythm::Daily, "2026-11-24T06:59"), at("2026-11-24T07:00"));
        assert_eq!(due(Rhythm::Daily, "2026-11-24T07:00"), at("2026-11-25T07:00"));
        assert_eq!(due(Rhythm::Daily, "2026-10-24T23:30"), at("2026-10-25T07:00"));
        assert_eq!(due(Rhythm::Weekly, "2026-11-24T06:00"), at("2026-11-30T07:00"));
        assert_eq!(due(Rhythm::Weekly, "2026-11-30T06:00"), at("2026-11-30T07:00"));
        assert_eq!(due(Rhythm::Weekly, "2026-11-30T07:00"), at("2026-12-07T07:00"));
    }

    #[test]
    fn at_once_waits_after_a_mail() {
        let now = at("2026-11-24T12:00");
        assert_eq!(Rhythm::AtOnce.due(None, now), now);
        assert_eq!(Rhythm::AtOnce.due(Some(now.plus_seconds(-60)), now), now.plus_seconds(14 * 60));
        assert_eq!(Rhythm::AtOnce.due(Some(now.plus_seconds(-DAY)), now), now);
    }
}

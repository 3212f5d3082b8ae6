use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

/// Germany's time (§ 4 EinhZeitG), with its summers.
static GERMANY: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC));

thread_local! {
    /// The last half year somebody asked about, and its offset: the rows of a table mostly lie in one.
    static SEASON: Cell<Option<Season>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Season {
    from: Timestamp,
    to: Timestamp,
    offset: Offset,
}

impl Season {
    fn of(moment: Timestamp) -> Self {
        let known = SEASON.get().filter(|season| season.from < moment && moment < season.to);
        known.unwrap_or_else(|| {
            let from = GERMANY.preceding(moment).next().map_or(Timestamp::MIN, |change| change.timestamp());
            let to = GERMANY.following(moment).next().map_or(Timestamp::MAX, |change| change.timestamp());
            let season = Self { from, to, offset: GERMANY.to_offset(moment) };
            SEASON.set(Some(season));
            season
        })
    }
}

/// A moment as microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The moment `seconds` later (earlier when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// `2026-11-23T08:15:00Z`: the profile of ISO 8601 with seconds and zone that RFC 3339 and Open311 share.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let whole = Timestamp::from_second(self.seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
        whole.to_string()
    }

    /// Reads RFC 3339 (`2026-11-23T08:15:00+01:00`); `None` when it is not a complete date, time and zone.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|stamp| Self(stamp.as_microsecond()))
    }

    /// Reads a date with or without a time of day as German time (`2026-11-23`, `2026-11-23T09:15`), the forms that
    /// date fields of HTML send; `None` when it is neither.
    #[must_use]
    pub fn parse_civil(text: &str) -> Option<Self> {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let stamp = TimeZone::get("Europe/Berlin").ok()?.to_timestamp(civil).ok()?;
        Some(Self(stamp.as_microsecond()))
    }

    /// The same moment as a civil date and time in Germany.
    #[must_use]
    pub fn in_germany(self) -> jiff::civil::DateTime {
        let moment = self.timestamp();
        Season::of(moment).offset.to_datetime(moment)
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Where the program learns the time. [`Clock::fixed`] lets a test decide it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    #[must_use]
    pub fn fixed(at: Time) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Time {
        match &self.0 {
            Some(at) => Time(at.load(Ordering::SeqCst)),
            None => Time(Timestamp::now().as_microsecond()),
        }
    }

    /// Moves a fixed clock; does nothing to the machine's.
    pub fn advance(&self, seconds: i64) {
        if let Some(at) = &self.0 {
            at.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_its_text_form() {
        let time = Time::parse_rfc3339("2026-11-23T09:15:00+01:00").unwrap();
        assert_eq!(time.rfc3339(), "2026-11-23T08:15:00Z");
        assert_eq!(Time::parse_rfc3339(&time.rfc3339()), Some(time));
        assert_eq!(Time::parse_rfc3339("2026-11-23"), None);
    }

    #[test]
    fn a_civil_date_is_german() {
        let read = |text| Time::parse_civil(text).map(Time::rfc3339);
        assert_eq!(read("2026-07-01").as_deref(), Some("2026-06-30T22:00:00Z"));
        assert_eq!(read("2026-11-23T09:15").as_deref(), Some("2026-11-23T08:15:00Z"));
        assert_eq!(read("gestern"), None);
    }

    #[test]
    fn german_civil_time_knows_summer() {
        let noon = Time::parse_rfc3339("2026-07-01T10:00:00Z").unwrap();
        assert_eq!(noon.in_germany().hour(), 12);
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Time(0));
        clock.advance(60);
        assert_eq!(clock.now(), Time(60_000_000));
    }
}

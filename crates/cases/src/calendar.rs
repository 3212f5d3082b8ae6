//! Service hours and days off, and until when something is promised: pure.

use std::collections::BTreeSet;

use base::{Problem, Time};
use feiertage::{Holiday as Law, Region};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// Minutes of a day.
pub const DAY: u32 = 24 * 60;
/// Spans of service on one day, at most: before and after lunch.
pub const SPANS: usize = 2;
/// Days a promise may lie ahead; a calendar that is closed for longer promises nothing.
const HORIZON: u32 = 5 * 366;

/// When an office is at work: a part of a day, in minutes since midnight of German time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// From this minute on.
    pub from: u32,
    /// Up to this minute, at most 1440.
    pub to: u32,
}

/// The service hours of a week, Monday first.
pub type Week = [Vec<Span>; 7];

/// The hours of an office that has said nothing else: Monday to Friday from eight to four.
#[must_use]
pub fn usual_week() -> Week {
    std::array::from_fn(|day| if day < 5 { vec![Span { from: 8 * 60, to: 16 * 60 }] } else { vec![] })
}

/// A day on which nobody is at work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The day, as `2026-06-04`.
    pub day: String,
    /// Its name.
    pub name: String,
}

/// Service hours without the days off: what promises are counted in.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    week: Week,
    off: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar of these hours and days off. A day that is no date is left out.
    #[must_use]
    pub fn new(week: Week, holidays: &[Holiday]) -> Self {
        Self { week, off: holidays.iter().filter_map(|holiday| holiday.day.parse().ok()).collect() }
    }

    /// When so many hours of service will have passed since `opened`. Hours are real ones: an office that works through
    /// the night the clocks change works an hour more or less. `None` when there is no service to count in.
    #[must_use]
    pub fn due(&self, opened: Time, hours: u32) -> Option<Time> {
        let mut left = i64::from(hours) * 3600 * 1_000_000;
        let mut day = opened.in_germany().date();
        for _ in 0..HORIZON {
            if !self.off.contains(&day) {
                for span in self.spans(day.weekday()) {
                    let from = moment(day, span.from)?.max(opened);
                    let length = (moment(day, span.to)?.0 - from.0).max(0);
                    if left <= length && length > 0 {
                        return Some(Time(from.0 + left));
                    }
                    left -= length;
                }
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn spans(&self, weekday: Weekday) -> &[Span] {
        let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0);
        self.week.get(index).map_or(&[], Vec::as_slice)
    }
}

/// A minute of a German day. A minute the clocks skip is the one after the gap (RFC 5545's rule, jiff's "compatible").
fn moment(day: Date, minute: u32) -> Option<Time> {
    let (day, minute) = if minute >= DAY { (day.tomorrow().ok()?, minute - DAY) } else { (day, minute) };
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let zone = TimeZone::get("Europe/Berlin").ok()?;
    zone.to_timestamp(day.at(hour, minute, 0, 0)).ok().map(|stamp| Time(stamp.as_microsecond()))
}

/// The days off of a year in North Rhine-Westphalia (Feiertagsgesetz NW § 2).
#[must_use]
pub fn holidays_of(year: i16) -> Vec<Holiday> {
    let date = |law: Law| {
        let day = law.date(year.into())?;
        let day = format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day());
        Some(Holiday { day, name: name(law).to_owned() })
    };
    // Sundays that are holidays by law are no working days anyway and not in the library's list of this state.
    let mut days: Vec<Holiday> = Region::NordrheinWestfalen.holidays().into_iter().filter_map(date).collect();
    days.sort();
    days
}

fn name(law: Law) -> &'static str {
    match law {
        Law::Neujahr => "Neujahr",
        Law::Karfreitag => "Karfreitag",
        Law::Ostermontag => "Ostermontag",
        Law::TagDerArbeit => "Tag der Arbeit",
        Law::ChristiHimmelfahrt => "Christi Himmelfahrt",
        Law::Pfingstmontag => "Pfingstmontag",
        Law::Fronleichnam => "Fronleichnam",
        Law::TagDerDeutschenEinheit => "Tag der Deutschen Einheit",
        Law::Allerheiligen => "Allerheiligen",
        Law::ErsterWeihnachtsfeiertag => "1. Weihnachtstag",
        Law::ZweiterWeihnachtsfeiertag => "2. Weihnachtstag",
        _ => "Feiertag",
    }
}

/// Reads a day as `2026-06-04`.
///
/// # Errors
/// `holiday-day-wrong` for the field `tag` when it is none.
pub fn parse_day(text: &str) -> Result<String, Problem> {
    let wrong = |_| Problem::faults(vec![base::Fault::new("tag", "holiday-day-wrong")]);
    text.parse::<Date>().map(|day| day.to_string()).map_err(wrong)
}

/// Reads `08:30` as minutes since midnight; `24:00` ends a day.
#[must_use]
pub fn parse_minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

/// Writes minutes since midnight as `08:30`.
#[must_use]
pub fn show_minute(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse_civil(text).unwrap()
    }

    fn office() -> Calendar {
        Calendar::new(usual_week(), &[holidays_of(2026), holidays_of(2027)].concat())
    }

    fn due(opened: &str, hours: u32) -> String {
        office().due(at(opened), hours).unwrap().in_germany().to_string()
    }

    #[test]
    fn only_service_hours_count() {
        assert_eq!(due("2026-11-23T09:00", 4), "2026-11-23T13:00:00");
        assert_eq!(due("2026-11-23T14:00", 4), "2026-11-24T10:00:00");
        assert_eq!(due("2026-11-23T08:00", 8), "2026-11-23T16:00:00");
        assert_eq!(due("2026-11-23T03:00", 1), "2026-11-23T09:00:00");
        assert_eq!(due("2026-11-27T15:00", 2), "2026-11-30T09:00:00");
        assert_eq!(due("2026-11-28T12:00", 1), "2026-11-30T09:00:00");
        assert_eq!(due("2026-11-23T09:00", 0), "2026-11-23T09:00:00");
    }

    #[test]
    fn holidays_are_skipped_over_the_turn_of_the_year() {
        // Christmas 2026 falls on Friday and Saturday, New Year on Friday.
        assert_eq!(due("2026-12-24T15:00", 2), "2026-12-28T09:00:00");
        assert_eq!(due("2026-12-31T15:00", 2), "2027-01-04T09:00:00");
        // Corpus Christi 2026, a Thursday.
        assert_eq!(due("2026-06-03T15:00", 2), "2026-06-05T09:00:00");
    }

    #[test]
    fn the_clocks_change_and_hours_stay_hours() {
        // Before and after the Sundays of 29 March and 25 October 2026.
        assert_eq!(due("2026-03-27T15:00", 2), "2026-03-30T09:00:00");
        assert_eq!(due("2026-10-23T15:00", 2), "2026-10-26T09:00:00");
        let always = Calendar::new(std::array::from_fn(|_| vec![Span { from: 0, to: DAY }]), &[]);
        let whole = |opened: &str| always.due(at(opened), 24).unwrap().in_germany().to_string();
        assert_eq!(whole("2026-03-28T12:00"), "2026-03-29T13:00:00");
        assert_eq!(whole("2026-10-24T12:00"), "2026-10-25T11:00:00");
    }

    #[test]
    fn an_office_that_never_opens_promises_nothing() {
        assert_eq!(Calendar::default().due(at("2026-11-23"), 1), None);
    }

    #[test]
    fn the_holidays_of_the_state_are_those_of_its_law() {
        let days = |year| holidays_of(year).into_iter().map(|holiday| holiday.day).collect::<Vec<_>>();
        assert_eq!(
            days(2026),
            [
                "2026-01-01",
                "2026-04-03",
                "2026-04-06",
                "2026-05-01",
                "2026-05-14",
                "2026-05-25",
                "2026-06-04",
                "2026-10-03",
                "2026-11-01",
                "2026-12-25",
                "2026-12-26",
            ]
        );
        assert_eq!(
            days(2027),
            [
                "2027-01-01",
                "2027-03-26",
                "2027-03-29",
                "2027-05-01",
                "2027-05-06",
                "2027-05-17",
                "2027-05-27",
                "2027-10-03",
                "2027-11-01",
                "2027-12-25",
                "2027-12-26",
            ]
        );
        assert!(holidays_of(2030).iter().all(|holiday| holiday.name != "Feiertag"));
    }

    #[test]
    fn minutes_and_days_are_read_as_fields_send_them() {
        assert_eq!(
            [parse_minute("08:30"), parse_minute("24:00"), parse_minute("24:01")],
            [Some(510), Some(1440), None]
        );
        assert_eq!(show_minute(510), "08:30");
        assert!(parse_day("2026-02-30").is_err());
        assert_eq!(parse_day("2026-06-04").unwrap(), "2026-06-04");
    }
}

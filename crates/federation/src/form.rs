use std::fmt;
use std::str::FromStr;

use base::Time;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use data_encoding::HEXLOWER;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tlog::Verifier;

/// What is wrong with a text from somewhere else, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {why}")]
pub struct Flaw {
    /// The place, such as `parties[2].keys`.
    pub at: String,
    /// What is wrong there.
    pub why: String,
}

impl Flaw {
    pub(crate) fn new(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self { at: at.into(), why: why.into() }
    }
}

/// The flaw at a place unless all is well there.
pub(crate) fn ensure(is_well: bool, at: impl Into<String>, why: &str) -> Result<(), Flaw> {
    if is_well { Ok(()) } else { Err(Flaw::new(at, why)) }
}

/// A text for people of at most so many characters.
pub(crate) fn check_text(text: &str, longest: usize, at: impl Into<String>) -> Result<(), Flaw> {
    let is_well = !text.trim().is_empty() && text.chars().count() <= longest;
    ensure(is_well, at, &format!("between 1 and {longest} characters"))
}

macro_rules! as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = Flaw;

            fn try_from(text: String) -> Result<Self, Flaw> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}
pub(crate) use as_text;

/// The SHA-256 of a text, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of exactly these bytes.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// The hash of these bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A hash somebody else computed.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", HEXLOWER.encode_display(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let wrong = || Flaw::new("hash", "not 64 hexadecimal digits in small letters");
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| wrong())?;
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

/// A public key of 32 bytes, written in base64url as in a JWK (RFC 8037 § 2).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(pub [u8; 32]);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl FromStr for Key {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Flaw::new("key", "not 32 bytes in base64url"))
    }
}

/// A key that checks signed notes, written as `name+id+key` (C2SP signed-note § Verifier keys).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vkey(pub Verifier);

impl Vkey {
    /// The key without its name, to see whether two names stand for one key.
    pub(crate) fn material(&self) -> String {
        self.0.to_string().splitn(3, '+').nth(2).unwrap_or_default().to_owned()
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Vkey {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let verifier = Verifier::parse(text).map_err(|error| Flaw::new("verifier key", error.to_string()))?;
        // One text for one key, so that texts can be compared.
        ensure(verifier.to_string() == text, "verifier key", "not in its one form")?;
        Ok(Self(verifier))
    }
}

/// A moment to the second, written as `2026-11-25T08:15:00Z` (RFC 3339) and in no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct At(Time);

impl At {
    /// The moment's second.
    #[must_use]
    pub fn new(time: Time) -> Self {
        Self(Time(0).plus_seconds(time.seconds()))
    }

    /// The moment.
    #[must_use]
    pub fn time(self) -> Time {
        self.0
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.rfc3339())
    }
}

impl FromStr for At {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let time = Time::parse_rfc3339(text).filter(|time| time.rfc3339() == text);
        let time = time.filter(|time| Day::FIRST.begins() <= *time && *time < Day::LAST.begins());
        time.map(Self::new).ok_or_else(|| Flaw::new("time", "not like 2026-11-25T08:15:00Z"))
    }
}

/// A day in Germany, written as `2026-11-25` (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub(crate) Date);

impl Day {
    /// The first day anything can be agreed for.
    pub const FIRST: Self = Self(jiff::civil::date(2000, 1, 1));
    /// The last one.
    pub const LAST: Self = Self(jiff::civil::date(2199, 12, 31));

    /// The day it is in Germany at a moment.
    #[must_use]
    pub fn of(time: Time) -> Self {
        Self(time.in_germany().date()).clamp(Self::FIRST, Self::LAST)
    }

    /// The moment at which it begins.
    #[must_use]
    pub fn begins(self) -> Time {
        Time::parse_civil(&self.to_string()).unwrap_or(Time(i64::MAX))
    }

    /// The day so many days later, at most the last.
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        self.plus(jiff::Span::new().try_days(days))
    }

    /// The day so many months later: the same day of the month, or the month's last when it has none.
    pub(crate) fn plus_months(self, months: u32) -> Self {
        self.plus(jiff::Span::new().try_months(months))
    }

    fn plus(self, span: Result<jiff::Span, jiff::Error>) -> Self {
        span.and_then(|span| self.0.checked_add(span)).map_or(Self::LAST, Self).min(Self::LAST)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let day = text.parse().ok().map(Self).filter(|day| day.to_string() == text);
        let day = day.filter(|day| (Self::FIRST..Self::LAST).contains(day));
        day.ok_or_else(|| Flaw::new("day", "not a day like 2026-11-25"))
    }
}

/// An amount of money in cents: at least one, at most ten thousand million euros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Cents(i64);

impl Cents {
    const MOST: i64 = 1_000_000_000_000;
}

impl TryFrom<i64> for Cents {
    type Error = Flaw;

    fn try_from(cents: i64) -> Result<Self, Flaw> {
        let is_amount = (1..=Self::MOST).contains(&cents);
        ensure(is_amount, "cents", &format!("{cents} is not between 1 and {}", Self::MOST))
            .map(|()| Self(cents))
    }
}

impl From<Cents> for i64 {
    fn from(cents: Cents) -> Self {
        cents.0
    }
}

as_text!(Hash);
as_text!(Key);
as_text!(Vkey);
as_text!(At);
as_text!(Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_one_way_to_write_it() {
        for text in ["2026-11-25T08:15:00Z", "2000-01-01T00:00:00Z"] {
            assert_eq!(text.parse::<At>().unwrap().to_string(), text);
        }
        for text in
            ["2026-11-25T08:15:00+00:00", "2026-11-25T08:15:00.5Z", "2026-11-25", "1990-01-01T00:00:00Z"]
        {
            assert!(text.parse::<At>().is_err(), "{text}");
        }
        for text in ["2026-02-30", "2026-2-3", "20260203", "1999-12-31", "9999-01-01", "2026-11-25T00:00:00"]
        {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        let hash = Hash::of("a");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<Hash>().is_err());
        assert!("ä".repeat(32).parse::<Hash>().is_err());
    }

    #[test]
    fn months_end_where_the_calendar_says() {
        let day: Day = "2027-12-31".parse().unwrap();
        assert_eq!(day.plus_months(2).to_string(), "2028-02-29");
        assert_eq!(day.plus_months(3).to_string(), "2028-03-31");
        assert_eq!(day.plus_days(1).to_string(), "2028-01-01");
        assert_eq!(day.plus_months(u32::MAX), Day::LAST);
        assert_eq!(day.begins().rfc3339(), "2027-12-30T23:00:00Z");
    }

    #[test]
    fn an_amount_is_never_negative_nor_boundless() {
        for cents in [0, -1, i64::MIN, i64::MAX, Cents::MOST + 1] {
            assert!(Cents::try_from(cents).is_err());
        }
        assert!(serde_json::from_str::<Cents>("12.5").is_err());
        assert!(serde_json::from_str::<Cents>("1e2").is_err());
        assert!(serde_json::from_str::<Cents>("99999999999999999999").is_err());
        assert_eq!(serde_json::from_str::<Cents>("1").unwrap(), Cents(1));
    }
}

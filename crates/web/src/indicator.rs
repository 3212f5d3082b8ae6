use base::{Lang, Result, Time};
use serde::{Deserialize, Serialize};
use store::Tx;

/// Something a module can measure of the work done in it, from its own tables. Its name is the message
/// `indicator-<key>` with hyphens for points, what exactly it counts the same with `-text`.
pub struct Indicator {
    /// The name for programs, such as `report.opened`: it never comes to mean anything else.
    pub key: &'static str,
    /// What its numbers are.
    pub unit: Unit,
    /// What is hoped for.
    pub better: Better,
    /// Its value for a time, the end not included; `None` when there is nothing it could be told from.
    pub compute: fn(&mut Tx<'_>, Time, Time) -> Result<Option<f64>>,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// How many.
    Count,
    /// So many of a hundred.
    Percent,
    /// Days, and parts of them.
    Days,
}

/// What is hoped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// A greater number.
    More,
    /// A smaller one.
    Less,
    /// Neither: it says how large something is.
    Neither,
}

impl Indicator {
    /// The message key of the name of an indicator.
    #[must_use]
    pub fn message(key: &str) -> String {
        format!("indicator-{}", key.replace('.', "-"))
    }
}

impl Unit {
    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Percent => "percent",
            Self::Days => "days",
        }
    }

    /// The unit of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Count, Self::Percent, Self::Days].into_iter().find(|unit| unit.name() == name)
    }

    /// A value as people read it, without the unit: whole for what is counted, else with one place.
    #[must_use]
    pub fn number(self, value: f64, lang: Lang) -> String {
        let places = usize::from(self != Self::Count);
        let plain = format!("{:.places$}", value.abs());
        let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
        let (group, point) = if lang == Lang::De { ('.', ",") } else { (',', ".") };
        let mut text = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if !rest.is_empty() {
            text.push_str(point);
            text.push_str(rest);
        }
        let is_nothing = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        if value < 0.0 && !is_nothing { format!("−{text}") } else { text }
    }
}

impl Better {
    /// The name as stored and in message keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Less => "less",
            Self::Neither => "neither",
        }
    }

    /// What is called so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::More, Self::Less, Self::Neither].into_iter().find(|better| better.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (unit, value, german, english) in [
            (Unit::Count, 1234.0, "1.234", "1,234"),
            (Unit::Count, 0.0, "0", "0"),
            (Unit::Percent, 83.44, "83,4", "83.4"),
            (Unit::Days, 2.26, "2,3", "2.3"),
            (Unit::Days, -1234.5, "−1.234,5", "−1,234.5"),
            (Unit::Percent, -0.01, "0,0", "0.0"),
        ] {
            assert_eq!(unit.number(value, Lang::De), german);
            assert_eq!(unit.number(value, Lang::En), english);
        }
    }
}

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not an official region key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RegionError {
    /// A key has digits only.
    #[error("a region key has digits only, not '{0}'")]
    NotDigits(String),
    /// A key has one of a few fixed lengths.
    #[error("{1} is no length of {0} ({2})")]
    Length(&'static str, usize, &'static str),
}

macro_rules! region_key {
    ($(#[$doc:meta])* $name:ident, $lengths:pat, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether `other` names this region or one inside it.
            #[must_use]
            pub fn contains(&self, other: &Self) -> bool {
                other.0.starts_with(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = RegionError;

            fn from_str(text: &str) -> Result<Self, RegionError> {
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(RegionError::NotDigits(text.to_owned()));
                }
                match text.len() {
                    $lengths => Ok(Self(text.to_owned())),
                    length => Err(RegionError::Length(stringify!($name), length, $allowed)),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = RegionError;

            fn try_from(text: String) -> Result<Self, RegionError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

region_key! {
    /// Amtlicher Gemeindeschlüssel: state (2), Regierungsbezirk (3), Kreis (5) or municipality (8 digits).
    Ags, 2 | 3 | 5 | 8, "2, 3, 5 or 8"
}
region_key! {
    /// Amtlicher Regionalschlüssel: as [`Ags`], with the Gemeindeverband between Kreis and municipality.
    Ars, 2 | 3 | 5 | 9 | 12, "2, 3, 5, 9 or 12"
}

impl Ars {
    /// The shorter key of the same region: the four digits of the Gemeindeverband fall away.
    #[must_use]
    pub fn ags(&self) -> Ags {
        let digits = &self.0;
        let short = match (digits.get(..5), digits.get(9..)) {
            (Some(kreis), Some(municipality)) => format!("{kreis}{municipality}"),
            _ => digits.get(..5).unwrap_or(digits).to_owned(),
        };
        Ags(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_and_nest() {
        let koeln: Ags = "05315".parse().unwrap();
        assert!(koeln.contains(&"05315000".parse().unwrap()));
        assert!("0531".parse::<Ags>().is_err());
        assert!("0531x".parse::<Ags>().is_err());
        let frechen: Ars = "053620020020".parse().unwrap();
        assert_eq!(frechen.ags().as_str(), "05362020");
        assert_eq!("05362".parse::<Ars>().unwrap().ags().as_str(), "05362");
    }
}

use serde::{Deserialize, Serialize};

/// A language of the user interface. German comes first: it is the official language (§ 23 VwVfG).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// German.
    #[default]
    De,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order of the language menu.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The BCP 47 tag, as in `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::De => "Deutsch",
            Self::En => "English",
        }
    }

    /// Reads a tag such as `en` or `en-GB`; `None` for a language there are no texts for.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.tag()))
    }

    /// Picks from an `Accept-Language` header (RFC 9110 § 12.5.4), German when nothing fits.
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        let mut best = (Self::De, 0.0_f32);
        for range in accept.split(',') {
            let (tag, quality) = range.split_once(";q=").unwrap_or((range, "1"));
            let quality = quality.trim().parse().unwrap_or(0.0);
            if let Some(lang) = Self::from_tag(tag)
                && quality > best.1
            {
                best = (lang, quality);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_decides_and_german_is_the_fallback() {
        assert_eq!(Lang::negotiate("en-GB,en;q=0.9,de;q=0.2"), Lang::En);
        assert_eq!(Lang::negotiate("fr, en;q=0.4, de;q=0.7"), Lang::De);
        assert_eq!(Lang::negotiate("fr"), Lang::De);
        assert_eq!(Lang::negotiate(";;q=q,"), Lang::De);
    }
}

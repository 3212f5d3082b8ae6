use serde::{Deserialize, Serialize};

use super::Draft;

/// Photos of a report, at most.
pub(crate) const PHOTOS: usize = 5;

/// What somebody has said so far on the way to a report. The server keeps it until it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Begun {
    pub(crate) draft: Draft,
    /// Whether photos were asked for; a report needs none.
    pub(crate) photos_asked: bool,
    /// The category and place for which near reports were shown.
    pub(crate) near_asked: Option<String>,
}

/// A page on the way to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Station {
    /// Where it is.
    Place,
    /// What it looks like.
    Photos,
    /// What kind of thing it is.
    Category,
    /// Whether somebody has reported it already.
    Near,
    /// What there is to say, and what the category asks.
    Details,
    /// Everything once more, and how to reach whoever sends it.
    Check,
}

impl Station {
    /// Its address.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Place => "/anliegen/neu/ort",
            Self::Photos => "/anliegen/neu/foto",
            Self::Category => "/anliegen/neu/kategorie",
            Self::Near => "/anliegen/neu/aehnlich",
            Self::Details => "/anliegen/neu/angaben",
            Self::Check => "/anliegen/neu/pruefen",
        }
    }

    /// The page on which a wrong field can be mended.
    pub(crate) fn of_field(field: &str) -> Self {
        match field {
            "address_string" => Self::Place,
            "media" => Self::Photos,
            "service_code" => Self::Category,
            "email" | "name" => Self::Check,
            _ => Self::Details,
        }
    }
}

impl Begun {
    /// Whether nothing was said yet.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the answer to [`Station::Near`] holds for: another category or place asks anew.
    pub(crate) fn near_key(&self) -> String {
        format!("{} {} {}", self.draft.category, self.draft.lat, self.draft.long)
    }

    /// The first page that still has something to ask, whatever order the pages were answered in.
    pub(crate) fn next(&self) -> Station {
        let draft = &self.draft;
        let has_point = !draft.lat.is_empty();
        if !has_point && draft.address.is_empty() {
            Station::Place
        } else if !self.photos_asked {
            Station::Photos
        } else if draft.category.is_empty() {
            Station::Category
        } else if has_point && self.near_asked.as_ref() != Some(&self.near_key()) {
            Station::Near
        } else if draft.text.is_empty() {
            Station::Details
        } else {
            Station::Check
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Answers one page as a person would.
    fn answer(begun: &mut Begun, station: Station, with_point: bool) {
        let draft = &mut begun.draft;
        match station {
            Station::Place if with_point => {
                draft.lat = "50.9".into();
                draft.long = "7.0".into();
            }
            Station::Place => draft.address = "Am Dom 1".into(),
            Station::Photos => begun.photos_asked = true,
            Station::Category => draft.category = "laterne".into(),
            Station::Near => begun.near_asked = Some(begun.near_key()),
            Station::Details => draft.text = "dunkel".into(),
            Station::Check => {}
        }
    }

    proptest! {
        #[test]
        fn every_order_of_answers_ends_at_the_check(
            order in Just(vec![Station::Place, Station::Photos, Station::Category, Station::Details]).prop_shuffle(),
            with_point in any::<bool>(),
        ) {
            let mut begun = Begun::default();
            for station in order {
                answer(&mut begun, station, with_point);
            }
            let mut steps = 0;
            while begun.next() != Station::Check {
                prop_assert_eq!(begun.next(), Station::Near);
                answer(&mut begun, Station::Near, with_point);
                steps += 1;
                prop_assert!(steps < 2);
            }
            prop_assert_eq!(steps == 1, with_point);
        }

        #[test]
        fn a_draft_survives_being_kept(text in ".*", code in "[a-z]{1,9}", asked in any::<bool>()) {
            let begun = Begun {
                draft: Draft { text, answers: vec![(code.clone(), code)], ..Draft::default() },
                photos_asked: asked,
                near_asked: None,
            };
            let kept = serde_json::to_string(&begun).unwrap();
            prop_assert_eq!(serde_json::from_str::<Begun>(&kept).unwrap(), begun);
        }
    }

    #[test]
    fn the_first_page_asks_where_and_another_place_asks_for_near_reports_again() {
        let mut begun = Begun::default();
        assert!(begun.is_empty());
        assert_eq!(begun.next(), Station::Place);
        for station in [Station::Place, Station::Photos, Station::Category, Station::Near, Station::Details] {
            assert_eq!(begun.next(), station);
            answer(&mut begun, station, true);
        }
        assert_eq!(begun.next(), Station::Check);
        begun.draft.lat = "50.8".into();
        assert_eq!(begun.next(), Station::Near);
    }

    #[test]
    fn a_wrong_field_leads_to_the_page_that_asks_for_it() {
        for (field, station) in [
            ("address_string", Station::Place),
            ("service_code", Station::Category),
            ("attribute[tiefe]", Station::Details),
            ("description", Station::Details),
            ("email", Station::Check),
        ] {
            assert_eq!(Station::of_field(field), station, "{field}");
        }
    }
}

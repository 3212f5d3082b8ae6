use base::{CaseId, Fault, OfficeId, Time};
use cases::State;
use place::Point;

/// Characters of a description, at most (Open311 GeoReport v2, POST Service Request).
pub(crate) const LONGEST: usize = 4_000;

/// A kind of report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    pub(crate) code: String,
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) description: String,
    pub(crate) office: OfficeId,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    Point(Point, String),
    Address(String),
}

/// What somebody sent, not yet looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) category: String,
    pub(crate) text: String,
    pub(crate) lat: String,
    pub(crate) long: String,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

/// A report that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Valid {
    pub(crate) category: Category,
    pub(crate) text: String,
    pub(crate) whereabouts: Whereabouts,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

/// A report as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) case_id: CaseId,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) state: State,
    pub(crate) office: String,
    pub(crate) category: String,
    pub(crate) text: String,
    pub(crate) place: Option<Point>,
    pub(crate) address: String,
    pub(crate) opened: Time,
    pub(crate) updated: Time,
    pub(crate) photo: Option<Vec<u8>>,
}

/// Looks at a draft: everything that is wrong, or the report.
pub(crate) fn check(draft: &Draft, categories: &[Category]) -> Result<Valid, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |field, code| faults.push(Fault { field, code });
    let category = categories.iter().find(|category| category.code == draft.category);
    if category.is_none() {
        wrong("service_code", "report-category-missing");
    }
    let text = clean(&draft.text);
    match text.chars().count() {
        0 => wrong("description", "report-text-missing"),
        length if length > LONGEST => wrong("description", "text-too-long"),
        _ => {}
    }
    let whereabouts = whereabouts(draft).map_err(|code| wrong("address_string", code)).ok();
    if !draft.email.is_empty() && draft.email.parse::<lettre::Address>().is_err() {
        wrong("email", "email-wrong");
    }
    match (category, whereabouts) {
        (Some(category), Some(whereabouts)) if faults.is_empty() => Ok(Valid {
            category: category.clone(),
            text,
            whereabouts,
            name: some(clean(&draft.name)),
            email: some(draft.email.clone()),
        }),
        _ => Err(faults),
    }
}

/// A point has both coordinates and lies on the earth; without one there must be an address.
fn whereabouts(draft: &Draft) -> Result<Whereabouts, &'static str> {
    let address = clean(&draft.address);
    match (draft.lat.is_empty(), draft.long.is_empty()) {
        (true, true) if address.is_empty() => Err("report-place-missing"),
        (true, true) if address.chars().count() > 300 => Err("report-address-long"),
        (true, true) => Ok(Whereabouts::Address(address)),
        (false, false) => {
            let degrees = |text: &str| text.parse::<f64>().ok();
            let point = degrees(&draft.lat).zip(degrees(&draft.long));
            let point = point.and_then(|(lat, long)| Point::from_degrees(lat, long));
            point.map(|point| Whereabouts::Point(point, address)).ok_or("report-place-wrong")
        }
        _ => Err("report-place-wrong"),
    }
}

/// The text without control characters, with at most one blank line in a row.
fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    text.trim().to_owned()
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// What a report is called in lists: its category and the first words, without anything personal that comes later.
pub(crate) fn title(category: &str, address: &str) -> String {
    let place: String = address.chars().take(60).collect();
    if place.is_empty() { category.to_owned() } else { format!("{category}, {place}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories() -> Vec<Category> {
        vec![Category {
            code: "lamp".into(),
            group: "Straße".into(),
            name: "Laterne".into(),
            name_en: "Lamp".into(),
            description: String::new(),
            office: "0".repeat(32).parse().unwrap(),
        }]
    }

    fn draft() -> Draft {
        Draft {
            category: "lamp".into(),
            text: "dunkel".into(),
            lat: "50.94".into(),
            long: "6.96".into(),
            ..Draft::default()
        }
    }

    fn codes(draft: &Draft) -> Vec<&'static str> {
        check(draft, &categories())
            .map_or_else(|faults| faults.iter().map(|fault| fault.code).collect(), |_| vec![])
    }

    #[test]
    fn a_report_needs_a_category_a_text_and_a_place() {
        assert!(codes(&draft()).is_empty());
        let all = ["report-category-missing", "report-text-missing", "report-place-missing"];
        assert_eq!(codes(&Draft::default()), all);
    }

    #[test]
    fn a_place_is_a_whole_point_on_the_earth_or_an_address() {
        for (lat, long) in
            [("50.94", ""), ("", "6.96"), ("95", "6"), ("50", "181"), ("fünfzig", "6"), ("NaN", "1")]
        {
            let draft = Draft { lat: lat.into(), long: long.into(), ..draft() };
            assert_eq!(codes(&draft), ["report-place-wrong"], "{lat} {long}");
        }
        let address =
            Draft { lat: String::new(), long: String::new(), address: "Domkloster 4".into(), ..draft() };
        assert!(codes(&address).is_empty());
    }

    #[test]
    fn a_text_has_at_most_four_thousand_characters_and_no_control_characters() {
        assert!(codes(&Draft { text: "ß".repeat(4000), ..draft() }).is_empty());
        assert_eq!(codes(&Draft { text: "ß".repeat(4001), ..draft() }), ["text-too-long"]);
        let valid = check(&Draft { text: "a\u{0}\u{7}b\nc ".into(), ..draft() }, &categories()).unwrap();
        assert_eq!(valid.text, "ab\nc");
    }
}

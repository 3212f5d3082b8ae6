use base::{Fault, Time};
use place::Point;
use serde::{Deserialize, Serialize};

use super::category::{Category, Datatype, Question};

/// Characters of a description, at most (Open311 GeoReport v2, POST Service Request).
pub(crate) const LONGEST: usize = 4_000;
/// Characters of an answer to a question, at most.
const ANSWER: usize = 1_000;
/// Characters of an address, at most.
pub(crate) const ADDRESS: usize = 300;

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    Point(Point, String),
    Address(String),
}

impl Whereabouts {
    /// The address, which may be empty beside a point.
    pub(crate) fn address(&self) -> &str {
        match self {
            Self::Point(_, address) | Self::Address(address) => address,
        }
    }

    /// The point, when it is known.
    pub(crate) fn point(&self) -> Option<Point> {
        match self {
            Self::Point(point, _) => Some(*point),
            Self::Address(_) => None,
        }
    }
}

/// What somebody sent, not yet looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) category: String,
    pub(crate) text: String,
    pub(crate) lat: String,
    pub(crate) long: String,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Codes of questions and what was answered; a code stands more than once when several were chosen.
    pub(crate) answers: Vec<(String, String)>,
    /// The id the sender's program gave it, so that sending twice is sending once.
    pub(crate) client_id: String,
}

/// A report that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Valid {
    pub(crate) category: Category,
    pub(crate) text: String,
    pub(crate) whereabouts: Whereabouts,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// Codes of questions with their answers, in the order of the questions.
    pub(crate) answers: Vec<(String, String)>,
    pub(crate) client_id: Option<String>,
}

/// Looks at a draft: everything that is wrong, or the report.
pub(crate) fn check(draft: &Draft, categories: &[Category]) -> Result<Valid, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |field, code| faults.push(Fault::new(field, code));
    let category = categories.iter().find(|category| category.code == draft.category && category.active);
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
    if draft.client_id.len() > 100 {
        wrong("client_request_id", "report-client-id-long");
    }
    let (answers, wrong_answers) = answers(draft, category.map_or(&[], |category| &category.questions));
    faults.extend(wrong_answers);
    match (category, whereabouts) {
        (Some(category), Some(whereabouts)) if faults.is_empty() => Ok(Valid {
            category: category.clone(),
            text,
            whereabouts,
            name: some(clean(&draft.name)),
            email: some(draft.email.to_lowercase()),
            answers,
            client_id: some(draft.client_id.clone()),
        }),
        _ => Err(faults),
    }
}

/// A point has both coordinates and lies on the earth; without one there must be an address.
fn whereabouts(draft: &Draft) -> Result<Whereabouts, &'static str> {
    let address = clean(&draft.address);
    if address.chars().count() > ADDRESS {
        return Err("report-address-long");
    }
    match (draft.lat.is_empty(), draft.long.is_empty()) {
        (true, true) if address.is_empty() => Err("report-place-missing"),
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

/// The answers to the questions of the category, and what is wrong with them. What nobody asked for falls away.
fn answers(draft: &Draft, questions: &[Question]) -> (Vec<(String, String)>, Vec<Fault>) {
    let (mut good, mut faults) = (Vec::new(), Vec::new());
    for question in questions.iter().filter(|question| question.asked) {
        let given = draft.answers.iter().filter(|(code, _)| *code == question.code);
        let mut given: Vec<String> =
            given.map(|(_, value)| clean(value)).filter(|value| !value.is_empty()).collect();
        given.dedup();
        match answer_fault(question, &given) {
            Some(code) => faults.push(Fault::new(question.field(), code)),
            None => good.extend(given.into_iter().map(|value| (question.code.clone(), value))),
        }
    }
    (good, faults)
}

fn answer_fault(question: &Question, given: &[String]) -> Option<&'static str> {
    if given.is_empty() {
        return question.required.then_some("report-answer-missing");
    }
    if given.len() > 1 && question.datatype != Datatype::Multi {
        return Some("report-answer-one");
    }
    let fits = |value: &String| match question.datatype {
        Datatype::String | Datatype::Text => value.chars().count() <= ANSWER,
        Datatype::Number => value.replace(',', ".").parse::<f64>().is_ok_and(f64::is_finite),
        Datatype::Datetime => is_datetime(value),
        Datatype::Single | Datatype::Multi => question.choices.iter().any(|choice| choice.key == *value),
    };
    if given.iter().all(fits) { None } else { Some(wrong_answer(question.datatype)) }
}

fn wrong_answer(datatype: Datatype) -> &'static str {
    match datatype {
        Datatype::String | Datatype::Text => "report-answer-long",
        Datatype::Number => "report-answer-number",
        Datatype::Datetime => "report-answer-datetime",
        Datatype::Single | Datatype::Multi => "report-answer-choice",
    }
}

/// A whole RFC 3339 date and time, or what `<input type="datetime-local">` and `date` send.
fn is_datetime(value: &str) -> bool {
    Time::parse_rfc3339(value).is_some() || Time::parse_civil(value).is_some()
}

/// The text without control characters but line ends.
pub(crate) fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    text.trim().to_owned()
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::category::{Choice, Visibility};
    use super::*;

    fn question(code: &str, datatype: Datatype, required: bool) -> Question {
        let choice = |key: &str| Choice { key: key.into(), name: key.into(), name_en: key.into() };
        Question {
            code: code.into(),
            datatype,
            required,
            asked: true,
            text: code.into(),
            text_en: code.into(),
            hint: String::new(),
            choices: ["a", "b"].map(choice).to_vec(),
        }
    }

    fn categories(questions: Vec<Question>) -> Vec<Category> {
        vec![Category {
            code: "lamp".into(),
            group: "Straße".into(),
            name: "Laterne".into(),
            name_en: "Lamp".into(),
            description: String::new(),
            keywords: String::new(),
            office: "0".repeat(32).parse().unwrap(),
            visibility: Visibility::Public,
            near_metres: 50,
            promise_hours: None,
            active: true,
            questions,
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

    fn codes_with(draft: &Draft, questions: Vec<Question>) -> Vec<&'static str> {
        check(draft, &categories(questions))
            .map_or_else(|faults| faults.iter().map(|fault| fault.code).collect(), |_| vec![])
    }

    fn codes(draft: &Draft) -> Vec<&'static str> {
        codes_with(draft, vec![])
    }

    #[test]
    fn a_report_needs_a_category_a_text_and_a_place() {
        assert!(codes(&draft()).is_empty());
        let all = ["report-category-missing", "report-text-missing", "report-place-missing"];
        assert_eq!(codes(&Draft::default()), all);
    }

    #[test]
    fn a_category_that_ended_cannot_be_chosen() {
        let mut ended = categories(vec![]);
        ended[0].active = false;
        assert!(check(&draft(), &ended).is_err());
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
        let valid = check(&Draft { text: "a\u{0}\u{7}b\nc ".into(), ..draft() }, &categories(vec![]));
        assert_eq!(valid.unwrap().text, "ab\nc");
    }

    #[test]
    fn answers_fit_their_questions() {
        for (datatype, values, wrong) in [
            (Datatype::String, &[][..], Some("report-answer-missing")),
            (Datatype::String, &["x", "y"], Some("report-answer-one")),
            (Datatype::Number, &["zwei"], Some("report-answer-number")),
            (Datatype::Number, &["2,5"], None),
            (Datatype::Datetime, &["gestern"], Some("report-answer-datetime")),
            (Datatype::Datetime, &["2026-11-24"], None),
            (Datatype::Datetime, &["2026-11-24T10:00"], None),
            (Datatype::Datetime, &["2026-11-24T10:00:00+01:00"], None),
            (Datatype::Single, &["c"], Some("report-answer-choice")),
            (Datatype::Single, &["a"], None),
            (Datatype::Multi, &["a", "b"], None),
        ] {
            let answers = values.iter().map(|value| ("q".to_owned(), (*value).to_owned())).collect();
            let draft = Draft { answers, ..draft() };
            let found = codes_with(&draft, vec![question("q", datatype, true)]);
            assert_eq!(found, wrong.into_iter().collect::<Vec<_>>(), "{datatype:?} {values:?}");
        }
    }

    #[test]
    fn what_nobody_asked_for_is_not_kept() {
        let draft = Draft { answers: vec![("x".into(), "1".into())], ..draft() };
        assert!(check(&draft, &categories(vec![])).unwrap().answers.is_empty());
    }
}

//! What a report looks like in the public record, and what of another member's record is believed.

use axum::http::Uri;
use base::{CaseId, Time};
use cases::State;
use place::Point;
use serde::{Deserialize, Serialize};
use store::FileHash;

use super::{ADDRESS, LONGEST, Report, clean};

/// Characters of names and codes that are taken from others.
const NAME: usize = 120;
/// Characters of an address on the network that are taken from others.
const URL: usize = 300;

/// A report as everybody may see it, under the names of Open311 (GeoReport v2, GET Service Requests). Times are told to
/// the minute, as everything is in the public record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    service_request_id: String,
    status: String,
    /// The word of CitySDK for where it is on its way.
    detailed_status: String,
    service_code: String,
    service_name: String,
    group: String,
    description: String,
    address: String,
    lat: Option<f64>,
    long: Option<f64>,
    requested_datetime: String,
    /// When something everybody may know last happened; of what is closed when it was closed.
    updated_datetime: String,
    media_url: Option<String>,
    url: String,
    /// Whether it is followed up with another one, which tells the rest.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    duplicate: bool,
}

impl Snapshot {
    /// What is told of a report: `url` is the member's address, `category` group and name, `told` when something
    /// everybody may know last happened.
    pub(crate) fn of(url: &str, report: &Report, (group, name): (&str, &str), told: Time) -> Self {
        let photo = report.photo.as_deref().and_then(|hash| hash.try_into().ok()).map(FileHash);
        Self {
            service_request_id: report.number.clone(),
            status: if report.state.is_closed() { "closed" } else { "open" }.into(),
            detailed_status: detailed_status(report.state).into(),
            service_code: report.category.clone(),
            service_name: name.into(),
            group: group.into(),
            description: report.text.clone(),
            address: report.address.clone(),
            lat: report.place.map(Point::lat_degrees),
            long: report.place.map(Point::lon_degrees),
            requested_datetime: minute(report.opened),
            updated_datetime: minute(report.closed.unwrap_or(told)),
            media_url: photo.map(|hash| format!("{url}/dateien/{hash}")),
            url: format!("{url}/anliegen/{}", report.number),
            duplicate: report.merged.is_some(),
        }
    }

    /// As it stands in the record.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers always have a form in JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn minute(time: Time) -> String {
    Time(time.0 - time.0.rem_euclid(60_000_000)).rfc3339()
}

/// The words of CitySDK for where a report is on its way.
pub(crate) fn detailed_status(state: State) -> &'static str {
    match state {
        State::Open => "RECEIVED",
        State::InProgress => "IN_PROCESS",
        State::Done => "PROCESSED",
        State::Declined => "REJECTED",
    }
}

/// A report of the region, our own or another member's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Regional {
    /// The host of the member whose it is.
    pub(crate) peer: String,
    /// Its case; of another member's as that member's public record names it.
    pub(crate) case_id: CaseId,
    pub(crate) number: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) group: String,
    pub(crate) state: State,
    pub(crate) place: Option<Point>,
    pub(crate) address: String,
    pub(crate) text: String,
    pub(crate) opened: Time,
    pub(crate) updated: Time,
    pub(crate) closed: Option<Time>,
    /// The page about it at its member.
    pub(crate) url: String,
    /// The first photo, at its member.
    pub(crate) media: Option<String>,
}

/// What became of a report at another member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    /// It stands like this now.
    Is(Box<Regional>),
    /// It is followed up with another one and stands for itself no more.
    Elsewhere,
}

impl Regional {
    /// What it is called in lists.
    pub(crate) fn title(&self) -> String {
        super::title(&self.name, &self.address)
    }

    /// What another member's record says of a case; `None` when it says nothing that can be shown. Nothing is trusted:
    /// addresses must lead to the member itself, texts have an end and no control characters.
    pub(crate) fn hear(content: &[u8], peer: &str, case_id: CaseId) -> Option<Heard> {
        let told: Snapshot = serde_json::from_slice(content).ok()?;
        if told.duplicate {
            return Some(Heard::Elsewhere);
        }
        let number = told.service_request_id;
        let is_plain = (1..=40).contains(&number.len())
            && number.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        let state = State::ALL.into_iter().find(|state| detailed_status(*state) == told.detailed_status);
        let state = state.or(match told.status.as_str() {
            "open" => Some(State::Open),
            "closed" => Some(State::Done),
            _ => None,
        })?;
        let (opened, updated) =
            (Time::parse_rfc3339(&told.requested_datetime)?, Time::parse_rfc3339(&told.updated_datetime)?);
        let url = own_url(told.url, peer).filter(|_| is_plain)?;
        Some(Heard::Is(Box::new(Self {
            peer: peer.to_owned(),
            case_id,
            number,
            code: short(&told.service_code, NAME),
            name: short(&told.service_name, NAME),
            group: short(&told.group, NAME),
            state,
            place: told.lat.zip(told.long).and_then(|(lat, long)| Point::from_degrees(lat, long)),
            address: short(&told.address, ADDRESS),
            text: short(&told.description, LONGEST),
            opened,
            updated,
            closed: state.is_closed().then_some(updated.max(opened)),
            url,
            media: told.media_url.and_then(|url| own_url(url, peer)),
        })))
    }
}

fn short(text: &str, length: usize) -> String {
    clean(text).chars().take(length).collect()
}

/// The address, when it leads to the member itself.
fn own_url(url: String, peer: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let leads_there = uri.authority().is_some_and(|authority| authority.as_str() == peer)
        && matches!(uri.scheme_str(), Some("https" | "http"));
    (leads_there && url.len() <= URL).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::super::Visibility;
    use super::*;

    fn id() -> CaseId {
        CaseId::from_bytes(&[7; 16]).unwrap()
    }

    fn report() -> Report {
        let at = |text| Time::parse_rfc3339(text).unwrap();
        Report {
            case_id: id(),
            number: "7-2026".into(),
            title: "Laterne, Weg 3".into(),
            state: State::Done,
            office: "Amt".into(),
            category: "laterne".into(),
            visibility: Visibility::Public,
            text: "dunkel".into(),
            place: Point::from_degrees(50.75, 7.1),
            address: "Weg 3".into(),
            opened: at("2026-11-23T08:15:42Z"),
            updated: at("2026-11-25T09:00:59Z"),
            due: None,
            closed: Some(at("2026-11-24T10:30:59Z")),
            photo: Some(vec![1; 32]),
            answer: Some("Repariert".into()),
            merged: None,
            body: None,
        }
    }

    fn told(change: impl FnOnce(&mut serde_json::Value)) -> Option<Heard> {
        let snapshot = Snapshot::of("https://bonn.example", &report(), ("Straßen", "Laterne"), Time(0));
        let mut value: serde_json::Value = serde_json::from_slice(&snapshot.to_bytes()).unwrap();
        change(&mut value);
        Regional::hear(value.to_string().as_bytes(), "bonn.example", id())
    }

    #[test]
    fn what_one_member_tells_another_hears() {
        let Some(Heard::Is(heard)) = told(|_| {}) else { panic!() };
        assert_eq!(
            (heard.number.as_str(), heard.state, heard.title()),
            ("7-2026", State::Done, "Laterne, Weg 3".into())
        );
        assert_eq!(heard.opened.rfc3339(), "2026-11-23T08:15:00Z", "to the minute");
        assert_eq!(heard.closed.unwrap().rfc3339(), "2026-11-24T10:30:00Z");
        assert_eq!(heard.url, "https://bonn.example/anliegen/7-2026");
        assert!(heard.media.unwrap().starts_with("https://bonn.example/dateien/0101"));
        assert_eq!(told(|value| value["duplicate"] = true.into()), Some(Heard::Elsewhere));
        let older = br#"{"number":"7-2026","category":"laterne"}"#;
        assert_eq!(Regional::hear(older, "bonn.example", id()), None);
    }

    #[test]
    fn nothing_another_member_says_leads_elsewhere_or_breaks_anything() {
        for wrong in [
            "https://evil.example/anliegen/7",
            "javascript:alert(1)",
            "/anliegen/7",
            "https://bonn.example@evil.example/",
        ] {
            assert_eq!(told(|value| value["url"] = wrong.into()), None, "{wrong}");
            let Some(Heard::Is(heard)) = told(|value| value["media_url"] = wrong.into()) else { panic!() };
            assert_eq!(heard.media, None, "{wrong}");
        }
        for number in ["", "../x", "<b>", &"1".repeat(41)] {
            assert_eq!(told(|value| value["service_request_id"] = number.into()), None, "{number}");
        }
        let long = "x".repeat(100_000);
        let Some(Heard::Is(heard)) = told(|value| {
            value["description"] = format!("a\u{0}b{long}").into();
            value["lat"] = 1000.into();
        }) else {
            panic!()
        };
        assert_eq!((heard.text.chars().count(), heard.place), (LONGEST, None));
        assert!(heard.text.starts_with("abx"));
        assert_eq!(told(|value| value["requested_datetime"] = "gestern".into()), None);
    }
}

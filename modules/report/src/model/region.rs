use base::{Fault, Time};
use place::Bounds;
use web::Form;

use super::wanted::{WORDS, address, bounds};
use super::{Category, Regional, Wanted, bbox, clean};

/// Whose reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Our own.
    Own,
    /// Those of the member at this host.
    Peer(String),
}

/// Which reports of the region somebody wants to see. The default is every one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sought {
    /// Of this member only.
    pub(crate) whose: Option<Whose>,
    /// Of this category, whatever it is called.
    pub(crate) code: Option<String>,
    /// `Some(true)` for those that have ended.
    pub(crate) ended: Option<bool>,
    /// With all of these words.
    pub(crate) words: String,
    /// In this box.
    pub(crate) bounds: Option<Bounds>,
}

impl Sought {
    /// Reads the fields of a query; what is open when it says nothing of that. `own` is our host, `peers` are the hosts
    /// of the others, `codes` all categories of the region. What is wrong is not asked for.
    pub(crate) fn read(form: &Form, own: &str, peers: &[String], codes: &[String]) -> (Self, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut wrong = |field: &'static str, code| faults.push(Fault::new(field, code));
        let whose = form.find("mitglied").and_then(|host| match host {
            host if host == own => Some(Whose::Own),
            host if peers.iter().any(|peer| peer == host) => Some(Whose::Peer(host.to_owned())),
            _ => {
                wrong("mitglied", "report-region-unknown");
                None
            }
        });
        let code = form.find("kategorie").filter(|code| {
            let is_known = codes.iter().any(|known| known == code);
            if !is_known {
                wrong("kategorie", "report-category-unknown");
            }
            is_known
        });
        let ended = match form.get("status") {
            "" | "offen" => Some(false),
            "beendet" => Some(true),
            "alle" => None,
            _ => {
                wrong("status", "report-status-unknown");
                Some(false)
            }
        };
        let mut words = clean(form.get("q"));
        if words.chars().count() > WORDS {
            wrong("q", "report-words-long");
            words.clear();
        }
        let code = code.map(str::to_owned);
        let bounds = bounds(form, &mut faults);
        (Self { whose, code, ended, words, bounds }, faults)
    }

    /// The fields it is read from.
    pub(crate) fn fields(&self, own: &str) -> Vec<(&'static str, String)> {
        let whose = self.whose.as_ref().map(|whose| match whose {
            Whose::Own => own.to_owned(),
            Whose::Peer(host) => host.clone(),
        });
        let status = match self.ended {
            Some(false) => None,
            Some(true) => Some("beendet".to_owned()),
            None => Some("alle".to_owned()),
        };
        let fields = [
            ("mitglied", whose),
            ("kategorie", self.code.clone()),
            ("status", status),
            ("q", Some(self.words.clone()).filter(|words| !words.is_empty())),
            ("bbox", self.bounds.as_ref().map(bbox)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// The address of something below it, with further fields.
    pub(crate) fn address(&self, path: &str, own: &str, more: &[(&'static str, String)]) -> String {
        address(path, &[self.fields(own).as_slice(), more].concat())
    }

    /// The host of the only other member that is asked for.
    pub(crate) fn peer(&self) -> Option<&str> {
        match &self.whose {
            Some(Whose::Peer(host)) => Some(host),
            _ => None,
        }
    }

    /// Whether others are asked for.
    pub(crate) fn asks_others(&self) -> bool {
        self.whose != Some(Whose::Own)
    }

    /// The same question about our own reports, when it is about them at all.
    pub(crate) fn wanted(&self, categories: &[Category]) -> Option<Wanted> {
        let is_ours = |code: &String| categories.iter().any(|category| category.code == *code);
        let asks_us = self.peer().is_none() && self.code.as_ref().is_none_or(is_ours);
        asks_us.then(|| Wanted {
            codes: self.code.iter().cloned().collect(),
            ended: self.ended,
            words: self.words.clone(),
            bounds: self.bounds,
            ..Wanted::default()
        })
    }

    /// Whether a report is one of them; words are tested by the index.
    pub(crate) fn holds(&self, report: &Regional) -> bool {
        self.peer().is_none_or(|peer| peer == report.peer)
            && self.code.as_ref().is_none_or(|code| *code == report.code)
            && self.ended.is_none_or(|ended| ended == report.closed.is_some())
            && self.bounds.is_none_or(|bounds| report.place.is_some_and(|place| bounds.contains(place)))
    }
}

/// Since when something was so, in words people use: the message key and the count of it.
pub(crate) fn ago(at: Time, now: Time) -> (&'static str, i64) {
    match (now.seconds() - at.seconds()).max(0) {
        seconds if seconds < 60 => ("report-ago-now", 0),
        seconds if seconds < 2 * 3600 => ("report-ago-minutes", seconds / 60),
        seconds if seconds < 48 * 3600 => ("report-ago-hours", seconds / 3600),
        seconds => ("report-ago-days", seconds / (24 * 3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> (Sought, Vec<Fault>) {
        let form = web::parse_form(query.as_bytes()).unwrap();
        Sought::read(&form, "koeln.example", &["bonn.example".into()], &["laterne".into(), "strand".into()])
    }

    #[test]
    fn a_question_survives_its_address() {
        for query in [
            "",
            "mitglied=koeln.example&status=alle",
            "mitglied=bonn.example&kategorie=strand&status=beendet&q=Sand+am+Weg&bbox=7.000000,50.000000,7.100000,50.100000",
        ] {
            let (sought, faults) = read(query);
            assert_eq!(faults, [], "{query}");
            let address = sought.address("/region", "koeln.example", &[]);
            let again = read(address.split_once('?').map_or("", |(_, query)| query)).0;
            assert_eq!(again, sought, "{query}");
        }
        assert_eq!(read("").0.ended, Some(false), "what is open when nobody says");
    }

    #[test]
    fn what_is_wrong_is_named_and_not_asked_for() {
        let (sought, faults) = read("mitglied=x&kategorie=y&status=z&bbox=1");
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_ref()).collect();
        assert_eq!(fields, ["mitglied", "kategorie", "status", "bbox"]);
        assert_eq!(sought, Sought { ended: Some(false), ..Sought::default() });
    }

    #[test]
    fn our_own_part_is_asked_for_when_it_is_meant() {
        assert!(read("mitglied=bonn.example").0.wanted(&[]).is_none());
        assert!(read("kategorie=strand").0.wanted(&[]).is_none(), "nobody here knows that category");
        let own = read("mitglied=koeln.example&q=dunkel").0;
        assert!(!own.asks_others());
        assert_eq!(own.wanted(&[]).unwrap().words, "dunkel");
    }

    #[test]
    fn an_age_is_told_in_the_unit_people_would_use() {
        let now = Time(0).plus_seconds(100 * 24 * 3600);
        let ago = |seconds: i64| ago(now.plus_seconds(-seconds), now);
        assert_eq!(ago(-5), ("report-ago-now", 0), "a clock that goes wrong makes nothing older than it is");
        assert_eq!(ago(59), ("report-ago-now", 0));
        assert_eq!(ago(180), ("report-ago-minutes", 3));
        assert_eq!(ago(7200), ("report-ago-hours", 2));
        assert_eq!(ago(48 * 3600), ("report-ago-days", 2));
    }
}

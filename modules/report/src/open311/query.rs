//! What a list of reports is asked for with: the standard's parameters, then those of the extensions.

use base::{CaseId, Fault, Kind, Problem, Result, Time};
use place::{Bounds, Point};
use web::Form;

use crate::model::Category;
use crate::store::{CODES, Filter};

/// Rows of one answer, at most (GET Service Requests).
pub(super) const ROWS: usize = 1000;
/// Days an answer of the standard spans, at most.
const DAYS: i64 = 90;
const DAY: i64 = 24 * 3600;
/// Reports that can be asked for by their ids at once.
const IDS: usize = 100;
/// Rows that can be left out before a page; whoever wants more follows the links.
const OFFSET: usize = 20_000;
/// Metres of a radius, at most.
const RADIUS: f64 = 50_000.0;

/// Every parameter of a list; a test holds the OpenAPI document against it.
#[cfg(test)]
pub(super) const PARAMETERS: &[&str] = &[
    "jurisdiction_id",
    "api_key",
    "service_request_id",
    "service_code",
    "status",
    "start_date",
    "end_date",
    "page_size",
    "per_page",
    "limit",
    "max_requests",
    "page",
    "offset",
    "cursor",
    "updated_after",
    "updated_before",
    "bbox",
    "lat",
    "long",
    "radius",
    "q",
    "sort",
    "has_photo",
    "keyword",
    "agency_responsible",
    "just_count",
    "extensions",
];

/// In which order, which is also where a page can end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    /// The newest first.
    Newest,
    /// The oldest change first, so that what changes meanwhile comes again later and nothing is missed.
    Changed,
    /// The nearest first.
    Nearest(Point, f64),
}

/// Where the page before ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The time of the last row, or its distance in millimetres.
    pub(super) at: i64,
    pub(super) id: CaseId,
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.at, self.id)
    }
}

/// A list that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listing {
    /// These alone, whatever else was asked for.
    pub(super) ids: Vec<String>,
    pub(super) filter: Filter,
    pub(super) order: Order,
    pub(super) updated: (Option<Time>, Option<Time>),
    /// Words that are looked for.
    pub(super) words: Option<String>,
    pub(super) cursor: Option<Cursor>,
    /// Rows left out before the page, for clients that count pages.
    pub(super) offset: usize,
    pub(super) size: usize,
    /// Whether pages were asked for; else the answer is the standard's.
    pub(super) paged: bool,
    pub(super) extensions: bool,
    pub(super) just_count: bool,
}

/// Reads the parameters and collects everything that is wrong with them.
struct Reading<'a> {
    form: &'a Form,
    faults: Vec<Fault>,
    missing: bool,
}

/// Reads what a list is asked for with.
///
/// # Errors
/// A fault for every parameter that makes no sense; `NotFound` when one names a service that does not exist.
pub(super) fn read(form: &Form, categories: &[Category], now: Time) -> Result<Listing> {
    let mut reading = Reading { form, faults: Vec::new(), missing: false };
    let listing = reading.listing(categories, now);
    if reading.faults.is_empty() {
        return Ok(listing);
    }
    let mut problem = Problem::faults(reading.faults);
    if reading.missing {
        problem.kind = Kind::NotFound;
    }
    Err(problem)
}

impl Reading<'_> {
    fn wrong(&mut self, field: &'static str, code: &'static str) {
        self.faults.push(Fault::new(field, code));
    }

    fn listing(&mut self, categories: &[Category], now: Time) -> Listing {
        let size = ["page_size", "per_page", "limit", "max_requests"].map(|name| self.count(name, 1));
        let size = size.into_iter().flatten().next();
        let (page, offset) = (self.count("page", 1), self.count("offset", 0));
        let rows = size.unwrap_or(ROWS).min(ROWS);
        let offset = offset.or(page.map(|page| (page - 1).saturating_mul(rows))).unwrap_or(0);
        if offset > OFFSET {
            self.wrong(if page.is_some() { "page" } else { "offset" }, "open311-offset");
        }
        let near = self.near();
        let bounds = self.bounds();
        let updated = (self.date("updated_after", 0), self.date("updated_before", 999_999));
        let order = self.order(near, updated.0.is_some() || updated.1.is_some());
        let cursor = self.cursor();
        let words = self.form.find("q").map(str::to_owned);
        let paged =
            size.is_some() || page.is_some() || cursor.is_some() || self.form.find("offset").is_some();
        let wide = paged || near.is_some() || bounds.is_some() || words.is_some() || order == Order::Changed;
        let (from, to) = self.dates(now, wide);
        let mut filter = Filter { bounds, from, to, closed: self.closed(), ..Filter::default() };
        filter.codes = self.codes(categories);
        filter.with_photo = self.flag("has_photo");
        filter.office = self.form.find("agency_responsible").map(str::to_owned);
        let ids = self.list("service_request_id");
        if ids.len() > IDS {
            self.wrong("service_request_id", "open311-ids");
        }
        let (extensions, just_count) = (self.flag("extensions"), self.flag("just_count"));
        Listing {
            ids,
            filter,
            order,
            updated,
            words,
            cursor,
            offset,
            size: rows,
            paged,
            extensions,
            just_count,
        }
    }

    /// The parts of a list with commas.
    fn list(&self, name: &str) -> Vec<String> {
        let parts = self.form.get(name).split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn count(&mut self, name: &'static str, least: usize) -> Option<usize> {
        let number = self.form.find(name)?.parse::<usize>().ok().filter(|number| *number >= least);
        if number.is_none() {
            self.wrong(name, "open311-number");
        }
        number
    }

    fn flag(&mut self, name: &'static str) -> bool {
        match self.form.get(name) {
            "true" | "1" => true,
            "" | "false" | "0" => false,
            _ => {
                self.wrong(name, "open311-flag");
                false
            }
        }
    }

    fn degrees(&self, name: &str) -> Option<f64> {
        self.form.get(name).parse().ok()
    }

    /// A moment; times are told in whole seconds, so an end takes the rest of its second in.
    fn date(&mut self, name: &'static str, rest: i64) -> Option<Time> {
        let text = self.form.find(name)?;
        // A plus sign in an address means a blank to those who forget to write it as %2B.
        let time = Time::parse_rfc3339(text).or_else(|| Time::parse_rfc3339(&text.replace(' ', "+")));
        if time.is_none() {
            self.wrong(name, "open311-date");
        }
        time.map(|time| Time(time.0.saturating_add(rest)))
    }

    /// From when to when. The standard's answer spans 90 days; whoever asks for more than the standard has, need not.
    fn dates(&mut self, now: Time, wide: bool) -> (Option<Time>, Option<Time>) {
        let (from, to) = (self.date("start_date", 0), self.date("end_date", 999_999));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            self.wrong("end_date", "open311-dates-order");
        }
        if wide {
            return (from, to);
        }
        let span = DAYS * DAY;
        let to = to.or(from.map(|from| from.plus_seconds(span))).unwrap_or(now);
        let from = from.unwrap_or(to.plus_seconds(-span));
        if to.seconds() - from.seconds() > span {
            self.wrong("start_date", "open311-dates-span");
        }
        (Some(from), Some(to))
    }

    fn closed(&mut self) -> Option<bool> {
        let states = self.list("status");
        let (open, closed) = (states.iter().any(|s| s == "open"), states.iter().any(|s| s == "closed"));
        if states.iter().any(|state| state != "open" && state != "closed") {
            self.wrong("status", "open311-status");
        }
        if open == closed { None } else { Some(closed) }
    }

    /// The services that are named, and those a keyword finds.
    fn codes(&mut self, categories: &[Category]) -> Vec<String> {
        let mut codes = self.list("service_code");
        if codes.iter().any(|code| !categories.iter().any(|category| category.code == *code)) {
            self.missing = true;
            self.wrong("service_code", "open311-service-unknown");
        }
        if let Some(keyword) = self.form.find("keyword").map(str::to_lowercase) {
            let found = |category: &&Category| {
                [&category.name, &category.name_en, &category.keywords]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&keyword))
                    && (codes.is_empty() || codes.contains(&category.code))
            };
            let found: Vec<_> =
                categories.iter().filter(found).map(|category| category.code.clone()).collect();
            // A word that fits nothing finds nothing: no service has an empty code.
            codes = if found.is_empty() { vec![String::new()] } else { found };
        }
        if codes.len() > CODES {
            self.wrong("service_code", "open311-codes");
        }
        codes
    }

    fn bounds(&mut self) -> Option<Bounds> {
        let text = self.form.find("bbox")?;
        let sides: Vec<f64> = text.split(',').filter_map(|part| part.trim().parse().ok()).collect();
        let corner = |lat, lon| Point::from_degrees(lat, lon);
        let bounds = match sides.as_slice() {
            [west, south, east, north]
                if text.matches(',').count() == 3 && west <= east && south <= north =>
            {
                corner(*south, *west).zip(corner(*north, *east)).map(|(min, max)| Bounds { min, max })
            }
            _ => None,
        };
        if bounds.is_none() {
            self.wrong("bbox", "open311-bbox");
        }
        bounds
    }

    fn near(&mut self) -> Option<(Point, f64)> {
        let given = ["lat", "long", "radius"].map(|name| self.form.find(name).is_some());
        if given == [false; 3] {
            return None;
        }
        let point = self.degrees("lat").zip(self.degrees("long"));
        let point = point.and_then(|(lat, long)| Point::from_degrees(lat, long));
        if point.is_none() {
            self.wrong("lat, long", "report-place-wrong");
        }
        let radius = self.degrees("radius").filter(|metres| *metres > 0.0 && *metres <= RADIUS);
        if radius.is_none() {
            self.wrong("radius", "open311-radius");
        }
        point.zip(radius)
    }

    fn order(&mut self, near: Option<(Point, f64)>, by_change: bool) -> Order {
        match (self.form.get("sort"), near) {
            ("-requested_datetime", _) => Order::Newest,
            ("updated_datetime", _) => Order::Changed,
            ("" | "distance", Some((point, metres))) => Order::Nearest(point, metres),
            ("", None) => {
                if by_change {
                    Order::Changed
                } else {
                    Order::Newest
                }
            }
            _ => {
                self.wrong("sort", "open311-sort");
                Order::Newest
            }
        }
    }

    fn cursor(&mut self) -> Option<Cursor> {
        let read = |text: &str| {
            let (at, id) = text.split_once('-')?;
            Some(Cursor { at: at.parse().ok()?, id: id.parse().ok()? })
        };
        let cursor = read(self.form.find("cursor")?);
        if cursor.is_none() {
            self.wrong("cursor", "open311-cursor");
        }
        cursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &[(&str, &str)]) -> Result<Listing> {
        let fields = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&Form::new(fields), &[], Time::parse_rfc3339("2026-11-24T10:00:00Z").unwrap())
    }

    fn wrong(query: &[(&str, &str)]) -> Vec<String> {
        ask(query).map_or_else(|p| p.faults.iter().map(|f| f.field.to_string()).collect(), |_| vec![])
    }

    #[test]
    fn without_anything_the_answer_is_the_standards() {
        let listing = ask(&[]).unwrap();
        assert_eq!((listing.size, listing.paged, listing.order), (ROWS, false, Order::Newest));
        let from = listing.filter.from.unwrap();
        assert_eq!(from.rfc3339(), "2026-08-26T10:00:00Z");
    }

    #[test]
    fn every_parameter_that_makes_no_sense_is_named() {
        for name in PARAMETERS {
            if ["jurisdiction_id", "api_key", "q", "agency_responsible", "service_request_id", "keyword"]
                .contains(name)
            {
                continue;
            }
            assert!(!wrong(&[(name, "nonsense")]).is_empty(), "{name}");
        }
        assert_eq!(
            wrong(&[("page_size", "0"), ("status", "ajar"), ("bbox", "7,51,6,50")]),
            ["page_size", "bbox", "status"]
        );
        for (name, value) in [
            ("bbox", "1,2,3"),
            ("bbox", "1,2,3,4,5"),
            ("bbox", "6,50,x,51"),
            ("bbox", "6,50,7,NaN"),
            ("page", "0"),
            ("page_size", "-1"),
            ("page", "99999999999999999999"),
            ("offset", "20001"),
            ("page", "18446744073709551615"),
            ("start_date", "2026-02-30T00:00:00Z"),
            ("cursor", "1-2"),
            ("radius", "10"),
            ("lat", "50"),
            ("sort", "distance"),
            ("has_photo", "perhaps"),
        ] {
            assert!(!wrong(&[(name, value)]).is_empty(), "{name}={value}");
        }
    }

    #[test]
    fn ninety_days_hold_for_the_standard_alone() {
        let long = [("start_date", "2026-01-01T00:00:00Z"), ("end_date", "2026-11-01T00:00:00+01:00")];
        assert_eq!(wrong(&long), ["start_date"]);
        let paged = [long.as_slice(), &[("page_size", "10")]].concat();
        assert!(wrong(&paged).is_empty());
        let turned = [("start_date", "2026-03-01T00:00:00Z"), ("end_date", "2026-01-01T00:00:00Z")];
        assert_eq!(wrong(&turned), ["end_date"]);
    }

    #[test]
    fn a_plus_sign_that_became_a_blank_is_understood() {
        assert!(wrong(&[("updated_after", "2026-11-01T00:00:00 01:00")]).is_empty());
    }

    #[test]
    fn a_page_is_never_larger_than_the_standard_allows() {
        assert_eq!(ask(&[("limit", "5000")]).unwrap().size, ROWS);
        assert_eq!(ask(&[("page_size", "10"), ("page", "3")]).unwrap().offset, 20);
    }
}

use proptest::prelude::*;

use super::*;
use crate::model::Visibility;

fn category(code: &str, group: &str) -> Category {
    Category {
        code: code.into(),
        group: group.into(),
        name: code.into(),
        name_en: code.into(),
        description: String::new(),
        keywords: String::new(),
        office: "0".repeat(32).parse().unwrap(),
        visibility: Visibility::Public,
        near_metres: 50,
        promise_hours: None,
        active: true,
        questions: vec![],
    }
}

fn square(ars: &str, west: f64) -> String {
    let east = west + 0.1;
    format!(
        r#"{{"type":"Feature","properties":{{"ars":"{ars}","name":"Feld {ars}"}},"geometry":{{"type":"Polygon",
        "coordinates":[[[{west},50.0],[{east},50.0],[{east},50.1],[{west},50.1],[{west},50.0]]]}}}}"#
    )
}

struct World {
    categories: Vec<Category>,
    atlas: Atlas,
    region: Ars,
}

impl World {
    fn new() -> Self {
        let (a, b) = (square("053820012012", 7.0), square("053820060060", 7.1));
        let text = format!(r#"{{"type":"FeatureCollection","features":[{a},{b}]}}"#);
        Self {
            categories: vec![
                category("lampe", "Straße"),
                category("loch", "Straße"),
                category("müll & x", "Grün"),
            ],
            atlas: Atlas::new(place::import::boundaries(text.as_bytes()).items, vec![]),
            region: "05382".parse().unwrap(),
        }
    }

    fn known(&self) -> Known<'_> {
        Known { categories: &self.categories, atlas: &self.atlas, region: &self.region }
    }

    fn parse(&self, query: &str) -> Result<Wanted, Vec<Fault>> {
        Wanted::parse(&web::parse_form(query.as_bytes()).unwrap(), &self.known())
    }

    fn faults(&self, query: &str) -> Vec<(String, &'static str)> {
        let faults = self.parse(query).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field.to_string(), fault.code)).collect()
    }
}

fn point() -> impl Strategy<Value = Point> {
    (-90_000_000..=90_000_000, -180_000_000..=180_000_000).prop_map(|(lat, lon)| Point { lat, lon })
}

/// The first moment of a day of this century, and the last.
fn moment(day: (u16, u8, u8), last: bool) -> Option<Time> {
    let end = if last { "T23:59:59.999999" } else { "" };
    Time::parse_civil(&format!("{:04}-{:02}-{:02}{end}", day.0, day.1, day.2))
}

fn day() -> impl Strategy<Value = (u16, u8, u8)> {
    (2000_u16..2100, 1_u8..=12, 1_u8..=28)
}

prop_compose! {
    fn wanted()(
        codes in proptest::sample::subsequence(vec!["lampe", "loch", "müll & x"], 0..=3),
        group in proptest::option::of(proptest::sample::select(vec!["Straße", "Grün"])),
        ended in proptest::option::of(any::<bool>()),
        photo in any::<bool>(),
        days in proptest::option::of((day(), day())),
        words in "[a-zäöüß&=+%#? ]{0,20}",
        area in proptest::option::of(proptest::sample::select(vec!["05382", "053820012012", "053820060060"])),
        around in proptest::option::of((point(), 1..=FARTHEST)),
        corners in proptest::option::of((point(), point())),
        number in proptest::option::of((1_u32..99_999, 2000_u16..2100)),
    ) -> Wanted {
        let days = days.map(|(a, b)| (a.min(b), a.max(b)));
        Wanted {
            codes: codes.into_iter().map(str::to_owned).collect(),
            group: group.map(str::to_owned),
            ended,
            photo,
            from: days.and_then(|(from, _)| moment(from, false)),
            to: days.and_then(|(_, to)| moment(to, true)),
            words: clean(&words),
            area: area.and_then(Zone::parse),
            around,
            bounds: corners.and_then(|(a, b)| Bounds::of([a, b])),
            number: number.map(|(count, year)| format!("{count}-{year}")),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(wanted in wanted()) {
        let world = World::new();
        prop_assert_eq!(world.parse(&wanted.query()), Ok(wanted.clone()));
        let address = wanted.address("/anliegen", &[]);
        prop_assert_eq!(address.split_once('?').map_or("", |(_, query)| query), wanted.query());
    }

    #[test]
    fn no_query_makes_it_fall_over(query in "[a-z0-9=&%,.+-]{0,80}") {
        if let Ok(form) = web::parse_form(query.as_bytes()) {
            let world = World::new();
            drop(Wanted::parse(&form, &world.known()));
        }
    }
}

#[test]
fn what_is_wrong_is_named_with_its_field() {
    let world = World::new();
    for (query, field, code) in [
        ("kategorie=unsinn", "kategorie", "report-category-unknown"),
        ("gruppe=unsinn", "gruppe", "report-group-unknown"),
        ("status=egal", "status", "report-status-unknown"),
        ("von=gestern", "von", "report-day-wrong"),
        ("von=2026-02-30", "von", "report-day-wrong"),
        ("von=2026-02-03T10:00", "von", "report-day-wrong"),
        ("von=2026-02-03&bis=2026-02-02", "bis", "report-days-reversed"),
        ("gebiet=05315", "gebiet", "report-area-unknown"),
        ("gebiet=x", "gebiet", "report-area-unknown"),
        ("lat=50.9", "lat", "report-place-wrong"),
        ("lat=99&long=7", "lat", "report-place-wrong"),
        ("lat=50&long=7&umkreis=0", "umkreis", "report-radius-wrong"),
        ("umkreis=weit", "umkreis", "report-radius-wrong"),
        ("bbox=1,2,3", "bbox", "report-box-wrong"),
        ("bbox=7,51,6,50", "bbox", "report-box-wrong"),
        ("bbox=1,2,3,4,x", "bbox", "report-box-wrong"),
        ("anliegen=zwölf", "anliegen", "report-number-wrong"),
    ] {
        assert_eq!(world.faults(query), [(field.to_owned(), code)], "{query}");
    }
    assert_eq!(world.faults("kategorie=x&gruppe=y&status=z").len(), 3);
}

#[test]
fn what_is_right_stays_beside_what_is_wrong() {
    let world = World::new();
    let query = "kategorie=lampe&kategorie=x&gruppe=y&status=offen&von=2026-02-03&bis=2026-02-02&anliegen=z";
    let (wanted, faults) = Wanted::read(&web::parse_form(query.as_bytes()).unwrap(), &world.known());
    assert_eq!(faults.len(), 4);
    assert_eq!(wanted.query(), "kategorie=lampe&status=offen&von=2026-02-03");
}

#[test]
fn a_day_ends_with_its_last_moment() {
    let wanted = World::new().parse("von=2026-07-01&bis=2026-07-01").unwrap();
    assert_eq!(wanted.from.map(Time::rfc3339).as_deref(), Some("2026-06-30T22:00:00Z"));
    assert_eq!(wanted.to.map(Time::rfc3339).as_deref(), Some("2026-07-01T21:59:59Z"));
}

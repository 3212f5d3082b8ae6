use std::fmt;

use base::Ars;
use place::{Area, Atlas, Bounds, District, Point};

/// A part of the member somebody asks for: a municipality, or a district of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    Area(Ars),
    District(Ars, String),
}

impl Zone {
    /// Reads the key of an area such as `05382`, or of a district such as `053150000000/4`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split_once('/') {
            None => Some(Self::Area(text.parse().ok()?)),
            Some((ars, key)) => Some(Self::District(ars.parse().ok()?, key.trim_end_matches('/').to_owned())),
        }
    }

    /// Every zone of a region somebody could choose, with its name: municipalities where there are several, and the
    /// districts of each.
    pub(crate) fn all(atlas: &Atlas, region: &Ars) -> Vec<(Self, String)> {
        let areas: Vec<&Area> = atlas.within(region).collect();
        let several = areas.len() > 1;
        let mut zones = Vec::new();
        for area in areas {
            if several {
                zones.push((Self::Area(area.ars.clone()), area.name.clone()));
            }
            let districts = atlas.districts().iter().filter(|district| district.ars == area.ars);
            zones.extend(districts.map(|district| {
                let name = &district.name;
                let name = if several { format!("{}: {name}", area.name) } else { name.clone() };
                (Self::District(district.ars.clone(), district.key.clone()), name)
            }));
        }
        zones
    }

    /// The finest zone a place is in.
    pub(crate) fn at(atlas: &Atlas, place: Point) -> Option<Self> {
        match atlas.district_at(place) {
            Some(district) => Some(Self::District(district.ars.clone(), district.key.clone())),
            None => atlas.at(place).map(|area| Self::Area(area.ars.clone())),
        }
    }

    /// What everything inside begins with, as [`Zone::at`] gives it.
    pub(crate) fn prefix(&self) -> String {
        match self {
            Self::Area(ars) => ars.to_string(),
            // The end keeps district 1 from taking in district 12.
            Self::District(..) => format!("{self}/"),
        }
    }

    /// Whether a place is inside.
    pub(crate) fn contains(&self, atlas: &Atlas, place: Point) -> bool {
        match self {
            Self::Area(key) => atlas.within(key).any(|area| area.contains(place)),
            Self::District(..) => Self::at(atlas, place).as_ref() == Some(self),
        }
    }

    /// The box around it; none when it is not known any more.
    pub(crate) fn bounds(&self, atlas: &Atlas) -> Option<Bounds> {
        match self {
            Self::Area(key) => atlas.bounds(key),
            Self::District(..) => self.district(atlas).map(District::bounds),
        }
    }

    /// What people call it; none when it is not known any more.
    pub(crate) fn name(&self, atlas: &Atlas) -> Option<String> {
        match self {
            Self::Area(key) => {
                atlas.areas().iter().find(|area| area.ars == *key).map(|area| area.name.clone())
            }
            Self::District(..) => self.district(atlas).map(|district| district.name.clone()),
        }
    }

    /// Whether it is a part of a region.
    pub(crate) fn is_in(&self, region: &Ars, atlas: &Atlas) -> bool {
        match self {
            Self::Area(key) => atlas.within(region).any(|area| key.contains(&area.ars)),
            Self::District(ars, _) => region.contains(ars) && self.district(atlas).is_some(),
        }
    }

    fn district<'a>(&self, atlas: &'a Atlas) -> Option<&'a District> {
        let Self::District(ars, key) = self else { return None };
        atlas.districts().iter().find(|district| district.ars == *ars && district.key == *key)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Area(ars) => write!(f, "{ars}"),
            Self::District(ars, key) => write!(f, "{ars}/{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atlas() -> Atlas {
        let square = |key: &str, more: &str, west: f64, side: f64| {
            let (east, north) = (west + side, 50.0 + side);
            format!(
                r#"{{"type":"Feature","properties":{{{key},"name":"Feld {west}"{more}}},"geometry":{{"type":"Polygon",
                "coordinates":[[[{west},50.0],[{east},50.0],[{east},{north}],[{west},{north}],[{west},50.0]]]}}}}"#
            )
        };
        let area = square("\"ars\":\"053150000000\"", "", 7.0, 0.2);
        let areas = place::import::boundaries(area.as_bytes());
        let districts =
            [("1", 7.0), ("12", 7.1)].map(|(key, west)| square(&format!("\"key\":\"{key}\""), "", west, 0.1));
        let file = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, districts.join(","));
        let known = Atlas::new(areas.items.clone(), vec![]);
        let districts = place::import::districts(file.as_bytes(), &known, &"05315".parse().unwrap());
        assert_eq!((areas.faults, districts.faults), (vec![], vec![]));
        Atlas::new(areas.items, districts.items)
    }

    #[test]
    fn a_place_is_in_its_district_and_in_no_other_whose_key_begins_alike() {
        let atlas = atlas();
        let at = |lon: f64| Zone::at(&atlas, Point::from_degrees(50.05, lon).unwrap()).unwrap();
        assert_eq!(
            (at(7.05).to_string().as_str(), at(7.15).to_string().as_str()),
            ("053150000000/1", "053150000000/12")
        );
        assert!(!at(7.15).prefix().starts_with(&at(7.05).prefix()));
        assert!(at(7.15).prefix().starts_with(&Zone::parse("05315").unwrap().prefix()));
        for zone in [at(7.05), at(7.15), Zone::parse("05315").unwrap()] {
            assert_eq!(Zone::parse(&zone.to_string()).as_ref(), Some(&zone));
            assert_eq!(Zone::parse(&zone.prefix()).as_ref(), Some(&zone));
            assert!(zone.is_in(&"05315".parse().unwrap(), &atlas));
            assert!(zone.bounds(&atlas).is_some());
        }
        assert!(!Zone::parse("053150000000/3").unwrap().is_in(&"05315".parse().unwrap(), &atlas));
        assert_eq!(Zone::parse("x/1"), None);
    }

    #[test]
    fn where_there_is_one_municipality_its_districts_are_the_choice() {
        let zones = Zone::all(&atlas(), &"05315".parse().unwrap());
        let names: Vec<_> = zones.iter().map(|(zone, name)| (zone.to_string(), name.as_str())).collect();
        let expected = [("053150000000/1".to_owned(), "Feld 7"), ("053150000000/12".to_owned(), "Feld 7.1")];
        assert_eq!(names, expected);
    }
}

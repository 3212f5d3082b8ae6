//! From the words people write to a place: street and house number, with or without the town.

use ::store::{Error, Tx};

use crate::Point;
use crate::import::split_number;
use crate::streets::{self, House, Street};

/// A place that was found for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The town.
    pub town: String,
    /// The street as it is spelt officially.
    pub street: String,
    /// The house number with what stands after it; empty when a street without a number was asked for.
    pub number: String,
    /// The postal code; empty when unknown.
    pub zip: String,
    /// Where.
    pub point: Point,
    /// Whether it is the very house that was asked for, not a neighbour or the middle of the street.
    pub exact: bool,
}

impl Found {
    /// The address on one line, such as `Hauptstraße 5, 50667 Köln`.
    #[must_use]
    pub fn label(&self) -> String {
        let street = format!("{} {}", self.street, self.number);
        let town = format!("{} {}", self.zip, self.town);
        format!("{}, {}", street.trim(), town.trim())
    }
}

/// Places one search gives, at most.
const PLACES: usize = 10;

/// What somebody meant by an address.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    street: String,
    number: Option<(u32, String)>,
    town: Option<String>,
}

/// The places an address may mean, the best first; none when there is no such street. `town` is what was chosen in a
/// field of its own; a town after a comma in `text` is read where none was chosen.
///
/// # Errors
/// What the database says.
pub fn look_up(tx: &mut Tx<'_>, town: Option<&str>, text: &str) -> Result<Vec<Found>, Error> {
    let words = read(text);
    let town = town.filter(|town| !town.trim().is_empty()).map(str::to_owned).or(words.town);
    let mut found = Vec::new();
    for street in streets::find(tx, town.as_deref(), &words.street)? {
        let houses = streets::houses(tx, street.id)?;
        found.extend(place(&street, &houses, words.number.as_ref()));
        if found.len() >= PLACES {
            break;
        }
    }
    found.sort_by_key(|place| !place.exact);
    Ok(found)
}

/// The house that was asked for; else the one with the nearest number; without a number the middle of the street.
fn place(street: &Street, houses: &[House], number: Option<&(u32, String)>) -> Option<Found> {
    let (house, exact) = match number {
        None => (houses.get(houses.len() / 2)?, false),
        Some((number, suffix)) => {
            let same = |house: &&House| house.number == *number && house.suffix.eq_ignore_ascii_case(suffix);
            let near = |house: &&House| (house.number.abs_diff(*number), house.suffix.clone());
            let exact = houses.iter().find(same);
            (exact.or_else(|| houses.iter().min_by_key(near))?, exact.is_some())
        }
    };
    let shown = number.map(|_| format!("{}{}", house.number, house.suffix)).unwrap_or_default();
    Some(Found {
        town: street.town.clone(),
        street: street.name.clone(),
        number: shown,
        zip: house.zip.clone(),
        point: house.point,
        exact,
    })
}

/// Reads `Straße 12 a, 50667 Ort`, and the same with town first.
fn read(text: &str) -> Words {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let is_zip = |word: &str| word.len() == 5 && word.bytes().all(|byte| byte.is_ascii_digit());
    let has_zip = |part: &&str| part.split_whitespace().next().is_some_and(is_zip);
    let (street, town) = match parts.as_slice() {
        [] => ("", None),
        [street] => (*street, None),
        [town, street, ..] if has_zip(town) && !has_zip(street) => (*street, Some(*town)),
        [street, .., town] => (*street, Some(*town)),
    };
    let town =
        town.map(|town| town.split_whitespace().filter(|word| !is_zip(word)).collect::<Vec<_>>().join(" "));
    let words: Vec<&str> = street.split_whitespace().collect();
    // The number is the last word that begins with a digit and is no ordinal: "Straße des 17. Juni 135 a".
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && !word.ends_with('.');
    let at = words.iter().rposition(is_number).filter(|at| *at > 0);
    let number = at.and_then(|at| split_number(&words.get(at..)?.join(" ")));
    let street = match (at, &number) {
        (Some(at), Some(_)) => words.get(..at).unwrap_or_default().join(" "),
        _ => street.to_owned(),
    };
    Words { street, number, town: town.filter(|town| !town.is_empty()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> (String, Option<String>, Option<String>) {
        let Words { street, number, town } = read(text);
        (street, number.map(|(number, suffix)| format!("{number}{suffix}")), town)
    }

    #[test]
    fn an_address_is_read_as_people_write_it() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(words("Domkloster 4"), ("Domkloster".into(), some("4"), None));
        assert_eq!(words("Hauptstr. 12 a, 53111 Bonn"), ("Hauptstr.".into(), some("12a"), some("Bonn")));
        assert_eq!(words("50667 Köln, Am Hof 1"), ("Am Hof".into(), some("1"), some("Köln")));
        assert_eq!(words("Straße des 17. Juni 135"), ("Straße des 17. Juni".into(), some("135"), None));
        assert_eq!(words("Ringstraße"), ("Ringstraße".into(), None, None));
        assert_eq!(words("17"), ("17".into(), None, None));
        assert_eq!(words(" , "), (String::new(), None, None));
    }

    #[test]
    fn a_missing_number_gives_the_nearest_house_and_says_so() {
        let street = Street { id: 1, town: "Köln".into(), name: "Am Hof".into() };
        let house = |number, suffix: &str| House {
            number,
            suffix: suffix.into(),
            zip: "50667".into(),
            point: Point { lat: i32::try_from(number).unwrap(), lon: 0 },
        };
        let houses = [house(1, ""), house(3, ""), house(3, "a"), house(9, "")];
        let at = |number: u32, suffix: &str| place(&street, &houses, Some(&(number, suffix.into()))).unwrap();
        assert_eq!((at(3, "A").label().as_str(), at(3, "A").exact), ("Am Hof 3a, 50667 Köln", true));
        assert_eq!((at(8, "").number.as_str(), at(8, "").exact), ("9", false));
        assert_eq!(place(&street, &houses, None).unwrap().label(), "Am Hof, 50667 Köln");
        assert_eq!(place(&street, &[], None), None);
    }
}

//! Streets and house numbers. A list is written beside the one in force, in many small transactions, and comes into
//! force as a whole: nobody ever searches half a list.

use std::collections::BTreeMap;

use ::store::{Error, Row, Tx, params, statements};
use unicode_normalization::UnicodeNormalization as _;

use crate::Point;
use crate::import::Place;

/// A street of a town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Street {
    /// Its number in the list in force.
    pub id: i64,
    /// The town.
    pub town: String,
    /// Its name.
    pub name: String,
}

/// A house number of a street.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// The number.
    pub number: u32,
    /// What stands after it.
    pub suffix: String,
    /// The postal code; empty when unknown.
    pub zip: String,
    /// Where.
    pub point: Point,
}

/// Streets a search gives, at most.
const CANDIDATES: usize = 20;

statements! {
    EDITION = "street.edition": "select edition from street_edition where one = 1";
    NEWEST_EDITION = "street.newest_edition": "select max(edition) from street";
    PUBLISH = "street.publish":
        "insert into street_edition (one, edition) values (1, ?1)
         on conflict (one) do update set edition = excluded.edition";
    ADD = "street.add": "insert into street (edition, id, town, name, folded) values (?1, ?2, ?3, ?4, ?5)";
    ADD_HOUSE = "street.add_house":
        "insert into address (edition, street, number, suffix, zip, lat, lon) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    OLDEST = "street.oldest":
        "select edition, id from street where edition <> (select edition from street_edition where one = 1)
         order by edition, id limit 1";
    DROP = "street.drop": "delete from street where edition = ?1 and id between ?2 and ?3";
    DROP_HOUSES = "street.drop_houses": "delete from address where edition = ?1 and street between ?2 and ?3";
    ALIKE = "street.alike":
        "select id, town, name, folded from street
         where edition = (select edition from street_edition where one = 1) and folded between ?1 and ?2
         order by folded, town, id limit ?3";
    EVERY = "street.every":
        "select id, town, name, folded from street where edition = ?1 order by town, name, id";
    HOUSES = "street.houses":
        "select number, suffix, zip, lat, lon from address where edition = ?1 and street = ?2
         order by number, suffix, zip";
    COUNTS = "street.counts":
        "select town, count(*), (select count(*) from address a where a.edition = ?1)
         from street where edition = ?1 group by town order by town";
}

/// One spelling for all: `Köln-Mülheimer Str.` is `koelnmuelheimerstrasse`. Only a to z and digits are left, which
/// every database sorts alike.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        match letter {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            '.' | '-' => plain.push(' '),
            other => {
                plain
                    .extend(std::iter::once(other).nfkd().filter(|c| c.is_ascii_alphanumeric() || *c == ' '));
            }
        }
    }
    let whole = |word: &str| match word {
        word if word.ends_with("str") => format!("{word}asse"),
        word if word.ends_with("pl") => format!("{word}atz"),
        "st" => "sankt".to_owned(),
        word => word.to_owned(),
    };
    plain.split(' ').filter(|word| !word.is_empty()).map(whole).collect()
}

/// Streets whose name is or begins with `text`; when there is none, those that are at most two letters off. Only of
/// `town` when it is given.
///
/// # Errors
/// What the database says.
pub fn find(tx: &mut Tx<'_>, town: Option<&str>, text: &str) -> Result<Vec<Street>, Error> {
    let wanted = fold(text);
    let town = town.map(fold).filter(|town| !town.is_empty());
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let fits = |street: &Street| town.as_ref().is_none_or(|town| fold(&street.town) == *town);
    let most = i64::try_from(CANDIDATES * 25).unwrap_or(i64::MAX);
    let beyond = format!("{wanted}zzzzzzzz");
    let alike = tx.all(&ALIKE, params![&wanted, &beyond, most], street)?;
    let mut found: Vec<Street> = alike.into_iter().map(|(street, _)| street).filter(fits).collect();
    // Whole names come first; between names that only begin so the order stays the alphabet's.
    found.sort_by_key(|street| fold(&street.name) != wanted);
    if found.is_empty() {
        found = close(tx, &wanted, fits)?;
    }
    found.truncate(CANDIDATES);
    Ok(found)
}

fn close(tx: &mut Tx<'_>, wanted: &str, fits: impl Fn(&Street) -> bool) -> Result<Vec<Street>, Error> {
    let Some(edition) = edition(tx)? else { return Ok(Vec::new()) };
    let reach = if wanted.len() < 8 { 1 } else { 2 };
    let mut close = Vec::new();
    tx.each(&EVERY, params![edition], |row| {
        let (street, folded) = street(row)?;
        let far = if folded.len().abs_diff(wanted.len()) > reach {
            usize::MAX
        } else {
            strsim::osa_distance(&folded, wanted)
        };
        if far <= reach && fits(&street) {
            close.push((far, street));
        }
        Ok(())
    })?;
    close.sort_by_key(|(far, _)| *far);
    Ok(close.into_iter().map(|(_, street)| street).collect())
}

fn street(row: &Row<'_>) -> Result<(Street, String), Error> {
    Ok((Street { id: row.get(0)?, town: row.get(1)?, name: row.get(2)? }, row.get(3)?))
}

/// The houses of a street, by number.
///
/// # Errors
/// What the database says.
pub fn houses(tx: &mut Tx<'_>, street: i64) -> Result<Vec<House>, Error> {
    let Some(edition) = edition(tx)? else { return Ok(Vec::new()) };
    tx.all(&HOUSES, params![edition, street], |row| {
        let point = Point { lat: row.get(3)?, lon: row.get(4)? };
        Ok(House { number: row.get(0)?, suffix: row.get(1)?, zip: row.get(2)?, point })
    })
}

/// How many streets each town has, and how many houses all have together.
///
/// # Errors
/// What the database says.
pub fn counts(tx: &mut Tx<'_>) -> Result<(Vec<(String, i64)>, i64), Error> {
    let Some(edition) = edition(tx)? else { return Ok((Vec::new(), 0)) };
    let rows =
        tx.all(&COUNTS, params![edition], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<i64>(2)?)))?;
    let houses = rows.first().map_or(0, |(_, houses)| *houses);
    Ok((rows.into_iter().map(|(town, _)| town).collect(), houses))
}

/// Every house of the towns that are not among these, for a list that leaves them as they are.
///
/// # Errors
/// What the database says.
pub fn of_other_towns(tx: &mut Tx<'_>, towns: &[String]) -> Result<Vec<Place>, Error> {
    let Some(edition) = edition(tx)? else { return Ok(Vec::new()) };
    let streets = tx.all(&EVERY, params![edition], |row| Ok(street(row)?.0))?;
    let mut places = Vec::new();
    for street in streets.into_iter().filter(|street| !towns.contains(&street.town)) {
        places.extend(houses(tx, street.id)?.into_iter().map(|house| Place {
            town: street.town.clone(),
            street: street.name.clone(),
            number: house.number,
            suffix: house.suffix,
            zip: house.zip,
            point: house.point,
        }));
    }
    Ok(places)
}

fn edition(tx: &mut Tx<'_>) -> Result<Option<i64>, Error> {
    tx.get(&EDITION, &[])
}

/// A street with its houses, to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStreet {
    id: i64,
    town: String,
    name: String,
    houses: Vec<House>,
}

impl NewStreet {
    /// How many rows it is written as.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.houses.len() + 1
    }
}

/// The streets of these houses, numbered in the order of towns and names.
#[must_use]
pub fn gather(places: Vec<Place>) -> Vec<NewStreet> {
    let mut streets: BTreeMap<(String, String), (String, Vec<House>)> = BTreeMap::new();
    for place in places {
        let Place { town, street, number, suffix, zip, point } = place;
        let key = (town, fold(&street));
        let houses = &mut streets.entry(key).or_insert_with(|| (street, Vec::new())).1;
        houses.push(House { number, suffix, zip, point });
    }
    let numbered = streets.into_iter().zip(1..);
    numbered.map(|(((town, _), (name, houses)), id)| NewStreet { id, town, name, houses }).collect()
}

/// The number of a list that is about to be written.
///
/// # Errors
/// What the database says.
pub fn new_edition(tx: &mut Tx<'_>) -> Result<i64, Error> {
    let newest = tx.get::<Option<i64>>(&NEWEST_EDITION, &[])?.flatten().unwrap_or(0);
    Ok(newest.max(edition(tx)?.unwrap_or(0)) + 1)
}

/// Writes streets of a list that is not in force yet.
///
/// # Errors
/// What the database says.
pub fn add(tx: &mut Tx<'_>, edition: i64, streets: &[NewStreet]) -> Result<(), Error> {
    for street in streets {
        let folded = fold(&street.name);
        tx.exec(&ADD, params![edition, street.id, &street.town, &street.name, &folded])?;
        for house in &street.houses {
            let (lat, lon) = (house.point.lat, house.point.lon);
            let params = params![edition, street.id, house.number, &house.suffix, &house.zip, lat, lon];
            tx.exec(&ADD_HOUSE, params)?;
        }
    }
    Ok(())
}

/// Brings a list into force.
///
/// # Errors
/// What the database says.
pub fn publish(tx: &mut Tx<'_>, edition: i64) -> Result<(), Error> {
    tx.exec(&PUBLISH, params![edition]).map(drop)
}

/// Removes some streets of a list that is not in force; `false` when none is left.
///
/// # Errors
/// What the database says.
pub fn sweep(tx: &mut Tx<'_>) -> Result<bool, Error> {
    const STREETS: i64 = 200;

    let oldest = tx.one(&OLDEST, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let Some((edition, first)) = oldest else { return Ok(false) };
    tx.exec(&DROP_HOUSES, params![edition, first, first + STREETS])?;
    tx.exec(&DROP, params![edition, first, first + STREETS])?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_street_are_one() {
        for same in
            ["Köln-Mülheimer Straße", "Koeln-Muelheimer Str.", "KÖLN MÜLHEIMER STRASSE", "koeln-mülheimerstr"]
        {
            assert_eq!(fold(same), "koelnmuelheimerstrasse", "{same}");
        }
        assert_eq!(fold("Café-Pl."), "cafeplatz");
        assert_eq!(fold("St. Augustin"), "sanktaugustin");
        assert_eq!(fold("–"), "");
    }

    #[test]
    fn houses_are_gathered_under_their_street_whatever_its_spelling() {
        let place = |street: &str, number| Place {
            town: "Köln".into(),
            street: street.into(),
            number,
            suffix: String::new(),
            zip: String::new(),
            point: Point { lat: 0, lon: 0 },
        };
        let streets = gather(vec![place("Ringstr.", 1), place("Am Hof", 2), place("Ringstraße", 3)]);
        let seen: Vec<_> =
            streets.iter().map(|street| (street.id, street.name.as_str(), street.houses.len())).collect();
        assert_eq!(seen, [(1, "Am Hof", 1), (2, "Ringstr.", 2)]);
    }
}

//! Full-text search with German word forms, the same hits on both engines: words are made into tokens here and both
//! engines only look tokens up.

use std::sync::LazyLock;

use base::Time;
use sha2::{Digest, Sha256};
use snowball_stemmers_rs::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use crate::{Error, Row, Sql, Tx, params, statements};

/// Simple nouns of municipal life; a compound made of them is found by each of them.
static NOUNS: &str = include_str!("nouns.txt");

/// Something that can be found.
#[derive(Clone, Debug)]
pub struct Doc<'a> {
    /// The module it belongs to.
    pub module: &'a str,
    /// What it is about, such as a case id; several documents may share it.
    pub key: &'a str,
    /// Who may find it: `public`, `office:<id>`, `module:<name>` or `person:<id>`.
    pub audience: &'a str,
    /// The headline of the hit.
    pub title: &'a str,
    /// Where the hit leads.
    pub url: &'a str,
    /// The words it is found by, beside the title.
    pub text: &'a str,
    /// When it last changed; newer hits come first.
    pub at: Time,
}

/// Whom somebody searches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// As in [`Doc::audience`].
    pub name: String,
    /// Only documents of this module; of all when absent.
    pub module: Option<String>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The module it belongs to.
    pub module: String,
    /// What it is about, such as a case id.
    pub key: String,
    /// The headline.
    pub title: String,
    /// Where it leads.
    pub url: String,
    /// When it last changed.
    pub at: Time,
}

statements! {
    PUT = "search.put":
        "insert into search_doc (id, module, key, audience, title, url, tokens, at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         on conflict (id) do update set title = excluded.title, url = excluded.url, tokens = excluded.tokens,
         at = excluded.at";
    REMOVE = "search.remove": "delete from search_doc where module = ?1 and key = ?2";
    OF_KEY = "search.of_key": "select id from search_doc where module = ?1 and key = ?2";
    DROP = "search.drop": "delete from search_doc where id = ?1";
}

/// The only statements of the project that differ between the engines; tests prepare each on its own.
const FIND_SQLITE: Sql = Sql {
    name: "search.find",
    text: "select module, title, url, at, key from search_doc
         where id in (select rowid from search_index where search_index match ?1)
         and audience = ?2 and (module = ?3 or ?3 is null)
         order by at desc, id limit ?4",
};
const FIND_POSTGRES: Sql = Sql {
    name: "search.find",
    text: "select module, title, url, at, key from search_doc
         where vector @@ cast(cast(?1 as text) as tsquery)
         and audience = ?2 and (module = ?3 or ?3 is null)
         order by at desc, id limit ?4",
};

const KEYS_SQLITE: Sql = Sql {
    name: "search.keys",
    text: "select key from search_doc
         where id in (select rowid from search_index where search_index match ?1)
         and module = ?2 and audience = ?4 order by at desc, id limit ?3",
};
const KEYS_POSTGRES: Sql = Sql {
    name: "search.keys",
    text: "select key from search_doc
         where vector @@ cast(cast(?1 as text) as tsquery)
         and module = ?2 and audience = ?4 order by at desc, id limit ?3",
};

/// Makes `doc` findable, or changes what it is found by.
///
/// # Errors
/// What the database says.
pub fn put(tx: &mut Tx<'_>, doc: &Doc<'_>) -> Result<(), Error> {
    put_tokens(tx, doc, &found_by(doc))
}

fn found_by(doc: &Doc<'_>) -> String {
    tokens(&format!("{} {}", doc.title, doc.text)).join(" ")
}

fn put_tokens(tx: &mut Tx<'_>, doc: &Doc<'_>, tokens: &str) -> Result<(), Error> {
    let id = doc_id(doc);
    let params = params![id, doc.module, doc.key, doc.audience, doc.title, doc.url, tokens, doc.at];
    tx.exec(&PUT, params).map(drop)
}

/// Makes `key` findable by these documents of it and no others. What stays as it was costs the index nothing: to erase
/// words from it at once is far dearer than to add some.
///
/// # Errors
/// What the database says.
pub fn replace(tx: &mut Tx<'_>, module: &str, key: &str, docs: &[Doc<'_>]) -> Result<(), Error> {
    let wanted: Vec<i64> = docs.iter().map(doc_id).collect();
    for id in tx.all(&OF_KEY, params![module, key], |row| row.get::<i64>(0))? {
        if !wanted.contains(&id) {
            tx.exec(&DROP, params![id])?;
        }
    }
    let mut last: Option<(&Doc<'_>, String)> = None;
    for doc in docs {
        // What several audiences find by the same words is made into tokens once.
        let known = last.take().filter(|(other, _)| (other.title, other.text) == (doc.title, doc.text));
        let tokens = known.map_or_else(|| found_by(doc), |(_, tokens)| tokens);
        put_tokens(tx, doc, &tokens)?;
        last = Some((doc, tokens));
    }
    Ok(())
}

/// Makes everything about `key` unfindable.
///
/// # Errors
/// What the database says.
pub fn remove(tx: &mut Tx<'_>, module: &str, key: &str) -> Result<(), Error> {
    tx.exec(&REMOVE, params![module, key]).map(drop)
}

/// Finds the documents that hold every word of `query` and are meant for one of `audiences`, newest first. The last
/// word may be the beginning of one.
///
/// # Errors
/// What the database says.
pub fn find(tx: &mut Tx<'_>, query: &str, audiences: &[Audience], limit: i64) -> Result<Vec<Hit>, Error> {
    let words = words(query);
    let Some(expression) = expression(&words, tx.is_postgres()) else { return Ok(Vec::new()) };
    let sql = if tx.is_postgres() { FIND_POSTGRES } else { FIND_SQLITE };
    let mut hits = Vec::new();
    for Audience { name, module } in audiences {
        let params = params![expression.as_str(), name, module.as_deref(), limit];
        hits.extend(tx.all(&sql, params, hit)?);
    }
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
    hits.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(hits)
}

fn hit(row: &Row<'_>) -> Result<Hit, Error> {
    Ok(Hit { module: row.get(0)?, title: row.get(1)?, url: row.get(2)?, at: row.get(3)?, key: row.get(4)? })
}

/// The keys of the documents of a module that everybody may find and that hold every word of `query`, newest first.
///
/// # Errors
/// What the database says.
pub fn keys(tx: &mut Tx<'_>, module: &str, query: &str, limit: i64) -> Result<Vec<String>, Error> {
    keys_for(tx, module, "public", query, limit)
}

/// As [`keys`], of the documents that are meant for one audience.
///
/// # Errors
/// What the database says.
pub fn keys_for(
    tx: &mut Tx<'_>,
    module: &str,
    audience: &str,
    query: &str,
    limit: i64,
) -> Result<Vec<String>, Error> {
    let Some(expression) = expression(&words(query), tx.is_postgres()) else { return Ok(Vec::new()) };
    let sql = if tx.is_postgres() { KEYS_POSTGRES } else { KEYS_SQLITE };
    tx.all(&sql, params![expression.as_str(), module, limit, audience], |row| row.get(0))
}

/// Whether a text holds every word of `query`, by the rules of [`find`]; a query without words is in every text.
#[must_use]
pub fn holds(query: &str, text: &str) -> bool {
    let (words, tokens) = (words(query), tokens(text));
    let Some((last, full)) = words.split_last() else { return true };
    full.iter().all(|word| tokens.contains(word))
        && tokens.iter().any(|token| token.starts_with(last.as_str()))
}

fn expression(words: &[String], postgres: bool) -> Option<String> {
    let (last, full) = words.split_last()?;
    let (and, prefix) = if postgres { (" & ", ":*") } else { (" AND ", "*") };
    let quote = |word: &String| if postgres { format!("'{word}'") } else { format!("\"{word}\"") };
    let mut terms: Vec<String> = full.iter().map(quote).collect();
    terms.push(quote(last) + prefix);
    Some(terms.join(and))
}

/// The tokens `text` is found by: the stem of every word and, for compounds, of their parts.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for word in folded(text) {
        let parts = compound(&word);
        tokens.push(stem(&word));
        tokens.extend(parts.iter().map(|part| stem(part)));
    }
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

fn words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = folded(query).map(|word| stem(&word)).collect();
    words.truncate(12);
    words
}

/// Lower-case words with one spelling for ß and ss, ä and ae, ö and oe, ü and ue.
fn folded(text: &str) -> impl Iterator<Item = String> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(spell).collect();
    words.into_iter()
}

fn spell(word: &str) -> String {
    let mut spelt = String::with_capacity(word.len());
    let mut before = ' ';
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let umlaut = match letter {
            'a' => 'ä',
            'o' => 'ö',
            'u' => 'ü',
            'ß' => {
                spelt.push_str("ss");
                before = 's';
                continue;
            }
            other => other,
        };
        // "ue" after q, a or e is no umlaut: Quelle, Bauer, neue.
        let written_out = umlaut != letter
            && letters.peek() == Some(&'e')
            && !(letter == 'u' && matches!(before, 'q' | 'a' | 'e'));
        if written_out {
            letters.next();
        }
        before = if written_out { umlaut } else { letter };
        spelt.push(before);
    }
    spelt
}

fn stem(word: &str) -> String {
    static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::German));
    STEMMER.stem(word).into_owned()
}

/// The parts of a word made only of known nouns and linking letters; nothing for any other word.
fn compound(word: &str) -> Vec<String> {
    static KNOWN: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut known: Vec<String> = NOUNS.split_whitespace().map(spell).collect();
        known.sort_unstable_by_key(|noun| std::cmp::Reverse(noun.len()));
        known
    });
    fn split(rest: &str, known: &[String], parts: &mut Vec<String>) -> bool {
        if rest.is_empty() {
            return parts.len() > 1;
        }
        for noun in known {
            let Some(after) = rest.strip_prefix(noun.as_str()) else { continue };
            parts.push(noun.clone());
            for link in ["", "s", "n", "en", "e", "es", "er"] {
                if let Some(after) = after.strip_prefix(link)
                    && split(after, known, parts)
                {
                    return true;
                }
            }
            parts.pop();
        }
        false
    }
    let mut parts = Vec::new();
    if split(word, &KNOWN, &mut parts) { parts } else { Vec::new() }
}

/// A stable row number for the document, so that putting it again replaces it.
fn doc_id(doc: &Doc<'_>) -> i64 {
    let hash = Sha256::digest(format!("{}\0{}\0{}", doc.module, doc.key, doc.audience));
    let bytes: [u8; 8] = std::array::from_fn(|index| hash.get(index).copied().unwrap_or(0));
    i64::from_be_bytes(bytes) & i64::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_word_forms_and_spellings_find_each_other() {
        for (query, text) in [
            ("Laterne", "Zwei Laternen sind dunkel"),
            ("Laternen", "defekte Straßenlaterne"),
            ("strasse", "Die Straße ist gesperrt"),
            ("Muell", "Wilder Müll im Park"),
            ("Müllablagerung", "Muellablagerungen am Waldrand"),
            ("Spielplätze", "Der Spielplatz ist kaputt"),
            ("neue bäume", "neuer Baum gepflanzt"),
            ("Lampe Ehren", "Lampe in der Ehrenstraße"),
        ] {
            assert!(holds(query, text), "{query} in {text}: {:?} in {:?}", words(query), tokens(text));
        }
        assert!(!holds("Ampel", "Die Laterne"));
    }

    #[test]
    fn a_query_is_never_an_expression_of_the_engine() {
        assert_eq!(expression(&words("a\" OR \"b"), false).as_deref(), Some("\"a\" AND \"or\" AND \"b\"*"));
        assert_eq!(expression(&words("' | !x"), true).as_deref(), Some("'x':*"));
        assert_eq!(expression(&words("!!"), true), None);
    }
}

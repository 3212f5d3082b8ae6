//! What members have written down, read from their databases by a program that shares nothing with theirs.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OpenFlags, Row};
use serde_json::Value;

use crate::process::Node;

/// The bytes of an id.
pub(crate) type Id = Vec<u8>;

/// One member's books.
pub(crate) struct Book {
    pub(crate) slug: String,
    pub(crate) did: String,
    pub(crate) handovers: BTreeMap<Id, Handover>,
    pub(crate) cases: BTreeMap<Id, Case>,
    /// Messages that still wait to be written for others.
    waiting: i64,
    /// Own acts that the other side has not confirmed.
    unconfirmed: i64,
    /// The digests of messages of others that were named lies.
    pub(crate) lies: Vec<String>,
}

pub(crate) struct Handover {
    pub(crate) partner: String,
    pub(crate) side: String,
    pub(crate) case: Id,
    pub(crate) phase: String,
    /// What both sides did, by the hash of its text.
    acts: BTreeSet<String>,
    /// What was said with it.
    pub(crate) said: Vec<Said>,
}

/// Something that was done, with its words.
pub(crate) struct Said {
    pub(crate) deed: String,
    pub(crate) own: bool,
    pub(crate) words: Value,
}

pub(crate) struct Case {
    pub(crate) number: String,
    pub(crate) text: String,
    pub(crate) closed: bool,
    pub(crate) away: bool,
    /// Kind and text of every line of its timeline.
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) photos: Vec<[u8; 32]>,
}

impl Case {
    /// How often the office told this to whoever started it.
    pub(crate) fn told(&self, text: &str) -> usize {
        self.lines.iter().filter(|(kind, line)| kind == "answer" && line == text).count()
    }
}

impl Book {
    /// Reads all of it at one moment, whether the process runs or not.
    pub(crate) fn read(node: &Node, did: String) -> Self {
        let path = node.folder().join("raum.db");
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        db.execute_batch("begin").unwrap();
        let one = |sql: &str| db.query_row(sql, [], |row| row.get(0)).unwrap();
        Self {
            slug: node.slug.clone(),
            did,
            handovers: handovers(&db),
            cases: cases(&db),
            waiting: one("select count(*) from federation_outbox"),
            unconfirmed: one(
                "select count(*) from federation_handover_act where own = 1 and receipt is null",
            ),
            lies: all(&db, "select lie from federation_pair where lie is not null", |row| row.get(0)),
        }
    }

    /// The cases with this text, each with its id.
    pub(crate) fn about<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'a Id, &'a Case)> {
        self.cases.iter().filter(move |(_, case)| case.text == text)
    }

    /// The handovers of a case.
    pub(crate) fn of_case<'a>(&'a self, case: &'a Id) -> impl Iterator<Item = (&'a Id, &'a Handover)> {
        self.handovers.iter().filter(move |(_, handover)| handover.case == *case)
    }
}

fn all<T>(db: &Connection, sql: &str, row: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = db.prepare(sql).unwrap();
    statement.query_map([], |each| row(each)).unwrap().map(Result::unwrap).collect()
}

fn handovers(db: &Connection) -> BTreeMap<Id, Handover> {
    let read = |row: &Row<'_>| {
        let (acts, said) = (BTreeSet::new(), Vec::new());
        let (side, case, phase) = (row.get(2)?, row.get(3)?, row.get(4)?);
        Ok((row.get(0)?, Handover { partner: row.get(1)?, side, case, phase, acts, said }))
    };
    let found = all(db, "select id, did, side, case_id, phase from federation_handover", read);
    let mut found: BTreeMap<Id, Handover> = found.into_iter().collect();
    let acts =
        "select handover, hash, own, said, content from federation_handover_act order by received, hash";
    let read = |row: &Row<'_>| {
        let (said, content): (String, Option<String>) = (row.get(3)?, row.get(4)?);
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, said, content))
    };
    let acts: Vec<(Id, String, bool, String, Option<String>)> = all(db, acts, read);
    for (handover, hash, own, said, content) in acts {
        let handover = found.get_mut(&handover).unwrap_or_else(|| panic!("an act of no handover"));
        let act: Value = serde_json::from_str(&said).unwrap();
        let deed = match &act["deed"] {
            Value::String(name) => name.clone(),
            other => other.as_object().unwrap().keys().next().unwrap().clone(),
        };
        let words = content.map(|content| serde_json::from_str(&content).unwrap()).unwrap_or_default();
        handover.acts.insert(hash);
        handover.said.push(Said { deed, own, words });
    }
    found
}

fn cases(db: &Connection) -> BTreeMap<Id, Case> {
    let read = |row: &Row<'_>| {
        let state: String = row.get(3)?;
        let closed = matches!(state.as_str(), "done" | "declined");
        let (lines, photos) = (Vec::new(), Vec::new());
        let (number, text, away) = (row.get(1)?, row.get(2)?, row.get(4)?);
        Ok((row.get(0)?, Case { number, text, closed, away, lines, photos }))
    };
    let sql = "select case_file.id, case_file.number, report.text, case_file.state, away from case_file
               join report on report.case_id = case_file.id";
    let mut found: BTreeMap<Id, Case> = all(db, sql, read).into_iter().collect();
    let lines = "select case_id, kind, text from case_event order by case_id, place";
    let lines: Vec<(Id, String, String)> = all(db, lines, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    for (case, kind, text) in lines {
        found.get_mut(&case).into_iter().for_each(|case| case.lines.push((kind.clone(), text.clone())));
    }
    let photos = "select case_id, hash from file_use order by case_id, place";
    let photos: Vec<(Id, [u8; 32])> = all(db, photos, |row| Ok((row.get(0)?, row.get(1)?)));
    for (case, hash) in photos {
        found.get_mut(&case).into_iter().for_each(|case| case.photos.push(hash));
    }
    found
}

/// Whether everybody says the same of every handover and nothing is on its way any more; else what is different.
pub(crate) fn agree(books: &[Book]) -> Result<(), String> {
    for book in books {
        if (book.waiting, book.unconfirmed) != (0, 0) {
            let Book { slug, waiting, unconfirmed, .. } = book;
            return Err(format!("{slug}: {waiting} messages wait, {unconfirmed} acts are not confirmed"));
        }
        for (id, here) in &book.handovers {
            let other = books.iter().find(|other| other.did == here.partner);
            let there = other.and_then(|other| other.handovers.get(id));
            let Some(there) = there else {
                return Err(format!("{}: a handover with {} is not known there", book.slug, here.partner));
            };
            if (&here.phase, &here.acts) != (&there.phase, &there.acts) {
                return Err(format!(
                    "{} says {} after {} acts, {} says {} after {}",
                    book.slug,
                    here.phase,
                    here.acts.len(),
                    here.partner,
                    there.phase,
                    there.acts.len()
                ));
            }
            if here.side == there.side || there.partner != book.did {
                return Err(format!("{}: the sides of a handover do not fit", book.slug));
            }
        }
    }
    Ok(())
}

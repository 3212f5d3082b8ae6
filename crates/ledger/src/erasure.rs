use std::collections::BTreeMap;

use base::{CaseId, EntryId, PersonId, Problem, Result};
use store::{Tx, params, statements};

use crate::{AUDIT, Actor, Fact, Ledger, payload};

statements! {
    OF_SUBJECT = "ledger.erase.subject":
        "update ledger_entry set subject = null, salt = null, sealed = null where subject = ?1
         returning id, feed";
    OF_CASE = "ledger.erase.case":
        "update ledger_entry set subject = null, salt = null, sealed = null
         where case_id = ?1 and feed = ?2 and salt is not null returning id, feed";
    SAY_BY_WHAT = "ledger.erase.by": "update ledger_entry set erased_by = ?2 where id = ?1";
    SAID = "ledger.said_of_case":
        "select id, salt, sealed from ledger_entry where case_id = ?1 and feed = ?2 and salt is not null
         order by at desc limit 1";
}

/// What happened when payloads were erased.
pub const ERASED: &str = "payload.erased";

/// Entries one erasing entry names: an entry is short, and bundles of erasing entries stay below what others fetch.
const NAMED: usize = 100;

impl Ledger {
    /// Erases every payload that holds personal data of `subject`. In every feed concerned an entry says which payloads
    /// are gone, so that whoever mirrored them drops them too, and the audit lists them all. The proofs of the entries
    /// stay valid. Gives the number of erased payloads.
    ///
    /// # Errors
    /// What the database says.
    pub fn erase(&self, tx: &mut Tx<'_>, subject: PersonId, actor: Actor) -> Result<u64> {
        let erased = tx.all(&OF_SUBJECT, params![&subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.write_erasure(tx, &erased, (actor, None))?;
        let list = serde_json::to_vec(&erased.iter().map(|(id, _)| id).collect::<Vec<_>>())
            .map_err(|error| Problem::internal("ledger", "the list cannot be written").because(error))?;
        let payload = Some(list.as_slice());
        let fact = Fact { feed: AUDIT, kind: ERASED, actor, case: None, subject: None, payload };
        self.append(tx, &fact)?;
        Ok(erased.len() as u64)
    }

    /// Erases the payloads of a case in one feed, and says so there.
    ///
    /// # Errors
    /// What the database says.
    pub fn erase_case(&self, tx: &mut Tx<'_>, feed: &str, case: CaseId, actor: Actor) -> Result<u64> {
        let erased = tx.all(&OF_CASE, params![&case, feed], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.write_erasure(tx, &erased, (actor, Some(case)))?;
        Ok(erased.len() as u64)
    }

    /// Writes a fact about a case down whose payload takes the place of every earlier one about that case in the same
    /// feed: the entry itself says that those are gone. What is no longer so is not kept.
    ///
    /// # Errors
    /// As [`Ledger::append`].
    pub fn supersede(&self, tx: &mut Tx<'_>, fact: &Fact<'_>) -> Result<EntryId> {
        let Some(case) = fact.case else { return self.append(tx, fact) };
        let gone = tx.all(&OF_CASE, params![&case, fact.feed], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (named, rest) = gone.split_at(gone.len().min(NAMED));
        self.write_erasure(tx, rest, (fact.actor, Some(case)))?;
        let named: Vec<EntryId> = named.iter().map(|(id, _): &(EntryId, String)| *id).collect();
        let entry = self.append_erasing(tx, fact, &named)?;
        for id in &named {
            tx.exec(&SAY_BY_WHAT, params![id, &entry])?;
        }
        Ok(entry)
    }

    /// What was last said about a case in a feed, unless it is gone.
    ///
    /// # Errors
    /// When the payload does not open under the member's keys.
    pub fn said_of_case(&self, tx: &mut Tx<'_>, feed: &str, case: CaseId) -> Result<Option<Vec<u8>>> {
        let found = tx.one(&SAID, params![&case, feed], |row| {
            Ok((row.get::<EntryId>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Vec<u8>>(2)?))
        })?;
        let open =
            |(id, salt, sealed): (_, Vec<u8>, Vec<u8>)| payload::open_sealed(self.keys(), id, &salt, &sealed);
        found.map(open).transpose().map(|opened| opened.map(|(content, _)| content))
    }

    fn write_erasure(
        &self,
        tx: &mut Tx<'_>,
        erased: &[(EntryId, String)],
        (actor, case): (Actor, Option<CaseId>),
    ) -> Result<()> {
        let mut by_feed: BTreeMap<&str, Vec<EntryId>> = BTreeMap::new();
        for (id, feed) in erased {
            by_feed.entry(feed).or_default().push(*id);
        }
        for (feed, ids) in by_feed {
            let fact = Fact { feed, kind: ERASED, actor, case, subject: None, payload: None };
            for ids in ids.chunks(NAMED) {
                let eraser = self.append_erasing(tx, &fact, ids)?;
                for id in ids {
                    tx.exec(&SAY_BY_WHAT, params![id, &eraser])?;
                }
            }
        }
        Ok(())
    }
}

use base::{EntryId, Result};
use store::{Tx, params, statements};
use tlog::{Checkpoint, Leaves, leaf_hash};

use crate::{Header, Ledger, payload};

statements! {
    ENTRIES = "ledger.verify.entries":
        "select seq, header from ledger_entry where feed = ?1 and seq is not null order by seq";
    PAYLOADS = "ledger.verify.payloads":
        "select id, salt, sealed, header from ledger_entry where salt is not null";
    WAITING = "ledger.verify.waiting": "select count(*) from ledger_entry where seq is null";
}

/// What a complete check of the ledger found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Entries whose place and hash were checked.
    pub entries: u64,
    /// Payloads that opened and fit their entry.
    pub payloads: u64,
    /// Entries that wait for their place; they are sequenced when the node starts.
    pub waiting: i64,
    /// Everything that is wrong, one sentence each.
    pub faults: Vec<String>,
}

/// Recomputes every log from its entries, checks every checkpoint's signature, and opens every payload.
///
/// # Errors
/// What the database says; a ledger that does not fit is no error but a finding.
pub fn verify(tx: &mut Tx<'_>, ledger: &Ledger) -> Result<Findings> {
    let mut findings = Findings { waiting: tx.get(&WAITING, &[])?.unwrap_or(0), ..Findings::default() };
    for (feed, _) in ledger.feeds(tx)? {
        verify_feed(tx, ledger, &feed, &mut findings)?;
    }
    verify_payloads(tx, ledger, &mut findings)?;
    Ok(findings)
}

fn verify_feed(tx: &mut Tx<'_>, ledger: &Ledger, feed: &str, findings: &mut Findings) -> Result<()> {
    let mut leaves = Vec::new();
    let mut gap = None;
    tx.each(&ENTRIES, params![feed], |row| {
        let seq: i64 = row.get(0)?;
        if gap.is_none() && usize::try_from(seq) != Ok(leaves.len()) {
            gap = Some(leaves.len());
        }
        leaves.push(leaf_hash(&row.get::<Vec<u8>>(1)?));
        Ok(())
    })?;
    findings.entries += leaves.len() as u64;
    findings.faults.extend(gap.map(|gap| format!("feed {feed}: entry {gap} is missing")));
    let Some((_, note)) = ledger.checkpoint(tx, feed)? else {
        findings.faults.push(format!("feed {feed}: no checkpoint"));
        return Ok(());
    };
    match Checkpoint::open(&note, &ledger.keys().log_verifier(feed)) {
        Err(error) => findings.faults.push(format!("feed {feed}: {error}")),
        Ok((checkpoint, _)) if checkpoint.size != leaves.len() as u64 => {
            let (says, has) = (checkpoint.size, leaves.len());
            findings.faults.push(format!("feed {feed}: the checkpoint says {says} entries, there are {has}"));
        }
        Ok((checkpoint, _)) => {
            let Ok(root) = tlog::root(checkpoint.size, &mut Leaves(&leaves));
            if root != checkpoint.root {
                findings.faults.push(format!("feed {feed}: the entries do not lead to the signed root"));
            }
        }
    }
    Ok(())
}

fn verify_payloads(tx: &mut Tx<'_>, ledger: &Ledger, findings: &mut Findings) -> Result<()> {
    let (mut good, mut faults) = (0, Vec::new());
    tx.each(&PAYLOADS, &[], |row| {
        let id: EntryId = row.get(0)?;
        let (salt, sealed): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        let header = serde_json::from_slice::<Header>(&row.get::<Vec<u8>>(3)?).ok();
        let opened = payload::open_sealed(ledger.keys(), id, &salt, &sealed);
        match (header, opened) {
            (None, _) => faults.push(format!("entry {id} has no header that can be read")),
            (_, Err(problem)) => faults.push(format!("payload {id}: {problem}")),
            (Some(header), Ok((_, commitment))) if header.commitment.as_ref() == Some(&commitment) => {
                good += 1;
            }
            _ => faults.push(format!("payload {id} is not the one its entry names")),
        }
        Ok(())
    })?;
    findings.payloads = good;
    findings.faults.extend(faults);
    Ok(())
}

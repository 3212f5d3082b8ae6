use base::Result;
use store::Tx;
use tlog::{Checkpoint, Frontier, Verifier, leaf_hash, verify_cosignature};

use crate::mirror::store::{self as db, FeedName};

/// What a complete check of a mirrored feed found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Entries whose place and hash were checked.
    pub entries: u64,
    /// Checkpoints, kept with this member's cosignature, whose signatures and roots were checked.
    pub checkpoints: u64,
    /// Everything that is wrong, one sentence each.
    pub faults: Vec<String>,
}

/// Computes the roots of a mirrored feed anew from its stored entries, and holds them against the cursor and every
/// checkpoint that was kept; checks the signature of the log and that of the own witness below each.
///
/// # Errors
/// What the database says; a mirror that does not fit is no error but a finding.
pub fn verify(tx: &mut Tx<'_>, name: &FeedName, log: &Verifier, witness: &Verifier) -> Result<Findings> {
    let mut findings = Findings::default();
    let Some(state) = db::state(tx, name)? else {
        findings.faults.push("nothing of this feed was ever mirrored".into());
        return Ok(findings);
    };
    let mut kept = db::all_seen(tx, name)?.into_iter().peekable();
    let (mut frontier, mut faults, mut checkpoints) = (Frontier::default(), Vec::new(), 0);
    let check = |size: u64, note: &str, frontier: &Frontier, faults: &mut Vec<String>| {
        faults.extend(wrong(note, size, frontier, log, Some(witness)));
    };
    db::each_header(tx, name, |seq, header| {
        if seq != frontier.size() && faults.is_empty() {
            faults.push(format!("entry {} is missing", frontier.size()));
        }
        frontier.push(leaf_hash(header));
        while let Some((size, note)) = kept.next_if(|(size, _)| *size <= frontier.size()) {
            check(size, &note, &frontier, &mut faults);
            checkpoints += 1;
        }
    })?;
    for (size, _) in kept {
        faults
            .push(format!("a checkpoint of {size} entries was cosigned, but there are {}", frontier.size()));
    }
    if frontier != state.frontier {
        let (size, has) = (state.size, frontier.size());
        faults.push(format!(
            "the cursor says {size} entries and their roots; the {has} stored ones have others"
        ));
    }
    if !state.checkpoint.is_empty() {
        faults.extend(accepted(&state.checkpoint, &frontier, log));
    }
    Ok(Findings { entries: frontier.size(), checkpoints, faults })
}

/// What is wrong with the newest checkpoint that was accepted; it may be ahead of the entries.
fn accepted(note: &str, frontier: &Frontier, log: &Verifier) -> Option<String> {
    match Checkpoint::open(note, log) {
        Err(error) => Some(format!("the accepted checkpoint: {error}")),
        Ok((is, _)) if is.size < frontier.size() => {
            Some(format!("the accepted checkpoint has {} entries, there are {}", is.size, frontier.size()))
        }
        Ok((is, _)) if is.size == frontier.size() => wrong(note, is.size, frontier, log, None),
        Ok(_) => None,
    }
}

fn wrong(
    note: &str,
    size: u64,
    frontier: &Frontier,
    log: &Verifier,
    witness: Option<&Verifier>,
) -> Option<String> {
    let about = |what: &str| Some(format!("checkpoint of {size} entries: {what}"));
    let (is, note) = match Checkpoint::open(note, log) {
        Ok(opened) => opened,
        Err(error) => return about(&error.to_string()),
    };
    if witness.is_some_and(|witness| verify_cosignature(witness, &note).is_err()) {
        return about("it does not carry our cosignature");
    }
    if is.size != size || frontier.size() != size {
        return about(&format!("it says {} entries, the stored ones are {}", is.size, frontier.size()));
    }
    if is.root != frontier.root() {
        return about("the stored entries do not lead to the signed root");
    }
    None
}

//! What people here do with a case that goes to another member, or came from one.

use base::{CaseId, HandoverId, Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cases::{Case, Change, EventKind, State};
use federation::Hash;
use federation::handover::{self as deeds, Deed, Handover, Phase, Side};
use federation::peers::Peer;
use place::Point;
use serde_json::json;
use store::Tx;

use super::{case_of, peer_of, soon};
use crate::member::Member;

/// What we seal for ourselves is bound to.
const OWN: (&str, &str) = ("own", "handover.own");

/// A case another member has, had or was asked to take, or that came from there.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The handover.
    pub handover: Handover,
    /// The other member's name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// The case's number there, once it is known.
    pub number: Option<String>,
}

/// The handovers of a case, the oldest first.
///
/// # Errors
/// What the database says.
pub fn asked_of(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    for handover in deeds::by_case(tx, case)? {
        let peer = peer_of(tx, &handover.did)?;
        let mut number = None;
        for kept in deeds::acts(tx, handover.id)? {
            let theirs = !kept.own && kept.said.act().side() == handover.side.other();
            let said = kept
                .content
                .filter(|_| theirs)
                .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
            let told = said.and_then(|said| Some(said.get("number")?.as_str()?.to_owned()));
            number = told.or(number);
        }
        asked.push(Asked { handover, name: peer.identity.name, url: peer.url, number });
    }
    Ok(asked)
}

/// Offers a case to another member. The change is for whoever carries the step out; the case stays here until the other
/// accepts.
///
/// # Errors
/// `handover-no-agreement`, `handover-live` when it is with somebody else already; a fault in `text` with a note that is
/// too long.
pub fn offer(tx: &mut Tx<'_>, member: &Member, case: &Case, peer: &Peer, note: &str) -> Result<Change> {
    member.consent(tx, &peer.identity.did)?.to?;
    if case.merged_into.is_some() {
        return Err(cases::Refusal::Merged.into());
    }
    let note = if note.trim().is_empty() { String::new() } else { cases::said(note)? };
    let packed = (member.sharing(&case.module)?.pack)(tx, member, case)?;
    let events = cases::events(tx, case.id, true)?;
    let history = events.iter().filter(|event| matches!(event.kind, EventKind::Answer | EventKind::State));
    let history: Vec<_> = history
        .map(|event| json!({ "at": event.at.rfc3339(), "kind": event.kind.name(), "text": event.text }))
        .collect();
    let content = json!({
        "case": case.id,
        "number": case.number,
        "module": case.module,
        "opened": case.opened.rfc3339(),
        "note": note,
        "history": history,
        "packed": packed.content,
        "own": seal_own(member, &packed.own)?,
    });
    let secrets = member.secrets()?;
    let files = packed.files.iter().map(|file| Hash::from_bytes(file.0)).collect();
    let id = HandoverId::new(&member.clock, &member.entropy);
    let did = &peer.identity.did;
    member.voice(&secrets).offer(tx, did, (id, case.id), (&content, files))?;
    cases::join_partner(tx, case.id, &did.to_string(), false)?;
    soon(tx, member, did)?;
    Ok(Change::of(case).line(EventKind::Handed, &peer.identity.name))
}

/// Whether a case may be offered: nobody has it or was asked, and somebody is known who could be.
///
/// # Errors
/// What the database says.
pub fn may_leave(tx: &mut Tx<'_>, case: CaseId) -> Result<bool> {
    let is_free = deeds::by_case(tx, case)?.iter().all(|handover| !handover.phase.is_live());
    Ok(is_free && !federation::peers::all(tx)?.is_empty())
}

/// Offers a case that was just started to the member its place belongs to, or to one whose area begins right beside it,
/// where an agreement lets that. It stays here until it is accepted.
///
/// # Errors
/// What the database says.
pub fn offer_by_place(tx: &mut Tx<'_>, member: &Member, id: CaseId, point: Point) -> Result<bool> {
    let partner = match member.owns(point) {
        true => member.partners_beside(tx, point)?.into_iter().next(),
        false => member.partner_at(tx, point)?,
    };
    let (Some(partner), Some(case)) = (partner, cases::by_id(tx, id)?) else { return Ok(false) };
    let change = offer(tx, member, &case, &partner, "")?;
    let did = partner.identity.did.to_string();
    cases::record_by_partner(tx, &case, &did, &change, member.clock.now())?;
    crate::desk::follow_partner(member, tx, &case, (&change, ledger::Actor::Node))?;
    Ok(true)
}

/// What only we can open again.
fn seal_own(member: &Member, own: &serde_json::Value) -> Result<String> {
    let (secrets, keys) = (member.secrets()?, member.node_keys()?);
    let text = own.to_string().into_bytes();
    let sealed = secrets.seal((keys.did(), &keys.public().sealing), OWN, &text, &member.entropy)?;
    Ok(STANDARD.encode(sealed))
}

/// What [`seal_own`] sealed.
pub(super) fn open_own(member: &Member, sealed: &str) -> Option<serde_json::Value> {
    let (secrets, keys) = (member.secrets().ok()?, member.node_keys().ok()?);
    let sealed = STANDARD.decode(sealed).ok()?;
    let text = secrets.open((keys.did(), &keys.public().sealing), OWN, &sealed).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Keeps a case that was offered.
///
/// # Errors
/// `handover-state` when nobody was asked or somebody has it.
pub fn take_back(tx: &mut Tx<'_>, member: &Member, case: &Case) -> Result<Change> {
    let handover = one(tx, case.id, Side::Sender, Phase::Offered)?;
    let name = peer_of(tx, &handover.did)?.identity.name;
    say(tx, member, &handover, Deed::Withdraw, None)?;
    cases::leave_partner(tx, case.id)?;
    Ok(Change::of(case).line(EventKind::Withdrawn, name))
}

/// Takes a case that was offered to us.
///
/// # Errors
/// `handover-state` when none was.
pub fn accept(tx: &mut Tx<'_>, member: &Member, case: &Case) -> Result<Change> {
    let handover = one(tx, case.id, Side::Receiver, Phase::Offered)?;
    accept_it(tx, member, case, &handover)?;
    let mut change = Change::of(case).line(EventKind::Received, &member.settings.name);
    change.to.review = false;
    Ok(change)
}

pub(super) fn accept_it(tx: &mut Tx<'_>, member: &Member, case: &Case, handover: &Handover) -> Result<()> {
    let office = identity::find_office(tx, case.office)?.map(|office| office.name);
    let content = json!({ "number": case.number, "office": office });
    say(tx, member, handover, Deed::Accept, Some(&content))?;
    (member.sharing(&case.module)?.ours)(tx, member, case.id)
}

/// Does not take a case that was offered to us, or gives it back, with the reason.
///
/// # Errors
/// A fault in `text` without a reason; `handover-state` when there is nothing to give back.
pub fn decline(tx: &mut Tx<'_>, member: &Member, case: &Case, reason: &str) -> Result<Change> {
    let reason = cases::said(reason)?;
    let live = |handover: &Handover| handover.side == Side::Receiver && handover.phase.is_live();
    let handover = deeds::by_case(tx, case.id)?.into_iter().find(live).ok_or_else(not_so)?;
    let name = peer_of(tx, &handover.did)?.identity.name;
    say(tx, member, &handover, Deed::Decline, Some(&json!({ "reason": reason })))?;
    cases::join_partner(tx, case.id, &handover.did.to_string(), true)?;
    let mut change = cases::told(case, "", Some(State::Declined)).line(EventKind::Returned, name);
    change = change.line(EventKind::Note, reason);
    change.to.review = false;
    Ok(change)
}

/// Tells the other members of a case that whoever started it wants to be forgotten, in the transaction that forgets it
/// here.
///
/// # Errors
/// What the database says.
pub fn erased(tx: &mut Tx<'_>, member: &Member, case: CaseId, words: bool) -> Result<()> {
    let secrets = member.secrets()?;
    let voice = member.voice(&secrets);
    for handover in deeds::by_case(tx, case)?.into_iter().filter(|handover| handover.side == Side::Sender) {
        voice.forget(tx, &handover)?;
        match voice.say(tx, &handover, Deed::Erase { words }, None) {
            Err(problem) if problem.code == "handover-state" => {}
            other => drop(other?),
        }
        soon(tx, member, &handover.did)?;
    }
    Ok(())
}

/// Does something about a handover, and sees to it that the other side hears of it.
pub(super) fn say(
    tx: &mut Tx<'_>,
    member: &Member,
    handover: &Handover,
    deed: Deed,
    content: Option<&serde_json::Value>,
) -> Result<()> {
    let secrets = member.secrets()?;
    member.voice(&secrets).say(tx, handover, deed, content)?;
    soon(tx, member, &handover.did)
}

fn one(tx: &mut Tx<'_>, case: CaseId, side: Side, phase: Phase) -> Result<Handover> {
    let found = deeds::by_case(tx, case)?
        .into_iter()
        .find(|handover| (handover.side, handover.phase) == (side, phase));
    found.ok_or_else(not_so)
}

fn not_so() -> Problem {
    deeds::Refusal::Phase.into()
}

/// The case here, where there must be one.
pub(super) fn must_have(tx: &mut Tx<'_>, handover: &Handover) -> Result<Case> {
    case_of(tx, handover)?.ok_or_else(|| Problem::internal("handover", "the case of a handover is not here"))
}

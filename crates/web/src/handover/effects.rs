//! What the acts of both sides make of a case, each in the transaction that takes the act in.

use base::{CaseId, Problem, Result, Time};
use cases::{Case, Change, EventKind, State};
use federation::handover::{self as deeds, Course, Deed, Handover, Heard, Kept, Phase, Side, Voice};
use federation::peers::Peer;
use ledger::{Actor, PUBLIC};
use serde_json::{Value, json};
use store::{FileHash, Tx};

use super::steps::{self, must_have};
use super::{Arrival, case_of, peer_of};
use crate::desk;
use crate::member::Member;
use crate::pages::KeptPicture;

/// Who hears something, and from whom.
#[derive(Clone, Copy)]
pub(super) struct Ear<'a> {
    pub(super) member: &'a Member,
    pub(super) voice: &'a Voice<'a>,
    pub(super) peer: &'a Peer,
    /// The pictures of an offer, made anew.
    pub(super) pictures: &'a [KeptPicture],
    /// Whether the other may offer cases now.
    pub(super) may_offer: bool,
}

/// Makes of the case what was heard. Gives the files nobody needs any more.
pub(super) fn follow(tx: &mut Tx<'_>, ear: Ear<'_>, heard: &Heard) -> Result<Vec<FileHash>> {
    let mut files = Vec::new();
    for kept in &heard.fresh {
        match heard.handover.side {
            Side::Sender => files.extend(as_sender(tx, ear, heard, kept)?),
            Side::Receiver => files.extend(as_receiver(tx, ear, heard, kept)?),
        }
    }
    if heard.handover.side == Side::Sender {
        for double in ear.voice.settle_doubles(tx, heard.handover.case)? {
            let peer = peer_of(tx, &double.handover.did)?;
            let ear = Ear { peer: &peer, ..ear };
            for kept in &double.fresh {
                files.extend(as_sender(tx, ear, &double, kept)?);
            }
            super::soon(tx, ear.member, &double.handover.did)?;
        }
        place(tx, ear.member, &heard.handover)?;
    }
    Ok(files)
}

/// Where the sender's case is: with the other member of the one handover that was accepted, or here.
fn place(tx: &mut Tx<'_>, member: &Member, handover: &Handover) -> Result<()> {
    let Some(case) = case_of(tx, handover)? else { return Ok(()) };
    let own = deeds::by_case(tx, case.id)?.into_iter().filter(|handover| handover.side == Side::Sender);
    let live: Vec<_> = own.filter(|handover| handover.phase.is_live()).collect();
    let away = live.iter().find(|handover| handover.phase == Phase::Accepted);
    match away.or(live.first()) {
        Some(with) => cases::join_partner(tx, case.id, &with.did.to_string(), away.is_some())?,
        None => cases::leave_partner(tx, case.id)?,
    }
    let peer = away.map(|away| peer_of(tx, &away.did)).transpose()?;
    (member.sharing(&case.module)?.away)(tx, member, case.id, peer.as_ref())
}

fn as_sender(tx: &mut Tx<'_>, ear: Ear<'_>, heard: &Heard, kept: &Kept) -> Result<Vec<FileHash>> {
    let (handover, name) = (&heard.handover, &ear.peer.identity.name);
    let said = Words::of(kept);
    let deed = kept.said.act().deed;
    if deed == Deed::Offer {
        return come_back(tx, ear, handover, &said).map(|()| Vec::new());
    }
    let Some(case) = case_of(tx, handover)? else { return Ok(Vec::new()) };
    let is_live = heard.after.as_ref().is_some_and(|after| after.phase.is_live());
    let change = match deed {
        Deed::Accept if is_live => {
            let begun = (case.state == State::Open).then_some(State::InProgress);
            let number = said.text("number");
            cases::told(&case, "", begun).line(EventKind::Received, format!("{name} {number}").trim_end())
        }
        Deed::Decline => {
            let again = (case.state == State::InProgress && case.away).then_some(State::Open);
            let change = cases::told(&case, "", again).line(EventKind::Returned, name);
            // Without words when no agreement lets them come any more.
            let silent = member_text(ear.member, "handover-silent");
            let reason = Some(said.text("reason")).filter(|reason| !reason.is_empty()).unwrap_or(&silent);
            change.line(EventKind::Note, format!("{name}: {reason}"))
        }
        Deed::Withdraw => {
            let change = Change::of(&case).line(EventKind::Withdrawn, name);
            match said.text("reason") {
                "handover-no-agreement" => {
                    change.line(EventKind::Note, member_text(ear.member, "handover-no-agreement"))
                }
                _ => change,
            }
        }
        Deed::Progress { closed } if is_live => cases::told(&case, said.text("text"), said.state(closed)),
        Deed::Erased => Change::of(&case)
            .line(EventKind::Note, format!("{name}: {}", member_text(ear.member, "handover-erased"))),
        Deed::Erase { words } if kept.own => {
            let files = forget_here(tx, ear.member, &case, words)?;
            ear.voice.forget(tx, handover)?;
            return Ok(files);
        }
        _ => return Ok(Vec::new()),
    };
    record(tx, ear, &case, handover, &change)?;
    Ok(Vec::new())
}

/// An offer of ours that we had forgotten: with it comes the case, if that is lost too.
fn come_back(tx: &mut Tx<'_>, ear: Ear<'_>, handover: &Handover, said: &Words) -> Result<()> {
    let member = ear.member;
    if case_of(tx, handover)?.is_none() {
        let Some(content) = said.0.get("packed") else { return Ok(()) };
        let (module, number) = (said.text("module"), said.text("number"));
        let own = steps::open_own(member, said.text("own"));
        let arrival = Arrival {
            case: handover.case,
            number: Some(number),
            content,
            pictures: ear.pictures,
            opened: Time::parse_rfc3339(said.text("opened")).unwrap_or(member.clock.now()),
            own: own.as_ref(),
        };
        (member.sharing(module)?.take)(tx, member, &arrival)?;
    }
    let case = must_have(tx, handover)?;
    record(tx, ear, &case, handover, &Change::of(&case).line(EventKind::Handed, &ear.peer.identity.name))
}

fn as_receiver(tx: &mut Tx<'_>, ear: Ear<'_>, heard: &Heard, kept: &Kept) -> Result<Vec<FileHash>> {
    let (handover, said) = (&heard.handover, Words::of(kept));
    let deed = kept.said.act().deed;
    if deed == Deed::Offer {
        return arrive(tx, ear, heard, &said).map(|()| Vec::new());
    }
    let case = case_of(tx, handover)?;
    if let Deed::Erase { words } = deed {
        return forget(tx, ear, handover, (case.as_ref(), words));
    }
    let Some(case) = case else { return Ok(Vec::new()) };
    let name = &ear.peer.identity.name;
    let change = match deed {
        Deed::Withdraw => {
            let mut change = cases::told(&case, "", Some(State::Declined)).line(EventKind::Withdrawn, name);
            change.to.review = false;
            change
        }
        Deed::Word => {
            let again = case.state.is_closed().then_some(State::Open);
            cases::told(&case, "", again).first(EventKind::Reopened, said.text("text"))
        }
        // Our own, brought back: what was done before is done again.
        Deed::Accept if handover.phase == Phase::Accepted => {
            (ear.member.sharing(&case.module)?.ours)(tx, ear.member, case.id)?;
            tell_number(tx, ear, handover, &case, said.text("number"))?;
            Change::of(&case).line(EventKind::Received, &ear.member.settings.name)
        }
        Deed::Decline => cases::told(&case, "", Some(State::Declined)).line(EventKind::Returned, name),
        Deed::Progress { closed } => cases::told(&case, said.text("text"), said.state(closed)),
        _ => return Ok(Vec::new()),
    };
    record(tx, ear, &case, handover, &change)?;
    if !heard.after.as_ref().is_some_and(|after| after.phase.is_live()) {
        // It is the sender's for good: nobody goes on with it here, and nobody hands it on.
        cases::join_partner(tx, case.id, &handover.did.to_string(), true)?;
    }
    Ok(Vec::new())
}

/// After a restore a case can have another number than the other side was told.
fn tell_number(tx: &mut Tx<'_>, ear: Ear<'_>, handover: &Handover, case: &Case, told: &str) -> Result<()> {
    if told == case.number {
        return Ok(());
    }
    let content = json!({ "number": case.number, "state": case.state.name() });
    let deed = Deed::Progress { closed: case.state.is_closed() };
    steps::say(tx, ear.member, handover, deed, Some(&content))
}

/// A case is offered to us: it is in the inbox of whoever would be responsible, and nobody else sees it yet.
fn arrive(tx: &mut Tx<'_>, ear: Ear<'_>, heard: &Heard, said: &Words) -> Result<()> {
    let (member, handover) = (ear.member, &heard.handover);
    if !heard.after.as_ref().is_some_and(|after| after.phase.is_live()) {
        return Ok(());
    }
    let refuse = |tx: &mut Tx<'_>, reason: &str| {
        steps::say(tx, member, handover, Deed::Decline, Some(&json!({ "reason": reason })))
    };
    if !ear.may_offer {
        return refuse(tx, &member_text(member, "handover-no-agreement"));
    }
    let Some(content) = said.0.get("packed") else {
        return refuse(tx, &member_text(member, "handover-empty"));
    };
    let opened = Time::parse_rfc3339(said.text("opened")).unwrap_or(member.clock.now());
    let arrival =
        Arrival { case: handover.case, number: None, content, pictures: ear.pictures, opened, own: None };
    let taken = member.sharing(said.text("module")).and_then(|sharing| (sharing.take)(tx, member, &arrival));
    match taken {
        Err(problem) if problem.kind == base::Kind::Input => return refuse(tx, &problem.detail),
        other => other?,
    }
    let case = must_have(tx, handover)?;
    cases::join_partner(tx, case.id, &handover.did.to_string(), false)?;
    let name = &ear.peer.identity.name;
    let mut change =
        Change::of(&case).line(EventKind::Arrived, format!("{name} {}", said.text("number")).trim_end());
    let told = said.history();
    if !told.is_empty() {
        change = change.line(EventKind::Note, told);
    }
    record(tx, ear, &case, handover, &change)
}

fn forget(
    tx: &mut Tx<'_>,
    ear: Ear<'_>,
    handover: &Handover,
    (case, words): (Option<&Case>, bool),
) -> Result<Vec<FileHash>> {
    let mut files = Vec::new();
    if let Some(case) = case {
        files = forget_here(tx, ear.member, case, words)?;
    }
    ear.voice.forget(tx, handover)?;
    let acts = deeds::acts(tx, handover.id)?;
    let course = Course::of(acts.iter().map(|kept| &kept.said));
    if Course::allow(course.as_ref(), Deed::Erased).is_ok() {
        steps::say(tx, ear.member, handover, Deed::Erased, None)?;
    }
    Ok(files)
}

/// Forgets it in the case and in what everybody may read of it.
fn forget_here(tx: &mut Tx<'_>, member: &Member, case: &Case, words: bool) -> Result<Vec<FileHash>> {
    let files = (member.sharing(&case.module)?.forget)(tx, case.id, words)?;
    if words {
        member.ledger.erase_case(tx, PUBLIC, case.id, Actor::Node)?;
    }
    desk::say_anew(member, tx, case)?;
    Ok(files)
}

/// Writes down what the other member did, with everything that follows from a change of a case.
fn record(tx: &mut Tx<'_>, ear: Ear<'_>, case: &Case, handover: &Handover, change: &Change) -> Result<()> {
    let did = handover.did.to_string();
    if case.partner.as_deref() != Some(&did) {
        cases::join_partner(tx, case.id, &did, case.away)?;
    }
    cases::record_by_partner(tx, case, &did, change, ear.member.clock.now())?;
    desk::follow_partner(ear.member, tx, case, (change, Actor::Node))
}

/// What follows for the other member when a case changes here; see [`crate::desk::follow_up`].
///
/// # Errors
/// What the database says.
pub fn changed(tx: &mut Tx<'_>, member: &Member, id: CaseId, change: &Change) -> Result<()> {
    let is = |kind: EventKind| change.lines.iter().any(|(line, _)| *line == kind);
    let is_work = is(EventKind::State) || is(EventKind::Answer);
    let by_partner = [EventKind::Handed, EventKind::Received, EventKind::Returned, EventKind::Withdrawn];
    if by_partner.into_iter().any(is) || !(is_work || is(EventKind::Reopened)) {
        return Ok(());
    }
    let live = deeds::by_case(tx, id)?.into_iter().find(|handover| handover.phase.is_live());
    let Some(mut handover) = live else { return Ok(()) };
    let case = must_have(tx, &handover)?;
    let lines = |wanted: EventKind| {
        let lines = change.lines.iter().filter(|(kind, _)| *kind == wanted);
        lines.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n\n")
    };
    match (handover.side, handover.phase) {
        (Side::Sender, Phase::Accepted) if is(EventKind::Reopened) => {
            let content = json!({ "text": lines(EventKind::Reopened) });
            steps::say(tx, member, &handover, Deed::Word, Some(&content))
        }
        // Whoever begins with it keeps it.
        (Side::Sender, Phase::Offered) => {
            steps::say(tx, member, &handover, Deed::Withdraw, None)?;
            cases::leave_partner(tx, id)
        }
        (Side::Receiver, phase) => {
            if phase == Phase::Offered {
                steps::accept_it(tx, member, &case, &handover)?;
                handover.phase = Phase::Accepted;
            }
            let (text, state) = (lines(EventKind::Answer), change.to.state);
            let content = json!({ "text": text, "state": state.name(), "number": case.number });
            let deed = Deed::Progress { closed: state.is_closed() };
            steps::say(tx, member, &handover, deed, Some(&content))
        }
        _ => Ok(()),
    }
}

/// What is said with an act, as far as it can be read.
struct Words(Value);

impl Words {
    fn of(kept: &Kept) -> Self {
        Self(kept.content.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The state it has at the other member; without words only whether it ended.
    fn state(&self, closed: bool) -> Option<State> {
        let told = self.text("state").parse().ok().filter(|state: &State| state.is_closed() == closed);
        told.or(Some(if closed { State::Done } else { State::InProgress }))
    }

    /// What happened at the other member before, and what its office has to say.
    fn history(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(Some(self.text("note").to_owned()).filter(|note| !note.is_empty()));
        let events = self.0.get("history").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for event in events {
            let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
            let day = text("at").get(..10).unwrap_or_default();
            lines.push(format!("{day}: {}", text("text")));
        }
        lines.join("\n").chars().take(4000).collect()
    }
}

/// A text that other members read: in German, as the offices of both sides write.
fn member_text(member: &Member, key: &str) -> String {
    member.texts.get(base::Lang::De, key, &[])
}

/// The content of an own offer, as a problem when there is none.
pub(super) fn missing() -> Problem {
    Problem::internal("handover", "an act is gone")
}

//! The hand that signs for the member. Every signature has its line in the audit with the person's name, and its entry
//! in the public feed without.

use access::Permit;
use base::{Problem, Result};
use federation::agreement::{Act, Deed, Document, Terms};
use federation::papers::{self, Papers};
use federation::peers;
use federation::{Did, Hash, Identity, NodeKeys};
use ledger::{AUDIT, Actor, Fact, PUBLIC};
use store::Tx;
use web::{Ctx, Member};

use crate::model::{Standing, State};
use crate::{exchange, own};

/// Who lets the member sign, or trust somebody's keys.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// Somebody who may.
    Person(&'a Ctx, &'a Permit),
    /// Whoever has the machine and its keys in hand anyway.
    Operator(&'a Member),
}

impl By<'_> {
    fn member(&self) -> &Member {
        match self {
            Self::Person(ctx, _) => ctx.member(),
            Self::Operator(member) => member,
        }
    }

    /// Writes what is done into the audit.
    pub(crate) fn audit(&self, tx: &mut Tx<'_>, kind: &str, about: &serde_json::Value) -> Result<()> {
        match self {
            Self::Person(ctx, permit) => ctx.audit(tx, permit, kind, None, about),
            Self::Operator(member) => write(tx, member, (AUDIT, kind), about),
        }
    }
}

/// Proposes terms to all their parties.
pub(crate) fn propose(by: By<'_>, tx: &mut Tx<'_>, terms: &Terms) -> Result<Hash> {
    let member = by.member();
    let (keys, now) = (member.node_keys()?, member.clock.now());
    let signed = Document::propose(terms, keys.agreements()).and_then(|note| Document::parse(&note));
    let document = signed.map_err(|flaw| Problem::input("terms", flaw.to_string()))?;
    papers::add_document(tx, &document, true, now)?;
    peers::remember_own(tx, keys.did(), &keys.public().agreements, now)?;
    write_down(by, tx, ("agreement.proposed", document.hash()))?;
    exchange::spread(tx, member, &document)?;
    Ok(document.hash())
}

/// Does something about a document, if it can be done as things stand.
pub(crate) fn act(by: By<'_>, tx: &mut Tx<'_>, hash: Hash, deed: Deed) -> Result<()> {
    let member = by.member();
    let (keys, now) = (member.node_keys()?, member.clock.now());
    let paper = papers::document(tx, hash)?.ok_or_else(missing)?;
    let kept = Papers::load(tx)?;
    let keyring = own::keyring(tx, &keys)?;
    let standing = match paper.checked {
        true => Standing::of(&kept, &keyring, keys.did(), hash, now).ok_or_else(missing)?,
        false => Standing::UNCHECKED,
    };
    let (kind, may) = match deed {
        Deed::Accept => ("agreement.accepted", standing.state == State::Asked),
        Deed::Refuse { .. } => ("agreement.refused", standing.state == State::Asked),
        Deed::Withdraw { .. } => ("agreement.withdrawn", standing.may_withdraw()),
        Deed::End { .. } => ("agreement.ended", standing.may_end()),
        Deed::Received { duty, .. } => {
            let duty = paper.document.terms().duties.get(duty);
            let is_owed = duty.is_some_and(|duty| duty.to == *keys.did());
            ("agreement.received", standing.may_receive() && is_owed)
        }
    };
    if !may {
        return Err(Problem::conflict("agreement-state", "this cannot be done as things stand"));
    }
    if deed == Deed::Accept {
        check_version(tx, &paper.document)?;
        check_keys(tx, &keys, &paper.document)?;
    }
    let note = Act::sign(hash, keys.did().clone(), now, deed, keys.agreements());
    let signed = note.and_then(|note| Act::parse(&note));
    let signed = signed.map_err(|flaw| Problem::input("act", flaw.to_string()))?;
    papers::add_act(tx, &signed, now)?;
    write_down(by, tx, (kind, hash))?;
    exchange::spread(tx, member, &paper.document)
}

fn missing() -> Problem {
    Problem::not_found("agreement", "there is no such agreement")
}

/// A later version is accepted only when it really follows the one it says it replaces.
fn check_version(tx: &mut Tx<'_>, document: &Document) -> Result<()> {
    let Some(before) = document.terms().replaces else { return Ok(()) };
    let unfit = |why: String| Problem::conflict("agreement-version", why);
    let before =
        papers::document(tx, before)?.ok_or_else(|| unfit("the version before is not here".into()))?;
    document.check_follows(&before.document).map_err(|flaw| unfit(flaw.to_string()))
}

/// A text is accepted only when it names, for every member that is known here, the keys that were confirmed: others will
/// seal for a member and believe its requests by what stands in it.
fn check_keys(tx: &mut Tx<'_>, own: &NodeKeys, document: &Document) -> Result<()> {
    for party in &document.terms().parties {
        let known = match party.did == *own.did() {
            true => Some(own.public().clone()),
            false => peers::one(tx, &party.did)?.map(|peer| peer.identity.keys),
        };
        if known.is_some_and(|keys| keys != party.keys) {
            let why = format!("it names keys for {} that were not confirmed", party.did);
            return Err(Problem::conflict("agreement-keys", why));
        }
    }
    Ok(())
}

/// The audit says who signed; the public feed says that the member did.
fn write_down(by: By<'_>, tx: &mut Tx<'_>, (kind, hash): (&'static str, Hash)) -> Result<()> {
    let about = serde_json::json!({ "document": hash });
    by.audit(tx, kind, &about)?;
    write(tx, by.member(), (PUBLIC, kind), &about)
}

fn write(
    tx: &mut Tx<'_>,
    member: &Member,
    (feed, kind): (&str, &str),
    about: &serde_json::Value,
) -> Result<()> {
    let payload = about.to_string().into_bytes();
    let fact = Fact { feed, kind, actor: Actor::Node, case: None, subject: None, payload: Some(&payload) };
    member.ledger.append(tx, &fact).map(drop)
}

/// Takes a member in with keys that were compared, or gives a known one its new keys.
pub(crate) fn confirm(
    by: By<'_>,
    tx: &mut Tx<'_>,
    (url, identity): (&str, &Identity),
    stolen: bool,
) -> Result<()> {
    let member = by.member();
    peers::pin(tx, url, identity, stolen, member.clock.now())?;
    let keys = identity.keys.fingerprint();
    let about = serde_json::json!({ "member": identity.did, "keys": keys, "old_keys_stolen": stolen });
    by.audit(tx, "member.confirmed", &about)?;
    welcome(tx, member, &identity.did)
}

/// After a member's key was confirmed: what it proposed before is no stranger's any more, and it is told of everything
/// it is party to.
fn welcome(tx: &mut Tx<'_>, member: &Member, did: &Did) -> Result<()> {
    let keyring = peers::keyring(tx)?;
    for paper in papers::unchecked(tx)? {
        let terms = paper.document.terms();
        let proposer = terms.party(&terms.proposer);
        let is_taken = proposer.is_some_and(|proposer| {
            keyring.takes(&proposer.did, &proposer.keys.agreements, terms.proposed.time())
        });
        if is_taken {
            papers::mark_checked(tx, paper.document.hash())?;
        }
    }
    tell_everything(tx, member, did)
}

/// Tells a member of everything it is party to: nothing is news to it unless it lost something, or we did.
pub(crate) fn tell_everything(tx: &mut Tx<'_>, member: &Member, did: &Did) -> Result<()> {
    let keys = member.node_keys()?;
    for document in Papers::load(tx)?.documents {
        let terms = document.terms();
        if terms.party(did).is_some() && terms.party(keys.did()).is_some() {
            exchange::tell(tx, member, did, document.hash())?;
        }
    }
    Ok(())
}

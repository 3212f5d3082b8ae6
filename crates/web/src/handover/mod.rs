//! Cases on their way between members: what a module says of its cases to others, what the acts of both sides make of a
//! case, and how they get there. What follows from the acts is decided in [`federation::handover`].

mod effects;
mod exchange;
mod http;
mod steps;

use base::{CaseId, Problem, Result, Time};
use cases::Case;
use federation::handover::{self as deeds, Handover, Secrets, Voice, may_hand_over};
use federation::papers::Papers;
use federation::peers::{self, Peer};
use federation::{Did, Key};
use place::Point;
use serde_json::Value;
use store::{FileHash, Tx, jobs};

use crate::member::Member;
use crate::pages::KeptPicture;

pub use effects::changed;
pub use exchange::{MEET, ROUND, meet, meet_by_job};
pub use http::routes;
pub use steps::{Asked, accept, asked_of, decline, erased, may_leave, offer, offer_by_place, take_back};

/// Where members tell each other what they have of the feeds between them.
pub const PATH: &str = "/verbund/handover";

/// The names of the steps that tell another member something.
pub const STEPS: [&str; 4] = ["weitergeben", "behalten", "annehmen", "ablehnen"];

/// What a module has to say for its cases to go from one member to another; see [`crate::Module::handover`].
pub struct Sharing {
    /// What is known of a case, for another member, and its files.
    pub pack: fn(&mut Tx<'_>, &Member, &Case) -> Result<Packed>,
    /// Makes a case of what another member packed. What it refuses, it refuses as an input.
    pub take: fn(&mut Tx<'_>, &Member, &Arrival<'_>) -> Result<()>,
    /// The other member has the case now, or no longer: who that is, with its address.
    pub away: fn(&mut Tx<'_>, &Member, CaseId, Option<&Peer>) -> Result<()>,
    /// We have taken a case: it is one of ours from now on.
    pub ours: fn(&mut Tx<'_>, &Member, CaseId) -> Result<()>,
    /// Forgets who started a case; with `true` what they wrote and showed too. Gives the files nobody needs any more.
    pub forget: fn(&mut Tx<'_>, CaseId, bool) -> Result<Vec<FileHash>>,
}

/// A case, packed.
#[derive(Debug)]
pub struct Packed {
    /// What the module will understand again.
    pub content: Value,
    /// What only we are to read again, should we lose the case: sealed for ourselves.
    pub own: Value,
    /// Its files.
    pub files: Vec<FileHash>,
}

/// A case that comes in.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// The id it is to have.
    pub case: CaseId,
    /// The number it had here, when it comes back because we lost it.
    pub number: Option<&'a str>,
    /// What the module packed, here or at the other member.
    pub content: &'a Value,
    /// Its pictures, made anew from their pixels.
    pub pictures: &'a [KeptPicture],
    /// When it was first started.
    pub opened: Time,
    /// What we sealed for ourselves, when it comes back to us.
    pub own: Option<&'a Value>,
}

/// Whether cases, and what is said about them, may go to another member and come from there now.
#[derive(Debug)]
pub struct Consent {
    /// To it.
    pub to: Result<()>,
    /// From it.
    pub from: Result<()>,
}

impl Consent {
    /// Whether what is said about cases may go either way: an answer goes back under what let the case come.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.to.is_ok() || self.from.is_ok()
    }
}

impl Member {
    /// What agreements let go between us and another member.
    ///
    /// # Errors
    /// What the database says.
    pub fn consent(&self, tx: &mut Tx<'_>, other: &Did) -> Result<Consent> {
        let (keys, now) = (self.node_keys()?, self.clock.now());
        let papers = Papers::load(tx)?;
        let keyring = peers::keyring(tx)?.with(keys.did(), &keys.public().agreements);
        let book = papers.book(&keyring, now);
        Ok(Consent {
            to: may_hand_over(&book, keys.did(), other, now),
            from: may_hand_over(&book, other, keys.did(), now),
        })
    }

    /// The members cases may be handed over to now.
    ///
    /// # Errors
    /// What the database says.
    pub fn partners(&self, tx: &mut Tx<'_>) -> Result<Vec<Peer>> {
        let (keys, now) = (self.node_keys()?, self.clock.now());
        let (papers, all) = (Papers::load(tx)?, peers::all(tx)?);
        let keyring = peers::keyring(tx)?.with(keys.did(), &keys.public().agreements);
        let book = papers.book(&keyring, now);
        let may = |peer: &Peer| may_hand_over(&book, keys.did(), &peer.identity.did, now).is_ok();
        Ok(all.into_iter().filter(may).collect())
    }

    /// The member a place belongs to, when cases may be handed over to it: by the boundaries that are known here.
    ///
    /// # Errors
    /// What the database says.
    pub fn partner_at(&self, tx: &mut Tx<'_>, point: Point) -> Result<Option<Peer>> {
        let atlas = self.atlas();
        let Some(area) = atlas.at(point) else { return Ok(None) };
        let partners = self.partners(tx)?;
        Ok(partners.into_iter().find(|partner| partner.identity.ars.contains(&area.ars)))
    }

    /// The members whose areas begin within so many metres of a place that is ours, as the settings say, and to whom
    /// cases may be handed over.
    ///
    /// # Errors
    /// What the database says.
    pub fn partners_beside(&self, tx: &mut Tx<'_>, point: Point) -> Result<Vec<Peer>> {
        let metres = f64::from(self.settings.handover.border_metres);
        if metres <= 0.0 || !self.owns(point) {
            return Ok(Vec::new());
        }
        let atlas = self.atlas();
        let around = point.ring(metres).into_iter().filter_map(|beside| atlas.at(beside));
        let foreign: Vec<_> =
            around.map(|area| &area.ars).filter(|ars| !self.settings.ars.contains(ars)).collect();
        if foreign.is_empty() {
            return Ok(Vec::new());
        }
        let mut partners = self.partners(tx)?;
        partners.retain(|partner| foreign.iter().any(|ars| partner.identity.ars.contains(ars)));
        Ok(partners)
    }

    fn secrets(&self) -> Result<Secrets> {
        Ok(Secrets::new(self.node_keys()?.did().clone(), self.ledger.keys()))
    }

    fn voice<'a>(&'a self, secrets: &'a Secrets) -> Voice<'a> {
        Voice { secrets, ledger: &self.ledger, entropy: &self.entropy, now: self.clock.now() }
    }

    fn sharing(&self, module: &str) -> Result<&'static Sharing> {
        let sharing = self.module(module)?.handover.as_ref();
        sharing.ok_or_else(|| {
            Problem::input("handover-module", format!("cases of '{module}' stay where they are"))
        })
    }
}

/// The partner as the exchange needs it.
fn as_partner<'a>(peer: &'a Peer, consent: &Consent) -> deeds::Partner<'a> {
    let sealing: &Key = &peer.identity.keys.sealing;
    let flows = consent.is_some();
    deeds::Partner {
        did: &peer.identity.did,
        sealing,
        gets: flows,
        gives: flows,
        offers: consent.from.is_ok(),
    }
}

/// Makes sure that what was decided gets to the other member soon.
fn soon(tx: &mut Tx<'_>, member: &Member, did: &Did) -> Result<()> {
    Ok(jobs::enqueue_soon(tx, (&member.clock, &member.entropy), MEET, &did.to_string())?)
}

/// A member that is known here.
fn peer_of(tx: &mut Tx<'_>, did: &Did) -> Result<Peer> {
    let unknown = || Problem::not_found("handover-peer", format!("nobody here knows {did}"));
    peers::one(tx, did)?.ok_or_else(unknown)
}

/// The case of a handover, if it is here.
fn case_of(tx: &mut Tx<'_>, handover: &Handover) -> Result<Option<Case>> {
    cases::by_id(tx, handover.case)
}

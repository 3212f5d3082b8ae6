//! Members with keys, and agreements in one line.

use base::{AgreementId, Clock, Entropy, Time};
use federation::agreement::{
    Act, Authority, Book, Deed, Document, Duty, Flow, Form, Kind, Owed, Party, Rhythm, Source, Terms,
};
use federation::{At, Cents, Day, Did, Key, PublicKeys, Vkey};
use tlog::Signer;

/// A member with its keys.
#[derive(Clone, Debug)]
pub struct Member {
    pub did: Did,
    pub signer: Signer,
}

impl Member {
    pub fn new(name: &str, seed: u8) -> Self {
        let host = format!("{name}.example");
        let did = Did::of_host(&host).unwrap();
        Self { did, signer: Signer::new(format!("{host}/agreements"), &[seed; 32]) }
    }

    pub fn vkey(&self) -> Vkey {
        Vkey(self.signer.verifier())
    }

    pub fn party(&self) -> Party {
        let host = self.did.host();
        let keys = PublicKeys {
            // RFC 8037, appendix A.2: any key will do.
            requests: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse().unwrap(),
            agreements: self.vkey(),
            log: Vkey(Signer::new(format!("{host}/log/public"), &[99; 32]).verifier()),
            sealing: Key([9; 32]),
        };
        Party { did: self.did.clone(), name: host, ars: "053150000000".parse().unwrap(), keys }
    }

    pub fn act(&self, document: &Document, at: Time, deed: Deed) -> Act {
        let note = Act::sign(document.hash(), self.did.clone(), at, deed, &self.signer).unwrap();
        Act::parse(&note).unwrap()
    }

    pub fn propose(&self, terms: &Terms) -> Document {
        Document::parse(&Document::propose(terms, &self.signer).unwrap()).unwrap()
    }
}

pub fn time(text: &str) -> Time {
    Time::parse_rfc3339(text).unwrap()
}

/// Noon of a day.
pub fn noon(day: &str) -> Time {
    time(&format!("{day}T11:00:00Z"))
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn money(from: &Member, to: &Member, cents: i64, rhythm: Rhythm) -> Duty {
    let cents = Cents::try_from(cents).unwrap();
    let owed = Owed::Money { cents, rhythm, subject: "Betrieb".into() };
    Duty { from: from.did.clone(), to: to.did.clone(), owed }
}

pub fn work(from: &Member, to: &Member) -> Duty {
    let owed = Owed::Work { subject: "Schulung, zwei Tage im Jahr".into() };
    Duty { from: from.did.clone(), to: to.did.clone(), owed }
}

pub fn flow(from: &Member, to: &Member) -> Flow {
    let (from, to) = (from.did.clone(), to.did.clone());
    Flow { from, to, source: feed(), data: vec!["public".into()], retention_days: Some(90) }
}

pub fn feed() -> Source {
    Source::Feed("public".into())
}

pub fn authority(competent: &Member, acting: &Member) -> Authority {
    let (competent, acting) = (competent.did.clone(), acting.did.clone());
    Authority { competent, acting, matter: "Kfz-Zulassung".into(), form: Form::Mandatierend }
}

/// An agreement of these members, proposed by the first on 1 January 2026, valid from 1 February 2026, thirty days'
/// notice.
pub fn terms(parties: &[&Member]) -> Terms {
    Terms {
        id: AgreementId::new(&Clock::fixed(noon("2026-01-01")), &Entropy::seeded(1)),
        version: 1,
        replaces: None,
        kind: Kind::Topic,
        title: "Anliegen an der Grenze".into(),
        purpose: "Anliegen dorthin geben, wohin sie gehören.".into(),
        legal_basis: "§ 3 Abs. 1 GkG NRW".into(),
        proposer: parties[0].did.clone(),
        proposed: At::new(noon("2026-01-01")),
        accept_by: day("2026-12-31"),
        parties: parties.iter().map(|member| member.party()).collect(),
        flows: Vec::new(),
        duties: Vec::new(),
        authorities: Vec::new(),
        from: day("2026-02-01"),
        until: None,
        notice_days: 30,
    }
}

/// A book of somebody who knows the true keys of these members.
pub fn book<'a>(members: &[&Member], documents: &'a [Document], acts: &[Act], now: Time) -> Book<'a> {
    let is_key =
        |did: &Did, key: &Vkey| members.iter().any(|member| member.did == *did && member.vkey() == *key);
    Book::of(documents, acts, &is_key, now)
}

pub fn end() -> Deed {
    Deed::End { reason: "wir brauchen es nicht mehr".into() }
}

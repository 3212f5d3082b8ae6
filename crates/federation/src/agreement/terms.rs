use std::collections::{BTreeMap, BTreeSet};

use base::{AgreementId, Ars};
use serde::{Deserialize, Serialize};

use crate::did::{Did, PublicKeys};
use crate::form::{At, Cents, Day, Flaw, Hash, check_text, ensure};

/// How many parties an agreement has, at most; the 156 administrations of Rhein-Neckar fit in.
const MOST_PARTIES: usize = 256;
/// How many flows, duties and authorities each.
const MOST_LINES: usize = 1024;
/// The longest notice: more than three years of not getting out would be a bond nobody here wants.
const LONGEST_NOTICE: u16 = 1100;

/// What an agreement says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// The same through all versions.
    pub id: AgreementId,
    /// Counts from one.
    pub version: u32,
    /// The text of the version before, from the second on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Hash>,
    /// What it is.
    pub kind: Kind,
    /// A name for people.
    pub title: String,
    /// What it is for: no data may be used for anything else (Art. 5 Abs. 1 lit. b DSGVO).
    pub purpose: String,
    /// The law it rests on.
    pub legal_basis: String,
    /// Who proposes it; a party.
    pub proposer: Did,
    /// When. The proposer's signature is its consent from then on (§ 145 BGB).
    pub proposed: At,
    /// The last day on which others can accept (§ 148 BGB).
    pub accept_by: Day,
    /// Whom it is proposed to, the proposer included.
    pub parties: Vec<Party>,
    /// What data flows, and nothing else does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flows: Vec<Flow>,
    /// Who owes whom what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<Duty>,
    /// Who acts for whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorities: Vec<Authority>,
    /// The first day it is valid.
    pub from: Day,
    /// The last day, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// For how many days after an ending money and work are still owed. Data stops at once.
    pub notice_days: u16,
}

/// What an agreement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A member is admitted by those who want to work with it.
    Joining,
    /// A member goes, and what becomes of the common things.
    Leaving,
    /// A field of common work.
    Topic,
    /// Something a member has and others may use.
    Offer,
    /// Another uses what was offered.
    Reuse,
    /// Data is exchanged.
    Exchange,
    /// One acts for another.
    Acting,
    /// A letter of intent with another region.
    Intent,
    /// A trial ("Erprobung").
    Trial,
}

/// A member that is asked to agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name for programs.
    pub did: Did,
    /// Its name for people.
    pub name: String,
    /// Its official key.
    pub ars: Ars,
    /// Its keys: only what they sign counts under this agreement.
    pub keys: PublicKeys,
}

/// Data that one party lets another have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Whose data.
    pub from: Did,
    /// Who gets it.
    pub to: Did,
    /// Where it is found.
    pub source: Source,
    /// What sorts of data it holds.
    pub data: Vec<String>,
    /// For how many days the receiver keeps it, at most (Art. 5 Abs. 1 lit. e DSGVO); for public data there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

/// Where data is found at a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A feed, by its name.
    Feed(String),
    /// A service that answers questions, by its name.
    Service(String),
}

/// What one party owes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// Who owes.
    pub from: Did,
    /// Who is owed.
    pub to: Did,
    /// What.
    pub owed: Owed,
}

/// What is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Owed {
    /// Money.
    Money {
        /// How much each time.
        cents: Cents,
        /// How often.
        rhythm: Rhythm,
        /// What for.
        subject: String,
    },
    /// Work, in words.
    Work {
        /// The words.
        subject: String,
    },
    /// Data.
    Data {
        /// Where it is found.
        source: Source,
    },
}

/// How often money is owed. A month or a year counts from the day on which the two were first bound, and is owed when
/// it has passed and they were bound on each of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rhythm {
    /// Once, on the first day.
    Once,
    /// For every whole month.
    Monthly,
    /// For every whole year.
    Yearly,
}

/// One party acts in a matter for another (§ 23 Abs. 1 GkG NRW).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Whose matter it is by law.
    pub competent: Did,
    /// Who acts.
    pub acting: Did,
    /// In what.
    pub matter: String,
    /// How far.
    pub form: Form,
}

/// How far somebody acts for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The matter becomes that of who acts (§ 23 Abs. 1 Alt. 1, Abs. 2 Satz 1 GkG NRW).
    Delegierend,
    /// The matter stays with who is competent (§ 23 Abs. 1 Alt. 2, Abs. 2 Satz 2 GkG NRW).
    Mandatierend,
}

impl Terms {
    /// Finds what serde cannot see.
    pub(crate) fn check(&self) -> Result<(), Flaw> {
        let is_v7 = self.id.as_bytes()[6] >> 4 == 7;
        ensure(is_v7, "id", "not a UUIDv7")?;
        ensure(self.version >= 1, "version", "counts from one")?;
        let is_chained = self.replaces.is_some() == (self.version > 1);
        ensure(is_chained, "replaces", "from the second version on, and only then")?;
        check_text(&self.title, 200, "title")?;
        check_text(&self.purpose, 10_000, "purpose")?;
        check_text(&self.legal_basis, 2000, "legal_basis")?;
        ensure(self.accept_by >= Day::of(self.proposed.time()), "accept_by", "before it was proposed")?;
        ensure(self.until.is_none_or(|until| until >= self.from), "until", "before it begins")?;
        ensure(self.notice_days <= LONGEST_NOTICE, "notice_days", "too long a notice")?;
        let parties = self.check_parties()?;
        ensure(parties.contains(&self.proposer), "proposer", "not a party")?;
        self.check_lines(&parties)
    }

    /// The party of this name.
    #[must_use]
    pub fn party(&self, did: &Did) -> Option<&Party> {
        self.parties.iter().find(|party| party.did == *did)
    }

    fn check_parties(&self) -> Result<BTreeSet<Did>, Flaw> {
        let is_some = (2..=MOST_PARTIES).contains(&self.parties.len());
        ensure(is_some, "parties", &format!("between 2 and {MOST_PARTIES}"))?;
        let (mut dids, mut keys) = (BTreeSet::new(), BTreeMap::new());
        for (at, party) in self.parties.iter().enumerate() {
            check_text(&party.name, 200, format!("parties[{at}].name"))?;
            party.keys.check(&party.did, &format!("parties[{at}].keys"))?;
            ensure(dids.insert(party.did.clone()), format!("parties[{at}].did"), "there twice")?;
            // With one key for two, one of them could sign for the other.
            let other = keys.insert(party.keys.agreements.material(), at);
            ensure(other.is_none(), format!("parties[{at}].keys.agreements"), "the key of another party")?;
        }
        Ok(dids)
    }

    fn check_lines(&self, parties: &BTreeSet<Did>) -> Result<(), Flaw> {
        let pair = |from: &Did, to: &Did, at: &str| {
            ensure(parties.contains(from) && parties.contains(to), at, "names somebody who is no party")?;
            ensure(from != to, at, "from a party to itself")
        };
        let few =
            |count: usize, at: &str| ensure(count <= MOST_LINES, at, &format!("more than {MOST_LINES}"));
        few(self.flows.len(), "flows")?;
        few(self.duties.len(), "duties")?;
        few(self.authorities.len(), "authorities")?;
        for (at, flow) in self.flows.iter().enumerate() {
            let at = format!("flows[{at}]");
            pair(&flow.from, &flow.to, &at)?;
            flow.source.check(&format!("{at}.source"))?;
            ensure((1..=50).contains(&flow.data.len()), format!("{at}.data"), "between 1 and 50 sorts")?;
            flow.data.iter().try_for_each(|sort| check_name(sort, &format!("{at}.data")))?;
        }
        for (at, duty) in self.duties.iter().enumerate() {
            let at = format!("duties[{at}]");
            pair(&duty.from, &duty.to, &at)?;
            match &duty.owed {
                Owed::Money { subject, .. } | Owed::Work { subject } => {
                    check_text(subject, 2000, format!("{at}.owed.subject"))?;
                }
                Owed::Data { source } => source.check(&format!("{at}.owed.source"))?,
            }
        }
        for (at, authority) in self.authorities.iter().enumerate() {
            let at = format!("authorities[{at}]");
            pair(&authority.competent, &authority.acting, &at)?;
            check_text(&authority.matter, 500, format!("{at}.matter"))?;
        }
        Ok(())
    }
}

impl Source {
    fn check(&self, at: &str) -> Result<(), Flaw> {
        let (Self::Feed(name) | Self::Service(name)) = self;
        check_name(name, at)
    }
}

/// A short name for programs.
fn check_name(name: &str, at: &str) -> Result<(), Flaw> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-./".contains(&byte);
    let is_name = (1..=100).contains(&name.len()) && name.bytes().all(is_letter);
    ensure(is_name, at, "not a name of small letters, digits and -./")
}

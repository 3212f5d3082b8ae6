use base::{AgreementId, Fault, Result, Time};
use federation::agreement::{Authority, Document, Duty, Flow, Owed, Party, Terms};
use federation::peers::Peer;
use federation::{At, Cents, Day, Did, Identity};
use web::{Ctx, Form};

use super::lines::{self, Fields, Sort, field};
use crate::model::{KINDS, cents, handovers, kind_name, public_feeds};
use crate::own;

/// What the form says, and everything that is wrong with it.
pub(super) struct Reading<'a> {
    form: &'a Form,
    /// The version that is to be replaced, if it is not a new agreement.
    before: Option<&'a Document>,
    id: AgreementId,
    own: Party,
    peers: &'a [Peer],
    now: Time,
    faults: Vec<Fault>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(
        ctx: &Ctx,
        form: &'a Form,
        before: Option<&'a Document>,
        peers: &'a [Peer],
    ) -> Result<Self> {
        let member = ctx.member();
        let own = party(&own::identity(member)?);
        let id = before.map(|document| document.terms().id);
        let id = id.unwrap_or_else(|| AgreementId::new(&member.clock, &member.entropy));
        Ok(Self { form, before, id, own, peers, now: member.clock.now(), faults: Vec::new() })
    }

    pub(super) fn terms(mut self) -> Result<Terms, Vec<Fault>> {
        let kind = lines::chosen(self.form.get("art"), &KINDS, kind_name);
        if kind.is_none() {
            self.blame("art", "field-missing");
        }
        let title = self.words("titel", 200);
        let purpose = self.words("zweck", 10_000);
        let legal_basis = self.words("grundlage", 2000);
        let parties = self.parties();
        let (from, until) = self.period();
        let accept_by = self.day("annahme");
        if accept_by.is_some_and(|day| day < Day::of(self.now)) {
            self.blame("annahme", "verbund-accept-past");
        }
        let notice_days = self.form.get("frist").parse().ok().filter(|days| *days <= 1100);
        if notice_days.is_none() {
            self.blame("frist", "verbund-notice-wrong");
        }
        let duties = self.duties(&parties);
        let authorities = self.authorities(&parties);
        match (kind, from, accept_by, notice_days) {
            (Some(kind), Some(from), Some(accept_by), Some(notice_days)) if self.faults.is_empty() => {
                Ok(Terms {
                    id: self.id,
                    version: self.before.map_or(1, |before| before.terms().version.saturating_add(1)),
                    replaces: self.before.map(Document::hash),
                    kind,
                    title,
                    purpose,
                    legal_basis,
                    proposer: self.own.did.clone(),
                    proposed: At::new(self.now),
                    accept_by,
                    flows: self.flows(&parties),
                    parties,
                    duties,
                    authorities,
                    from,
                    until,
                    notice_days,
                })
            }
            _ => Err(self.faults),
        }
    }

    fn blame(&mut self, field: impl Into<String>, code: &'static str) {
        self.faults.push(Fault::new(field.into(), code));
    }

    /// A text that must be there, in one form whatever the browser sends between lines.
    fn words(&mut self, field: &str, longest: usize) -> String {
        let text = self.form.get(field).replace("\r\n", "\n");
        if text.is_empty() {
            self.blame(field, "field-missing");
        } else if text.chars().count() > longest {
            self.blame(field, "verbund-too-long");
        }
        text
    }

    fn day(&mut self, field: &'static str) -> Option<Day> {
        let day = self.form.get(field).parse().ok();
        if day.is_none() {
            self.blame(field, "verbund-day-wrong");
        }
        day
    }

    fn period(&mut self) -> (Option<Day>, Option<Day>) {
        let from = self.day("ab");
        let until = self.form.find("bis").is_some().then(|| self.day("bis")).flatten();
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            self.blame("bis", "verbund-until-early");
        }
        (from, until)
    }

    /// We, and those who were chosen, with the keys that were confirmed.
    fn parties(&mut self) -> Vec<Party> {
        let sent = self.form.fields().iter().filter(|(name, _)| name == "partei[]");
        let chosen: Vec<_> = sent.map(|(_, value)| value.as_str()).collect();
        let others = self.peers.iter().map(|peer| &peer.identity);
        let others = others.filter(|identity| chosen.contains(&identity.did.to_string().as_str()));
        let parties: Vec<_> = std::iter::once(self.own.clone()).chain(others.map(party)).collect();
        if parties.len() < 2 {
            self.blame("partei-0", "verbund-party-missing");
        }
        parties
    }

    /// From whom to whom something goes in a line.
    fn between(&mut self, sort: Sort, number: usize, parties: &[Party]) -> Option<(Did, Did)> {
        let Fields { from, to, .. } = sort.fields();
        let names = [field(from, number), field(to, number)];
        let [from, to] = names.each_ref().map(|name| {
            let did = self.form.get(name).parse::<Did>().ok();
            did.filter(|did| parties.iter().any(|party| party.did == *did))
        });
        let [from_name, to_name] = names;
        if from.is_none() {
            self.blame(from_name, "verbund-not-a-party");
        }
        if to.is_none() {
            self.blame(to_name, "verbund-not-a-party");
        } else if to == from {
            self.blame(to_name, "verbund-same-party");
        }
        from.zip(to)
    }

    /// The lines of a sort in which something stands.
    fn filled(&self, sort: Sort) -> Vec<usize> {
        (0..lines::count(self.form, sort))
            .filter(|number| !lines::is_empty(self.form, sort, *number))
            .collect()
    }

    /// What is to be paid and done, and what data was owed before.
    fn duties(&mut self, parties: &[Party]) -> Vec<Duty> {
        let mut duties = Vec::new();
        for number in self.filled(Sort::Payment) {
            let amount = self.form.get(&field("betrag", number));
            let amount = cents(amount).and_then(|cents| Cents::try_from(cents).ok());
            if amount.is_none() {
                self.blame(field("betrag", number), "verbund-amount-wrong");
            }
            let between = self.between(Sort::Payment, number, parties);
            let rhythm = lines::rhythm(self.form.get(&field("rhythmus", number)));
            let subject = self.words(&field("wofuer", number), 2000);
            if let Some(((from, to), cents)) = between.zip(amount) {
                duties.push(Duty { from, to, owed: Owed::Money { cents, rhythm, subject } });
            }
        }
        for number in self.filled(Sort::Work) {
            let between = self.between(Sort::Work, number, parties);
            let subject = self.words(&field("leistung", number), 2000);
            duties.extend(between.map(|(from, to)| Duty { from, to, owed: Owed::Work { subject } }));
        }
        let kept = self.before.into_iter().flat_map(|before| &before.terms().duties);
        let kept = kept.filter(|duty| matches!(duty.owed, Owed::Data { .. }));
        duties.extend(kept.filter(|duty| are_in(parties, &duty.from, &duty.to)).cloned());
        duties
    }

    /// Who is to act for whom.
    fn authorities(&mut self, parties: &[Party]) -> Vec<Authority> {
        let mut authorities = Vec::new();
        for number in self.filled(Sort::Task) {
            let between = self.between(Sort::Task, number, parties);
            let matter = self.words(&field("aufgabe", number), 500);
            let form = lines::transfer(self.form.get(&field("uebertragung", number)));
            let authority = |(acting, competent)| Authority { competent, acting, matter, form };
            authorities.extend(between.map(authority));
        }
        authorities
    }

    /// Everybody's public feed for everybody, if that was chosen, and what else flowed before.
    fn flows(&self, parties: &[Party]) -> Vec<Flow> {
        let exchanges = self.form.find("austausch").is_some();
        let mut flows = if exchanges { public_feeds(parties) } else { Vec::new() };
        if self.form.find("abgabe").is_some() {
            flows.extend(handovers(parties));
        }
        let kept = self.before.into_iter().flat_map(|before| &before.terms().flows);
        let kept = kept.filter(|flow| !lines::is_public(&flow.source) && !lines::is_handover(&flow.source));
        flows.extend(kept.filter(|flow| are_in(parties, &flow.from, &flow.to)).cloned());
        flows
    }
}

fn are_in(parties: &[Party], from: &Did, to: &Did) -> bool {
    [from, to].iter().all(|did| parties.iter().any(|party| party.did == **did))
}

fn party(identity: &Identity) -> Party {
    Party {
        did: identity.did.clone(),
        name: identity.name.clone(),
        ars: identity.ars.clone(),
        keys: identity.keys.clone(),
    }
}

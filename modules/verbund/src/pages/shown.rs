use base::Time;
use federation::agreement::{
    Agreement, Authority, Book, Deed, Document, Duty, Flow, Owed, Source, Trust as _,
};
use federation::peers::Keyring;
use federation::{Day, Did, Hash};
use web::Ctx;

use crate::model::{Standing, State, deed_name, euros, kind_name, refusal_name, rhythm_name, transfer_name};
use crate::own;

/// A document as people read it, with everything that was done about it.
pub(super) struct Shown {
    pub(super) hash: Hash,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) state: State,
    pub(super) purpose: String,
    pub(super) legal_basis: String,
    pub(super) version: u32,
    pub(super) proposed: Time,
    pub(super) accept_by: Time,
    pub(super) from: Time,
    pub(super) until: Option<Time>,
    pub(super) notice_days: u16,
    pub(super) parties: Vec<ShownParty>,
    /// What is agreed, sentence by sentence.
    pub(super) content: Vec<String>,
    /// What of it binds whom at this moment.
    pub(super) now: Vec<String>,
    pub(super) acts: Vec<ShownAct>,
}

/// A party, and what it has said.
pub(super) struct ShownParty {
    pub(super) name: String,
    pub(super) did: String,
    pub(super) ars: String,
    /// Where somebody can ask it for its keys, when none was confirmed here.
    pub(super) unknown_at: Option<String>,
    pub(super) is_proposer: bool,
    pub(super) since: Option<Time>,
    pub(super) closed: Option<Time>,
}

/// Something that was done.
pub(super) struct ShownAct {
    pub(super) hash: Hash,
    pub(super) who: String,
    pub(super) at: Time,
    pub(super) what: String,
    pub(super) reason: String,
    /// Why it has no effect, if it has none.
    pub(super) refused: Option<String>,
}

/// What somebody asks for, and what it is held against.
pub(super) struct Reading<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) keys: &'a Keyring,
    pub(super) now: Time,
}

impl Reading<'_> {
    /// A document that is in a book.
    pub(super) fn agreement(
        &self,
        book: &Book<'_>,
        agreement: &Agreement<'_>,
        acts: &[&federation::agreement::Act],
        standing: &Standing,
    ) -> Shown {
        let document = agreement.document();
        let mut shown = self.document(document, standing.state);
        for party in &mut shown.parties {
            let consent = party.did.parse::<Did>().ok().and_then(|did| agreement.consents().get(&did));
            (party.since, party.closed) =
                consent.map_or((None, None), |consent| (Some(consent.since), consent.closed));
        }
        shown.now = self.binding(book, agreement);
        shown.acts = acts.iter().map(|act| self.act(document, agreement, act)).collect();
        shown
    }

    /// A document alone, of which nobody here says yet what it means.
    pub(super) fn document(&self, document: &Document, state: State) -> Shown {
        let terms = document.terms();
        let party = |party: &federation::agreement::Party| ShownParty {
            name: party.name.clone(),
            did: party.did.to_string(),
            ars: party.ars.to_string(),
            unknown_at: (!self.keys.knows(&party.did, &party.keys.agreements))
                .then(|| own::address(&party.did.host())),
            is_proposer: party.did == terms.proposer,
            since: None,
            closed: None,
        };
        Shown {
            hash: document.hash(),
            title: terms.title.clone(),
            kind: self.ctx.t1("verbund-kind", "name", kind_name(terms.kind)),
            state,
            purpose: terms.purpose.clone(),
            legal_basis: terms.legal_basis.clone(),
            version: terms.version,
            proposed: terms.proposed.time(),
            accept_by: terms.accept_by.begins(),
            from: terms.from.begins(),
            until: terms.until.map(Day::begins),
            notice_days: terms.notice_days,
            parties: terms.parties.iter().map(party).collect(),
            content: self.content(document),
            now: Vec::new(),
            acts: Vec::new(),
        }
    }

    fn act(
        &self,
        document: &Document,
        agreement: &Agreement<'_>,
        act: &federation::agreement::Act,
    ) -> ShownAct {
        let (word, reason) = deed_name(act.deed());
        let mut what = self.ctx.t1("verbund-deed", "name", word);
        if let Deed::Received { cents, .. } = act.deed() {
            what = format!("{what}: {}", euros(i64::from(*cents).into(), self.ctx.lang()));
        }
        let refused = agreement.refused().iter().find(|refused| refused.act == act.hash());
        let refused =
            refused.map(|refused| self.ctx.t1("verbund-refusal", "name", refusal_name(refused.why)));
        let who = name_of(document, act.party());
        ShownAct { hash: act.hash(), who, at: act.at(), what, reason: reason.to_owned(), refused }
    }

    fn content(&self, document: &Document) -> Vec<String> {
        let terms = document.terms();
        let mut lines = self.flows_of(document, |_| true);
        lines.extend(terms.duties.iter().map(|duty| self.duty(document, duty)));
        lines.extend(terms.authorities.iter().map(|authority| self.authority(document, authority)));
        lines
    }

    /// What of a document binds at this moment, and whom.
    fn binding(&self, book: &Book<'_>, agreement: &Agreement<'_>) -> Vec<String> {
        self.between(book, agreement, |_, _| true)
    }

    /// What somebody gives others at this moment under an agreement, and what it gets.
    pub(super) fn given_and_got(
        &self,
        book: &Book<'_>,
        agreement: &Agreement<'_>,
        own: &Did,
    ) -> [Vec<String>; 2] {
        let gives = self.between(book, agreement, |from, _| from == own);
        [gives, self.between(book, agreement, |_, to| to == own)]
    }

    /// What binds at this moment of what goes from one to another: data, duties, and acting for somebody.
    fn between(
        &self,
        book: &Book<'_>,
        agreement: &Agreement<'_>,
        is_meant: impl Fn(&Did, &Did) -> bool,
    ) -> Vec<String> {
        let document = agreement.document();
        let is_flowing = |from: &Did, to: &Did| {
            is_meant(from, to) && book.bond(agreement, from, to).is_some_and(|bond| bond.lets_flow(self.now))
        };
        let mut lines = self.flows_of(document, |flow| is_flowing(&flow.from, &flow.to));
        let duties = book.duties(self.now).filter(|(own, _, _)| own.document().hash() == document.hash());
        let duties = duties.filter(|(_, _, duty)| is_meant(&duty.from, &duty.to));
        lines.extend(duties.map(|(_, _, duty)| self.duty(document, duty)));
        let authorities = document.terms().authorities.iter();
        let authorities = authorities.filter(|authority| is_flowing(&authority.acting, &authority.competent));
        lines.extend(authorities.map(|authority| self.authority(document, authority)));
        lines
    }

    fn authority(&self, document: &Document, authority: &Authority) -> String {
        let [acting, competent] = [&authority.acting, &authority.competent].map(|did| name_of(document, did));
        let form = self.ctx.t1("verbund-transfer", "name", transfer_name(authority.form));
        let words = [
            ("acting", &*acting),
            ("competent", &*competent),
            ("matter", &*authority.matter),
            ("form", &*form),
        ];
        self.text("verbund-authority-line", &words)
    }

    /// The flows of a document that are meant, in sentences.
    pub(super) fn flows_of(&self, document: &Document, is_meant: impl Fn(&Flow) -> bool) -> Vec<String> {
        let lines = flows(document, is_meant).into_iter();
        lines.map(|(from, to, source)| self.flow(&from, &to, &source)).collect()
    }

    fn flow(&self, from: &str, to: &str, source: &str) -> String {
        self.text("verbund-flow-line", &[("from", from), ("to", to), ("source", source)])
    }

    /// What somebody owes, in a sentence.
    pub(super) fn duty(&self, document: &Document, duty: &Duty) -> String {
        let [from, to] = [&duty.from, &duty.to].map(|did| name_of(document, did));
        match &duty.owed {
            Owed::Money { cents, rhythm, subject } => {
                let amount = euros(i64::from(*cents).into(), self.ctx.lang());
                let rhythm = self.ctx.t1("verbund-rhythm", "name", rhythm_name(*rhythm));
                let words = [
                    ("from", &*from),
                    ("to", &to),
                    ("amount", &amount),
                    ("rhythm", &rhythm),
                    ("subject", subject),
                ];
                self.text("verbund-money-line", &words)
            }
            Owed::Work { subject } => {
                self.text("verbund-work-line", &[("from", &from), ("to", &to), ("subject", subject)])
            }
            Owed::Data { source } => self.flow(&from, &to, source_name(source)),
        }
    }

    fn text(&self, key: &str, words: &[(&str, &str)]) -> String {
        self.ctx.member().texts.get(self.ctx.lang(), key, words)
    }
}

/// What people call a party of a document.
pub(super) fn name_of(document: &Document, did: &Did) -> String {
    document.terms().party(did).map_or_else(|| did.to_string(), |party| party.name.clone())
}

fn source_name(source: &Source) -> &str {
    match source {
        Source::Feed(name) | Source::Service(name) => name,
    }
}

/// The flows that are meant: who gives what to whom, with all receivers of the same in one line.
fn flows(document: &Document, is_meant: impl Fn(&Flow) -> bool) -> Vec<(String, String, String)> {
    let mut lines: Vec<(String, String, String)> = Vec::new();
    for flow in document.terms().flows.iter().filter(|flow| is_meant(flow)) {
        let (from, to) = (name_of(document, &flow.from), name_of(document, &flow.to));
        let source = source_name(&flow.source);
        match lines.iter_mut().find(|(own, _, same)| *own == from && *same == source) {
            Some((_, receivers, _)) => *receivers = format!("{receivers}, {to}"),
            None => lines.push((from, to, source.to_owned())),
        }
    }
    lines
}

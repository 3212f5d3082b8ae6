use base::{Lang, Time};
use federation::agreement::{
    Act, Agreement, Book, Consent, Deed, Flow, Form, Kind, Owed, Party, Refusal, Rhythm, Source,
};
use federation::papers::Papers;
use federation::peers::Keyring;
use federation::{Day, Did, Hash};

/// How a document stands for one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Proposed by somebody whose key nobody here has confirmed.
    Unchecked,
    /// The member is asked.
    Asked,
    /// The member has agreed, and nobody else yet.
    Offered,
    /// Agreed, and not begun.
    Agreed,
    /// Binds the member now.
    InForce,
    /// Ended; what was owed until the notice has passed still is.
    Ending,
    /// Bound the member once.
    Ended,
    /// Never bound the member and cannot any more.
    Lapsed,
}

impl State {
    /// The word in message keys.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Asked => "asked",
            Self::Offered => "offered",
            Self::Agreed => "agreed",
            Self::InForce => "in-force",
            Self::Ending => "ending",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
        }
    }

    /// How it is coloured: a kind of KERN's badges.
    pub(crate) fn colour(self) -> &'static str {
        match self {
            Self::InForce | Self::Agreed => "success",
            Self::Asked | Self::Unchecked | Self::Ending => "warning",
            Self::Offered => "info",
            Self::Ended | Self::Lapsed => "danger",
        }
    }
}

/// How a document stands for one member, and what the member can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) state: State,
    consent: Option<Consent>,
    is_proposer: bool,
    /// Whether it ever bound the member to somebody: then it is no mere proposal.
    was_bound: bool,
}

impl Standing {
    /// How a stranger's document stands.
    pub(crate) const UNCHECKED: Self =
        Self { state: State::Unchecked, consent: None, is_proposer: false, was_bound: false };

    /// How the document with this hash stands; `None` when it is not there or does not concern the member.
    pub(crate) fn of(papers: &Papers, keys: &Keyring, own: &Did, hash: Hash, now: Time) -> Option<Self> {
        let book = papers.book(keys, now);
        let agreement = book.agreements().iter().find(|agreement| agreement.document().hash() == hash)?;
        agreement.document().terms().party(own)?;
        Some(Self::within(&book, agreement, &papers.acts_of(hash), own, now))
    }

    /// The same for an agreement of a book, with the acts upon it.
    pub(crate) fn within(
        book: &Book<'_>,
        agreement: &Agreement<'_>,
        acts: &[&Act],
        own: &Did,
        now: Time,
    ) -> Self {
        let terms = agreement.document().terms();
        let consent = agreement.consents().get(own).copied();
        let others = || terms.parties.iter().map(|party| &party.did).filter(|did| *did != own);
        let was_bound = others().any(|other| agreement.bond(own, other).is_some());
        let bonds: Vec<_> = others().filter_map(|other| book.bond(agreement, own, other)).collect();
        let today = Day::of(now);
        let is_owing = terms.duties.iter().any(|duty| {
            let bond = (duty.from == *own || duty.to == *own)
                .then(|| book.bond(agreement, &duty.from, &duty.to))
                .flatten();
            !matches!(duty.owed, Owed::Data { .. }) && bond.is_some_and(|bond| bond.is_owed(today))
        });
        let did = |party: &Did, is_meant: fn(&Deed) -> bool| {
            acts.iter().any(|act| act.party() == party && act.at() <= now && is_meant(act.deed()))
        };
        let is_closed = did(own, |deed| matches!(deed, Deed::Refuse { .. } | Deed::End { .. }))
            || did(&terms.proposer, |deed| matches!(deed, Deed::Withdraw { .. }));
        let is_open = !is_closed && terms.accept_by >= today;
        let begins_later = bonds.iter().any(|bond| bond.flows.is_some_and(|(since, _)| since > now));
        let state = if bonds.iter().any(|bond| bond.lets_flow(now)) {
            State::InForce
        } else if begins_later {
            State::Agreed
        } else if is_owing {
            State::Ending
        } else if was_bound {
            State::Ended
        } else {
            match (is_open, consent) {
                (true, None) => State::Asked,
                (true, Some(Consent { closed: None, .. })) => State::Offered,
                _ => State::Lapsed,
            }
        };
        Self { state, consent, is_proposer: terms.proposer == *own, was_bound }
    }

    /// Whether everybody may see it: what bound the member is public, what was only proposed is not.
    pub(crate) fn is_public(&self) -> bool {
        self.was_bound
    }

    /// Whether the member can take its proposal back.
    pub(crate) fn may_withdraw(&self) -> bool {
        self.is_proposer && self.state == State::Offered
    }

    /// Whether the member can end it.
    pub(crate) fn may_end(&self) -> bool {
        let is_open = self.consent.is_some_and(|consent| consent.closed.is_none());
        is_open && matches!(self.state, State::InForce | State::Agreed)
    }

    /// Whether the member can propose a version that takes its place.
    pub(crate) fn may_be_replaced(&self) -> bool {
        self.may_end()
    }

    /// Whether the member can say that it received money under it.
    pub(crate) fn may_receive(&self) -> bool {
        self.was_bound
    }
}

/// The sorts of agreements, in the order in which they are offered.
pub(crate) const KINDS: [Kind; 9] = [
    Kind::Topic,
    Kind::Exchange,
    Kind::Offer,
    Kind::Reuse,
    Kind::Acting,
    Kind::Trial,
    Kind::Intent,
    Kind::Joining,
    Kind::Leaving,
];

/// The word for a sort of agreement in forms and message keys.
pub(crate) fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Joining => "joining",
        Kind::Leaving => "leaving",
        Kind::Topic => "topic",
        Kind::Offer => "offer",
        Kind::Reuse => "reuse",
        Kind::Exchange => "exchange",
        Kind::Acting => "acting",
        Kind::Intent => "intent",
        Kind::Trial => "trial",
    }
}

/// How often money can be owed.
pub(crate) const RHYTHMS: [Rhythm; 3] = [Rhythm::Yearly, Rhythm::Monthly, Rhythm::Once];

/// The word for how often money is owed in forms and message keys.
pub(crate) fn rhythm_name(rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::Once => "once",
        Rhythm::Monthly => "monthly",
        Rhythm::Yearly => "yearly",
    }
}

/// How far one can act for another, the lesser first.
pub(crate) const TRANSFERS: [Form; 2] = [Form::Mandatierend, Form::Delegierend];

/// The word for how far one acts for another in forms and message keys.
pub(crate) fn transfer_name(form: Form) -> &'static str {
    match form {
        Form::Mandatierend => "mandatierend",
        Form::Delegierend => "delegierend",
    }
}

/// The word for what was done in message keys, and the reason, if one was given.
pub(crate) fn deed_name(deed: &Deed) -> (&'static str, &str) {
    match deed {
        Deed::Accept => ("accept", ""),
        Deed::Refuse { reason } => ("refuse", reason),
        Deed::Withdraw { reason } => ("withdraw", reason),
        Deed::End { reason } => ("end", reason),
        Deed::Received { .. } => ("received", ""),
    }
}

/// The word for why an act has no effect in message keys.
pub(crate) fn refusal_name(why: Refusal) -> &'static str {
    match why {
        Refusal::OtherDocument => "other-document",
        Refusal::NotAParty => "not-a-party",
        Refusal::StrangeKey => "strange-key",
        Refusal::Unsigned => "unsigned",
        Refusal::BadSignature => "bad-signature",
        Refusal::FromTheFuture => "future",
        Refusal::BeforeProposal => "before-proposal",
        Refusal::TooLate => "too-late",
        Refusal::Withdrawn => "withdrawn",
        Refusal::Closed => "closed",
        Refusal::Again => "again",
        Refusal::NothingToEnd => "nothing-to-end",
        Refusal::NotTheProposer => "not-the-proposer",
        Refusal::NotTheCreditor => "not-the-creditor",
    }
}

/// Everybody lets everybody else have its public feed.
pub(crate) fn public_feeds(parties: &[Party]) -> Vec<Flow> {
    let flow = |from: &Party, to: &Party| Flow {
        from: from.did.clone(),
        to: to.did.clone(),
        source: Source::Feed(ledger::PUBLIC.into()),
        data: vec!["public".into()],
        retention_days: None,
    };
    let all = parties.iter().flat_map(|from| parties.iter().map(move |to| (from, to)));
    all.filter(|(from, to)| from.did != to.did).map(|(from, to)| flow(from, to)).collect()
}

/// An amount as people type it (`1.200,50`, `1200`, `1200.50`), in cents.
pub(crate) fn cents(text: &str) -> Option<i64> {
    let text: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '€').collect();
    let (whole, rest) = match (text.rsplit_once(','), text.rsplit_once('.')) {
        (Some((whole, rest)), _) => (whole.replace('.', ""), rest),
        // A point before two digits is one of another language, before three it groups.
        (None, Some((whole, rest))) if rest.len() <= 2 => (whole.to_owned(), rest),
        _ => (text.replace('.', ""), ""),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(&whole) || !is_number(rest) || rest.len() > 2 {
        return None;
    }
    let euros: i64 = whole.parse().ok()?;
    let rest: i64 = format!("{rest:0<2}").parse().ok()?;
    euros.checked_mul(100)?.checked_add(rest)
}

/// An amount in cents as people read it.
pub(crate) fn euros(cents: i128, lang: Lang) -> String {
    let (group, point) = if lang == Lang::De { ('.', ',') } else { (',', '.') };
    let digits = (cents.unsigned_abs() / 100).to_string();
    let mut whole = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            whole.push(group);
        }
        whole.push(digit);
    }
    let (sign, rest) = (if cents < 0 { "−" } else { "" }, cents.unsigned_abs() % 100);
    match lang {
        Lang::De => format!("{sign}{whole}{point}{rest:02} €"),
        Lang::En => format!("{sign}€{whole}{point}{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, wanted) in [
            ("1200", 120_000),
            ("1.200", 120_000),
            ("1.200,5", 120_050),
            ("1.200,50 €", 120_050),
            ("1200.50", 120_050),
            ("0,01", 1),
            ("1 000 000", 100_000_000),
        ] {
            assert_eq!(cents(text), Some(wanted), "{text}");
        }
        for text in ["", "€", "zwölf", "1,234", "-5", "1,2,3", "99999999999999999999", ",5"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_are_written_in_both_languages() {
        assert_eq!(euros(123_456_705, Lang::De), "1.234.567,05 €");
        assert_eq!(euros(99, Lang::En), "€0.99");
    }
}

use federation::agreement::{Deed, Flow, Form, Kind, Party, Refusal, Rhythm, Source};
pub(crate) use federation::agreement::{Standing, State};
pub(crate) use web::money::{cents, euros};

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

/// What lets each party hand cases over to each other.
pub(crate) fn handovers(parties: &[Party]) -> Vec<Flow> {
    let flow = |from: &Party, to: &Party| Flow {
        from: from.did.clone(),
        to: to.did.clone(),
        source: Source::Service(federation::handover::SERVICE.into()),
        data: vec!["report".into(), "photo".into()],
        retention_days: Some(3650),
    };
    let all = parties.iter().flat_map(|from| parties.iter().map(move |to| (from, to)));
    all.filter(|(from, to)| from.did != to.did).map(|(from, to)| flow(from, to)).collect()
}

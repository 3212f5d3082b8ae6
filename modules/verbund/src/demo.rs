//! The members of a demonstration know each other and have agreed a few things, each really signed with its own keys.

use std::sync::Arc;

use base::{AgreementId, Clock, Entropy, Problem, Result, Time};
use federation::agreement::{Act, Deed, Document, Duty, Kind, Owed, Party, Rhythm, Terms};
use federation::{At, Cents, Day, Flaw, NodeKeys, papers, peers};
use web::{Member, Members};

use crate::model::{handovers, public_feeds};
use crate::own;

/// One agreement: what it says, who proposes it to whom, when, and who accepts how long after.
struct Plan {
    kind: Kind,
    title: &'static str,
    purpose: &'static str,
    legal_basis: &'static str,
    /// The parties by their place among the members; the first proposes.
    parties: Vec<usize>,
    /// Which of them accept.
    accept: Vec<usize>,
    days_ago: i64,
    exchanges: bool,
    hands_over: bool,
    /// What the second pays the first in a year, and what for.
    yearly: Option<(i64, &'static str)>,
}

/// Makes the members of one process known to each other, unless they are, and lets them agree.
///
/// # Errors
/// What the databases say.
pub async fn introduce(members: &Members) -> Result<()> {
    let all: Vec<_> = members.all().cloned().collect();
    let [first, second, ..] = all.as_slice() else { return Ok(()) };
    let did = second.node_keys()?.did().clone();
    if first.db.read("verbund.demo", move |tx| peers::one(tx, &did)).await?.is_some() {
        return Ok(());
    }
    let keys = all.iter().map(|member| member.node_keys()).collect::<Result<Vec<_>>>()?;
    for member in &all {
        meet(member, &all).await?;
    }
    for (number, plan) in (1_u64..).zip(plans(all.len())) {
        let notes = sign(&all, &keys, &plan, number)?;
        for member in plan.parties.iter().filter_map(|at| all.get(*at)) {
            keep(member, notes.clone()).await?;
        }
    }
    Ok(())
}

async fn meet(member: &Arc<Member>, all: &[Arc<Member>]) -> Result<()> {
    let others = all.iter().filter(|other| other.slug != member.slug);
    let others = others
        .map(|other| Ok((other.settings.url.clone(), own::identity(other)?)))
        .collect::<Result<Vec<_>>>()?;
    let now = member.clock.now();
    let write = move |tx: &mut store::Tx<'_>| {
        others.iter().try_for_each(|(url, identity)| peers::pin(tx, url, identity, false, now))
    };
    member.db.write("verbund.demo_meet", write).await
}

/// A signed document and the acts upon it.
type Notes = (Document, Vec<Act>);

async fn keep(member: &Arc<Member>, (document, acts): Notes) -> Result<()> {
    let (now, keys) = (member.clock.now(), member.node_keys()?);
    let write = move |tx: &mut store::Tx<'_>| {
        papers::add_document(tx, &document, true, now)?;
        peers::remember_own(tx, keys.did(), &keys.public().agreements, now)?;
        acts.iter().try_for_each(|act| papers::add_act(tx, act, now).map(drop))
    };
    member.db.write("verbund.demo_keep", write).await
}

/// Signs a plan with the keys of those who sign.
fn sign(all: &[Arc<Member>], keys: &[NodeKeys], plan: &Plan, number: u64) -> Result<Notes> {
    let flawed = |flaw: Flaw| Problem::internal("demo", "an agreement of the demonstration").because(flaw);
    let missing = || Problem::internal("demo", "a plan names a member that is not there");
    let chosen = plan.parties.iter().map(|at| Some((all.get(*at)?, keys.get(*at)?)));
    let chosen = chosen.collect::<Option<Vec<_>>>().ok_or_else(missing)?;
    let [(proposer, signer), (_, other), ..] = chosen.as_slice() else { return Err(missing()) };
    let now = proposer.clock.now();
    let proposed = now.plus_seconds(-plan.days_ago * 24 * 3600);
    let parties: Vec<_> = chosen.iter().map(|(member, keys)| party(member, keys)).collect();
    let yearly = plan.yearly.map(|(cents, subject)| {
        let cents = Cents::try_from(cents).map_err(flawed)?;
        let owed = Owed::Money { cents, rhythm: Rhythm::Yearly, subject: subject.into() };
        Ok(Duty { from: other.did().clone(), to: signer.did().clone(), owed })
    });
    let terms = Terms {
        id: AgreementId::new(&Clock::fixed(proposed), &Entropy::seeded(number)),
        version: 1,
        replaces: None,
        kind: plan.kind,
        title: plan.title.into(),
        purpose: plan.purpose.into(),
        legal_basis: plan.legal_basis.into(),
        proposer: signer.did().clone(),
        proposed: At::new(proposed),
        accept_by: Day::of(proposed).plus_days(60),
        flows: flows(plan, &parties),
        parties,
        duties: yearly.into_iter().collect::<Result<_>>()?,
        authorities: Vec::new(),
        from: Day::of(proposed).plus_days(14),
        until: None,
        notice_days: 90,
    };
    let note = Document::propose(&terms, signer.agreements()).map_err(flawed)?;
    let document = Document::parse(&note).map_err(flawed)?;
    let accepted = |(days, at): (i64, &usize)| {
        let keys = keys.get(*at).ok_or_else(missing)?;
        let moment = Time(proposed.0).plus_seconds(days * 24 * 3600);
        let note = Act::sign(document.hash(), keys.did().clone(), moment, Deed::Accept, keys.agreements());
        note.and_then(|note| Act::parse(&note)).map_err(flawed)
    };
    let acts = (2..).zip(&plan.accept).map(accepted).collect::<Result<_>>()?;
    Ok((document, acts))
}

fn flows(plan: &Plan, parties: &[Party]) -> Vec<federation::agreement::Flow> {
    let exchanged = plan.exchanges.then(|| public_feeds(parties));
    let handed_over = plan.hands_over.then(|| handovers(parties));
    exchanged.into_iter().chain(handed_over).flatten().collect()
}

fn party(member: &Member, keys: &NodeKeys) -> Party {
    let settings = &member.settings;
    let (name, ars) = (settings.name.clone(), settings.ars.clone());
    Party { did: keys.did().clone(), name, ars, keys: keys.public().clone() }
}

/// What the members agree; `count` is how many there are, at least two.
fn plans(count: usize) -> Vec<Plan> {
    vec![
        Plan {
            kind: Kind::Topic,
            title: "Anliegen über Gemeindegrenzen",
            purpose: "Wer etwas meldet, soll nicht wissen müssen, wo die Grenze verläuft. Die Mitglieder lassen \
                      einander ihre öffentlichen Protokolle lesen, damit jedes Portal zeigen kann, was nebenan \
                      gemeldet ist.",
            legal_basis: "§ 3 Abs. 1 GkG NRW; übermittelt wird nur, was schon öffentlich ist.",
            parties: (0..count).collect(),
            accept: (1..count).collect(),
            days_ago: 210,
            exchanges: true,
            hands_over: false,
            yearly: None,
        },
        Plan {
            kind: Kind::Exchange,
            title: "Anliegen übergeben, wohin sie gehören",
            purpose: "Was jenseits der Grenze liegt, geben die Mitglieder einander weiter, mit Text, Ort, Fotos und \
                      Verlauf. Wer gemeldet hat, behält einen Link und sieht dort, wie es weitergeht. Name und \
                      E-Mail-Adresse bleiben, wo gemeldet wurde.",
            legal_basis: "§ 3 Abs. 1 GkG NRW; § 3 DSG NRW.",
            parties: (0..count).collect(),
            accept: (1..count).collect(),
            days_ago: 120,
            exchanges: false,
            hands_over: true,
            yearly: None,
        },
        Plan {
            kind: Kind::Reuse,
            title: "Nachnutzung der Verwaltung von Straßen und Hausnummern",
            purpose: "Ein Mitglied pflegt die gemeinsame Liste der Straßen und Hausnummern, ein anderes nutzt sie mit \
                      und trägt einen Teil der Kosten.",
            legal_basis: "§ 23 Abs. 1 GkG NRW, mandatierende Aufgabenübertragung ist nicht damit verbunden.",
            parties: vec![1, 0],
            accept: vec![0],
            days_ago: 430,
            exchanges: false,
            hands_over: false,
            yearly: Some((1_850_000, "Betrieb und Pflege der gemeinsamen Liste")),
        },
        Plan {
            kind: Kind::Trial,
            title: "Erprobung: Fotos unterwegs schwärzen",
            purpose: "Sechs Monate lang prüfen die Mitglieder, ob Fotos schon auf dem Gerät der Meldenden geschwärzt \
                      werden können, und legen die Ergebnisse offen.",
            legal_basis: "Art. 25 Abs. 1 DSGVO; § 3 Abs. 1 GkG NRW.",
            parties: (0..count).rev().collect(),
            accept: vec![],
            days_ago: 3,
            exchanges: false,
            hands_over: false,
            yearly: None,
        },
    ]
}

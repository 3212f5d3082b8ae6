use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Clock, Problem, Result};
use clap::Subcommand;
use federation::agreement::{Act, Agreement, Document, Party, Trust};
use federation::peers::{self, Keyring};
use federation::{Did, Flaw, Vkey};
use serde::Deserialize;
use verbund::operate::{self, Done, Found};
use web::Member;

use super::Of;
use crate::config::{Config, unusable};
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List what was agreed, proposed and ended
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Show an agreement, who signed what, and who is still to be told
    Show {
        #[command(flatten)]
        of: Of,
        /// The beginning of its hash
        hash: String,
        /// The text itself, too
        #[arg(long)]
        text: bool,
    },
    /// Check the signed texts of a file offline (`signiert.json`, as agreements' pages offer it)
    Verify {
        /// The file
        file: PathBuf,
        /// Hold the keys it names against those that this member has confirmed
        #[arg(long)]
        member: Option<String>,
    },
    /// End an agreement, or take a proposal back; all parties are told
    End {
        #[command(flatten)]
        of: Of,
        /// The beginning of its hash
        hash: String,
        /// Why; every party reads it
        #[arg(long)]
        reason: String,
    },
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        match self {
            Self::List { of } => list(&open_member(data, config, &of.member).await?).await,
            Self::Show { of, hash, text } => {
                let member = open_member(data, config, &of.member).await?;
                show(&operate::agreement(&member, &hash).await?, text);
                Ok(())
            }
            Self::Verify { file, member } => {
                let known = match member {
                    None => None,
                    Some(slug) => {
                        let member = open_member(data, config, &slug).await?;
                        Some(keyring(&member).await?)
                    }
                };
                verify(&file, known.as_ref())
            }
            Self::End { of, hash, reason } => {
                let member = open_member(data, config, &of.member).await?;
                let ended = operate::end(&member, &hash, &reason).await?;
                println!("{}: {}; raum serve tells all parties", ended.title, ended.state);
                Ok(())
            }
        }
    }
}

async fn list(member: &Arc<Member>) -> Result<()> {
    for one in operate::agreements(member).await? {
        let hash: String = one.hash.to_string().chars().take(12).collect();
        let hosts: Vec<_> = one.parties.iter().map(Did::host).collect();
        println!("{hash}\t{}\t{}\t{}\t{}", one.state, one.kind, one.title, hosts.join(", "));
    }
    Ok(())
}

fn show(found: &Found, text: bool) {
    let (listed, terms) = (&found.listed, found.paper.document.terms());
    println!("{} ({}, version {})", listed.title, listed.kind, terms.version);
    println!("hash      {}", listed.hash);
    println!("state     {}", listed.state);
    let until = terms.until.map_or_else(|| "ended".to_owned(), |until| until.to_string());
    println!("valid     {} until {until}, {} days' notice", terms.from, terms.notice_days);
    println!("proposed  {} by {}", terms.proposed, terms.proposer.host());
    for Done { at, who, what, why, refused } in &found.done {
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let refused = refused.map(|refused| format!(" [no effect: {refused}]")).unwrap_or_default();
        println!("signed    {} {} {what}{why}{refused}", at.rfc3339(), who.host());
    }
    for delivery in &found.untold {
        let why = delivery.error.as_deref().unwrap_or("not tried yet");
        println!("untold    {}: {why}", delivery.did.host());
    }
    if text {
        println!("\n{}", found.paper.document.note());
    }
}

/// A document and the acts upon it, as `signiert.json` holds them.
#[derive(Deserialize)]
struct Bundle {
    document: String,
    acts: Vec<String>,
}

async fn keyring(member: &Member) -> Result<Keyring> {
    let keys = member.node_keys()?;
    let kept = member.db.read("agreement.keys", peers::keyring).await?;
    Ok(kept.with(keys.did(), &keys.public().agreements))
}

/// Believes the keys that a text names: whether they are the members' own is a question of its own. Where somebody has
/// compared others of a member, those count too as far as they can.
struct AsNamed<'a>(Option<&'a Keyring>);

impl Trust for AsNamed<'_> {
    fn knows(&self, _: &Did, _: &Vkey) -> bool {
        true
    }

    fn keys(&self, did: &Did) -> Vec<Vkey> {
        self.0.map(|known| known.keys(did)).unwrap_or_default()
    }
}

/// Checks every signature by the key that the text names for who signed; says what each did.
fn verify(file: &Path, known: Option<&Keyring>) -> Result<()> {
    let text = std::fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
    let at = |place: &str, why: String| {
        Problem::input("signed-text", format!("{}: {place}: {why}", file.display()))
    };
    let bundle: Bundle = serde_json::from_str(&text)
        .map_err(|error| at("file", error.to_string()).hint("signiert.json holds a document and its acts"))?;
    let flawed = |place: &str, flaw: Flaw| at(place, flaw.to_string());
    let document = Document::parse(&bundle.document).map_err(|flaw| flawed("document", flaw))?;
    let as_named = AsNamed(known);
    let mut acts = Vec::new();
    for (number, note) in bundle.acts.iter().enumerate() {
        let place = format!("acts[{number}]");
        let act = Act::parse(note).map_err(|flaw| flawed(&place, flaw))?;
        document.check_act(&act, &as_named).map_err(|why| at(&place, why.to_string()))?;
        acts.push(act);
    }
    let agreement = Agreement::of(&document, &acts, &as_named, Clock::system().now());
    println!("{}\nhash      {}", document.terms().title, document.hash());
    for party in &document.terms().parties {
        println!("{}", described(&agreement, party, known));
    }
    let refused = agreement.refused().iter();
    refused.for_each(|refused| println!("no effect {}: {}", refused.party.host(), refused.why));
    let strange = document.terms().parties.iter().filter(|party| !is_known(known, party));
    match (known, strange.count()) {
        (Some(_), count) if count > 0 => {
            Err(Problem::input("strange-key", format!("{count} keys were never confirmed"))
                .hint("raum peer add takes a member in after its keys were compared"))
        }
        (Some(_), _) => Ok(()),
        (None, _) => {
            println!(
                "Every signature fits. Whether the keys are the members' own say only those who compared them."
            );
            Ok(())
        }
    }
}

fn is_known(known: Option<&Keyring>, party: &Party) -> bool {
    known.is_none_or(|known| known.knows(&party.did, &party.keys.agreements))
}

/// What a party signed, and the fingerprint of its keys.
fn described(agreement: &Agreement<'_>, party: &Party, known: Option<&Keyring>) -> String {
    let consent = agreement.consents().get(&party.did);
    let consent = consent.map_or_else(
        || "signed nothing that binds it".to_owned(),
        |consent| {
            let closed = consent.closed.map(|at| format!(", ended {}", at.rfc3339()));
            format!("agreed {}{}", consent.since.rfc3339(), closed.unwrap_or_default())
        },
    );
    let mark = if is_known(known, party) { "" } else { " NEVER CONFIRMED HERE" };
    let fingerprint = operate::fingerprint(&party.keys);
    format!("party     {} ({}): {consent}\n          keys {fingerprint}{mark}", party.name, party.did.host())
}

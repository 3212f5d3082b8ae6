use std::path::Path;
use std::sync::Arc;

use base::{Problem, Result};
use clap::{Args, Subcommand};
use federation::peers::{self, Peer};
use federation::{Did, Hash};
use verbund::operate;
use web::Member;

use super::Of;
use crate::config::Config;
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the members that are known
    List {
        #[command(flatten)]
        of: Of,
    },
    /// Ask who is at an address; with the fingerprint that was compared, take the member in or its new keys
    Add {
        #[command(flatten)]
        of: Of,
        /// The address, such as bonn.example
        address: String,
        /// The fingerprint of its keys, as its people read it out; blanks do not matter
        #[arg(long)]
        fingerprint: Option<String>,
        /// Others may have got hold of the keys it had before: nothing they sign is taken any more
        #[arg(long, requires = "fingerprint")]
        stolen: bool,
    },
    /// Show what is known of a member
    Show(One),
    /// Ask a known member who it is now
    Refresh(One),
    /// Forget a member with whom nothing is in force
    Forget(One),
}

#[derive(Debug, Args)]
pub(super) struct One {
    #[command(flatten)]
    of: Of,
    /// The other member: its host name, or its did:web
    peer: String,
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        match self {
            Self::List { of } => {
                let member = open_member(data, config, &of.member).await?;
                list(&member).await
            }
            Self::Add { of, address, fingerprint, stolen } => {
                let compared = fingerprint.as_deref().map(read_fingerprint).transpose()?;
                let member = open_member(data, config, &of.member).await?;
                add(&member, &operate::address(&address), compared, stolen).await
            }
            Self::Show(one) => {
                let (member, did) = one.open(data, config).await?;
                show(&member, &did).await
            }
            Self::Refresh(one) => {
                let (member, did) = one.open(data, config).await?;
                let is_changed = operate::refresh(&member, &did).await?;
                show(&member, &did).await?;
                match is_changed {
                    false => Ok(()),
                    true => Err(Problem::peer("keys-changed", format!("{} has other keys now", did.host()))
                        .hint("compare them and use raum peer add with --fingerprint")),
                }
            }
            Self::Forget(one) => {
                let (member, did) = one.open(data, config).await?;
                operate::forget(&member, &did).await?;
                println!("{} is forgotten; what it signed stays", did.host());
                Ok(())
            }
        }
    }
}

impl One {
    async fn open(&self, data: &Path, config: &Config) -> Result<(Arc<Member>, Did)> {
        let did = if self.peer.starts_with("did:") { self.peer.parse() } else { Did::of_host(&self.peer) };
        let did = did.map_err(|flaw| Problem::input("peer", format!("'{}': {flaw}", self.peer)))?;
        Ok((open_member(data, config, &self.of.member).await?, did))
    }
}

fn read_fingerprint(text: &str) -> Result<Hash> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let wrong = |flaw| Problem::input("fingerprint", format!("--fingerprint: {flaw}"));
    digits.to_ascii_lowercase().parse().map_err(wrong)
}

async fn list(member: &Member) -> Result<()> {
    let keys = member.node_keys()?;
    println!("{}\t{}", keys.did().host(), operate::fingerprint(keys.public()));
    for Peer { identity, found, checked, .. } in member.db.read("peer.list", peers::all).await? {
        let mark = if found.is_some() { "\tHAS OTHER KEYS NOW" } else { "" };
        println!("{}\t{}\tasked {}{mark}", identity.did.host(), identity.name, checked.rfc3339());
    }
    Ok(())
}

async fn add(member: &Arc<Member>, url: &str, compared: Option<Hash>, stolen: bool) -> Result<()> {
    let Some(compared) = compared else {
        let identity = operate::ask(member, url).await?;
        println!("{} ({}), {}", identity.name, identity.ars, identity.contact);
        println!("{}", operate::fingerprint(&identity.keys));
        println!(
            "Ask its people on another way whether that is the fingerprint of their keys; then say it with"
        );
        println!("raum peer add --member {} {url} --fingerprint \"…\"", member.slug);
        return Ok(());
    };
    let identity = operate::add(member, url, compared, stolen).await?;
    println!("{} is known now, with the keys that were compared", identity.name);
    Ok(())
}

async fn show(member: &Member, did: &Did) -> Result<()> {
    let (Peer { url, identity, found, added, checked }, keys) = operate::peer(member, did).await?;
    println!("{} ({})", identity.name, identity.ars);
    println!("did          {}", identity.did);
    println!("address      {url}");
    println!("contact      {}", identity.contact);
    println!("fingerprint  {}", operate::fingerprint(&identity.keys));
    println!("known since  {}, asked {}", added.rfc3339(), checked.rfc3339());
    for (name, address) in &identity.services {
        println!("offers       {name}: {address}");
    }
    for key in keys {
        let ended = key.ended.map(|ended| {
            let how = if ended.stolen { "given up, others may have it" } else { "given up" };
            format!(", {how} {}", ended.at.rfc3339())
        });
        println!(
            "key          {}, confirmed {}{}",
            key.agreements,
            key.pinned.rfc3339(),
            ended.unwrap_or_default()
        );
    }
    if let Some(found) = found {
        println!("OTHER KEYS   {}", operate::fingerprint(&found.keys));
    }
    Ok(())
}

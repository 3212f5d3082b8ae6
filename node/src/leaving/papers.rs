//! Agreements as they were signed: text files that any program for C2SP signed notes checks.

use base::Result;
use federation::papers::Papers;
use federation::{NodeKeys, peers};
use store::Tx;

use super::sink::Sink;

const PLAIN: &str = "text/plain; charset=utf-8";

/// Writes every document of a member that is known, the acts upon it, and the keys that were confirmed.
pub(super) fn write(tx: &mut Tx<'_>, own: &NodeKeys, sink: &mut Sink) -> Result<()> {
    let papers = Papers::load(tx)?;
    for document in &papers.documents {
        let hash = document.hash();
        sink.view(format!("agreements/{hash}/document.txt"), PLAIN, document.note().to_string().as_bytes())?;
        for act in papers.acts_of(hash) {
            let path =
                format!("agreements/{hash}/{}-{}.txt", act.at().rfc3339().replace(':', ""), act.hash());
            sink.view(path, PLAIN, act.note().to_string().as_bytes())?;
        }
    }
    let mut keys = serde_json::Map::new();
    keys.insert(own.did().to_string(), own.public().agreements.to_string().into());
    for peer in peers::all(tx)? {
        keys.insert(peer.identity.did.to_string(), peer.identity.keys.agreements.to_string().into());
    }
    let keys = format!("{:#}\n", serde_json::Value::from(keys));
    sink.view("agreements/keys.json", "application/json", keys.as_bytes())
}

//! Who we are for others, and who they say they are.

use std::sync::Arc;

use axum::Router;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use base::{Problem, Result};
use bytes::Bytes;
use federation::peers::{self, Keyring, Peer};
use federation::{Did, Flaw, Hash, Identity, NodeKeys, PublicKeys};
use store::Tx;
use web::{Ctx, Handled, Member, Round, Working};

use crate::sign;

/// Bytes of a member's document that are read.
const LONGEST: usize = 64 << 10;
/// Characters of an address, at most.
const LONGEST_ADDRESS: usize = 300;
/// Seconds after which a member is asked again who it is.
const A_DAY: i64 = 24 * 3600;

/// Asks those who are known whether they still have the key that was confirmed, and compares what both have.
pub(crate) const ASK_AGAIN: Round = Round { name: "verbund.ask_again", seconds: 3600, work: ask_again };

pub(crate) fn routes() -> Router {
    Router::new().route("/.well-known/did.json", get(show))
}

async fn show(ctx: Ctx) -> Handled {
    let document = identity(ctx.member())?.publish().map_err(no_name)?;
    Ok(([(CONTENT_TYPE, "application/did+json")], document).into_response())
}

fn no_name(flaw: Flaw) -> Problem {
    Problem::internal("own-name", "the member cannot be named after its address").because(flaw)
}

/// What the member says of itself.
pub(crate) fn identity(member: &Member) -> Result<Identity> {
    let (keys, settings) = (member.node_keys()?, &member.settings);
    let service = |name: &str, path: &str| (name.to_owned(), format!("{}{path}", settings.url));
    // An interface of its own at the top of the addresses, such as `/open311/`, is one that others are meant to find.
    let interfaces = member.modules.iter().flat_map(|module| module.apis).filter_map(|api| {
        let name = api.prefix.strip_prefix('/')?.strip_suffix('/')?;
        (!name.contains(['/', '.'])).then(|| service(name, api.prefix))
    });
    let always = [
        service("portal", "/"),
        service("agreements", crate::exchange::PATH),
        service("feeds", "/log/public/"),
        service("witness", "/witness/"),
    ];
    Ok(Identity {
        did: keys.did().clone(),
        name: settings.name.clone(),
        ars: settings.ars.clone(),
        contact: settings.email.clone(),
        keys: keys.public().clone(),
        services: always.into_iter().chain(interfaces).collect(),
    })
}

/// The keys that count here: those that were confirmed, and our own; with another key those with which we signed before
/// have ended.
pub(crate) fn keyring(tx: &mut Tx<'_>, keys: &NodeKeys) -> Result<Keyring> {
    Ok(peers::keyring(tx)?.with(keys.did(), &keys.public().agreements))
}

/// The keys of a member as two people compare them on the telephone: their fingerprint in groups of four.
pub fn fingerprint(keys: &PublicKeys) -> String {
    let hash = keys.fingerprint().to_string();
    let groups: Vec<_> = (0..hash.len()).step_by(4).filter_map(|at| hash.get(at..at + 4)).collect();
    groups.join(" ")
}

/// The address of a member as somebody typed it, in its one form.
pub fn address(typed: &str) -> String {
    let typed = typed.trim().trim_end_matches('/').to_lowercase();
    let name = typed.split(':').next().unwrap_or_default();
    match typed.contains("://") {
        true => typed,
        // RFC 6761 § 6.3: this machine, where nobody certifies names.
        false if name == "localhost" || name.ends_with(".localhost") => format!("http://{typed}"),
        false => format!("https://{typed}"),
    }
}

/// Asks the member at an address who it is.
///
/// # Errors
/// `url-wrong` or `url-private`, a problem with a peer when nobody answers, `identity` when the answer is wrong.
pub(crate) async fn ask(member: &Member, url: &str) -> Result<Identity> {
    member.check_url(url)?;
    let did = Did::of_url(url)
        .map_err(|flaw| Problem::input("url-wrong", "not the address of a member").because(flaw))?;
    let request = Request::get(format!("{url}/.well-known/did.json")).body(Bytes::new());
    let request = request.map_err(|error| Problem::input("url-wrong", "not an address").because(error))?;
    let answer = member.send(request, LONGEST).await?;
    if !answer.status().is_success() {
        return Err(Problem::peer("identity", format!("the answer was {}", answer.status())));
    }
    let text = str::from_utf8(answer.body()).map_err(|_| Problem::peer("identity", "not UTF-8"))?;
    Identity::parse(&did.host(), text).map_err(|flaw| Problem::peer("identity", flaw.to_string()))
}

/// Asks who is at an address, when it is somebody else than we.
pub(crate) async fn ask_other(member: &Member, url: &str) -> Result<Identity> {
    if url.len() > LONGEST_ADDRESS {
        return Err(Problem::input("url-wrong", "too long"));
    }
    let identity = ask(member, url).await?;
    if identity.did == *member.node_keys()?.did() {
        return Err(Problem::input("own-member", "that is this member itself"));
    }
    Ok(identity)
}

/// The same, when it still has the keys that somebody compared.
pub(crate) async fn compared(member: &Member, url: &str, fingerprint: Hash) -> Result<Identity> {
    let identity = ask_other(member, url).await?;
    if identity.keys.fingerprint() != fingerprint {
        let why = "it names other keys than those that were compared";
        return Err(Problem::conflict("key-differs", why));
    }
    Ok(identity)
}

/// Asks a known member who it is now, and keeps the answer beside what was confirmed.
pub(crate) async fn ask_known(member: &Member, peer: Peer) -> Result<()> {
    let identity = ask(member, &peer.url).await?;
    let now = member.clock.now();
    member.db.write("verbund.asked", move |tx| peers::note(tx, &peer, &identity, now)).await
}

fn ask_again(member: &Arc<Member>) -> Working<'_> {
    Box::pin(async move {
        let now = member.clock.now();
        let known = member.db.read("verbund.peers", peers::all).await?;
        for peer in known.into_iter().filter(|peer| peer.checked.plus_seconds(A_DAY) <= now) {
            let (did, own) = (peer.identity.did.clone(), member.clone());
            if let Err(problem) = ask_known(member, peer).await {
                tracing::debug!(member = member.slug, %did, %problem, "a member does not say who it is");
                continue;
            }
            // Should one of us have been restored from an older copy, both have the same again afterwards.
            member.db.write("verbund.compare", move |tx| sign::tell_everything(tx, &own, &did)).await?;
            member.new_job.notify_one();
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        assert_eq!(address(" Bonn.example/ "), "https://bonn.example");
        assert_eq!(address("bonn.localhost:8115"), "http://bonn.localhost:8115");
        assert_eq!(address("http://bonn.localhost:8115"), "http://bonn.localhost:8115");
    }
}

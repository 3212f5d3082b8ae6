//! How signed texts reach everybody who is party to them. Whoever signs or learns something tells the other parties;
//! both sides put together what they have, so that in the end all have the same, in whatever order and however often
//! they are told. Nobody stands in the middle, and nobody is believed anything but what a party signed.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Request};
use axum::response::IntoResponse as _;
use axum::routing::post;
use base::{Kind, Problem, Result, Time};
use bytes::Bytes;
use federation::agreement::{Act, Document, Refusal, Trust as _};
use federation::papers;
use federation::peers::{self, Keyring};
use federation::{Did, Flaw, Hash};
use identity::Limit;
use serde::{Deserialize, Serialize};
use store::Tx;
use web::peer::{Caller, Signed};
use web::sign::{Errand, enqueue, keyring, spread};
use web::{Ctx, Failure, Handled, Member, Working};

/// Where documents and acts are taken.
pub(crate) const PATH: &str = "/verbund/annahme";
/// The kind of job that tells one party about one document.
pub(crate) use web::sign::TELL as JOB;

/// Bytes of a request, at most.
const LARGEST: usize = 1 << 20;
/// Bytes of acts in one request of ours, so that it stays below what others take together with its document.
const BATCH: usize = 256 << 10;
/// Bytes of an answer that are read.
const ANSWER: usize = 8 << 20;
/// How often one known member, or one network address, may tell us something.
const LIMIT: Limit = Limit { what: "verbund", times: 600, seconds: 60 };
/// How old or how far ahead an act may be that we hear of for the first time: nobody acts into the past.
const TOLERANCE: i64 = 31 * 24 * 3600;
/// Documents of strangers that are kept.
const STRANGERS: i64 = 100;
/// Bytes of a stranger's document.
const LARGEST_OF_STRANGER: usize = 128 << 10;
/// Seconds after which somebody may have looked at them.
const A_DAY: u32 = 24 * 3600;
/// Acts of one party upon one document that are kept: money received every month for a hundred years.
const ACTS: i64 = 1200;
/// The same for a party whose key was never confirmed.
const ACTS_OF_STRANGER: i64 = 8;
/// Seconds between two attempts to tell somebody, at most.
const PAUSE: i64 = 3600;

/// What is sent: a document and acts upon it, each exactly as it was signed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    document: String,
    acts: Vec<String>,
}

/// What comes back: what the other has beside, and what it did not take.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Answer {
    acts: Vec<String>,
    #[serde(default)]
    refused: Vec<Refused>,
}

/// An act that was not taken, though its signature is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Refused {
    act: Hash,
    why: String,
}

pub(crate) fn routes() -> Router {
    Router::new().route(PATH, post(receive).layer(DefaultBodyLimit::max(LARGEST)))
}

/// Takes a document and acts upon it from whoever brings them.
async fn receive(ctx: Ctx, headers: HeaderMap, request: Result<Signed, Failure>) -> Handled {
    let (member, now) = (ctx.member().clone(), ctx.member().clock.now());
    let known = request.as_ref().ok().and_then(|request| request.caller.known());
    let who = known.map_or_else(|| ctx.address().to_owned(), |peer| peer.identity.did.to_string());
    // Counted on its own: what is refused afterwards counts too.
    member.db.write("verbund.hit", move |tx| identity::hit(tx, LIMIT, &who, now)).await?;
    let Signed { caller, body } = request?;
    let answer = hear(&ctx, &headers, (&caller, &body)).await;
    ctx.answering(&caller, answer)
}

async fn hear(ctx: &Ctx, headers: &HeaderMap, (caller, body): (&Caller, &Bytes)) -> Handled {
    let (member, now) = (ctx.member().clone(), ctx.member().clock.now());
    let is_json = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    if !is_json {
        return Err(Problem::new(Kind::Unsupported, "media-type", "this is sent as application/json").into());
    }
    let sent: Sent = serde_json::from_slice(body)
        .map_err(|error| Problem::input("body", format!("not a document and its acts: {error}")))?;
    let document = Document::parse(&sent.document).map_err(|flaw| flawed("document", &flaw))?;
    let acts = read_acts(&sent.acts)?;
    let (own, caller) = (member.clone(), caller.known().map(|peer| peer.identity.did.clone()));
    let write = move |tx: &mut Tx<'_>| take(tx, &own, caller.as_ref(), (&document, &acts), now);
    let answer = member.db.write("verbund.receive", write).await?;
    member.new_job.notify_one();
    Ok(axum::Json(answer).into_response())
}

fn flawed(what: &str, flaw: &Flaw) -> Problem {
    Problem::input("signed-text", format!("{what}: {flaw}"))
}

fn read_acts(notes: &[String]) -> Result<Vec<Act>> {
    let read =
        |(at, note): (usize, &String)| Act::parse(note).map_err(|flaw| flawed(&format!("acts[{at}]"), &flaw));
    notes.iter().enumerate().map(read).collect()
}

/// Puts what came together with what is here, and says what the other may not have. Whoever did not sign the request as
/// a party hears of nothing but what it sent.
fn take(
    tx: &mut Tx<'_>,
    member: &Member,
    caller: Option<&Did>,
    (document, acts): (&Document, &[Act]),
    now: Time,
) -> Result<Answer> {
    let is_checked = admit(tx, member, document, now)?;
    let refused = merge(tx, member, document, (acts, is_checked), now)?;
    let kept = papers::acts_of(tx, document.hash())?;
    let was_sent = |act: &Act| acts.iter().any(|sent| sent.hash() == act.hash());
    let caller = caller.filter(|caller| is_checked && document.terms().party(caller).is_some());
    if let Some(caller) = caller
        && kept.iter().all(was_sent)
    {
        // It knows all we know: there is nothing to tell it.
        papers::told_all(tx, caller, document.hash())?;
    }
    let told = kept.iter().filter(|act| caller.is_some() || was_sent(act));
    Ok(Answer { acts: told.map(|act| act.note().to_string()).collect(), refused })
}

/// Keeps the document, unless it does not concern us; whether its proposer is known.
fn admit(tx: &mut Tx<'_>, member: &Member, document: &Document, now: Time) -> Result<bool> {
    let (keys, terms) = (member.node_keys()?, document.terms());
    let own = terms
        .party(keys.did())
        .ok_or_else(|| Problem::input("not-a-party", format!("{} is no party of it", keys.did())))?;
    if let Some(kept) = papers::document(tx, document.hash())? {
        return Ok(kept.checked);
    }
    let keyring = keyring(tx, &keys)?;
    // An agreement of before we changed our keys comes back to us when we were restored from an older copy.
    if own.keys != *keys.public() && !keyring.knows(keys.did(), &own.keys.agreements) {
        return Err(Problem::input("strange-key", format!("it names a key that is not {}'s", keys.did())));
    }
    let is_checked = is_from_known(&keyring, document)?;
    if !is_checked {
        check_room(tx, document)?;
    }
    papers::add_document(tx, document, is_checked, now)?;
    peers::remember_own(tx, keys.did(), &keys.public().agreements, now)?;
    if is_checked {
        spread(tx, member, document)?;
    }
    Ok(is_checked)
}

/// Whether who proposes a document is known by the key that signed it.
fn is_from_known(keyring: &Keyring, document: &Document) -> Result<bool> {
    let terms = document.terms();
    let Some(proposer) = terms.party(&terms.proposer) else { return Ok(false) };
    let (did, key) = (&proposer.did, &proposer.keys.agreements);
    let is_taken = keyring.takes(did, key, terms.proposed.time());
    if keyring.is_ended(did, key) && !is_taken {
        let why = format!("{did} has given up the key that signed it; propose it again with the new one");
        return Err(Problem::input("ended-key", why));
    }
    Ok(is_taken)
}

/// Whether there is room for a stranger's document.
fn check_room(tx: &mut Tx<'_>, document: &Document) -> Result<()> {
    if papers::count_unchecked(tx)? >= STRANGERS {
        let full = Problem::busy("strangers-full", "too many proposals of members nobody here knows wait");
        return Err(full.retry_after(A_DAY));
    }
    if document.note().text.len() > LARGEST_OF_STRANGER {
        let why = "a proposal of a member nobody here knows may have 128 kilobytes";
        return Err(Problem::new(Kind::TooLarge, "too-large", why));
    }
    Ok(())
}

/// Adds the acts that are not here yet, or none of them when one is a lie; gives those that cannot be taken.
fn merge(
    tx: &mut Tx<'_>,
    member: &Member,
    document: &Document,
    (acts, is_checked): (&[Act], bool),
    now: Time,
) -> Result<Vec<Refused>> {
    let keys = member.node_keys()?;
    let keyring = keyring(tx, &keys)?;
    let (mut refused, mut is_news) = (Vec::new(), false);
    for (at, act) in acts.iter().enumerate() {
        let checked = document.check_act(act, &keyring);
        if checked == Err(Refusal::Unsigned) && is_by_strange_key(document, act) {
            let why = "it is signed by a key of the party that nobody here has compared".to_owned();
            refused.push(Refused { act: act.hash(), why });
            continue;
        }
        checked.map_err(|why| Problem::input("act-refused", format!("acts[{at}]: {why}")))?;
        if papers::has_act(tx, act.hash())? {
            continue;
        }
        let is_known = is_checked && keyring.signed(act).is_some();
        let room = if is_known { ACTS } else { ACTS_OF_STRANGER };
        // What we signed ourselves comes back to us when we were restored from an older copy.
        let is_own = act.party() == keys.did();
        let why = if !is_own && !act.is_fresh(now, TOLERANCE) {
            Some("its time is too far from now")
        } else if !is_own
            && keyring.signed(act).is_some_and(|key| !keyring.takes(act.party(), &key, act.at()))
        {
            Some("the party has given up the key that signed it")
        } else if papers::count_acts(tx, document.hash(), act.party())? >= room {
            Some("there are too many acts of this party already")
        } else {
            is_news |= papers::add_act(tx, act, now)?;
            None
        };
        refused.extend(why.map(|why| Refused { act: act.hash(), why: why.to_owned() }));
    }
    if is_news && is_checked {
        spread(tx, member, document)?;
    }
    Ok(refused)
}

/// Whether an act claims to be signed by another key of its party than the one that the document names.
fn is_by_strange_key(document: &Document, act: &Act) -> bool {
    let named = document.terms().party(act.party()).map(|party| party.keys.agreements.0.name());
    act.note().signatures.iter().any(|line| Some(line.name.as_str()) == named)
}

/// What one attempt needs to know.
struct Attempt {
    url: String,
    document: Document,
    acts: Vec<Act>,
    wanted: i64,
    failing_since: Option<Time>,
}

/// Tells one party about one document; see [`web::JobHandler`]. Whoever does not answer is asked again for as long as
/// it takes: jobs give up, members do not.
pub(crate) fn deliver<'a>(member: &'a Arc<Member>, payload: &'a str) -> Working<'a> {
    Box::pin(async move {
        let errand: Errand = serde_json::from_str(payload)
            .map_err(|error| Problem::internal("errand", "the job holds none").because(error))?;
        let (did, hash, now) = (errand.did.clone(), errand.document, member.clock.now());
        let attempt = member.db.read("verbund.errand", move |tx| attempt(tx, &did, hash, now)).await?;
        let Some(attempt) = attempt else { return Ok(()) };
        let outcome = tell_all(member, &attempt).await;
        conclude(member, errand, attempt, outcome).await
    })
}

/// What is to be told, unless it was, or another attempt is due later anyway.
fn attempt(tx: &mut Tx<'_>, did: &Did, hash: Hash, now: Time) -> Result<Option<Attempt>> {
    let (delivery, peer) = (papers::delivery(tx, did, hash)?, peers::one(tx, did)?);
    let (Some(delivery), Some(peer), Some(paper)) = (delivery, peer, papers::document(tx, hash)?) else {
        return Ok(None);
    };
    // What is put off for longer than that, a clock that was wrong put off.
    let is_put_off = |retry_at: Time| retry_at > now && retry_at <= now.plus_seconds(PAUSE);
    if delivery.is_done() || delivery.retry_at.is_some_and(is_put_off) {
        return Ok(None);
    }
    let acts = papers::acts_of(tx, hash)?;
    let (wanted, failing_since) = (delivery.wanted, delivery.failing_since);
    Ok(Some(Attempt { url: peer.url, document: paper.document, acts, wanted, failing_since }))
}

/// Sends everything, in as many requests as it takes, and gives what came back.
async fn tell_all(member: &Member, attempt: &Attempt) -> Result<Told> {
    let notes: Vec<_> = attempt.acts.iter().map(|act| act.note().to_string()).collect();
    let document = attempt.document.note().to_string();
    let mut all = Told::default();
    for acts in batches(notes) {
        let Told { acts, refused } =
            post_to(member, &attempt.url, &Sent { document: document.clone(), acts }).await?;
        all.acts = acts;
        all.refused.extend(refused);
    }
    Ok(all)
}

/// What another answers: all acts it has, and those of ours that it did not take.
#[derive(Debug, Default)]
struct Told {
    acts: Vec<Act>,
    refused: Vec<Refused>,
}

/// The notes in parts that are small enough to be sent; one part when there are none.
fn batches(notes: Vec<String>) -> Vec<Vec<String>> {
    let (mut parts, mut size) = (vec![Vec::new()], 0);
    for note in notes {
        size += note.len();
        if size > BATCH {
            parts.push(Vec::new());
            size = note.len();
        }
        parts.last_mut().into_iter().for_each(|part| part.push(note.clone()));
    }
    parts
}

async fn post_to(member: &Member, url: &str, sent: &Sent) -> Result<Told> {
    member.check_url(url)?;
    let body = serde_json::to_vec(sent)
        .map_err(|error| Problem::internal("errand", "it cannot be written").because(error))?;
    let request = Request::post(format!("{url}{PATH}")).header(CONTENT_TYPE, "application/json");
    let request = request.body(Bytes::from(body));
    let request = request.map_err(|error| Problem::input("url-wrong", "not an address").because(error))?;
    let answer = member.send_signed(request, ANSWER).await?;
    if !answer.status().is_success() {
        let why = serde_json::from_slice::<serde_json::Value>(answer.body()).unwrap_or_default();
        let said = |name: &str| why.get(name).and_then(|text| text.as_str()).filter(|text| !text.is_empty());
        let why: Vec<_> = ["detail", "hint"].into_iter().filter_map(said).collect();
        let why: String = why.join("; ").chars().take(300).collect();
        return Err(Problem::peer("not-taken", format!("the answer was {}: {why}", answer.status())));
    }
    let answer: Answer = serde_json::from_slice(answer.body())
        .map_err(|error| Problem::peer("not-taken", "the answer is none").because(error))?;
    Ok(Told { acts: read_acts(&answer.acts)?, refused: answer.refused })
}

/// Keeps how it went, and what came back.
async fn conclude(
    member: &Arc<Member>,
    errand: Errand,
    attempt: Attempt,
    outcome: Result<Told>,
) -> Result<()> {
    let (own, now) = (member.clone(), member.clock.now());
    let Errand { did, document } = errand;
    let Told { acts, refused } = match outcome {
        Ok(told) => told,
        Err(problem) => {
            let since = attempt.failing_since.unwrap_or(now);
            let lasted = now.seconds() - since.seconds();
            let (why, retry_at) = (problem.to_string(), now.plus_seconds((lasted / 4).clamp(2, PAUSE)));
            let write = move |tx: &mut Tx<'_>| {
                papers::not_told(tx, (&did, document), (since, retry_at), &why)?;
                enqueue(tx, &own, &Errand { did: did.clone(), document }, retry_at)
            };
            return member.db.write("verbund.not_told", write).await;
        }
    };
    let wanted = attempt.wanted;
    let (for_told, why) = (did.clone(), not_taken(&refused));
    let told = move |tx: &mut Tx<'_>| papers::told(tx, &for_told, document, wanted, why.as_deref());
    member.db.write("verbund.told", told).await?;
    let write = move |tx: &mut Tx<'_>| merge(tx, &own, &attempt.document, (&acts, true), now).map(drop);
    // It was told; that it answers with what nobody signed is its own fault and not ours to repeat.
    if let Err(problem) = member.db.write("verbund.answered", write).await {
        tracing::warn!(member = member.slug, %did, %problem, "an answer was not taken");
    }
    member.new_job.notify_one();
    Ok(())
}

/// Why the other did not take everything, if it did not.
fn not_taken(refused: &[Refused]) -> Option<String> {
    let first = refused.first()?;
    let why: String = first.why.chars().take(300).collect();
    Some(format!("{} of our texts were not taken: {why}", refused.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_sent_in_parts_that_others_take() {
        assert_eq!(batches(vec![]), [Vec::<String>::new()], "the document alone is sent too");
        let notes: Vec<_> = (0..100).map(|number| format!("{number:0>10000}")).collect();
        let parts = batches(notes.clone());
        assert!(
            parts.len() > 1 && parts.iter().all(|part| part.iter().map(String::len).sum::<usize>() <= BATCH)
        );
        assert_eq!(parts.concat(), notes);
    }
}

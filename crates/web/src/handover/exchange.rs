//! Two members meet: each tells what it has, and one reads what the other wrote. Everything here may end at any moment
//! and be done again; what counts happens in transactions.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use base::{EntryId, Problem, Result};
use bytes::Bytes;
use federation::handover::{
    self as deeds, Carried, Deed, Handover, MESSAGE, Phase, Report, Side, Taken, Waiting, WaitingKind,
    Written, feed_name, open_file, open_message,
};
use federation::peers::{self, Peer};
use federation::{Did, FeedName, Hash, Interest, Limits, Mirror, Remote};
use futures_util::{StreamExt as _, stream};
use httpsig::Message;
use store::FileHash;

use super::effects::{Ear, follow, missing};
use super::http::{LARGEST, hear, read};
use super::{PATH, as_partner, peer_of};
use crate::member::Member;
use crate::module::{Round, Working};
use crate::pages::{KeptPicture, keep_picture};

/// The kind of job that meets another member.
pub const MEET: &str = "handover.meet";
/// Meets everybody there is something to tell or to hear from.
pub const ROUND: Round = Round { name: "handover.round", seconds: 20, work: go_round };

/// Seconds after which another is asked although nothing says that there is something new.
const SELDOM: i64 = 600;
/// Longest edge of a picture that comes from another member, in pixels.
const EDGE: u32 = 2048;
/// What another answers who has no agreement with us about this.
const NO_AGREEMENT: &str = "handover-no-agreement";
/// Members met at once in one round.
const PARALLEL: usize = 4;
/// Rounds of telling and reading in one meeting.
const TURNS: u32 = 12;
/// Seconds by which the clocks of two members may differ.
const SKEW: u32 = 300;
/// What reading one feed may cost: sealed pictures are larger than other contents.
const LIMITS: Limits =
    Limits { entries: 1024, bundle: 4 << 20, payload: 12 << 20, parallel: 2, time: Duration::from_secs(60) };

/// Meets one member; see [`crate::JobHandler`]. Jobs give up, the round does not: so this never fails.
pub fn meet_by_job<'a>(member: &'a Arc<Member>, payload: &'a str) -> Working<'a> {
    Box::pin(async move {
        let did: Did = payload.parse().map_err(|_| Problem::internal("handover", "the job names nobody"))?;
        meet(member, &did).await
    })
}

fn go_round(member: &Arc<Member>) -> Working<'_> {
    Box::pin(async move {
        let now = member.clock.now();
        let due = member.db.read("handover.due", move |tx| {
            let mut due = Vec::new();
            for pair in deeds::pairs(tx)? {
                // Whom we met at a time that is still to come, we met with a clock that was wrong.
                let is_quiet = pair.met.is_some_and(|met| met <= now && met.plus_seconds(SELDOM) > now);
                // A word that something is new can be lost, with whoever was to say it or was told.
                let is_open =
                    deeds::outbox(tx, &pair.did)?.is_some() || deeds::is_unconfirmed(tx, &pair.did)?;
                if (!is_quiet || pair.trouble.is_some() || is_open) && peers::one(tx, &pair.did)?.is_some() {
                    due.push(pair.did);
                }
            }
            Ok(due)
        });
        // Several at once: one who is slow holds up nobody else.
        let meetings = due.await?.into_iter().map(|did| async move { meet(member, &did).await });
        let met = stream::iter(meetings.collect::<Vec<_>>()).buffer_unordered(PARALLEL);
        met.fold(Ok(()), |all: Result<()>, one| async move { all.and(one) }).await
    })
}

/// Who is met just now, and whether somebody wanted it once more meanwhile.
#[derive(Debug, Default)]
struct Meetings(Mutex<BTreeMap<Did, bool>>);

impl Meetings {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Did, bool>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a meeting, unless there is one: that one is then held once more.
    fn begin(self: &Arc<Self>, did: &Did) -> Option<Meeting> {
        let mut held = self.lock();
        if let Some(again) = held.get_mut(did) {
            *again = true;
            return None;
        }
        held.insert(did.clone(), false);
        Some(Meeting { all: Arc::clone(self), did: did.clone(), is_over: false })
    }
}

/// A meeting; it ends when this is dropped.
struct Meeting {
    all: Arc<Meetings>,
    did: Did,
    is_over: bool,
}

impl Meeting {
    /// Ends it, unless somebody wanted it once more since it began.
    fn end(mut self) -> Option<Self> {
        let mut held = self.all.lock();
        if held.get_mut(&self.did).is_some_and(std::mem::take) {
            drop(held);
            return Some(self);
        }
        held.remove(&self.did);
        drop(held);
        self.is_over = true;
        None
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        if !self.is_over {
            self.all.lock().remove(&self.did);
        }
    }
}

/// Tells and reads until neither has anything new. What goes wrong with the other is noted, and no failure of ours. There
/// is one meeting with each at a time; while there is one, this only sees to it that it is held once more.
///
/// # Errors
/// What our own database says.
pub async fn meet(member: &Arc<Member>, did: &Did) -> Result<()> {
    let mut held = member.memory::<Meetings>().begin(did);
    while let Some(meeting) = held {
        meet_once(member, did).await?;
        held = meeting.end();
    }
    Ok(())
}

async fn meet_once(member: &Arc<Member>, did: &Did) -> Result<()> {
    let wanted = did.clone();
    let peer = member.db.read("handover.peer", move |tx| peer_of(tx, &wanted)).await?;
    let (did, now) = (did.clone(), member.clock.now());
    match talk(member, &peer).await {
        Ok(()) => member.db.write("handover.met", move |tx| deeds::met(tx, &did, now)).await,
        Err(problem) => {
            tracing::debug!(member = member.slug, %did, %problem, "a member was not met");
            if problem.code == NO_AGREEMENT {
                call_off_all(member, &peer).await?;
            }
            let why = format!("{}: {problem}", problem.code);
            member.db.write("handover.trouble", move |tx| deeds::trouble(tx, &did, &why)).await
        }
    }
}

/// Nothing is written before both have told each other what they have: whoever was put back to an older state without
/// knowing it learns that first, and never writes over what others have read.
async fn talk(member: &Arc<Member>, peer: &Peer) -> Result<()> {
    for _ in 0..TURNS {
        let (report, is_new) = tell(member, peer).await?;
        let mut is_news = is_new;
        for written in unread(member, peer, &report).await? {
            is_news |= pull(member, peer, &written).await?;
        }
        for written in &report.written {
            take_all(member, peer, written.epoch).await?;
        }
        is_news |= publish_all(member, peer).await?;
        if !is_news {
            break;
        }
    }
    Ok(())
}

/// Tells the other what we have and hears what it has; whether a new life of ours began.
async fn tell(member: &Arc<Member>, peer: &Peer) -> Result<(Report, bool)> {
    let (own, did) = (member.clone(), peer.identity.did.clone());
    let report = member.db.write("handover.report", move |tx| {
        let secrets = own.secrets()?;
        let pair = own.voice(&secrets).ready(tx, &did)?;
        deeds::report(tx, &own.ledger, secrets.did(), &pair)
    });
    let body = serde_json::to_vec(&report.await?)
        .map_err(|error| Problem::internal("handover", "a report cannot be written").because(error))?;
    let request = Request::post(format!("{}{PATH}", peer.url)).header(CONTENT_TYPE, "application/json");
    let request = request.body(Bytes::from(body));
    let mut request =
        request.map_err(|error| Problem::input("url-wrong", "not an address").because(error))?;
    member.check_url(&peer.url)?;
    member.sign(&mut request)?;
    let asked = request.headers().clone();
    let answer = member.send(request, LARGEST).await?;
    if !answer.status().is_success() {
        return Err(refused(&answer));
    }
    let (key, keyid) = (peer.identity.keys.requests.0, peer.identity.request_key_id());
    let known = |asked: &str| (asked == keyid).then_some(key);
    let signed = httpsig::verify(&Message::response(&answer, &asked), member.clock.now(), SKEW, known);
    signed.map_err(|why| Problem::peer("signature", format!("the answer: {why}")))?;
    let report = read(answer.body()).map_err(|problem| Problem::peer("not-taken", problem.detail))?;
    let (own, peer, heard) = (member.clone(), peer.clone(), report.clone());
    let is_new = member.db.write("handover.hear", move |tx| {
        let secrets = own.secrets()?;
        hear(tx, &own.voice(&secrets), &peer, &heard)
    });
    Ok((report, is_new.await?))
}

fn refused(answer: &axum::http::Response<Bytes>) -> Problem {
    let body = serde_json::from_slice::<serde_json::Value>(answer.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(|text| text.as_str()).unwrap_or_default();
    let why = match text("hint") {
        "" => text("detail").to_owned(),
        hint => format!("{}; {hint}", text("detail")),
    };
    let why: String = why.chars().take(300).collect();
    let code = if text("code") == NO_AGREEMENT { NO_AGREEMENT } else { "not-taken" };
    Problem::peer(code, format!("the answer was {}: {why}", answer.status()))
}

/// Another member says that no agreement lets anything come from here: what it has not taken in stays here.
async fn call_off_all(member: &Arc<Member>, peer: &Peer) -> Result<()> {
    let (own, peer) = (member.clone(), peer.clone());
    let write = member.db.write("handover.call_off", move |tx| {
        let secrets = own.secrets()?;
        let voice = own.voice(&secrets);
        for handover in deeds::of_partner(tx, &peer.identity.did, 1000)? {
            let acts = deeds::acts(tx, handover.id)?;
            let is_new = acts.iter().all(|kept| kept.own && kept.receipt.is_none());
            if is_new && (handover.side, handover.phase) == (Side::Sender, Phase::Offered) {
                withdraw(tx, &own, &voice, &peer, &handover)?;
            }
        }
        Ok(())
    });
    write.await
}

fn withdraw(
    tx: &mut store::Tx<'_>,
    member: &Member,
    voice: &deeds::Voice<'_>,
    peer: &Peer,
    handover: &Handover,
) -> Result<()> {
    let reason = serde_json::json!({ "reason": NO_AGREEMENT });
    let heard = voice.say(tx, handover, Deed::Withdraw, Some(&reason))?;
    follow(tx, Ear { member, voice, peer, pictures: &[], may_offer: false }, &heard).map(drop)
}

fn name_of(member: &Member, peer: &Peer, epoch: u32) -> Result<FeedName> {
    Ok(FeedName { peer: peer.identity.did.host(), feed: feed_name(member.node_keys()?.did(), epoch) })
}

async fn unread(member: &Arc<Member>, peer: &Peer, report: &Report) -> Result<Vec<Written>> {
    let mut sizes = Vec::new();
    for written in &report.written {
        let name = name_of(member, peer, written.epoch)?;
        let state = member.db.read("handover.mirrored", move |tx| federation::state(tx, &name)).await?;
        sizes.push((written.epoch, state.map_or(0, |state| state.size)));
    }
    let size_of = |epoch: u32| sizes.iter().find(|(own, _)| *own == epoch).map_or(0, |(_, size)| *size);
    Ok(deeds::unread(&report.written, size_of).into_iter().cloned().collect())
}

/// Reads a feed into the mirror; `false` when nothing came. A feed of an earlier life that cannot be read on must not
/// keep us from the present one.
async fn pull(member: &Arc<Member>, peer: &Peer, written: &Written) -> Result<bool> {
    let (name, keys) = (name_of(member, peer, written.epoch)?, member.ledger.keys());
    let mirror = Mirror::new(member.db.clone(), member.clock.clone(), keys.witness()).limited(LIMITS);
    let base = format!("{}/log/{}", peer.url, name.feed);
    let remote = Remote::new(base, member.fetch.clone()).signed(member.signs());
    let interest = Interest {
        wants: Arc::new(|header: &ledger::Header| header.kind.starts_with("handover.")),
        ..Interest::in_nothing()
    };
    match mirror.pull(&name, &written.key.0, &remote, &interest).await {
        Ok(progress) => Ok(progress.size > progress.from),
        Err(problem) if matches!(problem.code, "feed-lie" | "feed-paused") => {
            tracing::warn!(member = member.slug, feed = name.feed, %problem, "a feed is passed over");
            Ok(false)
        }
        Err(problem) => Err(problem),
    }
}

/// Takes in what was mirrored, entry by entry, each in one transaction with everything that follows from it.
async fn take_all(member: &Arc<Member>, peer: &Peer, epoch: u32) -> Result<()> {
    while let Some((taken, files)) = take_next(member, peer, epoch).await? {
        if let Taken::Lie(lie) = taken {
            tracing::warn!(member = member.slug, did = %peer.identity.did, %lie, "a message was not taken in");
        }
        for file in files {
            member.files.delete(file).await?;
        }
    }
    Ok(())
}

async fn take_next(member: &Arc<Member>, peer: &Peer, epoch: u32) -> Result<Option<(Taken, Vec<FileHash>)>> {
    let (name, did) = (name_of(member, peer, epoch)?, peer.identity.did.clone());
    let entry = member.db.read("handover.next", move |tx| {
        let feed = deeds::feeds(tx, &did)?.into_iter().find(|feed| feed.epoch == epoch);
        let Some(feed) = feed else { return Ok(None) };
        Ok(federation::entries(tx, &name, feed.applied, 1)?.pop())
    });
    let Some(entry) = entry.await? else { return Ok(None) };
    let pictures = pictures(member, peer, epoch, &entry).await?;
    let (own, peer) = (member.clone(), peer.clone());
    let taken = member.db.write("handover.take", move |tx| {
        let secrets = own.secrets()?;
        let (voice, consent) = (own.voice(&secrets), own.consent(tx, &peer.identity.did)?);
        let taken = voice.take(tx, &as_partner(&peer, &consent), epoch, &entry)?;
        if let Taken::Lie(lie) = &taken {
            deeds::lied(tx, &peer.identity.did, &lie.to_string(), own.clock.now())?;
        }
        let Taken::Heard(heard) = &taken else { return Ok((taken, Vec::new())) };
        let ear = Ear {
            member: &own,
            voice: &voice,
            peer: &peer,
            pictures: &pictures,
            may_offer: consent.from.is_ok(),
        };
        let files = follow(tx, ear, heard)?;
        Ok((taken, files))
    });
    let taken = taken.await?;
    member.new_job.notify_one();
    Ok(Some(taken))
}

/// The pictures that come with an offer, made anew from their pixels as those of an upload. What is none stays away; the
/// case comes all the same.
async fn pictures(
    member: &Arc<Member>,
    peer: &Peer,
    epoch: u32,
    entry: &federation::Entry,
) -> Result<Vec<KeptPicture>> {
    let Some(carried) = offered(member, peer, epoch, entry)? else { return Ok(Vec::new()) };
    let mut kept = Vec::new();
    for (hash, id) in carried.files {
        let Some(opened) = file(member, peer, epoch, (hash, id)).await? else { continue };
        let picture = match opened {
            Ok(file) => keep_picture(member, file.into(), EDGE, "media").await,
            Err(problem) => Err(problem),
        };
        match picture {
            Ok(picture) => kept.push(picture),
            Err(problem) => tracing::warn!(member = member.slug, %problem, "a picture was not taken in"),
        }
    }
    Ok(kept)
}

/// A file that another member sealed into an entry of a feed for us; what cannot be opened is its problem.
async fn file(
    member: &Arc<Member>,
    peer: &Peer,
    epoch: u32,
    (hash, entry): (Hash, EntryId),
) -> Result<Option<Result<Vec<u8>>>> {
    let (secrets, did) = (member.secrets()?, peer.identity.did.clone());
    let own = secrets.did().clone();
    let sealed = member.db.read("handover.file", move |tx| deeds::file_of(tx, &own, &did, epoch, entry));
    let sealed = sealed.await?;
    Ok(sealed.map(|sealed| open_file(&secrets, &plain(peer), epoch, (&sealed, hash))))
}

/// The partner where nothing depends on what agreements let.
fn plain(peer: &Peer) -> deeds::Partner<'_> {
    let sealing = &peer.identity.keys.sealing;
    deeds::Partner { did: &peer.identity.did, sealing, gets: true, gives: true, offers: true }
}

fn offered(member: &Member, peer: &Peer, epoch: u32, entry: &federation::Entry) -> Result<Option<Carried>> {
    let header: Option<ledger::Header> = serde_json::from_slice(&entry.header).ok();
    let is_message = header.is_some_and(|header| header.kind == MESSAGE);
    let Some(sealed) = entry.content.as_deref().filter(|_| is_message) else { return Ok(None) };
    // What cannot be opened is named when it is taken in.
    let message = open_message(&member.secrets()?, &plain(peer), epoch, sealed).ok();
    Ok(message.and_then(|message| message.offer().cloned()))
}

/// Writes everything that waits into the feed for the other; whether there was anything.
async fn publish_all(member: &Arc<Member>, peer: &Peer) -> Result<bool> {
    let mut is_some = false;
    loop {
        let did = peer.identity.did.clone();
        let waiting = member.db.read("handover.outbox", move |tx| deeds::outbox(tx, &did)).await?;
        let Some(waiting) = waiting else {
            if is_some {
                // Where entries get their places later, they shall have them now.
                member.db.sequence().await?;
            }
            return Ok(is_some);
        };
        is_some = true;
        let files = files(member, peer, &waiting).await?;
        let (own, peer) = (member.clone(), peer.clone());
        let written = member.db.write("handover.publish", move |tx| {
            let secrets = own.secrets()?;
            let (voice, consent) = (own.voice(&secrets), own.consent(tx, &peer.identity.did)?);
            if consent.to.is_err() {
                call_off(tx, &own, &voice, &peer, &waiting)?;
            }
            voice.publish(tx, &as_partner(&peer, &consent), &waiting, &files).map(drop)
        });
        written.await?;
    }
}

/// An offer that no agreement lets go any more, and that nobody has seen yet: the case stays here.
fn call_off(
    tx: &mut store::Tx<'_>,
    member: &Member,
    voice: &deeds::Voice<'_>,
    peer: &Peer,
    waiting: &Waiting,
) -> Result<()> {
    let WaitingKind::Act(id, hash) = waiting.kind else { return Ok(()) };
    let Some(handover) = deeds::by_id(tx, id)? else { return Ok(()) };
    let kept = deeds::acts(tx, id)?.into_iter().find(|kept| kept.said.hash() == hash).ok_or_else(missing)?;
    if kept.said.act().deed != Deed::Offer || handover.phase != Phase::Offered {
        return Ok(());
    }
    withdraw(tx, member, voice, peer, &handover)
}

/// The files that go along with what waits: ours from the store, the other's as they came.
async fn files(member: &Arc<Member>, peer: &Peer, waiting: &Waiting) -> Result<Vec<(Hash, Vec<u8>)>> {
    let (WaitingKind::Act(id, hash) | WaitingKind::Back(id, hash)) = waiting.kind else {
        return Ok(Vec::new());
    };
    let acts = member.db.read("handover.acts", move |tx| deeds::acts(tx, id)).await?;
    let Some(kept) = acts.into_iter().find(|kept| kept.said.hash() == hash) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    if kept.own {
        for hash in &kept.said.act().files {
            // What was erased meanwhile is not there, and does not go.
            let Ok(file) = member.files.bytes(FileHash(*hash.as_bytes())).await else { continue };
            files.push((*hash, file.to_vec()));
        }
        return Ok(files);
    }
    let Some((epoch, _)) = kept.origin else { return Ok(files) };
    for (hash, entry) in kept.files {
        if let Some(Ok(file)) = file(member, peer, epoch, (hash, entry)).await? {
            files.push((hash, file));
        }
    }
    Ok(files)
}

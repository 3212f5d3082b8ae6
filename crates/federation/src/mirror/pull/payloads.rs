use std::collections::HashSet;

use base::{Problem, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{Response, StatusCode};
use ledger::Header;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::remote::Remote;
use super::taken::{Taken, TakenEntry};
use super::{Interest, Limits};

/// What became of an entry's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Content {
    /// It has none, or it is not wanted.
    #[default]
    None,
    /// This, and the entry commits to it.
    Is(Vec<u8>),
    /// It was erased, by this entry where that is known.
    Erased(Option<u64>),
}

/// A content as `GET /log/{feed}/payload/{seq}` gives it.
#[derive(Deserialize)]
struct Disclosed {
    content: String,
    commitment_key: String,
}

/// What the same says when it was erased.
#[derive(Deserialize)]
struct Gone {
    erased_by: Option<u64>,
}

/// Fetches what is wanted, in the order of the entries, until all is there, something fails or the time is up. Gives
/// the contents of the first entries, and why it ended when it ended early.
pub(crate) async fn fetch(
    remote: &Remote,
    taken: &Taken,
    interest: &Interest,
    limits: &Limits,
    deadline: Instant,
) -> (Vec<Content>, Option<Problem>) {
    let gone: HashSet<_> = headers(taken).flat_map(|header| &header.erases).collect();
    let asked = taken.entries().map(|(seq, entry)| {
        let is_gone = entry.header.as_ref().is_some_and(|header| gone.contains(&header.id));
        (seq, wanted(entry, interest).map(str::to_owned), is_gone)
    });
    let asked = stream::iter(asked.collect::<Vec<_>>()).map(|(seq, commitment, is_gone)| async move {
        match commitment {
            None => Ok(Content::None),
            Some(_) if is_gone => Ok(Content::Erased(None)),
            Some(commitment) => fetch_one(remote, seq, &commitment, limits.payload).await,
        }
    });
    let mut answers = std::pin::pin!(asked.buffered(limits.parallel.max(1)));
    let mut contents = Vec::new();
    loop {
        match timeout_at(deadline, answers.next()).await {
            Ok(None) => return (contents, None),
            Ok(Some(Ok(content))) => contents.push(content),
            Ok(Some(Err(problem))) => return (contents, Some(problem)),
            Err(_) => return (contents, Some(slow())),
        }
    }
}

/// The peer took more time than one round has.
pub(crate) fn slow() -> Problem {
    Problem::peer("feed-slow", "the peer took more time than one round has")
}

fn headers(taken: &Taken) -> impl Iterator<Item = &Header> {
    taken.entries().filter_map(|(_, entry)| entry.header.as_ref())
}

fn wanted<'e>(entry: &'e TakenEntry, interest: &Interest) -> Option<&'e str> {
    let header = entry.header.as_ref()?;
    let commitment = header.commitment.as_deref()?;
    (interest.wants)(header).then_some(commitment)
}

async fn fetch_one(remote: &Remote, seq: u64, commitment: &str, limit: usize) -> Result<Content> {
    let answer = remote.payload(seq, limit).await?;
    match answer.status() {
        StatusCode::OK => open(&answer, commitment).map(Content::Is).ok_or_else(|| {
            Problem::peer("feed-payload", format!("the content of entry {seq} is not the one it commits to"))
        }),
        StatusCode::GONE => {
            let gone = serde_json::from_slice::<Gone>(answer.body()).ok();
            Ok(Content::Erased(gone.and_then(|gone| gone.erased_by)))
        }
        status => {
            let detail = format!("the answer to the content of entry {seq} was {status}");
            Err(Problem::peer("feed-answer", detail))
        }
    }
}

/// The content, when the entry commits to it.
fn open(answer: &Response<Bytes>, commitment: &str) -> Option<Vec<u8>> {
    let disclosed: Disclosed = serde_json::from_slice(answer.body()).ok()?;
    let content = STANDARD.decode(disclosed.content).ok()?;
    let key = STANDARD.decode(disclosed.commitment_key).ok()?;
    ledger::commits(commitment, key.as_slice().try_into().ok()?, &content).then_some(content)
}

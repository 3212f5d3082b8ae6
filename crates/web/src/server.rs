//! Takes connections, serves them, and stops without dropping anything that was begun. Also the worker that does the
//! members' durable work.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use base::{Problem, Result};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use store::jobs;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::feeds;
use crate::mail;
use crate::member::{Member, Members};
use crate::module::Round;

/// Connections served at once; more wait until one ends.
const CONNECTIONS: usize = 16_384;

/// A connection that sends no complete request head for so long is closed.
const HEAD_LIMIT: Duration = Duration::from_secs(15);

/// How long requests that were begun may take after the process was told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// Jobs of one member done at once, so that a mail does not wait for another member that takes ages to answer.
const WORKERS: usize = 4;

/// How long one worker keeps a job from others.
const JOB_SECONDS: i64 = 120;

/// Serves until `stop` is ready; then takes nothing new and ends what was begun.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { break };
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => spawn(stream, peer, router.clone(), &graceful, place),
                Err(error) => {
                    // Out of file descriptors, most likely: wait until some are free instead of spinning.
                    tracing::warn!(%error, "a connection was not taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP_LIMIT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
}

fn spawn(
    stream: TcpStream,
    peer: std::net::SocketAddr,
    router: Router,
    graceful: &GracefulShutdown,
    place: OwnedSemaphorePermit,
) {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(Request::new(request).map_body())
    });
    // Small answers should not wait for more to send; where this fails they do, and nothing else happens.
    drop(stream.set_nodelay(true));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
        drop(place);
    });
}

/// Gives hyper's request the router's body type.
trait MapBody {
    fn map_body(self) -> Request;
}

impl MapBody for hyper::Request<hyper::Request<hyper::body::Incoming>> {
    fn map_body(self) -> Request {
        self.into_body().map(axum::body::Body::new)
    }
}

/// Does the durable work of every member until the process stops.
pub fn start_workers(members: &Members) {
    for member in members.all() {
        for _ in 0..WORKERS {
            tokio::spawn(work(Arc::clone(member)));
        }
        tokio::spawn(sweep(Arc::clone(member)));
        let own = [&feeds::PULL, &feeds::COMPARE];
        for round in member.modules.iter().flat_map(|module| module.rounds).chain(own) {
            tokio::spawn(go_round(Arc::clone(member), round));
        }
    }
}

/// Removes what has expired, at the start and then once in an hour.
async fn sweep(member: Arc<Member>) {
    let mut hours = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hours.tick().await;
        let now = member.clock.now();
        let sweep = move |tx: &mut store::Tx<'_>| {
            identity::sweep(tx, now)?;
            jobs::bring_forward(tx, now)?;
            federation::requests::sweep(tx, now)
        };
        if let Err(problem) = member.db.write("sweep", sweep).await {
            tracing::warn!(member = member.slug, %problem, "nothing was swept");
        }
        member.scrub().await;
    }
}

async fn go_round(member: Arc<Member>, round: &'static Round) {
    let mut times = tokio::time::interval(Duration::from_secs(round.seconds));
    times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        if let Err(problem) = (round.work)(&member).await {
            tracing::warn!(member = member.slug, round = round.name, %problem, "a round was not finished");
        }
    }
}

async fn work(member: Arc<Member>) {
    loop {
        match work_once(&member).await {
            Ok(true) => {}
            Ok(false) => {
                let news = member.new_job.notified();
                drop(tokio::time::timeout(Duration::from_secs(2), news).await);
            }
            Err(problem) => {
                tracing::warn!(member = member.slug, %problem, "no work is done");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    }
}

/// Does one job that is due; `false` when there is none.
///
/// # Errors
/// What the database says. That the work itself failed is no error: it is tried again later.
pub async fn work_once(member: &Arc<Member>) -> Result<bool> {
    let now = member.clock.now();
    let job = member.db.write("job.claim", move |tx| Ok(jobs::claim(tx, now, JOB_SECONDS)?)).await?;
    let Some(job) = job else { return Ok(false) };
    let outcome = perform(member, &job).await;
    let now = member.clock.now();
    if let Err(problem) = &outcome {
        tracing::warn!(member = member.slug, kind = job.kind, attempt = job.attempt, %problem, "job failed");
    }
    let failed = outcome.err().map(|problem| problem.to_string());
    member
        .db
        .write("job.end", move |tx| match &failed {
            None => Ok(jobs::done(tx, job.id)?),
            Some(why) => Ok(jobs::failed(tx, &job, now, why)?),
        })
        .await?;
    Ok(true)
}

async fn perform(member: &Arc<Member>, job: &jobs::Job) -> Result<()> {
    if job.kind == mail::JOB {
        return member.mailer.deliver(&member.settings.email, &job.payload).await;
    }
    let handlers = member.modules.iter().flat_map(|module| module.jobs);
    match handlers.into_iter().find(|(kind, _)| *kind == job.kind) {
        Some((_, handler)) => handler(member, &job.payload).await,
        None => Err(Problem::internal("job", format!("nobody does jobs of kind '{}'", job.kind))),
    }
}

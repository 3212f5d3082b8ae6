use std::path::Path;

use base::{Problem, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::Members;
use web::server::{serve, start_workers};

use crate::MODULES;
use crate::config::Config;
use crate::members::load_all;

pub(super) async fn run(data: &Path, config: &Config) -> Result<()> {
    let members = load_all(data, config).await?;
    if members.all().next().is_none() {
        let detail = format!("there is no member in {}", data.display());
        return Err(
            Problem::input("no-members", detail).hint("raum member add makes one, raum demo a whole region")
        );
    }
    serve_members(members, config).await
}

/// Serves until SIGTERM or SIGINT; what was begun is ended first.
pub(super) async fn serve_members(members: Members, config: &Config) -> Result<()> {
    // Ten thousand idle connections should be no reason to fall over; where the limit is fixed, fewer are taken.
    if let Err(error) = rlimit::increase_nofile_limit(65_536) {
        tracing::warn!(%error, "the number of open files stays as it is");
    }
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        let detail = format!("{} cannot be used: {error}", config.listen);
        Problem::input("listen", detail).hint("another program has the port; choose another with RAUM_LISTEN")
    })?;
    let no_signal = |error| Problem::internal("signal", "signals cannot be heard").because(error);
    let mut term = signal(SignalKind::terminate()).map_err(no_signal)?;
    let mut int = signal(SignalKind::interrupt()).map_err(no_signal)?;
    start_workers(&members);
    for member in members.all() {
        tracing::info!(member = member.slug, url = member.settings.url, "member is served");
    }
    let router = web::app::router(members, MODULES, config.options());
    let stop = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("stopping");
    };
    serve(listener, router, stop).await;
    Ok(())
}

//! The commands of `raum`.

mod agreement;
mod backup;
mod demo;
mod doctor;
mod export;
mod feed;
mod import;
mod init;
mod member;
mod peer;
mod ready;
mod serve;
mod town;
mod user;

use std::path::PathBuf;

use base::{Problem, Result};
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Citizens' portal, staff desk and standard interfaces for the members of a region.
#[derive(Debug, Parser)]
#[command(name = "raum", version)]
pub struct Cli {
    /// The folder with everything this process keeps
    #[arg(long, env = "RAUM_DATA", default_value = "data", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a data folder with a settings file to begin from
    Init,
    /// Serve all members of the data folder until told to stop
    Serve,
    /// Members of this process
    #[command(subcommand)]
    Member(member::Command),
    /// People who work for a member
    #[command(subcommand)]
    User(user::Command),
    /// Other members: who they are, and with which keys they are known
    #[command(subcommand)]
    Peer(peer::Command),
    /// What the member agreed with others
    #[command(subcommand)]
    Agreement(agreement::Command),
    /// Bring data in
    #[command(subcommand)]
    Import(import::Command),
    /// What other members publish, as it is mirrored here
    #[command(subcommand)]
    Feed(feed::Command),
    /// Write a whole, verified copy of a member
    Backup(backup::Backup),
    /// Make a member from a backup
    Restore(backup::Restore),
    /// Write all that is a member's in open formats
    Export(export::Export),
    /// Check a member's database, ledger and files
    Verify(backup::Verify),
    /// Move a member to another database engine
    Move(backup::Move),
    /// Make a region with believable data, and serve it
    Demo(demo::Demo),
    /// Check settings, folders and databases and say what is wrong
    Doctor,
    /// Ask the process that serves whether it is ready, for containers and scripts
    Ready,
}

/// Which member a command is for.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The member's short name
    #[arg(long)]
    pub(crate) member: String,
}

impl Cli {
    /// Does what was asked for.
    ///
    /// # Errors
    /// Whatever stopped it, in a sentence for people.
    pub fn run(self) -> Result<()> {
        let mut config = Config::load(&self.data)?;
        if matches!(self.command, Command::Demo(_)) && std::env::var_os("RAUM_LOG").is_none() {
            // The demonstration's addresses and logins should not drown in lines about requests.
            config.log = "error".into();
        }
        start_log(&config)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Problem::internal("runtime", "no threads to run on").because(error))?;
        runtime.block_on(self.command.run(self.data, config))
    }
}

impl Command {
    async fn run(self, data: PathBuf, config: Config) -> Result<()> {
        match self {
            Self::Init => init::run(&data),
            Self::Serve => serve::run(&data, &config).await,
            Self::Member(command) => command.run(&data, &config).await,
            Self::User(command) => command.run(&data, &config).await,
            Self::Peer(command) => command.run(&data, &config).await,
            Self::Agreement(command) => command.run(&data, &config).await,
            Self::Import(command) => command.run(&data, &config).await,
            Self::Feed(command) => command.run(&data, &config).await,
            Self::Backup(command) => command.run(&data, &config).await,
            Self::Restore(command) => command.run(&data, &config).await,
            Self::Export(command) => command.run(&data, &config).await,
            Self::Verify(command) => command.run(&data, &config).await,
            Self::Move(command) => command.run(&data, &config).await,
            Self::Demo(command) => command.run(config).await,
            Self::Doctor => doctor::run(&data, &config).await,
            Self::Ready => ready::run(&config).await,
        }
    }
}

/// Structured lines on standard error: one JSON object each. No field ever holds personal data.
fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| Problem::input("config", format!("log: '{}' is no filter: {error}", config.log)))?;
    // A second start in one process, as in tests, keeps the first.
    drop(tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init());
    Ok(())
}

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base::{Problem, Result};
use serde::{Deserialize, Serialize};
use web::app::Options;
use web::mail::Mailer;

/// How a process runs. Read from `raum.toml` in the data folder; `RAUM_LISTEN` and `RAUM_LOG` override it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where connections are taken.
    pub listen: SocketAddr,
    /// Whether a proxy of ours stands before it and writes `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whether anybody may read `/metrics`, not this machine alone.
    pub open_metrics: bool,
    /// The server mail leaves through, such as `smtps://user:password@mail.example`; without one mail is put into the
    /// folder `mail` beside the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<String>,
    /// Connections to PostgreSQL for each member that uses it.
    pub connections: usize,
    /// What is logged: `error`, `warn`, `info`, `debug`, or a filter of `tracing`.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8115)),
            behind_proxy: false,
            open_metrics: false,
            smtp: None,
            connections: 8,
            log: "info".into(),
        }
    }
}

impl Config {
    /// Reads the settings of the process, with the environment on top.
    ///
    /// # Errors
    /// `config` with file, line and what is wrong there.
    pub fn load(data: &Path) -> Result<Self> {
        let path = data.join("raum.toml");
        let mut config: Self = if path.exists() { read_toml(&path)? } else { Self::default() };
        if let Ok(listen) = std::env::var("RAUM_LISTEN") {
            config.listen = listen.parse().map_err(|_| {
                let detail = format!("RAUM_LISTEN: '{listen}' is no address and port such as 127.0.0.1:8115");
                Problem::input("config", detail)
            })?;
        }
        if let Ok(log) = std::env::var("RAUM_LOG") {
            config.log = log;
        }
        Ok(config)
    }

    /// How mail leaves.
    #[must_use]
    pub fn mailer(&self, data: &Path) -> Mailer {
        self.smtp.clone().map_or_else(|| Mailer::Folder(data.join("mail")), Mailer::Smtp)
    }

    /// How the process meets the network.
    #[must_use]
    pub fn options(&self) -> Options {
        Options { behind_proxy: self.behind_proxy, open_metrics: self.open_metrics }
    }
}

/// Reads a settings file.
///
/// # Errors
/// `config` with file, line and what is wrong there.
pub(crate) fn read_toml<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable(path, &error))?;
    // The message of the reader names line and column and shows the line.
    toml::from_str(&text).map_err(|error| Problem::input("config", format!("{}: {error}", path.display())))
}

/// Writes a settings file.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write_toml<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = toml::to_string_pretty(value)
        .map_err(|error| Problem::internal("config", "the settings cannot be written").because(error))?;
    std::fs::write(path, text).map_err(|error| unusable(path, &error))
}

pub(crate) fn unusable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::input("folder", format!("{}: {error}", path.display()))
        .hint("check that the folder exists and that this user may write there")
}

/// The folder of a member.
pub(crate) fn member_folder(data: &Path, slug: &str) -> PathBuf {
    data.join("members").join(slug)
}

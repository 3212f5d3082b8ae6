use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use base::{Problem, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::Of;
use crate::config::Config;
use crate::leaving;

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    of: Of,
    /// The folder to write, or one file whose name ends in .zip; must not exist
    target: PathBuf,
}

impl Export {
    /// The passphrase the keys are sealed under comes from standard input.
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let passphrase = passphrase()?;
        let summary = leaving::export(data, config, &self.of.member, &self.target, &passphrase).await?;
        println!("ok     export: {summary}");
        println!("from now on only one installation may write for this member; its README.txt says more");
        Ok(())
    }
}

/// The first line of standard input.
pub(super) fn passphrase() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let read = std::io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Problem::input("passphrase", format!("it cannot be read: {error}")))?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

use std::path::{Path, PathBuf};

use base::Result;
use clap::Args;

use super::Of;
use crate::config::Config;
use crate::leaving;

/// What whoever has the keys can do, and how they travel.
const WARNING: &str = "\
WARNING: the folder secret/ in it holds the member's keys in the clear. Whoever has them can speak as the member. Let the
         export travel encrypted, by a program made for that: tar c EXPORT | age -p, or gpg -c. raum export
         --without-keys leaves them out.";

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    of: Of,
    /// The folder to write, or one file whose name ends in .zip; must not exist
    target: PathBuf,
    /// Leave the secret keys out: an archive for others to read, which no installation takes in
    #[arg(long)]
    without_keys: bool,
}

impl Export {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let with_keys = !self.without_keys;
        let summary = leaving::export(data, config, &self.of.member, &self.target, with_keys).await?;
        println!("ok     export: {summary}");
        if with_keys {
            println!("{WARNING}");
            println!(
                "From now on only one installation may write for this member; README.txt in it says more."
            );
        }
        Ok(())
    }
}

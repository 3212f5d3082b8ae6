use std::path::{Path, PathBuf};

use base::{Ars, Result};
use clap::Subcommand;
use web::Settings;

use crate::config::Config;
use crate::leaving::{self, Arriving};
use crate::members::{create_member, slugs};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a member with its own folder, keys and database
    Add {
        /// The short name, such as koeln
        slug: String,
        /// The name people know, such as "Stadt Köln"
        #[arg(long)]
        name: String,
        /// The official key of its whole area (ARS)
        #[arg(long)]
        ars: Ars,
        /// The host name it answers at
        #[arg(long)]
        host: String,
        /// The address people use, with scheme
        #[arg(long)]
        url: String,
        /// Where people can write to
        #[arg(long)]
        email: String,
        /// A PostgreSQL URL, when the data is not to be in a SQLite file
        #[arg(long)]
        database: Option<String>,
    },
    /// Take in a member that left another installation, with its keys and all it has
    Import {
        /// The short name it is to have here
        slug: String,
        /// The folder or .zip file that raum export wrote
        source: PathBuf,
        /// A PostgreSQL URL, when the data is not to be in a SQLite file
        #[arg(long)]
        database: Option<String>,
    },
    /// List the members
    List,
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        match self {
            Self::Add { slug, name, ars, host, url, email, database } => {
                let settings = Settings { database, ..Settings::new(&name, ars, (&host, &url), &email) };
                create_member(data, config, &slug, &settings).await?;
                println!("'{slug}' is ready; next: raum import boundaries, raum user add");
            }
            Self::Import { slug, source, database } => {
                let arriving = Arriving { slug: &slug, source: &source, database };
                let summary = leaving::import(data, config, &arriving).await?;
                println!("ok     '{slug}' is here: {summary}");
            }
            Self::List => slugs(data)?.iter().for_each(|slug| println!("{slug}")),
        }
        Ok(())
    }
}

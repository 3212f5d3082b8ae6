use std::path::{Path, PathBuf};

use base::{Problem, Result};
use clap::Subcommand;
use place::Area;

use super::Of;
use crate::config::{Config, unusable};
use crate::members::open_member;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Areas from a GeoJSON file (RFC 7946) with the properties ars and name
    Boundaries {
        #[command(flatten)]
        of: Of,
        /// The file
        file: PathBuf,
    },
}

impl Command {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let Self::Boundaries { of, file } = self;
        let text = std::fs::read_to_string(&file).map_err(|error| unusable(&file, &error))?;
        // Everything is checked before anything is kept.
        let areas = Area::from_geojson(&text)
            .map_err(|error| Problem::input("boundaries", format!("{}: {error}", file.display())))?;
        let member = open_member(data, config, &of.member).await?;
        let count = member.import_areas(areas).await?;
        let own = member.atlas().within(&member.settings.ars).count();
        println!("{count} areas are known now, {own} of them are {}", member.settings.name);
        Ok(())
    }
}

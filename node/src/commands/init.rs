use std::path::Path;

use base::{Problem, Result};

use crate::config::{Config, unusable, write_toml};

/// Makes the data folder and its settings file; an existing file stays as it is.
pub(super) fn run(data: &Path) -> Result<()> {
    std::fs::create_dir_all(data).map_err(|error| unusable(data, &error))?;
    let path = data.join("raum.toml");
    if path.exists() {
        return Err(Problem::conflict("exists", format!("{} is there already", path.display())));
    }
    write_toml(&path, &Config::default())?;
    println!("{} is ready; next: raum member add", path.display());
    Ok(())
}

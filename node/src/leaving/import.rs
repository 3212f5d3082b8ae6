use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base::{Clock, Entropy, Problem, Result};
use federation::NodeKeys;
use futures_util::stream;
use ledger::{Keys, Ledger};
use store::{Db, Files, Migration, Options, Place, Table};
use web::Settings;

use super::manifest::{Listed, Role, Summary};
use super::rows::{self, Rows};
use super::schema::{self, Schema};
use super::source::Source;
use super::wrong;
use crate::config::{Config, member_folder, read_toml, unusable};
use crate::members::{check_slug, database_of, files_of, save_settings_in, slugs, write_key};
use crate::migrations;

/// Bytes of a file that are handed on at once.
const PART: usize = 256 << 10;

/// A member that comes.
#[derive(Debug)]
pub struct Arriving<'a> {
    /// The short name it is to have here.
    pub slug: &'a str,
    /// The folder or zip file of its export.
    pub source: &'a Path,
    /// A PostgreSQL URL, when its data is not to be in a SQLite file.
    pub database: Option<String>,
}

/// Takes a member in: checks every byte of its export, fills a database and a folder beside the others, checks the
/// ledger in it, and gives them their names in the end. Until then there is nothing of it here.
///
/// # Errors
/// What is wrong, and where; then nothing was taken in.
pub async fn import(data: &Path, config: &Config, arriving: &Arriving<'_>) -> Result<Summary> {
    check_slug(arriving.slug)?;
    let folder = member_folder(data, arriving.slug);
    if folder.exists() {
        let detail = format!("{} is there already", folder.display());
        return Err(Problem::conflict("exists", detail).hint("move the folder away first"));
    }
    let mut source = Source::open(arriving.source)?;
    let settings = settings(&mut source, arriving)?;
    alone(data, &settings)?;
    let staged = Staged::new(data, arriving, &settings, folder)?;
    let filled = staged.fill(&mut source, config, &settings).await;
    match filled {
        Ok(()) => staged.settle(&settings)?,
        Err(problem) => {
            staged.discard();
            return Err(problem);
        }
    }
    Ok(source.manifest.summary())
}

/// What the member says of itself, as it is here.
fn settings(source: &mut Source, arriving: &Arriving<'_>) -> Result<Settings> {
    let path = source.manifest.only(Role::Settings)?.path.clone();
    let mut settings: Settings =
        serde_json::from_slice(&source.only(Role::Settings)?).map_err(|error| wrong(&path, error))?;
    settings.database.clone_from(&arriving.database);
    if let Some(oidc) = &mut settings.oidc {
        oidc.client_secret = source.secrets.oidc_client_secret.clone().unwrap_or_default();
    }
    let keys = Keys::new(settings.host.clone(), *source.secrets.seed);
    let names = NodeKeys::new(&settings.url, &keys).map_err(|flaw| wrong(&path, flaw))?;
    let whose = &source.manifest.member;
    if (names.did().to_string(), &settings.host) != (whose.did.clone(), &whose.host) {
        return Err(wrong(&path, "is another member than the manifest names"));
    }
    Ok(settings)
}

/// Two members of one process cannot answer at one name.
fn alone(data: &Path, settings: &Settings) -> Result<()> {
    for slug in slugs(data)? {
        let other: Settings = read_toml(&member_folder(data, &slug).join("member.toml"))?;
        if other.host.eq_ignore_ascii_case(&settings.host) {
            return Err(Problem::conflict("host", format!("'{slug}' answers at {} already", other.host)));
        }
    }
    Ok(())
}

/// A member's folder and database before they have their names.
struct Staged {
    folder: PathBuf,
    place: Place,
    final_folder: PathBuf,
    final_place: Place,
}

impl Staged {
    /// Makes room, and removes what an import left that broke off.
    fn new(data: &Path, arriving: &Arriving<'_>, settings: &Settings, final_folder: PathBuf) -> Result<Self> {
        let folder = data.join(".import").join(arriving.slug);
        let final_place = database_of(&final_folder, arriving.slug, settings);
        if final_place.exists()? {
            let detail = format!("there is a database for '{}' already", arriving.slug);
            return Err(
                Problem::conflict("exists", detail).hint("remove its schema first, or take another name")
            );
        }
        let place = match &final_place {
            Place::Sqlite(_) => Place::Sqlite(folder.join("raum.db")),
            // No member's schema has a dot in its name.
            Place::Postgres { url, schema } => {
                Place::Postgres { url: url.clone(), schema: format!("{schema}.import") }
            }
        };
        let staged = Self { folder, place, final_folder, final_place };
        staged.discard();
        fs::create_dir_all(&staged.folder).map_err(|error| unusable(&staged.folder, &error))?;
        Ok(staged)
    }

    fn discard(&self) {
        drop(fs::remove_dir_all(&self.folder));
        drop(self.folder.parent().map(fs::remove_dir));
        drop(self.place.discard());
    }

    /// Takes everything in, and checks that it is what it was.
    async fn fill(&self, source: &mut Source, config: &Config, settings: &Settings) -> Result<()> {
        write_key(&self.folder.join("key"), &source.secrets.seed)?;
        let files = files_of(&self.folder, settings)?;
        let schema = Schema::parse(&source.only(Role::Schema)?)?;
        let steps = schema.steps(&migrations())?;
        let tables = store::tables(&steps)?;
        if schema != Schema::of(&tables, &steps) {
            return Err(wrong(schema::PATH, "does not describe the tables its steps make"));
        }
        let listed = listed_tables(source, &tables)?;
        let db = self.open(&steps, config, None)?;
        for is_link in [false, true] {
            for (table, listed) in
                tables.iter().zip(&listed).filter(|(table, _)| !is_link || table.has_links())
            {
                load(source, &db, table, listed, is_link).await?;
            }
        }
        drop(db);
        for listed in source.manifest.files.clone().iter().filter(|file| file.role == Role::File) {
            keep(source, &files, listed).await?;
        }
        self.check(source, config, settings, &files).await
    }

    fn open(&self, steps: &[Migration], config: &Config, ledger: Option<&Ledger>) -> Result<Db> {
        let before_commit = ledger.map(Ledger::sequencer);
        let connections = config.connections;
        Ok(Db::open(&Options { place: self.place.clone(), migrations: steps, before_commit, connections })?)
    }

    /// Takes the steps that are newer than the export, and recomputes every log to its signed root.
    async fn check(
        &self,
        source: &Source,
        config: &Config,
        settings: &Settings,
        files: &Files,
    ) -> Result<()> {
        let keys = Keys::new(settings.host.clone(), *source.secrets.seed);
        let ledger = Ledger::new(keys, Clock::system(), Entropy::system());
        let db = self.open(&migrations(), config, Some(&ledger))?;
        db.sequence().await?;
        // What others were told since the export was written is not in it: they get feeds of a new life.
        db.write("import.life", federation::handover::raise_all).await?;
        let mut findings = db.scan("import.verify", move |tx| ledger::verify(tx, &ledger)).await?;
        findings.faults.extend(db.check_integrity()?);
        let names = db.scan("import.files", |tx| Ok(store::file_names(tx)?)).await?;
        let there: BTreeSet<_> = files.list().await?.into_iter().collect();
        let missing = names.iter().filter(|name| !there.contains(name));
        findings.faults.extend(missing.map(|name| format!("file {name} is missing")));
        if findings.faults.is_empty() {
            return Ok(());
        }
        Err(Problem::input("verify", format!("the member is damaged: {}", findings.faults.join("; "))))
    }

    /// Gives everything its name: the database first, for a member without one would begin anew.
    fn settle(&self, settings: &Settings) -> Result<()> {
        let parent = self.final_folder.parent().unwrap_or(&self.final_folder);
        fs::create_dir_all(parent).map_err(|error| unusable(parent, &error))?;
        save_settings_in(&self.folder, settings)?;
        self.place.rename(&self.final_place)?;
        let renamed =
            fs::rename(&self.folder, &self.final_folder).and_then(|()| fs::File::open(parent)?.sync_all());
        renamed.map_err(|error| unusable(&self.final_folder, &error))?;
        drop(self.folder.parent().map(fs::remove_dir));
        Ok(())
    }
}

/// The file of each table; a table without one, or a file without a table, is refused.
fn listed_tables(source: &Source, tables: &[Table]) -> Result<Vec<Listed>> {
    let files: Vec<_> = source.manifest.files.iter().filter(|file| file.role == Role::Table).collect();
    let is_known = |file: &&&Listed| tables.iter().any(|table| rows::path(&table.name) == file.path);
    if let Some(strange) = files.iter().find(|file| !is_known(file)) {
        return Err(wrong(&strange.path, "is a table the schema does not know"));
    }
    let found = tables.iter().map(|table| {
        let path = rows::path(&table.name);
        let found = files.iter().find(|file| file.path == path).copied().cloned();
        found.ok_or_else(|| wrong(&path, "is missing"))
    });
    found.collect()
}

/// Fills a table, or lets its rows name each other.
async fn load(source: &mut Source, db: &Db, table: &Table, listed: &Listed, is_link: bool) -> Result<()> {
    let mut reading = Rows::new(table, listed, source.read(listed)?);
    loop {
        let (before, rows) = reading.next()?;
        if rows.is_empty() {
            break;
        }
        let (table, path) = (table.clone(), listed.path.clone());
        let write = db.write("import.table", move |tx| {
            for (row, line) in rows.iter().zip(before + 1..) {
                let done = if is_link { table.link(tx, row) } else { table.add(tx, row) };
                done.map_err(|error| wrong(&format!("{path}, line {line}"), error))?;
            }
            Ok(())
        });
        write.await?;
    }
    let rows = reading.finish()?;
    match listed.rows {
        Some(said) if said == rows => Ok(()),
        _ => Err(wrong(&listed.path, format!("has {rows} rows, not as many as the manifest says"))),
    }
}

/// Keeps a picture or document; its name is the hash of its content.
async fn keep(source: &mut Source, files: &Files, listed: &Listed) -> Result<()> {
    let mut reading = source.read(listed)?;
    let parts = stream::iter(std::iter::from_fn(|| part(&mut reading).transpose()));
    let kept = files.put_stream(parts, u64::MAX).await.map_err(|problem| wrong(&listed.path, problem))?;
    reading.finish()?;
    let name = listed.path.rsplit('/').next().and_then(|name| name.split('.').next());
    if name == Some(kept.hash.to_string().as_str()) {
        return Ok(());
    }
    Err(wrong(&listed.path, "is not named after its content"))
}

fn part(reading: &mut impl std::io::Read) -> std::io::Result<Option<bytes::Bytes>> {
    let mut buffer = vec![0; PART];
    let mut filled = 0;
    while filled < PART {
        match reading.read(buffer.get_mut(filled..).unwrap_or_default())? {
            0 => break,
            read => filled += read,
        }
    }
    buffer.truncate(filled);
    Ok((filled > 0).then(|| buffer.into()))
}

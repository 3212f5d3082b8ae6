use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Problem, Result};
use clap::Args;
use ledger::Findings;
use sha2::{Digest, Sha256};
use store::{Db, FileHash, Options, Place, copy_all};
use web::Member;

use super::Of;
use crate::config::{Config, member_folder, read_toml, unusable};
use crate::members::{database_of, files_of, keys_of, open_member, save_settings};
use crate::migrations;

#[derive(Debug, Args)]
pub(super) struct Backup {
    #[command(flatten)]
    of: Of,
    /// The folder to write; must not exist
    target: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    #[command(flatten)]
    of: Of,
    /// The folder of the backup
    source: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    of: Of,
}

#[derive(Debug, Args)]
pub(super) struct Move {
    #[command(flatten)]
    of: Of,
    /// A PostgreSQL URL, or `sqlite` for a file in the member's folder
    #[arg(long)]
    to: String,
}

impl Backup {
    /// Settings, keys, database and files into one folder, checked before it is called done. The database is copied
    /// from one moment while work goes on; the node may run.
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let target = &self.target;
        if target.exists() {
            return Err(Problem::conflict("exists", format!("{} is there already", target.display())));
        }
        let source = member_folder(data, &self.of.member);
        fs::create_dir_all(target).map_err(|error| unusable(target, &error))?;
        copy_file(&source.join("member.toml"), &target.join("member.toml"))?;
        copy_file(&source.join("key"), &target.join("key"))?;
        let settings: web::Settings = read_toml(&source.join("member.toml"))?;
        let database = target.join("raum.db");
        match &settings.database {
            None => store::snapshot_file(&source.join("raum.db"), &database)?,
            Some(_) => {
                let member = open_member(data, config, &self.of.member).await?;
                copy_all(&member.db, &open_plain(&database)?, &migrations()).await?;
            }
        }
        let files = match &settings.files {
            None => copy_folder(&source.join("files"), &target.join("files"))?,
            Some(_) => {
                let from = files_of(&source, &settings)?;
                copy_files(&from, &store::Files::in_folder(&target.join("files"))?).await?
            }
        };
        let findings = check_folder(target, &settings.host).await?;
        report("backup", &findings, files)
    }
}

impl Restore {
    /// Makes the member anew from a backup that is checked first. A member that is there is never overwritten.
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let target = member_folder(data, &self.of.member);
        if target.exists() {
            let detail = format!("{} is there already", target.display());
            return Err(Problem::conflict("exists", detail).hint("move the folder away first"));
        }
        let settings: web::Settings = read_toml(&self.source.join("member.toml"))?;
        let findings = check_folder(&self.source, &settings.host).await?;
        if !findings.faults.is_empty() {
            return report("backup", &findings, 0);
        }
        fs::create_dir_all(&target).map_err(|error| unusable(&target, &error))?;
        for name in ["key", "member.toml"] {
            copy_file(&self.source.join(name), &target.join(name))?;
        }
        match &settings.files {
            None => drop(copy_folder(&self.source.join("files"), &target.join("files"))?),
            Some(_) => {
                let to = files_of(&target, &settings)?;
                copy_files(&store::Files::in_folder(&self.source.join("files"))?, &to).await?;
            }
        }
        if settings.database.is_none() {
            copy_file(&self.source.join("raum.db"), &target.join("raum.db"))?;
        } else {
            let member = open_member(data, config, &self.of.member).await?;
            copy_all(&open_plain(&self.source.join("raum.db"))?, &member.db, &migrations()).await?;
        }
        let member = open_member(data, config, &self.of.member).await?;
        // What others were told since the backup was made is not in it: they get feeds of a new life.
        member.db.write("restore", federation::handover::raise_all).await?;
        let (findings, files) = check_member(&member).await?;
        report("restored member", &findings, files)
    }
}

impl Verify {
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let member = open_member(data, config, &self.of.member).await?;
        let (findings, files) = check_member(&member).await?;
        report("member", &findings, files)
    }
}

impl Move {
    /// Copies everything into the other engine, checks the copy, and only then changes the settings.
    pub(super) async fn run(self, data: &Path, config: &Config) -> Result<()> {
        let slug = &self.of.member;
        let member = open_member(data, config, slug).await?;
        let mut settings = member.settings.clone();
        let folder = member_folder(data, slug);
        settings.database = Some(self.to.clone()).filter(|to| to != "sqlite");
        if settings.database.is_some() == member.settings.database.is_some() {
            return Err(Problem::conflict("engine", "the member is on that engine already"));
        }
        let place = database_of(&folder, slug, &settings);
        if let Place::Sqlite(path) = &place
            && path.exists()
        {
            let old = folder.join("raum.db.before-move");
            fs::rename(path, &old).map_err(|error| unusable(path, &error))?;
        }
        let target = open_at(place, config.connections)?;
        let rows = copy_all(&member.db, &target, &migrations()).await?;
        let ledger = member.ledger.clone();
        let findings = target.scan("verify", move |tx| ledger::verify(tx, &ledger)).await?;
        report("copy", &findings, 0)?;
        save_settings(data, slug, &settings)?;
        println!("{rows} rows were moved; the old database is left as it is");
        Ok(())
    }
}

fn open_plain(path: &Path) -> Result<Db> {
    open_at(Place::Sqlite(path.to_owned()), 1)
}

fn open_at(place: Place, connections: usize) -> Result<Db> {
    let options = Options { place, migrations: &migrations(), before_commit: None, connections };
    Db::open(&options).map_err(|error| Problem::input("database", error.to_string()))
}

/// Checks a backup: the ledger's proofs, and that each file is what its name says.
async fn check_folder(folder: &Path, host: &str) -> Result<Findings> {
    let keys = keys_of(folder, host)?;
    let ledger = ledger::Ledger::new(keys, base::Clock::system(), base::Entropy::system());
    let db = open_plain(&folder.join("raum.db"))?;
    let mut findings = db.scan("verify", move |tx| ledger::verify(tx, &ledger)).await?;
    let files = store::Files::in_folder(&folder.join("files"))?;
    check_files(&db, &files, &mut findings).await?;
    drop(db);
    for rest in ["raum.db-wal", "raum.db-shm", "raum.lock"] {
        drop(fs::remove_file(folder.join(rest)));
    }
    Ok(findings)
}

async fn check_member(member: &Arc<Member>) -> Result<(Findings, u64)> {
    let ledger = member.ledger.clone();
    let mut findings = member.db.scan("verify", move |tx| ledger::verify(tx, &ledger)).await?;
    findings.faults.extend(member.db.check_integrity()?);
    let files = check_files(&member.db, &member.files, &mut findings).await?;
    Ok((findings, files))
}

async fn check_files(db: &Db, files: &store::Files, findings: &mut Findings) -> Result<u64> {
    let names = db.scan("verify.files", |tx| Ok(store::file_names(tx)?)).await?;
    for hash in &names {
        match files.bytes(*hash).await {
            Ok(content) if FileHash(Sha256::digest(&content).into()) == *hash => {}
            Ok(_) => findings.faults.push(format!("file {hash} was changed")),
            Err(_) => findings.faults.push(format!("file {hash} is missing")),
        }
    }
    Ok(names.len() as u64)
}

fn report(what: &str, findings: &Findings, files: u64) -> Result<()> {
    for fault in &findings.faults {
        println!("WRONG  {fault}");
    }
    let Findings { entries, payloads, waiting, faults } = findings;
    if !faults.is_empty() {
        return Err(Problem::input("verify", format!("the {what} has {} faults", faults.len())));
    }
    println!("ok     {what}: {entries} entries, {payloads} payloads, {files} files; {waiting} entries wait");
    Ok(())
}

/// A copy is done when it is on disk.
fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let copied = fs::copy(from, to).and_then(|_| fs::File::open(to)?.sync_all());
    copied.map_err(|error| unusable(from, &error))
}

/// Copies every file from one store to another.
async fn copy_files(from: &store::Files, to: &store::Files) -> Result<u64> {
    let names = from.list().await?;
    for hash in &names {
        to.put(from.bytes(*hash).await?).await?;
    }
    Ok(names.len() as u64)
}

/// Copies the two levels of the file store. Files never change, so a running node does no harm.
fn copy_folder(from: &Path, to: &Path) -> Result<u64> {
    let mut count = 0;
    fs::create_dir_all(to).map_err(|error| unusable(to, &error))?;
    let Ok(folders) = fs::read_dir(from) else { return Ok(0) };
    for folder in folders.flatten().filter(|entry| entry.path().is_dir()) {
        let target = to.join(folder.file_name());
        fs::create_dir_all(&target).map_err(|error| unusable(&target, &error))?;
        for file in fs::read_dir(folder.path()).map_err(|error| unusable(from, &error))?.flatten() {
            copy_file(&file.path(), &target.join(file.file_name()))?;
            count += 1;
        }
    }
    Ok(count)
}

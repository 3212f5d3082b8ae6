use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Entropy, OfficeId, Problem, Result};
use fetch::Fetch;
use identity::Passwords;
use ledger::{Keys, Ledger};
use store::{Db, Files, Options, Place};
use web::{Member, Members, Parts, Settings, Texts};
use zeroize::Zeroizing;

use crate::config::{Config, member_folder, read_toml, unusable, write_toml};
use crate::{MODULES, migrations, texts};

/// How long others may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a store of files may take to answer a command.
const FILES_PATIENCE: Duration = Duration::from_secs(60);

/// Passwords stretched at once; each takes 19 MB for a moment.
const PASSWORDS: usize = 2;

/// Opens every member whose folder lies in the data folder.
///
/// # Errors
/// The first member that cannot be opened, with the reason.
pub async fn load_all(data: &Path, config: &Config) -> Result<Members> {
    let shared = Shared::new()?;
    let mut members = Vec::new();
    for slug in slugs(data)? {
        members.push(open(data, config, &slug, &shared).await?);
    }
    Ok(Members::new(members))
}

/// Opens one member.
///
/// # Errors
/// When there is none of this name, or its settings, keys or database cannot be used.
pub async fn open_member(data: &Path, config: &Config, slug: &str) -> Result<Arc<Member>> {
    open(data, config, slug, &Shared::new()?).await
}

/// What members of one process share.
struct Shared {
    texts: Arc<Texts>,
    passwords: Passwords,
    fetch: Fetch,
}

impl Shared {
    fn new() -> Result<Self> {
        let texts = Arc::new(Texts::new(texts())?);
        Ok(Self { texts, passwords: Passwords::new(PASSWORDS), fetch: Fetch::new(PATIENCE)? })
    }
}

/// The short names of all members, in their order.
pub(crate) fn slugs(data: &Path) -> Result<Vec<String>> {
    let folder = data.join("members");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unusable(&folder, &error)),
    };
    let with_settings = entries.flatten().filter(|entry| entry.path().join("member.toml").exists());
    let mut slugs: Vec<_> =
        with_settings.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    slugs.sort();
    Ok(slugs)
}

async fn open(data: &Path, config: &Config, slug: &str, shared: &Shared) -> Result<Arc<Member>> {
    let folder = member_folder(data, slug);
    if !folder.join("member.toml").exists() {
        let detail = format!("there is no member '{slug}' in {}", data.display());
        return Err(Problem::not_found("member", detail).hint("raum member add makes one"));
    }
    let settings: Settings = read_toml(&folder.join("member.toml"))?;
    let (clock, entropy) = (Clock::system(), Entropy::system());
    let ledger = Ledger::new(keys_of(&folder, &settings.host)?, clock.clone(), entropy.clone());
    let place = database_of(&folder, slug, &settings);
    let options = Options {
        place,
        migrations: &migrations(),
        before_commit: Some(ledger.sequencer()),
        connections: config.connections,
    };
    let db = Db::open(&options).map_err(|error| refused(slug, &error))?;
    let files = files_in(&folder, &settings, &shared.fetch)?;
    let mailer = config.mailer(&folder);
    let parts = Parts { slug: slug.to_owned(), settings, db, files, ledger, mailer, clock, entropy };
    Member::open(parts, shared.texts.clone(), MODULES, shared.passwords.clone(), shared.fetch.clone()).await
}

/// Where a member's database is, by its settings: a file in its folder, or a schema of its own.
pub(crate) fn database_of(folder: &Path, slug: &str, settings: &Settings) -> Place {
    match &settings.database {
        Some(url) => Place::Postgres { url: url.clone(), schema: format!("raum_{}", slug.replace('-', "_")) },
        None => Place::Sqlite(folder.join("raum.db")),
    }
}

/// Where a member's files are, by its settings: a bucket, or its folder.
pub(crate) fn files_of(folder: &Path, settings: &Settings) -> Result<Files> {
    files_in(folder, settings, &Fetch::new(FILES_PATIENCE)?)
}

fn files_in(folder: &Path, settings: &Settings, fetch: &Fetch) -> Result<Files> {
    match &settings.files {
        Some(bucket) => Files::in_bucket(bucket, fetch.clone()),
        None => Files::in_folder(&folder.join("files")),
    }
}

fn refused(slug: &str, error: &store::Error) -> Problem {
    let problem = Problem::input("database", format!("the database of '{slug}' cannot be opened: {error}"));
    match error {
        store::Error::NewerSchema { .. } => problem.hint("start the newer program, or restore a backup"),
        store::Error::Locked(_) => problem.hint("another process is running on this folder; stop it first"),
        store::Error::Damaged(..) => problem.hint("restore a backup with raum restore"),
        _ => problem,
    }
}

/// The member's secret keys, from the file beside its database.
///
/// # Errors
/// When the file is missing or holds no key.
pub fn keys_of(folder: &Path, host: &str) -> Result<Keys> {
    seed_of(folder).map(|seed| Keys::new(host, *seed))
}

/// What the keys are derived from.
pub(crate) fn seed_of(folder: &Path) -> Result<Zeroizing<[u8; 32]>> {
    let path = folder.join("key");
    let seed = Zeroizing::new(fs::read(&path).map_err(|error| unusable(&path, &error))?);
    let seed = seed.as_slice().try_into().map_err(|_| {
        Problem::input("key", format!("{} does not hold the 32 bytes of a key", path.display()))
            .hint("restore it from a backup; without it sealed payloads stay sealed")
    })?;
    Ok(Zeroizing::new(seed))
}

/// Makes a member: folder, settings, keys, database, one office, and what every module needs to begin.
///
/// # Errors
/// When there is one already or the folder cannot be written.
pub async fn create_member(
    data: &Path,
    config: &Config,
    slug: &str,
    settings: &Settings,
) -> Result<Arc<Member>> {
    check_slug(slug)?;
    let folder = member_folder(data, slug);
    if folder.join("member.toml").exists() {
        return Err(Problem::conflict("member-exists", format!("there is a member '{slug}' already")));
    }
    fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    write_key(&folder.join("key"), &Entropy::system().bytes())?;
    save_settings(data, slug, settings)?;
    let member = open_member(data, config, slug).await?;
    let own = member.clone();
    member.db.write("member.create", move |tx| first_office(tx, &own).map(drop)).await?;
    Ok(member)
}

/// Whether this is a short name.
pub(crate) fn check_slug(slug: &str) -> Result<()> {
    let plain =
        !slug.is_empty() && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain {
        return Ok(());
    }
    let detail = format!("'{slug}' is no short name; letters a to z, digits and hyphens make one");
    Err(Problem::input("slug", detail))
}

fn first_office(tx: &mut store::Tx<'_>, member: &Member) -> Result<OfficeId> {
    let settings = &member.settings;
    let office = identity::add_office(tx, (&member.clock, &member.entropy), "Bürgeramt", &settings.email)?;
    for module in member.modules {
        (module.set_up)(tx, office)?;
    }
    Ok(office)
}

/// Only the owner may read the key; an existing one is never overwritten.
pub(crate) fn write_key(path: &Path, seed: &[u8; 32]) -> Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| unusable(path, &error))?;
    file.write_all(seed).and_then(|()| file.sync_all()).map_err(|error| unusable(path, &error))
}

/// Writes a member's settings.
///
/// # Errors
/// When the folder cannot be written.
pub fn save_settings(data: &Path, slug: &str, settings: &Settings) -> Result<()> {
    save_settings_in(&member_folder(data, slug), settings)
}

/// As [`save_settings`], into a folder that is not yet a member's.
pub(crate) fn save_settings_in(folder: &Path, settings: &Settings) -> Result<()> {
    write_toml(&folder.join("member.toml"), settings)
}

use std::path::Path;

use base::{Clock, Entropy, Problem, Result};
use federation::NodeKeys;
use futures_util::StreamExt as _;
use ledger::{Keys, Ledger};
use store::{Db, Files, MediaKind, Options, Place, Table, Tx};
use tempfile::TempDir;
use tlog::Note;
use tokio::sync::mpsc;
use web::Settings;

use super::archive::Archive;
use super::keys::Secrets;
use super::manifest::{FORMAT, MANIFEST, Manifest, Role, SIGNATURE, Summary, VERSION, Whose, signed_text};
use super::schema::{self, Schema};
use super::sink::{Piece, Sink, drain};
use super::{broken, feeds, keys, papers, places, rows};
use crate::config::{Config, member_folder, read_toml};
use crate::members::{files_of, open_member, seed_of};
use crate::{MODULES, migrations};

/// What is told to people.
const README: &str = include_str!("README.txt");
/// Parts on their way from the database to the disk.
const ON_THE_WAY: usize = 16;
/// Bytes of a file that tell what it is.
const FIRST: usize = 512;

/// Writes all that is a member's into a folder or one zip file, from one state; the node may run meanwhile. Without its keys
/// it can be read, but no installation takes it in.
///
/// # Errors
/// What stopped it; then nothing is there under that name.
pub async fn export(
    data: &Path,
    config: &Config,
    slug: &str,
    target: &Path,
    with_keys: bool,
) -> Result<Summary> {
    let leaving = Leaving::open(data, config, slug, target).await?;
    leaving.check().await?;
    let mut archive = Archive::create(target)?;
    let settings = leaving.settings_json()?;
    archive.put("README.txt", Role::Readme, "text/plain; charset=utf-8", leaving.readme().as_bytes())?;
    archive.put("member.json", Role::Settings, "application/json", &settings)?;
    leaving.write_tables(&mut archive).await?;
    leaving.write_files(&mut archive).await?;
    if with_keys {
        archive.put(keys::PATH, Role::Keys, "application/json", &leaving.secrets.write()?)?;
    }
    let (manifest, summary) = leaving.manifest(std::mem::take(&mut archive.files))?;
    archive.put(MANIFEST, Role::View, "application/json", &manifest)?;
    let text = signed_text(&manifest);
    let note = Note { signatures: vec![keys::signer(leaving.ledger.keys()).sign(&text)], text };
    archive.put(SIGNATURE, Role::View, "text/plain; charset=utf-8", note.to_string().as_bytes())?;
    archive.finish()?;
    Ok(summary)
}

/// A member on its way out.
struct Leaving {
    slug: String,
    settings: Settings,
    secrets: Secrets,
    ledger: Ledger,
    names: NodeKeys,
    began: base::Time,
    db: Db,
    files: Files,
    /// Where the copy of a SQLite database is, which goes with it.
    _copy: Option<TempDir>,
}

impl Leaving {
    async fn open(data: &Path, config: &Config, slug: &str, target: &Path) -> Result<Self> {
        let folder = member_folder(data, slug);
        let settings: Settings = read_toml(&folder.join("member.toml"))?;
        let (clock, entropy, seed) = (Clock::system(), Entropy::system(), seed_of(&folder)?);
        let keys = Keys::new(settings.host.clone(), *seed);
        let names = NodeKeys::new(&settings.url, &keys);
        let names = names.map_err(|flaw| Problem::input("url", flaw.to_string()))?;
        let secret = settings.oidc.as_ref().map(|oidc| oidc.client_secret.clone());
        let began = clock.now();
        let (db, copy) = match &settings.database {
            // A process may be writing it: what is exported is a copy of one moment.
            None => {
                let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
                let copy = tempfile::tempdir_in(parent.unwrap_or(Path::new(".")));
                let copy = copy.map_err(|error| broken("a copy of the database", &error))?;
                let file = copy.path().join("raum.db");
                store::snapshot_file(&folder.join("raum.db"), &file)?;
                let options = Options {
                    place: Place::Sqlite(file),
                    migrations: &migrations(),
                    before_commit: None,
                    connections: 1,
                };
                (Db::open(&options)?, Some(copy))
            }
            Some(_) => (open_member(data, config, slug).await?.db.clone(), None),
        };
        let files = files_of(&folder, &settings)?;
        Ok(Self {
            slug: slug.to_owned(),
            secrets: Secrets { seed, oidc_client_secret: secret },
            ledger: Ledger::new(keys, clock, entropy),
            settings,
            names,
            began,
            db,
            files,
            _copy: copy,
        })
    }

    /// What is damaged is not handed on as if it were whole.
    async fn check(&self) -> Result<()> {
        let ledger = self.ledger.clone();
        let findings = self.db.scan("export.verify", move |tx| ledger::verify(tx, &ledger)).await?;
        if findings.faults.is_empty() {
            return Ok(());
        }
        let detail = format!("the ledger is damaged: {}", findings.faults.join("; "));
        Err(Problem::input("verify", detail).hint("raum verify says what; restore a backup first"))
    }

    /// What the member says of itself, without what belongs to this installation alone and without secrets.
    fn settings_json(&self) -> Result<Vec<u8>> {
        let settings = Settings { database: None, files: None, ..self.settings.clone() };
        let mut json = serde_json::to_value(settings)
            .map_err(|error| Problem::internal("export", "the settings cannot be written").because(error))?;
        if let Some(oidc) = json.get_mut("oidc").and_then(|oidc| oidc.as_object_mut()) {
            oidc.insert("client_secret".into(), "".into());
        }
        Ok(format!("{json:#}\n").into_bytes())
    }

    fn readme(&self) -> String {
        let said = [
            ("{NAME}", self.settings.name.clone()),
            ("{HOST}", self.settings.host.clone()),
            ("{URL}", self.settings.url.clone()),
            ("{DID}", self.names.did().to_string()),
            ("{MADE}", self.began.rfc3339()),
            ("{PROGRAM}", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        said.into_iter().fold(README.to_owned(), |text, (mark, said)| text.replace(mark, &said))
    }

    /// Everything that is in the database, from one state of it.
    async fn write_tables(&self, archive: &mut Archive) -> Result<()> {
        let steps = migrations();
        let tables = store::tables(&steps)?;
        let schema = serde_json::to_vec_pretty(&Schema::of(&tables, &steps))
            .map_err(|error| Problem::internal("export", "the schema cannot be written").because(error))?;
        archive.put(schema::PATH, Role::Schema, "application/json", &schema)?;
        let (sender, mut pieces) = mpsc::channel(ON_THE_WAY);
        let (ledger, names, settings) = (self.ledger.clone(), self.names.clone(), self.settings.clone());
        let mut sender = Some(sender);
        let reading = self.db.scan("export.read", move |tx| {
            // What was sent cannot be taken back, so that this must not begin again.
            let sender =
                sender.take().ok_or_else(|| Problem::busy("export", "the database was changed meanwhile"))?;
            write_all(tx, &tables, (&ledger, &names, &settings), sender)
        });
        let (read, written) = tokio::join!(reading, async {
            let written = drain(archive, &mut pieces).await;
            // Whoever reads stops when nobody takes it any more.
            drop(pieces);
            written
        });
        written.and(read)
    }

    /// Pictures and documents, each under the hash of its content.
    async fn write_files(&self, archive: &mut Archive) -> Result<()> {
        let names = self.db.scan("export.files", |tx| Ok(store::file_names(tx)?)).await?;
        for hash in names {
            let missing = |problem: Problem| {
                let detail = format!("file {hash} cannot be read: {problem}");
                Problem::input("export", detail).hint("raum verify names every file that is missing")
            };
            let mut parts = self.files.get(hash).await.map_err(missing)?;
            let mut first = Vec::new();
            while first.len() < FIRST {
                match parts.next().await {
                    Some(part) => first.extend_from_slice(&part.map_err(missing)?),
                    None => break,
                }
            }
            let (end, media_type) = store::sniff(&first).map_or(("bin", "application/octet-stream"), named);
            let name = hash.to_string();
            let folder = name.get(..2).unwrap_or_default();
            archive.begin(&format!("files/{folder}/{name}.{end}"), Role::File, media_type)?;
            archive.write(&first)?;
            while let Some(part) = parts.next().await {
                archive.write(&part.map_err(missing)?)?;
            }
            if archive.end(None)? != hash.0 {
                return Err(missing(Problem::input("file", "it was changed")));
            }
        }
        Ok(())
    }

    fn manifest(&self, files: Vec<super::manifest::Listed>) -> Result<(Vec<u8>, Summary)> {
        let Settings { name, ars, host, url, .. } = &self.settings;
        let manifest = Manifest {
            format: FORMAT.into(),
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").into(),
            made: self.began.rfc3339(),
            member: Whose {
                slug: self.slug.clone(),
                name: name.clone(),
                ars: ars.to_string(),
                host: host.clone(),
                url: url.clone(),
                did: self.names.did().to_string(),
                key: keys::signer(self.ledger.keys()).verifier().to_string(),
            },
            files,
        };
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| Problem::internal("export", "the manifest cannot be written").because(error))?;
        Ok((text, manifest.summary()))
    }
}

/// The end of a file's name, and its media type.
fn named(kind: MediaKind) -> (&'static str, &'static str) {
    let end = match kind {
        MediaKind::Jpeg => "jpg",
        MediaKind::Png => "png",
        MediaKind::Webp => "webp",
        MediaKind::Pdf => "pdf",
    };
    (end, kind.media_type())
}

fn write_all(
    tx: &mut Tx<'_>,
    tables: &[Table],
    (ledger, names, settings): (&Ledger, &NodeKeys, &Settings),
    sender: mpsc::Sender<Piece>,
) -> Result<()> {
    tx.unhurried()?;
    let mut sink = Sink::new(sender);
    for table in tables {
        rows::write(tx, table, &mut sink)?;
    }
    feeds::write(tx, ledger, &mut sink)?;
    papers::write(tx, names, &mut sink)?;
    places::write(tx, &mut sink)?;
    for module in MODULES {
        for file in module.open {
            sink.begin(format!("{}/{}", module.name, file.name), Role::View, file.media_type)?;
            (file.write)(tx, settings, &mut sink)?;
            sink.end(None)?;
        }
    }
    Ok(())
}

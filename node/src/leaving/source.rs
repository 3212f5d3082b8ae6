//! An export as it is read: a folder or one zip file, of which every byte is checked.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use base::{Problem, Result};
use data_encoding::HEXLOWER;
use ledger::Keys;
use sha2::{Digest as _, Sha256};
use tlog::Note;
use zeroize::Zeroizing;
use zip::ZipArchive;

use super::keys::Secrets;
use super::manifest::{Listed, MANIFEST, Manifest, Role, SIGNATURE, signed_text};
use super::{keys, wrong};

/// Bytes of a file that is read as a whole.
const WHOLE: u64 = 1 << 30;
/// Faults that are told; where there are more, more of the same does not help.
const TOLD: usize = 100;

/// Where an export is.
pub(super) enum Place {
    Folder(PathBuf),
    Zip(Box<ZipArchive<BufReader<File>>>),
}

/// An export that is whole, unchanged, and the member's own.
pub(super) struct Source {
    pub(super) place: Place,
    pub(super) manifest: Manifest,
    pub(super) secrets: Secrets,
}

impl Source {
    /// Opens an export and checks all of it.
    ///
    /// # Errors
    /// `export-broken-off`, `export-newer`, `export-without-keys`, or every file that is not what it was.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut place = Place::open(path)?;
        let note = place.whole(SIGNATURE)?.ok_or_else(|| broken_off(path))?;
        let listing = place.whole(MANIFEST)?.ok_or_else(|| broken_off(path))?;
        let manifest = Manifest::parse(&listing)?;
        let listed = manifest.files.iter().find(|file| file.role == Role::Keys).ok_or_else(without_keys)?;
        let text = place.whole(&listed.path)?.map(Zeroizing::new).ok_or_else(|| {
            wrong(&listed.path, "is missing")
                .hint("it may have travelled another way; put it back beside the rest")
        })?;
        check(listed, &text)?;
        let secrets = Secrets::read(&text)?;
        verify(&listing, &note, &manifest, &secrets)?;
        let mut source = Self { place, manifest, secrets };
        source.check_all()?;
        Ok(source)
    }

    /// The bytes of a file, counted and hashed as they are read.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn read(&mut self, listed: &Listed) -> Result<Checked<Box<dyn Read + '_>>> {
        let found = self.place.reader(&listed.path)?;
        let inner = found.ok_or_else(|| wrong(&listed.path, "is missing"))?;
        Ok(Checked { inner, listed: listed.clone(), bytes: 0, hash: Sha256::new() })
    }

    /// The bytes of the one file in a role.
    ///
    /// # Errors
    /// When it is not there or was changed.
    pub(super) fn only(&mut self, role: Role) -> Result<Vec<u8>> {
        let listed = self.manifest.only(role)?.clone();
        let found = self.place.whole(&listed.path)?.ok_or_else(|| wrong(&listed.path, "is missing"))?;
        check(&listed, &found).map(|()| found)
    }

    /// Every file is what the manifest says, and there is no other.
    pub(super) fn check_all(&mut self) -> Result<()> {
        let mut faults = Vec::new();
        for listed in &self.manifest.files {
            if let Err(problem) = check_one(&mut self.place, listed) {
                faults.push(problem.to_string());
            }
        }
        let known: BTreeSet<_> = self.manifest.files.iter().map(|file| file.path.as_str()).collect();
        let is_known = |name: &str| known.contains(name) || matches!(name, MANIFEST | SIGNATURE);
        let strange = self.place.names()?.into_iter().filter(|name| !is_known(name));
        faults.extend(strange.map(|name| format!("{name}: is not in {MANIFEST}")));
        if faults.is_empty() {
            return Ok(());
        }
        let more = faults.len().saturating_sub(TOLD);
        faults.truncate(TOLD);
        faults.extend((more > 0).then(|| format!("and {more} more")));
        Err(Problem::input("export-changed", faults.join("; ")).hint("nothing was taken in"))
    }
}

/// Whether the member signed this manifest: nobody else can have written any of it.
fn verify(manifest: &[u8], note: &[u8], parsed: &Manifest, secrets: &Secrets) -> Result<()> {
    let text = std::str::from_utf8(note).map_err(|_| wrong(SIGNATURE, "not UTF-8"))?;
    let note = Note::parse(text).map_err(|error| wrong(SIGNATURE, error))?;
    let keys = Keys::new(parsed.member.host.clone(), *secrets.seed);
    keys::signer(&keys).verifier().verify(&note).map_err(|error| {
        wrong(SIGNATURE, error).hint("the manifest is not the one the member with these keys signed")
    })?;
    if note.text != signed_text(manifest) {
        return Err(wrong(MANIFEST, "is not what the member signed"));
    }
    Ok(())
}

fn check_one(place: &mut Place, listed: &Listed) -> Result<()> {
    let inner = place.reader(&listed.path)?.ok_or_else(|| wrong(&listed.path, "is missing"))?;
    let mut checked = Checked { inner, listed: listed.clone(), bytes: 0, hash: Sha256::new() };
    std::io::copy(&mut checked, &mut std::io::sink()).map_err(|error| wrong(&listed.path, error))?;
    checked.finish()
}

fn check(listed: &Listed, content: &[u8]) -> Result<()> {
    check_hash(listed, &Sha256::digest(content))
}

fn check_hash(listed: &Listed, hash: &[u8]) -> Result<()> {
    if HEXLOWER.encode(hash) == listed.sha256 { Ok(()) } else { Err(changed(listed)) }
}

fn changed(listed: &Listed) -> Problem {
    wrong(&listed.path, "was changed: it does not have the SHA-256 in the manifest")
}

fn without_keys() -> Problem {
    let detail =
        "this export was written without the member's keys: it is for reading, and nobody can go on with it";
    Problem::input("export-without-keys", detail)
        .hint("export again where the member is, without --without-keys")
}

fn broken_off(path: &Path) -> Problem {
    let detail = format!("{} is no whole export: {MANIFEST} or {SIGNATURE} is missing", path.display());
    Problem::input("export-broken-off", detail).hint("it broke off, or is something else")
}

impl Place {
    fn open(path: &Path) -> Result<Self> {
        let unusable = |error: std::io::Error| wrong(&path.display().to_string(), error);
        if fs::metadata(path).map_err(unusable)?.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        let file = BufReader::new(File::open(path).map_err(unusable)?);
        ZipArchive::new(file)
            .map(|zip| Self::Zip(Box::new(zip)))
            .map_err(|error| broken_off(path).because(error))
    }

    /// A file, when it is there.
    fn reader(&mut self, path: &str) -> Result<Option<Box<dyn Read + '_>>> {
        match self {
            Self::Folder(folder) => match File::open(folder.join(path)) {
                Ok(file) => Ok(Some(Box::new(BufReader::new(file)))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(wrong(path, error)),
            },
            Self::Zip(zip) => match zip.by_name(path) {
                Ok(file) => Ok(Some(Box::new(file))),
                Err(zip::result::ZipError::FileNotFound) => Ok(None),
                Err(error) => Err(wrong(path, error)),
            },
        }
    }

    fn whole(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        let Some(reader) = self.reader(path)? else { return Ok(None) };
        let mut content = Vec::new();
        reader.take(WHOLE).read_to_end(&mut content).map_err(|error| wrong(path, error))?;
        Ok(Some(content))
    }

    /// Every file there is.
    fn names(&mut self) -> Result<Vec<String>> {
        match self {
            Self::Folder(folder) => {
                let mut names = Vec::new();
                below(folder, "", &mut names).map_err(|error| wrong(&folder.display().to_string(), error))?;
                Ok(names)
            }
            Self::Zip(zip) => {
                let names = (0..zip.len()).map(|index| {
                    let file = zip.by_index_raw(index).map_err(|error| wrong("zip", error))?;
                    Ok(String::from_utf8_lossy(file.name_raw()).into_owned())
                });
                names.filter(|name| !matches!(name, Ok(name) if name.ends_with('/'))).collect()
            }
        }
    }
}

fn below(folder: &Path, path: &str, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{path}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            below(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

/// Bytes that are hashed as they are read.
pub(super) struct Checked<R> {
    inner: R,
    listed: Listed,
    bytes: u64,
    hash: Sha256,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        if self.bytes > self.listed.bytes {
            return Err(std::io::Error::other("is longer than the manifest says"));
        }
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R: Read> Checked<R> {
    /// Whether everything was read and is what the manifest says.
    ///
    /// # Errors
    /// When it is not.
    pub(super) fn finish(self) -> Result<()> {
        if self.bytes != self.listed.bytes {
            let (bytes, should) = (self.bytes, self.listed.bytes);
            return Err(wrong(
                &self.listed.path,
                format!("has {bytes} bytes, not the {should} of the manifest"),
            ));
        }
        check_hash(&self.listed, &self.hash.finalize())
    }
}

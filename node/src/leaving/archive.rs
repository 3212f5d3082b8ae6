//! Where an export is written: a folder, or one zip file. Either is there under its name only when it is whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base::{Problem, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::broken;
use super::manifest::{Listed, Role};

/// An export that is being written.
pub(super) struct Archive {
    place: Place,
    part: PathBuf,
    target: PathBuf,
    begun: Option<Begun>,
    /// What is written already.
    pub(super) files: Vec<Listed>,
}

enum Place {
    Folder(Option<BufWriter<File>>),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

/// The file that is being written.
struct Begun {
    path: String,
    media_type: String,
    role: Role,
    bytes: u64,
    hash: Sha256,
}

impl Archive {
    /// Begins an export at a place where nothing is: one zip file when its name ends so, else a folder.
    ///
    /// # Errors
    /// `exists` when something is there, or the rest of an export that broke off.
    pub(super) fn create(target: &Path) -> Result<Self> {
        let part = part_of(target);
        for path in [target, &part] {
            if path.exists() {
                let detail = format!("{} is there already", path.display());
                let problem = Problem::conflict("exists", detail);
                return Err(if path == target {
                    problem
                } else {
                    problem.hint("an export broke off; remove it")
                });
            }
        }
        let unusable = |error| broken(&part.display().to_string(), &error);
        let place = if target.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) {
            Place::Zip(Box::new(ZipWriter::new(BufWriter::new(new_file(&part).map_err(unusable)?))))
        } else {
            new_folder(&part).map_err(unusable)?;
            Place::Folder(None)
        };
        Ok(Self { place, part, target: target.to_owned(), begun: None, files: Vec::new() })
    }

    /// Begins a file.
    pub(super) fn begin(&mut self, path: &str, role: Role, media_type: &str) -> Result<()> {
        let (path, media_type) = (path.to_owned(), media_type.to_owned());
        let begun = match &mut self.place {
            Place::Folder(open) => {
                let file = self.part.join(&path);
                let folder = file
                    .parent()
                    .map_or(Ok(()), |folder| DirBuilder::new().recursive(true).mode(0o700).create(folder));
                folder.and_then(|()| new_file(&file)).map(|file| *open = Some(BufWriter::new(file)))
            }
            Place::Zip(zip) => {
                // Tables and tiles of large members are longer than the old form of zip can say.
                let options = SimpleFileOptions::default().large_file(true).unix_permissions(0o600);
                let is_packed = media_type.starts_with("image/");
                let method = if is_packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
                zip.start_file(path.as_str(), options.compression_method(method)).map_err(Into::into)
            }
        };
        begun.map_err(|error| broken(&path, &error))?;
        self.begun = Some(Begun { path, media_type, role, bytes: 0, hash: Sha256::new() });
        Ok(())
    }

    /// Writes on.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        begun.bytes += bytes.len() as u64;
        begun.hash.update(bytes);
        let written = match &mut self.place {
            Place::Folder(Some(file)) => file.write_all(bytes),
            Place::Folder(None) => Ok(()),
            Place::Zip(zip) => zip.write_all(bytes),
        };
        written.map_err(|error| broken(&begun.path, &error))
    }

    /// Ends the file; a table says how many rows it has. Gives the hash of its bytes.
    pub(super) fn end(&mut self, rows: Option<u64>) -> Result<[u8; 32]> {
        let Some(Begun { path, media_type, role, bytes, hash }) = self.begun.take() else {
            return Err(Problem::internal("export", "no file was begun"));
        };
        if let Place::Folder(open) = &mut self.place
            && let Some(file) = open.take()
        {
            let kept = file.into_inner().map_err(std::io::IntoInnerError::into_error);
            kept.and_then(|file| file.sync_all()).map_err(|error| broken(&path, &error))?;
        }
        let hash: [u8; 32] = hash.finalize().into();
        self.files.push(Listed { path, bytes, sha256: HEXLOWER.encode(&hash), media_type, role, rows });
        Ok(hash)
    }

    /// Writes a file that is there already.
    pub(super) fn put(&mut self, path: &str, role: Role, media_type: &str, content: &[u8]) -> Result<()> {
        self.begin(path, role, media_type)?;
        self.write(content)?;
        self.end(None).map(drop)
    }

    /// Says that it is whole: gives it its name.
    pub(super) fn finish(self) -> Result<()> {
        let Self { place, part, target, .. } = self;
        let unusable = |error: std::io::Error| broken(&part.display().to_string(), &error);
        if let Place::Zip(zip) = place {
            let file = zip.finish().map_err(|error| unusable(error.into()))?;
            let file = file.into_inner().map_err(|error| unusable(error.into_error()))?;
            file.sync_all().map_err(unusable)?;
        }
        fs::rename(&part, &target).map_err(unusable)?;
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = File::open(parent.unwrap_or(Path::new(".")));
        parent.and_then(|folder| folder.sync_all()).map_err(unusable)
    }
}

/// What an export is called until it is whole.
fn part_of(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    target.with_file_name(name)
}

/// What is in an export is for nobody but its owner.
fn new_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn new_folder(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

use base::{Problem, Result};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// What this is.
pub(super) const FORMAT: &str = "erprobungsraum-export";
/// The form of the export. One that is not known is not read.
pub(super) const VERSION: u32 = 1;

/// The file with all others in it, and the one that says that it is whole; that comes last.
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SIGNATURE: &str = "manifest.note";
/// The first line of what is signed.
const SIGNED: &str = "erprobungsraum/export@v1";

/// What is in an export.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    /// What it is: [`FORMAT`].
    pub(super) format: String,
    /// The version of the form: [`VERSION`].
    pub(super) version: u32,
    /// The version of the program that wrote it.
    pub(super) program: String,
    /// When it began, which is the state it shows (RFC 3339).
    pub(super) made: String,
    /// Whose it is.
    pub(super) member: Whose,
    /// Every file but this one and its signature.
    pub(super) files: Vec<Listed>,
}

/// The member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    /// Its short name where it was.
    pub(super) slug: String,
    /// Its name for people.
    pub(super) name: String,
    /// Its official key.
    pub(super) ars: String,
    /// The name its logs carry.
    pub(super) host: String,
    /// Its address.
    pub(super) url: String,
    /// Its name for other members.
    pub(super) did: String,
    /// The public key its manifest is signed with (C2SP signed-note § Verifier keys).
    pub(super) key: String,
}

/// A file in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Where it is, with slashes.
    pub(super) path: String,
    /// How long it is.
    pub(super) bytes: u64,
    /// The SHA-256 of its bytes in hex.
    pub(super) sha256: String,
    /// What it is for programs.
    pub(super) media_type: String,
    /// What it is here.
    pub(super) role: Role,
    /// Rows, of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<u64>,
}

/// What a file is in an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    /// Tells people what this is.
    Readme,
    /// What the member says of itself.
    Settings,
    /// What the tables hold.
    Schema,
    /// All rows of a table.
    Table,
    /// A picture or document, under the SHA-256 of its content.
    File,
    /// The member's secret keys.
    Keys,
    /// Made from the tables in a form that other programs read. Checked, but nothing is taken from it.
    View,
}

/// Of any version, to tell which it is.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// `export-newer` when a later program wrote it, `import` when it is none.
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        let wrong = |why: String| super::wrong(MANIFEST, why);
        let head: Head = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
        if head.format != FORMAT {
            return Err(wrong(format!("not an export of this program but '{}'", head.format)));
        }
        if head.version != VERSION {
            let detail = format!("{MANIFEST}: the form {} is not known here, only {VERSION}", head.version);
            return Err(Problem::input("export-newer", detail).hint("take the newer program"));
        }
        let manifest: Self = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
        let mut paths: Vec<_> = manifest.files.iter().map(|file| file.path.as_str()).collect();
        if let Some(path) = paths.iter().find(|path| !is_plain(path)) {
            return Err(wrong(format!("'{path}' is not a path within the export")));
        }
        paths.sort_unstable();
        match paths.windows(2).find(|pair| pair.first() == pair.last()) {
            Some([path, ..]) => Err(wrong(format!("'{path}' is listed twice"))),
            _ => Ok(manifest),
        }
    }

    /// The one file in a role that only one has.
    ///
    /// # Errors
    /// When there is none, or several.
    pub(super) fn only(&self, role: Role) -> Result<&Listed> {
        let mut found = self.files.iter().filter(|file| file.role == role);
        match (found.next(), found.next()) {
            (Some(file), None) => Ok(file),
            _ => Err(super::wrong(MANIFEST, format!("names not exactly one file as {role:?}"))),
        }
    }

    /// What came of it, for people.
    #[must_use]
    pub(super) fn summary(&self) -> Summary {
        let count = |role| self.files.iter().filter(|file| file.role == role).count();
        Summary {
            tables: count(Role::Table),
            rows: self.files.iter().filter_map(|file| file.rows).sum(),
            files: count(Role::File),
            bytes: self.files.iter().map(|file| file.bytes).sum(),
        }
    }
}

/// What the member signs: that this and no other manifest is its own.
pub(super) fn signed_text(manifest: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};

    format!("{SIGNED}\n{}\n", HEXLOWER.encode(&Sha256::digest(manifest)))
}

/// What an export holds, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Tables.
    pub tables: usize,
    /// Rows of all of them.
    pub rows: u64,
    /// Pictures and documents.
    pub files: usize,
    /// Bytes of everything.
    pub bytes: u64,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tables, rows, files, bytes } = self;
        write!(f, "{rows} rows of {tables} tables, {files} files, {bytes} bytes in all")
    }
}

/// Whether a path stays within the export wherever it is unpacked.
fn is_plain(path: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-%".contains(&byte);
    !matches!(path, MANIFEST | SIGNATURE)
        && path.len() < 1000
        && path
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(path: &str, version: u32) -> String {
        let file = |path: &str| {
            format!(r#"{{"path":"{path}","bytes":1,"sha256":"00","media_type":"text/plain","role":"view"}}"#)
        };
        let member = r#"{"slug":"a","name":"A","ars":"05315","host":"a","url":"a","did":"a","key":"a"}"#;
        format!(
            r#"{{"format":"{FORMAT}","version":{version},"program":"1","made":"x","member":{member},"files":[{},{}]}}"#,
            file("README.txt"),
            file(path)
        )
    }

    #[test]
    fn only_files_within_the_export_are_listed_and_each_once() {
        assert!(Manifest::parse(manifest("feeds/public/tile/0/x001/000.p/3", VERSION).as_bytes()).is_ok());
        for path in ["../x", "/x", "a//b", "a/../b", ".x", "a\\\\b", "README.txt", MANIFEST, "a/.."] {
            let refused = Manifest::parse(manifest(path, VERSION).as_bytes()).unwrap_err();
            assert_eq!(refused.code, "import", "{path}");
        }
    }

    #[test]
    fn a_newer_form_is_refused_before_anything_of_it_is_read() {
        let later = format!(r#"{{"format":"{FORMAT}","version":2,"something":"else"}}"#);
        let refused = Manifest::parse(later.as_bytes()).unwrap_err();
        assert_eq!(refused.code, "export-newer");
        assert!(refused.to_string().contains("newer program"), "{refused}");
        assert_eq!(Manifest::parse(manifest("a", 0).as_bytes()).unwrap_err().code, "export-newer");
    }
}

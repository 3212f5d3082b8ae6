use std::path::Path;
use std::sync::Arc;

use base::{Problem, Result};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use fetch::Fetch;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::S3;

/// The SHA-256 of a file's content; its name in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

impl std::fmt::Display for FileHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", HEXLOWER.encode_display(&self.0))
    }
}

impl std::fmt::Debug for FileHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for FileHash {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Problem::not_found("file", "no such file");
        let hash = HEXLOWER.decode(text.as_bytes()).map_err(|_| wrong())?;
        hash.try_into().map(Self).map_err(|_| wrong())
    }
}

crate::statements! {
    NAMES = "file.names": "select hash from file order by hash";
}

/// The names of all files the database knows.
///
/// # Errors
/// What the database says.
pub fn file_names(tx: &mut crate::Tx<'_>) -> Result<Vec<FileHash>, crate::Error> {
    tx.all(&NAMES, &[], |row| row.get(0).map(FileHash))
}

/// What a file is, told by its first bytes, never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// WebP picture.
    Webp,
    /// PDF document.
    Pdf,
}

impl MediaKind {
    /// The media type for `Content-Type`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }
}

/// Tells the kind of a file by its content; `None` for everything we do not take.
#[must_use]
pub fn sniff(content: &[u8]) -> Option<MediaKind> {
    let kinds = [MediaKind::Jpeg, MediaKind::Png, MediaKind::Webp, MediaKind::Pdf];
    let found = infer::get(content)?.mime_type();
    kinds.into_iter().find(|kind| kind.media_type() == found)
}

/// A file that is in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Its name.
    pub hash: FileHash,
    /// Its size in bytes.
    pub size: u64,
}

/// Files by their content: in a folder, or in any S3-compatible store.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    /// Files in a folder, which is made when absent. Each is flushed to disk before its name is known.
    ///
    /// # Errors
    /// When the folder cannot be made or used.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let wrong = |why: String| {
            let detail = format!("the folder {} cannot be used for files", folder.display());
            Problem::internal("files", detail).because(why)
        };
        std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| wrong(error.to_string()))?;
        Ok(Self(Arc::new(store.with_fsync(true).with_automatic_cleanup(true))))
    }

    /// Files in a bucket of an S3-compatible store.
    ///
    /// # Errors
    /// When the settings make no sense; whether the store answers is seen when it is used.
    pub fn in_bucket(bucket: &S3, fetch: Fetch) -> Result<Self> {
        Ok(Self(bucket.open(fetch)?))
    }

    /// Keeps `content`; keeping the same content twice keeps it once.
    ///
    /// # Errors
    /// When the store cannot take it.
    pub async fn put(&self, content: Bytes) -> Result<StoredFile> {
        let hash = FileHash(Sha256::digest(&content).into());
        let size = content.len() as u64;
        self.0.put(&key(hash), PutPayload::from(content)).await.map_err(failed)?;
        Ok(StoredFile { hash, size })
    }

    /// Keeps a stream of at most `limit` bytes without ever holding it in memory whole.
    ///
    /// # Errors
    /// `too-large` above the limit, or when stream or store fail; nothing is kept then.
    pub async fn put_stream<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<StoredFile> {
        let broken =
            |error: std::io::Error| Problem::busy("spool", "no room to take the file").because(error);
        // The name is known only at the end, so the content waits in an unnamed file.
        let spool = tokio::task::spawn_blocking(tempfile::tempfile).await;
        let spool = spool.map_err(|error| Problem::internal("spool", "cannot spool").because(error))?;
        let mut spool = tokio::fs::File::from_std(spool.map_err(broken)?);
        let (mut hasher, mut size) = (Sha256::new(), 0_u64);
        let mut stream = std::pin::pin!(stream);
        while let Some(chunk) = stream.next().await {
            let chunk =
                chunk.map_err(|error| Problem::input("upload", "the upload broke off").because(error))?;
            size += chunk.len() as u64;
            if size > limit {
                let detail = format!("the file is larger than {limit} bytes");
                return Err(Problem::new(base::Kind::TooLarge, "too-large", detail));
            }
            hasher.update(&chunk);
            spool.write_all(&chunk).await.map_err(broken)?;
        }
        let hash = FileHash(hasher.finalize().into());
        spool.flush().await.map_err(broken)?;
        self.upload(spool, key(hash)).await?;
        Ok(StoredFile { hash, size })
    }

    async fn upload(&self, mut spool: tokio::fs::File, key: Key) -> Result<()> {
        use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

        let broken = |error: std::io::Error| Problem::busy("spool", "the file cannot be kept").because(error);
        spool.rewind().await.map_err(broken)?;
        let mut writer = object_store::buffered::BufWriter::new(Arc::clone(&self.0), key);
        let mut buffer = vec![0; 256 << 10];
        loop {
            let read = spool.read(&mut buffer).await.map_err(broken)?;
            match buffer.get(..read) {
                Some(chunk) if read > 0 => writer.write_all(chunk).await.map_err(broken)?,
                _ => break,
            }
        }
        writer.shutdown().await.map_err(broken)
    }

    /// The content as a stream.
    ///
    /// # Errors
    /// `file` when there is none.
    pub async fn get(&self, hash: FileHash) -> Result<BoxStream<'static, Result<Bytes>>> {
        let found = self.0.get(&key(hash)).await.map_err(failed)?;
        Ok(found.into_stream().map_err(failed).boxed())
    }

    /// The content as a whole; for small files.
    ///
    /// # Errors
    /// `file` when there is none.
    pub async fn bytes(&self, hash: FileHash) -> Result<Bytes> {
        self.0.get(&key(hash)).await.map_err(failed)?.bytes().await.map_err(failed)
    }

    /// Removes a file; removing what is not there is no error.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn delete(&self, hash: FileHash) -> Result<()> {
        match self.0.delete(&key(hash)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            other => other.map_err(failed),
        }
    }

    /// The names of all files.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn list(&self) -> Result<Vec<FileHash>> {
        let names = self.0.list(None).map_err(failed).try_filter_map(|meta| async move {
            Ok(meta.location.as_ref().replace('/', "").parse::<FileHash>().ok())
        });
        names.try_collect().await
    }
}

/// Two levels, so that no folder grows too large.
fn key(hash: FileHash) -> Key {
    let name = hash.to_string();
    let (first, rest) = name.split_at(2);
    Key::from(format!("{first}/{rest}"))
}

fn failed(error: object_store::Error) -> Problem {
    match error {
        object_store::Error::NotFound { .. } => Problem::not_found("file", "no such file"),
        other => Problem::busy("files", "the file store cannot do it just now").because(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(parts: &[&'static [u8]]) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        futures_util::stream::iter(parts.iter().map(|part| Ok(Bytes::from_static(part))).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn a_file_is_kept_once_under_the_name_of_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let streamed = files.put_stream(chunks(&[b"Guten ", b"Tag"]), 100).await.unwrap();
        let whole = files.put(Bytes::from_static(b"Guten Tag")).await.unwrap();
        assert_eq!(streamed, whole);
        assert_eq!(files.list().await.unwrap(), [whole.hash]);
        assert_eq!(files.bytes(whole.hash).await.unwrap(), "Guten Tag");
        files.delete(whole.hash).await.unwrap();
        files.delete(whole.hash).await.unwrap();
        assert_eq!(files.bytes(whole.hash).await.unwrap_err().kind, base::Kind::NotFound);
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_and_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(folder.path()).unwrap();
        let problem = files.put_stream(chunks(&[b"12345", b"678"]), 7).await.unwrap_err();
        assert_eq!(problem.code, "too-large");
        assert!(files.list().await.unwrap().is_empty());
    }

    #[test]
    fn the_kind_is_told_by_content() {
        assert_eq!(sniff(b"%PDF-1.7\n"), Some(MediaKind::Pdf));
        assert_eq!(sniff(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"), None);
        assert_eq!(sniff(b"hello"), None);
    }
}

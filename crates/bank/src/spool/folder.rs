//! A folder on this machine or a mounted share.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use async_trait::async_trait;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{Listed, Place};

/// A folder, and what lies below it.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        paths: &[&str],
        work: impl FnOnce(Vec<PathBuf>) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let paths = paths.iter().map(|path| self.root.join(path)).collect();
        tokio::task::spawn_blocking(move || work(paths))
            .await
            .map_err(io::Error::other)?
    }
}

/// Makes a name in a folder survive a power cut.
fn flush_folder_of(path: &Path) -> io::Result<()> {
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Renames without replacing. File systems that can't do that in one step do it in two, of which the first decides.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)?;
        }
        other => other?,
    }
    flush_folder_of(to)?;
    flush_folder_of(from)
}

fn listed(folder: &Path) -> io::Result<Vec<Listed>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(meta) = entry.metadata() else { continue };
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if meta.is_file() {
            let modified = meta
                .modified()?
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            files.push(Listed {
                name,
                size: meta.len(),
                modified: modified.as_secs(),
            });
        }
    }
    Ok(files)
}

fn absent_is_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl Place for Folder {
    async fn make_folder(&self, path: &str) -> io::Result<()> {
        self.blocking(&[path], |paths| fs::create_dir_all(&paths[0]))
            .await
    }

    async fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let bytes = bytes.to_vec();
        self.blocking(&[path], move |paths| {
            let mut options = File::options();
            options.write(true).create(true).truncate(true).mode(0o640);
            let mut file = options.open(&paths[0])?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            flush_folder_of(&paths[0])
        })
        .await
    }

    async fn read_small(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.blocking(&[path], |paths| absent_is_none(fs::read(&paths[0])))
            .await
    }

    async fn exists(&self, path: &str) -> io::Result<bool> {
        self.blocking(&[path], |paths| fs::exists(&paths[0])).await
    }

    async fn rename_new(&self, from: &str, to: &str) -> io::Result<()> {
        self.blocking(&[from, to], |paths| rename_new(&paths[0], &paths[1]))
            .await
    }

    async fn hand_out(&self, from: &str, to: &str) -> io::Result<()> {
        self.blocking(&[from, to], |paths| {
            fs::rename(&paths[0], &paths[1])?;
            flush_folder_of(&paths[1])?;
            flush_folder_of(&paths[0])
        })
        .await
    }

    async fn remove(&self, path: &str) -> io::Result<()> {
        self.blocking(&[path], |paths| {
            absent_is_none(fs::remove_file(&paths[0])).map(drop)
        })
        .await
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.blocking(&[folder], |paths| listed(&paths[0])).await
    }

    async fn fetch(&self, path: &str) -> io::Result<PathBuf> {
        Ok(self.root.join(path))
    }

    async fn forget(&self, _path: &str) -> io::Result<()> {
        Ok(())
    }
}

//! What belongs to a backup, with the digest of each file.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::MANIFEST;

/// The only layout of the folder so far.
const FORMAT: u32 = 1;

/// The list.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The server that wrote it.
    pub version: String,
    /// When it was begun.
    pub at: DateTime<Utc>,
    /// SHA-256 of each file, by its path within the folder.
    pub files: BTreeMap<PathBuf, String>,
}

impl Manifest {
    /// Takes stock of a folder.
    pub fn of(folder: &Path, at: DateTime<Utc>) -> Result<Self> {
        let mut files = BTreeMap::new();
        take_stock(folder, folder, &mut files)?;
        Ok(Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            at,
            files,
        })
    }

    /// Writes the list; without it, a folder is no backup.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(std::fs::write(folder.join(MANIFEST), text)?)
    }

    /// Reads the list and compares it with the folder.
    pub fn verified(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "{} is missing: the folder is no finished backup",
                path.display()
            )
        })?;
        let manifest: Self = serde_json::from_str(&text).context("the manifest can't be read")?;
        if manifest.format != FORMAT {
            bail!("a newer version of the server wrote this backup; restore it with that one");
        }
        for (file, digest) in &manifest.files {
            let found = digest_of(&folder.join(file))
                .with_context(|| format!("{} can't be read", file.display()))?;
            if found != *digest {
                bail!(
                    "{} is not as it was backed up; take another backup",
                    file.display()
                );
            }
        }
        Ok(manifest)
    }
}

fn take_stock(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            take_stock(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root)?.to_owned();
        if name != Path::new(MANIFEST) {
            files.insert(name, digest_of(&path)?);
        }
    }
    Ok(())
}

fn digest_of(path: &Path) -> Result<String> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

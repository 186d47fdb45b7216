//! Doing a slow thing again only when what it was made from has changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// A file that remembers what something was made from.
pub struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// The stamp in `file` for what is made from things with this digest.
    pub fn new(file: PathBuf, digest: String) -> Self {
        Self { file, digest }
    }

    /// Whether the thing was made from exactly this.
    pub fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.digest)
    }

    /// Remembers that it now is.
    pub fn set(&self) -> Result<()> {
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("{} can't be written", self.file.display()))
    }
}

/// SHA-256 over names and contents of files and, below folders, of everything whose name is not in `without`.
pub fn digest_of(paths: &[PathBuf], without: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in paths {
        add(&mut hasher, path, without)
            .with_context(|| format!("{} can't be read", path.display()))?;
    }
    Ok(hex::encode(hasher.finalize()))
}

fn add(hasher: &mut Sha256, path: &Path, without: &[&str]) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if without.contains(&name.as_ref()) {
        return Ok(());
    }
    hasher.update(name.as_bytes());
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        return entries
            .iter()
            .try_for_each(|entry| add(hasher, &entry.path(), without));
    }
    let content = fs::read(path)?;
    hasher.update((content.len() as u64).to_be_bytes());
    hasher.update(&content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Stamp, digest_of};

    #[test]
    fn a_stamp_holds_until_a_name_or_a_content_changes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sources = folder.path().join("src");
        fs::create_dir(&sources).expect("created");
        let stamp = || {
            let digest = digest_of(std::slice::from_ref(&sources), &["dist"]).expect("readable");
            Stamp::new(folder.path().join("stamp"), digest)
        };
        fs::write(sources.join("a.ts"), "one").expect("written");
        assert!(!stamp().holds());
        stamp().set().expect("written");
        assert!(stamp().holds());

        fs::write(sources.join("dist"), "made, not a source").expect("written");
        assert!(stamp().holds());
        fs::write(sources.join("a.ts"), "two").expect("written");
        assert!(!stamp().holds());
        stamp().set().expect("written");
        fs::rename(sources.join("a.ts"), sources.join("b.ts")).expect("renamed");
        assert!(!stamp().holds());
    }
}

//! Every file that the manifest pins: for listing, checking and installing sets.

use std::path::Path;

use serde::Serialize;

use super::family::Family;
use super::manifest::Manifest;
use super::set::read_verified;
use super::{ModelError, ModelSetName};

/// A model file as the manifest pins it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PinnedFile {
    /// The set that it belongs to.
    pub set: ModelSetName,
    /// File name.
    pub file: String,
    /// What it does: `detector`, `mesh`, `embedding`, `passive_pad`, …
    pub task: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Who made the model.
    pub upstream: String,
    /// Under which licence.
    pub licence: String,
    /// Where the file comes from.
    pub source: String,
    /// Whether this version of the program runs it; a set is whole without the others.
    pub needed: bool,
}

impl PinnedFile {
    /// Every file of both sets, in the manifest's order.
    pub fn all() -> Result<Vec<Self>, ModelError> {
        let manifest = Manifest::built_in()?;
        let of_set = |set: ModelSetName| {
            let entries = manifest.files(set).iter();
            entries.map(move |entry| Self {
                set,
                file: entry.name.clone(),
                task: entry.task.clone(),
                sha256: entry.sha256.clone(),
                bytes: entry.bytes,
                upstream: entry.upstream.name.clone(),
                licence: entry.upstream.licence.clone(),
                source: entry.source.to_string(),
                needed: Family::of(&entry.name).is_some(),
            })
        };
        let sets = [ModelSetName::Default, ModelSetName::Recommended];
        Ok(sets.into_iter().flat_map(of_set).collect())
    }

    /// The file's bytes, if it is the one that is pinned.
    ///
    /// # Errors
    /// [`ModelError::File`] if it can't be read, [`ModelError::Changed`] if it is another.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, ModelError> {
        read_verified(path, &self.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_its_licence_and_its_source() {
        let all = PinnedFile::all().expect("compiled in");
        assert!(all.iter().any(|file| file.set == ModelSetName::Recommended));
        for file in all {
            assert!(
                !file.licence.is_empty() && !file.source.is_empty(),
                "{file:?}"
            );
            assert_eq!(file.sha256.len(), 64, "{file:?}");
        }
    }
}

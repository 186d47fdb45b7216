//! Choosing a set of models, verifying its files, and loading it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shiming_onnx::Tuner;

use super::family::Family;
use super::manifest::Manifest;
use super::{FileEntry, ModelError, Network, Runtime};
use crate::embed::CHIPS;
use crate::mesh;

/// Which set of models is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSetName {
    /// Always obtainable; demo grade, without passive presentation-attack detection.
    Default,
    /// Installed by an operator.
    Recommended,
}

impl ModelSetName {
    /// The name as a directory and as JSON spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Recommended => "recommended",
        }
    }
}

/// One model file at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// What it does: `detector`, `mesh`, `embedding` or `passive_pad`.
    pub task: String,
    /// File name.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
}

/// A complete set whose files are the ones that the manifest names.
pub(crate) struct ModelSet {
    pub name: ModelSetName,
    files: Vec<VerifiedFile>,
}

struct VerifiedFile {
    entry: FileEntry,
    family: Family,
    /// The file as it is run: rewritten for the runtime after its hash was checked.
    bytes: Vec<u8>,
}

/// The networks of a set, loaded.
pub(crate) struct Models {
    /// For frames of a stream: the detector with the smallest input.
    pub detector: (Family, Network),
    /// For photos, where a face may be small: a detector with a larger input, if the set has one.
    pub photo_detector: Option<(Family, Network)>,
    pub mesh: Network,
    /// The near one and the wide one.
    pub pad: Option<(Network, Network)>,
    pub embedding: (Family, Network),
}

impl ModelSet {
    /// The recommended set if a directory holds all of it, else the default set. A directory may hold the files
    /// itself or in a folder with the set's name.
    pub fn find(directories: &[PathBuf]) -> Result<Self, ModelError> {
        let manifest = Manifest::built_in()?;
        let mut missing = Vec::new();
        for name in [ModelSetName::Recommended, ModelSetName::Default] {
            let wanted = wanted_files(&manifest, name);
            for directory in directories
                .iter()
                .flat_map(|dir| [dir.clone(), dir.join(name.as_str())])
            {
                match first_missing(&directory, &wanted) {
                    None => return Self::read(name, &directory, wanted),
                    Some(file) => missing.push(directory.join(file).display().to_string()),
                }
            }
        }
        Err(ModelError::NoSet(match missing.as_slice() {
            [] => "no directory was given".to_owned(),
            files => format!("not found: {}", files.join(", ")),
        }))
    }

    fn read(
        name: ModelSetName,
        directory: &Path,
        wanted: Vec<(FileEntry, Family)>,
    ) -> Result<Self, ModelError> {
        let verified = wanted.into_iter().map(|(entry, family)| {
            let file = read_verified(&directory.join(&entry.name), &entry.sha256)?;
            let bytes = tuner(family)
                .tune(&file)
                .map_err(|source| ModelError::Rewrite {
                    model: entry.name.clone(),
                    source,
                })?;
            Ok(VerifiedFile {
                entry,
                family,
                bytes,
            })
        });
        Ok(Self {
            name,
            files: verified.collect::<Result<_, ModelError>>()?,
        })
    }

    pub fn infos(&self) -> Vec<ModelInfo> {
        let info = |file: &VerifiedFile| ModelInfo {
            task: file.entry.task.clone(),
            file: file.entry.name.clone(),
            sha256: file.entry.sha256.clone(),
        };
        self.files.iter().map(info).collect()
    }

    /// Whether the set can judge presentation attacks passively.
    pub fn has_pad(&self) -> bool {
        let has = |family| self.files.iter().any(|file| file.family == family);
        has(Family::MiniFasNetNear) && has(Family::MiniFasNetWide)
    }

    /// SHA-256 of the model that embeds.
    pub fn embedding_sha256(&self) -> &str {
        let embeds = |file: &&VerifiedFile| {
            matches!(file.family, Family::DlibResNet | Family::MobileFaceNet)
        };
        self.files
            .iter()
            .find(embeds)
            .map_or("", |file| &file.entry.sha256)
    }

    /// Loads every network once; each call makes another, independent copy.
    pub fn load(&self, runtime: &Runtime) -> Result<Models, ModelError> {
        let mut detectors = self.all(runtime, &[Family::BlazeFace, Family::YuNet])?;
        detectors.sort_by_key(|(_, network)| network.input_size());
        let mut detectors = detectors.into_iter();
        let detector = detectors
            .next()
            .ok_or_else(|| ModelError::Unknown("no detector".into()))?;
        let (family, embedding) =
            self.one(runtime, &[Family::DlibResNet, Family::MobileFaceNet])?;
        let (_, mesh) = self.one(runtime, &[Family::FaceMesh])?;
        let near = self.all(runtime, &[Family::MiniFasNetNear])?.pop();
        let wide = self.all(runtime, &[Family::MiniFasNetWide])?.pop();
        Ok(Models {
            detector,
            photo_detector: detectors.next_back(),
            mesh,
            pad: near.zip(wide).map(|((_, near), (_, wide))| (near, wide)),
            embedding: (family, embedding.of_images(CHIPS.into())),
        })
    }

    fn one(&self, runtime: &Runtime, families: &[Family]) -> Result<(Family, Network), ModelError> {
        let found = self.all(runtime, families)?.pop();
        found.ok_or_else(|| ModelError::Unknown(format!("none of {families:?}")))
    }

    fn all(
        &self,
        runtime: &Runtime,
        families: &[Family],
    ) -> Result<Vec<(Family, Network)>, ModelError> {
        let wanted = self
            .files
            .iter()
            .filter(|file| families.contains(&file.family));
        wanted
            .map(|file| {
                Ok((
                    file.family,
                    Network::load(runtime, &file.entry, &file.bytes)?,
                ))
            })
            .collect()
    }
}

/// The files of a set that the engine has a use for.
fn wanted_files(manifest: &Manifest, set: ModelSetName) -> Vec<(FileEntry, Family)> {
    let files = manifest.files(set).iter();
    files
        .filter_map(|entry| Some((entry.clone(), Family::of(&entry.name)?)))
        .collect()
}

/// How a model may be changed to run faster.
fn tuner(family: Family) -> Tuner {
    let tuner = Tuner::default();
    match family {
        Family::YuNet => tuner.free_size(),
        Family::FaceMesh => tuner.keep_outputs(&mesh::OUTPUTS),
        Family::DlibResNet | Family::MobileFaceNet => tuner.images(CHIPS),
        _ => tuner,
    }
}

fn first_missing(directory: &Path, wanted: &[(FileEntry, Family)]) -> Option<String> {
    let missing = wanted
        .iter()
        .find(|(entry, _)| !directory.join(&entry.name).is_file());
    missing.map(|(entry, _)| entry.name.clone())
}

pub(super) fn read_verified(path: &Path, expected: &str) -> Result<Vec<u8>, ModelError> {
    let bytes = fs::read(path).map_err(|source| ModelError::File {
        path: path.to_owned(),
        source,
    })?;
    let actual = hex::encode(Sha256::digest(&bytes));
    if actual == expected {
        return Ok(bytes);
    }
    Err(ModelError::Changed {
        path: path.to_owned(),
        expected: expected.to_owned(),
        actual,
    })
}

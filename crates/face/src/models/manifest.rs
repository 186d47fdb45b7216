//! The manifest of model files, as `models-src/README.md` describes it.

use serde::Deserialize;

use super::{ModelError, ModelSetName};
use crate::picture::Normalisation;

/// The only format that this program reads.
const FORMAT: u32 = 1;

/// Every model file of both sets.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    sets: Sets,
}

#[derive(Debug, Deserialize)]
struct Sets {
    default: SetEntry,
    recommended: SetEntry,
}

#[derive(Debug, Deserialize)]
struct SetEntry {
    files: Vec<FileEntry>,
}

/// One model file.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct FileEntry {
    pub name: String,
    pub task: String,
    pub sha256: String,
    pub bytes: u64,
    pub source: Source,
    pub upstream: Upstream,
    pub input: InputEntry,
}

/// Where a file comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Source {
    /// Converted at set-up from an npm package.
    Npm {
        package: String,
        version: String,
        path: String,
    },
    /// Installed by an operator, as its project published it.
    Release { project: String },
}

/// Who made a model, and under which licence.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Upstream {
    pub name: String,
    pub licence: String,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Npm {
                package,
                version,
                path,
            } => write!(f, "npm {package}@{version} {path}, converted at set-up"),
            Self::Release { project } => write!(f, "{project}, as published"),
        }
    }
}

/// What a model wants to be fed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct InputEntry {
    pub name: String,
    /// Batch, channels, height, width.
    pub shape: [usize; 4],
    channels: Channels,
    mean: [f32; 3],
    scale: [f32; 3],
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Channels {
    Rgb,
    Bgr,
}

impl Manifest {
    /// The manifest that is compiled into the program.
    pub fn built_in() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../../models-src/manifest.json"))
    }

    fn parse(json: &str) -> Result<Self, ModelError> {
        let manifest: Self =
            serde_json::from_str(json).map_err(|e| ModelError::Manifest(e.to_string()))?;
        if manifest.format != FORMAT {
            return Err(ModelError::Manifest(format!(
                "format {} instead of {FORMAT}",
                manifest.format
            )));
        }
        Ok(manifest)
    }

    pub fn files(&self, set: ModelSetName) -> &[FileEntry] {
        match set {
            ModelSetName::Default => &self.sets.default.files,
            ModelSetName::Recommended => &self.sets.recommended.files,
        }
    }
}

impl InputEntry {
    pub fn normalisation(&self) -> Normalisation {
        Normalisation {
            bgr: self.channels == Channels::Bgr,
            mean: self.mean,
            scale: self.scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_manifest_names_both_sets_with_hashes() {
        let manifest = Manifest::built_in().expect("compiled in");
        for set in [ModelSetName::Default, ModelSetName::Recommended] {
            assert!(
                manifest
                    .files(set)
                    .iter()
                    .all(|file| file.sha256.len() == 64),
                "{set:?}"
            );
            assert!(
                manifest
                    .files(set)
                    .iter()
                    .any(|file| file.task == "embedding"),
                "{set:?}"
            );
        }
    }

    #[test]
    fn another_format_is_refused() {
        let json =
            r#"{"format": 2, "sets": {"default": {"files": []}, "recommended": {"files": []}}}"#;
        let error = Manifest::parse(json).expect_err("format 2");
        assert!(error.to_string().contains("format 2"), "{error}");
    }
}

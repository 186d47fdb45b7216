//! How to load an engine, and what it says about itself.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::compare::Thresholds;
use crate::models::{ModelInfo, ModelSetName};
use crate::quality::QualityPolicy;

/// How to load an engine. Reading the environment is the caller's business.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Directories that may hold model sets, either the files themselves or in a folder with the set's name. The
    /// recommended set is taken if one is complete, else the default set.
    pub model_dirs: Vec<PathBuf>,
    /// The onnxruntime shared library.
    pub runtime_library: PathBuf,
    /// Threads inside one inference; 1 gives the best throughput.
    pub intra_threads: usize,
    /// How many frames may be worked on at once; each costs the memory of a model set (about 45 MB).
    pub workers: usize,
    /// Largest image file that is looked at, in bytes.
    pub max_image_bytes: usize,
    /// What a good frame of a scan is.
    pub frame_quality: QualityPolicy,
    /// What a good authority's photo is.
    pub photo_quality: QualityPolicy,
    /// Thresholds instead of the set's own.
    pub thresholds: Option<Thresholds>,
}

impl EngineOptions {
    /// Everything else at its default: one worker, one thread, 10 MB.
    #[must_use]
    pub fn new(model_dirs: Vec<PathBuf>, runtime_library: PathBuf) -> Self {
        Self {
            model_dirs,
            runtime_library,
            intra_threads: 1,
            workers: 1,
            max_image_bytes: 10 * 1024 * 1024,
            frame_quality: QualityPolicy::default(),
            photo_quality: QualityPolicy::photo(),
            thresholds: None,
        }
    }
}

/// What is at work; stored with every result, so that it can be reproduced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// Version of this crate.
    pub version: String,
    /// Version of the inference runtime, in its own words.
    pub runtime: String,
    /// The set.
    pub set: ModelSetName,
    /// Its files.
    pub models: Vec<ModelInfo>,
    /// True if the set is good enough for a demonstration only: assurance has to be capped.
    pub demo_grade: bool,
    /// True if the set can judge presentation attacks passively.
    pub passive_pad: bool,
    /// From which similarity on a face counts as the same.
    pub thresholds: Thresholds,
}

//! The engine: one object, usable from many threads, that runs the stages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Embedding, FaceReport, FrameReport, Landmarks, PadScores, Want};

/// How to load an engine. Reading the environment is the caller's business.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Directories of model sets, each with a `manifest.json`. The recommended set is taken if one is complete,
    /// else the default set.
    pub model_dirs: Vec<PathBuf>,
    /// The onnxruntime shared library.
    pub runtime_library: PathBuf,
    /// Threads inside one inference; 1 gives the best throughput.
    pub intra_threads: usize,
    /// How many frames may be worked on at once; each costs the memory of a model set (about 45 MB).
    pub workers: usize,
    /// Largest image file that is looked at, in bytes.
    pub max_image_bytes: usize,
}

/// Why an engine could not be loaded, or failed while working.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {}

/// Which set of models is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSetName {
    /// Always obtainable; demo grade, without passive presentation-attack detection.
    Default,
    /// Installed by an operator.
    Recommended,
}

/// One model file at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// What it does, as in the manifest.
    pub role: String,
    /// File name.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
}

/// What is at work; stored with every result, so that it can be reproduced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// Version of this crate.
    pub version: String,
    /// Version of the inference runtime.
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

/// Similarities that decide, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// At least this: the same person.
    pub accept: f32,
    /// At least this, below `accept`: a person has to look.
    pub review: f32,
    /// At least this between frames of one scan: nobody else stepped in.
    pub continuity: f32,
    /// Whether the false match rate of `accept` rests on enough comparisons.
    pub rating: Rating,
    /// Data set, false match rate and bound that `accept` rests on, as one sentence.
    pub provenance: String,
}

/// Whether a false match rate of 1 in 10 000 was measured on at least 30 000 impostor pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// It was.
    Rated,
    /// It was not; the result alone must not reach the highest assurance.
    Unrated,
}

/// The faces of a single image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Width of the upright image in pixels.
    pub width: u32,
    /// Height of the upright image in pixels.
    pub height: u32,
    /// Largest first.
    pub faces: Vec<InspectedFace>,
    /// The one thing to mend; `None` when everything is good.
    pub hint: Option<crate::Hint>,
    /// What judged.
    pub engine: EngineInfo,
}

/// One face of an image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InspectedFace {
    /// Certainty of the detector, 0 to 1.
    pub score: f32,
    /// Measurements.
    #[serde(flatten)]
    pub face: FaceReport,
    /// Centres of the subject's right eye and left eye, nose tip, right and left corner of the mouth.
    pub five_points: [crate::Point; 5],
    /// All landmarks, in pixels.
    #[serde(rename = "landmarks", serialize_with = "points_only")]
    pub mesh: Landmarks,
    /// Scores of the presentation-attack models, where the set has them.
    pub pad: Option<PadScores>,
}

fn points_only<S: serde::Serializer>(mesh: &Landmarks, out: S) -> Result<S::Ok, S::Error> {
    mesh.points.serialize(out)
}

/// A photo of an identity authority, ready for comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The face.
    pub embedding: Embedding,
    /// SHA-256 of the model that made the embedding; another model can't compare with it.
    pub model_sha256: String,
}

/// Why a photo can't serve as reference.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {}

/// Two images compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Similarity of the largest faces, at most 1.
    pub similarity: f32,
    /// From this similarity on they count as the same person.
    pub threshold: f32,
    /// Whether they do.
    pub same_person: bool,
    /// Accept, review or reject.
    pub decision: Decision,
    /// The set that judged.
    pub set: ModelSetName,
    /// True if that set is good enough for a demonstration only.
    pub demo_grade: bool,
    /// Whether the threshold's false match rate is well measured.
    pub rating: Rating,
}

/// What a similarity means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The same person.
    Accept,
    /// A person has to look.
    Review,
    /// Not the same person.
    Reject,
}

/// The comparison of a scan with the authority's photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceDecision {
    /// Accept, review or reject.
    pub decision: Decision,
    /// Similarity of the averaged frames with the reference.
    pub similarity: f32,
    /// Frames that were averaged.
    pub frames: usize,
    /// Similarities that decided, with their provenance.
    pub thresholds: Thresholds,
    /// What judged.
    pub engine: EngineInfo,
}

/// What is remembered from frame to frame of one stream, so that a face is followed instead of searched anew.
#[derive(Clone, Debug, Default)]
pub struct Track {}

/// The engine. Share it behind an `Arc`; calls block while all its workers are busy.
#[derive(Debug)]
pub struct Engine {
    info: EngineInfo,
}

impl Engine {
    /// Loads the runtime and the best complete model set, verifying every file's hash.
    pub fn load(_options: &EngineOptions) -> Result<Engine, EngineError> {
        unimplemented!("published signature, implementation follows")
    }

    /// What is at work.
    #[must_use]
    pub fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// Everything there is to say about the faces of an image.
    pub fn inspect(&self, _image: &[u8]) -> Result<Inspection, EngineError> {
        unimplemented!("published signature, implementation follows")
    }

    /// Prepares an authority's photo for comparison: exactly one face, good enough.
    pub fn enrol(&self, _photo: &[u8]) -> Result<Reference, EnrolError> {
        unimplemented!("published signature, implementation follows")
    }

    /// Compares the largest faces of two images.
    pub fn compare(&self, _a: &[u8], _b: &[u8]) -> Result<Comparison, EngineError> {
        unimplemented!("published signature, implementation follows")
    }

    /// Measures one frame of a stream; cheap unless more is wanted.
    pub fn analyse_frame(
        &self,
        _track: &mut Track,
        _frame: &[u8],
        _want: Want,
    ) -> Result<FrameReport, EngineError> {
        unimplemented!("published signature, implementation follows")
    }

    /// The final comparison: embeds the stills, averages them, compares with the reference.
    pub fn judge(
        &self,
        _reference: &Reference,
        _stills: &[&[u8]],
    ) -> Result<FaceDecision, EngineError> {
        unimplemented!("published signature, implementation follows")
    }
}

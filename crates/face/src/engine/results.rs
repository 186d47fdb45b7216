//! What the engine answers.

use serde::{Deserialize, Serialize};

use super::EngineInfo;
use super::worker::FoundFace;
use crate::compare::{Decision, Rating, Thresholds};
use crate::embed::Embedding;
use crate::geometry::FaceBox;
use crate::hint::Hint;
use crate::mesh::Landmarks;
use crate::models::ModelSetName;
use crate::pad::PadScores;
use crate::report::FaceReport;

/// The faces of a single picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// Width of the upright picture in pixels.
    pub width: u32,
    /// Height of the upright picture in pixels.
    pub height: u32,
    /// Most prominent first: large and near the middle.
    pub faces: Vec<InspectedFace>,
    /// The one thing to mend if this were a frame of a scan; `None` when everything is good.
    pub hint: Option<Hint>,
    /// What judged.
    pub engine: EngineInfo,
}

/// One face of a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InspectedFace {
    /// Certainty of the detector, 0 to 1.
    pub score: f32,
    /// The detector's own box; `box` lies around the landmarks.
    pub detector_box: FaceBox,
    /// Measurements.
    #[serde(flatten)]
    pub face: FaceReport,
    /// All landmarks, in pixels.
    #[serde(rename = "landmarks", serialize_with = "places")]
    mesh: Landmarks,
    /// Scores of the presentation-attack models; `None` if the set has none.
    pub pad: Option<PadScores>,
}

impl InspectedFace {
    pub(super) fn new(found: FoundFace, pad: Option<PadScores>) -> Self {
        Self {
            score: found.detection.score,
            detector_box: found.detection.face_box,
            mesh: found.report.landmarks.clone(),
            face: found.report,
            pad,
        }
    }
}

fn places<S: serde::Serializer>(mesh: &Landmarks, out: S) -> Result<S::Ok, S::Error> {
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

/// Two pictures compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Similarity of the most prominent faces, -1 to 1.
    pub similarity: f32,
    /// Below this similarity they count as different people.
    pub threshold: f32,
    /// Whether the similarity reaches the threshold.
    pub same_person: bool,
    /// From this similarity on a verification accepts without a person looking.
    pub accept_threshold: f32,
    /// What a verification would decide.
    pub decision: Decision,
    /// The set that judged.
    pub set: ModelSetName,
    /// True if that set is good enough for a demonstration only.
    pub demo_grade: bool,
    /// Whether the thresholds' false match rate is well measured.
    pub rating: Rating,
}

impl Comparison {
    pub(super) fn new(similarity: f32, info: &EngineInfo) -> Self {
        let thresholds = &info.thresholds;
        let decision = thresholds.decide(similarity);
        Self {
            similarity,
            threshold: thresholds.review,
            same_person: decision != Decision::Reject,
            accept_threshold: thresholds.accept,
            decision,
            set: info.set,
            demo_grade: info.demo_grade,
            rating: thresholds.rating,
        }
    }
}

/// The comparison of a scan with the authority's photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceDecision {
    /// Accept, review or reject.
    pub decision: Decision,
    /// Similarity of the averaged frames with the reference, -1 to 1.
    pub similarity: f32,
    /// Frames that were averaged.
    pub frames: usize,
    /// Similarities that decided, with their provenance.
    pub thresholds: Thresholds,
    /// What judged.
    pub engine: EngineInfo,
}

impl FaceDecision {
    pub(super) fn new(similarity: f32, frames: usize, info: &EngineInfo) -> Self {
        Self {
            decision: info.thresholds.decide(similarity),
            similarity,
            frames,
            thresholds: info.thresholds.clone(),
            engine: info.clone(),
        }
    }
}

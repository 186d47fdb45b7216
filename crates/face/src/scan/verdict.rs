//! The record that a scan leaves: scores, thresholds, versions, decision and reasons.

use serde::{Deserialize, Serialize};

use super::{Action, PadSummary, RiskSignal, ScanPolicy};
use crate::{EngineInfo, Hint, PerceptualHash};

/// What a scan showed. The comparison with the authority's photo is a separate record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanVerdict {
    /// Whether a live person was in front of the camera.
    pub liveness: Liveness,
    /// Everything that spoke against it; empty if it was found live.
    pub grounds: Vec<Ground>,
    /// What this record can't show, whatever it says.
    pub caveats: Vec<Caveat>,
    /// Passive presentation-attack detection; `None` if the set can't, the policy says off, or no frame was judged.
    /// What it was allowed to decide is in `policy.passive_pad`.
    pub passive: Option<PadSummary>,
    /// How well the colours of the screen were reflected, -1 to 1; never decisive. `None` if none were filmed.
    pub reflection: Option<f32>,
    /// Lowest similarity between sampled frames; `None` with fewer than two samples.
    pub same_person: Option<f32>,
    /// Lowest similarity of a frame from the middle of an action, or from after a gap, to the neutral ones; `None`
    /// without any.
    pub same_person_moving: Option<f32>,
    /// Sequence numbers of the frames to compare with the reference, best first.
    pub best_stills: Vec<u32>,
    /// Each challenge as it went, of all starts of the script.
    pub challenges: Vec<ChallengeRecord>,
    /// When things happened.
    pub timings: Timings,
    /// Hashes of distinct frames, spread over the scan, for finding it again among others.
    pub hashes: Vec<PerceptualHash>,
    /// Oddities that decide nothing alone.
    pub risk_signals: Vec<RiskSignal>,
    /// Limits and thresholds in force.
    pub policy: ScanPolicy,
    /// What measured.
    pub engine: EngineInfo,
}

/// Whether a live person was in front of the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Liveness {
    /// Yes, as far as a camera in a browser can tell.
    Live,
    /// No; a try is used.
    NotLive {
        /// Why.
        reason: Reason,
    },
    /// Not judged; no try is used.
    NoTry {
        /// Why.
        reason: Reason,
    },
}

/// What spoke against a live person. Several may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// No good neutral frames in time.
    NeverPositioned,
    /// An action was not seen in time.
    ActionNotSeen,
    /// The face was away for too long, and again after a new start.
    FaceLost,
    /// The face moved as no head can, and again after a new start.
    ImpossibleMotion,
    /// The neutral face was sampled too seldom to say that it stayed the same person.
    TooFewSamples,
    /// Two neutral frames show different people.
    AnotherPerson,
    /// A frame of an action, or from after a gap, shows somebody else.
    AnotherPersonInMotion,
    /// Passive detection calls it an attack.
    PresentationAttack,
    /// Passive detection is not sure.
    PassiveUnsure,
    /// Passive detection got no frame that it could judge.
    PassiveNotJudged,
}

/// What a record can't show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caveat {
    /// A browser can't prove that a physical camera took the frames (injection, CEN/TS 18099): a virtual camera with a
    /// picture that is made while the challenges are read is not excluded.
    CameraNotProven,
    /// The models can't tell a printed or replayed face from a live one; only the challenges do.
    NoPassiveDetection,
    /// The thresholds' false match rate is not measured on enough comparisons.
    ThresholdsUnrated,
    /// The models are good enough for a demonstration only.
    DemoGradeModels,
}

impl Caveat {
    /// Those that hold for an engine.
    pub(super) fn of(engine: &EngineInfo) -> Vec<Self> {
        let all = [
            (true, Self::CameraNotProven),
            (!engine.passive_pad, Self::NoPassiveDetection),
            (
                engine.thresholds.rating == crate::Rating::Unrated,
                Self::ThresholdsUnrated,
            ),
            (engine.demo_grade, Self::DemoGradeModels),
        ];
        all.into_iter()
            .filter_map(|(holds, caveat)| holds.then_some(caveat))
            .collect()
    }
}

/// Why a scan did not end live: a code of the product's error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An action was not seen in time.
    ActionTimeout,
    /// A live person could not be confirmed.
    LivenessFailed,
    /// No full face, or it went away.
    FaceNotFound,
    /// More than one face.
    MultipleFaces,
    /// Too dark.
    LightTooDark,
    /// Too bright.
    LightTooStrong,
}

impl Reason {
    /// The code as the error table spells it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ActionTimeout => "action_timeout",
            Self::LivenessFailed => "liveness_failed",
            Self::FaceNotFound => "face_not_found",
            Self::MultipleFaces => "multiple_faces",
            Self::LightTooDark => "light_too_dark",
            Self::LightTooStrong => "light_too_strong",
        }
    }

    /// Why no good frame came, by what was wrong with the last one.
    pub(super) fn of_hint(hint: Option<Hint>) -> Self {
        match hint {
            Some(Hint::MultipleFaces) => Self::MultipleFaces,
            Some(Hint::LightTooDark) => Self::LightTooDark,
            Some(Hint::LightTooStrong | Hint::LightUneven) => Self::LightTooStrong,
            _ => Self::FaceNotFound,
        }
    }
}

/// One challenge as it went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChallengeRecord {
    /// Its number.
    pub cue: u16,
    /// What was asked.
    pub action: Action,
    /// When it was shown, in milliseconds from the scan's start.
    pub shown_ms: u64,
    /// When it was answered, from the scan's start; `None` if it was not.
    pub done_ms: Option<u64>,
    /// Furthest way from the baseline that was seen, in the action's own unit.
    pub peak: f32,
    /// Way that was needed.
    pub needed: f32,
}

/// When things happened, by the server's clock, in milliseconds from the scan's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// The first frame.
    pub first_frame_ms: Option<u64>,
    /// End of positioning, of the last start.
    pub positioned_ms: Option<u64>,
    /// The verdict.
    pub finished_ms: u64,
    /// Frames that were measured.
    pub frames: u32,
    /// Frames that could not be decoded.
    pub unreadable_frames: u32,
    /// Longest time without a face since the last start.
    pub longest_gap_ms: u64,
    /// How often the script started anew.
    pub restarts: u8,
}

//! Every limit of a scan, with its default.

use serde::{Deserialize, Serialize};

use super::Action;

/// Limits and thresholds of a scan. Times in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScanPolicy {
    /// Actions to choose from; all five.
    pub actions: Vec<Action>,
    /// How many of them are asked for; 3.
    pub challenges: u8,
    /// Time for one action; 8 000.
    pub challenge_timeout_ms: u64,
    /// Good frames in a row before the first challenge; 5.
    pub positioning_frames: u8,
    /// Time until then; 20 000.
    pub positioning_timeout_ms: u64,
    /// Screen colours after the challenges; 4.
    pub colours: u8,
    /// How long each is shown; 500, never below 334 (three changes a second may trigger seizures).
    pub colour_hold_ms: u64,
    /// How long the face may be away before the script starts anew; 1 500.
    pub face_gap_ms: u64,
    /// How often the script may start anew; 1.
    pub restarts: u8,
    /// Shortest time between two changes of the hint; 500.
    pub guide_interval_ms: u64,
    /// What passive presentation-attack detection may decide; enforce.
    pub passive_pad: PassivePad,
    /// Frames it is averaged over; 5.
    pub pad_frames: u8,
    /// Mean score from which a face counts as live; 0.9.
    pub pad_live: f32,
    /// Mean score below which it counts as an attack; 0.5. Between the two the person may try again.
    pub pad_attack: f32,
    /// Frames kept for the final comparison; 5.
    pub stills: u8,
}

/// What passive presentation-attack detection may decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassivePad {
    /// A low score refuses.
    #[default]
    Enforce,
    /// Scores are recorded only. For demonstrations and tests.
    Record,
    /// The models are not run. For demonstrations and tests.
    Off,
}

impl Default for ScanPolicy {
    fn default() -> Self {
        Self {
            actions: Action::ALL.to_vec(),
            challenges: 3,
            challenge_timeout_ms: 8_000,
            positioning_frames: 5,
            positioning_timeout_ms: 20_000,
            colours: 4,
            colour_hold_ms: 500,
            face_gap_ms: 1_500,
            restarts: 1,
            guide_interval_ms: 500,
            passive_pad: PassivePad::Enforce,
            pad_frames: 5,
            pad_live: 0.9,
            pad_attack: 0.5,
            stills: 5,
        }
    }
}

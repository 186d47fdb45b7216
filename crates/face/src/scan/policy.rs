//! Every limit of a scan, with its default.

use serde::{Deserialize, Serialize};

use super::Action;

/// The shortest time that a colour may be shown: more than three changes a second may trigger seizures.
pub const MIN_COLOUR_HOLD_MS: u64 = 334;

/// Limits and thresholds of a scan. Times in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScanPolicy {
    /// Actions to choose from; all five.
    pub actions: Vec<Action>,
    /// How many of them are asked for; 3.
    pub challenges: u8,
    /// Time for one action, and for coming back to neutral after it; 8 000.
    pub challenge_timeout_ms: u64,
    /// Good frames before the first challenge; 5.
    pub positioning_frames: u8,
    /// Time until then; 20 000.
    pub positioning_timeout_ms: u64,
    /// Neutral frames before each further challenge; 2.
    pub neutral_frames: u8,
    /// Screen colours after the challenges; 4. None are shown to who asked for reduced motion.
    pub colours: u8,
    /// How long each is shown; 500, and never below [`MIN_COLOUR_HOLD_MS`].
    pub colour_hold_ms: u64,
    /// How long the face may be away before the script starts anew; 1 500.
    pub face_gap_ms: u64,
    /// How often the script may start anew; 1.
    pub restarts: u8,
    /// Shortest time between two changes of the hint; 500.
    pub guide_interval_ms: u64,
    /// What passive presentation-attack detection may decide; enforce.
    pub passive_pad: PassivePad,
    /// Frames it is averaged over; 5, and as many again if the first are between the two thresholds.
    pub pad_frames: u8,
    /// Mean score from which a face counts as live; 0.9.
    pub pad_live: f32,
    /// Mean score below which it counts as an attack; 0.5. Between the two the person may try again.
    pub pad_attack: f32,
    /// Frames kept for the final comparison; 5.
    pub stills: u8,
    /// Time for gathering what is still missing at the end; 6 000.
    pub judging_timeout_ms: u64,
    /// How far each action has to go from the person's own baseline.
    pub gestures: Gestures,
}

/// How far each action has to go from the person's own baseline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gestures {
    /// Turning the head: degrees of yaw; 11. A flat photo that is tilted by 40° measures 5.
    pub turn_degrees: f32,
    /// Lowering the head: degrees of pitch; 5.
    pub nod_degrees: f32,
    /// Opening the mouth: growth of the lip gap, in mouth widths; 0.18.
    pub mouth_gap: f32,
    /// Shutting the eyes: share of the openness that has to go; 0.17, because the landmark model follows the lids only
    /// part of the way.
    pub eyes_share: f32,
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

impl Default for Gestures {
    fn default() -> Self {
        Self {
            turn_degrees: 11.0,
            nod_degrees: 5.0,
            mouth_gap: 0.18,
            eyes_share: 0.17,
        }
    }
}

impl Default for ScanPolicy {
    fn default() -> Self {
        Self {
            actions: Action::ALL.to_vec(),
            challenges: 3,
            challenge_timeout_ms: 8_000,
            positioning_frames: 5,
            positioning_timeout_ms: 20_000,
            neutral_frames: 2,
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
            judging_timeout_ms: 6_000,
            gestures: Gestures::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_only_what_it_changes() {
        let policy: ScanPolicy = serde_json::from_str(r#"{"challenges": 2}"#).expect("partial");
        assert_eq!(
            policy,
            ScanPolicy {
                challenges: 2,
                ..ScanPolicy::default()
            }
        );
    }

    #[test]
    fn a_misspelt_limit_is_refused() {
        assert!(serde_json::from_str::<ScanPolicy>(r#"{"chalenges": 2}"#).is_err());
    }
}

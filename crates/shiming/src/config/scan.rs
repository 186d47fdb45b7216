//! The face scan's limits, as configuration: the same fields as the engine's and the use cases' own settings, with documentation and
//! names in the environment.

use confique::Config as Configuration;
use serde::Serialize;
use shiming_face::scan::{Action, Gestures, PassivePad, ScanPolicy};
use shiming_service::scan::ScanSettings;

use super::replay::ReplaySection;

/// Limits and thresholds of a scan. Times in milliseconds.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ScanSection {
    /// Actions to choose from. In the environment separated by commas.
    #[config(
        env = "SHIMING_SCAN_ACTIONS",
        parse_env = actions_from_env,
        default = ["turn_left", "turn_right", "nod", "open_mouth", "close_eyes"]
    )]
    pub actions: Vec<Action>,

    /// How many of them are asked for.
    #[config(env = "SHIMING_SCAN_CHALLENGES", default = 3)]
    pub challenges: u8,

    /// Time for one action.
    #[config(env = "SHIMING_SCAN_CHALLENGE_TIMEOUT_MS", default = 8_000)]
    pub challenge_timeout_ms: u64,

    /// Good frames in a row before the first challenge.
    #[config(env = "SHIMING_SCAN_POSITIONING_FRAMES", default = 5)]
    pub positioning_frames: u8,

    /// Time until then; after it the scan ends and no try is used.
    #[config(env = "SHIMING_SCAN_POSITIONING_TIMEOUT_MS", default = 20_000)]
    pub positioning_timeout_ms: u64,

    /// Neutral frames before each further challenge.
    #[config(env = "SHIMING_SCAN_NEUTRAL_FRAMES", default = 2)]
    pub neutral_frames: u8,

    /// Screen colours after the challenges. Their reflection is scored, never decisive alone.
    #[config(env = "SHIMING_SCAN_COLOURS", default = 4)]
    pub colours: u8,

    /// How long each is shown; never below 334, since more than three changes a second may trigger seizures.
    #[config(
        env = "SHIMING_SCAN_COLOUR_HOLD_MS",
        default = 500,
        validate(*colour_hold_ms >= 334, "below 334 ms the colours may trigger seizures")
    )]
    pub colour_hold_ms: u64,

    /// How long the face may be away before the script starts anew.
    #[config(env = "SHIMING_SCAN_FACE_GAP_MS", default = 1_500)]
    pub face_gap_ms: u64,

    /// How often the script may start anew.
    #[config(env = "SHIMING_SCAN_RESTARTS", default = 1)]
    pub restarts: u8,

    /// Shortest time between two changes of the hint.
    #[config(env = "SHIMING_SCAN_GUIDE_INTERVAL_MS", default = 500)]
    pub guide_interval_ms: u64,

    /// What passive presentation-attack detection may decide: `enforce` refuses on a low score; `record` and `off`
    /// are for demonstrations and tests.
    #[config(env = "SHIMING_SCAN_PASSIVE_PAD", default = "enforce")]
    pub passive_pad: PassivePad,

    /// Frames it is averaged over.
    #[config(env = "SHIMING_SCAN_PAD_FRAMES", default = 5)]
    pub pad_frames: u8,

    /// Mean score from which a face counts as live, 0 to 1.
    #[config(env = "SHIMING_SCAN_PAD_LIVE", default = 0.9)]
    pub pad_live: f32,

    /// Mean score below which it counts as an attack, 0 to 1. Between the two the person may try again.
    #[config(env = "SHIMING_SCAN_PAD_ATTACK", default = 0.5)]
    pub pad_attack: f32,

    /// Frames kept for the final comparison.
    #[config(env = "SHIMING_SCAN_STILLS", default = 5)]
    pub stills: u8,

    /// Time for gathering what is still missing at the end.
    #[config(env = "SHIMING_SCAN_JUDGING_TIMEOUT_MS", default = 6_000)]
    pub judging_timeout_ms: u64,

    /// Frames a second asked of the phone; fewer, down to three, while the server is busy.
    #[config(env = "SHIMING_SCAN_FPS", default = 5)]
    pub fps: u32,

    /// Long side of the frames in pixels, 480 to 720.
    #[config(env = "SHIMING_SCAN_WIDTH", default = 640, validate((480..=720).contains(width), "480 to 720 pixels"))]
    pub width: u32,

    /// JPEG quality of the frames, 0 to 1.
    #[config(env = "SHIMING_SCAN_JPEG_QUALITY", default = 0.8)]
    pub jpeg_quality: f32,

    /// Most scans that run at once; the next ones are asked to wait and lose no try. 0: as many as the workers carry
    /// at three frames a second, as measured while they run.
    #[config(env = "SHIMING_SCAN_AT_ONCE", default = 0)]
    pub at_once: usize,

    /// Seconds for which a broken connection may come back before the try ends unjudged.
    #[config(env = "SHIMING_SCAN_RECONNECT_SECONDS", default = 60)]
    pub reconnect_seconds: u64,

    /// Days for which the frames of a judged scan are kept, sealed, for disputes: 0 to 7. With 0 no frame is ever written
    /// down, but for the few that a reviewer has to look at, until the review is decided.
    #[config(
        env = "SHIMING_SCAN_KEEP_FRAMES_DAYS",
        default = 0,
        validate(*keep_frames_days <= 7, "frames are kept for 7 days at the longest")
    )]
    pub keep_frames_days: u8,

    /// Recordings that come a second time.
    #[config(nested)]
    pub replay: ReplaySection,

    /// How far each action has to go from the person's own baseline.
    #[config(nested)]
    pub gestures: GesturesSection,
}

/// How far each action has to go from the person's own baseline.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct GesturesSection {
    /// Turning the head: degrees of yaw. A flat photo that is tilted by 40° measures 5.
    #[config(env = "SHIMING_SCAN_GESTURES_TURN_DEGREES", default = 11.0)]
    pub turn_degrees: f32,

    /// Lowering the head: degrees of pitch.
    #[config(env = "SHIMING_SCAN_GESTURES_NOD_DEGREES", default = 5.0)]
    pub nod_degrees: f32,

    /// Opening the mouth: growth of the lip gap, in mouth widths.
    #[config(env = "SHIMING_SCAN_GESTURES_MOUTH_GAP", default = 0.18)]
    pub mouth_gap: f32,

    /// Shutting the eyes: share of the openness that has to go.
    #[config(env = "SHIMING_SCAN_GESTURES_EYES_SHARE", default = 0.17)]
    pub eyes_share: f32,
}

fn actions_from_env(text: &str) -> Result<Vec<Action>, serde::de::value::Error> {
    super::load::words_from_env(text)
}

impl ScanSection {
    /// The settings as the use cases read them.
    #[must_use]
    pub fn to_settings(&self) -> ScanSettings {
        ScanSettings {
            script: self.script(),
            fps: self.fps,
            width: self.width,
            jpeg_quality: self.jpeg_quality,
            at_once: self.at_once,
            reconnect_seconds: self.reconnect_seconds,
            keep_frames_days: self.keep_frames_days,
            replay: self.replay.to_policy(),
        }
    }

    /// The part that the engine's script reads.
    fn script(&self) -> ScanPolicy {
        ScanPolicy {
            actions: self.actions.clone(),
            challenges: self.challenges,
            challenge_timeout_ms: self.challenge_timeout_ms,
            positioning_frames: self.positioning_frames,
            positioning_timeout_ms: self.positioning_timeout_ms,
            neutral_frames: self.neutral_frames,
            colours: self.colours,
            colour_hold_ms: self.colour_hold_ms,
            face_gap_ms: self.face_gap_ms,
            restarts: self.restarts,
            guide_interval_ms: self.guide_interval_ms,
            passive_pad: self.passive_pad,
            pad_frames: self.pad_frames,
            pad_live: self.pad_live,
            pad_attack: self.pad_attack,
            stills: self.stills,
            judging_timeout_ms: self.judging_timeout_ms,
            gestures: Gestures {
                turn_degrees: self.gestures.turn_degrees,
                nod_degrees: self.gestures.nod_degrees,
                mouth_gap: self.gestures.mouth_gap,
                eyes_share: self.gestures.eyes_share,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};
    use shiming_service::scan::ScanSettings;

    use super::ScanSection;

    #[test]
    fn an_empty_section_is_the_use_cases_own_default() {
        let defaults = <ScanSection as confique::Config>::Layer::default_values();
        let section = ScanSection::from_layer(defaults).expect("every field has a default");
        assert_eq!(section.to_settings(), ScanSettings::default());
    }
}

//! A face scan from the first frame to the outcome: admission, the loop around the engine's script, the judgement.

mod authority;
mod gate;
mod inbox;
mod judge;
mod keep;
mod line;
mod pace;
mod pool;
mod record;
mod replay;
mod run;
mod running;
mod seen;

use serde::{Deserialize, Serialize};
use shiming_face::scan::{PhoneEvent, ScanPolicy};

pub use authority::EmbeddedAuthority;
pub use gate::{InLine, Load, Place};
pub use inbox::{Frame, Inbox, Incoming, Taken};
pub use keep::Rejudged;
pub use pool::{FacePool, Turn};
pub use replay::{ReplayFinding, ReplayMode, ReplayPolicy};
pub use run::Ended;
pub use running::{Connected, Scans};
pub use seen::{KeptFrame, Seen, SeenFace};

/// How far a phone is, as the PC shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The phone has opened the link.
    Opened,
    /// The consent is given.
    Consented,
    /// The camera is on.
    Scanning,
    /// Everything was shown; the engine decides.
    Judging,
    /// A try failed or broke off; the same phone may go on.
    Paused,
}

/// How scans are run.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanSettings {
    /// The script's limits.
    pub script: ScanPolicy,
    /// Frames a second asked of the phone while the server is not busy.
    pub fps: u32,
    /// Long side of the frames in pixels.
    pub width: u32,
    /// JPEG quality, 0 to 1.
    pub jpeg_quality: f32,
    /// Most scans that run at once; the next ones are asked to wait. 0: as many as the workers carry.
    pub at_once: usize,
    /// Seconds for which a broken connection may come back before the try ends unjudged.
    pub reconnect_seconds: u64,
    /// Days for which the frames of a judged scan are kept, 0 to 7.
    pub keep_frames_days: u8,
    /// How recordings that come a second time are recognised.
    pub replay: ReplayPolicy,
}

impl Default for ScanSettings {
    fn default() -> Self {
        Self {
            script: ScanPolicy::default(),
            fps: 5,
            width: 640,
            jpeg_quality: 0.8,
            at_once: 0,
            reconnect_seconds: 60,
            keep_frames_days: 0,
            replay: ReplayPolicy::default(),
        }
    }
}

/// The phone's first message.
#[derive(Debug, Clone, Deserialize)]
pub struct Hello {
    /// Version of the protocol; 1.
    pub protocol: u32,
    /// Whether flashing colours are unwelcome.
    #[serde(default)]
    pub reduced_motion: bool,
    /// The camera, as the browser tells it.
    #[serde(default)]
    pub camera: Camera,
}

/// A camera, as the browser tells it; a hint at most.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Camera {
    /// Its name.
    pub label: String,
}

/// A text message of the phone.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PhoneMessage {
    /// The first message.
    Hello(Hello),
    /// Something happened to page or camera.
    Note {
        /// What.
        event: PhoneEvent,
    },
    /// The person gives up.
    Leave,
}

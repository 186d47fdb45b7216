//! How a recording that is played again is recognised, as configuration.

use confique::Config as Configuration;
use serde::Serialize;
use shiming_service::scan::{ReplayMode, ReplayPolicy};

/// Recordings that come a second time, under whatever name and on whatever node.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ReplaySection {
    /// `enforce` refuses a scan whose frames an earlier scan of another case has shown; `record` only writes it down, for
    /// demonstrations and tests, whose clips repeat; `off` remembers no frames.
    #[config(env = "SHIMING_SCAN_REPLAY", default = "enforce")]
    pub mode: ReplayMode,

    /// In how many of 256 bits the perceptual hashes of two frames may differ for the frames to count as one. Up to 7 all
    /// are found, beyond that most.
    #[config(env = "SHIMING_SCAN_REPLAY_DISTANCE", default = 12)]
    pub distance: u32,

    /// Share of a scan's distinct frames that earlier scans must hold for it to count as a recording.
    #[config(env = "SHIMING_SCAN_REPLAY_SHARE", default = 0.25)]
    pub share: f32,

    /// Frames that they must hold at least.
    #[config(env = "SHIMING_SCAN_REPLAY_LEAST", default = 5)]
    pub least: u32,

    /// Days for which the hashes of a scan's frames are remembered. A hash tells nothing about the face.
    #[config(env = "SHIMING_SCAN_REPLAY_KEEP_DAYS", default = 180)]
    pub keep_days: u32,
}

impl ReplaySection {
    pub(super) fn to_policy(&self) -> ReplayPolicy {
        ReplayPolicy {
            mode: self.mode,
            distance: self.distance,
            share: self.share,
            least: self.least,
        }
    }
}

//! The course of one scan.

use super::{FrameMeta, PhoneEvent, Prompt, ScanPolicy, ScanVerdict};
use crate::{EngineInfo, FrameReport, Want};

/// What a scan starts from.
#[derive(Clone, Debug)]
pub struct ScanStart {
    /// Randomness for order and colours; from the operating system, never guessable.
    pub seed: [u8; 32],
    /// No flashing colours.
    pub reduced_motion: bool,
    /// The camera's name as the phone told it, for risk signals.
    pub camera_label: String,
    /// What measures the frames.
    pub engine: EngineInfo,
}

/// One scan. Feed it reports, notes and time; send what it returns; stop when there is a verdict.
#[derive(Debug)]
pub struct Script {
    verdict: Option<ScanVerdict>,
}

impl Script {
    /// A scan that starts now. `now_ms` counts from anywhere, but always by the same steady clock.
    #[must_use]
    pub fn new(_policy: ScanPolicy, _start: ScanStart, _now_ms: u64) -> Script {
        Script { verdict: None }
    }

    /// What the next frame should be measured for.
    #[must_use]
    pub fn want(&self) -> Want {
        Want::default()
    }

    /// Takes a measured frame and says what to send.
    pub fn on_frame(
        &mut self,
        _report: &FrameReport,
        _meta: FrameMeta,
        _now_ms: u64,
    ) -> Vec<Prompt> {
        Vec::new()
    }

    /// Takes note of a frame that could not be decoded.
    pub fn on_unreadable_frame(&mut self, _now_ms: u64) -> Vec<Prompt> {
        Vec::new()
    }

    /// Takes note of what the person did to page or camera.
    pub fn on_note(&mut self, _event: PhoneEvent, _now_ms: u64) -> Vec<Prompt> {
        Vec::new()
    }

    /// Lets time pass; call it a few times a second.
    pub fn tick(&mut self, _now_ms: u64) -> Vec<Prompt> {
        Vec::new()
    }

    /// Sequence numbers of the frames whose bytes the caller keeps for the final comparison; all others may go.
    #[must_use]
    pub fn kept_frames(&self) -> Vec<u32> {
        Vec::new()
    }

    /// The verdict, once there is one. Nothing changes it afterwards.
    #[must_use]
    pub fn verdict(&self) -> Option<&ScanVerdict> {
        self.verdict.as_ref()
    }
}

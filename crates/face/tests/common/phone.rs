//! A simulated phone: shows what it is told, and films a measured clip in an endless loop.

use shiming_face::scan::{
    FrameKind, FrameMeta, Prompt, ScanPolicy, ScanStart, ScanVerdict, Script,
};
use shiming_face::{Engine, FrameReport};

use super::clips::Measured;

/// Five frames a second.
pub const FRAME_MS: u64 = 200;

/// A scan in simulated time.
pub struct Phone {
    pub script: Script,
    pub now_ms: u64,
    pub prompts: Vec<Prompt>,
    cue: u16,
    sequence: u32,
    still_wanted: bool,
}

impl Phone {
    pub fn new(engine: &Engine, policy: ScanPolicy, seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let start = ScanStart {
            seed: bytes,
            reduced_motion: false,
            camera_label: "Front camera".to_owned(),
            engine: engine.info().clone(),
        };
        Self::start(policy, start)
    }

    pub fn start(policy: ScanPolicy, start: ScanStart) -> Self {
        let now_ms = 1_000;
        let script = Script::new(policy, start, now_ms);
        Self {
            script,
            now_ms,
            prompts: Vec::new(),
            cue: 0,
            sequence: 0,
            still_wanted: false,
        }
    }

    /// Films one frame, and a still if it was asked for one.
    pub fn film(&mut self, report: &FrameReport) {
        self.send(report, FrameKind::Stream);
        if std::mem::take(&mut self.still_wanted) {
            self.send(report, FrameKind::Still);
        }
        self.wait(FRAME_MS);
    }

    /// Lets time pass without a frame.
    pub fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
        let prompts = self.script.tick(self.now_ms);
        self.obey(prompts);
    }

    /// Films a clip in a loop until there is a verdict.
    pub fn film_clip(&mut self, clip: &Measured) -> ScanVerdict {
        for report in clip.reports.iter().cycle().take(600) {
            self.film(report);
            if let Some(verdict) = self.script.verdict() {
                return verdict.clone();
            }
        }
        panic!("no verdict after two minutes; prompts: {:?}", self.prompts);
    }

    fn send(&mut self, report: &FrameReport, kind: FrameKind) {
        self.sequence += 1;
        let want = self.script.want();
        let mut report = report.clone();
        report.embedding = report.embedding.filter(|_| want.embedding);
        report.pad = report.pad.filter(|_| want.pad);
        let meta = FrameMeta {
            kind,
            cue: self.cue,
            seq: self.sequence,
            phone_ms: self.now_ms,
        };
        let prompts = self.script.on_frame(&report, meta, self.now_ms);
        self.obey(prompts);
    }

    fn obey(&mut self, prompts: Vec<Prompt>) {
        for prompt in &prompts {
            match prompt {
                Prompt::Challenge { cue, .. } | Prompt::Colour { cue, .. } => self.cue = *cue,
                Prompt::Still => self.still_wanted = true,
                _ => {}
            }
        }
        self.prompts.extend(prompts);
    }
}

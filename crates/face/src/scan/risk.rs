//! Oddities that decide nothing alone, but that an operator wants to see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::presence::QUICK_MS;
use super::{FrameMeta, PhoneEvent};
use crate::report::FrameReport;
use crate::{NoisePrint, PerceptualHash};

/// Parts of the names of cameras that are programs.
const VIRTUAL_CAMERAS: [&str; 12] = [
    "virtual",
    "obs",
    "manycam",
    "snap camera",
    "xsplit",
    "v4l2loopback",
    "loopback",
    "dummy",
    "fake",
    "splitcam",
    "e2esoft",
    "akvirtual",
];

/// This long apart, two frames of a real camera are never exactly alike.
const REPEAT_AFTER_MS: u64 = 1_000;

/// So many exact repeats are no accident.
const REPEATS: u32 = 3;

/// Hashes of two quick frames that differ in more of their 256 bits show different places; unrelated ones differ in
/// about 128.
const ANOTHER_SCENE: u32 = 100;

/// Share of textured points without any change that no sensor gives.
const CONSTANT: f32 = 0.95;

/// So many pairs of frames have to be compared before their noise is called constant; nine of ten of them.
const COMPARED: u32 = 15;

/// Phone clock and server clock may part by so much, by the network's hiccups.
const CLOCK_SLACK_MS: u64 = 3_000;

/// Something odd that decides nothing alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskSignal {
    /// The camera's name is one of known virtual cameras.
    VirtualCamera,
    /// Frames repeat earlier ones of the same scan.
    RepeatedFrames,
    /// The phone's clock ran backwards or parted from the server's, or frames were sent twice.
    ImpossibleTiming,
    /// The face jumped further than a head can move.
    FaceJumped,
    /// Everything around the face changed from one frame to the next.
    SceneChanged,
    /// The noise around the face stays the same, as no sensor's does.
    ConstantNoise,
    /// Actions were shown that had not been asked for.
    UnaskedActions,
    /// Frames claimed a cue that had not been given.
    CueFromTheFuture,
    /// Frames that could not be read.
    UnreadableFrames,
    /// The page was in the background during the scan.
    PageHidden,
    /// The camera stopped during the scan.
    CameraMuted,
}

/// What was odd so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Risks {
    signals: BTreeSet<RiskSignal>,
    first: Option<(u64, u64)>,
    last: Option<FrameMeta>,
    seen: Vec<(u64, PerceptualHash)>,
    repeats: u32,
    noise: NoisePrint,
    constant: u32,
    compared: u32,
}

impl Risks {
    pub fn of_camera(label: &str) -> Self {
        let label = label.to_lowercase();
        let mut risks = Self::default();
        if VIRTUAL_CAMERAS.iter().any(|name| label.contains(name)) {
            risks.add(RiskSignal::VirtualCamera);
        }
        risks
    }

    pub fn add(&mut self, signal: RiskSignal) {
        self.signals.insert(signal);
    }

    pub fn signals(&self) -> Vec<RiskSignal> {
        self.signals.iter().copied().collect()
    }

    /// Takes a frame with its header; `last_cue` is the last that was given. Says whether the film seems to be cut here.
    pub fn see(
        &mut self,
        meta: FrameMeta,
        report: &FrameReport,
        last_cue: u16,
        now_ms: u64,
    ) -> bool {
        if meta.cue > last_cue {
            self.add(RiskSignal::CueFromTheFuture);
        }
        let (first_phone, first_server) = *self.first.get_or_insert((meta.phone_ms, now_ms));
        let (phone, server) = (
            meta.phone_ms.saturating_sub(first_phone),
            now_ms.saturating_sub(first_server),
        );
        let backwards = self
            .last
            .is_some_and(|last| meta.phone_ms < last.phone_ms || meta.seq <= last.seq);
        if backwards || phone.abs_diff(server) > CLOCK_SLACK_MS {
            self.add(RiskSignal::ImpossibleTiming);
        }
        self.last = Some(meta);
        let changed = self.scene_changed(report.hash, now_ms);
        if changed {
            self.add(RiskSignal::SceneChanged);
        }
        self.repeated(report.hash, now_ms);
        self.see_noise(report);
        changed
    }

    fn scene_changed(&self, hash: PerceptualHash, now_ms: u64) -> bool {
        self.seen.last().is_some_and(|(at, before)| {
            now_ms.saturating_sub(*at) < QUICK_MS && before.distance(hash) > ANOTHER_SCENE
        })
    }

    fn see_noise(&mut self, report: &FrameReport) {
        let before = std::mem::replace(&mut self.noise, report.noise.clone());
        let Some(face) = &report.face else {
            return;
        };
        let Some(constancy) = before.constancy(&report.noise, &face.face_box) else {
            return;
        };
        self.compared += 1;
        self.constant += u32::from(constancy > CONSTANT);
        if self.compared >= COMPARED && self.constant * 10 >= self.compared * 9 {
            self.add(RiskSignal::ConstantNoise);
        }
    }

    fn repeated(&mut self, hash: PerceptualHash, now_ms: u64) {
        let old = |(at, seen): &(u64, PerceptualHash)| {
            now_ms.saturating_sub(*at) > REPEAT_AFTER_MS && seen.distance(hash) == 0
        };
        self.repeats += u32::from(self.seen.iter().any(old));
        if self.repeats >= REPEATS {
            self.add(RiskSignal::RepeatedFrames);
        }
        self.seen.push((now_ms, hash));
    }

    pub fn note(&mut self, event: PhoneEvent) {
        match event {
            PhoneEvent::Hidden => self.add(RiskSignal::PageHidden),
            PhoneEvent::Muted => self.add(RiskSignal::CameraMuted),
            PhoneEvent::Visible | PhoneEvent::Unmuted | PhoneEvent::Rotated => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::FrameKind;

    fn meta(seq: u32, phone_ms: u64) -> FrameMeta {
        FrameMeta {
            kind: FrameKind::Stream,
            cue: 0,
            seq,
            phone_ms,
        }
    }

    fn frame(n: u64) -> FrameReport {
        let hash: PerceptualHash = format!("{n:064x}").parse().expect("64 digits");
        FrameReport {
            size: (480, 640),
            faces: 0,
            face: None,
            hint: None,
            hash,
            noise: NoisePrint::default(),
            embedding: None,
            pad: None,
        }
    }

    #[test]
    fn known_virtual_cameras_are_named() {
        assert_eq!(
            Risks::of_camera("OBS Virtual Camera").signals(),
            [RiskSignal::VirtualCamera]
        );
        assert_eq!(Risks::of_camera("Front Camera").signals(), []);
    }

    #[test]
    fn an_honest_stream_is_not_odd() {
        let mut risks = Risks::default();
        for i in 1..60 {
            risks.see(
                meta(i, u64::from(i) * 200 + 17),
                &frame(u64::from(i)),
                0,
                u64::from(i) * 200,
            );
        }
        assert_eq!(risks.signals(), []);
    }

    #[test]
    fn a_clock_that_runs_backwards_or_away_is_odd() {
        let mut backwards = Risks::default();
        backwards.see(meta(1, 500), &frame(1), 0, 0);
        backwards.see(meta(2, 400), &frame(2), 0, 200);
        assert_eq!(backwards.signals(), [RiskSignal::ImpossibleTiming]);
        let mut fast = Risks::default();
        fast.see(meta(1, 0), &frame(1), 0, 0);
        fast.see(meta(2, 9_000), &frame(2), 0, 1_000);
        assert_eq!(fast.signals(), [RiskSignal::ImpossibleTiming]);
    }

    #[test]
    fn a_loop_is_noticed() {
        let mut risks = Risks::default();
        for i in 0..40_u32 {
            risks.see(
                meta(i + 1, u64::from(i) * 200 + 1),
                &frame(u64::from(i % 20)),
                0,
                u64::from(i) * 200,
            );
        }
        assert_eq!(risks.signals(), [RiskSignal::RepeatedFrames]);
    }

    #[test]
    fn another_place_from_one_frame_to_the_next_is_a_cut() {
        let mut risks = Risks::default();
        assert!(!risks.see(meta(1, 0), &frame(0), 0, 0));
        assert!(!risks.see(meta(2, 200), &frame(0xffff), 0, 200));
        let mut elsewhere = frame(0);
        elsewhere.hash = "f0".repeat(32).parse().expect("64 digits");
        assert!(risks.see(meta(3, 400), &elsewhere, 0, 400));
        assert_eq!(risks.signals(), [RiskSignal::SceneChanged]);
        assert!(
            !risks.see(meta(4, 1_400), &frame(0), 0, 1_400),
            "time enough to walk"
        );
    }
}

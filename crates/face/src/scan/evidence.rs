//! What is gathered along the way for the end: presentation-attack scores, and the frames to compare.

use serde::{Deserialize, Serialize};

use super::policy::ScanPolicy;
use super::{FrameKind, FrameMeta};
use crate::pad::PadScores;
use crate::report::FaceReport;

/// Passive presentation-attack detection over several frames.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PadSummary {
    /// Frames judged.
    pub frames: u32,
    /// Mean of both models over them, 0 to 1.
    pub mean: f32,
    /// Lowest frame.
    pub lowest: f32,
    /// What the mean says.
    pub outcome: PadOutcome,
}

/// What passive presentation-attack detection says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PadOutcome {
    /// Live.
    Live,
    /// Not sure: another try may do.
    Again,
    /// An attack.
    Attack,
}

/// Scores so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Passive {
    means: Vec<f32>,
}

impl Passive {
    pub fn add(&mut self, scores: PadScores) {
        self.means.push(scores.mean());
    }

    pub fn count(&self) -> usize {
        self.means.len()
    }

    /// Whether enough frames are judged; twice as many are wanted when the first leave it open.
    pub fn is_enough(&self, policy: &ScanPolicy) -> bool {
        let wanted = usize::from(policy.pad_frames);
        let open = self
            .summary(policy)
            .is_some_and(|s| s.outcome == PadOutcome::Again);
        self.count() >= if open { wanted * 2 } else { wanted }
    }

    /// `None` if no frame was judged.
    pub fn summary(&self, policy: &ScanPolicy) -> Option<PadSummary> {
        let frames = u16::try_from(self.means.len()).ok()?;
        let lowest = self.means.iter().copied().reduce(f32::min)?;
        let mean = self.means.iter().sum::<f32>() / f32::from(frames);
        let outcome = if mean >= policy.pad_live {
            PadOutcome::Live
        } else if mean >= policy.pad_attack {
            PadOutcome::Again
        } else {
            PadOutcome::Attack
        };
        Some(PadSummary {
            frames: u32::from(frames),
            mean,
            lowest,
            outcome,
        })
    }
}

/// The best frames so far, best first.
#[derive(Clone, Debug)]
pub(super) struct Stills {
    wanted: usize,
    best: Vec<(f32, u32)>,
}

impl Stills {
    pub fn new(wanted: u8) -> Self {
        Self {
            wanted: usize::from(wanted).max(1),
            best: Vec::new(),
        }
    }

    /// Takes a neutral frame.
    pub fn offer(&mut self, face: &FaceReport, meta: FrameMeta) {
        self.best.push((merit(face, meta.kind), meta.seq));
        self.best.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.best.truncate(self.wanted);
    }

    pub fn sequence_numbers(&self) -> Vec<u32> {
        self.best.iter().map(|(_, seq)| *seq).collect()
    }
}

/// Straight, sharp and large is better; a still beats a frame of the stream.
fn merit(face: &FaceReport, kind: FrameKind) -> f32 {
    let straight = 1.0 - (face.pose.yaw.abs() + face.pose.pitch.abs()) / 40.0;
    let sharp = (face.quality.sharpness / 20.0).min(0.5);
    let large = (face.quality.eye_distance / 400.0).min(0.5);
    let still = if kind == FrameKind::Still { 0.5 } else { 0.0 };
    straight + sharp + large + still
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passive(means: &[f32]) -> Passive {
        let mut passive = Passive::default();
        for mean in means {
            passive.add(PadScores {
                near: *mean,
                wide: *mean,
            });
        }
        passive
    }

    #[test]
    fn the_mean_decides_between_live_again_and_attack() {
        let policy = ScanPolicy::default();
        let outcome = |means: &[f32]| passive(means).summary(&policy).map(|s| s.outcome);
        assert_eq!(outcome(&[1.0, 0.8]), Some(PadOutcome::Live));
        assert_eq!(outcome(&[1.0, 0.7]), Some(PadOutcome::Again));
        assert_eq!(outcome(&[0.5, 0.5]), Some(PadOutcome::Again));
        assert_eq!(outcome(&[0.9, 0.05]), Some(PadOutcome::Attack));
        assert_eq!(outcome(&[]), None);
    }

    #[test]
    fn an_open_question_gets_twice_the_frames() {
        let policy = ScanPolicy::default();
        assert!(passive(&[1.0; 5]).is_enough(&policy));
        assert!(!passive(&[1.0; 4]).is_enough(&policy));
        assert!(!passive(&[0.7; 5]).is_enough(&policy));
        assert!(passive(&[0.7; 10]).is_enough(&policy));
    }
}

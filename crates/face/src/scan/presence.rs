//! That the one face stays, moves as a head can move, and stays the same person.

use crate::embed::Embedding;
use crate::geometry::FaceBox;
use crate::report::FaceReport;

/// Between two frames less than this apart a head can't go its own width.
pub(super) const QUICK_MS: u64 = 450;

/// Way between two quick frames, in face widths, and change of size, that no head can do.
const JUMP: f32 = 0.8;
const GROWTH: f32 = 1.6;

/// After so long without a frame the face has to be looked at anew.
const UNSEEN_MS: u64 = 1_000;

/// When the face was there.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    last_seen_ms: u64,
    last_box: Option<(u64, FaceBox)>,
    longest_gap_ms: u64,
    interrupted: bool,
}

/// How a face came from one frame to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    /// As a head moves.
    Plausible,
    /// Nobody saw how: frames without it, or without any frame, lie between.
    Unseen,
    /// As no head moves: the film was cut, or somebody else was put in.
    Impossible,
}

impl Presence {
    pub fn since(now_ms: u64) -> Self {
        Self {
            last_seen_ms: now_ms,
            last_box: None,
            longest_gap_ms: 0,
            interrupted: false,
        }
    }

    /// How long the face has been away.
    pub fn gap_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.last_seen_ms)
    }

    pub fn longest_gap_ms(&self) -> u64 {
        self.longest_gap_ms
    }

    /// Takes note of a frame without exactly one face.
    pub fn miss(&mut self) {
        self.interrupted = true;
    }

    /// Takes a frame with exactly one face; says how it came there.
    pub fn see(&mut self, face: &FaceReport, now_ms: u64) -> Motion {
        self.longest_gap_ms = self.longest_gap_ms.max(self.gap_ms(now_ms));
        self.last_seen_ms = now_ms;
        let interrupted = std::mem::take(&mut self.interrupted);
        let Some((at, old)) = self.last_box.replace((now_ms, face.face_box)) else {
            return Motion::Plausible;
        };
        let since = now_ms.saturating_sub(at);
        if since < QUICK_MS && jumped(&old, &face.face_box) {
            Motion::Impossible
        } else if interrupted || since > UNSEEN_MS {
            Motion::Unseen
        } else {
            Motion::Plausible
        }
    }
}

fn jumped(old: &FaceBox, new: &FaceBox) -> bool {
    let way = old.centre().distance(new.centre()) / old.width.max(1.0);
    let growth = new.width.max(1.0) / old.width.max(1.0);
    way > JUMP || !(1.0 / GROWTH..=GROWTH).contains(&growth)
}

/// Embeddings of a few frames.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    calm: Vec<Embedding>,
    moving: Vec<Embedding>,
}

impl Identity {
    /// Takes a sample of the neutral face.
    pub fn add(&mut self, sample: Embedding) {
        self.calm.push(sample);
    }

    /// Takes a sample of the face in the middle of an action.
    pub fn add_moving(&mut self, sample: Embedding) {
        self.moving.push(sample);
    }

    /// How many samples of the neutral face there are.
    pub fn calm_count(&self) -> usize {
        self.calm.len()
    }

    /// The lowest similarity between any two neutral samples; `None` with fewer than two.
    pub fn lowest(&self) -> Option<f32> {
        let pairs = self.calm.iter().enumerate();
        let pairs =
            pairs.flat_map(|(i, a)| self.calm[i + 1..].iter().map(move |b| a.similarity(b)));
        pairs.reduce(f32::min)
    }

    /// Of the samples in motion the one that is least like the neutral ones: its similarity to their mean. `None`
    /// without any.
    pub fn lowest_moving(&self) -> Option<f32> {
        let neutral = Embedding::mean(&self.calm)?;
        let similarities = self.moving.iter().map(|sample| sample.similarity(&neutral));
        similarities.reduce(f32::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, width: f32) -> FaceReport {
        let face_box = FaceBox {
            x,
            y: 0.0,
            width,
            height: width,
        };
        FaceReport {
            face_box,
            ..FaceReport::default()
        }
    }

    #[test]
    fn a_head_moves_and_a_cut_jumps() {
        let mut presence = Presence::since(0);
        assert_eq!(
            presence.see(&at(0.0, 100.0), 0),
            Motion::Plausible,
            "the first"
        );
        assert_eq!(presence.see(&at(40.0, 110.0), 200), Motion::Plausible);
        assert_eq!(
            presence.see(&at(160.0, 110.0), 400),
            Motion::Impossible,
            "aside"
        );
        assert_eq!(
            presence.see(&at(160.0, 190.0), 600),
            Motion::Impossible,
            "nearer"
        );
        assert_eq!(
            presence.see(&at(0.0, 190.0), 1_200),
            Motion::Plausible,
            "slow enough"
        );
    }

    #[test]
    fn what_nobody_saw_is_looked_at_anew() {
        let mut presence = Presence::since(0);
        presence.see(&at(0.0, 100.0), 0);
        presence.miss();
        assert_eq!(presence.see(&at(0.0, 100.0), 400), Motion::Unseen);
        assert_eq!(presence.see(&at(0.0, 100.0), 600), Motion::Plausible);
        assert_eq!(presence.see(&at(0.0, 100.0), 1_800), Motion::Unseen);
        assert_eq!(presence.longest_gap_ms(), 1_200);
    }
}

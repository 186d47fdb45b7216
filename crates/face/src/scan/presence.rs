//! That the one face stays, moves as a head can move, and stays the same person.

use crate::embed::Embedding;
use crate::geometry::FaceBox;
use crate::report::FaceReport;

/// Between two frames less than this apart a head can't go its own width.
const QUICK_MS: u64 = 450;

/// Way between two quick frames, in face widths, and change of size, that no head can do.
const JUMP: f32 = 0.8;
const GROWTH: f32 = 1.6;

/// When the face was there.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    last_seen_ms: u64,
    last_box: Option<(u64, FaceBox)>,
    longest_gap_ms: u64,
}

impl Presence {
    pub fn since(now_ms: u64) -> Self {
        Self {
            last_seen_ms: now_ms,
            last_box: None,
            longest_gap_ms: 0,
        }
    }

    /// How long the face has been away.
    pub fn gap_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.last_seen_ms)
    }

    pub fn longest_gap_ms(&self) -> u64 {
        self.longest_gap_ms
    }

    /// Takes a frame with exactly one face; says whether the face jumped there.
    pub fn see(&mut self, face: &FaceReport, now_ms: u64) -> bool {
        self.longest_gap_ms = self.longest_gap_ms.max(self.gap_ms(now_ms));
        self.last_seen_ms = now_ms;
        let before = self.last_box.replace((now_ms, face.face_box));
        before.is_some_and(|(at, old)| {
            now_ms.saturating_sub(at) < QUICK_MS && jumped(&old, &face.face_box)
        })
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
    samples: Vec<Embedding>,
}

impl Identity {
    pub fn add(&mut self, sample: Embedding) {
        self.samples.push(sample);
    }

    /// The lowest similarity between any two samples; `None` with fewer than two.
    pub fn lowest(&self) -> Option<f32> {
        let pairs = self.samples.iter().enumerate();
        let pairs =
            pairs.flat_map(|(i, a)| self.samples[i + 1..].iter().map(move |b| a.similarity(b)));
        pairs.reduce(f32::min)
    }
}

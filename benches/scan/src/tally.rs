//! What phones and server report while they run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

/// A frame that the server has judged.
pub struct Judged {
    /// When, by the server.
    pub at: DateTime<Utc>,
    pub case: String,
    /// When the phone took it, in milliseconds of [`Tally::now_ms`].
    pub sent_ms: u64,
}

/// Counts since the last look.
#[derive(Default)]
pub struct Counts {
    /// How old the frames were when they were judged, in milliseconds, from the phone's shutter to the verdict.
    pub ages_ms: Vec<f64>,
    /// Frames that phones have sent.
    pub sent: usize,
    /// Cases that frames were judged of.
    pub scans: BTreeSet<String>,
    /// Lowest and highest pace that phones were told.
    pub fps: Option<(u32, u32)>,
    /// Phones that were asked to wait, and how long each then waited, in milliseconds.
    pub waits_ms: Vec<u64>,
    /// How scans ended, by outcome and code.
    pub outcomes: BTreeMap<String, usize>,
    /// Tries that were fewer after waiting than before: there must be none.
    pub tries_lost_by_waiting: usize,
}

/// Where everything comes together.
pub struct Tally {
    born: Instant,
    born_at: DateTime<Utc>,
    counts: Mutex<Counts>,
}

impl Tally {
    pub fn new() -> Self {
        Self {
            born: Instant::now(),
            born_at: Utc::now(),
            counts: Mutex::default(),
        }
    }

    /// The phones' clock.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub fn judged(&self, frame: Judged) {
        let sent = TimeDelta::milliseconds(i64::try_from(frame.sent_ms).unwrap_or(i64::MAX));
        let age = frame.at - (self.born_at + sent);
        let mut counts = self.counts();
        counts.ages_ms.push(age.as_seconds_f64() * 1e3);
        counts.scans.insert(frame.case);
    }

    pub fn sent(&self) {
        self.counts().sent += 1;
    }

    pub fn told(&self, fps: u32) {
        let mut counts = self.counts();
        let (low, high) = counts.fps.unwrap_or((fps, fps));
        counts.fps = Some((low.min(fps), high.max(fps)));
    }

    pub fn waited(&self, ms: u64) {
        self.counts().waits_ms.push(ms);
    }

    pub fn lost_a_try_by_waiting(&self) {
        self.counts().tries_lost_by_waiting += 1;
    }

    pub fn ended(&self, how: String) {
        *self.counts().outcomes.entry(how).or_default() += 1;
    }

    /// Everything since the last look.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.counts())
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

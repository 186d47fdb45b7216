//! What a face scan asks of the outside beside its record: frames seen before, and frames kept for a while.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{ids::CaseId, ports::LedgerError};

/// A perceptual hash of a frame: 256 bits that change little when the frame changes little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameHash(pub [u8; 32]);

impl FrameHash {
    /// In how many bits two hashes differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        let bits = self
            .0
            .iter()
            .zip(other.0)
            .map(|(a, b)| (a ^ b).count_ones());
        bits.sum()
    }
}

/// A frame of an earlier scan that nearly is one of those that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenFrame {
    /// The earlier scan's case.
    pub case: CaseId,
    /// When that scan ended.
    pub at: DateTime<Utc>,
    /// The earlier frame.
    pub hash: FrameHash,
}

/// Frames of all scans of all nodes, so that a recording is noticed when it comes a second time, under whatever name.
#[async_trait]
pub trait SeenFrames: Send + Sync {
    /// Remembers frames of a case's scan.
    async fn remember_frames(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Frames of other cases within `distance` of any of these. All within 7 bits are found; further ones mostly.
    async fn frames_near(
        &self,
        case: CaseId,
        frames: &[FrameHash],
        distance: u32,
    ) -> Result<Vec<SeenFrame>, LedgerError>;
}

/// How long a scan's frames are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepUntil {
    /// Until a time, whatever becomes of the case.
    Time(DateTime<Utc>),
    /// Until the case leaves its review, and at most until a time.
    Reviewed(DateTime<Utc>),
}

/// Frames of scans that are kept for a while, sealed with the case's key: for disputes, and for a person who reviews.
#[async_trait]
pub trait KeptScans: Send + Sync {
    /// Keeps what belongs to a scan record.
    async fn keep_scan(
        &self,
        case: CaseId,
        record: u32,
        frames: &[u8],
        how_long: KeepUntil,
    ) -> Result<(), LedgerError>;

    /// What was kept, if it still is.
    async fn kept_scan(&self, case: CaseId, record: u32) -> Result<Option<Vec<u8>>, LedgerError>;
}

//! What is kept of people, for how long, and how it is made to go.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_identifiers::IdNumber;

use super::LedgerError;
use crate::{
    case::{Case, Consent},
    credential::Credential,
    ids::{CaseId, PlatformId},
};

/// A kind of data, as retention and its report name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataKind {
    /// Cases that passed, with elements, scan records and notes.
    VerifiedCases,
    /// Cases that ended otherwise.
    OtherCases,
    /// Frames of scans.
    ScanFrames,
    /// Reference photos: the faces of the identity authority's embedded store.
    ReferencePhotos,
}

impl DataKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::VerifiedCases,
        Self::OtherCases,
        Self::ScanFrames,
        Self::ReferencePhotos,
    ];

    /// The word in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifiedCases => "verified_cases",
            Self::OtherCases => "other_cases",
            Self::ScanFrames => "scan_frames",
            Self::ReferencePhotos => "reference_photos",
        }
    }
}

/// How much of a kind is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Which kind.
    pub kind: DataKind,
    /// How many.
    pub count: u64,
    /// Since when the oldest is kept.
    pub oldest: Option<DateTime<Utc>>,
}

/// What a round of deletion came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRun {
    /// Which kind, by its word.
    pub kind: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Up to which time what was older went.
    pub before: DateTime<Utc>,
    /// How many went.
    pub erased: u64,
}

/// How far a person's right reaches: a platform can answer for its own data only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All that this server keeps.
    Server,
    /// What belongs to one platform.
    Platform(PlatformId),
}

impl Reach {
    /// The platform, if there is only one.
    #[must_use]
    pub const fn platform(self) -> Option<PlatformId> {
        match self {
            Self::Server => None,
            Self::Platform(id) => Some(id),
        }
    }
}

/// A consent as it is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentRecord {
    /// What was agreed to, and when.
    #[serde(flatten)]
    pub consent: Consent,
    /// When it was taken back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Frames of a scan that still lie here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KeptFrames {
    /// Number of the scan's record within its case.
    pub record: u32,
    /// Until when at most.
    pub keep_until: DateTime<Utc>,
    /// Whether they go as soon as the review is decided.
    pub for_review: bool,
}

/// What is kept of people, and how it goes.
#[async_trait]
pub trait Privacy: Send + Sync {
    /// The person's cases whose data are still there, newest first.
    async fn cases_of_person(&self, id: &IdNumber, reach: Reach) -> Result<Vec<Case>, LedgerError>;

    /// The person's credentials whose data are still there, newest first.
    async fn credentials_of_person(
        &self,
        id: &IdNumber,
        reach: Reach,
    ) -> Result<Vec<Credential>, LedgerError>;

    /// Every consent that was given in a case, oldest first.
    async fn consents_on_record(&self, case: CaseId) -> Result<Vec<ConsentRecord>, LedgerError>;

    /// Which scans of a case have left frames here.
    async fn frames_kept(&self, case: CaseId) -> Result<Vec<KeptFrames>, LedgerError>;

    /// Erases what is kept of a person for good: cases that are over, credentials that have ended, and the keyed hashes by
    /// which the person could be looked up there; for the whole server also photos and the registry's hash. Open cases and
    /// valid credentials outlast it: end them first. False if there was nothing.
    async fn erase_person(
        &self,
        id: &IdNumber,
        reach: Reach,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Erases what a case's scans have left: records, frames, their hashes.
    async fn erase_scans(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// Erases up to `limit` of what is over and older; tells how many. Nothing for kinds that go another way.
    async fn erase_older(
        &self,
        kind: DataKind,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, LedgerError>;

    /// Writes down what a round came to.
    async fn note_retention(&self, run: &RetentionRun) -> Result<(), LedgerError>;

    /// The last rounds that erased something, newest first.
    async fn retention_runs(&self, limit: u32) -> Result<Vec<RetentionRun>, LedgerError>;

    /// How much of each kind is kept now.
    async fn kept(&self) -> Result<Vec<Kept>, LedgerError>;
}

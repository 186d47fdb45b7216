//! What the business asks of the outside, as traits. Adapters live in other crates.

pub mod bank;
pub mod console;
pub mod federation;
pub mod feed;
pub mod idempotency;
pub mod keys;
pub mod listings;
pub mod lives;
pub mod notifications;
pub mod operators;
pub mod platform_api;
pub mod privacy;
pub mod risk;
pub mod webhooks;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::IdNumber;

use crate::{
    case::{Case, Digest},
    change::{Change, JobKind},
    claim::Claim,
    credential::Credential,
    fact::{FaceOutcome, RegistryAnswer, Tallies},
    ids::{CaseId, PlatformId},
    sync::VerifiedElements,
    words::{Account, Realm},
};

/// Says whether elements belong together: the embedded table or a provider.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Answers for a claim. Faults, time-outs and unknown answers are `Unavailable`, never a match or mismatch.
    async fn check(&self, claim: &Claim, realm: Realm) -> RegistryAnswer;

    /// Answers for what a credential says, also where the ID number is not known here.
    async fn confirm(&self, elements: &VerifiedElements, realm: Realm) -> RegistryAnswer {
        match elements.claim() {
            Some(claim) => self.check(&claim, realm).await,
            None => RegistryAnswer::Unavailable,
        }
    }
}

/// Keeps cases and everything that is stored with them.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// The case with this id.
    async fn load(&self, id: CaseId) -> Result<Option<Case>, LedgerError>;

    /// The case whose present QR code has this token.
    async fn find_by_token(&self, token: Digest) -> Result<Option<Case>, LedgerError>;

    /// The case whose scan session belongs to this phone.
    async fn find_by_phone(&self, phone: Digest) -> Result<Option<Case>, LedgerError>;

    /// Stores a change whole, or nothing of it.
    async fn commit(&self, change: &Change) -> Result<(), CommitError>;

    /// What counts against the account, and the claim's credit code and ID number, since a moment;
    /// a tally ends when its oldest mark is as old as `now - since`.
    async fn tallies(
        &self,
        account: &Account,
        claim: Option<&Claim>,
        realm: Realm,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Tallies, LedgerError>;

    /// The account's newest credential.
    async fn credential(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Credential>, LedgerError>;
}

/// The ledger could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the ledger is not available: {0}")]
pub struct LedgerError(pub String);

/// A change was not stored.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else changed the case first: load it and decide again.
    #[error("the case changed meanwhile")]
    Conflict,
    /// The ledger could not be written.
    #[error(transparent)]
    Unavailable(#[from] LedgerError),
}

/// A platform: the business that verifies its customers' accounts here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Its id.
    pub id: PlatformId,
    /// Its name, as shown to applicants and legal representatives.
    pub name: String,
    /// Real or demonstration; its cases inherit it.
    pub realm: Realm,
}

/// What a portal session may see: the cases of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalSession {
    /// The platform.
    pub platform: PlatformId,
    /// The platform's own id of the account.
    pub account_id: String,
}

/// Platforms, API keys, and the applicant's way in. Secrets are only ever seen as digests.
#[async_trait]
pub trait Access: Send + Sync {
    /// Stores a new platform.
    async fn add_platform(
        &self,
        platform: &Platform,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// All platforms, oldest first.
    async fn platforms(&self) -> Result<Vec<Platform>, LedgerError>;

    /// The platform with this id.
    async fn platform(&self, id: PlatformId) -> Result<Option<Platform>, LedgerError>;

    /// Stores a single-use secret that opens the portal for a case.
    async fn add_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Uses up a client secret: true for exactly one caller, if it belongs to the case and is not over.
    async fn use_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Stores a portal session.
    async fn add_portal_session(
        &self,
        key: Digest,
        session: &PortalSession,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// The portal session of this key, if it is not over.
    async fn portal_session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<PortalSession>, LedgerError>;
}

/// A job that a worker has leased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedJob {
    /// Its id.
    pub id: uuid::Uuid,
    /// What to do.
    pub kind: JobKind,
    /// How often it was begun, this time included.
    pub attempts: u32,
}

/// The outbox of things to do later.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Leases up to `limit` due jobs to a worker; each goes to one worker only until its lease ends.
    async fn claim_jobs(
        &self,
        worker: &str,
        limit: u32,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<LeasedJob>, LedgerError>;

    /// The job is done.
    async fn complete_job(&self, id: uuid::Uuid) -> Result<(), LedgerError>;

    /// The job failed for now; it is due again at `run_at`.
    async fn retry_job(
        &self,
        id: uuid::Uuid,
        run_at: DateTime<Utc>,
        error: &str,
    ) -> Result<(), LedgerError>;

    /// The job failed for good and waits for a person.
    async fn bury_job(&self, id: uuid::Uuid, error: &str) -> Result<(), LedgerError>;
}

/// The identity authority's embedded store of reference photos.
#[async_trait]
pub trait ReferencePhotos: Send + Sync {
    /// The photo of the person with this ID number.
    async fn photo(&self, id: &IdNumber, realm: Realm) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Stores (or replaces) a photo, encrypted with the person's own key.
    async fn put_photo(
        &self,
        id: &IdNumber,
        realm: Realm,
        photo: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;
}

/// An enterprise as the embedded registry keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryEntry {
    /// The elements that belong together.
    pub claim: Claim,
    /// What the registry says of it.
    pub status: RegistryStatus,
}

/// Registry status 登记状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryStatus {
    /// 存续.
    Active,
    /// 注销.
    Cancelled,
    /// 吊销.
    Revoked,
}

/// The embedded registry, written to.
#[async_trait]
pub trait RegistryTable: Send + Sync {
    /// Inserts or updates one enterprise.
    async fn put_enterprise(
        &self,
        entry: &RegistryEntry,
        realm: Realm,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;
}

/// Records of scans, kept for audit: scores, thresholds, versions; sealed with the case's key.
#[async_trait]
pub trait ScanRecords: Send + Sync {
    /// Stores the JSON record of one try; answers with its number within the case, from 1.
    async fn add_scan_record(
        &self,
        case: CaseId,
        record: &str,
        now: DateTime<Utc>,
    ) -> Result<u32, LedgerError>;
}

/// Compares a live person's stills with the photo that an identity authority holds.
#[async_trait]
pub trait Authority: Send + Sync {
    /// The authority's answer, and the JSON record of how it came about.
    async fn compare(&self, claim: &Claim, realm: Realm, stills: &[Vec<u8>]) -> Comparison;
}

/// An identity authority's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What it said.
    pub outcome: FaceOutcome,
    /// Scores, thresholds and versions as JSON; no personal data.
    pub record: String,
}

//! What the server asks of its storage beyond the ports of the business.

mod nodes;
mod registry;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_audit::AuditTrail;
use shiming_vault::TokenKey;
use shiming_verification::ports::{
    console::{ConsoleCases, ConsoleFigures, JobCursor},
    operators::{OperatorSessions, Operators},
};
use shiming_verification::{
    case::{Case, Consent},
    change::Event,
    credential::Credential,
    ids::{CaseId, PlatformId},
    ports::{
        Access, Jobs, Ledger, LedgerError, ReferencePhotos, Registry, RegistryTable, ScanRecords,
        bank::{BranchDirectory, Transfers},
        federation::Federation,
        feed::Feed,
        lives::Lives,
        notifications::Notifications,
        platform_api::PlatformApi,
        privacy::Privacy,
        risk::RiskSignals,
    },
    ports_nodes::CaseVersions,
    ports_scan::{KeptScans, SeenFrames},
};
use tokio::sync::broadcast;
use uuid::Uuid;

pub use nodes::{Heard, NodeLink};
pub use registry::{
    EnterpriseCount, EnterpriseRecord, ImportRun, PhotoWritten, RegistryImport, RegistryStats,
    Written,
};

/// Everything that one database answers.
pub trait Storage:
    Ledger
    + Access
    + Jobs
    + Lives
    + Registry
    + RegistryTable
    + ReferencePhotos
    + ScanRecords
    + SeenFrames
    + KeptScans
    + CaseEvents
    + CaseQueries
    + CaseVersions
    + NodeLink
    + AccessUpkeep
    + JobUpkeep
    + RegistryImport
    + Housekeeping
    + BranchDirectory
    + Transfers
    + Federation
    + AuditTrail
    + Operators
    + OperatorSessions
    + ConsoleCases
    + ConsoleFigures
    + Feed
    + PlatformApi
    + RiskSignals
    + Privacy
    + Notifications
{
}

impl<T> Storage for T where
    T: Ledger
        + Access
        + Jobs
        + Lives
        + Registry
        + RegistryTable
        + ReferencePhotos
        + ScanRecords
        + SeenFrames
        + KeptScans
        + CaseEvents
        + CaseQueries
        + CaseVersions
        + NodeLink
        + AccessUpkeep
        + JobUpkeep
        + RegistryImport
        + Housekeeping
        + BranchDirectory
        + Transfers
        + Federation
        + AuditTrail
        + Operators
        + OperatorSessions
        + ConsoleCases
        + ConsoleFigures
        + Feed
        + PlatformApi
        + RiskSignals
        + Privacy
        + Notifications
{
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The case's version that it belongs to; the id under which a stream resumes.
    pub version: u64,
    /// Its place among the events of that version, from 0.
    pub ordinal: u32,
    /// What happened.
    pub event: Event,
}

/// A commit went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseChanged {
    /// The case.
    pub case: CaseId,
    /// The version that it has now.
    pub version: u64,
}

/// The event stream of each case.
#[async_trait]
pub trait CaseEvents: Send + Sync {
    /// The case's events of later versions than this one, in order; 0 gives all.
    async fn events_since(
        &self,
        case: CaseId,
        version: u64,
    ) -> Result<Vec<StoredEvent>, LedgerError>;

    /// Hears of every commit from now on. It carries ids only: ask [`CaseEvents::events_since`] for what happened, also
    /// after a `Lagged` error. Subscribe before reading, so that nothing falls between the two.
    fn changes(&self) -> broadcast::Receiver<CaseChanged>;
}

/// Reading cases, always within one platform.
#[async_trait]
pub trait CaseQueries: Send + Sync {
    /// The case, if it is the platform's.
    async fn case_of(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Option<Case>, LedgerError>;

    /// The account's cases, newest first.
    async fn cases_of_account(
        &self,
        platform: PlatformId,
        account_id: &str,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError>;

    /// The platform's cases opened before a moment, newest first.
    async fn cases_before(
        &self,
        platform: PlatformId,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError>;

    /// The credential that a case has left, as it stands now.
    async fn credential_of_case(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Option<Credential>, LedgerError>;

    /// Every consent given in a case, oldest first. They outlive the phone session in which they were given.
    async fn consents(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Vec<Consent>, LedgerError>;

    /// The JSON records of the case's scans, oldest first.
    async fn scan_records(
        &self,
        platform: PlatformId,
        case: CaseId,
    ) -> Result<Vec<ScanRecord>, LedgerError>;
}

/// The record of one face try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRecord {
    /// Its number within the case, from 1.
    pub seq: u32,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Scores, thresholds and versions as JSON.
    pub record: String,
}

/// What gives access for a time.
pub trait AccessUpkeep: Send + Sync {
    /// The key from which tokens of links are derived, the same on every node.
    fn token_key(&self) -> &TokenKey;
}

/// A job that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its id.
    pub id: Uuid,
    /// Its place in the list.
    pub place: JobCursor,
    /// What it was to do, as JSON.
    pub payload: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: String,
}

/// What is due and not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// How much.
    pub due: u64,
    /// Since when the oldest of it has been due.
    pub oldest: Option<DateTime<Utc>>,
}

/// Every queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queues {
    /// Jobs that a worker may take.
    pub jobs: Queue,
    /// Jobs that wait for a person.
    pub dead_jobs: u64,
    /// Webhook messages that may be sent.
    pub webhooks: Queue,
}

/// Upkeep of the job table.
#[async_trait]
pub trait JobUpkeep: Send + Sync {
    /// Heartbeat: the worker is still at it. False if the job is no longer this worker's.
    async fn extend_lease(
        &self,
        id: Uuid,
        worker: &str,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Jobs that wait for a person, newest failure last, behind a place in the list.
    async fn dead_jobs(
        &self,
        after: Option<&JobCursor>,
        limit: u32,
    ) -> Result<Vec<DeadJob>, LedgerError>;

    /// Gives a dead job another life. False if there is no such job.
    async fn revive_job(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// What is due at a moment and not done.
    async fn queues(&self, now: DateTime<Utc>) -> Result<Queues, LedgerError>;

    /// How many jobs were due before a moment and are still not done; many of them mean that no worker runs.
    async fn overdue_jobs(&self, before: DateTime<Utc>) -> Result<u64, LedgerError>;
}

/// What [`Housekeeping::prune`] removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Client secrets that nobody can use any more.
    pub client_secrets: u64,
    /// Portal sessions that are over.
    pub portal_sessions: u64,
    /// Failures that no longer count.
    pub marks: u64,
    /// Frames' hashes that are past their retention.
    pub frame_hashes: u64,
    /// Scans whose frames are past their retention.
    pub kept_scans: u64,
}

/// Up to when things that fade are forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PruneBefore {
    /// Failures counted before this.
    pub marks: DateTime<Utc>,
    /// Frames' hashes of scans before this.
    pub frame_hashes: DateTime<Utc>,
    /// What risk rules counted before this.
    pub risk_signs: DateTime<Utc>,
}

/// Erasing, forgetting, looking after.
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Answers if the database can be read and written.
    async fn ping(&self) -> Result<(), LedgerError>;

    /// Erases a case's personal data for good by deleting its key; its events stay. Credentials have their own keys.
    async fn erase_case(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// Deletes what is over: secrets, sessions and kept frames at `now`, what fades as `before` says. Frames that were
    /// kept for a review go as soon as it is decided.
    async fn prune(&self, now: DateTime<Utc>, before: PruneBefore) -> Result<Pruned, LedgerError>;

    /// Wraps up to `limit` data keys with the current master key that are not yet; tells how many, 0 when all are.
    async fn rewrap_keys(&self, limit: u32) -> Result<u64, LedgerError>;
}

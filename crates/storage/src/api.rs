//! What the server asks of its storage beyond the ports of the business.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::{IdNumber, Uscc};
use shiming_vault::TokenKey;
use shiming_verification::{
    case::{Case, Consent},
    change::Event,
    credential::Credential,
    ids::{CaseId, PlatformId},
    ports::{
        Access, Jobs, Ledger, LedgerError, ReferencePhotos, Registry, RegistryStatus,
        RegistryTable, ScanRecords,
    },
    words::{Realm, SubjectType},
};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{Indexes, PersonIndex};

/// Everything that one database answers.
pub trait Storage:
    Ledger
    + Access
    + Jobs
    + Registry
    + RegistryTable
    + ReferencePhotos
    + ScanRecords
    + CaseEvents
    + CaseQueries
    + AccessUpkeep
    + JobUpkeep
    + RegistryImport
    + Housekeeping
{
}

impl<T> Storage for T where
    T: Ledger
        + Access
        + Jobs
        + Registry
        + RegistryTable
        + ReferencePhotos
        + ScanRecords
        + CaseEvents
        + CaseQueries
        + AccessUpkeep
        + JobUpkeep
        + RegistryImport
        + Housekeeping
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

/// Upkeep of platforms' keys and of what gives access for a time.
#[async_trait]
pub trait AccessUpkeep: Send + Sync {
    /// Revokes the platform's API keys with this printable prefix; tells how many there were.
    async fn revoke_api_keys(
        &self,
        platform: PlatformId,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError>;

    /// The key from which tokens of links are derived, the same on every node.
    fn token_key(&self) -> &TokenKey;
}

/// A job that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadJob {
    /// Its id.
    pub id: Uuid,
    /// What it was to do, as JSON.
    pub payload: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub last_error: String,
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

    /// Jobs that wait for a person, newest failure last.
    async fn dead_jobs(&self, limit: u32) -> Result<Vec<DeadJob>, LedgerError>;

    /// Gives a dead job another life. False if there is no such job.
    async fn revive_job(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// How many jobs were due before a moment and are still not done; many of them mean that no worker runs.
    async fn overdue_jobs(&self, before: DateTime<Utc>) -> Result<u64, LedgerError>;
}

/// An enterprise ready for the registry table: public data, and keyed hashes of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterpriseRecord {
    /// Unified social credit code.
    pub uscc: Uscc,
    /// What kind of subject it is, where the source says.
    pub subject: Option<SubjectType>,
    /// Name as registered.
    pub name: String,
    /// Compare key of the name.
    pub name_key: String,
    /// Keyed hash of the legal representative's name key.
    pub representative: shiming_vault::Index,
    /// Keyed hash of the legal representative's ID number.
    pub person: PersonIndex,
    /// What the registry says of it.
    pub status: RegistryStatus,
}

/// What writing a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that were there and differ now.
    pub updated: u64,
    /// Rows that were there as they are.
    pub unchanged: u64,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// What storing a photo did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoWritten {
    /// The person had none.
    Inserted,
    /// The person had another.
    Updated,
    /// The person had this very photo.
    Unchanged,
}

/// One run of a registry import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: Uuid,
    /// Real or demonstration.
    pub realm: Realm,
    /// Name of the file, for people.
    pub source: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` if it was broken off.
    pub finished_at: Option<DateTime<Utc>>,
    /// Enterprises written.
    pub written: Written,
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Photos stored.
    pub photos: u64,
}

/// How many enterprises there are of one realm and status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnterpriseCount {
    /// Real or demonstration.
    pub realm: Realm,
    /// Registry status.
    pub status: RegistryStatus,
    /// How many.
    pub count: u64,
}

/// What the registry table holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistryStats {
    /// Enterprises by realm and status.
    pub enterprises: Vec<EnterpriseCount>,
    /// Reference photos by realm.
    pub photos: Vec<(Realm, u64)>,
    /// The newest import of each realm.
    pub last_imports: Vec<ImportRun>,
}

/// Writing the embedded registry in bulk; [`crate::import`] drives it.
#[async_trait]
pub trait RegistryImport: Send + Sync {
    /// The keyed hashes under which people and enterprises are found.
    fn indexes(&self) -> &Indexes;

    /// Stores how an import run stands; the same id again replaces it.
    async fn record_import(&self, run: &ImportRun) -> Result<(), LedgerError>;

    /// Inserts or updates a batch in one transaction. Of two rows with the same credit code the later one counts.
    async fn write_enterprises(
        &self,
        records: &[EnterpriseRecord],
        realm: Realm,
        import: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> Result<Written, LedgerError>;

    /// The legal representative of an enterprise.
    async fn representative_of(
        &self,
        uscc: &Uscc,
        realm: Realm,
    ) -> Result<Option<PersonIndex>, LedgerError>;

    /// Stores a person's reference photo, encrypted with the person's own key.
    async fn write_photo(
        &self,
        person: PersonIndex,
        realm: Realm,
        photo: &[u8],
        now: DateTime<Utc>,
    ) -> Result<PhotoWritten, LedgerError>;

    /// What the registry table holds.
    async fn registry_stats(&self) -> Result<RegistryStats, LedgerError>;
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
}

/// Erasing, forgetting, looking after.
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Answers if the database can be read and written.
    async fn ping(&self) -> Result<(), LedgerError>;

    /// Erases a case's personal data for good by deleting its key; its events stay. Credentials have their own keys.
    async fn erase_case(&self, case: CaseId) -> Result<bool, LedgerError>;

    /// Erases a person's reference photos for good, with the key that sealed them, and the person's finished cases. An open
    /// case and a credential outlast it: they are what the platform still relies on, and end by their own rules.
    async fn erase_person(&self, id: &IdNumber) -> Result<bool, LedgerError>;

    /// Deletes what is over: secrets and sessions at `now`, failures counted before `marks_before`.
    async fn prune(
        &self,
        now: DateTime<Utc>,
        marks_before: DateTime<Utc>,
    ) -> Result<Pruned, LedgerError>;

    /// Wraps up to `limit` data keys with the current master key that are not yet; tells how many, 0 when all are.
    async fn rewrap_keys(&self, limit: u32) -> Result<u64, LedgerError>;
}

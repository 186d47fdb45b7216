//! The embedded registry: what its table holds, and writing it in bulk.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_identifiers::Uscc;
use shiming_verification::{
    ports::{LedgerError, RegistryStatus},
    words::{Realm, SubjectType},
};
use uuid::Uuid;

use crate::{Indexes, PersonIndex, import::BadRow};

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
    /// Photos named by rows that could not be used.
    pub bad_photos: u64,
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

    /// Stores which rows of a run, or photos named by rows, could not be used, beside those that are stored already.
    async fn record_bad_rows(&self, import: Uuid, rows: &[BadRow]) -> Result<(), LedgerError>;

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

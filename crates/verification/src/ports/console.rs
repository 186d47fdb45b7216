//! What the console reads. Every list has a cursor; none counts what it does not show.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::LedgerError;
use crate::{
    case::Case,
    claim::Claim,
    ids::{CaseId, CredentialId, OperatorId, PlatformId},
    words::Realm,
};
use shiming_identifiers::{EnterpriseName, IdNumber, Uscc};

/// How a case may be looked for: exactly, by a keyed hash where the value itself is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// By its own id.
    Case(CaseId),
    /// By the credential it left.
    Credential(CredentialId),
    /// By the platform's id of the account.
    Account(String),
    /// By the credit code.
    Uscc(Uscc),
    /// By the legal representative's ID number.
    Person(IdNumber),
    /// By the enterprise's name, as compared.
    Name(EnterpriseName),
}

impl Lookup {
    /// What a text may be. An account's id may look like anything, so it is one of the possibilities of whatever is not
    /// plainly an id of ours.
    #[must_use]
    pub fn of(text: &str, today: NaiveDate) -> Vec<Self> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return vec![Self::Case(id)];
        }
        if let Ok(id) = text.parse() {
            return vec![Self::Credential(id)];
        }
        let mut found = vec![Self::Account(text.to_owned())];
        found.extend(Uscc::parse(text).ok().map(Self::Uscc));
        found.extend(IdNumber::parse(text, today).ok().map(Self::Person));
        found.extend(EnterpriseName::parse(text).ok().map(Self::Name));
        found
    }
}

/// Which cases to show.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Any of these; empty for all.
    pub lookups: Vec<Lookup>,
    /// Of this platform.
    pub platform: Option<PlatformId>,
    /// Real or demonstration.
    pub realm: Option<Realm>,
    /// In this state.
    pub state: Option<String>,
    /// With this method.
    pub method: Option<String>,
    /// Whose last error has this code.
    pub code: Option<String>,
    /// Opened not before.
    pub since: Option<DateTime<Utc>>,
    /// Opened before.
    pub until: Option<DateTime<Utc>>,
}

/// Behind which case a page begins: that of a time and an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseCursor {
    /// When the last shown case was opened, in milliseconds since 1970.
    pub opened_at: i64,
    /// Its id.
    pub id: Uuid,
}

/// A case in review, and who has it.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The case.
    pub case: Case,
    /// Who claimed it, and until when.
    pub claim: Option<(OperatorId, DateTime<Utc>)>,
}

/// What a colleague wrote about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: Uuid,
    /// Who wrote it.
    pub operator: OperatorId,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How often one kind of event happened, and in how many cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// Day in China, as days since 1970.
    pub day: i64,
    /// Kind of event.
    pub kind: String,
    /// Its code.
    pub code: Option<String>,
    /// How often.
    pub events: u64,
    /// In how many cases.
    pub cases: u64,
}

/// Milliseconds from one kind of event to another, by percentile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latency {
    /// Pairs that were measured.
    pub count: u64,
    /// Half were quicker.
    pub p50: u64,
    /// Nineteen of twenty were quicker.
    pub p95: u64,
}

/// What the registry says of each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "one answer for each element")]
pub struct FieldAnswers {
    /// Name of the enterprise.
    pub enterprise_name: bool,
    /// Name of the legal representative.
    pub legal_representative: bool,
    /// ID number of the legal representative.
    pub id_number: bool,
    /// Subject type; `None` if the source does not tell it.
    pub subject_type: Option<bool>,
    /// Whether it is registered as active.
    pub active: bool,
}

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// What the operator calls it.
    pub name: String,
    /// The page's query string.
    pub query: String,
}

/// A policy that was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number, from 1.
    pub seq: u32,
    /// From when on.
    pub at: DateTime<Utc>,
    /// The policy as JSON.
    pub body: String,
}

/// One run of a registry import, as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSummary {
    /// Its id.
    pub id: Uuid,
    /// Real or demonstration.
    pub realm: Realm,
    /// Name of the file.
    pub source: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Rows inserted, updated, unchanged.
    pub rows: [u64; 3],
    /// Rows that could not be used.
    pub bad_rows: u64,
    /// Photos named by rows that could not be used.
    pub bad_photos: u64,
    /// Photos stored.
    pub photos: u64,
}

/// A row that an import could not use. It repeats nothing of the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// Number of its line.
    pub line: u64,
    /// The column at fault.
    pub column: Option<String>,
    /// A stable slug.
    pub reason: String,
}

/// A platform's API key, by its printable prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySummary {
    /// The first characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Behind which job a page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobCursor {
    /// When the last shown job was due, in milliseconds since 1970.
    pub due_at: i64,
    /// Its key in the table of jobs.
    pub key: String,
}

/// A job that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckJob {
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

/// Reading cases across platforms, for operators.
#[async_trait]
pub trait ConsoleCases: Send + Sync {
    /// Cases that fit, newest first.
    async fn find_cases(
        &self,
        filter: &CaseFilter,
        after: Option<CaseCursor>,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError>;

    /// Cases in review, the longest waiting first.
    async fn review_queue(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Queued>, LedgerError>;

    /// Claims a case for an operator. False if a colleague has it.
    async fn claim_review(
        &self,
        case: CaseId,
        operator: OperatorId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Gives a claim back.
    async fn release_review(&self, case: CaseId, operator: OperatorId) -> Result<(), LedgerError>;

    /// Stores a note, sealed with the case's key.
    async fn add_note(&self, case: CaseId, note: &Note) -> Result<(), LedgerError>;

    /// The notes of a case, oldest first.
    async fn notes(&self, case: CaseId) -> Result<Vec<Note>, LedgerError>;

    /// The records of the case's face tries as JSON, oldest first.
    async fn scans_of(
        &self,
        case: CaseId,
    ) -> Result<Vec<(u32, DateTime<Utc>, String)>, LedgerError>;

    /// The case's story: version, kind, code, time.
    async fn story(&self, case: CaseId) -> Result<Vec<StoryLine>, LedgerError>;

    /// What the registry says of each element today; `None` without a record.
    async fn field_answers(
        &self,
        claim: &Claim,
        realm: Realm,
    ) -> Result<Option<FieldAnswers>, LedgerError>;
}

/// One event of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// The case's version.
    pub version: u64,
    /// What happened.
    pub kind: String,
    /// The code that goes with it.
    pub code: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Figures and lists beside the cases.
#[async_trait]
pub trait ConsoleFigures: Send + Sync {
    /// Events by day, kind and code.
    async fn event_counts(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<EventCount>, LedgerError>;

    /// Cases that reached each kind of event at least once.
    async fn cases_by_event(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(String, u64)>, LedgerError>;

    /// How long cases took from one kind of event to a later one.
    async fn latency(
        &self,
        from: &str,
        to: &[&str],
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Latency, LedgerError>;

    /// An operator's saved views, oldest first.
    async fn saved_views(&self, operator: OperatorId) -> Result<Vec<SavedView>, LedgerError>;

    /// Stores a view.
    async fn save_view(
        &self,
        operator: OperatorId,
        view: &SavedView,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Deletes a view of the operator's own. False if there is none.
    async fn delete_view(&self, operator: OperatorId, id: Uuid) -> Result<bool, LedgerError>;

    /// Policies that were in force, newest first.
    async fn policy_versions(&self) -> Result<Vec<PolicyVersion>, LedgerError>;

    /// Notes the policy in force, if it is not the last one noted. True if it is new.
    async fn note_policy(&self, body: &str, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// Runs of registry imports, newest first, begun before a moment.
    async fn imports(
        &self,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> Result<Vec<ImportSummary>, LedgerError>;

    /// Rows that an import could not use, behind a line.
    async fn import_errors(
        &self,
        import: Uuid,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ImportError>, LedgerError>;

    /// A platform's API keys, newest first.
    async fn api_keys(&self, platform: PlatformId) -> Result<Vec<KeySummary>, LedgerError>;

    /// Revokes the platform's keys with this prefix.
    async fn revoke_keys_of(
        &self,
        platform: PlatformId,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError>;

    /// Jobs that wait for a person.
    async fn stuck_jobs(
        &self,
        after: Option<&JobCursor>,
        limit: u32,
    ) -> Result<Vec<StuckJob>, LedgerError>;

    /// Gives one another life. False if there is no such job.
    async fn restart_job(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, LedgerError>;
}

#[cfg(test)]
mod tests {
    use super::Lookup;

    type Fits = fn(&Lookup) -> bool;

    #[test]
    fn an_identifier_is_recognised_by_its_form() {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 1, 2).expect("a day");
        let id = "00000000000000000000000000000007";
        assert!(matches!(
            Lookup::of(&format!("ver_{id}"), today)[..],
            [Lookup::Case(_)]
        ));
        assert!(matches!(
            Lookup::of(&format!("crd_{id}"), today)[..],
            [Lookup::Credential(_)]
        ));
        let kinds: [(&str, Fits); 4] = [
            ("91350100M000100Y43", |one| matches!(one, Lookup::Uscc(_))),
            ("110101199003070310", |one| matches!(one, Lookup::Person(_))),
            ("示例科技有限公司", |one| {
                matches!(one, Lookup::Name(_))
            }),
            ("acct-1001", |one| matches!(one, Lookup::Account(_))),
        ];
        for (text, fits) in kinds {
            assert!(Lookup::of(text, today).iter().any(fits), "{text}");
        }
    }
}

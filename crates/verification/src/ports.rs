//! What the business asks of the outside, as traits. Adapters live in other crates.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{
    case::{Case, Digest},
    change::Change,
    claim::Claim,
    credential::Credential,
    fact::{RegistryAnswer, Tallies},
    ids::{CaseId, PlatformId},
    words::{Account, Realm},
};

/// Says whether elements belong together: the embedded table or a provider.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Answers for a claim. Faults, time-outs and unknown answers are `Unavailable`, never a match or mismatch.
    async fn check(&self, claim: &Claim, realm: Realm) -> RegistryAnswer;
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

//! Keeping the lives of credentials.

use async_trait::async_trait;

use super::{CommitError, LedgerError};
use crate::{
    credential::Credential,
    ids::{CaseId, CredentialId, PlatformId},
    lifecycle::{Life, LifeChange},
};

/// A credential with its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Living {
    /// What it says.
    pub credential: Credential,
    /// How it stands.
    pub life: Life,
}

/// Credentials after the pass.
#[async_trait]
pub trait Lives: Send + Sync {
    /// The credential, of whichever platform: for the worker, which acts for all.
    async fn living(&self, id: CredentialId) -> Result<Option<Living>, LedgerError>;

    /// The account's newest credential.
    async fn living_of_account(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Option<Living>, LedgerError>;

    /// The account's cases that have no outcome yet.
    async fn open_cases_of(
        &self,
        platform: PlatformId,
        account_id: &str,
    ) -> Result<Vec<CaseId>, LedgerError>;

    /// Stores a change of a life with its event and its next job, if the stored version is one less.
    async fn commit_life(&self, change: &LifeChange) -> Result<(), CommitError>;
}

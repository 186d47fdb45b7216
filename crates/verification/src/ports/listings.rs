//! What a platform reads about its own accounts. Every query is scoped to one platform.

use async_trait::async_trait;
use shiming_identifiers::Uscc;

use super::LedgerError;
use crate::{
    case::Case,
    credential::Credential,
    ids::{CaseId, CredentialId, PlatformId},
};

/// Which verifications to list.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Only of this account.
    pub account_id: Option<String>,
    /// Only in this state, as stored at its last change.
    pub state: Option<String>,
    /// Only those that come after this one.
    pub after: Option<CaseId>,
}

/// Which credentials to list.
#[derive(Debug, Clone, Default)]
pub struct CredentialFilter {
    /// Only of this account.
    pub account_id: Option<String>,
    /// Only those that come after this one.
    pub after: Option<CredentialId>,
}

/// A platform's own lists, newest first.
#[async_trait]
pub trait Listings: Send + Sync {
    /// Verifications, by the time of their opening.
    async fn list_cases(
        &self,
        platform: PlatformId,
        filter: &CaseFilter,
        limit: u32,
    ) -> Result<Vec<Case>, LedgerError>;

    /// Credentials, by the time of verification.
    async fn list_credentials(
        &self,
        platform: PlatformId,
        filter: &CredentialFilter,
        limit: u32,
    ) -> Result<Vec<Credential>, LedgerError>;

    /// The credential with this id.
    async fn credential_with_id(
        &self,
        platform: PlatformId,
        id: CredentialId,
    ) -> Result<Option<Credential>, LedgerError>;

    /// The valid credentials of one enterprise, newest first.
    async fn credentials_of_enterprise(
        &self,
        platform: PlatformId,
        uscc: &Uscc,
    ) -> Result<Vec<Credential>, LedgerError>;

    /// The valid credentials of enterprises: each enterprise with all of its credentials, the one verified last first;
    /// `after` is the newest credential of the enterprise that the page before ended with.
    async fn list_enterprises(
        &self,
        platform: PlatformId,
        after: Option<CredentialId>,
        limit: u32,
    ) -> Result<Vec<Vec<Credential>>, LedgerError>;
}

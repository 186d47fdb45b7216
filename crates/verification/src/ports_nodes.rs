//! What several nodes over one store ask of it, beyond the cases themselves.

use async_trait::async_trait;

use crate::{ids::CaseId, ports::LedgerError};

/// Tells cheaply whether cases have changed, for pages that may have missed the announcement.
#[async_trait]
pub trait CaseVersions: Send + Sync {
    /// The present version of each of these cases that exists, in no order.
    async fn versions_of(&self, cases: &[CaseId]) -> Result<Vec<(CaseId, u64)>, LedgerError>;
}

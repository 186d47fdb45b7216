//! What can stand in the way of a use case.

use shiming_audit::AuditError;
use shiming_vault::VaultError;
use shiming_verification::{
    claim::FieldError,
    code::Refusal,
    ports::{CommitError, LedgerError},
};

/// Why a use case did not go through. Nothing was changed, and no try was used unless a refusal says so.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// No session, or one that is over.
    #[error("no valid session")]
    NoSession,
    /// The form can't be read as elements.
    #[error("{} field(s) of the form are wrong", .0.len())]
    Fields(Vec<FieldError>),
    /// A business rule says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Our own store or engine is not available.
    #[error("not available: {0}")]
    Unavailable(String),
}

impl From<LedgerError> for ServiceError {
    fn from(error: LedgerError) -> Self {
        Self::Unavailable(error.0)
    }
}

impl From<AuditError> for ServiceError {
    fn from(error: AuditError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<CommitError> for ServiceError {
    fn from(error: CommitError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

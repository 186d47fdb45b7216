//! What goes wrong inside a store, before it becomes the ports' vocabulary.

use shiming_audit::AuditError;
use shiming_vault::VaultError;
use shiming_verification::ports::{CommitError, LedgerError};

/// Something failed below a port. Its text holds no personal data.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// Sealed data.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The object store.
    #[error("object store: {0}")]
    Objects(#[from] object_store::Error),
    /// A stored value that this program can't read; a newer version may have written it.
    #[error(
        "a stored {what} can't be understood; was it written by a newer version of the server?"
    )]
    Unreadable {
        /// What kind of value.
        what: &'static str,
    },
    /// A thing that must be there is gone.
    #[error("the {what} is gone; was it erased, or only a part of the data restored?")]
    Missing {
        /// What kind of thing.
        what: &'static str,
    },
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<StoreError> for AuditError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

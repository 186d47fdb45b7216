//! What a person does at the bank's books: looks at what is open, brings a file, notes what was done about an entry.
//! Changes are recorded in the trail first, so that none goes through unseen.

use std::sync::Arc;

use shiming_audit::{Actor, Record};
use shiming_verification::{
    ports::bank::{Report, StoredTransfer, UnmatchedEntry},
    review::Message,
};

use super::{BankDesk, StatementError, Stored};
use crate::error::ServiceError;

/// Rows of either kind that one look shows.
const SHOWN: u32 = 1000;

/// What waits for the bank's last word or for a person.
#[derive(Debug, Clone, Default)]
pub struct Outstanding {
    /// Transfers without a last word, oldest first.
    pub transfers: Vec<StoredTransfer>,
    /// Entries that belong to no transfer, oldest first.
    pub entries: Vec<UnmatchedEntry>,
}

impl BankDesk<'_> {
    /// What waits for the bank's last word or for a person.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn bank_outstanding(&self) -> Result<Outstanding, ServiceError> {
        let transfers = &self.bank.transfers;
        Ok(Outstanding {
            transfers: transfers.outstanding_transfers(SHOWN).await?,
            entries: transfers.unmatched_entries(SHOWN).await?,
        })
    }

    /// A person has dealt with an entry that belongs to no transfer.
    ///
    /// # Errors
    /// `NotFound` if there is none such, or somebody was first.
    pub async fn resolve_bank_entry(
        &self,
        by: Actor,
        id: uuid::Uuid,
        note: &Message,
    ) -> Result<(), ServiceError> {
        let now = self.cases.clock.now();
        let record = Record::new(by, "bank.entry_resolved", now).about(id);
        self.bank.audit.record(vec![record]).await?;
        let transfers = &self.bank.transfers;
        let done = transfers.resolve_entry(id, note.as_str(), now).await?;
        done.then_some(()).ok_or(ServiceError::NotFound)
    }

    /// A person brings a file that the bank has left elsewhere.
    ///
    /// # Errors
    /// As for a file that came by itself.
    pub async fn bring_report(
        &self,
        by: Actor,
        report: Arc<dyn Report>,
    ) -> Result<Stored, StatementError> {
        let now = self.cases.clock.now();
        let record = Record::new(by, "bank.file_brought", now).with("file", report.name());
        let recorded = self.bank.audit.record(vec![record]).await;
        recorded.map_err(ServiceError::from)?;
        self.store_report(report).await
    }
}

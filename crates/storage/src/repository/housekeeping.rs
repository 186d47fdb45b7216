//! Erasing, forgetting, looking after.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{ids::CaseId, ports::LedgerError};

use super::{Result, Store, data_key};
use crate::{
    api::{Housekeeping, PruneBefore, Pruned},
    words::millis,
};

/// How long messages for webhooks are kept: those that are over, and those that wait for an endpoint that is off.
const MESSAGES_KEPT: chrono::Duration = chrono::Duration::days(30);

impl Store {
    async fn probe(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.reader).await?;
        Ok(self.begin().await?.rollback().await?)
    }

    async fn delete_over(&self, sql: &'static str, before: DateTime<Utc>) -> Result<u64> {
        let query = sqlx::query(sql).bind(millis(before));
        Ok(query.execute(&self.writer).await?.rows_affected())
    }

    async fn prune_all(&self, now: DateTime<Utc>, before: PruneBefore) -> Result<Pruned> {
        let secrets = "DELETE FROM client_secret WHERE expires_at <= $1";
        let sessions = "DELETE FROM portal_session WHERE expires_at <= $1";
        let marks = "DELETE FROM mark WHERE at < $1";
        let tickets = "DELETE FROM federation_ticket WHERE expires_at <= $1";
        self.delete_over(tickets, now).await?;
        let signs = "DELETE FROM risk_sign WHERE at < $1";
        self.delete_over(signs, before.risk_signs).await?;
        let hashes = "DELETE FROM scan_frame_hash WHERE at < $1";
        let answers = "DELETE FROM idempotency WHERE expires_at <= $1";
        self.delete_over(answers, now).await?;
        let messages = "DELETE FROM webhook_delivery WHERE created_at < $1 AND (status <> 'pending'
             OR endpoint IN (SELECT id FROM webhook_endpoint WHERE status = 'disabled'))";
        self.delete_over(messages, now - MESSAGES_KEPT).await?;
        Ok(Pruned {
            client_secrets: self.delete_over(secrets, now).await?,
            portal_sessions: self.delete_over(sessions, now).await?,
            marks: self.delete_over(marks, before.marks).await?,
            frame_hashes: self.delete_over(hashes, before.frame_hashes).await?,
            kept_scans: self.delete_kept_scans(now).await?,
        })
    }

    async fn rewrap_some(&self, limit: u32) -> Result<u64> {
        let mut tx = self.begin().await?;
        let rewrapped = data_key::rewrap(&mut tx, &self.seals, limit).await?;
        tx.commit().await?;
        Ok(rewrapped)
    }
}

#[async_trait]
impl Housekeeping for Store {
    async fn ping(&self) -> Result<(), LedgerError> {
        Ok(self.probe().await?)
    }

    async fn erase_case(&self, case: CaseId, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        Ok(self.erase_case_key(case, now).await?)
    }

    async fn prune(&self, now: DateTime<Utc>, before: PruneBefore) -> Result<Pruned, LedgerError> {
        Ok(self.prune_all(now, before).await?)
    }

    async fn rewrap_keys(&self, limit: u32) -> Result<u64, LedgerError> {
        Ok(self.rewrap_some(limit).await?)
    }
}

//! Heartbeats, and the jobs that wait for a person.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::ports::LedgerError;
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    api::{DeadJob, JobUpkeep},
    words::{count, millis, small},
};

impl Store {
    async fn prolong(&self, id: Uuid, worker: &str, until: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE job SET due_at = $1 WHERE id = $2 AND leased_by = $3 AND NOT dead";
        let query = sqlx::query(sql).bind(millis(until)).bind(id).bind(worker);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn dead(&self, limit: u32) -> Result<Vec<DeadJob>> {
        let rows: Vec<(Uuid, String, i64, Option<String>)> = sqlx::query_as(
            "SELECT id, payload, attempts, last_error FROM job WHERE dead
             ORDER BY due_at, job_key LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        let job = |(id, payload, attempts, error): (_, _, _, Option<String>)| {
            let (attempts, last_error) = (small(attempts)?, error.unwrap_or_default());
            Ok(DeadJob {
                id,
                payload,
                attempts,
                last_error,
            })
        };
        rows.into_iter().map(job).collect()
    }

    async fn revive(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE job SET dead = FALSE, attempts = 0, due_at = $1 WHERE id = $2 AND dead";
        let query = sqlx::query(sql).bind(millis(now)).bind(id);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn overdue(&self, before: DateTime<Utc>) -> Result<u64> {
        let sql = "SELECT COUNT(*) FROM job WHERE NOT dead AND due_at < $1";
        count(
            sqlx::query_scalar(sql)
                .bind(millis(before))
                .fetch_one(&self.reader)
                .await?,
        )
    }
}

#[async_trait]
impl JobUpkeep for Store {
    async fn extend_lease(
        &self,
        id: Uuid,
        worker: &str,
        lease_until: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        Ok(self.prolong(id, worker, lease_until).await?)
    }

    async fn dead_jobs(&self, limit: u32) -> Result<Vec<DeadJob>, LedgerError> {
        Ok(self.dead(limit).await?)
    }

    async fn revive_job(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        Ok(self.revive(id, now).await?)
    }

    async fn overdue_jobs(&self, before: DateTime<Utc>) -> Result<u64, LedgerError> {
        Ok(self.overdue(before).await?)
    }
}

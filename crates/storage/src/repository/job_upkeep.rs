//! Heartbeats, and the jobs that wait for a person.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::ports::LedgerError;
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    api::{DeadJob, JobUpkeep, Queue, Queues},
    words::{count, millis, small, time},
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

    async fn depths(&self, now: DateTime<Utc>) -> Result<Queues> {
        let jobs = "SELECT COUNT(*), MIN(due_at) FROM job WHERE NOT dead AND due_at <= $1";
        let dead = "SELECT COUNT(*) FROM job WHERE dead";
        let webhooks = "SELECT COUNT(*), MIN(due_at) FROM webhook_delivery
             WHERE status = 'pending' AND due_at <= $1";
        Ok(Queues {
            jobs: self.depth(jobs, now).await?,
            dead_jobs: count(sqlx::query_scalar(dead).fetch_one(&self.reader).await?)?,
            webhooks: self.depth(webhooks, now).await?,
        })
    }

    async fn depth(&self, sql: &'static str, now: DateTime<Utc>) -> Result<Queue> {
        let (due, oldest): (i64, Option<i64>) = sqlx::query_as(sql)
            .bind(millis(now))
            .fetch_one(&self.reader)
            .await?;
        Ok(Queue {
            due: count(due)?,
            oldest: oldest.map(time).transpose()?,
        })
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

    async fn queues(&self, now: DateTime<Utc>) -> Result<Queues, LedgerError> {
        Ok(self.depths(now).await?)
    }

    async fn overdue_jobs(&self, before: DateTime<Utc>) -> Result<u64, LedgerError> {
        Ok(self.overdue(before).await?)
    }
}

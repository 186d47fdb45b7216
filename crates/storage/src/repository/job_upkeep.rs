//! Heartbeats, and the jobs that wait for a person.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::ports::{LedgerError, console::JobCursor};
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    api::{DeadJob, JobUpkeep, Queue, Queues},
    words::{count, millis, small, time},
};

#[derive(sqlx::FromRow)]
struct DeadRow {
    id: Uuid,
    job_key: String,
    due_at: i64,
    payload: String,
    attempts: i64,
    last_error: Option<String>,
}

impl DeadRow {
    fn read(self) -> Result<DeadJob> {
        Ok(DeadJob {
            id: self.id,
            place: JobCursor {
                due_at: self.due_at,
                key: self.job_key,
            },
            payload: self.payload,
            attempts: small(self.attempts)?,
            last_error: self.last_error.unwrap_or_default(),
        })
    }
}

impl Store {
    async fn prolong(&self, id: Uuid, worker: &str, until: DateTime<Utc>) -> Result<bool> {
        let sql = "UPDATE job SET due_at = $1 WHERE id = $2 AND leased_by = $3 AND NOT dead";
        let query = sqlx::query(sql).bind(millis(until)).bind(id).bind(worker);
        Ok(query.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn dead(&self, after: Option<&JobCursor>, limit: u32) -> Result<Vec<DeadJob>> {
        let first = JobCursor::default();
        let after = after.unwrap_or(&first);
        let rows: Vec<DeadRow> = sqlx::query_as(
            "SELECT id, job_key, due_at, payload, attempts, last_error FROM job
             WHERE dead AND (due_at, job_key) > ($1, $2) ORDER BY due_at, job_key LIMIT $3",
        )
        .bind(after.due_at)
        .bind(after.key.clone())
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(DeadRow::read).collect()
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

    async fn dead_jobs(
        &self,
        after: Option<&JobCursor>,
        limit: u32,
    ) -> Result<Vec<DeadJob>, LedgerError> {
        Ok(self.dead(after, limit).await?)
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

//! The outbox: written by commits, leased to workers.
//!
//! What a job does is idempotent by nature: it gives a fact to a case, and a case that no longer waits for it refuses.
//! So a job that ran twice, because a lease ended or a worker died before it could say "done", does no harm.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use shiming_verification::{
    case::Case,
    change::{Job, JobKind},
    ports::{Jobs, LeasedJob, LedgerError},
};
use sqlx::AssertSqlSafe;
use uuid::{Builder, Uuid};

use super::{Conn, Result, SKIP_LOCKED, Store};
use crate::words::{from_json, json, millis, small};

/// Kind and case: of each there is at most one job.
fn key(kind: JobKind) -> String {
    match kind {
        JobKind::CheckRegistry { case } => format!("check_registry:{case}"),
        JobKind::Wake { case } => format!("wake:{case}"),
        JobKind::HandOver { transfer } => format!("hand_over:{transfer}"),
        JobKind::TendCredential { credential } => format!("tend_credential:{credential}"),
        JobKind::Notify { notification } => format!("notify:{notification}"),
    }
}

/// The id of the job that a version of the case asked for. A job that takes another's place thus has another id, and a worker
/// that is still busy with the old one can't end the new one.
fn id(key: &str, version: u64) -> Uuid {
    let digest = Sha256::new()
        .chain_update(version.to_be_bytes())
        .chain_update(key)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// Stores the jobs of a change in the place of earlier ones. A case that nothing will wake has no wake job.
pub(super) async fn replace(conn: &mut Conn, case: &Case, jobs: &[Job]) -> Result<()> {
    for job in jobs {
        put(conn, job, case.version).await?;
    }
    if case.wakes_at().is_none() {
        remove_kind(conn, JobKind::Wake { case: case.id }).await?;
    }
    Ok(())
}

/// Stores the one job of its kind that this version of something asks for, or removes the one that nothing asks for any more.
pub(super) async fn replace_one(
    conn: &mut Conn,
    kind: JobKind,
    version: u64,
    job: Option<Job>,
) -> Result<()> {
    match job {
        Some(job) => put(conn, &job, version).await,
        None => remove_kind(conn, kind).await,
    }
}

async fn put(conn: &mut Conn, job: &Job, version: u64) -> Result<()> {
    let key = key(job.kind);
    sqlx::query(
        "INSERT INTO job (job_key, id, payload, due_at, attempts, dead)
         VALUES ($1, $2, $3, $4, 0, FALSE)
         ON CONFLICT (job_key) DO UPDATE SET id = excluded.id, payload = excluded.payload,
           due_at = excluded.due_at, attempts = 0, leased_by = NULL, last_error = NULL,
           dead = FALSE",
    )
    .bind(&key)
    .bind(id(&key, version))
    .bind(json(&job.kind))
    .bind(millis(job.run_at))
    .execute(conn)
    .await?;
    Ok(())
}

async fn remove_kind(conn: &mut Conn, kind: JobKind) -> Result<()> {
    sqlx::query("DELETE FROM job WHERE job_key = $1")
        .bind(key(kind))
        .execute(conn)
        .await?;
    Ok(())
}

type LeasedRow = (Uuid, String, i64);

impl Store {
    async fn lease(
        &self,
        worker: &str,
        limit: u32,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<LeasedRow>> {
        let sql = format!(
            "WITH due AS MATERIALIZED (
               SELECT job_key FROM job WHERE NOT dead AND due_at <= $1
               ORDER BY due_at, job_key LIMIT $2 {SKIP_LOCKED})
             UPDATE job SET leased_by = $3, due_at = $4, attempts = attempts + 1
             WHERE job_key IN (SELECT job_key FROM due)
             RETURNING id, payload, attempts"
        );
        let rows = sqlx::query_as(AssertSqlSafe(sql))
            .bind(millis(now))
            .bind(i64::from(limit))
            .bind(worker)
            .bind(millis(until))
            .fetch_all(&self.writer)
            .await?;
        Ok(rows)
    }

    async fn remove(&self, id: Uuid) -> Result<()> {
        sqlx::query("DELETE FROM job WHERE id = $1")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn put_back(&self, id: Uuid, run_at: DateTime<Utc>, error: &str) -> Result<()> {
        sqlx::query("UPDATE job SET due_at = $1, leased_by = NULL, last_error = $2 WHERE id = $3")
            .bind(millis(run_at))
            .bind(error)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn bury(&self, id: Uuid, error: &str) -> Result<()> {
        sqlx::query("UPDATE job SET dead = TRUE, leased_by = NULL, last_error = $1 WHERE id = $2")
            .bind(error)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// What the worker gets, or `None` if a newer version of the server wrote a job that this one does not know.
fn leased((id, payload, attempts): &LeasedRow) -> Option<LeasedJob> {
    let kind = from_json("job", payload.as_bytes()).ok()?;
    Some(LeasedJob {
        id: *id,
        kind,
        attempts: small(*attempts).ok()?,
    })
}

#[async_trait]
impl Jobs for Store {
    async fn claim_jobs(
        &self,
        worker: &str,
        limit: u32,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<LeasedJob>, LedgerError> {
        let mut jobs = Vec::new();
        for row in self.lease(worker, limit, now, lease_until).await? {
            if let Some(job) = leased(&row) {
                jobs.push(job);
            } else {
                self.bury(row.0, "unknown to this version of the server")
                    .await?;
            }
        }
        Ok(jobs)
    }

    async fn complete_job(&self, id: Uuid) -> Result<(), LedgerError> {
        Ok(self.remove(id).await?)
    }

    async fn retry_job(
        &self,
        id: Uuid,
        run_at: DateTime<Utc>,
        error: &str,
    ) -> Result<(), LedgerError> {
        Ok(self.put_back(id, run_at, error).await?)
    }

    async fn bury_job(&self, id: Uuid, error: &str) -> Result<(), LedgerError> {
        Ok(self.bury(id, error).await?)
    }
}

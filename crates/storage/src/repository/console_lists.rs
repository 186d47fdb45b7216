//! The console's lists beside the cases: views, policies, imports, keys, jobs.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    ids::{OperatorId, PlatformId},
    ports::{
        LedgerError,
        console::{
            ConsoleFigures, EventCount, ImportError, ImportSummary, JobCursor, KeySummary, Latency,
            PolicyVersion, SavedView, StuckJob,
        },
    },
};
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    api::JobUpkeep as _,
    words::{count, millis, realm, small, time, version},
};

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: Uuid,
    realm: String,
    source: String,
    started_at: i64,
    finished_at: Option<i64>,
    inserted: i64,
    updated: i64,
    unchanged: i64,
    bad_rows: i64,
    photos: i64,
    bad_photos: i64,
}

impl ImportRow {
    fn summary(self) -> Result<ImportSummary> {
        Ok(ImportSummary {
            id: self.id,
            realm: realm(self.realm)?,
            source: self.source,
            started_at: time(self.started_at)?,
            finished_at: self.finished_at.map(time).transpose()?,
            rows: [
                count(self.inserted)?,
                count(self.updated)?,
                count(self.unchanged)?,
            ],
            bad_rows: count(self.bad_rows)?,
            photos: count(self.photos)?,
            bad_photos: count(self.bad_photos)?,
        })
    }
}

impl Store {
    async fn views_of(&self, operator: OperatorId) -> Result<Vec<SavedView>> {
        let rows: Vec<(Uuid, String, String)> = sqlx::query_as(
            "SELECT id, name, query FROM saved_view WHERE operator = $1 ORDER BY created_at, id",
        )
        .bind(operator.uuid())
        .fetch_all(&self.reader)
        .await?;
        let view = |(id, name, query)| SavedView { id, name, query };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn policies(&self) -> Result<Vec<PolicyVersion>> {
        let sql = "SELECT seq, at, body FROM policy_version ORDER BY seq DESC LIMIT 200";
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter()
            .map(|(seq, at, body)| {
                Ok(PolicyVersion {
                    seq: small(seq)?,
                    at: time(at)?,
                    body,
                })
            })
            .collect()
    }

    async fn insert_policy(&self, body: &str, now: DateTime<Utc>) -> Result<bool> {
        let query = sqlx::query(
            "INSERT INTO policy_version (seq, at, body)
             SELECT COALESCE(MAX(seq), 0) + 1, $1, $2 FROM policy_version WHERE TRUE
             ON CONFLICT (seq) DO NOTHING",
        )
        .bind(millis(now))
        .bind(body.to_owned());
        let mut tx = self.begin().await?;
        let last: Option<String> =
            sqlx::query_scalar("SELECT body FROM policy_version ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&mut *tx)
                .await?;
        if last.as_deref() == Some(body) {
            return Ok(false);
        }
        let done = query.execute(&mut *tx).await?.rows_affected();
        tx.commit().await?;
        Ok(done > 0)
    }

    async fn runs(&self, before: Option<DateTime<Utc>>, limit: u32) -> Result<Vec<ImportSummary>> {
        let rows: Vec<ImportRow> = sqlx::query_as(
            "SELECT id, realm, source, started_at, finished_at, inserted, updated, unchanged,
               bad_rows, photos, bad_photos
             FROM registry_import WHERE started_at < $1 ORDER BY started_at DESC, id DESC LIMIT $2",
        )
        .bind(before.map_or(i64::MAX, millis))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(ImportRow::summary).collect()
    }

    async fn errors_of(&self, import: Uuid, after: u64, limit: u32) -> Result<Vec<ImportError>> {
        let rows: Vec<(i64, Option<String>, String)> = sqlx::query_as(
            "SELECT line, place, reason FROM registry_import_error
             WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3",
        )
        .bind(import)
        .bind(version(after)?)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(line, column, reason)| {
                Ok(ImportError {
                    line: count(line)?,
                    column,
                    reason,
                })
            })
            .collect()
    }

    async fn keys_of(&self, platform: PlatformId) -> Result<Vec<KeySummary>> {
        let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT prefix, created_at, revoked_at FROM api_key WHERE platform = $1
             ORDER BY created_at DESC, prefix",
        )
        .bind(platform.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter()
            .map(|(prefix, created, revoked)| {
                Ok(KeySummary {
                    prefix,
                    created_at: time(created)?,
                    revoked_at: revoked.map(time).transpose()?,
                })
            })
            .collect()
    }
}

#[async_trait]
impl ConsoleFigures for Store {
    async fn event_counts(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<EventCount>, LedgerError> {
        Ok(self.count_events(since, until).await?)
    }

    async fn cases_by_event(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<(String, u64)>, LedgerError> {
        Ok(self.count_cases(since, until).await?)
    }

    async fn latency(
        &self,
        from: &str,
        to: &[&str],
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Latency, LedgerError> {
        Ok(self.measure(from, to, since, until).await?)
    }

    async fn saved_views(&self, operator: OperatorId) -> Result<Vec<SavedView>, LedgerError> {
        Ok(self.views_of(operator).await?)
    }

    async fn save_view(
        &self,
        operator: OperatorId,
        view: &SavedView,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        let query = sqlx::query(
            "INSERT INTO saved_view (id, operator, name, query, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(view.id)
        .bind(operator.uuid())
        .bind(view.name.clone())
        .bind(view.query.clone())
        .bind(millis(now));
        self.run(query).await?;
        Ok(())
    }

    async fn delete_view(&self, operator: OperatorId, id: Uuid) -> Result<bool, LedgerError> {
        let sql = "DELETE FROM saved_view WHERE operator = $1 AND id = $2";
        let query = sqlx::query(sql).bind(operator.uuid()).bind(id);
        Ok(self.run(query).await? > 0)
    }

    async fn policy_versions(&self) -> Result<Vec<PolicyVersion>, LedgerError> {
        Ok(self.policies().await?)
    }

    async fn note_policy(&self, body: &str, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        Ok(self.insert_policy(body, now).await?)
    }

    async fn imports(
        &self,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> Result<Vec<ImportSummary>, LedgerError> {
        Ok(self.runs(before, limit).await?)
    }

    async fn import_errors(
        &self,
        import: Uuid,
        after: u64,
        limit: u32,
    ) -> Result<Vec<ImportError>, LedgerError> {
        Ok(self.errors_of(import, after, limit).await?)
    }

    async fn api_keys(&self, platform: PlatformId) -> Result<Vec<KeySummary>, LedgerError> {
        Ok(self.keys_of(platform).await?)
    }

    async fn revoke_keys_of(
        &self,
        platform: PlatformId,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError> {
        let sql = "UPDATE api_key SET revoked_at = $1
                   WHERE platform = $2 AND prefix = $3 AND revoked_at IS NULL";
        let query = sqlx::query(sql).bind(millis(now)).bind(platform.uuid());
        Ok(self.run(query.bind(prefix.to_owned())).await?)
    }

    async fn stuck_jobs(
        &self,
        after: Option<&JobCursor>,
        limit: u32,
    ) -> Result<Vec<StuckJob>, LedgerError> {
        let jobs = self.dead_jobs(after, limit).await?;
        let told = jobs.into_iter().map(|job| StuckJob {
            id: job.id,
            place: job.place,
            payload: job.payload,
            attempts: job.attempts,
            last_error: job.last_error,
        });
        Ok(told.collect())
    }

    async fn restart_job(&self, id: Uuid, now: DateTime<Utc>) -> Result<bool, LedgerError> {
        self.revive_job(id, now).await
    }
}

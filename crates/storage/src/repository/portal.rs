//! The applicant's way in: single-use client secrets and portal sessions.

use chrono::{DateTime, Utc};
use shiming_verification::{
    case::Digest,
    ids::{CaseId, PlatformId},
    ports::PortalSession,
};
use uuid::Uuid;

use super::{Result, Store};
use crate::words::millis;

impl Store {
    pub(super) async fn insert_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query("INSERT INTO client_secret (digest, case_id, expires_at) VALUES ($1, $2, $3)")
            .bind(secret.0.to_vec())
            .bind(case.uuid())
            .bind(millis(expires_at))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// One statement, so that of two callers one finds it used.
    pub(super) async fn redeem_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE client_secret SET used_at = $1
             WHERE digest = $2 AND case_id = $3 AND used_at IS NULL AND expires_at > $1",
        )
        .bind(millis(now))
        .bind(secret.0.to_vec())
        .bind(case.uuid())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) async fn insert_portal_session(
        &self,
        key: Digest,
        session: &PortalSession,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO portal_session (digest, platform, account_id, expires_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(key.0.to_vec())
        .bind(session.platform.uuid())
        .bind(&session.account_id)
        .bind(millis(expires_at))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    pub(super) async fn find_portal_session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<PortalSession>> {
        let row: Option<(Uuid, String)> = sqlx::query_as(
            "SELECT platform, account_id FROM portal_session
             WHERE digest = $1 AND expires_at > $2",
        )
        .bind(key.0.to_vec())
        .bind(millis(now))
        .fetch_optional(&self.reader)
        .await?;
        let session = |(platform, account_id)| PortalSession {
            platform: PlatformId::new(platform),
            account_id,
        };
        Ok(row.map(session))
    }
}

//! Platforms and their API keys, and the port that also covers the portal's way in.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_vault::TokenKey;
use shiming_verification::{
    case::Digest,
    ids::{CaseId, PlatformId},
    ports::{Access, LedgerError, Platform, PortalSession},
};
use uuid::Uuid;

use super::{Result, Store};
use crate::{
    api::AccessUpkeep,
    words::{millis, realm},
};

type PlatformRow = (Uuid, String, String);

fn platform((id, name, word): PlatformRow) -> Result<Platform> {
    Ok(Platform {
        id: PlatformId::new(id),
        name,
        realm: realm(word)?,
    })
}

impl Store {
    async fn insert_platform(&self, platform: &Platform, now: DateTime<Utc>) -> Result<()> {
        sqlx::query("INSERT INTO platform (id, name, realm, created_at) VALUES ($1, $2, $3, $4)")
            .bind(platform.id.uuid())
            .bind(&platform.name)
            .bind(platform.realm.as_str())
            .bind(millis(now))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn all_platforms(&self) -> Result<Vec<Platform>> {
        let sql = "SELECT id, name, realm FROM platform ORDER BY created_at, id";
        let rows: Vec<PlatformRow> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        rows.into_iter().map(platform).collect()
    }

    async fn find_platform(&self, id: PlatformId) -> Result<Option<Platform>> {
        let sql = "SELECT id, name, realm FROM platform WHERE id = $1";
        let query = sqlx::query_as(sql).bind(id.uuid());
        query
            .fetch_optional(&self.reader)
            .await?
            .map(platform)
            .transpose()
    }

    async fn insert_api_key(
        &self,
        platform: PlatformId,
        key: Digest,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO api_key (digest, platform, prefix, created_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(key.0.to_vec())
        .bind(platform.uuid())
        .bind(prefix)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn platform_by_key(&self, key: Digest) -> Result<Option<Platform>> {
        let row = sqlx::query_as(
            "SELECT p.id, p.name, p.realm FROM api_key k JOIN platform p ON p.id = k.platform
             WHERE k.digest = $1 AND k.revoked_at IS NULL",
        )
        .bind(key.0.to_vec())
        .fetch_optional(&self.reader)
        .await?;
        row.map(platform).transpose()
    }

    async fn revoke_keys(
        &self,
        platform: PlatformId,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<u64> {
        let done = sqlx::query(
            "UPDATE api_key SET revoked_at = $1
             WHERE platform = $2 AND prefix = $3 AND revoked_at IS NULL",
        )
        .bind(millis(now))
        .bind(platform.uuid())
        .bind(prefix)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl Access for Store {
    async fn add_platform(
        &self,
        platform: &Platform,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_platform(platform, now).await?)
    }

    async fn platforms(&self) -> Result<Vec<Platform>, LedgerError> {
        Ok(self.all_platforms().await?)
    }

    async fn platform(&self, id: PlatformId) -> Result<Option<Platform>, LedgerError> {
        Ok(self.find_platform(id).await?)
    }

    async fn add_api_key(
        &self,
        platform: PlatformId,
        key: Digest,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_api_key(platform, key, prefix, now).await?)
    }

    async fn platform_of_key(&self, key: Digest) -> Result<Option<Platform>, LedgerError> {
        Ok(self.platform_by_key(key).await?)
    }

    async fn add_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_client_secret(secret, case, expires_at).await?)
    }

    async fn use_client_secret(
        &self,
        secret: Digest,
        case: CaseId,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        Ok(self.redeem_client_secret(secret, case, now).await?)
    }

    async fn add_portal_session(
        &self,
        key: Digest,
        session: &PortalSession,
        expires_at: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_portal_session(key, session, expires_at).await?)
    }

    async fn portal_session(
        &self,
        key: Digest,
        now: DateTime<Utc>,
    ) -> Result<Option<PortalSession>, LedgerError> {
        Ok(self.find_portal_session(key, now).await?)
    }
}

#[async_trait]
impl AccessUpkeep for Store {
    async fn revoke_api_keys(
        &self,
        platform: PlatformId,
        prefix: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, LedgerError> {
        Ok(self.revoke_keys(platform, prefix, now).await?)
    }

    fn token_key(&self) -> &TokenKey {
        &self.tokens
    }
}

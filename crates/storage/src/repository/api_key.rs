//! API keys, and what a platform has set up for itself.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_verification::{
    api_key::ApiKey,
    case::Digest,
    ids::{ApiKeyId, PlatformId},
    ports::{
        LedgerError, Platform,
        keys::{ApiKeys, PlatformSettings},
    },
};
use uuid::Uuid;

use super::{
    Result, Store,
    access::{PlatformRow, platform},
};
use crate::words::{from_json, json, millis, time};

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Uuid,
    platform: Uuid,
    name: String,
    prefix: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl KeyRow {
    fn read(self) -> Result<ApiKey> {
        Ok(ApiKey {
            id: ApiKeyId::new(self.id),
            platform: PlatformId::new(self.platform),
            name: self.name,
            prefix: self.prefix,
            scopes: from_json("scopes", self.scopes.as_bytes())?,
            created_at: time(self.created_at)?,
            expires_at: self.expires_at.map(time).transpose()?,
            revoked_at: self.revoked_at.map(time).transpose()?,
        })
    }
}

impl Store {
    async fn insert_key(&self, key: &ApiKey, secret: Digest) -> Result<()> {
        sqlx::query(
            "INSERT INTO api_key (digest, platform, prefix, created_at, id, name, scopes, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(secret.0.to_vec())
        .bind(key.platform.uuid())
        .bind(&key.prefix)
        .bind(millis(key.created_at))
        .bind(key.id.uuid())
        .bind(&key.name)
        .bind(json(&key.scopes))
        .bind(key.expires_at.map(millis))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn find_key(&self, secret: Digest) -> Result<Option<(ApiKey, Platform)>> {
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT id, platform, name, prefix, scopes, created_at, expires_at, revoked_at
             FROM api_key WHERE digest = $1",
        )
        .bind(secret.0.to_vec())
        .fetch_optional(&self.reader)
        .await?;
        let Some(key) = row.map(KeyRow::read).transpose()? else {
            return Ok(None);
        };
        let owner = self.find_platform(key.platform).await?;
        Ok(owner.map(|owner| (key, owner)))
    }

    async fn platform_keys(&self, platform: PlatformId) -> Result<Vec<ApiKey>> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT id, platform, name, prefix, scopes, created_at, expires_at, revoked_at
             FROM api_key WHERE platform = $1 ORDER BY created_at, id",
        )
        .bind(platform.uuid())
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(KeyRow::read).collect()
    }

    async fn shorten_key(
        &self,
        sql: &'static str,
        platform: PlatformId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let query = sqlx::query(sql).bind(millis(at));
        let done = query.bind(platform.uuid()).bind(id.uuid());
        Ok(done.execute(&self.writer).await?.rows_affected() > 0)
    }

    async fn find_test_platform(&self, live: PlatformId) -> Result<Option<Platform>> {
        let row: Option<PlatformRow> =
            sqlx::query_as("SELECT id, name, realm FROM platform WHERE test_of = $1")
                .bind(live.uuid())
                .fetch_optional(&self.reader)
                .await?;
        row.map(platform).transpose()
    }

    async fn insert_test_platform(
        &self,
        test: &Platform,
        live: PlatformId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO platform (id, name, realm, created_at, test_of)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(test.id.uuid())
        .bind(&test.name)
        .bind(test.realm.as_str())
        .bind(millis(now))
        .bind(live.uuid())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn origins_of(&self, platform: PlatformId) -> Result<Vec<String>> {
        let sql = "SELECT origin FROM platform_origin WHERE platform = $1 ORDER BY origin";
        let query = sqlx::query_scalar(sql).bind(platform.uuid());
        Ok(query.fetch_all(&self.reader).await?)
    }

    async fn replace_origins(&self, platform: PlatformId, origins: &[String]) -> Result<()> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM platform_origin WHERE platform = $1")
            .bind(platform.uuid())
            .execute(&mut *tx)
            .await?;
        for origin in origins {
            sqlx::query(
                "INSERT INTO platform_origin (platform, origin) VALUES ($1, $2)
                 ON CONFLICT (platform, origin) DO NOTHING",
            )
            .bind(platform.uuid())
            .bind(origin)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

#[async_trait]
impl ApiKeys for Store {
    async fn put_key(&self, key: &ApiKey, secret: Digest) -> Result<(), LedgerError> {
        Ok(self.insert_key(key, secret).await?)
    }

    async fn key_of_secret(
        &self,
        secret: Digest,
    ) -> Result<Option<(ApiKey, Platform)>, LedgerError> {
        Ok(self.find_key(secret).await?)
    }

    async fn keys(&self, platform: PlatformId) -> Result<Vec<ApiKey>, LedgerError> {
        Ok(self.platform_keys(platform).await?)
    }

    async fn end_key(
        &self,
        platform: PlatformId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let sql = "UPDATE api_key SET expires_at = $1
                   WHERE platform = $2 AND id = $3 AND revoked_at IS NULL
                     AND (expires_at IS NULL OR expires_at > $1)";
        Ok(self.shorten_key(sql, platform, id, at).await?)
    }

    async fn revoke_key(
        &self,
        platform: PlatformId,
        id: ApiKeyId,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError> {
        let sql = "UPDATE api_key SET revoked_at = $1
                   WHERE platform = $2 AND id = $3 AND revoked_at IS NULL";
        Ok(self.shorten_key(sql, platform, id, now).await?)
    }
}

#[async_trait]
impl PlatformSettings for Store {
    async fn test_platform(&self, live: PlatformId) -> Result<Option<Platform>, LedgerError> {
        Ok(self.find_test_platform(live).await?)
    }

    async fn put_test_platform(
        &self,
        test: &Platform,
        live: PlatformId,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError> {
        Ok(self.insert_test_platform(test, live, now).await?)
    }

    async fn origins(&self, platform: PlatformId) -> Result<Vec<String>, LedgerError> {
        Ok(self.origins_of(platform).await?)
    }

    async fn set_origins(
        &self,
        platform: PlatformId,
        origins: &[String],
    ) -> Result<(), LedgerError> {
        Ok(self.replace_origins(platform, origins).await?)
    }
}

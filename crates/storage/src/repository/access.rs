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

pub(super) type PlatformRow = (Uuid, String, String);

pub(super) fn platform((id, name, word): PlatformRow) -> Result<Platform> {
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

    pub(super) async fn find_platform(&self, id: PlatformId) -> Result<Option<Platform>> {
        let sql = "SELECT id, name, realm FROM platform WHERE id = $1";
        let query = sqlx::query_as(sql).bind(id.uuid());
        query
            .fetch_optional(&self.reader)
            .await?
            .map(platform)
            .transpose()
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

impl AccessUpkeep for Store {
    fn token_key(&self) -> &TokenKey {
        &self.tokens
    }
}

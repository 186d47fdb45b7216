//! API keys, and what a platform has set up for itself.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{LedgerError, Platform};
use crate::{
    api_key::ApiKey,
    case::Digest,
    ids::{ApiKeyId, PlatformId},
};

/// API keys. Their secrets are only ever seen as digests.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Stores a new key.
    async fn put_key(&self, key: &ApiKey, secret: Digest) -> Result<(), LedgerError>;

    /// The key with this secret, whether it is still good or not, and its platform.
    async fn key_of_secret(
        &self,
        secret: Digest,
    ) -> Result<Option<(ApiKey, Platform)>, LedgerError>;

    /// The platform's keys, oldest first.
    async fn keys(&self, platform: PlatformId) -> Result<Vec<ApiKey>, LedgerError>;

    /// Ends a key at a moment, unless it ends sooner. False if the platform has no such unrevoked key.
    async fn end_key(
        &self,
        platform: PlatformId,
        id: ApiKeyId,
        at: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;

    /// Revokes a key at once. False if the platform has no such unrevoked key.
    async fn revoke_key(
        &self,
        platform: PlatformId,
        id: ApiKeyId,
        now: DateTime<Utc>,
    ) -> Result<bool, LedgerError>;
}

/// A platform's test side and the origins of its pages.
#[async_trait]
pub trait PlatformSettings: Send + Sync {
    /// The platform that is another one's test mode, if it has been made.
    async fn test_platform(&self, live: PlatformId) -> Result<Option<Platform>, LedgerError>;

    /// Stores a platform as the test mode of another one.
    async fn put_test_platform(
        &self,
        test: &Platform,
        live: PlatformId,
        now: DateTime<Utc>,
    ) -> Result<(), LedgerError>;

    /// Origins whose pages may frame the portal.
    async fn origins(&self, platform: PlatformId) -> Result<Vec<String>, LedgerError>;

    /// Replaces the origins whose pages may frame the portal.
    async fn set_origins(
        &self,
        platform: PlatformId,
        origins: &[String],
    ) -> Result<(), LedgerError>;
}

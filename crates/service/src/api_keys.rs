//! Making, rotating and revoking API keys; the test side of a platform.

use chrono::Duration;
use shiming_audit::{Actor, Audit, Record};
use shiming_vault::random_token;
use shiming_verification::{
    api_key::{ApiKey, Scope},
    claim::FieldError,
    code::Code,
    ids::{ApiKeyId, PlatformId},
    ports::{
        Platform,
        keys::{ApiKeys, PlatformSettings},
    },
    words::Realm,
};

use crate::{
    edge::{Clock, fresh_uuid},
    error::ServiceError,
    tokens::digest,
};
use shiming_vault::Entropy;

/// How much of a key may be shown later, to tell keys apart.
const SHOWN: usize = 16;
/// Longest name of a key, in characters.
const LONGEST_NAME: usize = 64;

/// What makes keys, and records that it did. Needs no running server.
pub struct KeySmith<'a, S: ?Sized> {
    /// Where keys are kept.
    pub store: &'a S,
    /// Where it is recorded.
    pub audit: &'a dyn Audit,
    /// Who wants it done.
    pub actor: Actor,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Gives randomness.
    pub entropy: &'a dyn Entropy,
}

/// A fresh key with its secret, which is shown this once.
pub struct NewKey {
    /// The key.
    pub key: ApiKey,
    /// `sk_live_…` or `sk_test_…`.
    pub secret: String,
}

impl<S: ApiKeys + PlatformSettings + ?Sized> KeySmith<'_, S> {
    /// A new key of a platform.
    ///
    /// # Errors
    /// `Fields` for a name that is too long or a key that may nothing; `Unavailable`.
    pub async fn make(
        &self,
        platform: &Platform,
        name: &str,
        scopes: &[Scope],
    ) -> Result<NewKey, ServiceError> {
        let fits = name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
        if !fits {
            return Err(wrong("name", "length"));
        }
        if scopes.is_empty() {
            return Err(wrong("scopes", "empty"));
        }
        let mode = if platform.realm == Realm::Test {
            "test"
        } else {
            "live"
        };
        let secret = format!("sk_{mode}_{}", random_token(self.entropy)?.expose());
        let now = self.clock.now();
        let key = ApiKey {
            id: ApiKeyId::new(fresh_uuid(now, self.entropy)?),
            platform: platform.id,
            name: name.to_owned(),
            prefix: secret[..SHOWN].to_owned(),
            scopes: scopes.to_vec(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
        };
        self.recorded("api_key.added", &key).await?;
        self.store.put_key(&key, digest(&secret)).await?;
        Ok(NewKey { key, secret })
    }

    async fn recorded(&self, action: &str, key: &ApiKey) -> Result<(), ServiceError> {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let record = Record::new(self.actor.clone(), action, self.clock.now())
            .about(key.id)
            .with("platform", key.platform)
            .with("prefix", &key.prefix)
            .with("scopes", scopes.join(" "));
        Ok(self.audit.record(vec![record]).await?)
    }

    /// Revokes a key of a platform at once; false if there is none in use.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn revoke(&self, platform: PlatformId, id: ApiKeyId) -> Result<bool, ServiceError> {
        let now = self.clock.now();
        let keys = self.store.keys(platform).await?;
        let Some(key) = keys.iter().find(|key| key.id == id && key.is_good(now)) else {
            return Ok(false);
        };
        self.recorded("api_key.revoked", key).await?;
        Ok(self.store.revoke_key(platform, id, now).await?)
    }

    /// A new key with an old one's name and scopes; the old one works on for the time of the overlap.
    ///
    /// # Errors
    /// `NotFound` if the platform has no such good key; `Unavailable`.
    pub async fn rotate(
        &self,
        platform: &Platform,
        old: ApiKeyId,
        overlap: Duration,
    ) -> Result<NewKey, ServiceError> {
        let now = self.clock.now();
        let keys = self.store.keys(platform.id).await?;
        let known = keys
            .into_iter()
            .find(|key| key.id == old && key.is_good(now));
        let known = known.ok_or(ServiceError::NotFound)?;
        let new = self.make(platform, &known.name, &known.scopes).await?;
        self.recorded("api_key.rotated", &known).await?;
        self.store.end_key(platform.id, old, now + overlap).await?;
        Ok(new)
    }

    /// A platform's test mode, made if there is none yet.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn test_side(&self, live: &Platform) -> Result<Platform, ServiceError> {
        if live.realm == Realm::Test {
            return Ok(live.clone());
        }
        if let Some(known) = self.store.test_platform(live.id).await? {
            return Ok(known);
        }
        let now = self.clock.now();
        let test = Platform {
            id: PlatformId::new(fresh_uuid(now, self.entropy)?),
            name: live.name.clone(),
            realm: Realm::Test,
        };
        self.store.put_test_platform(&test, live.id, now).await?;
        Ok(test)
    }
}

fn wrong(field: &'static str, reason: &'static str) -> ServiceError {
    ServiceError::Fields(vec![FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }])
}

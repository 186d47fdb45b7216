//! The keys with which we sign: rotated by themselves, published before they sign and as long as what they signed holds.

use chrono::{DateTime, Duration, Utc};
use shiming_federation::jose::{JwkSet, SigningKey};
use shiming_verification::ports::federation::StoredKey;

use crate::{Services, error::ServiceError};

/// How long a key signs before the next one is made.
const SIGNS: Duration = Duration::days(90);
/// How long a key is published before it signs, so that everybody's cached set has it.
const LEAD: Duration = Duration::hours(1);
/// How long a key is published in all: a portable credential signed on its last day holds for a year.
const PUBLISHED: Duration = Duration::days(90 + 366 + 7);

impl Services {
    /// Makes the next key if it is time, and forgets those that nothing needs any more.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn rotate_signing_keys(&self, at_once: bool) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let newest = self.federation.signing_keys().await?.into_iter().next();
        let due = newest.is_none_or(|key| at_once || key.created_at + SIGNS <= now);
        if due {
            let scalar = SigningKey::generate(&*self.entropy)?.scalar().to_vec();
            let key = StoredKey {
                scalar,
                created_at: now,
            };
            self.federation.add_signing_key(&key).await?;
            tracing::info!("a new signing key was made for sister platforms");
        }
        self.federation.prune_signing_keys(now - PUBLISHED).await?;
        Ok(())
    }

    /// The public keys.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn published_keys(&self) -> Result<JwkSet, ServiceError> {
        let keys = self.usable_keys().await?;
        Ok(JwkSet {
            keys: keys.iter().map(|(key, _)| key.public()).collect(),
        })
    }

    /// The key that signs now.
    pub(super) async fn signing_key(&self) -> Result<SigningKey, ServiceError> {
        let now = self.clock.now();
        let mut keys = self.usable_keys().await?;
        let known = keys.iter().position(|(_, made)| *made + LEAD <= now);
        // Only on the first day there is no key that everybody knows already.
        let at = known.unwrap_or(keys.len().saturating_sub(1));
        if at >= keys.len() {
            return Err(ServiceError::Unavailable("no signing key".to_owned()));
        }
        Ok(keys.swap_remove(at).0)
    }

    /// Newest first.
    async fn usable_keys(&self) -> Result<Vec<(SigningKey, DateTime<Utc>)>, ServiceError> {
        let mut stored = self.federation.signing_keys().await?;
        if stored.is_empty() {
            self.rotate_signing_keys(false).await?;
            stored = self.federation.signing_keys().await?;
        }
        let read = |key: StoredKey| Some((SigningKey::from_scalar(&key.scalar)?, key.created_at));
        Ok(stored.into_iter().filter_map(read).collect())
    }
}

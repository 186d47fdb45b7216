//! Sealing with owners' keys: what the repositories need of the vault, in one hand.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use shiming_vault::{DataKey, Entropy, KeyRing, Owner};

use crate::{StoreError, words::from_json};

#[derive(Clone)]
pub(crate) struct Seals {
    pub(crate) ring: KeyRing,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Seals {
    /// A fresh data key and its wrapped form.
    pub(crate) fn fresh(&self, owner: Owner) -> Result<(DataKey, Vec<u8>), StoreError> {
        let key = DataKey::generate(owner, &*self.entropy)?;
        let wrapped = self.ring.wrap(&key, &*self.entropy)?;
        Ok((key, wrapped))
    }

    pub(crate) fn key(&self, owner: Owner, wrapped: &[u8]) -> Result<DataKey, StoreError> {
        Ok(self.ring.unwrap(owner, wrapped)?)
    }

    /// Id of the master key that wraps now, as stored.
    pub(crate) fn master_key(&self) -> String {
        self.ring.current().to_string()
    }

    pub(crate) fn rewrap(
        &self,
        owner: Owner,
        wrapped: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.ring.rewrap(owner, wrapped, &*self.entropy)?)
    }

    pub(crate) fn seal(
        &self,
        key: &DataKey,
        purpose: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        Ok(key.seal(purpose, plain, &*self.entropy)?)
    }

    pub(crate) fn seal_json(
        &self,
        key: &DataKey,
        purpose: &'static str,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let plain =
            serde_json::to_vec(value).map_err(|_| StoreError::Unreadable { what: purpose })?;
        self.seal(key, purpose, &shiming_vault::Zeroizing::new(plain))
    }

    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        owner: Owner,
        wrapped: &[u8],
        purpose: &'static str,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let plain = self.key(owner, wrapped)?.open(purpose, sealed)?;
        from_json(purpose, &plain)
    }
}

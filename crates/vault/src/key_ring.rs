//! The configured master keys: one that seals, and earlier ones that still open.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use crate::{
    DataKey, Entropy, KeyId, MasterKey, Owner, VaultError, envelope,
    secret::{KEY_BYTES, Secret},
};

/// Format of a wrapped data key: `version (1) | master key id (8) | envelope`.
const VERSION: u8 = 1;

/// The master keys: the current one wraps, all of them unwrap. Clones share them, so that keys are exchanged while a server
/// serves.
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<RwLock<Keys>>,
    source: Option<Source>,
}

/// Reads the keys again from where they came from; `None` if that can't be done.
type Source = Arc<dyn Fn() -> Option<KeyRing> + Send + Sync>;

#[derive(Debug, Clone)]
struct Keys {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.keys().fmt(f)
    }
}

impl KeyRing {
    /// A ring of one key.
    #[must_use]
    pub fn new(current: MasterKey) -> Self {
        let keys = Keys {
            current,
            previous: Vec::new(),
        };
        Self {
            keys: Arc::new(RwLock::new(keys)),
            source: None,
        }
    }

    /// Says where to look when a key is met that the ring does not know: another node may have begun to use it a moment ago.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Fn() -> Option<KeyRing> + Send + Sync + 'static,
    ) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Goes on with another ring's keys; so do all clones.
    pub fn exchange(&self, other: &Self) {
        let keys = other.keys().clone();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a key that was current once.
    #[must_use]
    pub fn with_previous(self, key: MasterKey) -> Self {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.previous.push(key);
        drop(keys);
        self
    }

    /// Id of the key that wraps.
    #[must_use]
    pub fn current(&self) -> KeyId {
        self.keys().current.id()
    }

    /// Ids of all keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        let keys = self.keys();
        let ids: Vec<KeyId> = keys.all().map(MasterKey::id).collect();
        ids.into_iter()
    }

    /// Wraps a data key with the current master key, to be stored.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn wrap(&self, key: &DataKey, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let context = wrap_context(key.owner());
        let keys = self.keys();
        let current = &keys.current;
        let sealed = envelope::seal(&current.wrapping, &context, key.secret().bytes(), entropy)?;
        Ok([&[VERSION], &current.id().0[..], &sealed].concat())
    }

    /// Unwraps an owner's data key.
    ///
    /// # Errors
    /// [`VaultError::UnknownMasterKey`] if the ring lacks its master key, [`VaultError::Unopenable`] if it is another
    /// owner's or was altered, [`VaultError::Format`].
    pub fn unwrap(&self, owner: Owner, wrapped: &[u8]) -> Result<DataKey, VaultError> {
        let (id, sealed) = split(wrapped)?;
        if !self.keys().all().any(|key| key.id() == id)
            && let Some(fresh) = self.source.as_ref().and_then(|read| read())
        {
            self.exchange(&fresh);
        }
        let keys = self.keys();
        let plain = envelope::open(keys.wrapping(id)?, &wrap_context(&owner), sealed)?;
        let bytes: [u8; KEY_BYTES] = plain
            .as_slice()
            .try_into()
            .map_err(|_| VaultError::Unopenable)?;
        Ok(DataKey::from_bytes(owner, bytes))
    }

    /// The same data key wrapped with the current master key, or `None` if it is already.
    ///
    /// # Errors
    /// As [`KeyRing::unwrap`].
    pub fn rewrap(
        &self,
        owner: Owner,
        wrapped: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        if split(wrapped)?.0 == self.current() {
            return Ok(None);
        }
        self.wrap(&self.unwrap(owner, wrapped)?, entropy).map(Some)
    }
}

impl Keys {
    fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    fn wrapping(&self, id: KeyId) -> Result<&Secret, VaultError> {
        self.all()
            .find(|key| key.id() == id)
            .map(|key| &key.wrapping)
            .ok_or_else(|| VaultError::UnknownMasterKey { id: id.to_string() })
    }
}

fn wrap_context(owner: &Owner) -> [&[u8]; 2] {
    [b"data key", owner.as_str().as_bytes()]
}

fn split(wrapped: &[u8]) -> Result<(KeyId, &[u8]), VaultError> {
    wrapped
        .strip_prefix(&[VERSION])
        .and_then(|rest| rest.split_first_chunk())
        .map(|(id, sealed)| (KeyId(*id), sealed))
        .ok_or(VaultError::Format {
            version: wrapped.first().copied(),
        })
}

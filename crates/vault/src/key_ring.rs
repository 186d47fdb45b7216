//! The configured master keys: one that seals, and earlier ones that still open.

use crate::{
    DataKey, Entropy, KeyId, MasterKey, Owner, VaultError, envelope,
    secret::{KEY_BYTES, Secret},
};

/// Format of a wrapped data key: `version (1) | master key id (8) | envelope`.
const VERSION: u8 = 1;

/// The master keys: the current one wraps, all of them unwrap.
#[derive(Debug, Clone)]
pub struct KeyRing {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl KeyRing {
    /// A ring of one key.
    #[must_use]
    pub const fn new(current: MasterKey) -> Self {
        Self {
            current,
            previous: Vec::new(),
        }
    }

    /// Adds a key that was current once.
    #[must_use]
    pub fn with_previous(mut self, key: MasterKey) -> Self {
        self.previous.push(key);
        self
    }

    /// Id of the key that wraps.
    #[must_use]
    pub const fn current(&self) -> KeyId {
        self.current.id()
    }

    /// Ids of all keys, the current one first.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .map(MasterKey::id)
    }

    /// Wraps a data key with the current master key, to be stored.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn wrap(&self, key: &DataKey, entropy: &dyn Entropy) -> Result<Vec<u8>, VaultError> {
        let context = wrap_context(key.owner());
        let sealed = envelope::seal(
            &self.current.wrapping,
            &context,
            key.secret().bytes(),
            entropy,
        )?;
        Ok([&[VERSION], &self.current.id().0[..], &sealed].concat())
    }

    /// Unwraps an owner's data key.
    ///
    /// # Errors
    /// [`VaultError::UnknownMasterKey`] if the ring lacks its master key, [`VaultError::Unopenable`] if it is another
    /// owner's or was altered, [`VaultError::Format`].
    pub fn unwrap(&self, owner: Owner, wrapped: &[u8]) -> Result<DataKey, VaultError> {
        let (id, sealed) = split(wrapped)?;
        let plain = envelope::open(self.wrapping(id)?, &wrap_context(&owner), sealed)?;
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
        if split(wrapped)?.0 == self.current.id() {
            return Ok(None);
        }
        self.wrap(&self.unwrap(owner, wrapped)?, entropy).map(Some)
    }

    fn wrapping(&self, id: KeyId) -> Result<&Secret, VaultError> {
        std::iter::once(&self.current)
            .chain(&self.previous)
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

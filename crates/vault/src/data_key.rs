//! Data keys: one for each owner, so that erasing the key erases the owner's data.

use zeroize::Zeroizing;

use crate::{
    Entropy, VaultError,
    entropy::draw,
    envelope,
    secret::{KEY_BYTES, Secret},
};

/// Whose data a key seals, for example `case:ver_…` or `person:9f86…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(String);

impl Owner {
    /// A verification.
    #[must_use]
    pub fn case(id: impl std::fmt::Display) -> Self {
        Self(format!("case:{id}"))
    }

    /// What a passed verification left on an account.
    #[must_use]
    pub fn credential(id: impl std::fmt::Display) -> Self {
        Self(format!("credential:{id}"))
    }

    /// A natural person, named by the keyed index of the ID number.
    #[must_use]
    pub fn person(index: impl std::fmt::Display) -> Self {
        Self(format!("person:{index}"))
    }

    /// The server itself; `what` says for which of its keys.
    #[must_use]
    pub fn system(what: &str) -> Self {
        Self(format!("system:{what}"))
    }

    /// An owner as it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The owner as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key that seals one owner's data.
#[derive(Clone)]
pub struct DataKey {
    owner: Owner,
    secret: Secret,
}

impl DataKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn generate(owner: Owner, entropy: &dyn Entropy) -> Result<Self, VaultError> {
        Ok(Self {
            owner,
            secret: Secret::new(draw(entropy)?),
        })
    }

    pub(crate) const fn from_bytes(owner: Owner, bytes: [u8; KEY_BYTES]) -> Self {
        Self {
            owner,
            secret: Secret::new(bytes),
        }
    }

    pub(crate) const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Whose key it is.
    #[must_use]
    pub const fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Seals data for a purpose; only this key, with the same purpose, opens them.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn seal(
        &self,
        purpose: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, VaultError> {
        envelope::seal(&self.secret, &self.context(purpose), plain, entropy)
    }

    /// Opens what [`DataKey::seal`] made.
    ///
    /// # Errors
    /// [`VaultError::Unopenable`] or [`VaultError::Format`].
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        envelope::open(&self.secret, &self.context(purpose), sealed)
    }

    /// A secret of its own for one purpose, for example the seed of a signing key.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        let derived = self.secret.derive(&["shiming derived ", purpose]);
        Zeroizing::new(*derived.bytes())
    }

    fn context<'a>(&'a self, purpose: &'a str) -> [&'a [u8]; 3] {
        [b"field", self.owner.as_str().as_bytes(), purpose.as_bytes()]
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataKey({})", self.owner.as_str())
    }
}

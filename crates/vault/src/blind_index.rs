//! Keyed hashes that let data be found that are not stored in the clear.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{DataKey, secret::Secret};

/// A keyed hash: 32 bytes that mean nothing without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Index(pub [u8; 32]);

impl std::fmt::Display for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The root from which the index key of each purpose is derived.
///
/// It comes from a data key and not from a master key, so that rotating master keys leaves every index valid.
#[derive(Debug, Clone)]
pub struct BlindIndex(Secret);

impl BlindIndex {
    /// Indexes under a data key.
    #[must_use]
    pub fn new(root: &DataKey) -> Self {
        Self(root.secret().derive(&["shiming blind index"]))
    }

    /// The key of one purpose, for example `id_number`. Equal texts of two purposes have unrelated indexes.
    #[must_use]
    pub fn purpose(&self, purpose: &str) -> IndexKey {
        IndexKey::new(&self.0.derive(&["purpose ", purpose]))
    }
}

/// Computes the indexes of one purpose; about half a microsecond each.
#[derive(Clone)]
pub struct IndexKey(Hmac<Sha256>);

impl IndexKey {
    fn new(key: &Secret) -> Self {
        Self(Hmac::new_from_slice(key.bytes()).expect("HMAC takes keys of any length"))
    }

    /// The index of a text in its canonical form.
    #[must_use]
    pub fn of(&self, canonical: &[u8]) -> Index {
        let mut mac = self.0.clone();
        mac.update(canonical);
        Index(mac.finalize().into_bytes().into())
    }

    /// The index of several texts together; no two lists of texts are taken for each other.
    #[must_use]
    pub fn of_parts(&self, parts: &[&[u8]]) -> Index {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Index(mac.finalize().into_bytes().into())
    }
}

impl std::fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IndexKey")
    }
}

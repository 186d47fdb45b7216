//! 32 secret bytes that print nothing and are wiped when dropped.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes in a key.
pub(crate) const KEY_BYTES: usize = 32;

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret([u8; KEY_BYTES]);

impl Secret {
    pub(crate) const fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// A key of its own for one use (HKDF-SHA-256, RFC 5869); `use_parts` name the use.
    pub(crate) fn derive(&self, use_parts: &[&str]) -> Self {
        let mut key = [0; KEY_BYTES];
        let info: Vec<&[u8]> = use_parts.iter().map(|part| part.as_bytes()).collect();
        Hkdf::<Sha256>::new(None, &self.0)
            .expand_multi_info(&info, &mut key)
            .expect("32 bytes are within HKDF-SHA-256's limit of 8160");
        Self(key)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

//! The master key: 32 bytes that wrap every data key.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    Entropy, VaultError,
    entropy::draw,
    secret::{KEY_BYTES, Secret},
};

/// Names a master key without giving anything of it away; derived from it, so that nobody has to keep names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; KeyId::BYTES]);

impl KeyId {
    pub(crate) const BYTES: usize = 8;
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A master key. It prints only its id.
#[derive(Clone)]
pub struct MasterKey {
    id: KeyId,
    pub(crate) wrapping: Secret,
    root: Secret,
}

impl MasterKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`VaultError::NoEntropy`].
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, VaultError> {
        Ok(Self::from_bytes(draw(entropy)?))
    }

    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        let root = Secret::new(bytes);
        let mut id = [0; KeyId::BYTES];
        id.copy_from_slice(&root.derive(&["shiming master key id"]).bytes()[..KeyId::BYTES]);
        Self {
            id: KeyId(id),
            wrapping: root.derive(&["shiming key wrapping"]),
            root,
        }
    }

    /// Reads a key from its text: 32 bytes in standard base64. `None` if the text is anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        <[u8; KEY_BYTES]>::try_from(bytes.as_slice())
            .ok()
            .map(Self::from_bytes)
    }

    /// The key's text, for its file. Whoever has it can read everything.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.root.bytes()))
    }

    /// The key's id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_writes() {
        let key = MasterKey::from_bytes([7; KEY_BYTES]);
        let again = MasterKey::parse(&key.to_text());
        assert_eq!(again.map(|key| key.id()), Some(key.id()));
    }

    #[test]
    fn anything_but_32_bytes_of_base64_is_no_key() {
        let short = STANDARD.encode([7; 31]);
        for text in ["", "not base64!", short.as_str()] {
            assert!(MasterKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_prints_its_id_and_nothing_of_itself() {
        let key = MasterKey::from_bytes([7; KEY_BYTES]);
        let printed = format!("{key:?}");
        assert_eq!(printed, format!("MasterKey({})", key.id()));
        assert!(!printed.contains("0707"), "{printed}");
    }
}

//! Tokens for links and sessions.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{BlindIndex, DataKey, Entropy, IndexKey, VaultError, entropy::draw};

/// Bytes of a derived token: 144 bits, 24 characters, short enough for a coarse QR code.
const DERIVED_BYTES: usize = 18;

/// A secret that its holder presents; the server keeps only its digest. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    fn encode(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The token's text (base64url), to be handed to its holder.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the server keeps of it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        token_digest(&self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token's text. Plain is enough: a token has at least 128 random bits.
#[must_use]
pub fn token_digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A token of 256 random bits.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn random_token(entropy: &dyn Entropy) -> Result<Token, VaultError> {
    Ok(Token::encode(&draw::<32>(entropy)?))
}

/// Derives tokens from what they stand for, so that a page can show one again without its having been stored.
#[derive(Debug, Clone)]
pub struct TokenKey(BlindIndex);

impl TokenKey {
    /// Tokens under a data key.
    #[must_use]
    pub fn new(root: &DataKey) -> Self {
        Self(BlindIndex::new(root))
    }

    /// The token for a purpose and what it stands for, for example `invitation`, the case's id and its number.
    #[must_use]
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> Token {
        let key: IndexKey = self.0.purpose(purpose);
        Token::encode(&key.of_parts(parts).0[..DERIVED_BYTES])
    }
}

//! Tokens: what only their holder knows. Stores keep digests only.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest as _, Sha256};
use shiming_verification::{case::Digest, ids::CaseId};

use crate::edge::{Entropy, random_32};

/// SHA-256 of a token's text.
#[must_use]
pub fn digest(token: &str) -> Digest {
    Digest(Sha256::digest(token.as_bytes()).into())
}

/// A fresh token of 256 unguessable bits, in base64url.
#[must_use]
pub fn fresh(entropy: &dyn Entropy) -> String {
    URL_SAFE_NO_PAD.encode(random_32(entropy))
}

/// Derives the tokens of QR codes, so that the PC can show a code again without its being stored.
#[derive(Clone)]
pub struct Tokens {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// Tokens under a secret key.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC pads a short key with zeros to its block (RFC 2104), so this is the same key.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key);
        Self {
            mac: Mac::new(&block.into()),
        }
    }

    /// The token of a case's n-th QR code: 128 bits in base64url, opaque.
    #[must_use]
    pub fn invitation(&self, case: CaseId, seq: u32) -> String {
        let mut mac = self.mac.clone();
        mac.update(b"invitation");
        mac.update(case.uuid().as_bytes());
        mac.update(&seq.to_be_bytes());
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
    }

    /// The digest by which the case knows it.
    #[must_use]
    pub fn invitation_digest(&self, case: CaseId, seq: u32) -> Digest {
        digest(&self.invitation(case, seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_case_and_number_has_its_own_token() {
        let tokens = Tokens::new([7; 32]);
        let (a, b) = (
            CaseId::new(uuid::Uuid::from_u128(1)),
            CaseId::new(uuid::Uuid::from_u128(2)),
        );
        let first = tokens.invitation(a, 1);
        assert_eq!(first, tokens.invitation(a, 1));
        assert_eq!(first.len(), 22);
        assert_ne!(first, tokens.invitation(a, 2));
        assert_ne!(first, tokens.invitation(b, 1));
        assert_ne!(first, Tokens::new([8; 32]).invitation(a, 1));
    }
}

//! Anchors: the chain's end at a moment, signed, to be kept where the server's administrator can't reach.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, SubsecRound, Utc};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::{
    Hash,
    record::{read_time, write_time},
};

const DOMAIN: &[u8] = b"shiming audit anchor 1\n";

/// The hash of one entry at a moment, signed with Ed25519 (RFC 8032). Public: it says nothing about what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// When it was signed.
    #[serde(serialize_with = "write_time", deserialize_with = "read_time")]
    pub at: DateTime<Utc>,
    /// Hash of the entry, in hexadecimal.
    #[serde(with = "hex::serde")]
    pub hash: Hash,
    /// The public key, base64. Compare it with one that you were given on another way.
    pub key: String,
    /// Number of the entry.
    pub seq: u64,
    /// The signature, base64.
    pub signature: String,
}

/// The anchor can't be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the anchor's signature does not fit: it was changed, or signed with another key")]
pub struct AnchorError;

impl Anchor {
    /// Checks the signature against the anchor's own public key.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub fn verify(&self) -> Result<(), AnchorError> {
        let read = |text: &str| STANDARD.decode(text).map_err(|_| AnchorError);
        UnparsedPublicKey::new(&ED25519, read(&self.key)?)
            .verify(
                &signed(self.seq, &self.hash, self.at),
                &read(&self.signature)?,
            )
            .map_err(|_| AnchorError)
    }
}

/// `domain ‖ number ‖ hash ‖ milliseconds since 1970`, numbers in 8 bytes, big endian.
fn signed(seq: u64, hash: &Hash, at: DateTime<Utc>) -> Vec<u8> {
    let millis = at.timestamp_millis().to_be_bytes();
    [DOMAIN, &seq.to_be_bytes(), hash, &millis].concat()
}

/// Signs anchors.
pub struct AnchorSigner(Ed25519KeyPair);

impl AnchorSigner {
    /// The signer with this secret seed.
    ///
    /// # Panics
    /// Never: every seed of 32 bytes makes a key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed);
        Self(pair.expect("a seed of 32 bytes always makes a key"))
    }

    /// The public key, base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.0.public_key())
    }

    /// Signs that the entry with this number had this hash.
    #[must_use]
    pub fn sign(&self, seq: u64, hash: Hash, at: DateTime<Utc>) -> Anchor {
        let at = at.trunc_subsecs(3);
        let signature = self.0.sign(&signed(seq, &hash, at));
        Anchor {
            at,
            hash,
            key: self.public_key(),
            seq,
            signature: STANDARD.encode(signature),
        }
    }
}

impl std::fmt::Debug for AnchorSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AnchorSigner({})", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_verifies_and_no_part_of_it_can_be_changed() {
        let signer = AnchorSigner::from_seed(&[7; 32]);
        let anchor = signer.sign(9, [3; 32], DateTime::UNIX_EPOCH);
        assert_eq!(anchor.verify(), Ok(()));
        let other = AnchorSigner::from_seed(&[8; 32]).public_key();
        let changes: [fn(&mut Anchor); 3] = [
            |anchor| anchor.seq += 1,
            |anchor| anchor.hash[0] ^= 1,
            |anchor| anchor.at += chrono::Duration::milliseconds(1),
        ];
        for change in changes {
            let mut tampered = anchor.clone();
            change(&mut tampered);
            assert_eq!(tampered.verify(), Err(AnchorError));
        }
        let foreign = Anchor {
            key: other,
            ..anchor
        };
        assert_eq!(foreign.verify(), Err(AnchorError));
    }

    #[test]
    fn an_anchor_reads_back_from_its_file() {
        let anchor = AnchorSigner::from_seed(&[7; 32]).sign(9, [3; 32], DateTime::UNIX_EPOCH);
        let text = serde_json::to_string(&anchor).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Anchor>(&text).expect("reads"),
            anchor
        );
    }
}

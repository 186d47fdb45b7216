//! The format of everything sealed: `version (1) | nonce (24) | ciphertext and tag (16)`.
//!
//! The context (who owns it, what it is for) is authenticated and not stored: whoever opens must know it.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{Entropy, VaultError, entropy::draw, secret::Secret};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

pub(crate) fn seal(
    key: &Secret,
    context: &[&[u8]],
    plain: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_BYTES] = draw(entropy)?;
    let aad = associated_data(context);
    let sealed = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: plain,
                aad: &aad,
            },
        )
        .map_err(|_| VaultError::Unopenable)?;
    Ok([&[VERSION], &nonce[..], &sealed].concat())
}

pub(crate) fn open(
    key: &Secret,
    context: &[&[u8]],
    envelope: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let format = VaultError::Format {
        version: envelope.first().copied(),
    };
    let Some((nonce, sealed)) = envelope
        .strip_prefix(&[VERSION])
        .and_then(|rest| rest.split_at_checked(NONCE_BYTES))
    else {
        return Err(format);
    };
    let aad = associated_data(context);
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Unopenable)
}

/// Joins texts so that no two lists of them give the same bytes: each is preceded by its length.
pub(crate) fn frame<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut framed = Vec::new();
    for part in parts {
        framed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        framed.extend_from_slice(part);
    }
    framed
}

fn associated_data(context: &[&[u8]]) -> Vec<u8> {
    let mut aad = vec![VERSION];
    aad.extend(frame(context.iter().copied()));
    aad
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn framing_keeps_neighbours_apart() {
        assert_ne!(frame([&b"ab"[..], b"c"]), frame([&b"a"[..], b"bc"]));
        assert_ne!(frame([&b""[..], b"a"]), frame([&b"a"[..], b""]));
    }
}

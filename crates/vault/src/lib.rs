//! Secrets of the server: keys, sealed fields, keyed indexes, tokens.
//!
//! | question | answer |
//! |---|---|
//! | Where does the root of all secrets come from? | [`KeyRing`], read from a file or from the environment ([`key_source`]) |
//! | How is a field kept secret? | [`DataKey::seal`], with a key of its owner's own; [`KeyRing`] wraps that key |
//! | How is one person's data erased? | the person's wrapped [`DataKey`] is deleted; what it sealed can't be read again |
//! | How is an ID number looked up that is not stored? | [`BlindIndex`], a keyed hash over its canonical text |
//! | Where do tokens in links come from? | [`TokenKey`], derived, so that none has to be stored |
//!
//! Everything is XChaCha20-Poly1305 (nonces of 192 bits may be drawn at random), HMAC-SHA-256 and HKDF-SHA-256.
//! Randomness is a parameter ([`Entropy`]); no secret prints itself; secrets are wiped when dropped.
//!
//! ```
//! use shiming_vault::{DataKey, KeyRing, MasterKey, OsEntropy, Owner};
//!
//! let ring = KeyRing::new(MasterKey::generate(&OsEntropy)?);
//! let owner = Owner::person("9f86d081");
//! let key = DataKey::generate(owner.clone(), &OsEntropy)?;
//! let wrapped = ring.wrap(&key, &OsEntropy)?;
//!
//! let sealed = key.seal("photo", b"a face", &OsEntropy)?;
//! let opened = ring.unwrap(owner, &wrapped)?.open("photo", &sealed)?;
//! assert_eq!(&opened[..], b"a face");
//! # Ok::<(), shiming_vault::VaultError>(())
//! ```

mod blind_index;
mod data_key;
mod entropy;
mod envelope;
mod error;
mod key_ring;
pub mod key_source;
mod master_key;
mod secret;
mod token;

pub use blind_index::{BlindIndex, Index, IndexKey};
pub use data_key::{DataKey, Owner};
pub use entropy::{Entropy, OsEntropy};
pub use error::VaultError;
pub use key_ring::KeyRing;
pub use key_source::KeySourceError;
pub use master_key::{KeyId, MasterKey};
pub use token::{Token, TokenKey, random_token, token_digest};
pub use zeroize::Zeroizing;

//! The fallback: a password (Argon2id, RFC 9106) and a time-based code (RFC 6238).

use argon2::{
    Argon2, PasswordHash, PasswordVerifier,
    password_hash::{PasswordHasher, SaltString},
};
use chrono::{DateTime, Utc};
use shiming_vault::{Entropy, VaultError};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::edge::random;

/// Least characters of a password.
pub const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// Bytes of the codes' secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// Whether a password is long enough, and not one character over and over.
#[must_use]
pub fn is_acceptable(password: &str, login: &str) -> bool {
    let length = password.chars().count();
    let distinct: std::collections::BTreeSet<char> = password.chars().collect();
    (SHORTEST..=LONGEST).contains(&length)
        && distinct.len() >= 5
        && !password.to_lowercase().contains(login)
}

/// The hash of a password; takes about 20 ms and 19 MiB.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub async fn hash(
    password: Zeroizing<String>,
    entropy: &dyn Entropy,
) -> Result<String, VaultError> {
    let salt =
        SaltString::encode_b64(&random::<16>(entropy)?).map_err(|_| VaultError::NoEntropy)?;
    let hashed = tokio::task::spawn_blocking(move || {
        let hashed = Argon2::default().hash_password(password.as_bytes(), &salt);
        hashed.map(|hash| hash.to_string())
    });
    match hashed.await {
        Ok(Ok(hash)) => Ok(hash),
        _ => Err(VaultError::NoEntropy),
    }
}

/// Whether the password is the one that was hashed. Without a hash the same work is done, so that the time does not tell
/// whether there is such an operator.
pub async fn verify(password: Zeroizing<String>, hash: Option<String>) -> bool {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| DUMMY.to_owned());
    let verified = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| {
            let argon = Argon2::default();
            argon.verify_password(password.as_bytes(), &hash).is_ok()
        })
    });
    verified.await.unwrap_or(false) && known
}

/// Of a password that nobody has, with the default parameters.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2hpbWluZy1kdW1teS1zYWx0$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A fresh secret for codes.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn fresh_secret(entropy: &dyn Entropy) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    Ok(Zeroizing::new(random::<SECRET_BYTES>(entropy)?.to_vec()))
}

/// The secret as authenticator apps take it: base32, and the address for a QR code.
#[must_use]
pub fn shown(secret: &[u8], login: &str) -> (String, String) {
    let text = Secret::from(secret).to_base32();
    let label: String = login.replace('@', "%40");
    let address = format!("otpauth://totp/Shiming:{label}?secret={text}&issuer=Shiming");
    (text, address)
}

/// The bytes behind a shown secret.
#[must_use]
pub fn secret_of(text: &str) -> Option<Vec<u8>> {
    let secret = Secret::try_from_base32(text).ok()?;
    Some(secret.as_ref().to_vec())
}

/// The time step of which this code is, if it is of now or one step beside.
#[must_use]
pub fn step_of(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<u64> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    totp(secret)?.check(code, seconds)
}

/// The code of a moment, for tests and for nothing else.
#[doc(hidden)]
#[must_use]
pub fn code_at(secret: &[u8], now: DateTime<Utc>) -> Option<String> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    Some(totp(secret)?.generate(seconds).to_string())
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret))
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_vault::OsEntropy;

    #[test]
    fn a_short_or_dull_password_is_not_accepted() {
        assert!(is_acceptable("correct horse battery", "li.na"));
        for poor in ["short", "aaaaaaaaaaaaaaaa", "li.na-li.na-1234"] {
            assert!(!is_acceptable(poor, "li.na"), "{poor}");
        }
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_hash_alone() {
        let text = || Zeroizing::new("correct horse battery".to_owned());
        let hash = hash(text(), &OsEntropy).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify(text(), Some(hash.clone())).await);
        assert!(!verify(Zeroizing::new("wrong horse battery".to_owned()), Some(hash)).await);
        assert!(!verify(text(), None).await);
    }

    /// RFC 6238, appendix B, SHA-1, shortened to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            let at = DateTime::from_timestamp(seconds, 0).expect("a time");
            assert_eq!(code_at(secret, at).as_deref(), Some(code));
            let step = step_of(secret, code, at).expect("it is of now");
            assert_eq!(step, u64::try_from(seconds).expect("later") / 30);
            let late = at + chrono::Duration::seconds(90);
            assert_eq!(step_of(secret, code, late), None);
        }
    }

    #[test]
    fn a_shown_secret_reads_back() {
        let (text, address) = shown(b"12345678901234567890", "li@kyb.cn");
        assert_eq!(
            secret_of(&text).as_deref(),
            Some(&b"12345678901234567890"[..])
        );
        assert!(address.contains("li%40kyb.cn") && address.contains(&text));
    }
}

//! Clock and randomness as parameters; the real ones live in the binary.

use chrono::{DateTime, Utc};
use shiming_vault::{Entropy, VaultError};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Wall-clock time, UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Milliseconds of a steady clock that never runs backwards; counts from anywhere.
    fn steady_ms(&self) -> u64;
}

/// Unguessable bytes.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn random<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes)?;
    Ok(bytes)
}

/// A fresh UUID, version 7 (RFC 9562): ordered by time.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn fresh_uuid(now: DateTime<Utc>, entropy: &dyn Entropy) -> Result<Uuid, VaultError> {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random(entropy)?).into_uuid())
}

/// Two random decimal digits, `00` to `99`, for two screens to compare.
///
/// # Errors
/// [`VaultError::NoEntropy`].
pub fn match_code(entropy: &dyn Entropy) -> Result<String, VaultError> {
    Ok(format!("{:02}", u64::from_be_bytes(random(entropy)?) % 100))
}

//! Clock and randomness as parameters; the real ones live in the binary.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Wall-clock time, UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Milliseconds of a steady clock that never runs backwards; counts from anywhere.
    fn steady_ms(&self) -> u64;
}

/// Unguessable bytes, from the operating system's generator.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// 32 unguessable bytes.
#[must_use]
pub fn random_32(entropy: &dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes
}

/// A fresh UUID, version 7 (RFC 9562): ordered by time.
#[must_use]
pub fn fresh_uuid(clock: &dyn Clock, entropy: &dyn Entropy) -> Uuid {
    let mut bytes = [0; 10];
    entropy.fill(&mut bytes);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// Two random decimal digits, `00` to `99`, for two screens to compare.
#[must_use]
pub fn match_code(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    format!("{:02}", u64::from_be_bytes(bytes) % 100)
}

//! Branches for the demonstration.

use anyhow::Result;
use chrono::{DateTime, Utc};
use shiming_bank::branches::import;
use shiming_storage::Storage;

/// Invented branches of invented banks, whose codes no real bank has.
const LIST: &[u8] = include_bytes!("../../../../fixtures/branches.csv");

/// Puts the invented branches into the directory; real ones that are there stay.
pub async fn seed(storage: &dyn Storage, now: DateTime<Utc>) -> Result<()> {
    import(LIST, LIST, storage, now, &mut |_| ()).await?;
    Ok(())
}

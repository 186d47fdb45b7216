//! What a server does for itself once an hour: forgets what is over, and brings keys under the current master key.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use shiming_audit::{Actor, Record};
use shiming_storage::Storage;
use shiming_verification::{policy::Policy, ports::LedgerError};

use super::anchors::Anchors;

const EVERY: Duration = Duration::from_hours(1);
/// Keys of one statement; the rest follows at once.
const KEYS_AT_ONCE: u32 = 500;

/// Keeps house for ever.
pub async fn run(storage: Arc<dyn Storage>, policy: Policy, anchors: Anchors) {
    loop {
        if let Err(error) = anchors.keep(&*storage, Utc::now()).await {
            tracing::warn!(%error, "the audit trail was not signed; trying again in an hour");
        }
        if let Err(error) = keep(&*storage, &policy).await {
            tracing::warn!(%error, "housekeeping failed; trying again in an hour");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn keep(storage: &dyn Storage, policy: &Policy) -> Result<(), LedgerError> {
    let now = Utc::now();
    // Failures count for one lock time; those that are twice as old count nowhere.
    let pruned = storage.prune(now, now - policy.lock_time() * 2).await?;
    storage.prune_operators(now).await?;
    tracing::debug!(?pruned, "forgot what is over");
    let mut rewrapped = 0;
    loop {
        match storage.rewrap_keys(KEYS_AT_ONCE).await? {
            0 => break,
            some => rewrapped += some,
        }
    }
    if rewrapped > 0 {
        let record = Record::new(Actor::system(), "key.rewrapped", now).with("keys", rewrapped);
        let told = storage.record(vec![record]).await;
        told.map_err(|error| LedgerError(error.to_string()))?;
        tracing::info!(keys = rewrapped, "brought under the current master key");
    }
    Ok(())
}

//! What a server does for itself once an hour: forgets what is over, and brings keys under the current master key.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use shiming_audit::{Actor, Record};
use shiming_service::Services;
use shiming_storage::{Storage, api::PruneBefore};
use shiming_verification::ports::LedgerError;

use crate::config::Config;

use super::anchors::Anchors;

const EVERY: Duration = Duration::from_hours(1);
/// Keys of one statement; the rest follows at once.
const KEYS_AT_ONCE: u32 = 500;

/// How long things that fade are remembered.
#[derive(Clone, Copy)]
pub struct Memory {
    marks: chrono::Duration,
    frame_hashes: chrono::Duration,
    risk_signs: chrono::Duration,
}

impl Memory {
    /// As the configuration says.
    pub fn of(config: &Config) -> Self {
        Self {
            // Failures count for one lock time; those that are twice as old count nowhere.
            marks: config.to_policy().lock_time() * 2,
            frame_hashes: chrono::Duration::days(config.scan.replay.keep_days.into()),
            risk_signs: config.to_policy().risk.memory(),
        }
    }
}

/// Keeps house for ever.
pub async fn run(services: Services, storage: Arc<dyn Storage>, memory: Memory, anchors: Anchors) {
    loop {
        if let Err(error) = services.keep_retention(&services.retention).await {
            tracing::warn!(%error, "retention failed; trying again in an hour");
        }
        if let Err(error) = anchors.keep(&*storage, Utc::now()).await {
            tracing::warn!(%error, "the audit trail was not signed; trying again in an hour");
        }
        if let Err(error) = keep(&*storage, memory).await {
            tracing::warn!(%error, "housekeeping failed; trying again in an hour");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn keep(storage: &dyn Storage, memory: Memory) -> Result<(), LedgerError> {
    let now = Utc::now();
    let before = PruneBefore {
        marks: now - memory.marks,
        frame_hashes: now - memory.frame_hashes,
        risk_signs: now - memory.risk_signs,
    };
    let pruned = storage.prune(now, before).await?;
    storage.prune_operators(now).await?;
    tracing::debug!(?pruned, "forgot what is over");
    rewrap(storage).await
}

/// Brings every data key under the current master key.
pub async fn rewrap(storage: &dyn Storage) -> Result<(), LedgerError> {
    let now = Utc::now();
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

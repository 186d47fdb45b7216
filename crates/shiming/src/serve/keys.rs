//! Master keys that change while the server serves: the key file is read again when it has changed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use shiming_storage::Storage;
use shiming_vault::{KeyRing, key_source};

use super::housekeeping;

const PACE: Duration = Duration::from_secs(5);

/// Watches the file for ever. A file that can't be used leaves the keys as they are.
pub async fn watch(ring: KeyRing, file: PathBuf, storage: Arc<dyn Storage>) {
    let mut seen = changed(&file);
    loop {
        tokio::time::sleep(PACE).await;
        let now = changed(&file);
        if now == seen {
            continue;
        }
        seen = now;
        match key_source::read(&file) {
            Ok(fresh) => take(&ring, &fresh, &*storage).await,
            Err(error) => {
                tracing::error!(%error, "the master keys can't be read again; going on with those in use");
            }
        }
    }
}

async fn take(ring: &KeyRing, fresh: &KeyRing, storage: &dyn Storage) {
    let before = ring.current();
    ring.exchange(fresh);
    tracing::info!(current = %ring.current(), keys = ring.ids().count(), "the master keys were read again");
    if ring.current() != before
        && let Err(error) = housekeeping::rewrap(storage).await
    {
        tracing::warn!(%error, "data keys are not yet under the current master key; trying again within an hour");
    }
}

fn changed(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file)
        .and_then(|file| file.modified())
        .ok()
}

//! The database and what lies beside it.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result};
use shiming_storage::{Settings, Storage};
use shiming_vault::{KeyRing, OsEntropy};

use super::{master_keys, objects};
use crate::{config::Config, private_file::create_private_folder};

/// The database's URL.
#[must_use]
pub fn database_url(config: &Config) -> String {
    let default = || {
        format!(
            "sqlite:{}",
            config.data_dir.join("shiming.sqlite3").display()
        )
    };
    config.database.url.clone().unwrap_or_else(default)
}

/// The file of the embedded database; `None` if the database is a server.
#[must_use]
pub fn embedded_file(config: &Config) -> Option<PathBuf> {
    let url = database_url(config);
    let file = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    Some(PathBuf::from(file.split('?').next().unwrap_or(file)))
}

/// Opens the database. An embedded one is brought up to date first; a shared one is left to `shiming migrate`, so that
/// no node changes the tables under the others.
pub async fn migrated_storage(config: &Config) -> Result<Arc<dyn Storage>> {
    Ok(storage_and_keys(config).await?.0)
}

/// The same, with the master keys that it works with.
pub async fn storage_and_keys(config: &Config) -> Result<(Arc<dyn Storage>, KeyRing)> {
    let folder = &config.data_dir;
    create_private_folder(folder)
        .with_context(|| format!("the data directory {} can't be used", folder.display()))?;
    let keys = master_keys(config)?;
    let url = database_url(config);
    if embedded_file(config).is_some() {
        shiming_storage::migrate(&url).await?;
    }
    let settings = Settings {
        url,
        objects: objects(config)?,
        keys: keys.clone(),
        entropy: Arc::new(OsEntropy),
    };
    Ok((shiming_storage::open(&settings).await?, keys))
}

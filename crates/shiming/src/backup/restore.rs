//! Bringing a backup back, on an empty machine or into an empty database.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use anyhow::{Context as _, Result, bail};
use object_store::local::LocalFileSystem;

use super::{DATABASE, KEYS, OBJECTS, manifest::Manifest, objects::carry};
use crate::{
    config::Config,
    private_file::create_private_folder,
    wiring::{self, database_url, embedded_file, key_file, migrated_storage},
};

/// What came back.
pub struct Restored {
    /// The backup's list.
    pub manifest: Manifest,
    /// Objects of evidence.
    pub objects: u64,
}

/// Verifies the backup, puts it where the configuration says, and opens what it has put there.
pub async fn restore(
    config: &Config,
    folder: &Path,
    keys_apart: Option<&Path>,
) -> Result<Restored> {
    let manifest = Manifest::verified(folder)?;
    create_private_folder(&config.data_dir)?;
    restore_keys(config, &folder.join(KEYS))?;
    restore_database(config, &folder.join(DATABASE), keys_apart).await?;
    let from = LocalFileSystem::new_with_prefix(folder.join(OBJECTS))?;
    let objects = carry(&from, &*wiring::objects(config)?).await?;
    let storage = migrated_storage(config)
        .await
        .context("the restored database does not open; are the master keys those of the backup?")?;
    storage.ping().await?;
    Ok(Restored { manifest, objects })
}

fn restore_keys(config: &Config, from: &Path) -> Result<()> {
    if config.keys.master.is_some() || !from.exists() {
        return Ok(());
    }
    let file = key_file(config);
    if !file.exists() {
        if let Some(folder) = file.parent() {
            create_private_folder(folder)?;
        }
        fs::copy(from, &file)?;
        return Ok(fs::set_permissions(
            &file,
            fs::Permissions::from_mode(0o600),
        )?);
    }
    if fs::read(&file)? != fs::read(from)? {
        bail!(
            "{} holds other keys than the backup; move it away first, or name another keys.file",
            file.display()
        );
    }
    Ok(())
}

async fn restore_database(config: &Config, from: &Path, keys_apart: Option<&Path>) -> Result<()> {
    if let Some(file) = embedded_file(config) {
        if file.exists() {
            bail!(
                "there is a database at {}; move it away first",
                file.display()
            );
        }
        if let Some(folder) = file.parent() {
            create_private_folder(folder)?;
        }
        fs::copy(from, &file)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        if let Some(keys) = keys_apart {
            shiming_storage::keys_apart::put(&database_url(config), keys).await?;
        }
        return Ok(());
    }
    // The copy in the backup may be older than this program: it is brought up to date on a copy of the copy.
    let copy = tempfile::tempdir_in(&config.data_dir)?;
    let copied = copy.path().join(DATABASE);
    fs::copy(from, &copied)?;
    let url = format!("sqlite:{}", copied.display());
    if let Some(keys) = keys_apart {
        shiming_storage::keys_apart::put(&url, keys).await?;
    }
    shiming_storage::migrate(&url).await?;
    let to = database_url(config);
    shiming_storage::migrate(&to).await?;
    if shiming_storage::transfer::holds_cases(&to).await? {
        bail!("the database holds cases already; name an empty one");
    }
    shiming_storage::transfer::transfer(&url, &to, |_| ()).await?;
    Ok(())
}

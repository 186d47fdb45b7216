//! Writing a backup.

use std::{
    fs,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use object_store::local::LocalFileSystem;

use super::{DATABASE, KEYS, OBJECTS, manifest::Manifest, objects::carry};
use crate::{
    config::Config,
    private_file::create_private_folder,
    wiring::{self, database_url, embedded_file, key_file},
};

/// Writes database, evidence and, unless they are kept elsewhere, the master keys into a folder that is empty or new. Servers
/// may go on meanwhile.
pub async fn write(
    config: &Config,
    folder: &Path,
    with_keys: bool,
    keys_apart: Option<&Path>,
    now: DateTime<Utc>,
) -> Result<Manifest> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; name a new folder", folder.display());
    }
    create_private_folder(folder)?;
    let objects = folder.join(OBJECTS);
    create_private_folder(&objects)?;
    let from = wiring::objects(config)?;
    let to = LocalFileSystem::new_with_prefix(&objects)?;
    carry(&*from, &to).await?;
    write_database(config, &folder.join(DATABASE)).await?;
    carry(&*from, &to).await?;
    if let Some(file) = keys_apart {
        let copy = format!("sqlite:{}", folder.join(DATABASE).display());
        shiming_storage::keys_apart::take(&copy, file).await?;
    }
    if with_keys {
        write_keys(config, &folder.join(KEYS))?;
    }
    let manifest = Manifest::of(folder, now)?;
    manifest.write(folder)?;
    Ok(manifest)
}

async fn write_database(config: &Config, file: &Path) -> Result<()> {
    let url = database_url(config);
    if embedded_file(config).is_some() {
        shiming_storage::snapshot(&url, file).await?;
    } else {
        let to = format!("sqlite:{}", file.display());
        shiming_storage::transfer::transfer(&url, &to, |_| ()).await?;
        shiming_storage::transfer::settle(&to).await?;
    }
    Ok(fs::set_permissions(
        file,
        fs::Permissions::from_mode(0o600),
    )?)
}

fn write_keys(config: &Config, to: &Path) -> Result<()> {
    let text = if let Some(keys) = &config.keys.master {
        keys.expose().replace(',', "\n") + "\n"
    } else {
        let file = key_file(config);
        fs::read_to_string(&file)
            .with_context(|| format!("the master keys in {}", file.display()))?
    };
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    std::io::Write::write_all(&mut &file, text.as_bytes())?;
    Ok(file.sync_all()?)
}

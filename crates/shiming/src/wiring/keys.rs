//! The master keys, and the first day's exception of making one.

use std::path::PathBuf;

use shiming_vault::{KeyRing, KeySourceError, OsEntropy, key_source};

use super::embedded_file;
use crate::config::Config;

/// The master keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// They were read and are wrong, or could not be read.
    #[error("the master keys in {place}: {source}")]
    Source {
        /// Where they were looked for.
        place: String,
        /// What is wrong.
        source: KeySourceError,
    },
    /// There is a database, but not its key.
    #[error(
        "there is a database but no master key at {}: restore the key from your backup, since nothing sealed can be \
         read without it; for a new start move the database away as well", .0.display()
    )]
    Lost(PathBuf),
    /// A shared database, and no key.
    #[error(
        "there is no master key at {}: every node of a shared database needs the same one; \
         `shiming keys generate` makes it", .0.display()
    )]
    Shared(PathBuf),
}

/// Where the key file is.
#[must_use]
pub fn key_file(config: &Config) -> PathBuf {
    config
        .keys
        .file
        .clone()
        .unwrap_or_else(|| config.data_dir.join("master.key"))
}

/// Reads the master keys. The first start with an embedded database makes one.
///
/// # Errors
/// [`KeysError`]; a key is never made for a database that exists.
pub fn master_keys(config: &Config) -> Result<KeyRing, KeysError> {
    let wrong = |place: String| move |source| KeysError::Source { place, source };
    if let Some(keys) = &config.keys.master {
        return key_source::parse(keys.expose()).map_err(wrong("SHIMING_MASTER_KEYS".to_owned()));
    }
    let file = key_file(config);
    let place = file.display().to_string();
    if file.exists() {
        let ring = key_source::read(&file).map_err(wrong(place))?;
        return Ok(ring.with_source(move || key_source::read(&file).ok()));
    }
    match embedded_file(config) {
        None => Err(KeysError::Shared(file)),
        Some(database) if database.exists() => Err(KeysError::Lost(file)),
        Some(_) => {
            let ring = key_source::create(&file, &OsEntropy).map_err(wrong(place))?;
            tracing::warn!(file = %file.display(), "made the master key; keep a copy of it elsewhere");
            Ok(ring)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use confique::{Config as _, Layer as _};

    use super::{Config, KeysError, key_file, master_keys};

    fn config(data: &Path, database: Option<&str>) -> Config {
        let defaults = <Config as confique::Config>::Layer::default_values();
        let mut config = Config::from_layer(defaults).expect("every field has a default");
        config.data_dir = data.to_owned();
        config.database.url = database.map(str::to_owned);
        config
    }

    #[test]
    fn the_first_start_makes_a_key_and_the_next_one_reads_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = config(folder.path(), None);
        let made = master_keys(&config).expect("made");
        let read = master_keys(&config).expect("read");
        assert_eq!(
            made.ids().collect::<Vec<_>>(),
            read.ids().collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_lost_key_is_not_replaced_by_a_new_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = config(folder.path(), None);
        std::fs::write(folder.path().join("shiming.sqlite3"), "a database").expect("written");
        assert!(matches!(master_keys(&config), Err(KeysError::Lost(_))));
        assert!(!key_file(&config).exists());
    }

    #[test]
    fn nodes_of_a_shared_database_do_not_make_a_key_each() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = config(folder.path(), Some("postgres://db/shiming"));
        assert!(matches!(master_keys(&config), Err(KeysError::Shared(_))));
    }
}

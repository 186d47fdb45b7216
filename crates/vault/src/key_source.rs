//! Where master keys come from: a text of one key a line, in a file or in an environment variable.
//!
//! The first key is the current one, the others still open what they sealed. Empty lines and lines that begin with
//! `#` are skipped; in an environment variable, commas may stand for line breaks. To rotate, put a new key on top.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use zeroize::Zeroizing;

use crate::{Entropy, KeyRing, MasterKey, VaultError};

const GROUP_AND_OTHERS: u32 = 0o077;

/// The master keys could not be read or created.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// A line holds no key.
    #[error(
        "line {line} of the master keys is not 32 bytes in base64; restore it from your backup, without it sealed data are lost"
    )]
    NotAKey {
        /// Its number, from 1.
        line: usize,
    },
    /// There is no key at all.
    #[error(
        "there is no master key in it; restore it from your backup, or create one with `shiming keys generate`"
    )]
    Empty,
    /// The file could not be read or written.
    #[error("the master key file: {0}")]
    File(#[from] io::Error),
    /// No key could be drawn.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Reads a ring from its text.
///
/// # Errors
/// [`KeySourceError::NotAKey`] or [`KeySourceError::Empty`].
pub fn parse(text: &str) -> Result<KeyRing, KeySourceError> {
    let mut ring: Option<KeyRing> = None;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with('#'));
    let keys = lines.flat_map(|(index, line)| line.split(',').map(move |key| (index, key.trim())));
    for (index, key) in keys.filter(|(_, key)| !key.is_empty()) {
        let key = MasterKey::parse(key).ok_or(KeySourceError::NotAKey { line: index + 1 })?;
        ring = Some(match ring {
            None => KeyRing::new(key),
            Some(ring) => ring.with_previous(key),
        });
    }
    ring.ok_or(KeySourceError::Empty)
}

/// Reads a ring from a file.
///
/// # Errors
/// As [`parse`], and [`KeySourceError::File`].
pub fn read(path: &Path) -> Result<KeyRing, KeySourceError> {
    parse(&Zeroizing::new(std::fs::read_to_string(path)?))
}

/// Creates a file with one fresh key that only its owner may read (mode 0600). It never replaces a file.
///
/// # Errors
/// [`KeySourceError::File`], also if the file exists; [`KeySourceError::Vault`].
pub fn create(path: &Path, entropy: &dyn Entropy) -> Result<KeyRing, KeySourceError> {
    let key = MasterKey::generate(entropy)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let text = key.to_text();
    writeln!(
        file,
        "# Master key of this server. Keep a copy elsewhere: without it, sealed data are lost."
    )?;
    writeln!(file, "{}", text.as_str())?;
    file.sync_all()?;
    Ok(KeyRing::new(key))
}

/// Whether nobody but the file's owner may read it.
///
/// # Errors
/// The file can't be looked at.
pub fn is_private(path: &Path) -> io::Result<bool> {
    Ok(std::fs::metadata(path)?.mode() & GROUP_AND_OTHERS == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OsEntropy;

    fn key(byte: u8) -> MasterKey {
        MasterKey::from_bytes([byte; 32])
    }

    #[test]
    fn the_first_line_is_current_and_the_others_still_open() {
        let (new, old) = (key(2), key(1));
        let text = format!(
            "# rotated in May\n{}\n\n  {}\n",
            *new.to_text(),
            *old.to_text()
        );
        let ring = parse(&text).expect("two keys");
        assert_eq!(ring.ids().collect::<Vec<_>>(), [new.id(), old.id()]);
    }

    #[test]
    fn an_environment_variable_may_use_commas() {
        let text = format!("{},{}", *key(2).to_text(), *key(1).to_text());
        assert_eq!(parse(&text).expect("two keys").ids().count(), 2);
    }

    #[test]
    fn a_bad_line_is_named_and_not_repeated() {
        let text = format!("{}\nhunter2\n", *key(1).to_text());
        let error = parse(&text)
            .expect_err("the second line is no key")
            .to_string();
        assert!(
            error.contains("line 2") && !error.contains("hunter2"),
            "{error}"
        );
        assert!(matches!(parse("# nothing\n"), Err(KeySourceError::Empty)));
    }

    #[test]
    fn a_created_file_is_private_reads_back_and_is_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("master.key");
        let created = create(&path, &OsEntropy).expect("created");
        assert_eq!(
            read(&path).expect("reads back").current(),
            created.current()
        );
        assert!(is_private(&path).expect("has a mode"));
        assert!(matches!(
            create(&path, &OsEntropy),
            Err(KeySourceError::File(_))
        ));
    }
}

//! Files that only the server's own user may read.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// Writes a file with mode 0600, whole or not at all: beside the target first, then renamed over it.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    drop(fs::remove_file(&beside));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// Creates a folder with mode 0700, or leaves an existing one as it is.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Whether users other than the owner may read the file or folder.
pub fn is_readable_by_others(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::{create_private_folder, is_readable_by_others, write_private};

    #[test]
    fn a_private_file_is_private_and_replaced_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("keys");
        create_private_folder(&inner).expect("created");
        let file = inner.join("key.pem");
        write_private(&file, b"a longer first version").expect("written");
        write_private(&file, b"second").expect("written again");
        assert_eq!(std::fs::read(&file).expect("readable"), b"second");
        assert!(!is_readable_by_others(&file).expect("exists"));
        assert!(!is_readable_by_others(&inner).expect("exists"));
    }
}

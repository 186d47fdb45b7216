//! Photos in a `.tar` or a `.zip`, read entry by entry; nothing is unpacked to disk.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use super::source::{Found, Take, photo_stem, read};
use crate::import::ImportError;

pub(super) fn each_of_tar(path: &Path, limit: u64, take: Take<'_>) -> Result<(), ImportError> {
    let mut archive = tar::Archive::new(BufReader::new(File::open(path)?));
    for entry in archive.entries()? {
        let entry = entry?;
        let stem = photo_stem(&entry.path()?).filter(|_| entry.header().entry_type().is_file());
        let Some(stem) = stem else { continue };
        let bytes = read(entry, limit);
        if !take(Found { stem, bytes }) {
            break;
        }
    }
    Ok(())
}

pub(super) fn each_of_zip(path: &Path, limit: u64, take: Take<'_>) -> Result<(), ImportError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    for place in 0..archive.len() {
        let entry = archive.by_index(place)?;
        let name = PathBuf::from(entry.name());
        let Some(stem) = photo_stem(&name).filter(|_| entry.is_file()) else {
            continue;
        };
        let bytes = read(entry, limit);
        if !take(Found { stem, bytes }) {
            break;
        }
    }
    Ok(())
}

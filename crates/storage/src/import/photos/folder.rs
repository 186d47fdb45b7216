//! Photos in a folder and its subfolders.

use std::{fs, path::Path};

use super::source::{Found, Take, photo_stem, read_file};
use crate::import::ImportError;

pub(super) fn each(root: &Path, limit: u64, take: Take<'_>) -> Result<(), ImportError> {
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // A linked folder could lead round in circles; a linked file is read.
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if let Some(stem) = photo_stem(&entry.path()) {
                let bytes = read_file(&entry.path(), limit);
                if !take(Found { stem, bytes }) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

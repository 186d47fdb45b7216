//! Watches an import, and the plan that every test here follows.

use std::sync::Arc;

use shiming_storage::import::{BadPhoto, BadRow, Format, Observer, Plan, Progress};
use shiming_verification::words::Realm;
use uuid::Uuid;

use crate::support::at;

/// What an import has told.
#[derive(Debug, Default)]
pub struct Watch {
    rows: Vec<String>,
    photos: Vec<String>,
    progress: Vec<Progress>,
}

impl Watch {
    pub fn bad_rows(&self) -> Vec<&str> {
        self.rows.iter().map(String::as_str).collect()
    }

    pub fn bad_photos(&self) -> Vec<&str> {
        self.photos.iter().map(String::as_str).collect()
    }

    /// Bytes of the file read in the end; they never go back.
    pub fn bytes(&self) -> u64 {
        assert!(self.progress.is_sorted_by_key(|progress| progress.done));
        self.progress.last().map_or(0, |progress| progress.done)
    }
}

impl Observer for Watch {
    fn bad_row(&mut self, row: &BadRow) {
        self.rows.push(row.to_string());
    }

    fn bad_photo(&mut self, photo: &BadPhoto) {
        self.photos.push(photo.to_string());
    }

    fn progress(&mut self, progress: Progress) {
        self.progress.push(progress);
    }
}

/// A photo is anything that begins like a JPEG and is no cat.
pub fn check(photo: &[u8]) -> Result<(), String> {
    if !photo.starts_with(b"\xFF\xD8") {
        return Err("not a JPEG".to_owned());
    }
    if photo.ends_with(b"cat") {
        Err("no face".to_owned())
    } else {
        Ok(())
    }
}

pub fn plan(format: Format) -> Plan {
    Plan {
        import: Uuid::from_u128(77),
        realm: Realm::Live,
        source: "registry.csv".to_owned(),
        format,
        photo_folder: None,
        photo_check: Arc::new(check),
        photo_bytes: 1000,
        clock: Arc::new(|| at(0)),
    }
}

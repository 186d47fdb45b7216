//! What an import tells while it runs and when it is done.

use std::{fmt, ops::AddAssign};

use shiming_verification::ports::LedgerError;

use super::column::Column;
use crate::api::{PhotoWritten, Written};

/// Why a row can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) column: Option<Column>,
    pub(super) reason: &'static str,
}

impl Fault {
    pub(super) const fn of(column: Column, reason: &'static str) -> Self {
        Self {
            column: Some(column),
            reason,
        }
    }

    /// The fault is the row's as a whole.
    pub(super) const fn whole(reason: &'static str) -> Self {
        Self {
            column: None,
            reason,
        }
    }

    pub(super) fn on_line(self, line: u64) -> BadRow {
        BadRow {
            line,
            column: self.column.map(Column::name),
            reason: self.reason,
        }
    }
}

/// A row that was skipped. It repeats nothing of the row, which may hold personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadRow {
    /// Number of its line, from 1; the header counts.
    pub line: u64,
    /// The column at fault, by its English name, if it is one column.
    pub column: Option<&'static str>,
    /// A stable slug such as `check_digit`, `empty`, `not_utf8`, `column_count`.
    pub reason: &'static str,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}: {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

/// A photo that was skipped. It is named by its place and not by its file name, which may be an ID number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPhoto {
    /// Its number among the photos of the folder or archive, or its row's line in the registry file; from 1.
    pub place: u64,
    /// A stable slug: `name`, `no_enterprise`, `too_large`, `empty`, `unreadable`, `outside_folder`, `refused`.
    pub reason: &'static str,
    /// What the check of photos said, if it refused.
    pub detail: Option<String>,
}

impl BadPhoto {
    /// The row that names it, as one whose photo can't be used.
    pub(super) const fn row(&self) -> BadRow {
        BadRow {
            line: self.place,
            column: Some(Column::Photo.name()),
            reason: self.reason,
        }
    }
}

impl fmt::Display for BadPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "photo {}: {}", self.place, self.reason)?;
        self.detail
            .as_ref()
            .map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes of the file that are read, or photos that are looked at.
    pub done: u64,
    /// Rows or photos that are stored, unchanged ones included.
    pub stored: u64,
}

/// Hears of an import while it runs.
pub trait Observer: Send {
    /// A row was skipped.
    fn bad_row(&mut self, row: &BadRow);
    /// A photo was skipped.
    fn bad_photo(&mut self, photo: &BadPhoto);
    /// A batch is stored.
    fn progress(&mut self, progress: Progress);
}

/// What an import of enterprises did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Report {
    /// Rows written.
    pub written: Written,
    /// Rows skipped.
    pub bad_rows: u64,
    /// What became of the photos that rows named.
    pub photos: PhotoReport,
}

/// What an import of photos did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoReport {
    /// People who had no photo.
    pub inserted: u64,
    /// People who had another photo.
    pub updated: u64,
    /// People who had this photo.
    pub unchanged: u64,
    /// Photos skipped.
    pub bad: u64,
}

impl AddAssign for PhotoReport {
    fn add_assign(&mut self, more: Self) {
        self.inserted += more.inserted;
        self.updated += more.updated;
        self.unchanged += more.unchanged;
        self.bad += more.bad;
    }
}

impl PhotoReport {
    pub(super) const fn count(&mut self, written: PhotoWritten) {
        match written {
            PhotoWritten::Inserted => self.inserted += 1,
            PhotoWritten::Updated => self.updated += 1,
            PhotoWritten::Unchanged => self.unchanged += 1,
        }
    }

    /// Photos that are in the store now.
    #[must_use]
    pub const fn stored(&self) -> u64 {
        self.inserted + self.updated + self.unchanged
    }
}

/// An import stopped. What was stored before stays; run it again when the cause is mended.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The header lacks columns.
    #[error(
        "the first line must name the columns; missing: {}. Is the file CSV in UTF-8 (not GBK)?",
        missing.join(", ")
    )]
    Header {
        /// The English names of those that are missing.
        missing: Vec<&'static str>,
    },
    /// The file ended before it began.
    #[error("the file is empty")]
    Empty,
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// The archive of photos can't be read.
    #[error("the archive can't be read: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// The database can't be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The reading thread died.
    #[error("reading the file broke off; please report this")]
    Broken,
}

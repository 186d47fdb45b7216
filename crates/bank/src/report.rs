//! A file from the bank as the business reads it: XML or CSV by its first byte, whatever its name.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use shiming_verification::{
    bank::AccountNumber,
    ports::bank::{Records, Report, ReportError},
};

use crate::{csv, iso};

/// Bytes read at a time.
const READ_AHEAD: usize = 256 * 1024;

/// What is needed to understand a bank's files.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The operator's account.
    pub account: AccountNumber,
    /// The columns of CSV statements, if the bank exports such.
    pub csv: Option<csv::Mapping>,
}

/// A file on this machine.
pub struct FileReport {
    name: String,
    path: PathBuf,
    reading: Reading,
}

impl FileReport {
    /// The file at `path`, told to people by `name`.
    #[must_use]
    pub fn new(path: &Path, name: &str, reading: Reading) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            reading,
        }
    }

    fn open(&self) -> Result<BufReader<File>, ReportError> {
        let file = File::open(&self.path).map_err(|error| unreadable(&error))?;
        Ok(BufReader::with_capacity(READ_AHEAD, file))
    }
}

impl Report for FileReport {
    fn name(&self) -> &str {
        &self.name
    }

    fn digest(&self) -> Result<[u8; 32], ReportError> {
        let mut hasher = Sha256::new();
        io::copy(&mut self.open()?, &mut hasher).map_err(|error| unreadable(&error))?;
        Ok(hasher.finalize().into())
    }

    fn records(&self) -> Result<Records, ReportError> {
        match Kind::of(&mut self.open()?).map_err(|error| unreadable(&error))? {
            Kind::Xml => iso::read(self.open()?, &self.reading.account),
            Kind::Text => {
                let mapping = self.reading.csv.as_ref().ok_or_else(|| {
                    let what = "this is no XML; for CSV statements the columns have to be set in `bank.csv`";
                    ReportError::new("line 1", what)
                })?;
                csv::read(self.open()?, self.open()?, mapping, &self.reading.account)
            }
            Kind::Empty => Err(ReportError::new("the beginning", "the file is empty").at_the_end()),
            Kind::Other(what) => Err(ReportError::new("the beginning", what)),
        }
    }
}

fn unreadable(error: &io::Error) -> ReportError {
    ReportError::new("the file", format!("it can't be read: {error}"))
}

enum Kind {
    Xml,
    Text,
    Empty,
    Other(&'static str),
}

impl Kind {
    fn of(input: &mut impl BufRead) -> io::Result<Self> {
        let mut start = [0; 64];
        let mut length = 0;
        while length < start.len() {
            match input.read(&mut start[length..])? {
                0 => break,
                more => length += more,
            }
        }
        let start = start[..length]
            .strip_prefix(b"\xEF\xBB\xBF")
            .unwrap_or(&start[..length]);
        let utf16 = start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF");
        let first = start
            .iter()
            .filter(|byte| **byte != 0 || !utf16)
            .find(|byte| !byte.is_ascii_whitespace());
        let marked = start.iter().skip(2).find(|byte| **byte != 0);
        Ok(match (first, marked) {
            (None, _) => Self::Empty,
            (Some(b'<'), _) => Self::Xml,
            (_, Some(b'<')) if utf16 => Self::Xml,
            _ if start.starts_with(b"PK") => Self::Other(
                "this is an Excel workbook or a ZIP; save the sheet as CSV, or unpack the archive",
            ),
            _ if start.starts_with(b"\xD0\xCF\x11\xE0") => {
                Self::Other("this is an Excel workbook; save the sheet as CSV")
            }
            _ if start.starts_with(b"%PDF") => {
                Self::Other("this is a PDF; export the statement as CSV or ISO 20022 XML")
            }
            _ => Self::Text,
        })
    }
}

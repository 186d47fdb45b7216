//! The directory of bank branches from a list: CSV with a header line.
//!
//! | column | also | content |
//! |---|---|---|
//! | `cnaps` | 联行号, 行号, 支付系统行号, code | 12 digits |
//! | `bank` | 银行, 银行名称, 总行名称 | the bank |
//! | `branch` | 网点, 支行, 支行名称, 行名, 网点名称 | the branch's full name |
//! | `province` | 省, 省份 | province |
//! | `city` | 市, 城市 | city |
//!
//! The encoding is found by itself. A line that can't be used is reported and passed over; a code whose check digit does not
//! fit is only a warning, since the directory has the last word about codes.

use std::{collections::HashSet, io::BufRead};

use chrono::{DateTime, Utc};
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::Branch,
    ports::{LedgerError, bank::BranchDirectory},
};

use crate::{
    csv::Cells,
    lines::Guard,
    text::{Utf8, guess},
};

/// Rows of one transaction.
const BATCH: usize = 2000;
const LONGEST: usize = 16 * 1024;
/// The longest name of a branch or place, in characters.
const LONGEST_NAME: usize = 140;

const COLUMNS: [(&str, &[&str]); 5] = [
    ("cnaps", &["联行号", "行号", "支付系统行号", "code"]),
    ("bank", &["银行", "银行名称", "总行名称"]),
    ("branch", &["网点", "支行", "支行名称", "行名", "网点名称"]),
    ("province", &["省", "省份"]),
    ("city", &["市", "城市"]),
];

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Branches that were not there before.
    pub new: u64,
    /// Branches that differed.
    pub changed: u64,
    /// Branches that were there as they are.
    pub unchanged: u64,
    /// Lines that can't be used.
    pub bad: u64,
    /// Codes whose check digit does not fit; they are in the directory all the same.
    pub doubtful: u64,
}

/// What is told of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: u64,
    /// The column, if it is one cell's fault.
    pub column: Option<&'static str>,
    /// What is wrong or doubtful.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, {column}: {}", self.line, self.what),
            None => write!(f, "line {}: {}", self.line, self.what),
        }
    }
}

/// An import broke off; what was stored before stays, and it may be run again.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read.
    #[error("the list can't be read: {0}")]
    Read(#[from] std::io::Error),
    /// The first line lacks a column.
    #[error(
        "the first line has no column {0:?}; it needs cnaps, bank, branch, province and city, or their Chinese names"
    )]
    Header(&'static str),
    /// The directory can't be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Reads a list into the directory. The list is given twice, since its encoding shows only when all of it was seen.
///
/// # Errors
/// [`ImportError`].
pub async fn import(
    list: impl BufRead + Send,
    again: impl BufRead + Send,
    directory: &(dyn BranchDirectory + Sync),
    now: DateTime<Utc>,
    tell: &mut (dyn FnMut(&Finding) + Send),
) -> Result<Imported, ImportError> {
    let mut rows = Rows::open(Utf8::new(again, guess(list)?))?;
    let mut done = Imported::default();
    loop {
        let batch = rows.batch(&mut done, tell)?;
        if batch.is_empty() {
            return Ok(done);
        }
        let (new, changed) = directory.put_branches(&batch, now).await?;
        done.new += new;
        done.changed += changed;
        done.unchanged += batch.len() as u64 - new - changed;
    }
}

struct Rows<R> {
    lines: Guard<R>,
    line: Vec<u8>,
    cells: Cells,
    places: [usize; COLUMNS.len()],
    seen: HashSet<Cnaps>,
}

impl<R: BufRead> Rows<R> {
    fn open(input: R) -> Result<Self, ImportError> {
        let mut lines = Guard::new(input, LONGEST);
        let (mut line, mut cells) = (Vec::new(), Cells::new(b','));
        lines.read_line(&mut line)?;
        let header = cells.split(&line).unwrap_or_default();
        let mut places = [0; COLUMNS.len()];
        for (place, (name, also)) in places.iter_mut().zip(COLUMNS) {
            let named =
                |cell: &String| cell.eq_ignore_ascii_case(name) || also.contains(&cell.as_str());
            *place = header
                .iter()
                .position(named)
                .ok_or(ImportError::Header(name))?;
        }
        Ok(Self {
            lines,
            line,
            cells,
            places,
            seen: HashSet::new(),
        })
    }

    /// The next usable rows; none at the end.
    fn batch(
        &mut self,
        done: &mut Imported,
        tell: &mut (dyn FnMut(&Finding) + Send),
    ) -> Result<Vec<Branch>, ImportError> {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            let number = self.lines.line();
            if !self.lines.read_line(&mut self.line)? {
                break;
            }
            if self.line.trim_ascii().is_empty() {
                continue;
            }
            match self.branch() {
                Ok(branch) => {
                    if branch.cnaps.warning().is_some() {
                        done.doubtful += 1;
                        tell(&Finding {
                            line: number,
                            column: Some("cnaps"),
                            what: "the check digit does not fit; taken all the same".to_owned(),
                        });
                    }
                    batch.push(branch);
                }
                Err((column, what)) => {
                    done.bad += 1;
                    tell(&Finding {
                        line: number,
                        column,
                        what,
                    });
                }
            }
        }
        Ok(batch)
    }

    fn branch(&mut self) -> Result<Branch, (Option<&'static str>, String)> {
        let cells = self.cells.split(&self.line);
        let cells = cells.map_err(|error| (None, error.to_string()))?;
        let cell = |column: usize| {
            let text = cells.get(self.places[column]).map_or("", String::as_str);
            let name = Some(COLUMNS[column].0);
            match text.chars().count() {
                0 => Err((name, "is empty".to_owned())),
                length if length > LONGEST_NAME => Err((name, "is too long".to_owned())),
                _ => Ok(text.to_owned()),
            }
        };
        let code = cell(0)?;
        let cnaps =
            Cnaps::parse(&code).map_err(|_| (Some("cnaps"), "is no 12-digit code".to_owned()))?;
        let branch = Branch {
            cnaps,
            bank: cell(1)?,
            name: cell(2)?,
            province: cell(3)?,
            city: cell(4)?,
        };
        if self.seen.insert(branch.cnaps.clone()) {
            Ok(branch)
        } else {
            Err((Some("cnaps"), "stands in the list before".to_owned()))
        }
    }
}

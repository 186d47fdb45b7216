//! Statements that a bank's console exports as CSV.
//!
//! Which column means what is the operator's to say, by the header's word or by number. Lines before the header and sums
//! below the entries are passed over, the encoding is found by itself (UTF-8, GBK and GB18030, UTF-16; with or without a
//! byte order mark), and what spreadsheets do to numbers is undone where that is certain and refused where it is not.

mod cells;
mod mapping;
mod rows;

use std::io::BufRead;

use shiming_verification::{
    bank::AccountNumber,
    ports::bank::{Records, ReportError},
};

pub(crate) use cells::Cells;
pub use mapping::{Column, Mapping, Money};
use rows::Rows;

use crate::text::{Utf8, guess};

/// Reads a statement entry by entry. The file is given twice, since its encoding shows only when all of it was seen.
///
/// # Errors
/// There is no header with the columns of the mapping. What is wrong further down comes from the records.
pub fn read(
    file: impl BufRead,
    again: impl BufRead + Send + 'static,
    mapping: &Mapping,
    own: &AccountNumber,
) -> Result<Records, ReportError> {
    let encoding = guess(file)
        .map_err(|error| ReportError::new("the file", format!("it can't be read: {error}")))?;
    let rows = Rows::open(Utf8::new(again, encoding), mapping.clone(), own.clone())?;
    Ok(Box::new(rows))
}

//! A line's cells.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The most columns that a statement may have.
const MOST: usize = 256;

/// A row is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CellsError {
    /// A quote is open at its end.
    #[error("a quoted cell does not end on this line")]
    OpenQuote,
    /// More than [`MOST`] cells.
    #[error("the line has too many columns")]
    TooMany,
}

/// Splits rows.
pub(crate) struct Cells {
    reader: Reader,
    text: Vec<u8>,
    ends: [usize; MOST],
}

impl Cells {
    pub(crate) fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            text: Vec::new(),
            ends: [0; MOST],
        }
    }

    /// The cells of a row, which is one line or, within quotes, several.
    ///
    /// # Errors
    /// [`CellsError`].
    pub(crate) fn split(&mut self, line: &[u8]) -> Result<Vec<String>, CellsError> {
        self.reader.reset();
        self.text.resize(self.text.len().max(line.len() + 1), 0);
        let (mut read, mut written, mut count) = (0, 0, 0);
        // The line break is fed by itself: if it does not end the record, a quote is still open.
        for part in [line, b"\n"] {
            let (result, used, out, ends) =
                self.reader
                    .read_record(part, &mut self.text[written..], &mut self.ends[count..]);
            (read, written, count) = (read + used, written + out, count + ends);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record if read >= line.len() => return Ok(self.cells(count)),
                ReadRecordResult::OutputEndsFull => return Err(CellsError::TooMany),
                _ => break,
            }
        }
        Err(CellsError::OpenQuote)
    }

    fn cells(&self, count: usize) -> Vec<String> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends[..count]);
        spans
            .map(|(start, end)| clean(&String::from_utf8_lossy(&self.text[start..*end])))
            .collect()
    }
}

/// A cell without what exports put around it so that a spreadsheet leaves numbers alone: tabs, an apostrophe in front, or
/// `="…"`.
fn clean(cell: &str) -> String {
    let cell = cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let formula = cell
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'));
    let cell = formula.or_else(|| cell.strip_prefix('\'')).unwrap_or(cell);
    cell.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_need_is_taken_off() {
        let mut cells = Cells::new(b',');
        let line = "\u{feff}\"a,b\",\t6222 ,'0123,\"=\"\"350\"\"\",\"say \"\"hi\"\"\",";
        let expected = ["a,b", "6222", "0123", "350", "say \"hi\"", ""];
        assert_eq!(cells.split(line.as_bytes()).expect("cells"), expected);
        assert!(cells.split(b"a,\"b").is_err());
        assert_eq!(
            cells
                .split(b"next,line")
                .expect("a broken line spoils no other"),
            ["next", "line"]
        );
        assert!(cells.split(&b",".repeat(300)).is_err());
    }
}

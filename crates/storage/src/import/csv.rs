//! CSV, one record a line.

use csv_core::{ReadRecordResult, Reader};

use super::{
    column::Column,
    report::Fault,
    row::{FIELDS, Row},
};

/// The most columns that a file may have.
const MOST_COLUMNS: usize = 128;

/// Splits lines into fields and knows which field is which column.
pub(super) struct CsvRows {
    reader: Reader,
    fields: Vec<u8>,
    ends: [usize; MOST_COLUMNS],
    columns: Vec<Option<Column>>,
}

impl CsvRows {
    /// Reads the header line; tells which columns are needed and missing.
    pub(super) fn new(header: &[u8]) -> Result<Self, Vec<&'static str>> {
        let columns = Vec::new();
        let (reader, fields) = (Reader::new(), Vec::new());
        let mut rows = Self {
            reader,
            fields,
            ends: [0; MOST_COLUMNS],
            columns,
        };
        let count = rows.split(header).unwrap_or(0);
        rows.columns = (0..count)
            .map(|i| rows.text(i).and_then(Column::named))
            .collect();
        let is_missing = |column: &Column| !rows.columns.contains(&Some(*column));
        let missing: Vec<_> = Column::NEEDED
            .into_iter()
            .filter(is_missing)
            .map(Column::name)
            .collect();
        if missing.is_empty() {
            Ok(rows)
        } else {
            Err(missing)
        }
    }

    /// Another one for the same header. The reader is made anew: `csv_core` 0.1 copies only a part of one.
    pub(super) fn beside(&self) -> Self {
        Self {
            reader: Reader::new(),
            fields: Vec::new(),
            ends: [0; MOST_COLUMNS],
            columns: self.columns.clone(),
        }
    }

    /// The fields of a line, as many as the header has.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Row<'_>, Fault> {
        let count = self.split(line)?;
        if count != self.columns.len() {
            return Err(Fault::whole("column_count"));
        }
        let mut row: Row<'_> = [const { None }; FIELDS];
        for (place, column) in self.columns.iter().enumerate() {
            let Some(column) = column else { continue };
            let text = self.text(place).ok_or(Fault::of(*column, "not_utf8"))?;
            row[*column as usize] = Some(text.into());
        }
        Ok(row)
    }

    fn split(&mut self, line: &[u8]) -> Result<usize, Fault> {
        self.reader.reset();
        self.fields.resize(self.fields.len().max(line.len() + 1), 0);
        let (mut read, mut written, mut count) = (0, 0, 0);
        // The line break is fed by itself: if it does not end the record, a quote is still open.
        for part in [line, b"\n"] {
            let (result, used, out, ends) =
                self.reader
                    .read_record(part, &mut self.fields[written..], &mut self.ends[count..]);
            (read, written, count) = (read + used, written + out, count + ends);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record if read >= line.len() => return Ok(count),
                _ => return Err(Fault::whole("column_count")),
            }
        }
        Err(Fault::whole("open_quote"))
    }

    fn text(&self, place: usize) -> Option<&str> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        std::str::from_utf8(&self.fields[start..self.ends[place]]).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = "uscc,企业名称,note,legal_representative,id_number".as_bytes();

    fn names(line: &[u8]) -> Result<[String; 2], &'static str> {
        let mut rows = CsvRows::new(HEADER).expect("all columns are there");
        let row = rows.read(line).map_err(|fault| fault.reason)?;
        let text = |column: Column| row[column as usize].as_deref().unwrap_or("").to_owned();
        Ok([text(Column::EnterpriseName), text(Column::IdNumber)])
    }

    #[test]
    fn a_quoted_field_may_hold_commas_and_quotes() {
        let line = "A,\"示例,\"\"一\"\"公司\",,张三,1".as_bytes();
        assert_eq!(names(line).unwrap(), ["示例,\"一\"公司", "1"]);
        assert_eq!(names(b"A,B,C,D,E\r").unwrap(), ["B", "E"]);
    }

    #[test]
    fn a_line_of_another_shape_is_refused() {
        assert_eq!(names(b"A,B,C,D").unwrap_err(), "column_count");
        assert_eq!(names(b"A,B,C,D,E,F").unwrap_err(), "column_count");
        assert_eq!(names(&[b','; 5000]).unwrap_err(), "column_count");
        assert_eq!(names(b"A,\"B,C,D,E").unwrap_err(), "open_quote");
        assert_eq!(names(b"A,\xc4\xe3,C,D,E").unwrap_err(), "not_utf8");
    }

    #[test]
    fn a_broken_line_does_not_spoil_the_next() {
        let mut rows = CsvRows::new(HEADER).expect("all columns are there");
        assert!(rows.read(b"A,\"B,C,D,E").is_err());
        assert!(rows.read(b"A,B,C,D,E").is_ok());
    }

    #[test]
    fn a_header_without_the_needed_columns_is_refused_by_name() {
        let missing = CsvRows::new(b"uscc,legal_representative")
            .err()
            .expect("refused");
        assert_eq!(missing, ["enterprise_name", "id_number"]);
    }
}

//! Rows in the order of their credit codes, however many there are: sorted in memory as far as that goes, beyond it in
//! temporary files that are merged. In order, each row lands beside the one before it in the table's index; in the order
//! of the file, each would touch a page of its own.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
};

use shiming_identifiers::Uscc;
use shiming_vault::Index;
use shiming_verification::{ports::RegistryStatus, words::SubjectType};

use crate::{PersonIndex, api::EnterpriseRecord};

/// Rows that are sorted in memory, about 150 MB of them.
const RUN: usize = 400_000;

/// A row that can be stored. Of two with one credit code that of the later line counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) record: EnterpriseRecord,
    pub(super) photo: Option<String>,
}

impl Row {
    fn place(&self) -> (&str, u64) {
        (self.record.uscc.as_str(), self.line)
    }
}

/// Takes rows in any order.
pub(super) struct Runs {
    most: usize,
    rows: Vec<Row>,
    files: Vec<File>,
}

impl Default for Runs {
    fn default() -> Self {
        Self::of(RUN)
    }
}

impl Runs {
    fn of(most: usize) -> Self {
        Self {
            most,
            rows: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, row: Row) -> io::Result<()> {
        self.rows.push(row);
        if self.rows.len() >= self.most {
            self.put_away()?;
        }
        Ok(())
    }

    /// Writes the rows at hand, sorted, into a file that nobody else sees.
    fn put_away(&mut self) -> io::Result<()> {
        sort(&mut self.rows);
        let mut out = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        for row in self.rows.drain(..) {
            write_row(&mut out, &row)?;
        }
        let mut file = out.into_inner()?;
        file.rewind()?;
        self.files.push(file);
        Ok(())
    }

    /// Every row in order.
    pub(super) fn sorted(mut self) -> io::Result<Sorted> {
        if self.files.is_empty() {
            sort(&mut self.rows);
            return Ok(Sorted::Here(self.rows.into_iter()));
        }
        if !self.rows.is_empty() {
            self.put_away()?;
        }
        let open = |file| BufReader::with_capacity(1 << 18, file);
        let mut merge = Merge {
            runs: self.files.into_iter().map(open).collect(),
            heads: Vec::new(),
            next: BinaryHeap::new(),
        };
        merge.heads.resize_with(merge.runs.len(), || None);
        for run in 0..merge.runs.len() {
            merge.advance(run)?;
        }
        Ok(Sorted::Merged(merge))
    }
}

fn sort(rows: &mut [Row]) {
    rows.sort_unstable_by(|one, other| one.place().cmp(&other.place()));
}

pub(super) enum Sorted {
    Here(std::vec::IntoIter<Row>),
    Merged(Merge),
}

impl Iterator for Sorted {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Here(rows) => rows.next().map(Ok),
            Self::Merged(merge) => merge.take().transpose(),
        }
    }
}

/// The first row of each file that is not yet given, and which of them comes next.
pub(super) struct Merge {
    runs: Vec<BufReader<File>>,
    heads: Vec<Option<Row>>,
    next: BinaryHeap<Reverse<(Uscc, u64, usize)>>,
}

impl Merge {
    fn take(&mut self) -> io::Result<Option<Row>> {
        let Some(Reverse((_, _, run))) = self.next.pop() else {
            return Ok(None);
        };
        let row = self.heads[run].take();
        self.advance(run)?;
        Ok(row)
    }

    fn advance(&mut self, run: usize) -> io::Result<()> {
        if let Some(row) = read_row(&mut self.runs[run])? {
            let place = (row.record.uscc.clone(), row.line, run);
            self.next.push(Reverse(place));
            self.heads[run] = Some(row);
        }
        Ok(())
    }
}

const SUBJECTS: [Option<SubjectType>; 3] = [
    None,
    Some(SubjectType::Enterprise),
    Some(SubjectType::IndividualBusiness),
];
const STATUSES: [RegistryStatus; 3] = [
    RegistryStatus::Active,
    RegistryStatus::Cancelled,
    RegistryStatus::Revoked,
];

fn write_row(out: &mut impl Write, row: &Row) -> io::Result<()> {
    let record = &row.record;
    let subject = SUBJECTS.iter().position(|one| *one == record.subject);
    let status = STATUSES.iter().position(|one| *one == record.status);
    for word in [subject, status] {
        let word = word.and_then(|word| u8::try_from(word).ok());
        out.write_all(&[word.ok_or(io::ErrorKind::InvalidData)?])?;
    }
    out.write_all(&row.line.to_le_bytes())?;
    out.write_all(&record.representative.0)?;
    out.write_all(&record.person.0.0)?;
    let photo = row.photo.as_deref().unwrap_or_default();
    for text in [record.uscc.as_str(), &record.name, &record.name_key, photo] {
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// `None` at the end of the file.
fn read_row(input: &mut impl Read) -> io::Result<Option<Row>> {
    let mut words = [0; 2];
    if input.read(&mut words[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut words[1..])?;
    let unreadable = || io::Error::from(io::ErrorKind::InvalidData);
    let subject = SUBJECTS.get(usize::from(words[0])).ok_or_else(unreadable)?;
    let status = STATUSES.get(usize::from(words[1])).ok_or_else(unreadable)?;
    let line = u64::from_le_bytes(bytes(input)?);
    let (representative, person) = (Index(bytes(input)?), PersonIndex(Index(bytes(input)?)));
    let uscc = Uscc::try_from(text(input)?).map_err(io::Error::other)?;
    let record = EnterpriseRecord {
        uscc,
        subject: *subject,
        name: text(input)?,
        name_key: text(input)?,
        representative,
        person,
        status: *status,
    };
    let photo = Some(text(input)?).filter(|path| !path.is_empty());
    Ok(Some(Row {
        line,
        record,
        photo,
    }))
}

fn bytes<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(input: &mut impl Read) -> io::Result<String> {
    let length = u32::from_le_bytes(bytes(input)?);
    let mut text = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    input.read_exact(&mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, organisation: u64) -> Row {
        let uscc = Uscc::from_parts("91", "110108", &format!("{organisation:08}"));
        let kind = usize::try_from(line % 3).unwrap();
        Row {
            line,
            record: EnterpriseRecord {
                uscc: uscc.unwrap(),
                subject: SUBJECTS[kind],
                name: format!("示例{line}号"),
                name_key: String::new(),
                representative: Index([7; 32]),
                person: PersonIndex(Index([8; 32])),
                status: STATUSES[kind],
            },
            photo: (kind == 1).then(|| format!("{line}.jpg")),
        }
    }

    #[test]
    fn rows_come_out_in_order_whether_they_fit_in_memory_or_not() {
        // Every code twice, in an order of no meaning.
        let rows: Vec<Row> = (0..100).map(|n| row(n, n * 37 % 50)).collect();
        let mut expected = rows.clone();
        sort(&mut expected);
        for most in [1000, 100, 7, 1] {
            let mut runs = Runs::of(most);
            for row in rows.clone() {
                runs.add(row).unwrap();
            }
            let sorted: io::Result<Vec<Row>> = runs.sorted().unwrap().collect();
            assert_eq!(sorted.unwrap(), expected, "{most} at a time");
        }
    }

    #[test]
    fn nothing_is_in_order() {
        assert_eq!(Runs::default().sorted().unwrap().count(), 0);
    }
}

//! A file line by line in constant memory, however long a line may be.

use std::io::{self, BufRead};

/// The longest line that is read; a record has a few hundred bytes.
const LONGEST: usize = 64 * 1024;

/// One line, without its line break.
pub(super) struct Line<'a> {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its bytes; the first [`LONGEST`] of them if it is longer.
    pub(super) bytes: &'a [u8],
    /// Whether it was longer.
    pub(super) cut: bool,
}

pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
    bytes_read: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            number: 0,
            bytes_read: 0,
        }
    }

    /// Bytes read so far.
    pub(super) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            let Some(cut) = self.read_line()? else {
                return Ok(None);
            };
            self.number += 1;
            if cut || !self.buffer.trim_ascii().is_empty() {
                return Ok(Some(Line {
                    number: self.number,
                    bytes: &self.buffer,
                    cut,
                }));
            }
        }
    }

    /// Fills the buffer with a line and tells whether it had to be cut; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.buffer.clear();
        let (mut cut, mut any) = (false, false);
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return Ok(any.then_some(cut));
            }
            any = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let line = &available[..end.unwrap_or(available.len())];
            let room = LONGEST - self.buffer.len();
            cut |= line.len() > room;
            self.buffer.extend_from_slice(&line[..line.len().min(room)]);
            let used = line.len() + usize::from(end.is_some());
            self.bytes_read += used as u64;
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(cut));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Vec<(u64, usize, bool)> {
        let mut lines = Lines::new(io::BufReader::with_capacity(7, input));
        let mut seen = Vec::new();
        while let Some(line) = lines.next().expect("memory can be read") {
            seen.push((line.number, line.bytes.len(), line.cut));
        }
        assert_eq!(lines.bytes_read(), input.len() as u64);
        seen
    }

    #[test]
    fn empty_lines_count_but_are_not_given() {
        assert_eq!(read(b"one\n\n  \r\nfour"), [(1, 3, false), (4, 4, false)]);
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let input = [&vec![b'x'; 3 * LONGEST][..], b"\nnext\n"].concat();
        assert_eq!(read(&input), [(1, LONGEST, true), (2, 4, false)]);
    }
}

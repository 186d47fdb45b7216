//! Text line by line in constant memory, and the place in it.

use std::io::{self, BufRead, Read};

/// Counts lines, and refuses to be read further than a limit without a [`Guard::reset`]: whoever collects what it reads
/// collects no more than that.
pub(crate) struct Guard<R> {
    input: R,
    line: u64,
    since: usize,
    most: usize,
}

impl<R: BufRead> Guard<R> {
    pub(crate) const fn new(input: R, most: usize) -> Self {
        Self {
            input,
            line: 1,
            since: 0,
            most,
        }
    }

    /// The line that is being read, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Something was read whole; the next begins.
    pub(crate) const fn reset(&mut self) {
        self.since = 0;
    }

    /// Whether everything is read.
    pub(crate) fn is_at_the_end(&mut self) -> bool {
        self.input.fill_buf().is_ok_and(<[u8]>::is_empty)
    }

    /// The next line without its break, into `line`; false at the end.
    pub(crate) fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        self.reset();
        line.clear();
        let length = self.read_until(b'\n', line)?;
        while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
            line.pop();
        }
        Ok(length > 0)
    }
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > self.most {
            let what = format!("a piece of more than {} bytes", self.most);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.input.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        // The input gives the same bytes again until they are consumed; a failure would have shown before.
        let used = self
            .input
            .fill_buf()
            .map_or(&[][..], |bytes| &bytes[..length.min(bytes.len())]);
        self.line += used
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.since += length;
        self.input.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_endless_ones_refused() {
        let text = [b"one\r\n\nthree\n".as_slice(), &[b'x'; 500]].concat();
        let mut guard = Guard::new(io::BufReader::with_capacity(7, &text[..]), 100);
        let mut line = Vec::new();
        let mut seen = Vec::new();
        while guard.read_line(&mut line).unwrap_or_default() {
            seen.push((guard.line() - 1, line.len()));
        }
        assert_eq!(seen, [(1, 3), (2, 0), (3, 5)]);
        assert!(guard.read_line(&mut line).is_err());
        assert!(line.len() < 120);
    }
}

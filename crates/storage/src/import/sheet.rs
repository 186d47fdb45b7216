//! Lines that are parsed side by side, since that is the dearer half of an import.

use std::{
    io::{self, BufRead},
    ops::Range,
    panic::resume_unwind,
    thread,
};

use super::lines::{Line, Lines};

/// Lines of a sheet.
const MOST_LINES: usize = 10_000;
/// Bytes from which a sheet takes no further line.
const ENOUGH_BYTES: usize = 4 << 20;
/// Threads that parse, if there are as many cores.
const MOST_THREADS: usize = 4;

/// Some lines of a file, one after another.
#[derive(Default)]
pub(super) struct Sheet {
    bytes: Vec<u8>,
    lines: Vec<Place>,
}

struct Place {
    number: u64,
    bytes: Range<usize>,
    cut: bool,
}

impl Sheet {
    /// Takes the next lines of a file in place of its own; false if there are none.
    ///
    /// # Errors
    /// The file can't be read on; the sheet holds what came before.
    pub(super) fn fill<R: BufRead>(&mut self, from: &mut Lines<R>) -> io::Result<bool> {
        self.bytes.clear();
        self.lines.clear();
        while self.lines.len() < MOST_LINES && self.bytes.len() < ENOUGH_BYTES {
            let Some(line) = from.next()? else { break };
            let begin = self.bytes.len();
            self.bytes.extend_from_slice(line.bytes);
            self.lines.push(Place {
                number: line.number,
                bytes: begin..self.bytes.len(),
                cut: line.cut,
            });
        }
        Ok(!self.lines.is_empty())
    }

    /// What a parser makes of each line, in their order. Each thread has a parser of its own.
    pub(super) fn parse<P, T: Send>(
        &self,
        parser: impl Fn() -> P,
        parse: impl Fn(&mut P, &Line<'_>) -> T + Sync,
    ) -> Vec<(u64, T)>
    where
        P: Send,
    {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = self.lines.len().div_ceil(threads.min(MOST_THREADS)).max(1);
        let parse_some = |places: &[Place], mut parser: P| {
            let parsed = places
                .iter()
                .map(|place| (place.number, parse(&mut parser, &self.line(place))));
            parsed.collect::<Vec<_>>()
        };
        thread::scope(|scope| {
            let shares: Vec<_> = self
                .lines
                .chunks(share)
                .map(|places| (places, parser()))
                .map(|(places, parser)| scope.spawn(move || parse_some(places, parser)))
                .collect();
            shares
                .into_iter()
                .flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        })
    }

    fn line(&self, place: &Place) -> Line<'_> {
        Line {
            number: place.number,
            bytes: &self.bytes[place.bytes.clone()],
            cut: place.cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_parsed_once_and_in_order() {
        let text: Vec<String> = (1..=25_000).map(|n| format!("line {n}")).collect();
        let text = text.join("\n");
        let mut lines = Lines::new(text.as_bytes());
        let (mut sheet, mut seen) = (Sheet::default(), Vec::new());
        while sheet.fill(&mut lines).expect("memory can be read") {
            seen.extend(sheet.parse(
                || (),
                |(), line| String::from_utf8_lossy(line.bytes).into_owned(),
            ));
        }
        assert_eq!(seen.len(), 25_000);
        for (nth, (number, text)) in (1..).zip(seen) {
            assert_eq!((number, text), (nth, format!("line {nth}")));
        }
    }

    #[test]
    fn a_sheet_of_long_lines_is_short() {
        let text = "x".repeat(60_000) + "\n";
        let text = text.repeat(200);
        let mut lines = Lines::new(text.as_bytes());
        let mut sheet = Sheet::default();
        assert!(sheet.fill(&mut lines).expect("memory can be read"));
        assert!(sheet.lines.len() < 100);
    }
}

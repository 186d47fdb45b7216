//! Half a gigabyte in the memory of a few entries.

use std::io::{BufReader, Read};

use shiming_bank::iso;
use shiming_verification::ports::bank::Record;

use crate::support::{entry, own, statement};

const SIZE: u64 = 500_000_000;

/// A statement that is made while it is read.
struct Endless {
    now: Vec<u8>,
    at: usize,
    given: u64,
    made: u64,
    tail: Option<Vec<u8>>,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.now.len() {
            self.at = 0;
            self.now.clear();
            if self.given < SIZE {
                for _ in 0..100 {
                    self.made += 1;
                    self.now.extend(
                        entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, &format!("R{}", self.made)).bytes(),
                    );
                }
            } else {
                self.now = self.tail.take().unwrap_or_default();
            }
        }
        let length = (&self.now[self.at..]).read(out)?;
        self.at += length;
        self.given += length as u64;
        Ok(length)
    }
}

/// The most memory that this process has ever held, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(0)
}

#[test]
fn a_statement_of_500_megabytes_is_read_in_constant_memory() {
    let frame = statement("#");
    let (head, tail) = frame.split_once('#').expect("a place for entries");
    let input = Endless {
        now: head.as_bytes().to_vec(),
        at: 0,
        given: 0,
        made: 0,
        tail: Some(tail.as_bytes().to_vec()),
    };
    let before = peak();
    let records = iso::read(BufReader::new(input), &own()).expect("a statement");
    let count = records.map(|record| match record.expect("an entry") {
        Record::Entry(entry) => entry.amount.expose(),
        Record::Status(_) => 0,
    });
    let (count, sum) = count.fold((0_u64, 0), |(count, sum), fen| (count + 1, sum + fen));
    assert!(count > 2_500_000 && sum == 37 * count, "{count} entries");
    // Other tests run in this process at the same time where nextest is not installed; they hold little.
    let grown = peak().saturating_sub(before);
    assert!(grown < 64 * 1024, "{grown} KiB more than before");
}

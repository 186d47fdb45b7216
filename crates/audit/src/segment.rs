//! A part of the chain as a file that anybody can check against an anchor.
//!
//! One JSON object a line: a head with the hash before the part, the entries in order, and then, up to the anchor, a link for
//! each entry that is not told (its number and the digest of its content). Only an anchor at or behind the last entry
//! proves the part; from an earlier one, anybody could write on.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::{Anchor, AnchorError, Broken, Chain, Hash, Record, chain::digest};

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// The first one.
    Segment {
        /// Version of the form.
        version: u32,
        /// Number of the first entry.
        from: u64,
        /// Number of the last entry.
        to: u64,
        /// Hash before the first entry.
        #[serde(with = "hex::serde")]
        previous: Hash,
    },
    /// An entry.
    Entry {
        /// Its number.
        seq: u64,
        /// What it says.
        record: Record,
    },
    /// An entry that is not told.
    Link {
        /// Its number.
        seq: u64,
        /// Digest of what it says.
        #[serde(with = "hex::serde")]
        content: Hash,
    },
}

/// Writes a segment.
pub struct Writer<W> {
    out: W,
    to: u64,
}

impl<W: Write> Writer<W> {
    /// Begins a segment of the entries `from..=to`; `previous` is the hash before the first.
    ///
    /// # Errors
    /// Of the file.
    pub fn begin(out: W, from: u64, to: u64, previous: Hash) -> io::Result<Self> {
        let mut writer = Self { out, to };
        writer.line(&Line::Segment {
            version: 1,
            from,
            to,
            previous,
        })?;
        Ok(writer)
    }

    /// The next entry: told within the segment, bridged behind it.
    ///
    /// # Errors
    /// Of the file.
    pub fn push(&mut self, seq: u64, record: Record) -> io::Result<()> {
        if seq <= self.to {
            self.line(&Line::Entry { seq, record })
        } else {
            let content = digest(&record);
            self.line(&Line::Link { seq, content })
        }
    }

    /// Ends it.
    ///
    /// # Errors
    /// Of the file.
    pub fn end(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}

/// A segment that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// First entry.
    pub from: u64,
    /// Last entry.
    pub to: u64,
}

/// Why a segment proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The file can't be read.
    #[error("the segment can't be read: {0}")]
    Read(#[from] io::Error),
    /// A line is not of the form.
    #[error("line {line} of the segment is not what this program writes: {why}")]
    Form {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The chain is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The anchor is forged.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// The anchor does not reach the segment.
    #[error(
        "the anchor is of entry {anchor}, but the segment can be proved only by one of entry {first} to {last}; \
         export it again with an anchor that you hold"
    )]
    OutOfReach {
        /// The anchor's entry.
        anchor: u64,
        /// The segment's last entry.
        first: u64,
        /// The last entry or link in the file.
        last: u64,
    },
    /// Content or order were changed.
    #[error("the segment was changed: it does not lead to the anchor's hash of entry {seq}")]
    Mismatch {
        /// The anchor's entry.
        seq: u64,
    },
}

/// Checks a segment against an anchor; nothing else is needed.
///
/// # Errors
/// [`SegmentError`].
pub fn verify(segment: impl BufRead, anchor: &Anchor) -> Result<Verified, SegmentError> {
    anchor.verify()?;
    let mut lines = (1_usize..).zip(segment.lines());
    let (mut chain, found) = begin(lines.next())?;
    let mut reached = None;
    for (number, line) in lines {
        let line = parse(number, &line?)?;
        let (seq, content, told) = match line {
            Line::Entry { seq, record } => (seq, digest(&record), true),
            Line::Link { seq, content } => (seq, content, false),
            Line::Segment { .. } => return Err(form(number, "a second head")),
        };
        if told != (seq <= found.to) {
            return Err(form(
                number,
                "it is not of the kind that its place asks for",
            ));
        }
        let hash = chain.follow(seq, &content)?;
        if seq == anchor.seq {
            reached = Some(hash);
        }
    }
    if anchor.seq < found.to || anchor.seq > chain.seq() {
        return Err(SegmentError::OutOfReach {
            anchor: anchor.seq,
            first: found.to,
            last: chain.seq(),
        });
    }
    if reached == Some(anchor.hash) {
        Ok(found)
    } else {
        Err(SegmentError::Mismatch { seq: anchor.seq })
    }
}

fn begin(line: Option<(usize, io::Result<String>)>) -> Result<(Chain, Verified), SegmentError> {
    let (number, line) = line.ok_or_else(|| form(1, "the file is empty"))?;
    match parse(number, &line?)? {
        Line::Segment {
            version: 1,
            from,
            to,
            previous,
        } if from >= 1 && from <= to => {
            Ok((Chain::from(from - 1, previous), Verified { from, to }))
        }
        Line::Segment { .. } => Err(form(number, "an unknown version, or an empty range")),
        _ => Err(form(number, "the head is missing")),
    }
}

fn parse(line: usize, text: &str) -> Result<Line, SegmentError> {
    serde_json::from_str(text).map_err(|error| form(line, &error.to_string()))
}

fn form(line: usize, why: &str) -> SegmentError {
    SegmentError::Form {
        line,
        why: why.to_owned(),
    }
}

//! The chain: each entry's hash holds the one before it.
//!
//! `hash = SHA-256("shiming audit 1\n" ‖ number (8 bytes, big endian) ‖ previous hash ‖ SHA-256(canonical record))`.
//! The record enters by its digest, so that a part of the chain can be bridged without telling what it says.

use sha2::{Digest, Sha256};

use crate::Record;

/// 32 bytes of SHA-256.
pub type Hash = [u8; 32];

/// What stands before the first entry.
pub const GENESIS: Hash = [0; 32];

const DOMAIN: &[u8] = b"shiming audit 1\n";

/// The digest by which a record enters the chain.
#[must_use]
pub fn digest(record: &Record) -> Hash {
    Sha256::digest(record.canonical()).into()
}

/// The hash of the entry with this number, after `previous`, with this content.
#[must_use]
pub fn link(seq: u64, previous: &Hash, content: &Hash) -> Hash {
    Sha256::new()
        .chain_update(DOMAIN)
        .chain_update(seq.to_be_bytes())
        .chain_update(previous)
        .chain_update(content)
        .finalize()
        .into()
}

/// A record in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number, from 1, without gaps.
    pub seq: u64,
    /// What it says.
    pub record: Record,
    /// Its hash.
    pub hash: Hash,
}

impl Entry {
    /// The entry that follows the one with this number and hash.
    #[must_use]
    pub fn after(seq: u64, hash: &Hash, record: Record) -> Self {
        let seq = seq + 1;
        let hash = link(seq, hash, &digest(&record));
        Self { seq, record, hash }
    }
}

/// Where the chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Entries are missing, or stand in another order.
    #[error("entry {expected} is missing: {found} stands in its place")]
    Gap {
        /// The number that should stand there.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// The content or the place of an entry was changed.
    #[error(
        "entry {seq} is not what was written: its hash does not follow from its content and the entry before it"
    )]
    Changed {
        /// The entry.
        seq: u64,
    },
}

/// Walks along a chain and holds every entry against it.
#[derive(Debug, Clone)]
pub struct Chain {
    seq: u64,
    hash: Hash,
}

impl Default for Chain {
    fn default() -> Self {
        Self::from(0, GENESIS)
    }
}

impl Chain {
    /// From behind an entry.
    #[must_use]
    pub const fn from(seq: u64, hash: Hash) -> Self {
        Self { seq, hash }
    }

    /// The number of the last entry that was passed.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the last entry that was passed.
    #[must_use]
    pub const fn hash(&self) -> &Hash {
        &self.hash
    }

    /// Passes an entry whose hash is known.
    ///
    /// # Errors
    /// [`Broken`] if it does not follow.
    pub fn pass(&mut self, entry: &Entry) -> Result<(), Broken> {
        let hash = self.follow(entry.seq, &digest(&entry.record))?;
        if hash == entry.hash {
            Ok(())
        } else {
            Err(Broken::Changed { seq: entry.seq })
        }
    }

    /// Passes an entry of which only number and content are known; answers with its hash.
    ///
    /// # Errors
    /// [`Broken::Gap`].
    pub fn follow(&mut self, seq: u64, content: &Hash) -> Result<Hash, Broken> {
        let expected = self.seq + 1;
        if seq != expected {
            return Err(Broken::Gap {
                expected,
                found: seq,
            });
        }
        self.hash = link(seq, &self.hash, content);
        self.seq = seq;
        Ok(self.hash)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::Actor;

    fn entries(count: u64) -> Vec<Entry> {
        let mut chain: Vec<Entry> = Vec::new();
        for n in 0..count {
            let record =
                Record::new(Actor::system(), "case.changed", DateTime::UNIX_EPOCH).about(n);
            let (seq, hash) = chain
                .last()
                .map_or((0, GENESIS), |last| (last.seq, last.hash));
            chain.push(Entry::after(seq, &hash, record));
        }
        chain
    }

    fn walk(entries: &[Entry]) -> Result<(), Broken> {
        let mut chain = Chain::default();
        entries.iter().try_for_each(|entry| chain.pass(entry))
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(walk(&entries(5)), Ok(()));
    }

    #[test]
    fn a_changed_removed_or_moved_entry_shows() {
        let whole = entries(5);
        let mut changed = whole.clone();
        changed[2].record.subject = Some("other".to_owned());
        assert_eq!(walk(&changed), Err(Broken::Changed { seq: 3 }));
        let mut rehashed = changed.clone();
        rehashed[2].hash = link(3, &whole[1].hash, &digest(&changed[2].record));
        assert_eq!(walk(&rehashed), Err(Broken::Changed { seq: 4 }));
        let mut removed = whole.clone();
        removed.remove(2);
        assert!(matches!(
            walk(&removed),
            Err(Broken::Gap { expected: 3, .. })
        ));
        let mut moved = whole;
        moved.swap(1, 2);
        assert!(matches!(walk(&moved), Err(Broken::Gap { expected: 2, .. })));
        moved[1].seq = 2;
        moved[2].seq = 3;
        assert_eq!(walk(&moved), Err(Broken::Changed { seq: 2 }));
    }
}

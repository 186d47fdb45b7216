//! A segment leaves the machine and is checked elsewhere, with the anchor alone.

use chrono::{DateTime, Duration};
use proptest::prelude::*;
use shiming_audit::{
    Actor, Anchor, AnchorSigner, Entry, GENESIS, Record,
    segment::{SegmentError, Verified, Writer, verify},
};

fn trail(count: u64) -> Vec<Entry> {
    let mut trail: Vec<Entry> = Vec::new();
    for n in 1..=count {
        let at = DateTime::UNIX_EPOCH + Duration::seconds(i64::try_from(n).expect("small"));
        let record = Record::new(Actor::operator("op_1"), "case.revealed", at)
            .about(format!("ver_{n}"))
            .with("version", n);
        let (seq, hash) = trail
            .last()
            .map_or((0, GENESIS), |last| (last.seq, last.hash));
        trail.push(Entry::after(seq, &hash, record));
    }
    trail
}

fn anchor(trail: &[Entry], seq: usize) -> Anchor {
    AnchorSigner::from_seed(&[7; 32]).sign(
        trail[seq - 1].seq,
        trail[seq - 1].hash,
        DateTime::UNIX_EPOCH,
    )
}

/// Entries `from..=to`, bridged to the anchor's.
fn exported(trail: &[Entry], from: usize, to: usize, anchored: usize) -> String {
    let previous = if from == 1 {
        GENESIS
    } else {
        trail[from - 2].hash
    };
    let mut writer = Writer::begin(Vec::new(), from as u64, to as u64, previous).expect("memory");
    for entry in &trail[from - 1..anchored.max(to)] {
        writer
            .push(entry.seq, entry.record.clone())
            .expect("memory");
    }
    String::from_utf8(writer.end().expect("memory")).expect("text")
}

fn check(segment: &str, anchor: &Anchor) -> Result<Verified, SegmentError> {
    verify(segment.as_bytes(), anchor)
}

#[test]
fn a_segment_verifies_against_a_later_anchor_without_telling_what_lies_between() {
    let trail = trail(9);
    let segment = exported(&trail, 3, 5, 8);
    assert!(!segment.contains("ver_7"));
    let found = check(&segment, &anchor(&trail, 8)).expect("it holds");
    assert_eq!(found, Verified { from: 3, to: 5 });
    check(&segment, &anchor(&trail, 6)).expect("any anchor on the way will do");
    check(&segment, &anchor(&trail, 5)).expect("its last entry's own too");
}

#[test]
fn an_anchor_before_the_end_or_beyond_the_file_proves_nothing() {
    let trail = trail(9);
    let segment = exported(&trail, 3, 5, 8);
    for seq in [4, 9] {
        let outcome = check(&segment, &anchor(&trail, seq));
        assert!(matches!(outcome, Err(SegmentError::OutOfReach { .. })));
    }
}

#[test]
fn a_forged_anchor_is_refused() {
    let trail = trail(4);
    let mut forged = anchor(&trail, 4);
    forged.hash = [1; 32];
    let outcome = check(&exported(&trail, 1, 4, 4), &forged);
    assert!(matches!(outcome, Err(SegmentError::Anchor(_))));
}

#[test]
fn an_entry_can_not_be_hidden_as_a_link() {
    let trail = trail(5);
    let hidden = exported(&trail, 1, 2, 5).replacen(r#""to":2"#, r#""to":3"#, 1);
    let outcome = check(&hidden, &anchor(&trail, 5));
    assert!(matches!(outcome, Err(SegmentError::Form { .. })));
}

#[test]
fn removed_and_swapped_lines_show() {
    let trail = trail(6);
    let whole = exported(&trail, 1, 6, 6);
    let lines: Vec<&str> = whole.lines().collect();
    let mut removed = lines.clone();
    removed.remove(3);
    assert!(check(&removed.join("\n"), &anchor(&trail, 6)).is_err());
    let mut swapped = lines;
    swapped.swap(2, 3);
    assert!(check(&swapped.join("\n"), &anchor(&trail, 6)).is_err());
}

proptest! {
    /// Whatever single byte is changed, the file does not verify as it did.
    #[test]
    fn no_byte_of_a_segment_can_be_changed(at in 0_usize..2000, to in any::<u8>()) {
        let trail = trail(6);
        let mut bytes = exported(&trail, 2, 5, 6).into_bytes();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != to && bytes[at] != b'\n');
        let before = bytes[at];
        bytes[at] = to;
        let outcome = verify(bytes.as_slice(), &anchor(&trail, 6));
        // Hexadecimal digits may be written large, and a time may have a blank for a leading zero; both say the same.
        let same = before.eq_ignore_ascii_case(&to) || (before == b'0' && to == b' ');
        prop_assert!(outcome.is_err() || same, "byte {at}: {before} to {to}");
    }
}

//! What tells an entry from every other one of the account, also in another file.

use sha2::{Digest as _, Sha256};
use shiming_verification::{bank::Fen, ports::bank::Direction};

use crate::moment;

/// By the bank's own reference, together with side, day and amount: many banks number anew each day, and some give a
/// payment, its fee and its return one reference. Better listed twice than dropped once.
pub(crate) fn by_reference(
    reference: &str,
    direction: Direction,
    amount: Fen,
    at: chrono::DateTime<chrono::Utc>,
) -> String {
    let (side, fen) = (side(direction), amount.expose());
    format!("ref:{reference}/{side}/{}/{fen}", moment::day_in_china(at))
}

/// By everything that it says.
pub(crate) fn digest(words: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for word in words {
        hasher.update((word.len() as u64).to_be_bytes());
        hasher.update(word);
    }
    format!("sha256:{}", hex::encode(hasher.finalize()))
}

/// Debit or credit in one letter.
pub(crate) const fn side(direction: Direction) -> &'static str {
    match direction {
        Direction::Debit => "D",
        Direction::Credit => "C",
    }
}

/// Our end-to-end id in a text: `SM` and 32 hexadecimal digits.
pub(crate) fn end_to_end_in(text: &str) -> Option<&str> {
    text.match_indices("SM").find_map(|(start, _)| {
        let id = text.get(start..start + 34)?;
        let digits = &id.as_bytes()[2..];
        digits.iter().all(u8::is_ascii_hexdigit).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_alone_does_not_tell_entries_apart() {
        let at = |text: &str| text.parse().expect("a time");
        let id = |direction, fen, day: &str| by_reference("7", direction, Fen::new(fen), at(day));
        let noon = id(Direction::Debit, 37, "2026-01-02T04:00:00Z");
        assert_eq!(noon, id(Direction::Debit, 37, "2026-01-02T15:59:59Z"));
        for other in [
            id(Direction::Credit, 37, "2026-01-02T04:00:00Z"),
            id(Direction::Debit, 50, "2026-01-02T04:00:00Z"),
            id(Direction::Debit, 37, "2026-01-02T16:00:00Z"),
        ] {
            assert_ne!(noon, other);
        }
    }

    #[test]
    fn our_id_is_found_within_words() {
        let id = "SM0123456789ABCDEF0123456789ABCDEF";
        assert_eq!(end_to_end_in(&format!("账户验证SM {id}谢谢")), Some(id));
        assert_eq!(end_to_end_in("SM0123 SM"), None);
        assert_eq!(end_to_end_in("SM0123456789ABCDEF0123456789ABC示例"), None);
    }
}

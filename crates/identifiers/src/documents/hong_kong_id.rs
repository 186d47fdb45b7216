//! The Hong Kong identity card.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use super::{DocumentError, shaped};
use crate::check_digit::base36;
use crate::mask::mask_short_number;
use crate::validated::{masked_debug, validated_string};

static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Z]{1,2}\d{6}\([0-9A]\)|[A-Z]{1,2}\d{6}[0-9A])$").expect("a literal")
});

/// The value of the place before a single letter, which counts as a space.
const SPACE: u32 = 36;

/// The number of a Hong Kong identity card: one or two letters, six digits, check character.
///
/// Kept as printed, with the check character in brackets; typing it without them is fine.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HongKongId(String);

validated_string!(HongKongId, DocumentError, HongKongId::parse);
masked_debug!(HongKongId);

impl HongKongId {
    /// Reads a number as typed, with or without brackets.
    ///
    /// # Errors
    /// Any [`DocumentError`]; the check is hard.
    pub fn parse(value: &str) -> Result<Self, DocumentError> {
        let mut number = shaped(value, &SHAPE)?;
        number.retain(|c| !matches!(c, '(' | ')'));
        let (body, check) = number.split_at(number.len() - 1);
        if !check.starts_with(check_character(body.as_bytes())) {
            return Err(DocumentError::CheckDigit);
        }
        Ok(Self(format!("{body}({check})")))
    }

    /// The number with only its last digit and the check character shown.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_short_number(&self.0)
    }
}

/// Weights 9 … 2 over eight places, the check brings the sum to a multiple of 11; ten is `A`.
fn check_character(body: &[u8]) -> char {
    let lead = if body.len() == 7 { Some(SPACE) } else { None };
    let values = lead.into_iter().chain(body.iter().map(|&c| base36(c)));
    let sum: u32 = values
        .zip((2..=9).rev())
        .map(|(value, weight)| value * weight)
        .sum();
    char::from(b"0123456789A"[((11 - sum % 11) % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::HongKongId;

    #[test]
    fn brackets_may_be_full_width_or_missing() {
        for typed in ["A123456(3)", "a123456（3）", "A1234563"] {
            assert_eq!(
                HongKongId::parse(typed).expect(typed).as_str(),
                "A123456(3)"
            );
        }
    }

    #[test]
    fn the_mask_hides_the_letters_and_most_digits() {
        let id = HongKongId::parse("AB987654(3)").expect("a valid sample");
        assert_eq!(format!("{id:?}"), "HongKongId(*******4(3))");
    }
}

//! The Taiwan identity card.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use super::{DocumentError, shaped};
use crate::check_digit::base36;
use crate::mask::mask_short_number;
use crate::validated::{masked_debug, validated_string};

static SHAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[A-Z]\d{9}$").expect("a literal"));

/// The letters of the places of registration in the order of their values, which begin with 10.
const LETTERS: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";

/// The number of a Taiwan identity card: one letter and nine digits, the last one a check.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaiwanId(String);

validated_string!(TaiwanId, DocumentError, TaiwanId::parse);
masked_debug!(TaiwanId);

impl TaiwanId {
    /// Reads a number as typed.
    ///
    /// # Errors
    /// Any [`DocumentError`]; the check is hard.
    pub fn parse(value: &str) -> Result<Self, DocumentError> {
        let number = shaped(value, &SHAPE)?;
        if weighted_sum(number.as_bytes()).is_multiple_of(10) {
            Ok(Self(number))
        } else {
            Err(DocumentError::CheckDigit)
        }
    }

    /// The number with only its last four digits shown.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_short_number(&self.0)
    }
}

/// The letter counts as two digits with weights 1 and 9, the digits follow with 8 … 1 and 1.
fn weighted_sum(number: &[u8]) -> u32 {
    let letter: u32 = (10..)
        .zip(LETTERS)
        .find(|&(_, c)| *c == number[0])
        .map_or(0, |(v, _)| v);
    let digits = number[1..].iter().map(|&c| base36(c));
    let weighted: u32 = digits
        .zip([8, 7, 6, 5, 4, 3, 2, 1, 1])
        .map(|(d, w)| d * w)
        .sum();
    letter / 10 + letter % 10 * 9 + weighted
}

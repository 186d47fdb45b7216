//! Chinese money in whole fen, and the random amount of a forward transfer.

use serde::{Deserialize, Serialize};
use shiming_identifiers::normalise;

/// An amount in fen 分 (a hundredth of a yuan). Never a fraction, never negative, and it does not print itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(u64);

/// The largest amount of a forward transfer, in fen.
const MOST: u8 = 99;

impl Fen {
    /// So many fen.
    #[must_use]
    pub const fn new(fen: u64) -> Self {
        Self(fen)
    }

    /// The number itself; for the instruction to the bank, for comparing, and for sealing.
    #[must_use]
    pub const fn expose(self) -> u64 {
        self.0
    }

    /// Yuan with a dot and two decimals, as payment messages want it.
    #[must_use]
    pub fn expose_yuan(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }

    /// Reads yuan as a person types them: `0.37`, `.37`, `0.5`, `¥0.37`, full-width digits too.
    ///
    /// # Errors
    /// Anything else: signs, commas, more than two decimals, more than 13 digits of yuan.
    pub fn parse_yuan(text: &str) -> Result<Self, MoneyError> {
        let plain = normalise(text).replace('。', ".");
        let plain = plain.trim_start_matches('¥').trim_end_matches('元');
        let (whole, cents) = plain.split_once('.').unwrap_or((plain, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let shaped = digits(whole)
            && digits(cents)
            && whole.len() <= 13
            && cents.len() <= 2
            && !(whole.is_empty() && cents.is_empty());
        if !shaped {
            return Err(MoneyError);
        }
        let number = |text: String| text.parse::<u64>().map_err(|_| MoneyError);
        let yuan = number(format!("0{whole}"))?;
        Ok(Self(yuan * 100 + number(format!("{cents:0<2}"))?))
    }
}

impl std::fmt::Debug for Fen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fen(…)")
    }
}

/// The text is no amount of yuan with at most two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount has digits, at most one dot and at most two decimals")]
pub struct MoneyError;

/// An amount of ¥0.01 to ¥0.99, uniform over those that are not recent, from random bytes.
///
/// A byte of 198 or more is thrown away, since 256 is no multiple of 99 and the small amounts would come more often.
/// `None` if the bytes run out. When nearly all amounts are recent (98 or more), they are drawn from anew.
#[must_use]
pub fn draw(bytes: &[u8], recent: &[Fen]) -> Option<Fen> {
    let exhausted = (1..=u64::from(MOST))
        .filter(|fen| !recent.contains(&Fen(*fen)))
        .nth(1)
        .is_none();
    bytes
        .iter()
        .filter(|byte| **byte < 2 * MOST)
        .map(|byte| Fen(u64::from(byte % MOST) + 1))
        .find(|fen| exhausted || !recent.contains(fen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_amount_is_drawn_by_as_many_bytes() {
        let drawn: Vec<_> = (0..=255_u8)
            .filter_map(|byte| draw(&[byte], &[]))
            .map(Fen::expose)
            .collect();
        assert_eq!(drawn.len(), 198);
        for fen in 1..=99 {
            assert_eq!(drawn.iter().filter(|each| **each == fen).count(), 2);
        }
    }

    #[test]
    fn a_recent_amount_is_not_drawn_again() {
        assert_eq!(draw(&[36, 255, 11], &[Fen(37)]), Some(Fen(12)));
        assert_eq!(draw(&[36], &[Fen(37)]), None, "more bytes are wanted");
        let all: Vec<_> = (1..=99).map(Fen).collect();
        assert_eq!(draw(&[36], &all), Some(Fen(37)), "nothing else is left");
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, fen) in [
            ("0.37", 37),
            (" .37 ", 37),
            ("0.5", 50),
            ("¥0.07", 7),
            ("０．３７", 37),
            ("12元", 1200),
        ] {
            assert_eq!(Fen::parse_yuan(text), Ok(Fen(fen)), "{text}");
        }
        for text in [
            "", ".", "-0.37", "0.375", "1,000.00", "0.3.7", "3e1", "37分",
        ] {
            assert_eq!(Fen::parse_yuan(text), Err(MoneyError), "{text}");
        }
        assert_eq!(Fen(7).expose_yuan(), "0.07");
    }

    #[test]
    fn an_amount_prints_nothing() {
        assert_eq!(format!("{:?}", Fen(37)), "Fen(…)");
    }
}

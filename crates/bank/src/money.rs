//! Amounts as banks write them.

use shiming_verification::bank::Fen;

/// The largest amount in yuan has so many digits.
const YUAN_DIGITS: usize = 13;

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing there.
    #[error("the amount is empty")]
    Empty,
    /// Below zero.
    #[error("the amount is negative; its direction is told by debit or credit, never by a sign")]
    Negative,
    /// A comma.
    #[error("the amount has a comma; amounts are written with a dot and no thousands separators")]
    Comma,
    /// A comma that does not stand before three digits.
    #[error("the amount has a comma at a place where no thousands end")]
    Thousands,
    /// Less than a fen.
    #[error("the amount has more than two decimals")]
    Fraction,
    /// More than any account holds.
    #[error("the amount has more than 13 digits before the dot")]
    TooLarge,
    /// Anything else.
    #[error("the amount is no number")]
    NoNumber,
}

/// Yuan as ISO 20022 writes them: digits, a dot, decimals. Decimals beyond fen have to be zeros.
pub(crate) fn parse(text: &str) -> Result<Fen, AmountError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if text.starts_with(['-', '(', '−']) {
        return Err(AmountError::Negative);
    }
    if text.contains([',', '，']) {
        return Err(AmountError::Comma);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
        return Err(AmountError::NoNumber);
    }
    let whole = whole.trim_start_matches('0');
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 2 {
        return Err(AmountError::Fraction);
    }
    if whole.len() > YUAN_DIGITS {
        return Err(AmountError::TooLarge);
    }
    let fen = format!("0{whole}{decimals:0<2}").parse();
    fen.map(Fen::new).map_err(|_| AmountError::NoNumber)
}

/// The same with commas between thousands.
pub(crate) fn parse_with_thousands(text: &str) -> Result<Fen, AmountError> {
    let text = text.trim();
    let (whole, _) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    if rest.peek().is_some()
        && !((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3))
    {
        return Err(AmountError::Thousands);
    }
    parse(&text.replace(',', ""))
}

/// An amount as domestic consoles write it, with full-width digits or a currency's sign, as [`parse`] reads it.
pub(crate) fn plain(text: &str) -> String {
    let half: String = text.chars().map(half_width).collect();
    let half = half.trim();
    let marked = ["¥", "￥", "CNY", "RMB"];
    let bare = marked.iter().find_map(|mark| half.strip_prefix(mark));
    let bare = bare.unwrap_or(half);
    bare.strip_suffix('元').unwrap_or(bare).trim().to_owned()
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' | '．' | '，' | '－' | '＋' | '（' | '）' => u32::from(c)
            .checked_sub(0xFEE0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        '−' => '-',
        other => other,
    }
}

/// Takes a sign off: whether there is a minus or a pair of brackets, and the amount without it.
pub(crate) fn split_sign(text: &str) -> (bool, String) {
    let text = plain(text);
    if let Some(rest) = text.strip_prefix('-') {
        return (true, plain(rest));
    }
    let inner = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    match inner {
        Some(inner) => (true, plain(inner)),
        None => (
            false,
            text.strip_prefix('+').map_or_else(|| text.clone(), plain),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_fen() {
        for (text, fen) in [
            ("0.37", 37),
            ("1", 100),
            ("1.5", 150),
            ("0.37000", 37),
            (".01", 1),
            ("0", 0),
            (" 9999999999999.99 ", 999_999_999_999_999),
        ] {
            assert_eq!(parse(text).map(Fen::expose), Ok(fen), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_its_name() {
        for (text, error) in [
            ("", AmountError::Empty),
            ("-0.37", AmountError::Negative),
            ("(0.37)", AmountError::Negative),
            ("1,000.00", AmountError::Comma),
            ("0,37", AmountError::Comma),
            ("0.375", AmountError::Fraction),
            ("10000000000000", AmountError::TooLarge),
            ("1e3", AmountError::NoNumber),
            ("+1", AmountError::NoNumber),
            ("¥1", AmountError::NoNumber),
            (".", AmountError::NoNumber),
            ("1.2.3", AmountError::NoNumber),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn domestic_spellings_are_made_plain_and_signs_taken_off() {
        for (text, expected) in [
            ("１，２３４．５６", "1,234.56"),
            ("¥0.37", "0.37"),
            ("￥ 0.37 元", "0.37"),
            ("CNY 12", "12"),
            ("0.37", "0.37"),
        ] {
            assert_eq!(plain(text), expected);
        }
        for (text, expected) in [
            ("-0.37", (true, "0.37")),
            ("－０．３７", (true, "0.37")),
            ("(0.37)", (true, "0.37")),
            ("（¥0.37）", (true, "0.37")),
            ("-¥0.37", (true, "0.37")),
            ("+0.37", (false, "0.37")),
            ("0.37", (false, "0.37")),
            ("--0.37", (true, "-0.37")),
        ] {
            let (negative, rest) = split_sign(text);
            assert_eq!((negative, rest.as_str()), expected, "{text}");
        }
    }

    #[test]
    fn thousands_are_read_where_they_are_expected() {
        assert_eq!(
            parse_with_thousands("1,234,567.80").map(Fen::expose),
            Ok(123_456_780)
        );
        assert_eq!(parse_with_thousands("0.37").map(Fen::expose), Ok(37));
        for text in ["1,23", ",100", "1234,567", "0,37"] {
            assert_eq!(
                parse_with_thousands(text),
                Err(AmountError::Thousands),
                "{text}"
            );
        }
    }
}

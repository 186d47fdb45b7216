//! Passports.

use super::shape_only_document;
use crate::check_digit::icao_9303;

shape_only_document! {
    /// The number of a passport of the People's Republic of China.
    ///
    /// Ordinary ones are `E` and 8 digits, or `E`, a letter (no I, no O) and 7 digits; the other
    /// letters are older, diplomatic, service, public affairs, Hong Kong and Macau editions.
    PrcPassport,
    r"^([EGDSPHK]\d{8}|E[A-HJ-NP-Z]\d{7}|(DE|SE|PE|KJ|MA)\d{7})$"
}

shape_only_document! {
    /// The number of any other country's passport: 5 to 20 letters or digits.
    ForeignPassport,
    r"^[A-Z0-9]{5,20}$"
}

/// The check digit that the machine-readable zone prints after a number or a date (ICAO 9303:
/// weights 7, 3, 1, modulo 10).
///
/// The filler `<` counts as zero. `None` if the field has another character than `A–Z 0–9 <`.
///
/// ```
/// # use shiming_identifiers::documents::mrz_check_digit;
/// assert_eq!(mrz_check_digit("L898902C3"), Some('6'));
/// assert_eq!(mrz_check_digit("L898902c3"), None);
/// ```
#[must_use]
pub fn mrz_check_digit(field: &str) -> Option<char> {
    let without_filler = field.replace('<', "0");
    let readable = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    let bytes = without_filler.as_bytes();
    bytes
        .iter()
        .all(|&b| readable(b))
        .then(|| char::from(icao_9303(bytes)))
}
